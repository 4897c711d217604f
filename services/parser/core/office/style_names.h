// Which paragraph styles are headings, by their names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gouji::parser {

// "heading 1", "Heading 3", "标题 2"; "title" is a heading of the first level.
std::optional<std::uint8_t> heading_of_style(std::string_view name);

}  // namespace gouji::parser
