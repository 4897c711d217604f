// What is known about the forms as error-correcting codes, and agreement with brute force.
#include "services/validator/core/decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>
#include <random>
#include <set>

#include "common/report/form.h"
#include "tests/support/seed.h"

namespace gouji::validator {
namespace {

using Values = std::vector<std::int64_t>;

// Large, all different, so that the bound at zero excludes no rival.
Values large_table3(Edition edition) {
  const Form& of = form(TableId::kT3, edition);
  const std::size_t rows = of.blocks().front().rows.size();
  Values values(of.size(), 0);
  const auto at = [&](std::size_t row, std::size_t column) -> std::int64_t& { return values[row * 7 + column]; };
  for (std::size_t column = 0; column < 6; ++column) {
    for (std::size_t row = 2; row < rows - 2; ++row) {
      at(row, column) = static_cast<std::int64_t>(100'000 + 1'237 * row + 7'919 * column);
      at(rows - 2, column) += at(row, column);
    }
    at(rows - 1, column) = static_cast<std::int64_t>(200'000 + column);
    at(1, column) = static_cast<std::int64_t>(150'000 + column * column);
    at(0, column) = at(rows - 2, column) + at(rows - 1, column) - at(1, column);
  }
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column < 6; ++column) at(row, 6) += at(row, column);
  return values;
}

std::vector<Cause> causes_of(const std::vector<Identity>& all, const Values& values) {
  const std::vector<bool> known(values.size(), true);
  const ParitySystem system(all, values, known);
  return localise(system, values);
}

// In an optimised build every pair; otherwise a sample of them.
constexpr std::size_t kPairStride =
#ifdef __OPTIMIZE__
    1;
#else
    41;
#endif

TEST(Table3, ExplainsEverySingleErrorInExactlyOneWay) {
  for (const Edition edition : {Edition::k2019, Edition::k2021}) {
    const auto& all = identities(form(TableId::kT3, edition));
    const Values good = large_table3(edition);
    for (std::uint16_t cell = 0; cell < good.size(); ++cell) {
      Values wrong = good;
      wrong[cell] += 4'711;
      const std::vector<Cause> causes = causes_of(all, wrong);
      ASSERT_EQ(causes.size(), 1u) << cell;
      EXPECT_TRUE(causes[0].exhaustive);
      EXPECT_EQ(causes[0].solutions, (std::vector<Solution>{{{cell, good[cell]}}}));
    }
  }
}

TEST(Table3, ExplainsEveryPairOfUnrelatedErrorsInExactlyOneWay) {
  const auto& all = identities(form(TableId::kT3, Edition::k2021));
  const Values good = large_table3(Edition::k2021);
  std::size_t pair = 0;
  for (std::uint16_t a = 0; a < good.size(); ++a)
    for (auto b = static_cast<std::uint16_t>(a + 1); b < good.size(); ++b) {
      if (++pair % kPairStride != 0) continue;
      Values wrong = good;
      wrong[a] += 4'711;
      wrong[b] -= 1'301;
      Solution merged;
      for (const Cause& cause : causes_of(all, wrong)) {
        ASSERT_TRUE(cause.exhaustive) << a << " " << b;
        ASSERT_EQ(cause.solutions.size(), 1u) << a << " " << b;
        merged.insert(merged.end(), cause.solutions[0].begin(), cause.solutions[0].end());
      }
      std::sort(merged.begin(), merged.end());
      ASSERT_EQ(merged, (Solution{{a, good[a]}, {b, good[b]}}));
    }
  EXPECT_EQ(pair, 15'225u);
}

std::size_t explanations_of_move(const char* from, const char* to) {
  const Form& of = form(TableId::kT3, Edition::k2021);
  Values wrong = large_table3(Edition::k2021);
  wrong[*of.find(from)] -= 30;
  wrong[*of.find(to)] += 30;
  const std::vector<Cause> causes = causes_of(identities(of), wrong);
  EXPECT_EQ(causes.size(), 1u);
  EXPECT_TRUE(causes[0].exhaustive);
  return causes[0].solutions.size();
}

TEST(Table3, ExplainsAMoveBetweenApplicantsInAsManyWaysAsThereAreRows) {
  EXPECT_EQ(explanations_of_move("granted.natural_person", "granted.research_institution"), 21u);
  EXPECT_EQ(explanations_of_move("denied.4.natural_person", "denied.4.other_organization"), 21u);
  for (const std::string row : {"new", "carried_in", "carried_out"})
    EXPECT_EQ(explanations_of_move((row + ".natural_person").c_str(), (row + ".commercial_enterprise").c_str()), 3u);
  EXPECT_EQ(explanations_of_move("total.natural_person", "total.commercial_enterprise"), 1u);
}

TEST(Table3, ExplainsAMoveBetweenOutcomesInSevenWays) {
  EXPECT_EQ(explanations_of_move("granted.natural_person", "denied.1.natural_person"), 7u);
}

TEST(Table4, ExplainsEverySingleErrorInFiveWays) {
  const Form& t4 = form(TableId::kT4, Edition::k2021);
  Values good;
  for (int group = 0; group < 3; ++group)
    for (const std::int64_t value : {5'000, 6'000, 7'000, 8'000, 26'000}) good.push_back(value);
  for (std::uint16_t cell = 0; cell < good.size(); ++cell) {
    Values wrong = good;
    wrong[cell] += 17;
    const std::vector<Cause> causes = causes_of(identities(t4), wrong);
    ASSERT_EQ(causes.size(), 1u);
    EXPECT_EQ(causes[0].solutions.size(), 5u);
    EXPECT_TRUE(causes[0].exhaustive);
  }
}

TEST(Table4, ListsOnlyRepairsThatAreNotNegative) {
  const Form& t4 = form(TableId::kT4, Edition::k2021);
  // 1 + 0 + 0 + 0 against 9: nothing can be taken from the parts, all can be raised, or the total lowered.
  const Values raised{1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(causes_of(identities(t4), raised)[0].solutions.size(), 5u);
  // 9 + 0 + 0 + 0 against 1: the zeros cannot be lowered.
  const Values lowered{9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(causes_of(identities(t4), lowered)[0].solutions, (std::vector<Solution>{{{0, 1}}, {{4, 9}}}));
}

TEST(Localise, KeepsIndependentCausesApart) {
  const Form& t4 = form(TableId::kT4, Edition::k2021);
  const Values wrong{1, 2, 3, 4, 99, 0, 0, 0, 0, 0, 5, 5, 5, 5, 7};
  const std::vector<Cause> causes = causes_of(identities(t4), wrong);
  ASSERT_EQ(causes.size(), 2u);
  EXPECT_EQ(causes[0].rows | causes[1].rows, RowMask{0b101});
}

TEST(Localise, TakesManySinglesApart) {
  const Form& of = form(TableId::kT3, Edition::k2021);
  const Values good = large_table3(Edition::k2021);
  Values wrong = good;
  const std::vector<std::string> cells{"granted.natural_person", "denied.2.commercial_enterprise", "unavailable.1.research_institution",
                                       "not_processed.3.legal_service_organization", "other.2.other_organization"};
  std::int64_t delta = 11;
  for (const std::string& cell : cells) wrong[*of.find(cell)] += delta *= 7;
  const std::vector<Cause> causes = causes_of(identities(of), wrong);
  ASSERT_EQ(causes.size(), cells.size());
  for (const Cause& cause : causes) {
    ASSERT_EQ(cause.solutions.size(), 1u);
    EXPECT_EQ(cause.solutions[0][0].value, good[cause.solutions[0][0].cell]);
    EXPECT_TRUE(cause.exhaustive);
  }
}

// Every figure of a row stands one place to the right; what stood in the last is lost.
TEST(Localise, UndoesAShiftedRow) {
  const Form& of = form(TableId::kT3, Edition::k2021);
  const Values good = large_table3(Edition::k2021);
  for (std::size_t row = 0; row < 25; ++row) {
    Values wrong = good;
    Solution expected;
    for (std::size_t column = 0; column < 7; ++column) {
      const std::size_t at = row * 7 + column;
      wrong[at] = column == 0 ? 0 : good[at - 1];
      expected.push_back({static_cast<std::uint16_t>(at), good[at]});
    }
    const std::vector<Cause> causes = causes_of(identities(of), wrong);
    ASSERT_EQ(causes.size(), 1u) << row;
    EXPECT_TRUE(std::count(causes[0].solutions.begin(), causes[0].solutions.end(), expected) == 1) << row;
  }
}

TEST(Localise, AdmitsThatItFoundNothing) {
  const Form& of = form(TableId::kT3, Edition::k2021);
  std::mt19937 random(7);
  Values wrong;
  for (std::size_t i = 0; i < of.size(); ++i) wrong.push_back(static_cast<std::int64_t>(random() % 1'000));
  const std::vector<Cause> causes = causes_of(identities(of), wrong);
  ASSERT_EQ(causes.size(), 1u);
  EXPECT_TRUE(causes[0].solutions.empty());
  EXPECT_FALSE(causes[0].exhaustive);
}

TEST(Localise, LooksThroughUnreadCells) {
  const Form& of = form(TableId::kT3, Edition::k2021);
  const Values good = large_table3(Edition::k2021);
  Values wrong = good;
  std::vector<bool> known(good.size(), true);
  for (const char* unread : {"granted.natural_person", "denied.1.natural_person", "denied.1.total"}) {
    known[*of.find(unread)] = false;
    wrong[*of.find(unread)] = 0;
  }
  const std::uint16_t cell = *of.find("other.1.commercial_enterprise");
  wrong[cell] += 900;
  const ParitySystem system(identities(of), wrong, known);
  const std::vector<Cause> causes = localise(system, wrong);
  ASSERT_EQ(causes.size(), 1u);
  EXPECT_EQ(causes[0].solutions, (std::vector<Solution>{{{cell, good[cell]}}}));
}

// Brute force, written without the solver's ideas: every set of cells, every value up to `most` for
// all but the last cell, the last cell from the first equation that speaks of it.
class BruteForce {
 public:
  BruteForce(const std::vector<Identity>& all, Values values, std::int64_t most)
      : all_(all), values_(std::move(values)), most_(most) {}

  std::set<Solution> optima() {
    for (std::size_t weight = 1; weight <= 3; ++weight) {
      choose({}, 0, weight);
      if (!found_.empty()) break;
    }
    return found_;
  }

 private:
  void choose(const std::vector<std::uint16_t>& chosen, std::uint16_t next, std::size_t weight) {
    if (chosen.size() == weight) {
      assign(chosen, 0, values_);
      return;
    }
    for (std::uint16_t cell = next; cell < values_.size(); ++cell) {
      auto longer = chosen;
      longer.push_back(cell);
      choose(longer, static_cast<std::uint16_t>(cell + 1), weight);
    }
  }
  void assign(const std::vector<std::uint16_t>& chosen, std::size_t at, Values values) {
    if (at + 1 == chosen.size()) {
      complete(chosen, values);
      return;
    }
    for (std::int64_t value = 0; value <= most_; ++value) {
      if (value == values_[chosen[at]]) continue;
      values[chosen[at]] = value;
      assign(chosen, at + 1, values);
    }
  }
  void complete(const std::vector<std::uint16_t>& chosen, Values& values) {
    const std::uint16_t last = chosen.back();
    for (const Identity& identity : all_) {
      const bool in_plus = std::count(identity.plus.begin(), identity.plus.end(), last) > 0;
      const bool in_minus = std::count(identity.minus.begin(), identity.minus.end(), last) > 0;
      if (!in_plus && !in_minus) continue;
      values[last] += in_plus ? -sum(identity, values) : sum(identity, values);
      break;
    }
    if (values[last] < 0 || values[last] == values_[last]) return;
    if (std::any_of(all_.begin(), all_.end(), [&](const Identity& identity) { return sum(identity, values) != 0; })) return;
    Solution solution;
    for (const std::uint16_t cell : chosen) solution.push_back({cell, values[cell]});
    found_.insert(solution);
  }
  static std::int64_t sum(const Identity& identity, const Values& values) {
    std::int64_t total = 0;
    for (const auto cell : identity.plus) total += values[cell];
    for (const auto cell : identity.minus) total -= values[cell];
    return total;
  }

  const std::vector<Identity>& all_;
  const Values values_;
  const std::int64_t most_;
  std::set<Solution> found_;
};

// A table of 3 parts by 3 parts with totals: index = row * 4 + column.
std::vector<Identity> small_identities() {
  std::vector<Identity> all;
  const auto cell = [](int row, int column) { return static_cast<std::uint16_t>(row * 4 + column); };
  for (int i = 0; i < 4; ++i) {
    all.push_back({"ROW", std::to_string(i), {cell(i, 0), cell(i, 1), cell(i, 2)}, {cell(i, 3)}});
    all.push_back({"COLUMN", std::to_string(i), {cell(0, i), cell(1, i), cell(2, i)}, {cell(3, i)}});
  }
  return all;
}

Values small_table(std::mt19937& random) {
  Values values(16, 0);
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t column = 0; column < 3; ++column) {
      const auto value = static_cast<std::int64_t>(random() % 4);
      for (const std::size_t at : {row * 4 + column, row * 4 + 3, 12 + column, std::size_t{15}}) values[at] += value;
    }
  return values;
}

TEST(Localise, ListsExactlyWhatBruteForceLists) {
  std::mt19937 random(gouji::testing::seed());
  const std::vector<Identity> all = small_identities();
  for (int round = 0; round < (kPairStride == 1 ? 30 : 6); ++round) {
    Values values = small_table(random);
    for (auto errors = 1 + random() % 3; errors > 0; --errors) values[random() % 16] = static_cast<std::int64_t>(random() % 12);
    // No repair of a table whose cells are at most 36 needs a value above 60.
    std::set<Solution> expected = BruteForce(all, values, 60).optima();
    const std::vector<Cause> causes = causes_of(all, values);
    // The causes' combinations are the optima of the whole table.
    std::set<Solution> listed{{}};
    for (const Cause& cause : causes) {
      EXPECT_TRUE(cause.exhaustive);
      std::set<Solution> longer;
      for (const Solution& before : listed)
        for (const Solution& part : cause.solutions) {
          Solution together = before;
          together.insert(together.end(), part.begin(), part.end());
          std::sort(together.begin(), together.end());
          longer.insert(together);
        }
      listed = longer;
    }
    if (causes.empty()) listed.clear();
    EXPECT_EQ(listed, expected) << "round " << round;
  }
}

}  // namespace
}  // namespace gouji::validator
