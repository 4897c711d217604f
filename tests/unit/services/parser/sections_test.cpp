#include "services/parser/core/sections.h"

#include <gtest/gtest.h>

#include "services/parser/core/extract.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

std::vector<std::int32_t> numbers_in(const std::string& text) {
  const ExtractOutcome outcome = extract({text, "", ""});
  std::vector<std::int32_t> numbers;
  const SectionMap sections = find_sections(std::get<Document>(outcome));
  for (const SectionMark& mark : sections.marks()) {
    numbers.push_back(mark.number);
  }
  return numbers;
}

using Numbers = std::vector<std::int32_t>;

TEST(Sections, AreFoundByNumeralAndKeyWords) {
  EXPECT_EQ(numbers_in("一、概述\n二、行政机关主动公开政府信息的情况\n三、收到和处理政府信息公开申请情况\n"
                       "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况\n五、存在问题和改进措施\n六、其他需要报告的事项\n"),
            (Numbers{1, 2, 3, 4, 5, 6}));
}

TEST(Sections, AreFoundInMarkdownTraditionalCharactersAndWithPinyin) {
  EXPECT_EQ(numbers_in("## 一、總體情況\n**二、主動(dòng)公開政府信息情況**\n### 三、收到和處(chù)理政府信息公開申請情況\n"), (Numbers{1, 2, 3}));
}

TEST(Sections, WithoutNumeralsAreFoundByTheOfficialWordsAlone) {
  EXPECT_EQ(numbers_in("总体情况\n主动公开政府信息情况（略）\n附注）收到和处理政府信息公开申请情况\n政府信息公開行政複議、行政訴訟情況\n"), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(numbers_in("单位总体情况\n主动公开政府信息\n5总体情况\n（1）总体情况\n"), Numbers{});
}

TEST(Sections, TheFirstMayBeCalledAnAccountOfTheWork) {
  EXPECT_EQ(numbers_in("一、工作开展情况\n1、主动公开情况。公开信息9条。\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n"), (Numbers{1, 2, 3}));
  EXPECT_EQ(numbers_in("一、总体情况\n一、工作开展情况\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n"), (Numbers{1, 2, 3}));
}

TEST(Sections, NumberedInsideTheFirstAreNotTakenForThem) {
  EXPECT_EQ(numbers_in("一、总体情况\n一、主动公开情况\n二、依申请公开情况\n三、监督保障情况\n二、主动公开政府信息情况\n三、收到和处理政府信息公开申请情况\n"),
            (Numbers{1, 2, 3}));
  const Reading reading = reading_of("临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n（一）主动公开政府信息情况。\n公开12条。\n");
  EXPECT_EQ(reading.tables[0].status, TableStatus::kAbsent);
}

TEST(Sections, OfATableOfContentsAreNotTakenForThem) {
  EXPECT_EQ(numbers_in("目录\n一、总体情况........ 1\n二、主动公开政府信息情况 ...... 10\n三、收到和处理政府信息公开申请情况 ..... 11\n"), (Numbers{}));
}

TEST(Sections, AreFoundInsideOneLine) {
  EXPECT_EQ(numbers_in("一、总体情况 根据条例编制，全年公开政府信息一百条，其中政策文件三十条，财政信息二十条，其他五十条。[…] 二、主动公开政府信息情况 "
                       "三、收到和处理政府信息公开申请情况 四、政府信息公开行政复议、行政诉讼情况 五、存在的主要问题及改进情况"),
            (Numbers{1, 2, 3, 4, 5}));
}

TEST(Sections, KeepTheirProseWithoutTables) {
  const Reading reading = reading_of(
      "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n2021年公开信息12条。\n二、主动公开政府信息情况\n规章 | 0 | 0 | 0 |\n六、其他需要报告的事项\n无。\n");
  ASSERT_EQ(reading.sections.size(), 4u);
  EXPECT_EQ(reading.sections[1].heading, "一、总体情况");
  EXPECT_EQ(reading.sections[1].text, "2021年公开信息12条。");
  EXPECT_EQ(reading.sections[2].text, "");
  EXPECT_EQ(reading.sections[3].number, 6);
  EXPECT_EQ(reading.sections[3].text, "无。");
}

}  // namespace
}  // namespace gouji::parser
