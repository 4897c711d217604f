#include "services/parser/core/office/style_names.h"

#include <algorithm>
#include <string>

#include "common/text/ascii.h"

namespace gouji::parser {

std::optional<std::uint8_t> heading_of_style(std::string_view name) {
  const std::string low = ascii_lower(name);
  if (low == "title") return std::uint8_t{1};
  for (const std::string_view word : {"heading ", "标题 "}) {
    const bool fits = low.starts_with(word) && low.size() == word.size() + 1;
    if (fits && low.back() >= '1' && low.back() <= '9') return static_cast<std::uint8_t>(low.back() - '0');
  }
  return std::nullopt;
}

}  // namespace gouji::parser
