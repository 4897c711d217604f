// Which report: organ, report year and scope. Only the parser makes one, by votes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji {

// OWN 本机关, AGGREGATE 全市/全县汇总, SYSTEM a vertical system.
enum class Scope : std::uint8_t { kUnknown, kOwn, kAggregate, kSystem };
std::string_view to_string(Scope scope);  // "UNKNOWN", "OWN", "AGGREGATE", "SYSTEM"
Result<Scope> scope_from(std::string_view name);

// organ_id is an id of organs.json, "name:<division>:<folded name>" for an organ that is not
// listed, or "location:<location id>" (with year 0) where organ or year are not decided.
struct ReportKey {
  std::string organ_id;
  std::int32_t year = 0;
  Scope scope = Scope::kUnknown;

  bool is_identified() const { return year != 0; }
  friend bool operator==(const ReportKey&, const ReportKey&) = default;
  friend auto operator<=>(const ReportKey&, const ReportKey&) = default;
};

// "<organ id>/<year>/<scope>". An organ id never holds a slash.
std::string to_string(const ReportKey& key);
Result<ReportKey> report_key_from(std::string_view text);
// The key of a report whose organ or year is not decided.
ReportKey unidentified_key(std::string_view location_id, Scope scope);

}  // namespace gouji
