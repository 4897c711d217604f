#include "tests/bench/injected/inject.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "common/report/identity.h"
#include "tests/support/smallest_repairs.h"

namespace gouji::injected {
namespace {

using Figures = std::vector<std::int64_t>;

// One table on its way from right to wrong. Cells count row by row, the last of each row is its total.
struct Table {
  const Form* form = nullptr;
  Figures right;
  Figures wrong;
  std::vector<bool> is_blank;

  std::size_t columns() const { return form->blocks().front().columns.size(); }
  std::size_t rows() const { return form->blocks().front().rows.size(); }
  std::size_t size() const { return right.size(); }
  bool is_total(std::size_t cell) const {
    return cell % columns() == columns() - 1 || form->blocks().front().rows[cell / columns()].key == "total";
  }
  // Rows that hold outcomes, for a move between two of them.
  bool is_outcome(std::size_t row) const {
    return form->table() == TableId::kT3 && row >= 2 && row + 2 < rows();
  }
};

std::int64_t number_of(const std::string& digits) { return std::stoll(digits); }

class Injector {
 public:
  explicit Injector(std::mt19937& random) : random_(random) {}

  // False where the drawn place does not allow the mechanism.
  bool digit_changed(Table& table) { return change(table, [&](std::string digits) {
    digits[below(digits.size())] = static_cast<char>('0' + below(10));
    return digits;
  }); }
  bool digit_dropped(Table& table) { return change(table, [&](std::string digits) {
    if (digits.size() > 1) digits.erase(below(digits.size()), 1);
    return digits;
  }); }
  bool digit_doubled(Table& table) { return change(table, [&](std::string digits) {
    const std::size_t at = below(digits.size());
    return digits.insert(at, 1, digits[at]);
  }); }
  bool digits_transposed(Table& table) { return change(table, [&](std::string digits) {
    if (digits.size() > 1) {
      const std::size_t at = below(digits.size() - 1);
      std::swap(digits[at], digits[at + 1]);
    }
    return digits;
  }); }

  // The digits of a cell and of the next run together, and the next is left empty: zero.
  bool digits_merged(Table& table) {
    const std::size_t cell = below(table.size());
    if (cell % table.columns() == table.columns() - 1 || table.right[cell] == 0) return false;
    table.wrong[cell] = number_of(std::to_string(table.right[cell]) + std::to_string(table.right[cell + 1]));
    return true;
  }
  // A figure breaks in two: the second part takes the place of the next cell.
  bool digits_split(Table& table) {
    const std::size_t cell = below(table.size());
    const std::string digits = std::to_string(table.right[cell]);
    if (cell % table.columns() == table.columns() - 1 || digits.size() < 2) return false;
    const std::size_t at = 1 + below(digits.size() - 1);
    table.wrong[cell] = number_of(digits.substr(0, at));
    table.wrong[cell + 1] = number_of(digits.substr(at));
    return true;
  }
  bool neighbour_copied(Table& table) {
    const std::size_t cell = below(table.size());
    const bool beside = below(2) == 0;
    const std::size_t step = beside ? 1 : table.columns();
    if (cell < step || (beside && cell % table.columns() == 0)) return false;
    table.wrong[cell] = table.right[cell - step];
    return true;
  }
  bool row_shifted(Table& table) {
    const std::size_t first = below(table.rows()) * table.columns();
    const bool to_right = below(2) == 0;
    for (std::size_t i = 0; i < table.columns(); ++i) {
      const bool is_open = to_right ? i == 0 : i + 1 == table.columns();
      table.wrong[first + i] = is_open ? 0 : table.right[to_right ? first + i - 1 : first + i + 1];
    }
    return true;
  }
  bool column_shifted(Table& table) {
    const std::size_t column = below(table.columns());
    const std::size_t from = below(table.rows() - 2);
    const std::size_t to = from + 2 + below(table.rows() - from - 2);
    for (std::size_t row = from; row <= to; ++row)
      table.wrong[row * table.columns() + column] = row == from ? 0 : table.right[(row - 1) * table.columns() + column];
    return true;
  }
  bool moved_in_row(Table& table) {
    const std::size_t row = below(table.rows()) * table.columns();
    return move(table, row + below(table.columns() - 1), row + below(table.columns() - 1));
  }
  bool moved_in_column(Table& table) {
    const std::size_t column = below(table.columns());
    const std::size_t from = below(table.rows());
    const std::size_t to = below(table.rows());
    if (!table.is_outcome(from) || !table.is_outcome(to)) return false;
    return move(table, from * table.columns() + column, to * table.columns() + column);
  }
  // A part was corrected and its total was not: the total lacks it.
  bool total_not_updated(Table& table) {
    const std::size_t cell = below(table.size());
    if (!table.is_total(cell) || table.right[cell] == 0) return false;
    const std::size_t part = cell - 1 - below(table.columns() - 1);
    if (cell % table.columns() != table.columns() - 1 || table.right[part] == 0) return false;
    table.wrong[cell] -= table.right[part];
    return true;
  }
  bool total_doubled(Table& table) {
    const std::size_t cell = below(table.size());
    if (!table.is_total(cell)) return false;
    table.wrong[cell] *= 2;
    return true;
  }
  bool blank_for_zero(Table& table) {
    const std::size_t cell = below(table.size());
    if (table.right[cell] != 0) return false;
    table.is_blank[cell] = true;
    return true;
  }
  // Every zero is left blank, and one digit is wrong.
  bool blanks_and_digit(Table& table) {
    if (table.form->table() != TableId::kT3) return false;
    for (std::size_t i = 0; i < table.size(); ++i) table.is_blank[i] = table.right[i] == 0;
    const std::size_t cell = below(table.size());
    if (table.is_blank[cell]) return false;
    std::string digits = std::to_string(table.right[cell]);
    digits[below(digits.size())] = static_cast<char>('0' + below(10));
    table.wrong[cell] = number_of(digits);
    return true;
  }
  bool two_digits(Table& table) { return digit_changed(table) && digit_changed(table); }
  bool three_digits(Table& table) { return two_digits(table) && digit_changed(table); }
  bool five_digits(Table& table) { return three_digits(table) && two_digits(table); }

  std::size_t below(std::size_t most) { return random_() % most; }

 private:
  bool change(Table& table, const std::function<std::string(std::string)>& wrong) {
    const std::size_t cell = below(table.size());
    if (table.wrong[cell] != table.right[cell]) return false;
    table.wrong[cell] = number_of(wrong(std::to_string(table.right[cell])));
    return table.wrong[cell] != table.right[cell];
  }
  bool move(Table& table, std::size_t from, std::size_t to) {
    if (from == to || table.right[from] == 0) return false;
    const auto count = static_cast<std::int64_t>(1 + below(static_cast<std::size_t>(table.right[from])));
    table.wrong[from] -= count;
    table.wrong[to] += count;
    return true;
  }

  std::mt19937& random_;
};

struct Named {
  std::string_view name;
  bool (Injector::*inject)(Table&);
};
constexpr Named kMechanisms[] = {{"DIGIT_CHANGED", &Injector::digit_changed},
                                 {"DIGIT_DROPPED", &Injector::digit_dropped},
                                 {"DIGIT_DOUBLED", &Injector::digit_doubled},
                                 {"DIGITS_TRANSPOSED", &Injector::digits_transposed},
                                 {"DIGITS_MERGED", &Injector::digits_merged},
                                 {"DIGITS_SPLIT", &Injector::digits_split},
                                 {"NEIGHBOUR_COPIED", &Injector::neighbour_copied},
                                 {"ROW_SHIFTED", &Injector::row_shifted},
                                 {"COLUMN_SHIFTED", &Injector::column_shifted},
                                 {"MOVED_IN_ROW", &Injector::moved_in_row},
                                 {"MOVED_IN_COLUMN", &Injector::moved_in_column},
                                 {"TOTAL_NOT_UPDATED", &Injector::total_not_updated},
                                 {"TOTAL_DOUBLED", &Injector::total_doubled},
                                 {"BLANK_FOR_ZERO", &Injector::blank_for_zero},
                                 {"BLANKS_AND_DIGIT", &Injector::blanks_and_digit},
                                 {"TWO_DIGITS", &Injector::two_digits},
                                 {"THREE_DIGITS", &Injector::three_digits},
                                 {"FIVE_DIGITS", &Injector::five_digits}};

constexpr std::size_t kBruteForceMost = 3;
constexpr int kPlacesTried = 200;

// What can be said of the injected set without the solver that is to be judged. Blank cells read as zero.
void judge(const Table& table, Expected& expected) {
  const std::vector<Identity>& all = identities(*table.form);
  const std::size_t changed = expected.repair.size();
  if (changed == 0 || std::count(table.is_blank.begin(), table.is_blank.end(), true) == 1) return;
  if (gouji::testing::disjoint_failures(all, table.wrong) == changed) expected.is_minimal = true;
  if (changed > kBruteForceMost) return;
  const auto found = gouji::testing::smallest_repairs(all, table.wrong, std::vector<bool>(table.size(), true), {changed});
  if (!found.is_decided) return;
  expected.is_minimal = found.size == changed;
  expected.optima = static_cast<std::int64_t>(found.repairs.size());
}

void add_table(const Table& table, Document& document) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto& cell = document.cells[table.form->cells()[i].id];
    cell = table.is_blank[i] ? std::nullopt : std::optional(table.wrong[i]);
  }
}

Table untouched(TableId id, Edition edition, const Figures& figures) {
  return {&form(id, edition), figures, figures, std::vector<bool>(figures.size(), false)};
}

std::optional<Case> injected_case(const Grid& grid, const Named& mechanism, Injector& injector) {
  // Table 4 is one line in seven of what a report has.
  const bool is_t4 = injector.below(7) == 0;
  const Table t3 = untouched(TableId::kT3, grid.edition, grid.t3);
  const Table t4 = untouched(TableId::kT4, grid.edition, grid.t4);
  for (int tried = 0; tried < kPlacesTried; ++tried) {
    Table table = is_t4 ? t4 : t3;
    if (!(injector.*mechanism.inject)(table)) continue;
    if (table.wrong == table.right && mechanism.name != "BLANK_FOR_ZERO") continue;
    Case made;
    made.document.edition = grid.edition == Edition::k2019 ? 2019 : 2021;
    add_table(is_t4 ? t3 : table, made.document);
    add_table(is_t4 ? table : t4, made.document);
    made.expected.mechanism = std::string(mechanism.name);
    made.expected.grid = grid.name;
    for (std::size_t i = 0; i < table.size(); ++i) {
      const bool is_only_blank = table.is_blank[i] && mechanism.name == "BLANK_FOR_ZERO";
      if (table.wrong[i] != table.right[i] || is_only_blank) made.expected.repair[table.form->cells()[i].id] = table.right[i];
    }
    judge(table, made.expected);
    return made;
  }
  return std::nullopt;
}

}  // namespace

const std::vector<std::string_view>& mechanisms() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Named& each : kMechanisms) all.push_back(each.name);
    return all;
  }();
  return names;
}

std::vector<Case> injected_cases(const std::vector<Grid>& grids, std::size_t times, std::uint32_t seed) {
  std::mt19937 random(seed);
  Injector injector(random);
  std::vector<Case> cases;
  for (const Named& mechanism : kMechanisms)
    for (const Grid& grid : grids)
      for (std::size_t time = 0; time < times; ++time) {
        std::optional<Case> made = injected_case(grid, mechanism, injector);
        if (!made) continue;
        made->document.id = made->expected.id = fmt::format("case-{:06}", cases.size() + 1);
        cases.push_back(std::move(*made));
      }
  return cases;
}

}  // namespace gouji::injected
