#include "services/crawler/core/expectation.h"

#include <algorithm>

namespace gouji::crawler {

namespace {

constexpr int kFirstYear = 2008;  // the first reports under the regulation

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

int year_of_title(std::string_view title) {
  int found = 0;
  for (std::size_t i = 0; i + 4 <= title.size(); ++i) {
    const std::string_view year = title.substr(i, 4);
    if (!year.starts_with("20") || !std::all_of(year.begin(), year.end(), is_digit)) continue;
    const bool is_part = (i > 0 && is_digit(title[i - 1])) || (i + 4 < title.size() && is_digit(title[i + 4]));
    const int value = (year[2] - '0') * 10 + (year[3] - '0') + 2'000;
    if (is_part || value < kFirstYear) continue;
    if (found != 0 && found != value) return 0;
    found = value;
  }
  return found;
}

std::optional<Expectation> expectation_of(const Duty& duty, int report_year, const std::vector<Sighted>& sighted, UnixMillis now) {
  const auto due_by = deadline_of(duty.profile, report_year);
  if (!due_by) return std::nullopt;
  Expectation expected;
  expected.organ = duty.organ;
  expected.year = report_year;
  expected.due_by = *due_by;
  bool is_withdrawn = false;
  for (const Sighted& report : sighted) {
    if (report.organ != duty.organ || report.year != report_year) continue;
    if (report.is_withdrawn) {
      is_withdrawn = true;
    } else if (expected.seen_at == 0 || report.first_seen < expected.seen_at) {
      expected.seen_at = report.first_seen;
    }
  }
  if (expected.seen_at != 0) {
    expected.state = expected.seen_at < expected.due_by ? ExpectationState::kSeen : ExpectationState::kLate;
  } else if (is_withdrawn) {
    expected.state = ExpectationState::kGone;
  } else {
    expected.state = now < expected.due_by ? ExpectationState::kAwaited : ExpectationState::kOverdue;
  }
  return expected;
}

}  // namespace gouji::crawler
