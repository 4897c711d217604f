#include "services/crawler/core/http_rules.h"

#include <algorithm>
#include <array>

#include "common/text/utf8.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kHeaderValueMax = 4'096;

std::optional<std::int64_t> digits(std::string_view text) {
  if (text.empty() || text.size() > 10) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

// "Wed, 21 Oct 2015 07:28:00 GMT", the one form that senders may write.
std::optional<UnixMillis> http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT" || text.substr(3, 2) != ", ") return std::nullopt;
  const auto day = digits(text.substr(5, 2)), year = digits(text.substr(12, 4));
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto hour = digits(text.substr(17, 2)), minute = digits(text.substr(20, 2)), second = digits(text.substr(23, 2));
  if (!day || !year || month == kMonths.end() || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                         std::chrono::month{static_cast<unsigned>(month - kMonths.begin() + 1)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return ((days * 24 + *hour) * 60 + *minute) * 60'000 + *second * 1'000;
}

}  // namespace

FetchClass class_of_status(int status) {
  if (status == 304) return FetchClass::kNotModified;
  if (status == 404 || status == 410) return FetchClass::kGone;
  if (status == 429 || status == 503) return FetchClass::kThrottled;
  // 206 answers a question that is never asked, 204 has no document.
  return status == 200 ? FetchClass::kOk : FetchClass::kHttpError;
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

std::optional<std::chrono::milliseconds> retry_after(std::string_view value, UnixMillis now) {
  std::optional<std::int64_t> wait;
  if (const auto seconds = digits(value)) {
    wait = *seconds * 1'000;
  } else if (const auto date = http_date(value)) {
    wait = *date - now;
  }
  if (!wait) return std::nullopt;
  return std::clamp(std::chrono::milliseconds{*wait}, std::chrono::milliseconds{0}, kRetryAfterMax);
}

std::string clean_header_value(std::string_view value) {
  std::string out;
  for (const char c : value.substr(0, kHeaderValueMax)) {
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) out.push_back(c);
  }
  const auto first = out.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return repair_utf8(std::string_view(out).substr(first, out.find_last_not_of(' ') - first + 1));
}

}  // namespace gouji::crawler
