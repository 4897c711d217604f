#include "common/runtime/setting_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gouji::runtime {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

SettingSpec of(SettingKind kind, std::int64_t min = 0, std::int64_t max = INT64_MAX) {
  SettingSpec spec;
  spec.kind = kind;
  spec.min = min;
  spec.max = max;
  return spec;
}

struct Good {
  SettingKind kind;
  const char* text;
  std::int64_t value;
};

TEST(SettingValue, ReadsNumbersWithTheirUnits) {
  for (const Good& good : std::initializer_list<Good>{
           {SettingKind::kInteger, "0", 0},
           {SettingKind::kInteger, "9223372036854775807", INT64_MAX},
           {SettingKind::kBool, "true", 1},
           {SettingKind::kBool, "false", 0},
           {SettingKind::kDuration, "0", 0},
           {SettingKind::kDuration, "250ms", 250},
           {SettingKind::kDuration, "5s", 5'000},
           {SettingKind::kDuration, "10m", 600'000},
           {SettingKind::kDuration, "24h", 86'400'000},
           {SettingKind::kDuration, "400d", 34'560'000'000},
           {SettingKind::kBytes, "1000", 1000},
           {SettingKind::kBytes, "7B", 7},
           {SettingKind::kBytes, "512KiB", 524'288},
           {SettingKind::kBytes, "32MiB", 33'554'432},
           {SettingKind::kBytes, "2GiB", 2'147'483'648}})
    EXPECT_THAT(parse_number(of(good.kind), good.text), Optional(good.value)) << good.text;
}

TEST(SettingValue, RefusesWhatIsNoSuchNumber) {
  for (const Good& bad : std::initializer_list<Good>{
           {SettingKind::kInteger, "", 0},
           {SettingKind::kInteger, "1.5", 0},
           {SettingKind::kInteger, "+1", 0},
           {SettingKind::kInteger, " 1", 0},
           {SettingKind::kInteger, "1 ", 0},
           {SettingKind::kInteger, "0x10", 0},
           {SettingKind::kInteger, "-1", 0},  // under min
           {SettingKind::kInteger, "9223372036854775808", 0},
           {SettingKind::kBool, "yes", 0},
           {SettingKind::kBool, "True", 0},
           {SettingKind::kBool, "1", 0},
           {SettingKind::kDuration, "5", 0},
           {SettingKind::kDuration, "s", 0},
           {SettingKind::kDuration, "5 s", 0},
           {SettingKind::kDuration, "5sec", 0},
           {SettingKind::kDuration, "-5s", 0},
           {SettingKind::kDuration, "106751991168d", 0},  // over 2^63 ms
           {SettingKind::kBytes, "1KB", 0},
           {SettingKind::kBytes, "MiB", 0},
           {SettingKind::kBytes, "9007199254740992KiB", 0}})
    EXPECT_FALSE(parse_number(of(bad.kind), bad.text).has_value()) << bad.text;
}

TEST(SettingValue, HoldsToItsLimits) {
  const auto spec = of(SettingKind::kDuration, 1'000, 600'000);
  EXPECT_FALSE(parse_number(spec, "999ms"));
  EXPECT_THAT(parse_number(spec, "1s"), Optional(1'000));
  EXPECT_THAT(parse_number(spec, "10m"), Optional(600'000));
  EXPECT_FALSE(parse_number(spec, "600001ms"));
  EXPECT_EQ(expected_value(spec), "a duration such as 250ms, 5s, 10m, 24h or 400d, from 1s to 10m");
}

TEST(SettingValue, ReadsListsAndMaps) {
  EXPECT_THAT(parse_list(" a, b ,,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(parse_list(""), IsEmpty());
  EXPECT_THAT(parse_map("a=1, b = x=y"), Optional(ElementsAre(Pair("a", "1"), Pair("b", "x=y"))));
  EXPECT_THAT(parse_map(""), Optional(IsEmpty()));
  EXPECT_FALSE(parse_map("a"));
  EXPECT_FALSE(parse_map("=1"));
}

TEST(SettingValue, FindsTheNearestName) {
  const std::vector<std::string> names{"kafka.bootstrap", "kafka.group", "admin.address"};
  EXPECT_THAT(nearest_name("kafka.bootstrp", names), Optional(std::string("kafka.bootstrap")));
  EXPECT_THAT(nearest_name("kafka.grup", names), Optional(std::string("kafka.group")));
  EXPECT_FALSE(nearest_name("zzz", names));
  EXPECT_FALSE(nearest_name(std::string(100'000, 'k'), names));
}

}  // namespace
}  // namespace gouji::runtime
