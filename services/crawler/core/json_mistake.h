// Where a JSON text that a person wrote stops being one: the parser says only that it does.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gouji::crawler {

// The first byte that cannot stand where it stands, or the size of a text that ends too soon.
// Nothing where brackets, commas and quotes are in order: the mistake is within a text or a number.
std::optional<std::size_t> json_mistake(std::string_view text);

// "line 3, column 12"; columns are characters.
std::string line_and_column(std::string_view text, std::size_t offset);

}  // namespace gouji::crawler
