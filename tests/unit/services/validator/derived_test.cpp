// Values of unread cells, against a rank computation modulo a prime and against all ways to fill them.
#include "services/validator/core/derived.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/support/seed.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;

TableView view(const Reading& reading, std::size_t table) {
  const TableReading& of = reading.tables[table];
  return {&form(of.table, of.edition), of.status, of.cells};
}

TEST(Derive, SolvesUnreadCellsThatAreDetermined) {
  Reading reading = clean_reading();
  const std::int64_t right = cell(reading, "t3.granted.natural_person").value;
  cell(reading, "t3.granted.natural_person") = {CellState::kUnreadable, 0};
  const auto derived = derive(view(reading, 1), {});
  ASSERT_EQ(derived.size(), 1u);
  EXPECT_EQ(derived[0].cell, "t3.granted.natural_person");
  EXPECT_EQ(derived[0].value, right);
}

TEST(Derive, LeavesWhatIsNotDetermined) {
  Reading rectangle = clean_reading();
  for (const char* id : {"t3.granted.natural_person", "t3.granted.total", "t3.denied.1.natural_person", "t3.denied.1.total"})
    cell(rectangle, id) = {CellState::kUnreadable, 0};
  EXPECT_TRUE(derive(view(rectangle, 1), {}).empty());
  Reading contradictory = clean_reading();
  cell(contradictory, "t3.granted.natural_person") = {CellState::kUnreadable, 0};
  cell(contradictory, "t3.granted.total").value += 2;
  EXPECT_TRUE(derive(view(contradictory, 1), {}).empty());
  Reading blank = clean_reading();
  cell(blank, "t3.granted.natural_person") = {CellState::kBlank, 0};
  EXPECT_TRUE(derive(view(blank, 1), {}).empty());
  Reading negative = clean_reading();
  cell(negative, "t4.reconsideration.upheld") = {CellState::kUnreadable, 0};
  cell(negative, "t4.reconsideration.total").value = 0;
  cell(negative, "t4.reconsideration.other").value = 5;
  EXPECT_TRUE(derive(view(negative, 2), {}).empty());
}

TEST(Derive, TakesASumOfZeroForZeros) {
  Reading reading = clean_reading();
  for (const char* name : {"upheld", "corrected", "other", "pending", "total"}) cell(reading, std::string("t4.reconsideration.") + name).value = 0;
  for (const char* name : {"upheld", "other"}) cell(reading, std::string("t4.reconsideration.") + name) = {CellState::kUnreadable, 0};
  const auto derived = derive(view(reading, 2), {});
  ASSERT_EQ(derived.size(), 2u);
  EXPECT_EQ(derived[0].value + derived[1].value, 0);
}

TEST(Derive, TrustsNothingOfATableThatContradictsItself) {
  Reading reading = clean_reading();
  cell(reading, "t3.granted.natural_person") = {CellState::kUnreadable, 0};
  cell(reading, "t3.denied.1.total").value += 1;  // in other equations
  EXPECT_TRUE(derive(view(reading, 1), {}).empty());
}

constexpr std::int64_t kPrime = 1'000'003;

// Rank modulo a prime: the factors are -1, 0 and 1, and their minors small.
std::size_t rank_of(std::vector<std::vector<std::int64_t>> rows) {
  std::size_t rank = 0;
  for (std::size_t column = 0; !rows.empty() && column < rows[0].size(); ++column) {
    std::size_t pivot = rank;
    while (pivot < rows.size() && rows[pivot][column] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[rank]);
    std::int64_t inverse = 1;
    for (std::int64_t power = kPrime - 2, base = rows[rank][column]; power > 0; power /= 2, base = base * base % kPrime)
      if (power % 2 == 1) inverse = inverse * base % kPrime;
    for (std::size_t i = rank + 1; i < rows.size(); ++i) {
      const std::int64_t factor = rows[i][column] * inverse % kPrime;
      for (std::size_t k = column; factor != 0 && k < rows[i].size(); ++k)
        rows[i][k] = ((rows[i][k] - factor * rows[rank][k]) % kPrime + kPrime) % kPrime;
    }
    ++rank;
  }
  return rank;
}

// Unread cells whose unit vector is a combination of the equations.
std::set<std::string> determined(const TableView& table) {
  std::vector<std::size_t> unread;
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    if (!table.cells[i].is_number()) unread.push_back(i);
  std::vector<std::vector<std::int64_t>> rows;
  for (const Identity& identity : identities(*table.form)) {
    std::vector<std::int64_t> row(unread.size());
    for (std::size_t k = 0; k < unread.size(); ++k) {
      row[k] = std::count(identity.plus.begin(), identity.plus.end(), unread[k]);
      if (std::count(identity.minus.begin(), identity.minus.end(), unread[k]) > 0) row[k] = kPrime - 1;
    }
    rows.push_back(std::move(row));
  }
  const std::size_t rank = rank_of(rows);
  std::set<std::string> found;
  for (std::size_t k = 0; k < unread.size(); ++k) {
    auto with_unit = rows;
    with_unit.emplace_back(unread.size());
    with_unit.back()[k] = 1;
    if (rank_of(std::move(with_unit)) == rank) found.insert(table.form->cells()[unread[k]].id);
  }
  return found;
}

TEST(Derive, FindsWhatTheEquationsDetermineAndTheRightValue) {
  const std::uint32_t seed = gouji::testing::seed();
  std::mt19937 random(seed);
  std::size_t values = 0;
  for (int round = 0; round < 120; ++round) {
    const Reading whole = clean_reading(round % 2 == 0 ? 2021 : 2020, static_cast<std::uint32_t>(random()));
    Reading reading = whole;
    std::vector<Cell>& cells = reading.tables[1].cells;
    for (auto left = 1 + random() % 60; left > 0; --left) cells[random() % cells.size()] = {CellState::kUnreadable, 0};
    std::set<std::string> found;
    for (const DerivedValue& value : derive(view(reading, 1), {})) {
      found.insert(value.cell);
      EXPECT_EQ(value.value, whole.tables[1].cells[*view(whole, 1).form->find(value.cell)].value) << value.cell;
    }
    values += found.size();
    for (const std::string& cell : determined(view(reading, 1))) EXPECT_TRUE(found.contains(cell)) << cell;
  }
  EXPECT_GT(values, 500u);
}

// Every way to fill the unread cells of one group of table 4 with small numbers.
TEST(Derive, HasExactlyTheCellsThatEveryWayToFillThemAgreesOn) {
  std::mt19937 random(gouji::testing::seed());
  for (int round = 0; round < 400; ++round) {
    Reading reading = clean_reading();
    std::vector<Cell>& cells = reading.tables[2].cells;
    for (Cell& each : cells) each = Cell::number(0);
    for (std::size_t i = 0; i < 4; ++i) {
      cells[i].value = random() % 2 == 0 ? 0 : static_cast<std::int64_t>(random() % 3);
      cells[4].value += cells[i].value;
    }
    if (random() % 8 == 0) cells[4].value = static_cast<std::int64_t>(random() % 6);  // right or wrong
    std::vector<std::size_t> unread;
    for (std::size_t i = 0; i < 5; ++i)
      if (random() % 2 == 0) unread.push_back(i);
    for (const std::size_t i : unread) cells[i] = {CellState::kUnreadable, 0};
    std::map<std::size_t, std::set<std::int64_t>> seen;
    std::vector<std::int64_t> values(5);
    const auto fill = [&](const auto& self, std::size_t k) -> void {
      if (k == unread.size()) {
        for (std::size_t i = 0; i < 5; ++i)
          if (cells[i].is_number()) values[i] = cells[i].value;
        if (values[0] + values[1] + values[2] + values[3] == values[4])
          for (const std::size_t i : unread) seen[i].insert(values[i]);
        return;
      }
      for (values[unread[k]] = 0; values[unread[k]] <= 20; ++values[unread[k]]) self(self, k + 1);
    };
    if (unread.size() < 5) fill(fill, 0);
    std::map<std::string, std::int64_t> expected;
    for (const auto& [i, all] : seen)
      if (all.size() == 1) expected.emplace(view(reading, 2).form->cells()[i].id, *all.begin());
    std::map<std::string, std::int64_t> found;
    for (const DerivedValue& value : derive(view(reading, 2), {})) found.emplace(value.cell, value.value);
    if (unread.size() < 5) {
      EXPECT_EQ(found, expected);
    }
  }
}

}  // namespace
}  // namespace gouji::validator
