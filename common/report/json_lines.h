// On which line each entry of a JSON object's lists and objects begins: for messages about files
// that people write.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gouji {

// Keys are "organs[3]" for the fourth entry of the list "organs", and "divisions.110000" for a member
// of the object "divisions"; also "organs" itself. Lines count from 1. Of a file that is no JSON, what
// can be told.
std::map<std::string, std::size_t> json_lines(std::string_view json);

// The line of the first byte that cannot stand there; nullopt of a text whose grammar is JSON's.
// Nesting beyond 1 000 levels counts as a mistake.
std::optional<std::size_t> json_mistake_line(std::string_view json);

}  // namespace gouji
