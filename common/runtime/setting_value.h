// How the text of a setting becomes a value, by kind; and what to say when it does not.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/runtime/settings.h"

namespace gouji::runtime {

// An integer, a duration in milliseconds, a number of bytes, or 0 and 1 for a bool; nothing when
// `text` is no such thing or outside the limits of `spec`.
std::optional<std::int64_t> parse_number(const SettingSpec& spec, std::string_view text);
// "a, b": parts without the spaces around them; empty parts are dropped.
std::vector<std::string> parse_list(std::string_view text);
// "k=v, k2=v2"; nothing when a part has no name or no '='.
std::optional<std::map<std::string, std::string>> parse_map(std::string_view text);

// "a duration such as 250ms, 5s, 10m, 24h or 400d, from 1s to 10m".
std::string expected_value(const SettingSpec& spec);

// The name among `names` that is few letters away from `wrong`, if there is one.
std::optional<std::string> nearest_name(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace gouji::runtime
