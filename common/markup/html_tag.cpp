#include "common/markup/html_tag.h"

#include <array>
#include <bit>
#include <cstring>

#include "common/text/byte_scan.h"

namespace gouji {
namespace {

enum : std::uint8_t { kWhiteBit = 1, kEndsName = 2, kEndsValue = 4 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (char c : {' ', '\t', '\n', '\r', '\f'})
    classes[static_cast<unsigned char>(c)] = kWhiteBit | kEndsName | kEndsValue;
  for (char c : {'/', '='}) classes[static_cast<unsigned char>(c)] = kEndsName;
  classes['>'] = kEndsName | kEndsValue;
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

bool is_white(char c) { return (kClasses[static_cast<unsigned char>(c)] & kWhiteBit) != 0; }
bool ends_name(char c) { return (kClasses[static_cast<unsigned char>(c)] & kEndsName) != 0; }
// Of a value without quotes.
bool ends_value(char c) { return (kClasses[static_cast<unsigned char>(c)] & kEndsValue) != 0; }

bool equals(std::string_view name, std::string_view lower) {
  if (name.size() != lower.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if ((name[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

struct Attribute {
  std::string_view name;
  std::string_view value;
};

void keep(HtmlTag& tag, const Attribute& attribute) {
  const std::string_view name = attribute.name;
  const auto set = [&](std::string_view lower, std::string_view& place) {
    if (place.data() == nullptr && equals(name, lower)) place = attribute.value;
  };
  switch (name.size()) {
    case 3:
      set("src", tag.address);
      set("alt", tag.second);
      break;
    case 4:
      set("href", tag.address);
      set("data", tag.address);
      set("name", tag.first);
      break;
    case 5:
      set("style", tag.style);
      break;
    case 6:
      tag.is_hidden = tag.is_hidden || equals(name, "hidden");
      break;
    case 7:
      set("colspan", tag.first);
      set("rowspan", tag.second);
      set("content", tag.second);
      break;
    case 8:
      set("property", tag.first);
      break;
    case 10:
      set("http-equiv", tag.first);
      break;
    default:
      break;
  }
}

constexpr std::uint32_t four(std::string_view letters) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= static_cast<std::uint32_t>(static_cast<unsigned char>(letters[i])) << (8 * i);
  return value;
}

// Length of the name at `at` where it is one of those that most pages have in most of their tags and
// an = follows; otherwise 0. They are compared whole, because a loop over their letters is where the
// time of reading a page went.
std::size_t common_name_length(const char* at, const char* end) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::ptrdiff_t kLongest = 8;
  if (end - at < kLongest) return 0;
  std::uint32_t first = 0, second = 0;
  std::memcpy(&first, at, sizeof(first));
  std::memcpy(&second, at + sizeof(first), sizeof(second));
  constexpr std::uint32_t kTwo = 0xFFFF, kThree = 0xFFFFFF;
  switch (first) {
    case four("styl"):
    case four("titl"): return (second & kTwo) == (four("e=..") & kTwo) ? 5 : 0;
    case four("clas"): return (second & kTwo) == (four("s=..") & kTwo) ? 5 : 0;
    case four("widt"): return (second & kTwo) == (four("h=..") & kTwo) ? 5 : 0;
    case four("alig"): return (second & kTwo) == (four("n=..") & kTwo) ? 5 : 0;
    case four("lang"):
    case four("href"): return at[4] == '=' ? 4 : 0;
    case four("targ"): return (second & kThree) == (four("et=.") & kThree) ? 6 : 0;
    case four("cols"):
    case four("rows"): return second == four("pan=") ? 7 : 0;
    default: return 0;
  }
}

// The first `wanted` in [at, end); null where there is none. Most values are short.
inline const char* find_byte(const char* at, const char* end, char wanted) {
#ifdef __SSE2__
  constexpr int kStepsOfShortValue = 4;
  for (int step = 0; step < kStepsOfShortValue && end - at >= 16; ++step, at += 16) {
    const std::uint32_t found = byte_scan::bits(byte_scan::equal(byte_scan::load(at), wanted));
    if (found != 0) return at + std::countr_zero(found);
  }
#endif
  return static_cast<const char*>(std::memchr(at, wanted, static_cast<std::size_t>(end - at)));
}

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

inline const char* HtmlTagReader::closing_quote(const char* at, const char* end) {
  const char quote = *at;
  bool& is_missing = is_quote_missing_[quote == '"' ? 0 : 1];
  if (is_missing) return nullptr;
  const char* const found = find_byte(at + 1, end, quote);
  is_missing = found == nullptr;
  return found;
}

HtmlTag HtmlTagReader::read(std::size_t at) {
  HtmlTag tag;
  tag.is_end = html_[at + 1] == '/';
  const char* const end = html_.data() + html_.size();
  const char* next = html_.data() + at + (tag.is_end ? 2 : 1);
  const char* begin = next;
  while (next < end && !ends_name(*next)) ++next;
  tag.name = between(begin, next);
  for (std::uint32_t count = 0; next < end && *next != '>';) {
    if (is_white(*next) || *next == '/') {
      ++next;
      continue;
    }
    begin = next;
    next += common_name_length(begin, end);
    if (next == begin) {
      ++next;  // a = in the first place belongs to the name
      while (next < end && !ends_name(*next)) ++next;
    }
    Attribute attribute{between(begin, next), {}};
    const char* value = next;
    while (value < end && is_white(*value)) ++value;
    if (value < end && *value == '=') {
      ++value;
      while (value < end && is_white(*value)) ++value;
      const bool is_quoted = value < end && (*value == '"' || *value == '\'');
      if (const char* quote = is_quoted ? closing_quote(value, end) : nullptr; quote != nullptr) {
        attribute.value = between(value + 1, quote);
        next = quote + 1;
      } else {
        next = value;
        while (next < end && !ends_value(*next)) ++next;
        attribute.value = between(value, next);
      }
    }
    if (count++ < attributes_max_) {
      keep(tag, attribute);
    } else {
      tag.has_too_many_attributes = true;
    }
  }
  tag.end = static_cast<std::size_t>(next - html_.data()) + (next < end ? 1 : 0);
  return tag;
}

}  // namespace gouji
