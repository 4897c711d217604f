// What HTTP answers mean, without a socket: status classes, Retry-After, header values.
// After RFC 9110, sections 10.2.3, 15 and 5.5.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/clock.h"
#include "services/crawler/core/fetch_class.h"

namespace gouji::crawler {

inline constexpr std::chrono::milliseconds kRetryAfterMax{86'400'000};

// Of a final answer; redirects are none.
FetchClass class_of_status(int status);
bool is_redirect(int status);
// Seconds, or a date ("Wed, 21 Oct 2015 07:28:00 GMT") seen from `now`; 0…24 h. nullopt when the
// value is neither.
std::optional<std::chrono::milliseconds> retry_after(std::string_view value, UnixMillis now);
// A header's value without control characters, at most 4 KiB, as valid UTF-8.
std::string clean_header_value(std::string_view value);

}  // namespace gouji::crawler
