#include "services/parser/core/layout/item_number.h"

#include <string>

#include "common/text/fold.h"
#include "common/text/utf8.h"

namespace gouji::parser {

namespace {

constexpr std::string_view kNumerals = "一二三四五六七八九十";
constexpr std::size_t kNumeralBytes = 3;
constexpr std::size_t kNumberBytesMax = 32;

// Bytes of the number at the beginning, Chinese or Arabic; 0 for none.
std::size_t number_bytes(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
  if (at > 0) return at;
  while (at + kNumeralBytes <= text.size() && kNumerals.find(text.substr(at, kNumeralBytes)) != kNumerals.npos) at += kNumeralBytes;
  return at;
}

}  // namespace

bool starts_item(std::string_view text) {
  const std::string folded = fold_label(utf8_prefix(text, kNumberBytesMax));
  std::string_view rest = folded;
  const bool is_bracketed = rest.starts_with("(");
  if (is_bracketed) rest.remove_prefix(1);
  const std::size_t number = number_bytes(rest);
  if (number == 0) return false;
  rest.remove_prefix(number);
  if (is_bracketed) return rest.starts_with(")");
  if (rest.starts_with(",")) return true;
  // "1.属于", not "1.5".
  return rest.starts_with(".") && !(rest.size() > 1 && rest[1] >= '0' && rest[1] <= '9');
}

}  // namespace gouji::parser
