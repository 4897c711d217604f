#include "services/parser/ocr/picture.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "services/parser/core/ocr/picture_size.h"

namespace gouji::parser::ocr {
namespace {

constexpr int kPagesMax = 100;
// Wider pictures are made smaller, narrower ones larger: what is left has 150 to 400 dots an inch.
constexpr std::int32_t kWidthMax = 3400;
constexpr std::int32_t kWidthMin = 1400;
constexpr std::int32_t kWidthWanted = 2480;
constexpr float kSkewMin = 0.05F;  // degrees; smaller ones do no harm
constexpr float kSkewMax = 5.0F;
constexpr float kSkewConfidence = 3.0F;

Error unreadable(std::string why) { return invalid_input(ErrorCode::kUnreadable, std::move(why)); }

const l_uint8* data(std::string_view bytes) { return reinterpret_cast<const l_uint8*>(bytes.data()); }

Pix owned(PIX* pix) { return Pix(pix); }

bool is_tiff(std::string_view bytes) { return bytes.starts_with("II*") || bytes.starts_with("MM"); }

std::optional<PictureSize> size_of_tiff_page(std::string_view bytes, int index) {
  l_int32 width = 0, height = 0;
  if (readHeaderMemTiff(data(bytes), bytes.size(), index, &width, &height, nullptr, nullptr, nullptr, nullptr,
                        nullptr) != 0)
    return std::nullopt;
  return PictureSize{width, height};
}

Pix decode(std::string_view bytes, int index) {
  if (is_tiff(bytes)) return owned(pixReadMemTiff(data(bytes), bytes.size(), index));
  return owned(pixReadMem(data(bytes), bytes.size()));
}

Pix grey_of(Pix picture) {
  if (pixGetSpp(picture.get()) == 4) picture = owned(pixRemoveAlpha(picture.get()));
  if (!picture) return nullptr;
  Pix grey = owned(pixConvertTo8(picture.get(), 0));
  if (!grey) return nullptr;
  const std::int32_t width = pixGetWidth(grey.get());
  if (width <= kWidthMax && width >= kWidthMin) return grey;
  const float scale = width > kWidthMax ? static_cast<float>(kWidthWanted) / static_cast<float>(width) : 2.0F;
  return owned(pixScale(grey.get(), scale, scale));
}

constexpr l_int32 kBackground = 200;
// PictureLines are thin and often grey; what is mistaken for one is not long enough.
constexpr l_int32 kInkThreshold = 160, kLineThreshold = 170;

// The same with an even background of kBackground, or itself where that fails.
Pix even(PIX* grey) {
  constexpr l_int32 kTile = 20, kForeground = 100, kCountMin = 200, kSmooth = 2;
  Pix even = owned(pixBackgroundNorm(grey, nullptr, nullptr, kTile, kTile, kForeground, kCountMin, kBackground,
                                     kSmooth, kSmooth));
  return even ? std::move(even) : owned(pixCopy(nullptr, grey));
}

Pix upright(Pix grey) {
  const Pix ink = owned(pixThresholdToBinary(even(grey.get()).get(), kInkThreshold));
  l_float32 angle = 0, confidence = 0;
  if (!ink || pixFindSkew(ink.get(), &angle, &confidence) != 0) return grey;
  if (confidence < kSkewConfidence || std::fabs(angle) < kSkewMin || std::fabs(angle) > kSkewMax) return grey;
  constexpr float kRadians = 3.14159265F / 180.0F;
  Pix turned = owned(pixRotateAMGray(grey.get(), angle * kRadians, 255));
  return turned ? std::move(turned) : std::move(grey);
}

std::vector<PixelBox> boxes_of(PIX* ink) {
  std::vector<PixelBox> boxes;
  BOXA* found = pixConnComp(ink, nullptr, 8);
  const l_int32 count = found == nullptr ? 0 : boxaGetCount(found);
  for (l_int32 i = 0; i < count; ++i) {
    l_int32 x = 0, y = 0, width = 0, height = 0;
    boxaGetBoxGeometry(found, i, &x, &y, &width, &height);
    boxes.push_back({x, y, x + width, y + height});
  }
  boxaDestroy(&found);
  return boxes;
}

// Height of digits and other single-piece characters: most characters of Chinese fall into pieces,
// which are smaller, and lines of tables are few.
std::int32_t height_of_print(PIX* ink) {
  constexpr std::int32_t kLowest = 8, kHighest = 120, kUnknown = 30;
  std::vector<std::int32_t> heights;
  for (const PixelBox& box : boxes_of(ink)) {
    const bool is_character = box.height() >= kLowest && box.height() <= kHighest && box.width() <= 2 * box.height();
    if (is_character) heights.push_back(box.height());
  }
  if (heights.empty()) return kUnknown;
  const auto at = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() * 3 / 4);
  std::nth_element(heights.begin(), at, heights.end());
  return *at;
}

enum class Direction { kHorizontal, kVertical };

// Drawn lines of at least `length` pixels. Gaps of a few pixels are closed, and a line that leans by
// a pixel or two is held together by making it thicker first.
std::vector<PixelBox> find_lines(PIX* ink, Direction direction, std::int32_t print) {
  const bool is_horizontal = direction == Direction::kHorizontal;
  const std::int32_t length = is_horizontal ? print * 5 / 3 : print * 4 / 3;
  const std::int32_t gap = std::max(2, print / 9);
  const std::int32_t thickness_max = std::max(6, print / 3);
  constexpr l_int32 kLean = 3;
  const auto along = [&](l_int32 size) { return is_horizontal ? size : 1; };
  const auto across = [&](l_int32 size) { return is_horizontal ? 1 : size; };
  const Pix thick = owned(pixDilateBrick(nullptr, ink, across(kLean), along(kLean)));
  const Pix closed = owned(pixCloseSafeBrick(nullptr, thick.get(), along(gap), across(gap)));
  const Pix open = owned(pixOpenBrick(nullptr, closed.get(), along(length), across(length)));
  std::vector<PixelBox> lines;
  for (const PixelBox& box : boxes_of(open.get())) {
    const std::int32_t thickness = is_horizontal ? box.height() : box.width();
    if (thickness <= thickness_max + kLean - 1) lines.push_back(box);
  }
  return lines;
}

// White where lines were, a pixel more on each side.
Pix without_lines(PIX* ink, const std::vector<PictureTable>& tables) {
  Pix rest = owned(pixCopy(nullptr, ink));
  for (const PictureTable& table : tables) {
    for (const auto* side : {&table.lines.horizontal, &table.lines.vertical}) {
      for (const PixelBox& line : *side) {
        BOX* box = boxCreate(line.left - 1, line.top - 1, line.width() + 2, line.height() + 2);
        pixClearInRect(rest.get(), box);
        boxDestroy(&box);
      }
    }
  }
  return rest;
}

// The borders of narrow cells are no longer than strokes that stand in a row. A border ends at
// others; strokes end anywhere.
void drop_strokes(PictureLines& lines, std::int32_t print) {
  const std::int32_t near = std::max(3, print / 5);
  const auto touches = [&](const std::vector<PixelBox>& others, std::int32_t x, std::int32_t y) {
    return std::any_of(others.begin(), others.end(), [&](const PixelBox& other) {
      return x >= other.left - near && x <= other.right + near && y >= other.top - near && y <= other.bottom + near;
    });
  };
  const std::vector<PixelBox> verticals = lines.vertical;
  const std::vector<PixelBox> horizontals = lines.horizontal;
  std::erase_if(lines.horizontal, [&](const PixelBox& line) {
    const std::int32_t y = (line.top + line.bottom) / 2;
    return line.width() < 4 * print && !(touches(verticals, line.left, y) && touches(verticals, line.right, y));
  });
  std::erase_if(lines.vertical, [&](const PixelBox& line) {
    const std::int32_t x = (line.left + line.right) / 2;
    return line.height() < 4 * print && !(touches(horizontals, x, line.top) && touches(horizontals, x, line.bottom));
  });
}

// Strokes of large print cross as well: a table is wider than a few characters.
std::vector<PictureTable> find_tables(PIX* line_ink, std::int32_t print) {
  PictureLines lines{find_lines(line_ink, Direction::kHorizontal, print), find_lines(line_ink, Direction::kVertical, print)};
  drop_strokes(lines, print);
  std::vector<PictureTable> tables = find_picture_tables(lines, std::max(3, print / 3));
  std::erase_if(tables, [&](const PictureTable& table) {
    return table.box.width() < 8 * print || table.box.height() < print * 3 / 2;
  });
  return tables;
}

}  // namespace

Result<int> count_pages(std::string_view bytes) {
  const std::optional<PictureSize> size = picture_size(bytes);
  if (!size) return unreadable("no picture of a known format");
  int pages = 1;
  if (is_tiff(bytes)) {
    while (pages < kPagesMax && size_of_tiff_page(bytes, pages)) ++pages;
  }
  return pages;
}

Result<Picture> open_page(std::string_view bytes, int index) {
  const std::optional<PictureSize> size = is_tiff(bytes) ? size_of_tiff_page(bytes, index) : picture_size(bytes);
  if (!size) return unreadable("the picture's header cannot be read");
  if (!is_within_limits(*size))
    return invalid_input(ErrorCode::kTooLarge, fmt::format("a picture of {} x {} pixels", size->width, size->height));
  Pix decoded = decode(bytes, index);
  if (!decoded) return unreadable("the picture cannot be decoded");
  Picture picture;
  picture.grey = grey_of(std::move(decoded));
  if (!picture.grey) return unreadable("the picture cannot be made grey");
  picture.grey = upright(std::move(picture.grey));
  const Pix background_even = even(picture.grey.get());
  picture.ink = owned(pixThresholdToBinary(background_even.get(), kInkThreshold));
  const Pix line_ink = owned(pixThresholdToBinary(background_even.get(), kLineThreshold));
  if (!picture.ink || !line_ink) return unreadable("the picture cannot be made black and white");
  picture.print_height = height_of_print(picture.ink.get());
  picture.tables = find_tables(line_ink.get(), picture.print_height);
  picture.text_ink = without_lines(picture.ink.get(), picture.tables);
  return picture;
}

}  // namespace gouji::parser::ocr
