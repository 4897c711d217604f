// Calendar, intervals, shards, drift and expectations.
#include "services/crawler/core/season.h"

#include <gtest/gtest.h>

#include "services/crawler/core/drift.h"
#include "services/crawler/core/expectation.h"
#include "services/crawler/core/schedule.h"
#include "services/crawler/core/shard.h"

namespace gouji::crawler {
namespace {

using std::chrono::day;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::month;
using std::chrono::year;

UnixMillis at(int y, unsigned m, unsigned d, int hour = 0, int minute = 0) {
  return shanghai_midnight(year{y} / month{m} / day{d}) + (hour * 60 + minute) * 60'000LL;
}

TEST(Season, HasTheDatesOfShanghai) {
  EXPECT_EQ(at(2024, 1, 1), 1'704'038'400'000);  // 2023-12-31T16:00Z
  EXPECT_EQ(shanghai_date(at(2024, 1, 1) - 1), year{2023} / month{12} / day{31});
  EXPECT_EQ(shanghai_date(at(2024, 2, 29, 23, 59)), year{2024} / month{2} / day{29});
  EXPECT_EQ(shanghai_minute(at(2024, 6, 1, 23, 59)), 23 * 60 + 59);
}

TEST(Season, IsHotWhenReportsAreDue) {
  struct Line {
    SeasonProfile profile;
    UnixMillis at;
    Heat heat;
    milliseconds shortest;
  };
  using enum SeasonProfile;
  for (const Line& line : {
           Line{kDepartment, at(2024, 1, 1) - 1, Heat::kCold, hours{24}}, Line{kDepartment, at(2024, 1, 1), Heat::kHot, minutes{30}},
           Line{kDepartment, at(2024, 2, 10, 23, 59), Heat::kHot, minutes{30}}, Line{kDepartment, at(2024, 2, 11), Heat::kWarm, hours{6}},
           Line{kDepartment, at(2024, 4, 11), Heat::kCold, hours{24}}, Line{kGovernment, at(2024, 1, 1), Heat::kWarm, hours{2}},
           Line{kGovernment, at(2024, 2, 29, 23, 59), Heat::kWarm, hours{2}}, Line{kGovernment, at(2025, 2, 28, 23, 59), Heat::kWarm, hours{2}},
           Line{kGovernment, at(2024, 3, 1), Heat::kHot, minutes{30}}, Line{kGovernment, at(2024, 4, 10, 12), Heat::kHot, minutes{30}},
           Line{kGovernment, at(2024, 5, 31), Heat::kWarm, hours{12}}, Line{kGovernment, at(2024, 6, 1), Heat::kCold, hours{24}},
           Line{kMinistry, at(2024, 1, 31), Heat::kHot, minutes{30}}, Line{kMinistry, at(2024, 3, 1), Heat::kCold, hours{24}},
           Line{kSteady, at(2024, 3, 1), Heat::kWarm, hours{1}}}) {
    const SeasonWindow window = season_at(line.profile, line.at);
    EXPECT_EQ(window.heat, line.heat) << to_string(line.profile) << " " << line.at;
    EXPECT_EQ(window.shortest, line.shortest) << to_string(line.profile) << " " << line.at;
    EXPECT_LE(window.shortest, window.longest);
  }
}

TEST(Season, KnowsItsProfilesByName) {
  for (const SeasonProfile profile : kSeasonProfiles) EXPECT_EQ(season_profile(to_string(profile)), profile);
  EXPECT_EQ(season_profile("winter"), std::nullopt);
}

TEST(Season, EndsADeadlineWithItsDay) {
  EXPECT_EQ(deadline_of(SeasonProfile::kDepartment, 2023), at(2024, 2, 1));
  EXPECT_EQ(deadline_of(SeasonProfile::kGovernment, 2023), at(2024, 4, 1));
  EXPECT_EQ(deadline_of(SeasonProfile::kSteady, 2023), std::nullopt);
}

TEST(Schedule, LooksMoreOftenWhereRowsChange) {
  const SeasonWindow season{Heat::kHot, minutes{30}, minutes{120}};
  EXPECT_EQ(next_interval(milliseconds{0}, false, season), minutes{30});
  EXPECT_EQ(next_interval(minutes{100}, true, season), minutes{70});
  EXPECT_EQ(next_interval(minutes{100}, false, season), minutes{120}) << "not beyond the season's longest";
  EXPECT_EQ(next_interval(minutes{60}, false, season), minutes{78});
  EXPECT_EQ(next_interval(minutes{31}, true, season), minutes{30});
  EXPECT_EQ(next_interval(hours{24 * 7}, false, season), minutes{120}) << "a season that begins shortens at once";
}

TEST(Schedule, SpreadsWhatBeganTogether) {
  std::int64_t low = 0, high = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string key = "http://h" + std::to_string(i) + ".example/";
    const auto interval = with_jitter(minutes{100}, key, 1);
    EXPECT_GE(interval, minutes{90});
    EXPECT_LE(interval, minutes{110});
    EXPECT_EQ(interval, with_jitter(minutes{100}, key, 1));
    (interval < minutes{100} ? low : high) += 1;
    EXPECT_LT(spread(key, minutes{10}), minutes{10});
  }
  EXPECT_GT(low, 400);
  EXPECT_GT(high, 400);
  EXPECT_NE(with_jitter(minutes{100}, "a", 1), with_jitter(minutes{100}, "a", 2));
}

TEST(Shard, GivesEveryHostToExactlyOneCrawler) {
  std::array<int, 4> hosts{};
  for (int i = 0; i < 1'000; ++i) {
    const std::string host = "h" + std::to_string(i) + ".gov.cn";
    int owners = 0;
    for (std::uint32_t index = 0; index < 4; ++index) {
      if (!owns({index, 4}, host)) continue;
      owners += 1;
      hosts[index] += 1;
    }
    EXPECT_EQ(owners, 1);
    EXPECT_TRUE(owns({0, 1}, host));
  }
  for (const int count : hosts) EXPECT_GT(count, 180);
}

TEST(Shard, IsReadFromItsSetting) {
  EXPECT_EQ(*parse_shard("3/4"), (Shard{3, 4}));
  for (const char* text : {"", "1", "/", "4/4", "-1/4", "0/0", "0/1025", "0/4x", "a/b", "0/", "1/2/3"}) {
    const auto shard = parse_shard(text);
    ASSERT_FALSE(shard) << text;
    EXPECT_EQ(shard.error().code, ErrorCode::kBadSettings);
  }
}

TEST(Drift, IsSilentWhileAListLooksLikeItself) {
  ListShape shape;
  for (const std::int64_t rows : {15, 15, 16, 14, 20, 9}) {
    const DriftVerdict verdict = judge_listing(shape, {rows, 1, 0, "f", true});
    EXPECT_EQ(verdict.drift, Drift::kNone) << rows;
    shape = verdict.shape;
  }
}

TEST(Drift, TellsWhenMostRowsAreGoneForAsLongAsTheyAre) {
  ListShape shape = judge_listing({}, {20, 1, 0, "", true}).shape;
  for (int i = 0; i < 10; ++i) {
    const DriftVerdict verdict = judge_listing(shape, {5, 1, 0, "", true});
    EXPECT_EQ(verdict.drift, Drift::kRowsDropped);
    EXPECT_EQ(verdict.message, "5 rows are accepted, 20 were usual");
    shape = verdict.shape;
  }
  EXPECT_EQ(judge_listing(shape, {6, 1, 0, "", true}).drift, Drift::kNone) << "70 % and no more";
  EXPECT_EQ(judge_listing(shape, {5, 1, 0, "", false}).drift, Drift::kNone) << "a part of a list says nothing";
}

TEST(Drift, TellsFewRowsAndUnreadDates) {
  EXPECT_EQ(judge_listing({}, {2, 3, 0, "", true}).drift, Drift::kFewRows);
  EXPECT_EQ(judge_listing({}, {10, 1, 3, "", true}).drift, Drift::kUndated);
  EXPECT_EQ(judge_listing({}, {10, 1, 2, "", true}).drift, Drift::kNone);
}

TEST(Drift, BelievesANewTemplateAfterAWhile) {
  ListShape shape = judge_listing({}, {20, 1, 0, "old", true}).shape;
  for (int i = 0; i < 3; ++i) {
    const DriftVerdict verdict = judge_listing(shape, {20, 1, 0, "new", true});
    EXPECT_EQ(verdict.drift, Drift::kTemplate);
    shape = verdict.shape;
  }
  const DriftVerdict believed = judge_listing(shape, {20, 1, 0, "new", true});
  EXPECT_EQ(believed.drift, Drift::kNone);
  EXPECT_EQ(believed.shape.fingerprint, "new");
  EXPECT_EQ(judge_listing(shape, {20, 1, 0, "old", true}).drift, Drift::kNone) << "one that comes back is the old one";
}

TEST(Expectation, FollowsTheReportOfAYear) {
  const Duty duty{"某市教育局", SeasonProfile::kDepartment};
  struct Line {
    std::string name;
    std::vector<Sighted> sighted;
    UnixMillis now;
    ExpectationState expected;
  };
  const Sighted early{duty.organ, 2023, at(2024, 1, 31, 23, 59), false}, late{duty.organ, 2023, at(2024, 2, 1), false};
  Sighted gone = early;
  gone.is_withdrawn = true;
  for (const Line& line : {Line{"before its day", {}, at(2024, 1, 31, 23, 59), ExpectationState::kAwaited}, Line{"after its day", {}, at(2024, 2, 1), ExpectationState::kOverdue},
                           Line{"in time", {early}, at(2024, 6, 1), ExpectationState::kSeen}, Line{"late", {late}, at(2024, 6, 1), ExpectationState::kLate},
                           Line{"two addresses", {late, early}, at(2024, 6, 1), ExpectationState::kSeen}, Line{"withdrawn", {gone}, at(2024, 6, 1), ExpectationState::kGone},
                           Line{"withdrawn at one address", {gone, late}, at(2024, 6, 1), ExpectationState::kLate},
                           Line{"of another year", {{duty.organ, 2022, 1, false}}, at(2024, 6, 1), ExpectationState::kOverdue},
                           Line{"of another organ", {{"某市公安局", 2023, 1, false}}, at(2024, 6, 1), ExpectationState::kOverdue}}) {
    EXPECT_EQ(expectation_of(duty, 2023, line.sighted, line.now)->state, line.expected) << line.name;
  }
  EXPECT_EQ(expectation_of({"x", SeasonProfile::kSteady}, 2023, {}, 0), std::nullopt);
}

TEST(Expectation, ReadsTheYearOfATitle) {
  EXPECT_EQ(year_of_title("某市2023年政府信息公开工作年度报告"), 2023);
  EXPECT_EQ(year_of_title("2022年上海市政府信息公开工作年度报告"), 2022);
  for (const char* title : {"", "政府信息公开工作年度报告", "2022-2023年度报告", "120231号", "1998年报告", "二〇二三年"}) EXPECT_EQ(year_of_title(title), 0) << title;
}

}  // namespace
}  // namespace gouji::crawler
