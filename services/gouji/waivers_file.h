// Waivers for `gouji check --waivers FILE`: one JSON object a line, # and empty lines are left out.
//   {"rule": "T4.SUM", "instance": "reconsideration", "organ": "…", "year": 2019, "scope": "OWN",
//    "values": "0123456789abcdef", "reason": "…", "author": "…", "expires": "2027-01-01"}
// `id` (the anomaly's) or `rule` says what is waived; organ, year, scope and instance narrow a rule
// down. `values` binds the waiver to the figures that stood there (check --format json and
// `gouji waive list --format json` give it): when one changes, the anomaly is open again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/verdict.h"

namespace gouji::command {

struct FileWaiver {
  std::string id, rule, instance, organ;  // empty = any
  std::optional<std::int32_t> year;
  std::optional<Scope> scope;
  std::string values, reason, author;
  UnixMillis expires_at = 0;  // 0 = never
};

// Every mistake at once, each with its line.
Result<std::vector<FileWaiver>> parse_waivers(std::string_view text);

// Of a file; nothing of an empty path.
Result<std::vector<FileWaiver>> load_waivers(const std::string& path);

// The waiver that covers the anomaly's values, whether or not it has expired; nullopt when none does.
std::optional<Waiver> find_waiver(const std::vector<FileWaiver>& waivers, const Anomaly& anomaly);

// "2027-01-01" as the first moment of that day in UTC.
Result<UnixMillis> day_from(std::string_view text);
std::string day_text(UnixMillis time);

}  // namespace gouji::command
