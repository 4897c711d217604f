#include "services/parser/core/layout/item_number.h"

#include <string>

#include "common/text/fold.h"
#include "common/text/utf8.h"

namespace gouji::parser {

bool starts_item(std::string_view text) {
  constexpr std::string_view kNumerals = "一二三四五六七八九十";
  constexpr std::size_t kNumberBytesMax = 32;
  const std::string folded = fold_label(utf8_prefix(text, kNumberBytesMax));
  if (folded.starts_with("(")) return true;
  if (folded.size() > 3 && folded[3] == ',') return kNumerals.find(folded.substr(0, 3)) != kNumerals.npos;
  return folded.size() > 1 && folded[0] >= '0' && folded[0] <= '9' && (folded[1] == '.' || folded[1] == ',');
}

}  // namespace gouji::parser
