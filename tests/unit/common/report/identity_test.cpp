#include "common/report/identity.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <numeric>

namespace gouji {
namespace {

// Rank of the identities as rows of a matrix, by fraction-free elimination.
std::size_t rank(const Form& form) {
  std::vector<std::vector<std::int64_t>> rows;
  for (const Identity& identity : identities(form)) {
    auto& row = rows.emplace_back(form.size(), 0);
    for (const auto cell : identity.plus) row[cell] += 1;
    for (const auto cell : identity.minus) row[cell] -= 1;
  }
  std::size_t done = 0;
  for (std::size_t column = 0; column < form.size() && done < rows.size(); ++column) {
    std::size_t pivot = done;
    while (pivot < rows.size() && rows[pivot][column] == 0) ++pivot;
    if (pivot == rows.size()) continue;
    std::swap(rows[pivot], rows[done]);
    for (std::size_t r = done + 1; r < rows.size(); ++r) {
      const std::int64_t a = rows[done][column];
      const std::int64_t b = rows[r][column];
      if (b == 0) continue;
      std::int64_t divisor = 0;
      for (std::size_t c = 0; c < form.size(); ++c) {
        rows[r][c] = rows[r][c] * a - rows[done][c] * b;
        divisor = std::gcd(divisor, rows[r][c]);
      }
      for (auto& value : rows[r]) value = divisor > 1 ? value / divisor : value;
    }
    ++done;
  }
  return done;
}

TEST(Identities, AreAsManyAsTheFormsImply) {
  EXPECT_EQ(identities(form(TableId::kT2, Edition::k2019)).size(), 0u);
  EXPECT_EQ(identities(form(TableId::kT2, Edition::k2021)).size(), 0u);
  EXPECT_EQ(identities(form(TableId::kT3, Edition::k2019)).size(), 37u);
  EXPECT_EQ(identities(form(TableId::kT3, Edition::k2021)).size(), 39u);
  EXPECT_EQ(identities(form(TableId::kT4, Edition::k2021)).size(), 3u);
}

TEST(Identities, HaveTheRankOfTheCode) {
  EXPECT_EQ(rank(form(TableId::kT3, Edition::k2019)), 35u);
  EXPECT_EQ(rank(form(TableId::kT3, Edition::k2021)), 37u);
  EXPECT_EQ(rank(form(TableId::kT4, Edition::k2021)), 3u);
}

TEST(Identities, StandInAFixedOrder) {
  const auto& all = identities(form(TableId::kT3, Edition::k2021));
  std::map<std::string, int> counts;
  for (const Identity& identity : all) ++counts[identity.rule];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"T3.BALANCE", 7}, {"T3.OUTCOME_SUM", 7}, {"T3.ROW_SUM", 25}}));
  EXPECT_EQ(all[0].rule, "T3.BALANCE");
  EXPECT_EQ(all[0].instance, "natural_person");
  EXPECT_EQ(all[7].rule, "T3.ROW_SUM");
  EXPECT_EQ(all[7].instance, "new");
  EXPECT_EQ(all[32].rule, "T3.OUTCOME_SUM");
  EXPECT_EQ(all[38].instance, "total");
}

TEST(Identities, SumTheCellsThatTheFormNames) {
  const Form& t3 = form(TableId::kT3, Edition::k2021);
  const auto& all = identities(t3);
  const auto names = [&](const std::vector<std::uint16_t>& cells) {
    std::vector<std::string> found;
    for (const auto cell : cells) found.push_back(t3.cells()[cell].id);
    return found;
  };
  EXPECT_EQ(names(all[6].plus), (std::vector<std::string>{"t3.new.total", "t3.carried_in.total"}));
  EXPECT_EQ(names(all[6].minus), (std::vector<std::string>{"t3.total.total", "t3.carried_out.total"}));
  EXPECT_EQ(all[7].plus.size(), 6u);
  EXPECT_EQ(names(all[7].minus), std::vector<std::string>{"t3.new.total"});
  EXPECT_EQ(all[32].plus.size(), 21u);
  EXPECT_EQ(names(all[32].minus), std::vector<std::string>{"t3.total.natural_person"});
  EXPECT_EQ(identities(form(TableId::kT3, Edition::k2019))[30].plus.size(), 19u);
}

const Identity kSum{"T4.SUM", "x", {0, 1}, {2}};

TEST(Residual, IsPartsMinusWhole) {
  const std::vector<Cell> cells{Cell::number(3), Cell::number(4), Cell::number(9)};
  EXPECT_EQ(residual(kSum, cells), -2);
}

TEST(Residual, IsUnknownUnlessEveryCellIsANumber) {
  for (const CellState state : {CellState::kAbsent, CellState::kBlank, CellState::kNil, CellState::kText,
                                CellState::kUnreadable})
    for (std::size_t place = 0; place < 3; ++place) {
      std::vector<Cell> cells(3, Cell::number(0));
      cells[place] = {state, 0};
      EXPECT_EQ(residual(kSum, cells), std::nullopt);
    }
}

TEST(Residual, IsUnknownOnOverflow) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(residual(kSum, std::vector<Cell>{Cell::number(kMax), Cell::number(1), Cell::number(0)}), std::nullopt);
  EXPECT_EQ(residual(kSum, std::vector<Cell>{Cell::number(0), Cell::number(-2), Cell::number(kMax)}), std::nullopt);
}

}  // namespace
}  // namespace gouji
