// Equal explanations are ordered by evidence that is named: a second reading, a claim of the prose,
// the year before and the year after.
#include "services/validator/core/tie_evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "services/validator/core/diagnosis.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;
using testing::Office;

// 10 + 20 + 30 + 40 = 107: five explanations of one change each.
Reading five_explanations() {
  Reading reading = clean_reading();
  std::int64_t value = 0;
  for (const char* name : {"upheld", "corrected", "other", "pending"})
    cell(reading, std::string("t4.reconsideration.") + name).value = value += 10;
  cell(reading, "t4.reconsideration.total").value = 107;
  return reading;
}

Anomaly only_anomaly(const Reading& reading) {
  Office office;
  const Judgement judgement = office.arrive(reading, "A");
  EXPECT_EQ(judgement.transitions.size(), 1u);
  return judgement.transitions.empty() ? Anomaly{} : judgement.transitions[0];
}

using Names = std::vector<std::string>;

TEST(TieEvidence, OfASecondReadingComesFirstAndIsNamed) {
  Reading reading = five_explanations();
  const std::uint16_t other = *form(TableId::kT4, Edition::k2021).find("reconsideration.other");
  reading.tables[2].alternatives.push_back({other, 37, "poppler"});
  const Anomaly anomaly = only_anomaly(reading);
  ASSERT_EQ(anomaly.explanations.size(), 5u);
  EXPECT_EQ(anomaly.explanations[0].changes[0].cell, "t4.reconsideration.other");
  EXPECT_EQ(anomaly.explanations[0].supported_by, (Names{"reader:poppler"}));
  EXPECT_TRUE(anomaly.explanations[1].supported_by.empty());
  EXPECT_FALSE(anomaly.unique);
  EXPECT_NE(anomaly.message_zh.find("，与另一种读法相符。"), std::string::npos) << anomaly.message_zh;
}

Claim claim(std::int64_t value, std::vector<std::string> cells) {
  Claim made;
  made.text = "未审结的行政复议" + std::to_string(value) + "件";
  made.value = value;
  made.readings = {{"t3.new.total"}, std::move(cells)};
  return made;
}

TEST(TieEvidence, OfTheProseComesFirstAndIsNamed) {
  Reading reading = five_explanations();
  reading.claims.push_back(claim(47, {"t4.reconsideration.pending"}));
  const Anomaly anomaly = only_anomaly(reading);
  EXPECT_EQ(anomaly.explanations[0].changes[0].cell, "t4.reconsideration.pending");
  EXPECT_EQ(anomaly.explanations[0].supported_by, (Names{"claim:未审结的行政复议47件"}));
  EXPECT_NE(anomaly.message_en.find("agrees with the sentence “未审结的行政复议47件”"), std::string::npos) << anomaly.message_en;
}

TEST(TieEvidence, MayBeASumOfCells) {
  Reading reading = five_explanations();
  reading.claims.push_back(claim(37, {"t4.reconsideration.upheld", "t4.reconsideration.corrected"}));
  const Anomaly anomaly = only_anomaly(reading);
  EXPECT_EQ(anomaly.explanations[0].supported_by.size(), 1u);
  EXPECT_EQ(anomaly.explanations[1].supported_by.size(), 1u);
  EXPECT_TRUE(anomaly.explanations[2].supported_by.empty());
}

TEST(TieEvidence, ThatIsHedgedOrAgreesWithAllOrNoneIsNotNamed) {
  Reading reading = five_explanations();
  Claim hedged = claim(47, {"t4.reconsideration.pending"});
  hedged.hedged = true;
  reading.claims = {hedged, claim(999, {"t4.reconsideration.pending"}),
                    claim(cell(reading, "t4.litigation_direct.total").value, {"t4.litigation_direct.total"})};
  for (const Explanation& explanation : only_anomaly(reading).explanations) EXPECT_TRUE(explanation.supported_by.empty());
}

// A count under the wrong applicant, in the row of what was carried in or out.
Reading moved(int year, const std::string& row) {
  Reading reading = clean_reading(2021, 3);
  reading.key.year = year;
  reading.year = year;
  for (const char* column : {"natural_person", "commercial_enterprise"}) {
    for (const char* each : {"carried_in", "carried_out", "new"}) cell(reading, std::string("t3.") + each + "." + column).value += 60;
    cell(reading, std::string("t3.new.") + column).value -= 60;
    cell(reading, "t3.carried_in.total").value += 60;
    cell(reading, "t3.carried_out.total").value += 60;
  }
  cell(reading, "t3." + row + ".natural_person").value -= 7;
  cell(reading, "t3." + row + ".commercial_enterprise").value += 7;
  return reading;
}

// The year before, or after, whose row says what is right.
Reading neighbour(int year, const std::string& row, const Reading& of, const std::string& of_row) {
  Reading reading = clean_reading(2021, 3);
  reading.key.year = year;
  reading.year = year;
  for (const FormColumn& column : form(TableId::kT3, Edition::k2021).blocks()[0].columns) {
    std::int64_t right = of.tables[1].cells[*form(TableId::kT3, Edition::k2021).find(of_row + "." + column.key)].value;
    if (column.key == "natural_person") right += 7;
    if (column.key == "commercial_enterprise") right -= 7;
    const std::int64_t step = right - cell(reading, "t3." + row + "." + column.key).value;
    cell(reading, "t3." + row + "." + column.key).value += step;
    cell(reading, "t3.new." + column.key).value += row == "carried_out" ? step : -step;
  }
  return reading;
}

TEST(TieEvidence, OfTheYearBeforeIsNamed) {
  const Reading wrong = moved(2022, "carried_in");
  EXPECT_EQ(only_anomaly(wrong).explanations.size(), 3u);
  Office office;
  ASSERT_TRUE(office.arrive(neighbour(2021, "carried_out", wrong, "carried_in"), "A", "before").transitions.empty());
  const Judgement judgement = office.arrive(wrong, "B");
  const auto found = std::find_if(judgement.transitions.begin(), judgement.transitions.end(),
                                  [](const Anomaly& anomaly) { return anomaly.findings[0].rule == "T3.BALANCE"; });
  ASSERT_NE(found, judgement.transitions.end());
  EXPECT_EQ(found->explanations.size(), 3u);
  EXPECT_EQ(found->explanations[0].changes[0].cell, "t3.carried_in.natural_person");
  EXPECT_EQ(found->explanations[0].supported_by,
            (Names{"2021:t3.carried_out.natural_person", "2021:t3.carried_out.commercial_enterprise"}));
  EXPECT_NE(found->message_zh.find("与2021年表三“四、结转下年度继续办理 × 自然人”"), std::string::npos) << found->message_zh;
}

TEST(TieEvidence, OfTheYearAfterChangesAnOpenAnomalyWhenItArrivesAndGoesWithIt) {
  const Reading wrong = moved(2022, "carried_out");
  const Reading after = neighbour(2023, "carried_in", wrong, "carried_out");
  Office office;
  const std::string id = office.arrive(wrong, "A").transitions.at(0).id;
  const Judgement judgement = office.arrive(after, "B", "after");
  const auto is_tie = [&](const Anomaly& anomaly) { return anomaly.id == id; };
  const auto changed = std::find_if(judgement.transitions.begin(), judgement.transitions.end(), is_tie);
  ASSERT_NE(changed, judgement.transitions.end());
  EXPECT_EQ(changed->transition, Transition::kChanged);
  EXPECT_EQ(changed->key.year, 2022);
  EXPECT_EQ(changed->explanations[0].changes[0].cell, "t3.carried_out.natural_person");
  EXPECT_EQ(changed->explanations[0].supported_by[0], "2023:t3.carried_in.natural_person");
  EXPECT_TRUE(testing::is_silent(office.arrive(after, "B", "after")));
  const Judgement gone = office.withdraw(after.key, "after");
  const auto back = std::find_if(gone.transitions.begin(), gone.transitions.end(), is_tie);
  ASSERT_NE(back, gone.transitions.end());
  EXPECT_EQ(back->transition, Transition::kChanged);
  EXPECT_TRUE(back->explanations[0].supported_by.empty());
}

TEST(TieEvidence, OfTheYearAfterIsThereWhenTheYearsArriveInReverse) {
  const Reading wrong = moved(2022, "carried_out");
  Office office;
  office.arrive(neighbour(2023, "carried_in", wrong, "carried_out"), "B", "after");
  const Judgement judgement = office.arrive(wrong, "A");
  EXPECT_EQ(judgement.transitions.at(0).explanations.at(0).supported_by.size(), 2u);
}

// Open anomalies as subscribers see them last, without the times of arrival.
std::map<std::string, std::string> said_last(const std::vector<Judgement>& judgements) {
  std::map<std::string, std::string> last;
  for (const Judgement& judgement : judgements)
    for (const Anomaly& anomaly : judgement.transitions) {
      if (anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted) {
        last.erase(anomaly.id);
        continue;
      }
      std::string text = anomaly.message_zh + "|" + std::string(to_string(anomaly.fault)) + (anomaly.unique ? "|unique" : "");
      for (const Explanation& explanation : anomaly.explanations) {
        for (const Change& change : explanation.changes) text += "|" + change.cell + ">" + std::to_string(change.proposed);
        for (const std::string& name : explanation.supported_by) text += "+" + name;
      }
      last[anomaly.id] = text;
    }
  return last;
}

// The prose and a second reading stand in the document, not in the ledger: they speak for an
// explanation as well when another year's report has the table judged again.
TEST(TieEvidence, IsTheSameInWhicheverOrderTheYearsArrive) {
  Reading wrong = moved(2022, "carried_out");
  const Reading after = neighbour(2023, "carried_in", wrong, "carried_out");
  const Anomaly alone = only_anomaly(wrong);
  ASSERT_GE(alone.explanations.size(), 2u);
  const Change other = alone.explanations.back().changes.front();
  Claim said = claim(other.proposed, {other.cell});
  said.text = "结转下年度继续办理" + std::to_string(other.proposed) + "件申请";
  said.unit = "件";
  wrong.claims.push_back(said);
  wrong.tables[1].alternatives.push_back({*form(TableId::kT3, Edition::k2021).find(other.cell), other.proposed, "poppler"});
  Office forward;
  const auto first = said_last({forward.arrive(wrong, "A"), forward.arrive(after, "B", "after")});
  Office backward;
  const auto second = said_last({backward.arrive(after, "B", "after"), backward.arrive(wrong, "A")});
  EXPECT_EQ(first, second);
  const auto is_named = [](const auto& each) {
    return each.second.find("+reader:poppler") != std::string::npos && each.second.find("+2023:t3.carried_in") != std::string::npos;
  };
  EXPECT_TRUE(std::any_of(first.begin(), first.end(), is_named));
}

}  // namespace
}  // namespace gouji::validator
