#include "services/validator/core/document_checks.h"

#include <gtest/gtest.h>

#include "common/events/codec.h"
#include "common/text/utf8.h"
#include "services/validator/core/evaluation.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;

RuleResult result(const Reading& reading, const std::string& rule_id, const std::string& instance = "") {
  const Evaluation evaluation = evaluate(reading, ledger_tables(reading));
  for (const RuleResult& each : evaluation.document_results.in_order())
    if (each.rule == rule_id && each.instance == instance) return each;
  RuleResult missing;
  missing.reason = "no result";
  return missing;
}

std::string outcome(const RuleResult& found) {
  if (found.status == RuleStatus::kNotApplicable) return found.reason;
  return found.status == RuleStatus::kPassed ? "PASSED" : std::string(to_string(found.severity));
}

TEST(Document, OfACleanReportFailsNoRule) {
  const Evaluation evaluation = evaluate(clean_reading(), ledger_tables(clean_reading()));
  for (const RuleResult& each : evaluation.document_results.in_order())
    EXPECT_NE(each.status, RuleStatus::kFailed) << each.rule;
}

TEST(Document, OfTwoCleanReportsIsTheSameList) {
  const Evaluation first = evaluate(clean_reading(2021, 1), ledger_tables(clean_reading(2021, 1)));
  const Evaluation second = evaluate(clean_reading(2021, 2), ledger_tables(clean_reading(2021, 2)));
  ASSERT_NE(first.document_results.known, nullptr);
  EXPECT_EQ(first.document_results.known, second.document_results.known);
  Reading odd = clean_reading(2021, 2);
  odd.sections.pop_back();
  const Evaluation third = evaluate(odd, ledger_tables(odd));
  EXPECT_EQ(third.document_results.known, nullptr);
  EXPECT_EQ(third.document_results.in_order().size(), first.document_results.in_order().size());
}

TEST(OrganKind, IsReadFromTheName) {
  EXPECT_EQ(organ_kind("清河镇人民政府"), OrganKind::kTown);
  EXPECT_EQ(organ_kind("东城街道办事处"), OrganKind::kTown);
  EXPECT_EQ(organ_kind("平安县人民政府"), OrganKind::kCounty);
  EXPECT_EQ(organ_kind("新疆维吾尔自治区人民政府"), OrganKind::kGovernment);
  EXPECT_EQ(organ_kind("许昌市人民政府"), OrganKind::kGovernment);
  EXPECT_EQ(organ_kind("许昌市交通运输局"), OrganKind::kDepartment);
  EXPECT_EQ(organ_kind("高新区管理委员会"), OrganKind::kUnknown);
  EXPECT_EQ(organ_kind("国家税务总局平安县税务局"), OrganKind::kUnknown);
  EXPECT_EQ(organ_kind("平安县气象局"), OrganKind::kUnknown);
  EXPECT_EQ(organ_kind(""), OrganKind::kUnknown);
}

struct DeadlineCase {
  const char* organ;
  const char* date;
  const char* outcome;
};

TEST(Deadline, CountsPrintedDatesOfTheYearAfter) {
  for (const DeadlineCase& each : {DeadlineCase{"许昌市交通运输局", "2022-01-31", "PASSED"},
                                   DeadlineCase{"许昌市交通运输局", "2022-02-01", "warning"},
                                   DeadlineCase{"许昌市人民政府", "2022-03-10", "PASSED"},
                                   DeadlineCase{"许昌市人民政府", "2022-03-11", "info"},
                                   DeadlineCase{"许昌市人民政府", "2022-04-01", "warning"},
                                   DeadlineCase{"清河镇人民政府", "2022-02-01", "info"},
                                   DeadlineCase{"某某中心", "2022-01-20", "PASSED"},
                                   DeadlineCase{"某某中心", "2022-02-20", "ORGAN_KIND_UNKNOWN"},
                                   DeadlineCase{"某某中心", "2022-04-20", "warning"},
                                   DeadlineCase{"许昌市交通运输局", "2023-06-01", "REPOST_POSSIBLE"},
                                   DeadlineCase{"许昌市交通运输局", "", "NO_DATE"}}) {
    Reading reading = clean_reading(2021);
    reading.organ_name = each.organ;
    reading.published_on = each.date;
    EXPECT_EQ(outcome(result(reading, "S.DEADLINE")), each.outcome) << each.organ << each.date;
  }
}

TEST(Year, MustBeTheSameInTitleAndPeriod) {
  Reading reading = clean_reading(2021);
  EXPECT_EQ(outcome(result(reading, "S.YEAR")), "YEAR_NOT_STATED");
  reading.votes = {{"year", "2021", "title", 3, {}}, {"year", "2021", "period", 3, {}}};
  EXPECT_EQ(outcome(result(reading, "S.YEAR")), "PASSED");
  reading.votes[1].value = "2020";
  EXPECT_EQ(outcome(result(reading, "S.YEAR")), "warning");
  reading.votes.clear();
  reading.published_on = "2021-01-20";
  EXPECT_EQ(outcome(result(reading, "S.YEAR")), "warning");
}

TEST(Section, IsMissedOneByOne) {
  Reading reading = clean_reading(2021);
  reading.sections.erase(reading.sections.begin() + 4);
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "5")), "warning");
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "4")), "PASSED");
  std::swap(reading.sections[1], reading.sections[2]);
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "order")), "warning");
  reading.sections.clear();
  EXPECT_EQ(outcome(result(reading, "S.SECTION")), "NO_SECTIONS");
}

TEST(Section, IsThereWithItsTableWhateverBecameOfTheHeading) {
  Reading reading = clean_reading(2021);
  reading.sections.erase(reading.sections.begin() + 3);
  reading.tables[2].status = TableStatus::kUnreadable;
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "4")), "PASSED");
  reading.tables[2].status = TableStatus::kAbsent;
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "4")), "warning");
}

TEST(Section, IsNotMissedWhereADocumentEndsInTheMiddle) {
  Reading reading = clean_reading(2021);
  reading.sections.resize(3);
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "5")), "DOCUMENT_CUT");
  reading.sections.erase(reading.sections.begin());
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "1")), "warning");
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "6")), "DOCUMENT_CUT");
}

TEST(Section, IsNotJudgedWhereTheYearIsUnknown) {
  Reading reading = clean_reading(2021);
  reading.sections.pop_back();
  reading.key = unidentified_key("here", Scope::kOwn);
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "6")), "warning");
  reading.year.reset();
  EXPECT_EQ(outcome(result(reading, "S.SECTION")), "UNIDENTIFIED");
  EXPECT_EQ(outcome(result(reading, "S.FEE")), "UNIDENTIFIED");
  EXPECT_EQ(outcome(result(reading, "S.EDITION", "t3")), "UNIDENTIFIED");
}

TEST(Section, OfATransitionYearMayTakeAnotherForm) {
  Reading reading = clean_reading(2019);
  reading.sections.pop_back();
  EXPECT_EQ(outcome(result(reading, "S.SECTION")), "TRANSITION_YEAR");
}

TEST(Section, MissesATableThatIsAbsentButNotAnImage) {
  Reading reading = clean_reading(2021);
  reading.tables[1] = {};
  reading.tables[1].table = TableId::kT3;
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "3")), "warning");
  EXPECT_EQ(outcome(result(reading, "T3.SHAPE")), "TABLE_ABSENT");
  reading.tables[1].status = TableStatus::kNotInText;
  EXPECT_EQ(outcome(result(reading, "S.SECTION", "3")), "PASSED");
  EXPECT_EQ(outcome(result(reading, "T3.SHAPE")), "TABLE_NOT_IN_TEXT");
}

TEST(Fee, IsSpokenOfInSectionSixSince2021) {
  Reading reading = clean_reading(2021);
  EXPECT_EQ(outcome(result(reading, "S.FEE")), "PASSED");
  reading.sections[5].text = "本年度未收取信息處理費。";
  EXPECT_EQ(outcome(result(reading, "S.FEE")), "PASSED");
  reading.sections[5].text = "无。";
  EXPECT_EQ(outcome(result(reading, "S.FEE")), "info");
  reading.sections.pop_back();
  EXPECT_EQ(outcome(result(reading, "S.FEE")), "SECTION_ABSENT");
  EXPECT_EQ(outcome(result(clean_reading(2020), "S.FEE")), "OTHER_YEAR");
}

TEST(Unit, MustFitTheHeader) {
  Reading reading = clean_reading(2021);
  cell(reading, "t2.fees.amount") = Cell::number(25'100'000);
  reading.tables[0].raw.back() = "251000元";
  EXPECT_EQ(outcome(result(reading, "T2.UNIT", "fees")), "UNIT_NOT_STATED");
  reading.tables[0].notes.push_back({"UNIT_IN_HEADER", "fees", "元", {}});
  EXPECT_EQ(outcome(result(reading, "T2.UNIT", "fees")), "UNIT_NOT_STATED");
  reading.tables[0].notes.back().text = "万元";
  EXPECT_EQ(outcome(result(reading, "T2.UNIT", "fees")), "warning");
  reading.tables[0].raw.back() = "25.1万元";
  EXPECT_EQ(outcome(result(reading, "T2.UNIT", "fees")), "UNIT_NOT_STATED");
  reading.tables[0].money_unit = MoneyUnit::kWanYuan;
  EXPECT_EQ(outcome(result(reading, "T2.UNIT", "fees")), "PASSED");
  cell(reading, "t2.fees.amount") = Cell::number(std::int64_t{200'000'000} * 1'000'000);
  EXPECT_EQ(outcome(result(reading, "T2.UNIT", "fees")), "info");
}

TEST(Regulations, AreNotMadeByTownsAndCounties) {
  Reading reading = clean_reading(2021);
  cell(reading, "t2.regulations.issued") = Cell::number(3);
  EXPECT_EQ(outcome(result(reading, "T2.REGULATIONS")), "ORGAN_KIND_UNKNOWN");
  reading.organ_name = "清河镇人民政府";
  EXPECT_EQ(outcome(result(reading, "T2.REGULATIONS")), "warning");
  for (const char* column : {"issued", "repealed", "in_force"}) cell(reading, std::string("t2.regulations.") + column).value = 0;
  EXPECT_EQ(outcome(result(reading, "T2.REGULATIONS")), "PASSED");
}

TEST(Regulations, AreNamedOnceInTheMessage) {
  Reading reading = clean_reading(2021);
  cell(reading, "t2.regulations.issued") = Cell::number(3);
  reading.organ_name = "清河镇人民政府";
  for (const char* column : {"repealed", "in_force"}) cell(reading, std::string("t2.regulations.") + column).value = 0;
  const auto transitions = testing::Office().arrive(reading, "A").transitions;
  ASSERT_EQ(transitions.size(), 1u);
  EXPECT_EQ(transitions[0].message_zh, "清河镇人民政府没有规章制定权，而表二“规章 × 本年制发件数”为 3，疑为规范性文件。");
  EXPECT_EQ(transitions[0].message_en, "清河镇人民政府 has no power to make 规章, yet table 2 “规章 × 本年制发件数” is 3; they may be normative documents.");
}

TEST(Shape, TellsAGapFromACutOffTable) {
  Reading gap = clean_reading(2021);
  cell(gap, "t3.denied.1.natural_person") = {CellState::kAbsent, 0};
  EXPECT_EQ(outcome(result(gap, "T3.SHAPE")), "warning");
  Reading cut = clean_reading(2021);
  for (std::size_t i = 100; i < 175; ++i) cut.tables[1].cells[i] = {CellState::kAbsent, 0};
  EXPECT_EQ(outcome(result(cut, "T3.SHAPE")), "TABLE_CUT");
}

TEST(Shape, IsAnErrorWhereNothingCanBeChecked) {
  Reading reading = clean_reading(2021);
  for (const char* group : {"reconsideration", "litigation_direct", "litigation_after_reconsideration"})
    cell(reading, std::string("t4.") + group + ".upheld") = {CellState::kUnreadable, 0};
  reading.tables[2].notes.push_back({"ROW_OVERLONG", "", "", {}});
  EXPECT_EQ(outcome(result(reading, "T4.SHAPE")), "error");
}

TEST(Pre2019, IsNotChecked) {
  Reading reading = clean_reading(2019);
  reading.pre_2019 = true;
  cell(reading, "t4.reconsideration.total").value += 5;
  const Evaluation evaluation = evaluate(reading, ledger_tables(reading));
  EXPECT_TRUE(evaluation.drafts.empty());
  for (const auto& results : {evaluation.table_results, evaluation.document_results.in_order()})
    for (const RuleResult& each : results) EXPECT_EQ(each.reason, "PRE_2019");
}

TEST(Evaluation, IsTheSameAgainFromTheLedger) {
  Reading reading = clean_reading(2021);
  cell(reading, "t3.granted.total").value += 5;
  cell(reading, "t3.denied.1.total") = {CellState::kUnreadable, 0};
  testing::Office office;
  office.arrive(reading, "A");
  const Evaluation first = evaluate(reading, ledger_tables(reading));
  const Evaluation again = evaluate_again(office.at(reading.key));
  EXPECT_EQ(result_digest(first.table_results, first.derived, {}, ""), result_digest(again.table_results, again.derived, {}, ""));
  EXPECT_EQ(result_digest(first.document_results.in_order(), {}, {}, ""), result_digest(again.document_results.in_order(), {}, {}, ""));
}

TEST(Ledger, OfACleanReportTakesLessThanTwoKibibytes) {
  testing::Office office;
  Reading reading = clean_reading(2021);
  std::mt19937 random(5);
  for (int i = 0; i < 3'000; ++i) append_utf8(reading.sections[0].text, static_cast<char32_t>(0x4E00 + random() % 3'000));
  reading.sections[0].text += "收到12件，办结7件，公开390条，解读45篇，培训3次，答复88件。";
  office.arrive(reading, std::string(50, 'x'));
  ASSERT_FALSE(office.at(reading.key).sketch.numbers.empty());
  office.at(reading.key).evidence.url = "http://www.example.test/" + std::string(100, 'p');
  const std::size_t bytes = events::encode(office.at(reading.key)).size();
  RecordProperty("ledger_bytes", static_cast<int>(bytes));
  EXPECT_LE(bytes, 2'048u) << bytes;
}

TEST(Ledger, OfAnyReportTakesLessThanSixteenKibibytes) {
  testing::Office office;
  Reading reading = clean_reading(2020);
  std::mt19937 random(9);
  for (int round = 0; round < 80; ++round) {
    for (TableReading& table : reading.tables)
      for (Cell& each : table.cells) {
        each.value = static_cast<std::int64_t>(random()) << (random() % 20);
        each.state = random() % 6 == 0 ? CellState::kText : CellState::kNumber;
        if (each.state == CellState::kText) each.value = 0;
      }
    reading.sections.resize(random() % 6);
    const std::string content = std::to_string(round) + std::string(60, 'x');
    office.arrive(reading, content, std::string(32, 'h'));
    office.arrive(reading, content, std::to_string(round) + std::string(30, 'c'));
    office.withdraw(reading.key, std::to_string(round - 20) + std::string(30, 'c'));
  }
  office.at(reading.key).evidence.url = std::string(2'000, 'u');
  for (LedgerAnomaly& each : office.at(reading.key).anomalies)
    if (each.open) each.waiver = LedgerWaiver{std::string(300, 'r'), std::string(60, 'a'), 1, 2, each.cells_digest};
  const std::size_t bytes = events::encode(office.at(reading.key)).size();
  RecordProperty("ledger_bytes", static_cast<int>(bytes));
  EXPECT_LE(bytes, 16u * 1'024) << bytes;
}

}  // namespace
}  // namespace gouji::validator
