// The decoder against brute force, on random small tables and on tables of the official shapes.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "common/report/form.h"
#include "services/validator/core/decoder.h"
#include "tests/support/seed.h"
#include "tests/support/smallest_repairs.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using gouji::testing::CellValues;
using gouji::testing::smallest_repairs;
using gouji::testing::SmallestRepairs;
using Values = std::vector<std::int64_t>;

// A table with row sums, column sums and, below them, what was carried in and out, as table 3 has them.
struct SmallTable {
  std::vector<Identity> identities;
  Values values;
};

SmallTable small_table(std::mt19937& random) {
  const std::size_t columns = 2 + random() % 3;  // the last is the total
  const std::size_t outcomes = 1 + random() % 3;
  const std::size_t rows = outcomes + 3;  // new, outcomes, total, carried out
  SmallTable table;
  table.values.assign(rows * columns, 0);
  const auto at = [&](std::size_t row, std::size_t column) { return static_cast<std::uint16_t>(row * columns + column); };
  for (std::size_t row = 0; row < rows; ++row) {
    Identity& sum = table.identities.emplace_back(Identity{"row", "", {}, {at(row, columns - 1)}});
    for (std::size_t column = 0; column + 1 < columns; ++column) sum.plus.push_back(at(row, column));
  }
  for (std::size_t column = 0; column < columns; ++column) {
    Identity& sum = table.identities.emplace_back(Identity{"outcomes", "", {}, {at(outcomes + 1, column)}});
    for (std::size_t row = 1; row <= outcomes; ++row) sum.plus.push_back(at(row, column));
    table.identities.push_back({"balance", "", {at(0, column)}, {at(outcomes + 1, column), at(outcomes + 2, column)}});
  }
  const auto add = [&](std::size_t row, std::size_t column, std::int64_t count) {
    table.values[at(row, column)] += count;
    table.values[at(row, columns - 1)] += count;
  };
  for (std::size_t column = 0; column + 1 < columns; ++column)
    for (std::size_t row = 1; row <= outcomes + 1; ++row) {
      const auto count = static_cast<std::int64_t>(random() % 2 * (random() % 12));
      add(row <= outcomes ? row : rows - 1, column, count);
      add(0, column, count);
      if (row <= outcomes) add(outcomes + 1, column, count);
    }
  return table;
}

// What the decoder says of the whole table: every combination of its causes' explanations.
struct Listed {
  std::set<CellValues> repairs{{}};
  bool is_exhaustive = true;
};

Listed listed(const std::vector<Cause>& causes) {
  Listed all;
  for (const Cause& cause : causes) {
    all.is_exhaustive = all.is_exhaustive && cause.exhaustive;
    std::set<CellValues> longer;
    for (const CellValues& before : all.repairs)
      for (const Solution& solution : cause.solutions) {
        CellValues together = before;
        for (const Repair& repair : solution) together[repair.cell] = repair.value;
        longer.insert(std::move(together));
      }
    all.repairs = std::move(longer);
  }
  if (causes.empty()) all.repairs.clear();
  return all;
}

struct Tally {
  int decided = 0;
  int exhaustive = 0;
};

void expect_agreement(const std::vector<Identity>& identities, const Values& values, const std::vector<bool>& is_known,
                      std::size_t size_most, Tally& tally) {
  const Listed found = listed(localise(ParitySystem(identities, values, is_known), values));
  const SmallestRepairs expected = smallest_repairs(identities, values, is_known, {size_most});
  if (!expected.is_decided) {
    // More changes than brute force tries, or a choice of values: then not everything was listed,
    // or the smallest explanation is a larger one.
    if (found.is_exhaustive && !found.repairs.empty()) {
      EXPECT_GT(found.repairs.begin()->size(), size_most);
    }
    return;
  }
  ++tally.decided;
  if (found.is_exhaustive) {
    ++tally.exhaustive;
    EXPECT_EQ(found.repairs, expected.repairs);
  } else {
    for (const CellValues& repair : found.repairs)
      if (repair.size() == expected.size) {
        EXPECT_TRUE(expected.repairs.contains(repair));
      }
  }
}

constexpr int kTimes =
#ifdef __OPTIMIZE__
    10;
#else
    1;
#endif

TEST(Decoder, ListsWhatBruteForceListsOnSmallTables) {
  std::mt19937 random(gouji::testing::seed());
  Tally tally;
  for (int round = 0; round < 60 * kTimes; ++round) {
    SmallTable table = small_table(random);
    for (auto errors = 1 + random() % 4; errors > 0; --errors)
      table.values[random() % table.values.size()] = static_cast<std::int64_t>(random() % 30);
    expect_agreement(table.identities, table.values, std::vector<bool>(table.values.size(), true), 4, tally);
    if (::testing::Test::HasFailure()) FAIL() << "round " << round;
  }
  EXPECT_GT(tally.decided, 40 * kTimes);
  EXPECT_GT(tally.exhaustive * 10, tally.decided * 9);
}

TEST(Decoder, ListsWhatBruteForceListsBesideUnreadCells) {
  std::mt19937 random(gouji::testing::seed());
  Tally tally;
  for (int round = 0; round < 60 * kTimes; ++round) {
    SmallTable table = small_table(random);
    std::vector<bool> is_known(table.values.size(), true);
    for (auto unread = 1 + random() % 3; unread > 0; --unread) {
      const std::size_t cell = random() % table.values.size();
      is_known[cell] = false;
      table.values[cell] = 0;
    }
    for (auto errors = 1 + random() % 2; errors > 0; --errors) {
      const std::size_t cell = random() % table.values.size();
      if (is_known[cell]) table.values[cell] = static_cast<std::int64_t>(random() % 30);
    }
    expect_agreement(table.identities, table.values, is_known, 3, tally);
    if (::testing::Test::HasFailure()) FAIL() << "round " << round;
  }
  EXPECT_GT(tally.decided, 30 * kTimes);
}

Values values_of(const TableReading& table) {
  Values values;
  for (const Cell& cell : table.cells) values.push_back(cell.value);
  return values;
}

TEST(Decoder, ListsWhatBruteForceListsOnOfficialTables) {
  std::mt19937 random(gouji::testing::seed());
  Tally tally;
  for (int round = 0; round < 6 * kTimes; ++round) {
    const Reading reading = testing::clean_reading(round % 2 == 0 ? 2019 : 2021, static_cast<std::uint32_t>(random()));
    for (const std::size_t which : {std::size_t{1}, std::size_t{2}}) {
      const TableReading& table = reading.tables[which];
      Values values = values_of(table);
      for (auto errors = 1 + random() % (which == 1 ? 2 : 3); errors > 0; --errors)
        values[random() % values.size()] = static_cast<std::int64_t>(random() % (random() % 2 == 0 ? 12 : 400));
      expect_agreement(identities(form(table.table, table.edition)), values, std::vector<bool>(values.size(), true), 2, tally);
      if (::testing::Test::HasFailure()) FAIL() << "round " << round;
    }
  }
  EXPECT_GT(tally.exhaustive, 6 * kTimes);
}

// Rank of a form's equations, by elimination over the rationals.
std::size_t rank_of(const Form& of) {
  std::vector<std::vector<double>> lines;
  for (const Identity& identity : identities(of)) {
    std::vector<double>& line = lines.emplace_back(of.size(), 0.0);
    for (const std::uint16_t cell : identity.plus) line[cell] += 1;
    for (const std::uint16_t cell : identity.minus) line[cell] -= 1;
  }
  std::size_t rank = 0;
  for (std::size_t column = 0; column < of.size(); ++column) {
    const auto pivot = std::find_if(lines.begin() + static_cast<std::ptrdiff_t>(rank), lines.end(),
                                    [&](const auto& line) { return std::abs(line[column]) > 1e-9; });
    if (pivot == lines.end()) continue;
    std::iter_swap(lines.begin() + static_cast<std::ptrdiff_t>(rank), pivot);
    for (std::size_t row = rank + 1; row < lines.size(); ++row) {
      const double times = lines[row][column] / lines[rank][column];
      for (std::size_t k = 0; k < of.size(); ++k) lines[row][k] -= times * lines[rank][k];
    }
    ++rank;
  }
  return rank;
}

TEST(Table3, HasTheRankOfItsEdition) {
  EXPECT_EQ(identities(form(TableId::kT3, Edition::k2021)).size(), 39u);
  EXPECT_EQ(rank_of(form(TableId::kT3, Edition::k2021)), 37u);
  EXPECT_EQ(identities(form(TableId::kT3, Edition::k2019)).size(), 37u);
  EXPECT_EQ(rank_of(form(TableId::kT3, Edition::k2019)), 35u);
  EXPECT_EQ(rank_of(form(TableId::kT4, Edition::k2021)), 3u);
}

}  // namespace
}  // namespace gouji::validator
