#include "services/gouji/notify/filter.h"

#include <algorithm>
#include <string_view>

#include "common/report/calendar.h"

namespace gouji::command {
namespace {

bool matches_rule(std::string_view pattern, std::string_view rule) {
  return pattern.ends_with('*') ? rule.starts_with(pattern.substr(0, pattern.size() - 1)) : rule == pattern;
}

bool matches_division(std::string_view division, std::string_view organ_id) {
  return organ_id.starts_with(division) || (organ_id.starts_with("name:") && organ_id.substr(5).starts_with(division));
}

template <typename Wanted, typename Matches>
bool any_or_empty(const Wanted& wanted, const Matches& matches) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), matches);
}

}  // namespace

bool wants(const NotifyFilter& filter, const Anomaly& anomaly, UnixMillis now) {
  if (anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted || anomaly.is_waived(now)) return false;
  const bool is_year = filter.years.empty() ? filter.all_years || anomaly.key.year == 0 || anomaly.key.year >= year_due(now)
                                            : std::find(filter.years.begin(), filter.years.end(), anomaly.key.year) != filter.years.end();
  return is_year && anomaly.severity >= filter.severity &&
         any_or_empty(filter.faults, [&](Fault fault) { return fault == anomaly.fault; }) &&
         any_or_empty(filter.divisions, [&](const std::string& division) { return matches_division(division, anomaly.key.organ_id); }) &&
         any_or_empty(filter.organs, [&](const std::string& organ) {
           return organ == anomaly.key.organ_id || anomaly.organ_name.find(organ) != std::string::npos;
         }) &&
         any_or_empty(filter.rules, [&](const std::string& rule) {
           return std::any_of(anomaly.findings.begin(), anomaly.findings.end(),
                              [&](const Finding& finding) { return matches_rule(rule, finding.rule); });
         });
}

}  // namespace gouji::command
