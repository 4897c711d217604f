// Which reports are due from the organs that a source serves, and how they do. "Seen" is what the
// crawler's hints say; whether a report is published in the law's sense is for its verdict to say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/report/source_health.h"
#include "services/crawler/core/season.h"

namespace gouji::crawler {

// What an organ owes: a report a year.
struct Duty {
  std::string organ;  // as the portal file hints it
  SeasonProfile profile = SeasonProfile::kDepartment;
};

// A document that the hints take for the report of an organ and year.
struct Sighted {
  std::string organ;
  int year = 0;
  UnixMillis first_seen = 0;
  bool is_withdrawn = false;
};

// The year that a title names ("…2023年…"), when it names exactly one; 0 when it does not.
int year_of_title(std::string_view title);

// The duty's expectation of one report year; nullopt where its profile has no deadline.
std::optional<Expectation> expectation_of(const Duty& duty, int report_year, const std::vector<Sighted>& sighted, UnixMillis now);

}  // namespace gouji::crawler
