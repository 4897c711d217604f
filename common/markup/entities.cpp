#include "common/markup/entities.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "common/text/utf8.h"

namespace gouji {
namespace {

constexpr std::size_t kNameBytesMax = 12;
// Leading zeros may be many; nobody means them.
constexpr std::size_t kDigitsMax = 12;

struct NamedEntity {
  std::string_view name;
  char32_t code_point;
};

// Sorted by name, bytewise.
constexpr NamedEntity kEntities[] = {
    {"Alpha", 0x391},   {"Beta", 0x392},    {"Delta", 0x394},   {"Omega", 0x3A9},
    {"Sigma", 0x3A3},   {"acute", 0xB4},    {"alpha", 0x3B1},   {"amp", '&'},
    {"apos", '\''},     {"asymp", 0x2248},  {"bdquo", 0x201E},  {"beta", 0x3B2},
    {"brvbar", 0xA6},   {"bull", 0x2022},   {"cap", 0x2229},    {"cedil", 0xB8},
    {"cent", 0xA2},     {"copy", 0xA9},     {"cup", 0x222A},    {"curren", 0xA4},
    {"darr", 0x2193},   {"deg", 0xB0},      {"divide", 0xF7},   {"emsp", 0x2003},
    {"ensp", 0x2002},   {"equiv", 0x2261},  {"euro", 0x20AC},   {"frac12", 0xBD},
    {"frac14", 0xBC},   {"frac34", 0xBE},   {"frasl", 0x2044},  {"ge", 0x2265},
    {"gt", '>'},        {"hellip", 0x2026}, {"horbar", 0x2015}, {"iexcl", 0xA1},
    {"infin", 0x221E},  {"iquest", 0xBF},   {"laquo", 0xAB},    {"larr", 0x2190},
    {"ldquo", 0x201C},  {"le", 0x2264},     {"lowast", 0x2217}, {"lrm", 0x200E},
    {"lsaquo", 0x2039}, {"lsquo", 0x2018},  {"lt", '<'},        {"macr", 0xAF},
    {"mdash", 0x2014},  {"micro", 0xB5},    {"middot", 0xB7},   {"minus", 0x2212},
    {"mu", 0x3BC},      {"nbsp", 0xA0},     {"ndash", 0x2013},  {"ne", 0x2260},
    {"not", 0xAC},      {"oline", 0x203E},  {"ordf", 0xAA},     {"ordm", 0xBA},
    {"para", 0xB6},     {"permil", 0x2030}, {"pi", 0x3C0},      {"plusmn", 0xB1},
    {"pound", 0xA3},    {"prime", 0x2032},  {"quot", '"'},      {"radic", 0x221A},
    {"raquo", 0xBB},    {"rarr", 0x2192},   {"rdquo", 0x201D},  {"reg", 0xAE},
    {"rlm", 0x200F},    {"rsaquo", 0x203A}, {"rsquo", 0x2019},  {"sbquo", 0x201A},
    {"sect", 0xA7},     {"shy", 0xAD},      {"sum", 0x2211},    {"sup1", 0xB9},
    {"sup2", 0xB2},     {"sup3", 0xB3},     {"thinsp", 0x2009}, {"tilde", 0x2DC},
    {"times", 0xD7},    {"trade", 0x2122},  {"uarr", 0x2191},   {"uml", 0xA8},
    {"yen", 0xA5},      {"zwj", 0x200D},    {"zwnj", 0x200C},
};
static_assert(std::is_sorted(std::begin(kEntities), std::end(kEntities),
                             [](const auto& a, const auto& b) { return a.name < b.name; }));

// &#128; to &#159; mean Windows-1252 in every browser (HTML standard, section 13.2.5.80).
constexpr char32_t kWindows1252[] = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

int digit_value(char c, std::uint32_t base) {
  if (c >= '0' && c <= '9') return c - '0';
  if (base == 16 && c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (base == 16 && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char32_t meant_by(std::uint32_t number) {
  if (number >= 0x80 && number <= 0x9F) return kWindows1252[number - 0x80];
  const bool is_surrogate = number >= 0xD800 && number <= 0xDFFF;
  return number == 0 || is_surrogate || number > 0x10FFFF ? kReplacementCharacter : number;
}

Entity read_numeric(std::string_view text) {
  const bool is_hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const std::uint32_t base = is_hex ? 16 : 10;
  const std::size_t first = is_hex ? 3 : 2;
  std::uint32_t number = 0;
  std::size_t at = first;
  for (; at < text.size() && at - first < kDigitsMax; ++at) {
    const int digit = digit_value(text[at], base);
    if (digit < 0) break;
    number = std::min<std::uint32_t>(number * base + static_cast<std::uint32_t>(digit), 0x110000);
  }
  if (at == first) return {};
  if (at < text.size() && text[at] == ';') ++at;
  return {meant_by(number), at};
}

Entity read_named(std::string_view text) {
  std::size_t end = 1;
  const auto is_name_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  while (end < text.size() && end <= kNameBytesMax && is_name_character(text[end])) ++end;
  std::string_view name = text.substr(1, end - 1);
  const bool is_closed = end < text.size() && text[end] == ';';
  // Without a semicolon only the oldest names count, and they may have letters behind them.
  for (; !name.empty(); name.remove_suffix(1)) {
    const auto* found =
        std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                         [](const NamedEntity& e, std::string_view n) { return e.name < n; });
    if (found == std::end(kEntities) || found->name != name) {
      if (is_closed) return {};
      continue;
    }
    if (is_closed) return {found->code_point, name.size() + 2};
    const bool is_old =
        name == "nbsp" || name == "amp" || name == "lt" || name == "gt" || name == "quot";
    if (is_old) return {found->code_point, name.size() + 1};
  }
  return {};
}

}  // namespace

Entity read_entity(std::string_view text) {
  if (text.size() < 3) return {};
  return text[1] == '#' ? read_numeric(text) : read_named(text);
}

std::string decode_entities(std::string_view text) {
  if (text.find('&') == std::string_view::npos) return std::string(text);
  std::string decoded;
  for (std::size_t at = 0; at < text.size();) {
    const Entity entity = text[at] == '&' ? read_entity(text.substr(at)) : Entity{};
    if (entity.length == 0) {
      decoded.push_back(text[at++]);
      continue;
    }
    append_utf8(decoded, entity.code_point);
    at += entity.length;
  }
  return decoded;
}

}  // namespace gouji
