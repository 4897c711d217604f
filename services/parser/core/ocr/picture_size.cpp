#include "services/parser/core/ocr/picture_size.h"

#include <cstddef>

namespace gouji::parser {
namespace {

enum class Order { kLittle, kBig };

// Reads numbers at places of a header; a place outside makes the whole reading void.
class Header {
 public:
  Header(std::string_view bytes, Order order) : bytes_(bytes), order_(order) {}

  std::int64_t number(std::size_t at, std::size_t size) {
    if (at > bytes_.size() || size > bytes_.size() - at) {
      is_void_ = true;
      return 0;
    }
    std::int64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t digit = order_ == Order::kBig ? i : size - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes_[at + digit]);
    }
    return value;
  }
  std::optional<PictureSize> size(std::int64_t width, std::int64_t height) const {
    if (is_void_) return std::nullopt;
    return PictureSize{width, height};
  }
  bool is_void() const { return is_void_; }

 private:
  std::string_view bytes_;
  Order order_;
  bool is_void_ = false;
};

std::optional<PictureSize> png(std::string_view bytes) {
  Header header(bytes, Order::kBig);
  const std::int64_t width = header.number(16, 4);
  return header.size(width, header.number(20, 4));
}

std::optional<PictureSize> gif(std::string_view bytes) {
  Header header(bytes, Order::kLittle);
  const std::int64_t width = header.number(6, 2);
  return header.size(width, header.number(8, 2));
}

// Rows may stand from top to bottom, with a negative height.
std::optional<PictureSize> bmp(std::string_view bytes) {
  Header header(bytes, Order::kLittle);
  if (header.number(14, 4) == 12) {
    const std::int64_t width = header.number(18, 2);
    return header.size(width, header.number(20, 2));
  }
  const std::int64_t width = header.number(18, 4);
  const auto height = static_cast<std::int64_t>(static_cast<std::int32_t>(header.number(22, 4)));
  return header.size(width, height < 0 ? -height : height);
}

// Segments follow one another; the one that begins a frame holds the size.
std::optional<PictureSize> jpeg(std::string_view bytes) {
  Header header(bytes, Order::kBig);
  std::size_t at = 2;
  while (!header.is_void()) {
    if (header.number(at, 1) != 0xFF) return std::nullopt;
    const std::int64_t marker = header.number(at + 1, 1);
    const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame) {
      const std::int64_t height = header.number(at + 5, 2);
      return header.size(header.number(at + 7, 2), height);
    }
    if (marker == 0xD9 || marker == 0xDA) return std::nullopt;
    const bool is_alone = marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    at += marker == 0xFF ? 1 : is_alone ? 2 : 2 + static_cast<std::size_t>(header.number(at + 2, 2));
  }
  return std::nullopt;
}

std::optional<PictureSize> tiff(std::string_view bytes) {
  constexpr std::int64_t kWidthTag = 256, kHeightTag = 257, kShort = 3;
  Header header(bytes, bytes.front() == 'M' ? Order::kBig : Order::kLittle);
  const auto directory = static_cast<std::size_t>(header.number(4, 4));
  const std::int64_t entries = header.number(directory, 2);
  std::int64_t width = 0, height = 0;
  for (std::int64_t i = 0; i < entries && !header.is_void(); ++i) {
    const std::size_t entry = directory + 2 + 12 * static_cast<std::size_t>(i);
    const std::int64_t tag = header.number(entry, 2);
    if (tag != kWidthTag && tag != kHeightTag) continue;
    (tag == kWidthTag ? width : height) = header.number(entry + 8, header.number(entry + 2, 2) == kShort ? 2 : 4);
  }
  return header.size(width, height);
}

// "P5 width height …", with comments.
std::optional<PictureSize> pnm(std::string_view bytes) {
  std::int64_t numbers[2] = {0, 0};
  std::size_t at = 2;
  for (std::int64_t& number : numbers) {
    const auto is_digit = [&] { return at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9'; };
    while (at < bytes.size() && !is_digit()) {
      if (bytes[at] != '#' && bytes[at] > ' ') return std::nullopt;
      if (bytes[at] == '#') at = bytes.find('\n', at);
      if (at == std::string_view::npos) return std::nullopt;
      ++at;
    }
    if (!is_digit()) return std::nullopt;
    for (; is_digit() && number <= kPicturePixelsMax; ++at) number = number * 10 + (bytes[at] - '0');
  }
  return PictureSize{numbers[0], numbers[1]};
}

}  // namespace

std::optional<PictureSize> picture_size(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG")) return png(bytes);
  if (bytes.starts_with("\xFF\xD8\xFF")) return jpeg(bytes);
  if (bytes.starts_with("GIF8")) return gif(bytes);
  if (bytes.starts_with("BM")) return bmp(bytes);
  if (bytes.starts_with(std::string_view("II*\0", 4)) || bytes.starts_with(std::string_view("MM\0*", 4)))
    return tiff(bytes);
  if (bytes.starts_with("P4") || bytes.starts_with("P5") || bytes.starts_with("P6")) return pnm(bytes);
  return std::nullopt;
}

bool is_within_limits(PictureSize size) {
  return size.width > 0 && size.height > 0 && size.width <= kPictureSideMax && size.height <= kPictureSideMax &&
         size.width * size.height <= kPicturePixelsMax;
}

}  // namespace gouji::parser
