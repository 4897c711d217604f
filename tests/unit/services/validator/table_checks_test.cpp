#include "services/validator/core/table_checks.h"

#include <gtest/gtest.h>

#include <random>

#include <limits>

#include "tests/support/seed.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;

std::vector<RuleResult> results_of(const Reading& reading, std::size_t table) {
  const TableReading& of = reading.tables[table];
  return table_results({&form(of.table, of.edition), of.status, of.cells}, Reason::kNone);
}

RuleResult result(const std::vector<RuleResult>& results, const std::string& rule_id, const std::string& instance) {
  for (const RuleResult& each : results)
    if (each.rule == rule_id && each.instance == instance) return each;
  ADD_FAILURE() << rule_id << " " << instance << " is not there";
  return {};
}

TEST(TablePlan, HasOneCheckPerInstance) {
  EXPECT_EQ(table_plan(form(TableId::kT3, Edition::k2021)).size(), 39u + 25u);
  EXPECT_EQ(table_plan(form(TableId::kT3, Edition::k2019)).size(), 37u + 23u);
  EXPECT_EQ(table_plan(form(TableId::kT4, Edition::k2021)).size(), 3u + 3u);
  EXPECT_EQ(table_plan(form(TableId::kT2, Edition::k2021)).size(), 6u);
  EXPECT_EQ(table_plan(form(TableId::kT2, Edition::k2019)).size(), 8u + 2u + 5u + 4u);
}

TEST(TableResults, PassOnACleanReport) {
  for (const int year : {2019, 2021})
    for (std::size_t table = 1; table < 3; ++table) {
      const Reading reading = clean_reading(year);
      EXPECT_TRUE(is_clean(form(reading.tables[table].table, reading.tables[table].edition), reading.tables[table].cells));
      for (const RuleResult& each : results_of(reading, table)) EXPECT_EQ(each.status, RuleStatus::kPassed) << each.rule;
    }
}

TEST(TableResults, NameOperandsAndDifferenceOfAFailure) {
  Reading reading = clean_reading();
  cell(reading, "t4.reconsideration.total").value += 3;
  const RuleResult failed = result(results_of(reading, 2), "T4.SUM", "reconsideration");
  EXPECT_EQ(failed.status, RuleStatus::kFailed);
  EXPECT_EQ(failed.difference, -3);
  ASSERT_EQ(failed.operands.size(), 5u);
  EXPECT_EQ(failed.operands[0].cell, "t4.reconsideration.upheld");
  EXPECT_EQ(failed.operands[4].cell, "t4.reconsideration.total");
  EXPECT_EQ(failed.severity, Severity::kError);
}

TEST(TableResults, SayWhyTheyDoNotApply) {
  const struct {
    CellState state;
    const char* part;
    const char* total;
  } kCases[] = {{CellState::kAbsent, "CELL_ABSENT", "CELL_ABSENT"},
                {CellState::kUnreadable, "CELL_UNREADABLE", "CELL_UNREADABLE"},
                {CellState::kText, "CELL_TEXT", "CELL_TEXT"},
                {CellState::kBlank, "BLANK_CELL", "BLANK_TOTAL"},
                {CellState::kNil, "BLANK_CELL", "BLANK_TOTAL"}};
  for (const auto& each : kCases) {
    Reading reading = clean_reading();
    cell(reading, "t4.reconsideration.upheld") = {each.state, 0};
    cell(reading, "t4.litigation_direct.total") = {each.state, 0};
    const auto results = results_of(reading, 2);
    EXPECT_EQ(result(results, "T4.SUM", "reconsideration").reason, each.part);
    EXPECT_EQ(result(results, "T4.SUM", "litigation_direct").reason, each.total);
    EXPECT_EQ(result(results, "T4.SUM", "litigation_after_reconsideration").status, RuleStatus::kPassed);
  }
}

TEST(TableResults, DoNotApplyOnOverflow) {
  Reading reading = clean_reading();
  cell(reading, "t4.reconsideration.upheld").value = std::numeric_limits<std::int64_t>::max();
  cell(reading, "t4.reconsideration.other").value = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(result(results_of(reading, 2), "T4.SUM", "reconsideration").reason, "OVERFLOW");
}

TEST(TableResults, GiveOneResultPerRuleOfATableThatIsNotThere) {
  const auto results = table_results({&form(TableId::kT3, Edition::k2021), TableStatus::kNotInText, {}}, Reason::kTableNotInText);
  ASSERT_EQ(results.size(), 4u);
  for (const RuleResult& each : results) {
    EXPECT_EQ(each.status, RuleStatus::kNotApplicable);
    EXPECT_EQ(each.reason, "TABLE_NOT_IN_TEXT");
    EXPECT_TRUE(each.instance.empty());
  }
}

TEST(Counts, RefuseNegativesExceptChanges) {
  Reading reading = clean_reading(2019);
  cell(reading, "t2.penalties.change") = Cell::number(-3);
  cell(reading, "t2.licences.decisions") = Cell::number(-1);
  const auto results = results_of(reading, 0);
  EXPECT_EQ(result(results, "T2.COUNT", "penalties").status, RuleStatus::kPassed);
  EXPECT_EQ(result(results, "T2.COUNT", "licences").status, RuleStatus::kFailed);
  EXPECT_EQ(result(results, "T2.COUNT", "licences").severity, Severity::kError);
}

TEST(Counts, TakeWordsForAWarning) {
  Reading reading = clean_reading();
  cell(reading, "t3.granted.total") = {CellState::kText, 0};
  const RuleResult found = result(results_of(reading, 1), "T3.COUNT", "granted");
  EXPECT_EQ(found.status, RuleStatus::kFailed);
  EXPECT_EQ(found.severity, Severity::kWarning);
}

struct ItemsCase {
  std::int64_t last, change, decisions;
  RuleStatus items, misfilled;
};

TEST(Items, AreJudgedByTheirSum) {
  constexpr auto kPassed = RuleStatus::kPassed;
  constexpr auto kFailed = RuleStatus::kFailed;
  for (const ItemsCase& each : {ItemsCase{120, 5, 125, kPassed, kFailed}, ItemsCase{120, 0, 120, kPassed, kPassed},
                                ItemsCase{120, 5, 126, kPassed, kPassed}, ItemsCase{5, -8, 40, kFailed, kPassed},
                                ItemsCase{8, -8, 40, kPassed, kPassed}, ItemsCase{0, 0, 0, kPassed, kPassed}}) {
    Reading reading = clean_reading(2019);
    cell(reading, "t2.licences.items_last_year").value = each.last;
    cell(reading, "t2.licences.change").value = each.change;
    cell(reading, "t2.licences.decisions").value = each.decisions;
    const auto results = results_of(reading, 0);
    EXPECT_EQ(result(results, "T2.ITEMS", "licences").status, each.items) << each.last;
    EXPECT_EQ(result(results, "T2.MISFILLED", "licences").status, each.misfilled) << each.decisions;
  }
}

TEST(Disclosed, AreAtMostAll) {
  Reading reading = clean_reading(2019);
  cell(reading, "t2.regulations.disclosed") = Cell::number(12);
  cell(reading, "t2.regulations.disclosed_total") = Cell::number(12);
  EXPECT_EQ(result(results_of(reading, 0), "T2.DISCLOSED", "regulations").status, RuleStatus::kPassed);
  cell(reading, "t2.regulations.disclosed_total") = Cell::number(11);
  EXPECT_EQ(result(results_of(reading, 0), "T2.DISCLOSED", "regulations").status, RuleStatus::kFailed);
}

// Zeros of table 3 left blank, as many organs do.
Reading blank_for_zero(CellState state) {
  Reading reading = clean_reading(2021, 4);
  for (Cell& each : reading.tables[1].cells)
    if (each.value == 0) each = {state, 0};
  return reading;
}

TEST(Convention, IsAcceptedWhereBlanksBehaveAsZeros) {
  for (const auto& [state, name] : {std::pair{CellState::kBlank, "BLANK_AS_ZERO"}, std::pair{CellState::kNil, "NIL_AS_ZERO"}}) {
    Reading reading = blank_for_zero(state);
    int under_convention = 0;
    for (const RuleResult& each : results_of(reading, 1)) {
      EXPECT_EQ(each.status, RuleStatus::kPassed) << each.rule << each.instance << each.reason;
      under_convention += each.reason == name ? 1 : 0;
    }
    EXPECT_GE(under_convention, 5);
    const Form& of = form(TableId::kT3, Edition::k2021);
    EXPECT_EQ(find_convention(of, reading.tables[1].cells).blank_is_zero, state == CellState::kBlank);
    EXPECT_EQ(find_convention(of, reading.tables[1].cells).nil_is_zero, state == CellState::kNil);
  }
}

TEST(Convention, LeavesFailuresThatRemainToBeFound) {
  Reading reading = blank_for_zero(CellState::kBlank);
  cell(reading, "t3.granted.natural_person").value += 9;
  EXPECT_EQ(result(results_of(reading, 1), "T3.ROW_SUM", "granted").status, RuleStatus::kFailed);
  EXPECT_EQ(result(results_of(reading, 1), "T3.ROW_SUM", "granted").severity, Severity::kError);
}

TEST(Convention, NeverMakesABlankTotalAloneAnError) {
  Reading reading = blank_for_zero(CellState::kBlank);
  cell(reading, "t3.granted.total") = {CellState::kBlank, 0};
  const RuleResult found = result(results_of(reading, 1), "T3.ROW_SUM", "granted");
  EXPECT_EQ(found.status, RuleStatus::kFailed);
  EXPECT_EQ(found.severity, Severity::kWarning);
}

TEST(Convention, IsNotAcceptedOnFewOrContradictoryEquations) {
  Reading few = clean_reading();
  cell(few, "t3.granted.natural_person") = {CellState::kBlank, 0};
  EXPECT_FALSE(find_convention(form(TableId::kT3, Edition::k2021), few.tables[1].cells).blank_is_zero);
  EXPECT_EQ(result(results_of(few, 1), "T3.ROW_SUM", "granted").reason, "BLANK_CELL");
  Reading table4 = clean_reading();
  for (Cell& each : table4.tables[2].cells) each = {CellState::kBlank, 0};
  EXPECT_FALSE(find_convention(form(TableId::kT4, Edition::k2021), table4.tables[2].cells).blank_is_zero);
}

// Counted again, equation by equation.
bool is_habit(const Form& of, const std::vector<Cell>& cells, CellState state) {
  std::vector<Cell> as_zero = cells;
  for (Cell& each : as_zero)
    if (each.state == CellState::kBlank || each.state == CellState::kNil) each = Cell::number(0);
  int touched = 0;
  int held = 0;
  for (const Identity& identity : identities(of)) {
    bool touches = false;
    for (const auto* side : {&identity.plus, &identity.minus})
      for (const std::uint16_t at : *side) touches = touches || cells[at].state == state;
    const auto difference = residual(identity, as_zero);
    if (!touches || !difference) continue;
    ++touched;
    held += *difference == 0 ? 1 : 0;
  }
  return held >= 5 && held * 5 >= touched * 4;
}

TEST(Convention, NeedsFiveEquationsAndFourInFive) {
  std::mt19937 random(gouji::testing::seed());
  const Form& of = form(TableId::kT3, Edition::k2021);
  int accepted = 0;
  for (int round = 0; round < 400; ++round) {
    Reading reading = clean_reading(2021, static_cast<std::uint32_t>(random()));
    std::vector<Cell>& cells = reading.tables[1].cells;
    const auto percent = random() % 60;
    for (Cell& each : cells)
      if (each.value == 0 && random() % 100 < percent) each = {random() % 2 == 0 ? CellState::kBlank : CellState::kNil, 0};
    for (auto wrong = random() % 4; wrong > 0; --wrong) {
      Cell& each = cells[random() % cells.size()];
      if (each.is_number()) each.value += 5;
    }
    const Convention found = find_convention(of, cells);
    EXPECT_EQ(found.blank_is_zero, is_habit(of, cells, CellState::kBlank));
    EXPECT_EQ(found.nil_is_zero, is_habit(of, cells, CellState::kNil));
    accepted += found.blank_is_zero ? 1 : 0;
  }
  EXPECT_GT(accepted, 10);
  EXPECT_LT(accepted, 390);
}

TEST(UncheckableCells, StandInNoEquationThatCanBeEvaluated) {
  const Form& t3 = form(TableId::kT3, Edition::k2021);
  Reading reading = clean_reading();
  EXPECT_TRUE(uncheckable_cells(t3, reading.tables[1].cells, {}).empty());
  EXPECT_EQ(uncheckable_cells(form(TableId::kT2, Edition::k2021), reading.tables[0].cells, {}).size(), 10u);
  // Row and column of an unread cell: its row's other cells are still in their columns' equations.
  cell(reading, "t3.granted.natural_person") = {CellState::kUnreadable, 0};
  EXPECT_EQ(uncheckable_cells(t3, reading.tables[1].cells, {}), (std::vector<std::uint16_t>{*t3.find("granted.natural_person")}));
  const Form& t4 = form(TableId::kT4, Edition::k2021);
  cell(reading, "t4.litigation_direct.other") = {CellState::kBlank, 0};
  EXPECT_EQ(uncheckable_cells(t4, reading.tables[2].cells, {}), (std::vector<std::uint16_t>{5, 6, 7, 8, 9}));
  EXPECT_TRUE(uncheckable_cells(t4, reading.tables[2].cells, {true, false}).empty());
}

TEST(CleanTable, IsOneWhereEveryEquationHolds) {
  std::mt19937 random(gouji::testing::seed());
  for (int round = 0; round < 300; ++round) {
    Reading reading = clean_reading(round % 2 == 0 ? 2019 : 2021, static_cast<std::uint32_t>(random()));
    for (const std::size_t which : {std::size_t{1}, std::size_t{2}}) {
      TableReading& table = reading.tables[which];
      const Form& of = form(table.table, table.edition);
      EXPECT_TRUE(is_clean(of, table.cells));
      // One wrong cell, or two that agree in a row or in a column and not in both.
      std::vector<Cell> cells = table.cells;
      const std::size_t at = random() % cells.size();
      cells[at].value += 1;
      EXPECT_FALSE(is_clean(of, cells)) << of.cells()[at].id;
      cells[(at + 1 + random() % 20) % cells.size()].value += random() % 2 == 0 ? 1 : -1;
      const bool holds = std::all_of(identities(of).begin(), identities(of).end(),
                                     [&](const Identity& identity) { return residual(identity, cells) == 0; });
      const bool is_negative = std::any_of(cells.begin(), cells.end(), [](const Cell& each) { return each.value < 0; });
      EXPECT_EQ(is_clean(of, cells), holds && !is_negative);
    }
  }
}

TEST(CleanTable, HoldsSmallNumbersOnly) {
  const Form& of = form(TableId::kT4, Edition::k2021);
  std::vector<Cell> cells(of.size(), Cell::number(0));
  EXPECT_TRUE(is_clean(of, cells));
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}}) cells[at].value = std::int64_t{1} << 53;
  EXPECT_FALSE(is_clean(of, cells));
  for (const std::size_t at : {std::size_t{0}, std::size_t{4}}) cells[at].value = -5;
  EXPECT_FALSE(is_clean(of, cells));
  std::vector<Cell> wide(form(TableId::kT3, Edition::k2021).size(), Cell::number(INT64_MIN));
  EXPECT_FALSE(is_clean(form(TableId::kT3, Edition::k2021), wide));
  cells.assign(of.size(), {CellState::kBlank, 0});
  EXPECT_FALSE(is_clean(of, cells));
}

}  // namespace
}  // namespace gouji::validator
