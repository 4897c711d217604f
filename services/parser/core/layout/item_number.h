// The number in front of a label or a point: "1.", "（一）", "一、".
#pragma once

#include <string_view>

namespace gouji::parser {

bool starts_item(std::string_view text);

}  // namespace gouji::parser
