#include "services/validator/core/cross_year.h"

#include <gtest/gtest.h>

#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;
using testing::is_silent;
using testing::Office;

Reading report(int year, Scope scope = Scope::kOwn) {
  Reading reading = clean_reading(year, static_cast<std::uint32_t>(year));
  reading.key.scope = scope;
  return reading;
}

// A report whose carried_in equals what `before` carries out, all identities kept.
Reading following(const Reading& before, int year) {
  Reading reading = report(year, before.key.scope);
  Reading source = before;
  for (const FormColumn& column : form(TableId::kT3, Edition::k2021).blocks()[0].columns) {
    const std::int64_t carried = cell(source, "t3.carried_out." + column.key).value;
    Cell& in = cell(reading, "t3.carried_in." + column.key);
    cell(reading, "t3.new." + column.key).value += in.value;
    cell(reading, "t3.carried_out." + column.key).value += carried;
    in.value = carried;
  }
  return reading;
}

struct Counts {
  int passed = 0, failed = 0;
  std::string reason;
};
Counts counts(const Verdict& verdict, const std::string& rule) {
  Counts found;
  for (const RuleResult& result : verdict.results) {
    if (result.rule != rule) continue;
    found.passed += result.status == RuleStatus::kPassed ? 1 : 0;
    found.failed += result.status == RuleStatus::kFailed ? 1 : 0;
    if (result.status == RuleStatus::kNotApplicable) found.reason = result.reason;
  }
  return found;
}

TEST(Carry, PassesWhenTheYearsFit) {
  Office office;
  const Reading first = report(2022);
  office.arrive(first, "2022");
  const Judgement judgement = office.arrive(following(first, 2023), "2023");
  EXPECT_EQ(counts(judgement.verdicts[0], "X.CARRY").passed, 7);
}

TEST(Carry, FailsAsOneWarningOfTheLaterYear) {
  Office office;
  office.arrive(report(2022), "2022");
  const Judgement judgement = office.arrive(report(2023), "2023");
  int found = 0;
  for (const Anomaly& anomaly : judgement.transitions)
    if (anomaly.findings[0].rule == "X.CARRY") {
      ++found;
      EXPECT_EQ(anomaly.key.year, 2023);
      EXPECT_EQ(anomaly.severity, Severity::kWarning);
      EXPECT_EQ(anomaly.category, Category::kCrossYear);
      EXPECT_TRUE(anomaly.results[0].operands[1].cell.starts_with("2022:t3.carried_out."));
    }
  EXPECT_EQ(found, 1);
}

TEST(CrossYear, DoesNotDependOnTheOrderOfArrival) {
  Office forward;
  forward.arrive(report(2022), "2022");
  const Judgement later = forward.arrive(report(2023), "2023");
  Office backward;
  backward.arrive(report(2023), "2023");
  const Judgement earlier = backward.arrive(report(2022), "2022");
  ASSERT_EQ(earlier.verdicts.size(), 2u);
  EXPECT_EQ(earlier.verdicts[0].key.year, 2022);
  EXPECT_EQ(earlier.verdicts[1].key.year, 2023);
  EXPECT_EQ(earlier.verdicts[1].version, 1);
  EXPECT_EQ(earlier.verdicts[1].evaluation, 2);
  EXPECT_EQ(earlier.verdicts[1].results.size(), later.verdicts[0].results.size());
  EXPECT_EQ(forward.at(report(2023).key).result_digest, backward.at(report(2023).key).result_digest);
  std::vector<std::string> ids_forward, ids_backward;
  for (const Anomaly& anomaly : later.transitions) ids_forward.push_back(anomaly.id);
  for (const Anomaly& anomaly : earlier.transitions) ids_backward.push_back(anomaly.id);
  EXPECT_FALSE(ids_forward.empty());
  EXPECT_EQ(ids_forward, ids_backward);
}

TEST(CrossYear, IsSettledByARevisionOfTheYearBefore) {
  Office office;
  const Reading right = report(2022);
  Reading wrong = right;
  for (const char* column : {"natural_person", "total"}) {
    cell(wrong, std::string("t3.carried_out.") + column).value += 3;
    cell(wrong, std::string("t3.new.") + column).value += 3;
  }
  office.arrive(wrong, "A");
  Reading next = following(right, 2023);
  for (const char* row : {"regulations", "normative_documents"})
    cell(next, std::string("t2.") + row + ".in_force").value =
        cell(wrong, std::string("t2.") + row + ".in_force").value + cell(next, std::string("t2.") + row + ".issued").value -
        cell(next, std::string("t2.") + row + ".repealed").value;
  EXPECT_EQ(office.arrive(next, "N").transitions.size(), 1u);
  const Judgement revised = office.arrive(right, "B");
  ASSERT_EQ(revised.transitions.size(), 1u);
  EXPECT_EQ(revised.transitions[0].transition, Transition::kResolved);
  EXPECT_EQ(revised.transitions[0].key.year, 2023);
  EXPECT_EQ(revised.transitions[0].resolved_by, "2022:version:2");
  const Judgement back = office.arrive(wrong, "A");
  ASSERT_EQ(back.transitions.size(), 1u);
  EXPECT_EQ(back.transitions[0].transition, Transition::kOpened);
  EXPECT_EQ(back.transitions[0].id, revised.transitions[0].id);
}

TEST(CrossYear, EndsWhenTheYearBeforeIsWithdrawn) {
  Office office;
  office.arrive(report(2022), "2022");
  office.arrive(report(2023), "2023");
  const Judgement gone = office.withdraw(report(2022).key);
  ASSERT_EQ(gone.verdicts.size(), 2u);
  EXPECT_EQ(counts(gone.verdicts[1], "X.CARRY").reason, "NO_PREVIOUS_REPORT");
  for (const Anomaly& anomaly : gone.transitions) EXPECT_EQ(anomaly.resolved_by, "2022:withdrawn");
  EXPECT_FALSE(gone.transitions.empty());
}

TEST(CrossYear, LeavesANeighbourAloneThatNothingChangesFor) {
  Office office;
  office.arrive(report(2022), "2022");
  office.arrive(report(2023), "2023");
  Reading revised = report(2022);
  cell(revised, "t4.reconsideration.upheld").value += 1;
  cell(revised, "t4.reconsideration.total").value += 1;
  const Judgement judgement = office.arrive(revised, "2022 again");
  EXPECT_EQ(judgement.verdicts.size(), 1u);
}

TEST(CrossYear, KeepsTheInReportAnomaliesOfANeighbour) {
  Office office;
  Reading later = report(2023);
  cell(later, "t3.granted.natural_person").value += 5;
  office.arrive(later, "2023");
  const Judgement judgement = office.arrive(report(2022), "2022");
  for (const Anomaly& anomaly : judgement.transitions)
    if (anomaly.key.year == 2023) {
      EXPECT_TRUE(anomaly.findings[0].rule.starts_with("X."));
    }
  int open = 0;
  for (const LedgerAnomaly& anomaly : office.at(later.key).anomalies)
    open += anomaly.open && anomaly.leading_rule.starts_with("T3.") ? 1 : 0;
  EXPECT_EQ(open, 1);
}

TEST(Scope, ComparesTheSameScopeOnly) {
  Office office;
  office.arrive(report(2022, Scope::kAggregate), "a");
  EXPECT_EQ(counts(office.arrive(report(2023, Scope::kOwn), "b").verdicts[0], "X.CARRY").reason, "SCOPE_DIFFERS");
  const Judgement own = office.arrive(report(2022, Scope::kOwn), "c");
  ASSERT_EQ(own.verdicts.size(), 2u);
  EXPECT_EQ(counts(own.verdicts[1], "X.CARRY").reason, "");
}

TEST(Scope, ComparesAnUnknownScopeWithTheOnlyReportOfItsYear) {
  Office office;
  office.arrive(report(2022, Scope::kUnknown), "a");
  const Counts compared = counts(office.arrive(report(2023, Scope::kOwn), "b").verdicts[0], "X.CARRY");
  EXPECT_EQ(compared.passed + compared.failed, 7);
  // A second report of 2022: nobody can tell any more which one the later year continues.
  const Judgement second = office.arrive(report(2022, Scope::kAggregate), "c");
  ASSERT_EQ(second.verdicts.size(), 2u);
  EXPECT_EQ(counts(second.verdicts[1], "X.CARRY").reason, "SCOPE_DIFFERS");
}

TEST(Scope, ComparesNoUnknownScopeInAYearOfTwoReports) {
  Office office;
  office.arrive(report(2022, Scope::kOwn), "a");
  office.arrive(report(2023, Scope::kUnknown), "b");
  const Judgement second = office.arrive(report(2023, Scope::kOwn), "c");
  ASSERT_EQ(second.verdicts.size(), 2u);
  EXPECT_EQ(second.verdicts[1].key.scope, Scope::kUnknown);
  EXPECT_EQ(counts(second.verdicts[1], "X.CARRY").reason, "SCOPE_DIFFERS");
}

TEST(InForce, ComparesStockWithFlow) {
  Office office;
  const Reading before = report(2022);
  office.arrive(before, "2022");
  Reading after = report(2023);
  Reading source = before;
  cell(source, "t2.regulations.in_force") = Cell::number(10);
  office.arrive(source, "2022 b");
  cell(after, "t2.regulations.issued") = Cell::number(4);
  cell(after, "t2.regulations.repealed") = Cell::number(3);
  cell(after, "t2.regulations.in_force") = Cell::number(12);
  const Judgement judgement = office.arrive(after, "2023");
  bool is_found = false;
  for (const RuleResult& result : judgement.verdicts[0].results)
    if (result.rule == "X.IN_FORCE" && result.instance == "regulations") {
      is_found = true;
      EXPECT_EQ(result.status, RuleStatus::kFailed);
      EXPECT_EQ(result.difference, 1);
      EXPECT_EQ(result.operands.size(), 4u);
    }
  EXPECT_TRUE(is_found);
}

TEST(InForce, IsNotDueAcrossTheChangeOfForms) {
  Office office;
  office.arrive(report(2020), "2020");
  const Judgement judgement = office.arrive(report(2021), "2021");
  EXPECT_EQ(counts(judgement.verdicts[0], "X.IN_FORCE").reason, "OTHER_YEAR");
  const Counts carry = counts(judgement.verdicts[0], "X.CARRY");
  EXPECT_EQ(carry.passed + carry.failed, 7);
}

TEST(Items, AreComparedFor2020Only) {
  Office office;
  office.arrive(report(2019), "2019");
  const Judgement judgement = office.arrive(report(2020), "2020");
  const Counts items = counts(judgement.verdicts[0], "X.ITEMS");
  EXPECT_EQ(items.passed + items.failed, 5);
  const Counts disclosed = counts(judgement.verdicts[0], "X.DISCLOSED_TOTAL");
  EXPECT_EQ(disclosed.passed + disclosed.failed, 2);
}

}  // namespace
}  // namespace gouji::validator
