// Small steps from a text of a portal to a value: days, numbers, decoding. Bounded by their input.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/crawler/core/portal_rules.h"

namespace gouji::crawler {

// The first day in a text, as "2024-01-25": 2024-1-25, 2024/01/25, 2024.1.25, 2024年1月25日, spaces and
// line ends within it allowed; a date of 2000 to 2100 that exists. nullopt without one.
std::optional<std::string> day_in(std::string_view text);
// Eight digits that are a day ("20240125"), not part of a longer number.
std::optional<std::string> compact_day_in(std::string_view text);
// Seconds or milliseconds since 1970, as the day in China (UTC+8).
std::optional<std::string> day_of_epoch(std::string_view digits);
// The first whole number in a text; commas between its digits do not count.
std::optional<std::int64_t> number_in(std::string_view text);

// Text without white space at its ends, runs of it as one space, at most `bytes_max`.
std::string tidied(std::string_view text, std::size_t bytes_max);
std::string decoded(std::string text, const std::vector<DecodeStep>& steps);
// "<b>a</b> c" → "a c".
std::string without_tags(std::string_view text);
// The text inside a string literal of JavaScript: \" \/ \n \u4e2d.
std::string unescaped(std::string_view text);

}  // namespace gouji::crawler
