// Copied prose and names of other organs.
#include "services/validator/core/duplicates.h"

#include <gtest/gtest.h>

#include "common/text/utf8.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::clean_reading;
using testing::Office;

// Prose of `characters` made-up characters with `numbers` in it.
std::string prose(std::uint32_t seed, int characters, const std::vector<int>& numbers) {
  std::mt19937 random(seed);
  std::string text;
  std::size_t next = 0;
  for (int i = 0; i < characters; ++i) {
    append_utf8(text, static_cast<char32_t>(0x4E00 + random() % 3000));
    if (i % 40 == 39 && next < numbers.size()) text += std::to_string(numbers[next++]) + "件，";
  }
  return text;
}

const std::vector<int> kNumbers = {12, 7, 390, 45, 3, 88};

Reading with_prose(std::int32_t year, const std::string& text) {
  Reading reading = clean_reading(year);
  reading.sections[0].text = text;
  return reading;
}

std::string previous_outcome(const Judgement& judgement) {
  for (const RuleResult& result : judgement.verdicts.at(0).results)
    if (result.rule == "S.DUPLICATE" && result.instance == "previous")
      return result.reason.empty() ? std::string(to_string(result.status)) : result.reason;
  return "none";
}

std::string outcome(const std::string& before, const std::string& now) {
  Office office;
  office.arrive(with_prose(2021, before), "A");
  return previous_outcome(office.arrive(with_prose(2022, now), "B"));
}

TEST(Duplicate, IsTheSameProseWithTheSameNumbers) {
  const std::string text = prose(1, 900, kNumbers);
  EXPECT_EQ(outcome(text, text), "FAILED");
  EXPECT_EQ(outcome(text, text + prose(2, 30, {})), "FAILED");
}

TEST(Duplicate, IsNoneWhereNumbersOrProseAreNew) {
  const std::string text = prose(1, 900, kNumbers);
  EXPECT_EQ(outcome(text, prose(1, 900, {12, 7, 391, 45, 3, 88})), "PASSED");
  EXPECT_EQ(outcome(text, prose(1, 600, kNumbers) + prose(3, 300, {})), "PASSED");
  EXPECT_EQ(outcome(text, prose(9, 900, kNumbers)), "PASSED");
}

TEST(Duplicate, IsNotToldOfShortProseOrOfZeros) {
  EXPECT_EQ(outcome(prose(1, 300, kNumbers), prose(1, 300, kNumbers)), "TEXT_SHORT");
  EXPECT_EQ(outcome(prose(1, 900, {0, 0, 0, 0, 0, 0}), prose(1, 900, {0, 0, 0, 0, 0, 0})), "TEXT_SHORT");
}

std::vector<Anomaly> of_duplicates(const Judgement& judgement) {
  std::vector<Anomaly> found;
  for (const Anomaly& anomaly : judgement.transitions)
    if (anomaly.findings[0].rule == "S.DUPLICATE") found.push_back(anomaly);
  return found;
}

TEST(Duplicate, IsFoundInWhateverOrderTheYearsCome) {
  const std::string text = prose(1, 900, kNumbers);
  Office office;
  office.arrive(with_prose(2022, text), "B");
  const std::vector<Anomaly> opened = of_duplicates(office.arrive(with_prose(2021, text), "A"));
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].key.year, 2022);
  EXPECT_EQ(opened[0].severity, Severity::kWarning);
  EXPECT_NE(opened[0].message_zh.find("2021 年度报告约 100% 相同"), std::string::npos) << opened[0].message_zh;
  const std::vector<Anomaly> closed = of_duplicates(office.arrive(with_prose(2021, prose(5, 900, kNumbers)), "C"));
  ASSERT_EQ(closed.size(), 1u);
  EXPECT_EQ(closed[0].transition, Transition::kResolved);
}

TEST(Likeness, FollowsTheShareOfCommonProse) {
  const auto sketch = [](const std::string& text) { return sketch_of({{1, "", text, {}}}); };
  const TextSketch whole = sketch(prose(1, 2000, {}));
  EXPECT_EQ(likeness(whole, whole), 100);
  EXPECT_LT(likeness(whole, sketch(prose(2, 2000, {}))), 5);
  // Half of each is common: one third of the union.
  const std::int32_t half = likeness(whole, sketch(prose(1, 1000, {}) + prose(3, 1000, {})));
  EXPECT_GT(half, 18);
  EXPECT_LT(half, 48);
}

std::string organ_outcome(const std::string& own, const std::string& text) {
  Reading reading = clean_reading();
  reading.organ_name = own;
  reading.sections[0].text = text;
  const RuleResult result = named(other_organ_result(reading));
  return result.reason.empty() ? std::string(to_string(result.status)) : result.reason;
}

TEST(OtherOrgan, IsNamedWhereTheReportNamesItsAuthor) {
  EXPECT_EQ(organ_outcome("甲州市交通运输局", "根据规定，编制甲州市水利局2021年政府信息公开工作年度报告。"), "FAILED");
  EXPECT_EQ(organ_outcome("甲州市乙县石门镇人民政府", "现公布甲州市乙县大源镇人民政府2021年度政府信息公开年度报告。"), "FAILED");
}

TEST(OtherOrgan, IsNotSeenInOtherSpellingsAndSuperiors) {
  for (const char* text : {"编制甲州市交通运输局2021年政府信息公开工作年度报告", "编制交通运输局2021年政府信息公开工作年度报告",
                           "按照甲州市人民政府2021年政府信息公开工作年度报告的要求", "编制某省甲州市交通运输局2021年度政府信息公开年度报告",
                           "甲州市水利局报送了信息", "编制甲州市交通局2021年政府信息公开工作年度报告"})
    EXPECT_EQ(organ_outcome("甲州市交通运输局", text), "PASSED") << text;
  EXPECT_EQ(organ_outcome("某处", "编制甲州市水利局2021年政府信息公开工作年度报告"), "UNIDENTIFIED");
}

}  // namespace
}  // namespace gouji::validator
