// The reporting season: how often a portal is worth a look on a day of the year. Organs publish last
// year's report by 31 January, governments by 31 March (Article 49 of 政府信息公开条例). Dates are those
// of Asia/Shanghai, which is UTC+8 all year.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/clock.h"

namespace gouji::crawler {

// kSteady: the same interval all year, and no deadline.
enum class SeasonProfile : std::uint8_t { kDepartment, kGovernment, kMinistry, kSteady };
inline constexpr SeasonProfile kSeasonProfiles[] = {SeasonProfile::kDepartment, SeasonProfile::kGovernment, SeasonProfile::kMinistry,
                                                    SeasonProfile::kSteady};

enum class Heat : std::uint8_t { kHot, kWarm, kCold };

// Bounds of the interval between two looks at a list.
struct SeasonWindow {
  Heat heat = Heat::kCold;
  std::chrono::milliseconds shortest{0}, longest{0};
};

std::string_view to_string(SeasonProfile profile);  // "department", "government", "ministry", "steady"
std::optional<SeasonProfile> season_profile(std::string_view name);

std::chrono::year_month_day shanghai_date(UnixMillis at);
// The start of a day in Shanghai.
UnixMillis shanghai_midnight(std::chrono::year_month_day date);
// Minutes since midnight in Shanghai, 0…1439.
int shanghai_minute(UnixMillis at);

// `steady` is the interval of kSteady.
SeasonWindow season_at(SeasonProfile profile, UnixMillis at, std::chrono::milliseconds steady = std::chrono::hours{1});
// The first moment behind the last day on which a report of `report_year` may be published; nullopt
// where none is due.
std::optional<UnixMillis> deadline_of(SeasonProfile profile, int report_year);

}  // namespace gouji::crawler
