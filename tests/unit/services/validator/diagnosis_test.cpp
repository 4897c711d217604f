// What an anomaly says: mechanism, order of explanations, fault, words, derived values.
#include "services/validator/core/diagnosis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "services/validator/core/messages.h"
#include "tests/support/seed.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;
using testing::Office;

TableView view(const Reading& reading, std::size_t table) {
  const TableReading& of = reading.tables[table];
  return {&form(of.table, of.edition), of.status, of.cells};
}

// Puts `value` into an applicant's cell of table 3 and keeps every identity.
void set_consistently(Reading& reading, const std::string& row, const std::string& column, std::int64_t value) {
  const std::int64_t delta = value - cell(reading, "t3." + row + "." + column).value;
  for (const std::string& r : {row, std::string("total"), std::string("new")})
    for (const std::string& c : {column, std::string("total")}) cell(reading, "t3." + r + "." + c).value += delta;
}

struct MechanismCase {
  std::int64_t right, wrong;
  Mechanism mechanism;
};

TEST(Mechanism, IsReadFromTheDigits) {
  for (const MechanismCase& each :
       {MechanismCase{1234, 123, Mechanism::kDigitDropped}, MechanismCase{1234, 134, Mechanism::kDigitDropped},
        MechanismCase{1234, 12234, Mechanism::kDigitDoubled}, MechanismCase{1234, 1324, Mechanism::kDigitsTransposed},
        MechanismCase{1234, 1284, Mechanism::kDigitChanged}, MechanismCase{1234, 998877, Mechanism::kOther}}) {
    Reading reading = clean_reading();
    set_consistently(reading, "granted", "natural_person", each.right);
    cell(reading, "t3.granted.natural_person").value = each.wrong;
    const auto found = diagnose(view(reading, 1), {});
    ASSERT_EQ(found.size(), 1u);
    ASSERT_TRUE(found[0].unique);
    EXPECT_EQ(found[0].explanations[0].mechanism, each.mechanism) << each.wrong;
    EXPECT_EQ(found[0].explanations[0].changes[0].proposed, each.right);
  }
}

TEST(Mechanism, NamesMovesAndTotals) {
  Reading moved = clean_reading();
  set_consistently(moved, "granted", "natural_person", 500);
  set_consistently(moved, "granted", "commercial_enterprise", 500);
  cell(moved, "t3.granted.natural_person").value -= 40;
  cell(moved, "t3.granted.commercial_enterprise").value += 40;
  EXPECT_EQ(diagnose(view(moved, 1), {})[0].explanations[0].mechanism, Mechanism::kMovedInRow);
  Reading doubled = clean_reading();
  Cell& total = cell(doubled, "t3.total.natural_person");
  total.value *= 2;
  EXPECT_EQ(diagnose(view(doubled, 1), {})[0].explanations[0].mechanism, Mechanism::kTotalDoubled);
}

// Small figures with many zeros, as real reports have them: the bound at zero is at work.
TEST(Diagnosis, ListsTheInjectedRepairOfEverySingleError) {
  std::mt19937 random(gouji::testing::seed());
  int unique = 0;
  for (std::uint32_t report = 1; report <= 3; ++report)
    for (const int year : {2020, 2021})
      for (const std::size_t table : {std::size_t{1}, std::size_t{2}}) {
        Reading reading = clean_reading(year, report);
        std::vector<Cell>& cells = reading.tables[table].cells;
        for (std::size_t at = 0; at < cells.size(); ++at) {
          const std::int64_t right = cells[at].value;
          cells[at].value = random() % 2 == 0 ? right * 10 + 1 + static_cast<std::int64_t>(random() % 9)
                                              : right / 10 + (right < 10 ? right + 1 : 0);
          const auto found = diagnose(view(reading, table), {});
          ASSERT_EQ(found.size(), 1u);
          const std::string& cell_id = form(reading.tables[table].table, reading.tables[table].edition).cells()[at].id;
          const bool is_listed = std::any_of(
              found[0].explanations.begin(), found[0].explanations.end(), [&](const Explanation& each) {
                return each.changes.size() == 1 && each.changes[0].cell == cell_id && each.changes[0].proposed == right;
              });
          EXPECT_TRUE(is_listed) << cell_id << " " << right << " as " << cells[at].value;
          EXPECT_TRUE(found[0].exhaustive);
          unique += found[0].unique ? 1 : 0;
          cells[at].value = right;
        }
      }
  EXPECT_GE(unique, 3 * (161 + 175));
}

TEST(Ranking, PutsTheLikeliestOfEqualExplanationsFirst) {
  Reading reading = clean_reading();
  const std::int64_t parts[] = {17, 31, 40, 57};
  const char* names[] = {"upheld", "corrected", "other", "pending"};
  for (int i = 0; i < 4; ++i) cell(reading, std::string("t4.reconsideration.") + names[i]).value = parts[i];
  cell(reading, "t4.reconsideration.total").value = 154;  // 145 with two digits exchanged
  const auto found = diagnose(view(reading, 2), {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].explanations.size(), 5u);
  EXPECT_FALSE(found[0].unique);
  EXPECT_TRUE(found[0].exhaustive);
  EXPECT_EQ(found[0].explanations[0].changes[0].cell, "t4.reconsideration.total");
  EXPECT_EQ(found[0].explanations[0].mechanism, Mechanism::kDigitsTransposed);
}

Anomaly only_anomaly(const Reading& reading) {
  Office office;
  const Judgement judgement = office.arrive(reading, "A");
  EXPECT_EQ(judgement.transitions.size(), 1u);
  return judgement.transitions.empty() ? Anomaly{} : judgement.transitions[0];
}

Reading wrong_by(std::int64_t by) {
  Reading reading = clean_reading();
  set_consistently(reading, "granted", "natural_person", 690);
  cell(reading, "t3.granted.natural_person").value += by;
  return reading;
}

TEST(Fault, IsUndecidedWithoutEvidence) { EXPECT_EQ(only_anomaly(wrong_by(1'111)).fault, Fault::kUndecided); }

TEST(Fault, IsTheReadersWhenAnotherReaderSawTheRepair) {
  Reading reading = wrong_by(1'111);
  const std::uint16_t index = *form(TableId::kT3, Edition::k2021).find("granted.natural_person");
  reading.tables[1].alternatives.push_back({index, 690, "poppler"});
  reading.tables[1].witnesses[index] = 2;
  EXPECT_EQ(only_anomaly(reading).fault, Fault::kExtraction);
  reading.tables[1].alternatives[0].value = 691;
  EXPECT_EQ(only_anomaly(reading).fault, Fault::kPublisher);
}

TEST(Fault, IsThePublishersWhenTwoReadersAgree) {
  Reading reading = wrong_by(1'111);
  reading.tables[1].witnesses.assign(175, 2);
  EXPECT_EQ(only_anomaly(reading).fault, Fault::kPublisher);
}

TEST(Fault, IsTheFormsWhenTheEditionDoesNotFit) {
  Reading reading = clean_reading(2019);
  reading.key.year = 2024;
  reading.year = 2024;
  const Anomaly anomaly = only_anomaly(reading);
  EXPECT_EQ(anomaly.findings, (std::vector<Finding>{{"S.EDITION", "t2"}, {"S.EDITION", "t3"}}));
  EXPECT_EQ(anomaly.fault, Fault::kForm);
  EXPECT_EQ(anomaly.severity, Severity::kWarning);
  reading.key.year = 0;  // of a document that is known by its place only
  EXPECT_NE(only_anomaly(reading).message_zh.find("与 2024 年度不符"), std::string::npos);
}

TEST(Message, NamesCellReportedAndProposedValue) {
  const Anomaly anomaly = only_anomaly(wrong_by(-630));
  EXPECT_EQ(anomaly.message_zh,
            "表三“（一）予以公开 × 自然人”填报 60，疑应为 690（疑漏写一位数字）；改后 2 项勾稽关系全部成立（“自然人”一列各项办理结果之和等于"
            "（七）总计；“（一）予以公开”一行六类申请人之和等于总计）。");
  EXPECT_EQ(anomaly.message_en,
            "table 3 “（一）予以公开 × 自然人” reports 60, probably 690 (a digit seems to be missing); this restores all 2 equations "
            "(column “自然人”: all outcomes add up to （七）总计; row “（一）予以公开”: the six kinds of applicants add up to 总计).");
}

TEST(Message, SaysWhenExplanationsAreEqual) {
  Reading reading = clean_reading();
  for (const char* name : {"upheld", "corrected", "other", "pending"}) cell(reading, std::string("t4.reconsideration.") + name).value = 50;
  cell(reading, "t4.reconsideration.total").value = 230;
  const Anomaly anomaly = only_anomaly(reading);
  EXPECT_NE(anomaly.message_zh.find("有 5 种同样简单的改法，单凭本表不能断定"), std::string::npos) << anomaly.message_zh;
  EXPECT_NE(anomaly.message_en.find("5 changes explain them equally simply"), std::string::npos) << anomaly.message_en;
}

TEST(Message, SaysWhenNothingExplains) {
  Reading reading = clean_reading();
  std::mt19937 random(1);
  for (Cell& each : reading.tables[1].cells) each.value = static_cast<std::int64_t>(random() % 500);
  const Anomaly anomaly = only_anomaly(reading);
  EXPECT_TRUE(anomaly.explanations.empty());
  EXPECT_FALSE(anomaly.exhaustive);
  EXPECT_NE(anomaly.message_zh.find("未能用少数几处改动解释"), std::string::npos);
}

TEST(Message, LeavesNoNameInBraces) {
  Reading reading = clean_reading(2019);
  reading.key.year = 2020;
  reading.organ_name = "清河镇人民政府";
  reading.published_on = "2021-05-04";
  reading.votes = {{"year", "2020", "title", 3, {}}, {"year", "2019", "period", 3, {}}};
  reading.sections.erase(reading.sections.begin() + 4);
  reading.tables[1].notes.push_back({"EXTRA_ROW", "granted", "", {}});
  cell(reading, "t2.licences.items_last_year").value = 120;
  cell(reading, "t2.licences.change").value = 5;
  cell(reading, "t2.licences.decisions").value = 125;
  cell(reading, "t2.penalties.items_last_year").value = 1;
  cell(reading, "t2.penalties.change").value = -5;
  cell(reading, "t2.regulations.disclosed").value = 9;
  cell(reading, "t2.regulations.disclosed_total").value = 8;
  cell(reading, "t4.reconsideration.upheld").value = -5;
  Office office;
  const Judgement judgement = office.arrive(reading, "A");
  EXPECT_GE(judgement.transitions.size(), 9u);
  for (const Anomaly& anomaly : judgement.transitions) {
    for (const std::string& message : {anomaly.message_zh, anomaly.message_en}) {
      EXPECT_FALSE(message.empty());
      EXPECT_EQ(message.find('{'), std::string::npos) << message;
      EXPECT_EQ(message.find("“”"), std::string::npos) << message;
    }
  }
}

TEST(Anomaly, TakesAMendedNegativeInto) {
  Reading reading = clean_reading();
  set_consistently(reading, "granted", "natural_person", 31);
  cell(reading, "t3.granted.natural_person").value = -31;
  const Anomaly anomaly = only_anomaly(reading);
  EXPECT_EQ(anomaly.findings, (std::vector<Finding>{
                                  {"T3.COUNT", "granted"}, {"T3.OUTCOME_SUM", "natural_person"}, {"T3.ROW_SUM", "granted"}}));
}

}  // namespace
}  // namespace gouji::validator
