// Waivers from a file: what they cover, and mistakes.
#include "services/gouji/waivers_file.h"

#include <gtest/gtest.h>

namespace gouji::command {
namespace {

Anomaly anomaly() {
  Anomaly made;
  made.id = "abcd";
  made.key = {"organ-1", 2021, Scope::kOwn};
  made.organ_name = "甲州市水利局";
  made.findings = {{"T4.SUM", "reconsideration"}};
  made.cells_digest = "0123456789abcdef";
  return made;
}

std::string line(const std::string& what) {
  return "{" + what + R"(, "values": "0123456789abcdef", "reason": "已核实", "author": "张三"})" + "\n";
}

bool is_covered(const std::string& what) {
  const auto waivers = parse_waivers(line(what));
  EXPECT_TRUE(waivers.has_value()) << waivers.error().message;
  return waivers && find_waiver(*waivers, anomaly()).has_value();
}

TEST(WaiversFile, CoversByIdOrByRuleWithinItsBounds) {
  for (const char* what : {R"("id": "abcd")", R"("rule": "T4.SUM")", R"("rule": "T4.SUM", "instance": "reconsideration")",
                           R"("rule": "T4.SUM", "organ": "甲州市水利局", "year": 2021, "scope": "OWN")",
                           R"("rule": "T4.SUM", "organ": "organ-1")"})
    EXPECT_TRUE(is_covered(what)) << what;
  for (const char* what : {R"("id": "abc")", R"("rule": "T3.BALANCE")", R"("rule": "T4.SUM", "instance": "litigation_direct")",
                           R"("rule": "T4.SUM", "organ": "甲州市教育局")", R"("rule": "T4.SUM", "year": 2022)",
                           R"("rule": "T4.SUM", "scope": "AGGREGATE")"})
    EXPECT_FALSE(is_covered(what)) << what;
}

TEST(WaiversFile, IsBoundToTheFigures) {
  const auto waivers = parse_waivers(line(R"("id": "abcd")"));
  Anomaly changed = anomaly();
  changed.cells_digest = "fedcba9876543210";
  EXPECT_FALSE(find_waiver(*waivers, changed).has_value());
}

TEST(WaiversFile, EndsOnItsDay) {
  const auto waivers = parse_waivers("# ours\n\n" + line(R"("id": "abcd", "expires": "2027-01-31")"));
  const auto waiver = find_waiver(*waivers, anomaly());
  ASSERT_TRUE(waiver.has_value());
  Anomaly waived = anomaly();
  waived.waiver = waiver;
  const UnixMillis day = *day_from("2027-01-31");
  EXPECT_EQ(day_text(day), "2027-01-31");
  EXPECT_TRUE(waived.is_waived(day - 1));
  EXPECT_FALSE(waived.is_waived(day));
}

TEST(WaiversFile, IsRefusedWithEveryMistakeAndItsLine) {
  const auto waivers = parse_waivers(R"(# a comment
{"id": "abcd", "values": "01", "reason": "r"}
{"rule": "T9.NONE", "values": "01", "reason": "r", "author": "a", "until": "x"}
not json
{"rule": "T4.SUM", "id": "abcd", "year": "2021", "scope": "ALL", "reason": "r", "author": "a", "expires": "2027-02-30"}
)");
  ASSERT_FALSE(waivers.has_value());
  for (const char* part : {"line 2: 缺 author", "line 3: 没有规则 / there is no rule T9.NONE", "line 3: 没有这一项 / unknown name \"until\"",
                           "line 4: 不是 JSON", "line 5: 应有 id 或 rule 之一", "line 5: year", "line 5: scope \"ALL\"", "line 5: expires \"2027-02-30\"",
                           "line 5: 缺 values"})
    EXPECT_NE(waivers.error().message.find(part), std::string::npos) << part << "\n" << waivers.error().message;
}

}  // namespace
}  // namespace gouji::command
