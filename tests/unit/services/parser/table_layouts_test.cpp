// One table in the layouts that portals and converters print.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "services/parser/core/table_draft.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

const std::string kFront =
    "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n2021年，我局主动公开政府信息12条。\n二、主动公开政府信息情况\n";
const std::string kRest = "三、收到和处理政府信息公开申请情况\n";

const char* const kRows2021[][5] = {{"第二十条第（一）项"},
                                    {"信息内容", "本年制发件数", "本年废止件数", "现行有效件数"},
                                    {"规章", "1", "0", "3"},
                                    {"行政规范性文件", "4", "2", "32"},
                                    {"第二十条第（五）项"},
                                    {"信息内容", "本年处理决定数量"},
                                    {"行政许可", "170"},
                                    {"第二十条第（六）项"},
                                    {"信息内容", "本年处理决定数量"},
                                    {"行政处罚", "5"},
                                    {"行政强制", "6"},
                                    {"第二十条第（八）项"},
                                    {"信息内容", "本年收费金额（单位：万元）"},
                                    {"行政事业性收费", "12.5"}};

// Every cell followed by `behind_cell`, every row by `behind_row`, rows padded to four cells with `padding`.
std::string layout(const std::string& front, const std::string& behind_cell, const std::string& behind_row,
                   const std::string& padding = "") {
  std::string text = kFront;
  for (const auto& row : kRows2021) {
    text += front;
    int count = 0;
    for (const char* cell : row) {
      if (cell == nullptr) break;
      text += cell + behind_cell;
      ++count;
    }
    for (; count < 4; ++count) text += padding;
    text += behind_row;
  }
  return text + kRest;
}

void expect_all(const std::string& text) {
  const Reading reading = reading_of(text);
  EXPECT_EQ(reading.tables[0].status, TableStatus::kRead) << text;
  EXPECT_EQ(reading.tables[0].edition, Edition::k2021);
  EXPECT_EQ(reading.tables[0].money_unit, MoneyUnit::kWanYuan);
  const std::string wanted[] = {"1", "0", "3", "4", "2", "32", "170", "5", "6", "12500000"};
  const Form& form = gouji::form(TableId::kT2, Edition::k2021);
  for (std::size_t i = 0; i < form.size(); ++i) EXPECT_EQ(cell(reading, form.cells()[i].id), wanted[i]) << text;
}

TEST(TableLayout, OneCellPerLine) { expect_all(layout("", "\n", "")); }
TEST(TableLayout, OneCellPerLineWithBlankLines) { expect_all(layout("", "\n\n", "\n")); }
TEST(TableLayout, OneCellPerLineWithSpacesInFront) { expect_all(layout(" ", "\n ", "\n")); }
TEST(TableLayout, OneCellPerLineAndAPipeBehind) { expect_all(layout("", " |\n", "", "|\n")); }
TEST(TableLayout, OneCellPerLineAndAPipeOnItsOwnLine) { expect_all(layout("", "\n|\n", "")); }
TEST(TableLayout, APipeOnItsOwnLineInFrontOfEveryRow) { expect_all(layout("|\n", " |\n", "")); }
TEST(TableLayout, OneCellPerLineBehindTabsThatIndentThem) { expect_all(layout("", " |\n\t\t\t", "\n\t\t\n")); }
TEST(TableLayout, RowsWithPipes) { expect_all(layout("", " | ", "\n")); }
TEST(TableLayout, RowsWithPipesInFrontAndPadding) { expect_all(layout("| ", " | ", "\n", "| ")); }
TEST(TableLayout, RowsWithTabs) { expect_all(layout("", "\t", "\n")); }
TEST(TableLayout, RowsWithTabsAndPadding) { expect_all(layout("", "\t", "\n", "\t")); }
TEST(TableLayout, RowsWithSpaces) { expect_all(layout("", " ", "\n")); }
TEST(TableLayout, RowsWithSpacesInFront) { expect_all(layout("  ", "   ", "\n")); }

std::string table3(std::initializer_list<const char*> rows) {
  std::string text = kFront + kRest + "申请人情况\n自然人\n法人或其他组织\n总计\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他\n";
  for (const char* row : rows) text += std::string(row) + "\n";
  return text + "四、政府信息公开行政复议、行政诉讼情况\n";
}

TEST(TableRow, OfPaddedPipesKeepsItsBlankCells) {
  const Reading reading = reading_of(table3({"一、本年新收政府信息公开申请数量 | 1 | 0 | 0 | 0 | 0 | 2 | 3 | | |",
                                             "二、上年结转政府信息公开申请数量 | | | | | | | 0 | | |"}));
  EXPECT_EQ(cell(reading, "t3.new.total"), "3");
  EXPECT_EQ(cell(reading, "t3.carried_in.natural_person"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "0");
}

TEST(TableRow, WithTooFewValuesIsUnreadableAndNeverZeros) {
  const Reading reading = reading_of(table3({"一、本年新收政府信息公开申请数量 1 2 3", "二、上年结转政府信息公开申请数量 0 0 0 0 0 0 0"}));
  EXPECT_EQ(cell(reading, "t3.new.natural_person"), "UNREADABLE");
  EXPECT_EQ(cell(reading, "t3.new.total"), "UNREADABLE");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "0");
  EXPECT_TRUE(has_note(reading.tables[1], "ROW_COLLAPSED"));
  EXPECT_EQ(reading.tables[1].status, TableStatus::kPartial);
}

TEST(TableRow, WithTooFewValuesBetweenSeparatorsIsShortAndNotCollapsed) {
  const Reading text = reading_of(table3({"一、本年新收政府信息公开申请数量 1 2 3"}));
  EXPECT_TRUE(has_note(text.tables[1], "ROW_COLLAPSED"));
  EXPECT_FALSE(has_note(text.tables[1], "ROW_SHORT"));
  const Reading pipes = reading_of(table3({"一、本年新收政府信息公开申请数量 | 1 | 2 | 3", "二、上年结转政府信息公开申请数量 | 0 | 0 | 0 | 0 | 0 | 0 | 0"}));
  EXPECT_TRUE(has_note(pipes.tables[1], "ROW_SHORT"));
}

TEST(TableRow, WithASurplusOfZerosKeepsTheFormsCount) {
  const Reading reading = reading_of(table3({"一、本年新收政府信息公开申请数量 4 0 0 0 0 0 4 0"}));
  EXPECT_EQ(cell(reading, "t3.new.total"), "4");
  EXPECT_TRUE(has_note(reading.tables[1], "ROW_OVERLONG"));
  EXPECT_EQ(reading.tables[1].confidence[0], kSurplusDropped);
}

TEST(TableRow, WithASurplusThatSaysSomethingIsUnreadable) {
  const Reading reading = reading_of(
      table3({"一、本年新收政府信息公开申请数量 4 0 0 0 0 0 4 9", "二、上年结转政府信息公开申请数量 1 0 0 0 0 0 1"}));
  EXPECT_EQ(cell(reading, "t3.new.total"), "UNREADABLE");
  EXPECT_TRUE(has_note(reading.tables[1], "ROW_OVERLONG"));
}

TEST(TableRow, EndsWithItsLineSoThatAPageNumberStaysOut) {
  const Reading reading =
      reading_of(table3({"一、本年新收政府信息公开申请数量 4 0 0 0 0 0 4", "- 3 -", "7", "二、上年结转政府信息公开申请数量 1 0 0 0 0 0 1"}));
  EXPECT_EQ(cell(reading, "t3.new.total"), "4");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "1");
}

TEST(TableRow, IsFoundWhenItsLabelIsWrappedAroundTheValues) {
  const Reading reading = reading_of(table3({"（三）不予公开", "2.其他法律行", "3 0 0 0 0 0 3", "政法规禁止公开", "3.危及“三安全一稳定”", "1 0 0 0 0 0 1"}));
  EXPECT_EQ(cell(reading, "t3.denied.2.total"), "3");
  EXPECT_EQ(cell(reading, "t3.denied.3.total"), "1");
}

TEST(TableRow, IsFoundUnderAMisspeltLabel) {
  const Reading reading = reading_of(table3({"二、上年转结政府信息公开申请数量 1 0 0 0 0 0 1", "2.其他法律行政止公开 3 0 0 0 0 0 3"}));
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "1");
  EXPECT_EQ(cell(reading, "t3.denied.2.total"), "3");
  EXPECT_TRUE(has_note(reading.tables[1], "LABEL_MISSPELT"));
}

TEST(TableRow, ThatIsNotInTheFormStaysApart) {
  const Reading reading = reading_of(table3({"一、本年新收政府信息公开申请数量 4 0 0 0 0 0 4", "其中通过网络平台提交 9 0 0 0 0 0 9",
                                             "二、上年结转政府信息公开申请数量 1 0 0 0 0 0 1"}));
  EXPECT_TRUE(has_note(reading.tables[1], "EXTRA_ROW"));
  EXPECT_EQ(cell(reading, "t3.new.total"), "4");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "1");
}

TEST(Table3, TakesItsEditionFromItsOwnRows) {
  EXPECT_EQ(reading_of(table3({"（六）其他处理 4 0 0 0 0 0 4"})).tables[1].edition, Edition::k2019);
  EXPECT_EQ(reading_of(table3({"（六）其他处理", "3.其他 4 0 0 0 0 0 4", "5.要求行政机关确认或重新出具已获取信息 0 0 0 0 0 0 0",
                               "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请 0 0 0 0 0 0 0"}))
                .tables[1].edition,
            Edition::k2021);
}

TEST(Table, OfTheSameKindThatFollowsIsNamedAndNotRead) {
  const char* const kRow[] = {"一、本年新收政府信息公开申请数量 4 0 0 0 0 0 4", "二、上年结转政府信息公开申请数量 1 0 0 0 0 0 1",
                              "2.其他法律行政法规禁止公开 3 0 0 0 0 0 3"};
  EXPECT_FALSE(has_note(reading_of(table3({kRow[0], kRow[1], kRow[2]})).tables[1], "SECOND_TABLE"));
  const Reading twice = reading_of(table3({kRow[0], kRow[1], kRow[2], "一、本年新收政府信息公开申请数量 9 0 0 0 0 0 9",
                                           "二、上年结转政府信息公开申请数量 8 0 0 0 0 0 8", "2.其他法律行政法规禁止公开 7 0 0 0 0 0 7"}));
  EXPECT_TRUE(has_note(twice.tables[1], "SECOND_TABLE"));
  EXPECT_EQ(cell(twice, "t3.new.total"), "4");
  const Reading elsewhere = reading_of(table3({kRow[0], kRow[1], kRow[2]}) + "五、存在的主要问题及改进情况\n附：本机关的表\n" + kRow[0] + "\n" + kRow[1] + "\n" + kRow[2] + "\n");
  EXPECT_TRUE(has_note(elsewhere.tables[1], "SECOND_TABLE"));
}

TEST(Table, StatesTheUnitOfItsHeader) {
  const auto with_header = [](const std::string& header, const std::string& amount) {
    return reading_of(kFront + "第二十条第（八）项\n信息内容|" + header + "\n行政事业性收费|" + amount + "\n" + kRest).tables[0];
  };
  const TableReading stated = with_header("本年收费金额（单位：万<br>元）", "12.5");
  ASSERT_TRUE(has_note(stated, "UNIT_IN_HEADER"));
  EXPECT_EQ(stated.cells.back().value, 12500000);
  const TableReading open = with_header("本年收费金额", "251000元");
  EXPECT_FALSE(has_note(open, "UNIT_IN_HEADER"));
  EXPECT_TRUE(has_note(open, "UNIT_IN_CELL"));
  EXPECT_EQ(open.cells.back().value, 25100000);
}

// Six columns from the first to the last in the header tell where a row without full neighbours begins.
TEST(Table3, IsReadByItsHeaderWhereNoRowIsFull) {
  const Reading reading = reading_of(kFront + kRest + "|||自然人|法人或其他组织|||||总计\n||||商业企业|科研机构|社会公益组织|法律服务机构|其他|\n"
                                     "一、本年新收政府信息公开申请数量|||5|||||1|6\n三、本年度办理结果|（一）予以公开|||2|||||2\n");
  EXPECT_EQ(cell(reading, "t3.new.natural_person"), "5");
  EXPECT_EQ(cell(reading, "t3.new.commercial_enterprise"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.granted.natural_person"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.granted.commercial_enterprise"), "2");
}

TEST(Table3, DoubtsARowThatStandsElsewhereThanTheOthers) {
  std::string text = kFront + kRest;
  for (const char* label : {"一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", "（一）予以公开", "（二）部分公开",
                            "1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”", "4.保护第三方合法权益",
                            "5.属于三类内部事务信息", "6.属于四类过程性信息"}) {
    text += std::string(label) + "||1|2|3|4|5|6|21|\n";
  }
  const Reading reading = reading_of(text + "7.属于行政执法案卷|||1|2|3|4|5|6|无\n");
  EXPECT_EQ(cell(reading, "t3.denied.6.total"), "21");
  EXPECT_EQ(cell(reading, "t3.denied.7.natural_person"), "UNREADABLE");
}

TEST(TableLayout, DrawnWithBoxes) { expect_all(layout("│", "│", "\n├──┼──┤\n")); }
TEST(TableLayout, APipeInFrontOfEveryCell) { expect_all(layout("", "\n| ", "\n")); }
TEST(TableLayout, WithRulesAndBoldOfMarkdown) {
  std::string text = layout("| **", "** | **", "** |\n");
  text.insert(text.find("| **信息内容"), "| --- | --- |\n");
  expect_all(text);
}

TEST(Table, WithCellsRunTogetherIsUnreadable) {
  const Reading reading = reading_of(kFront + "第二十条第（一）项\n信息内容本年制发件数本年废止件数现行有效件数\n规章000\n行政规范性文件693665\n" + kRest);
  EXPECT_EQ(reading.tables[0].status, TableStatus::kUnreadable);
  EXPECT_TRUE(reading.tables[0].cells.empty());
  ASSERT_TRUE(reading.reason);
  EXPECT_EQ(reading.reason->code, "TABLE_UNREADABLE");
}

TEST(Table, BehindAHeadingWithoutTableIsNotInTheText) {
  const Reading reading = reading_of(kFront + kRest + "四、政府信息公开行政复议、行政诉讼情况\n五、存在的主要问题及改进情况\n无。\n");
  for (const TableReading& table : reading.tables) EXPECT_EQ(table.status, TableStatus::kNotInText);
  EXPECT_EQ(reading.status, ReadingStatus::kPartial);
}

TEST(Table, WithoutASectionIsAbsent) {
  const Reading reading = reading_of("临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n2021年，我局公开信息12条。\n五、存在的主要问题及改进情况\n无。\n");
  for (const TableReading& table : reading.tables) EXPECT_EQ(table.status, TableStatus::kAbsent);
}

TEST(Table, ThatIsCutOffIsPartial) {
  const std::string whole = layout("", "\n", "");
  const Reading reading = reading_of(whole.substr(0, whole.find("行政处罚")));
  EXPECT_EQ(reading.tables[0].status, TableStatus::kPartial);
  EXPECT_EQ(cell(reading, "t2.licences.decisions"), "170");
  EXPECT_EQ(cell(reading, "t2.penalties.decisions"), "ABSENT");
}

const std::string kTable4 =
    "四、政府信息公开行政复议、行政诉讼情况\n行政复议 行政诉讼\n结果维持 结果纠正 其他结果 尚未审结 总计\n未经复议直接起诉 复议后起诉\n"
    "结果维持 结果纠正 其他结果 尚未审结 总计 结果维持 结果纠正 其他结果 尚未审结 总计\n";

TEST(Table3, IsNotSeenInProse) {
  const Reading reading = reading_of(kFront + "本年度我乡新收政府信息公开申请0起，上年结转政府信息公开申请0起。\n五、存在的主要问题及改进情况\n");
  EXPECT_EQ(reading.tables[1].status, TableStatus::kAbsent);
}

TEST(Table4, IsFifteenValuesBehindItsHeaders) {
  const Reading reading = reading_of(kFront + kTable4 + "1 2 3 4 10 5 6 7 8 26 0 0 0 1 1\n五、存在的主要问题及改进情况\n");
  EXPECT_EQ(reading.tables[2].status, TableStatus::kRead);
  EXPECT_EQ(cell(reading, "t4.reconsideration.total"), "10");
  EXPECT_EQ(cell(reading, "t4.litigation_direct.upheld"), "5");
  EXPECT_EQ(cell(reading, "t4.litigation_after_reconsideration.total"), "1");
}

// A PDF whose narrow header cells hold one letter above the other.
TEST(Table4, IsFoundBelowAHeaderOfSingleLetters) {
  const std::string header = "四、政府信息公开行政复议、行政诉讼情况\n行政复议 行政诉讼\n未经复议直接起诉 复议后起诉\n结 结 其 尚 结 结 其 尚\n果 果 他 未\n总计 果 果 他 未 总\n"
                             "维 纠 结 审\n持 正 果 结 计\n";
  const Reading reading = reading_of(kFront + header + "1 2 3 4 10 5 6 7 8 26 0 0 0 1 1\n五、存在的主要问题及改进情况\n");
  EXPECT_EQ(cell(reading, "t4.reconsideration.total"), "10");
  EXPECT_EQ(cell(reading, "t4.litigation_after_reconsideration.total"), "1");
  const Reading prose = reading_of(kFront + "四、政府信息公开行政复议、行政诉讼情况\n未经复议直接起诉0件，复议后起诉0件。\n五、存在的主要问题及改进情况\n");
  EXPECT_EQ(prose.tables[2].status, TableStatus::kNotInText);
}

TEST(Table4, KeepsABlankCellBetweenItsFirstAndItsLast) {
  const Reading reading = reading_of(kFront + kTable4 + "| | 1 | 2 | 3 | | 6 | 5 | 6 | 7 | 8 | 26 | 0 | 0 | 0 | 1 | 1 | |\n五、存在的主要问题及改进情况\n");
  EXPECT_EQ(cell(reading, "t4.reconsideration.pending"), "BLANK");
  EXPECT_EQ(cell(reading, "t4.reconsideration.total"), "6");
  EXPECT_EQ(cell(reading, "t4.litigation_after_reconsideration.total"), "1");
}

TEST(Table4, DoesNotGuessWhichOfFourteenIsMissing) {
  const Reading reading = reading_of(kFront + kTable4 + "1 2 3 4 10 5 6 7 8 26 0 0 0 1\n五、存在的主要问题及改进情况\n");
  EXPECT_NE(reading.tables[2].status, TableStatus::kRead);
  EXPECT_FALSE(cell(reading, "t4.reconsideration.total") == "10");
}

TEST(Provenance, OfACellIsItsBytesInTheSource) {
  const std::string text = layout("", " | ", "\n");
  const Reading reading = reading_of(text);
  const auto at = gouji::form(TableId::kT2, Edition::k2021).find("t2.licences.decisions");
  const Where where = reading.tables[0].where[*at];
  EXPECT_EQ(text.substr(static_cast<std::size_t>(where.begin), static_cast<std::size_t>(where.end - where.begin)), "170");
  EXPECT_EQ(reading.tables[0].raw[*at], "170");
  EXPECT_EQ(reading.tables[0].witnesses[*at], 2);  // anchors and lines
}

TEST(Sign, OutsideTheColumnForChangesIsNoted) {
  const Reading reading = reading_of(table3({"一、本年新收政府信息公开申请数量 -4 0 0 0 0 0 4"}));
  EXPECT_EQ(cell(reading, "t3.new.natural_person"), "-4");
  EXPECT_TRUE(has_note(reading.tables[1], "SIGN_UNEXPECTED"));
}

// A merged label leaves more empty cells in front of some rows than of others.
std::string rows_padded_by_their_labels(const std::string& carried_in) {
  return "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n无。\n" + kRest +
         "|||自然人|法人或其他组织|||||总计\n||||商业企业|科研机构|社会公益组织|法律服务机构|其他|\n"
         "一、本年新收政府信息公开申请数量|||5|1|1|1|1|1|10\n" + carried_in +
         "三、本年度办理结果|（一）予以公开||4|1|1|1|1|1|9\n|（三）不予公开|1.属于国家秘密|1|1|1|1|1|1|6\n||2.其他法律行政法规禁止公开||1|||||1\n";
}

TEST(Table3, KeepsValuesInPlaceWhereRowsArePaddedDifferently) {
  const Reading reading = reading_of(rows_padded_by_their_labels("二、上年结转政府信息公开申请数量||||2|3|4|5|6|20\n"));
  EXPECT_EQ(cell(reading, "t3.carried_in.natural_person"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.carried_in.commercial_enterprise"), "2");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "20");
  EXPECT_EQ(cell(reading, "t3.denied.2.natural_person"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.denied.2.commercial_enterprise"), "1");
  EXPECT_EQ(cell(reading, "t3.denied.2.total"), "1");
  const Reading open = reading_of(rows_padded_by_their_labels("二、上年结转政府信息公开申请数量|||1|2|3|4|5|6|\n"));
  EXPECT_EQ(cell(open, "t3.carried_in.natural_person"), "1");
  EXPECT_EQ(cell(open, "t3.carried_in.total"), "BLANK");
}

std::string table3(const std::string& header, const std::string& rows) {
  return "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n无。\n" + kRest + header + rows;
}

// Counted from the left the row has its zeros in the columns 4 to 7, from the right in 2 to 5.
TEST(Table3, DoesNotGuessWhereARowOfAnotherWidthBegins) {
  const std::string full = "7.属于行政执法案卷\t1\t2\t3\t4\t5\t6\t21\n8.属于行政查询事项\t1\t1\t1\t1\t1\t1\t6\n";
  const Reading reading = reading_of(table3("申请人情况\n", full + "四、结转下年度继续办理\t\t\t0\t0\t0\t0\t\t\t\n"));
  EXPECT_EQ(cell(reading, "t3.denied.7.total"), "21");
  for (const char* column : {"natural_person", "commercial_enterprise", "legal_service_organization", "other_organization", "total"}) {
    EXPECT_EQ(cell(reading, std::string("t3.carried_out.") + column), "UNREADABLE") << column;
  }
}

// As Word's tables are copied: behind each label as many empty cells as it was wide.
TEST(Table3, KeepsItsBlankCellsWhereEveryLabelPadsItsRow) {
  const Reading reading = reading_of(table3("申请人情况\n",
                                            "一、本年新收政府信息公开申请数量\t\t\t\t5\t0\t0\t0\t0\t5\n二、上年结转政府信息公开申请数量\t\t\t0\t0\t0\t0\t\t\t\n"
                                            "三、本年度办理结果\t（一）予以公开\t\t\t3\t0\t0\t0\t\t3\n（三）不予公开\t1.属于国家秘密\t\t2\t0\t0\t0\t0\t2\n"
                                            "2.其他法律行政法规禁止公开\t0\t0\t0\t0\t0\t0\t0\n"));
  EXPECT_EQ(cell(reading, "t3.new.natural_person"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.new.total"), "5");
  EXPECT_EQ(cell(reading, "t3.carried_in.natural_person"), "0");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.granted.commercial_enterprise"), "3");
  EXPECT_EQ(cell(reading, "t3.denied.1.commercial_enterprise"), "2");
}

TEST(Table3, TakesNoRemarkForAValue) {
  const Reading reading = reading_of(table3("序号|内容|自然人|商业企业|科研机构|社会公益组织|法律服务机构|其他|总计|备注\n",
                                            "1|一、本年新收政府信息公开申请数量|5|1|1|1|1|1|10|\n2|二、上年结转政府信息公开申请数量||1|2|3|4|5|15|无\n"));
  EXPECT_EQ(cell(reading, "t3.carried_in.natural_person"), "BLANK");
  EXPECT_EQ(cell(reading, "t3.carried_in.commercial_enterprise"), "1");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "15");
}

TEST(Table3, IsReadByItsHeaderWhereColumnsStandInAnotherOrder) {
  const std::string rows = "一、本年新收政府信息公开申请数量 10 5 1 0 2 0 2\n二、上年结转政府信息公开申请数量 3 0 3 0 0 0 0\n";
  for (const char* header : {"总计 自然人 商业企业 科研机构 社会公益组织 法律服务机构 其他\n", "申请人情况\n总计\n自然人\n法人或其他组织\n商业企业\n科研机构\n社会公益组织\n法律服务机构\n其他\n"}) {
    const Reading reading = reading_of(table3(header, rows));
    EXPECT_EQ(cell(reading, "t3.new.total"), "10") << header;
    EXPECT_EQ(cell(reading, "t3.new.natural_person"), "5") << header;
    EXPECT_EQ(cell(reading, "t3.carried_in.commercial_enterprise"), "3") << header;
  }
  const Reading swapped = reading_of(table3("自然人 科研机构 商业企业 社会公益组织 法律服务机构 其他 总计\n", "一、本年新收政府信息公开申请数量 5 1 0 2 0 2 10\n"));
  EXPECT_EQ(cell(swapped, "t3.new.research_institution"), "1");
  EXPECT_EQ(cell(swapped, "t3.new.commercial_enterprise"), "0");
  // A header over two lines may have its last column in the first one.
  const Reading usual = reading_of(table3("申请人情况\t总计\n自然人\t法人或其他组织\n商业企业\t科研机构\t社会公益组织\t法律服务机构\t其他\n",
                                          "一、本年新收政府信息公开申请数量\t5\t1\t0\t2\t0\t2\t10\n"));
  EXPECT_EQ(cell(usual, "t3.new.natural_person"), "5");
  EXPECT_EQ(cell(usual, "t3.new.total"), "10");
}

// "110" that a space broke is no 11 with a zero too many.
TEST(Table3, ReadsNoFigureThatASpaceBroke) {
  const std::string full = "二、上年结转政府信息公开申请数量\t1\t0\t0\t0\t0\t0\t1\n";
  for (const char* row : {"一、本年新收政府信息公开申请数量 103 5 0 0 0 2 11 0\n", "一、本年新收政府信息公开申请数量\t103\t5\t0\t0\t0\t2\t11 0\n",
                          "一、本年新收政府信息公开申请数量\t1 03\t5\t0\t0\t0\t2\t110\n"}) {
    const Reading reading = reading_of(table3("申请人情况\n", row + full));
    EXPECT_EQ(cell(reading, "t3.new.total"), "UNREADABLE") << row;
    EXPECT_EQ(cell(reading, "t3.new.natural_person"), "UNREADABLE") << row;
    EXPECT_EQ(cell(reading, "t3.carried_in.total"), "1") << row;
  }
}

TEST(Table3, IsFoundUnderShortenedLabels) {
  const Reading reading = reading_of(table3("申请人情况\n", "一、本年新收申请数量 5 1 0 2 0 2 10\n二、上年结转申请数量 1 0 0 0 0 0 1\n四、结转下年度 2 0 0 0 0 0 2\n（六）其他处理 1.逾期不补正 3 0 0 0 0 0 3\n2.逾期不缴费 4 0 0 0 0 0 4\n3.其他 5 0 0 0 0 0 5\n"));
  EXPECT_EQ(cell(reading, "t3.other.1.total"), "3");
  EXPECT_EQ(cell(reading, "t3.other.2.total"), "4");
  EXPECT_EQ(cell(reading, "t3.new.total"), "10");
  EXPECT_EQ(cell(reading, "t3.carried_in.total"), "1");
  EXPECT_EQ(cell(reading, "t3.carried_out.total"), "2");
}

TEST(Table3, ReadsNoRowThatEndsInWords) {
  const std::string table = "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n无。\n" + kRest +
                            "一、本年新收政府信息公开申请数量|5|1|1|1|1|1|10\n二、上年结转政府信息公开申请数量||1|2|3|4|5|6|见注\n";
  EXPECT_EQ(cell(reading_of(table), "t3.carried_in.commercial_enterprise"), "UNREADABLE");
  const Reading reading = reading_of(rows_padded_by_their_labels("二、上年结转政府信息公开申请数量|||1|2|3|4|5|6|见注\n"));
  EXPECT_EQ(cell(reading, "t3.carried_in.natural_person"), "UNREADABLE");
  EXPECT_EQ(cell(reading, "t3.carried_in.commercial_enterprise"), "UNREADABLE");
}

}  // namespace
}  // namespace gouji::parser
