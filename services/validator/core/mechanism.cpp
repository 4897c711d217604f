#include "services/validator/core/mechanism.h"

#include <algorithm>
#include <optional>
#include <string>

namespace gouji::validator {
namespace {

struct Guess {
  Mechanism mechanism = Mechanism::kOther;
  int prior = 10;
};

// One change with its surroundings.
class ChangeView {
 public:
  ChangeView(const TableView& table, const Repair& repair)
      : table_(table),
        place_(table.form->cells()[repair.cell]),
        block_(table.form->blocks()[place_.block]),
        cell_(table.cells[repair.cell]),
        was_(std::to_string(cell_.value)),
        becomes_(std::to_string(repair.value)),
        proposed_(repair.value) {}

  Guess guess() const {
    if (!cell_.is_number()) return {Mechanism::kBlankForZero, 85};
    if (is_total() && is_double()) return {Mechanism::kTotalDoubled, 90};
    if (without_one_digit(becomes_, was_)) return {Mechanism::kDigitDropped, 80};
    if (without_one_digit(was_, becomes_) && has_double_digit()) return {Mechanism::kDigitDoubled, 75};
    if (is_transposed()) return {Mechanism::kDigitsTransposed, 70};
    if (is_merged()) return {Mechanism::kDigitsSplitOrMerged, 65};
    const bool is_one_digit = was_.size() == becomes_.size() && differing_digits() == 1;
    if (is_one_digit && was_.size() > 1) return {Mechanism::kDigitChanged, 55};
    if (cell_.value != 0 && is_neighbours_value()) return {Mechanism::kNeighbourCopied, 50};
    if (is_total()) return {Mechanism::kTotalNotUpdated, 35};
    if (is_one_digit) return {Mechanism::kDigitChanged, 20};
    return {};
  }

 private:
  bool is_total() const {
    return block_.rows[place_.row].key == "total" || block_.columns[place_.column].key == "total";
  }
  bool is_double() const { return proposed_ != 0 && proposed_ <= INT64_MAX / 2 && cell_.value == 2 * proposed_; }

  static bool without_one_digit(const std::string& longer, const std::string& shorter) {
    if (longer.size() != shorter.size() + 1 || longer == "-" + shorter) return false;
    std::size_t i = 0;
    while (i < shorter.size() && longer[i] == shorter[i]) ++i;
    return longer.compare(i + 1, std::string::npos, shorter, i) == 0;
  }
  bool has_double_digit() const {
    for (std::size_t i = 1; i < was_.size(); ++i)
      if (was_[i] == was_[i - 1] && was_.substr(0, i) + was_.substr(i + 1) == becomes_) return true;
    return false;
  }
  std::size_t differing_digits() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < was_.size(); ++i) count += was_[i] != becomes_[i] ? 1U : 0U;
    return count;
  }
  bool is_transposed() const {
    if (was_.size() != becomes_.size() || differing_digits() != 2) return false;
    std::size_t i = 0;
    while (was_[i] == becomes_[i]) ++i;
    return was_[i] == becomes_[i + 1] && was_[i + 1] == becomes_[i];
  }

  std::optional<std::int64_t> at(int rows, int columns) const {
    const int row = place_.row + rows;
    const int column = place_.column + columns;
    if (row < 0 || column < 0 || row >= static_cast<int>(block_.rows.size()) ||
        column >= static_cast<int>(block_.columns.size()))
      return std::nullopt;
    const std::size_t index = block_.first_cell + static_cast<std::size_t>(row) * block_.columns.size() +
                              static_cast<std::size_t>(column);
    const Cell& cell = table_.cells[index];
    return cell.is_number() ? std::optional(cell.value) : std::nullopt;
  }
  // The neighbour's digits run into this cell's.
  bool is_merged() const {
    for (const int columns : {-1, 1})
      if (const auto value = at(0, columns); value && *value > 0 && proposed_ > 0) {
        const std::string other = std::to_string(*value);
        if (was_ == becomes_ + other || was_ == other + becomes_) return true;
      }
    return false;
  }
  bool is_neighbours_value() const {
    return at(0, -1) == cell_.value || at(0, 1) == cell_.value || at(-1, 0) == cell_.value || at(1, 0) == cell_.value;
  }

  const TableView& table_;
  const FormCell& place_;
  const FormBlock& block_;
  const Cell& cell_;
  std::string was_;
  std::string becomes_;
  std::int64_t proposed_;
};

std::int64_t delta(const TableView& table, const Repair& repair) { return repair.value - table.cells[repair.cell].value; }

// Two changes that take from one cell what they give to another, in one row or column.
std::optional<Guess> moved(const TableView& table, const Solution& solution) {
  if (solution.size() != 2 || delta(table, solution[0]) != -delta(table, solution[1])) return std::nullopt;
  const FormCell& first = table.form->cells()[solution[0].cell];
  const FormCell& second = table.form->cells()[solution[1].cell];
  if (first.block != second.block) return std::nullopt;
  if (first.row == second.row) return Guess{Mechanism::kMovedInRow, 45};
  if (first.column == second.column) return Guess{Mechanism::kMovedInColumn, 40};
  return std::nullopt;
}

// The cells of a block's row or column that a solution spans, with what stands there and what should.
struct Line {
  std::vector<std::int64_t> was;
  std::vector<std::int64_t> becomes;
};

std::optional<Line> line_of(const TableView& table, const Solution& solution, std::size_t step) {
  Line line;
  auto repair = solution.begin();
  for (std::size_t cell = solution.front().cell; cell <= solution.back().cell; cell += step) {
    const bool is_changed = repair != solution.end() && repair->cell == cell;
    line.was.push_back(table.cells[cell].value);
    line.becomes.push_back(is_changed ? repair->value : table.cells[cell].value);
    if (is_changed) ++repair;
  }
  return repair == solution.end() ? std::optional(std::move(line)) : std::nullopt;
}

// Three and more cells in a line whose figures stand one place beside their own; between them may
// stand figures that are alike. What fell off the end is unknown.
std::optional<Guess> shifted(const TableView& table, const Solution& solution) {
  const FormCell& first = table.form->cells()[solution.front().cell];
  const FormCell& last = table.form->cells()[solution.back().cell];
  const bool in_row = first.row == last.row;
  if (solution.size() < 3 || first.block != last.block || (!in_row && first.column != last.column)) return std::nullopt;
  const auto line = line_of(table, solution, in_row ? 1 : table.form->blocks()[first.block].columns.size());
  if (!line) return std::nullopt;
  const bool forward = std::equal(line->was.begin() + 1, line->was.end(), line->becomes.begin());
  const bool backward = std::equal(line->was.begin(), line->was.end() - 1, line->becomes.begin() + 1);
  if (!forward && !backward) return std::nullopt;
  return Guess{in_row ? Mechanism::kRowShifted : Mechanism::kColumnShifted, 60};
}

Guess guess(const TableView& table, const Solution& solution) {
  if (const auto found = moved(table, solution)) return *found;
  if (const auto found = shifted(table, solution)) return *found;
  Guess least = ChangeView(table, solution.front()).guess();
  for (const Repair& repair : solution)
    if (const Guess each = ChangeView(table, repair).guess(); each.prior < least.prior) least = each;
  return least;
}

}  // namespace

std::vector<Explanation> ranked(const TableView& table, const std::vector<Solution>& solutions) {
  std::vector<std::pair<int, Explanation>> all;
  for (const Solution& solution : solutions) {
    const Guess found = guess(table, solution);
    Explanation explanation{{}, found.mechanism};
    for (const Repair& repair : solution)
      explanation.changes.push_back({table.form->cells()[repair.cell].id, table.cells[repair.cell], repair.value});
    all.emplace_back(found.prior, std::move(explanation));
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<Explanation> explanations;
  for (auto& [prior, explanation] : all) explanations.push_back(std::move(explanation));
  return explanations;
}

}  // namespace gouji::validator
