// The rules that look at the cells of one table only. What is to be checked of a form is laid out
// once (table_plan); a run over a table gives one small outcome per check and builds no strings, so
// that a clean report costs next to nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/cell.h"
#include "common/report/form.h"
#include "common/report/identity.h"
#include "common/report/reading.h"
#include "services/validator/core/rules.h"

namespace gouji::validator {

// Why a rule does not apply; the closed set of RuleResult::reason. The last two stand beside PASSED
// and FAILED as well: the publisher's convention under which the rule was evaluated.
enum class Reason : std::uint8_t {
  kNone, kPre2019, kTableAbsent, kTableNotInText, kTableUnreadable, kTableCut, kOtherEdition, kCellAbsent,
  kCellUnreadable, kCellText, kBlankTotal, kBlankCell, kOverflow, kUnidentified, kNoSections, kSectionAbsent,
  kTransitionYear, kNoDate, kRepostPossible, kOrganKindUnknown, kUnitNotStated, kYearNotStated, kOtherYear,
  kNoPreviousReport, kScopeDiffers, kDocumentCut, kNoClaims, kTextShort, kNoCopy, kBlankAsZero, kNilAsZero,
};
std::string_view to_string(Reason reason);  // "BLANK_TOTAL"; empty for kNone
// kNone for a table that has cells.
Reason why_unreadable(TableStatus status);

struct KnownResults;

enum class CheckKind : std::uint8_t { kEquation, kCounts, kItems, kDisclosed, kMisfilled };

struct Check {
  const Rule* rule = nullptr;
  std::string instance;
  CheckKind kind = CheckKind::kEquation;
  const Identity* identity = nullptr;  // of kEquation
  std::vector<std::uint16_t> cells;    // operands, in the order that the rule's message numbers them
};

// All checks of a form; the equations stand first and in the order of identities(form).
const std::vector<Check>& table_plan(const Form& form);

struct Outcome {
  RuleStatus status = RuleStatus::kPassed;
  Reason reason = Reason::kNone;
  Severity severity = Severity::kError;
  bool has_difference = false;
  std::int64_t difference = 0;
};

// Blank and nil cells are no numbers. Where at least five and 80 % of the equations that touch one
// hold when it is read as zero, that is this publisher's convention for the table.
struct Convention {
  bool blank_is_zero = false;
  bool nil_is_zero = false;
};
Convention find_convention(const Form& form, std::span<const Cell> cells);

// The cell as a number: as it is, or zero under the convention.
inline bool counts_as_number(const Cell& cell, Convention convention) {
  return cell.state == CellState::kNumber || (cell.state == CellState::kBlank && convention.blank_is_zero) ||
         (cell.state == CellState::kNil && convention.nil_is_zero);
}

// Cells that may hold any figure unnoticed: no equation speaks of them whose cells are all numbers
// under the convention. In order; all cells of a form without equations.
std::vector<std::uint16_t> uncheckable_cells(const Form& form, std::span<const Cell> cells, Convention convention);

// All numbers from 0 to 2^53, all equations hold.
bool is_clean(const Form& form, std::span<const Cell> cells);

// One outcome per check of table_plan(form), in `outcomes` (which keeps its capacity between runs).
// `cells` has the form's size.
void run_checks(const Form& form, std::span<const Cell> cells, Convention convention, std::vector<Outcome>& outcomes);

// A table as rules see it; cells are empty unless status is READ or PARTIAL.
struct TableView {
  const Form* form = nullptr;
  TableStatus status = TableStatus::kAbsent;
  std::span<const Cell> cells;
  bool is_readable() const { return !cells.empty(); }
};

// What a table has of results when all its cells are numbers and all its rules pass; nullptr of any
// other table, and of one with rules that a look at the equations does not decide.
const KnownResults* shared_results(const TableView& table);

// Everything about one table, with names. `reason` != kNone: the whole table does not apply.
std::vector<RuleResult> table_results(const TableView& table, Reason reason);
// The same, at the end of `results`.
void add_table_results(const TableView& table, Reason reason, std::vector<RuleResult>& results);

}  // namespace gouji::validator
