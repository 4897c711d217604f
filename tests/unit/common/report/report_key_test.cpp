#include "common/report/report_key.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

TEST(ReportKey, IsWrittenAndReadBack) {
  for (const ReportKey& key : {ReportKey{"411000-gov", 2019, Scope::kAggregate},
                               ReportKey{"name:370100:济南市公安局", 2024, Scope::kOwn},
                               ReportKey{"x", 2025, Scope::kSystem}, unidentified_key("ab12", Scope::kUnknown)}) {
    EXPECT_EQ(*report_key_from(to_string(key)), key);
  }
  EXPECT_EQ(to_string(ReportKey{"411000-gov", 2019, Scope::kAggregate}), "411000-gov/2019/AGGREGATE");
  EXPECT_EQ(to_string(unidentified_key("ab12", Scope::kOwn)), "location:ab12/0/OWN");
}

TEST(ReportKey, IsUnidentifiedWithoutAYear) {
  EXPECT_FALSE(unidentified_key("ab12", Scope::kUnknown).is_identified());
  EXPECT_TRUE((ReportKey{"x", 2020, Scope::kUnknown}).is_identified());
}

TEST(ReportKey, IsRefusedWhenMisspelt) {
  for (const char* text : {"", "/", "a", "a/2019", "/2019/OWN", "a//OWN", "a/2019/", "a/2019/own", "a/20x9/OWN",
                           "a/-1/OWN", "a/10000/OWN", "a/b/2019/OWN", "a/99999999999/OWN", "//OWN"}) {
    const auto key = report_key_from(text);
    ASSERT_FALSE(key.has_value()) << text;
    EXPECT_EQ(key.error().kind, ErrorKind::kInvalidInput);
  }
}

}  // namespace
}  // namespace gouji
