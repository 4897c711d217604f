#include "tests/bench/injected/grids.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <random>

#include "common/report/identity.h"
#include "tests/support/render_html.h"

namespace gouji::injected {
namespace {

constexpr std::size_t kColumns = 7;

struct Office {
  const char* name;
  unsigned percent_filled;  // of the applicants' cells
  std::int64_t most;        // largest figure of natural persons
};
constexpr Office kOffices[] = {{"busy", 70, 4'000}, {"usual", 25, 150}, {"quiet", 6, 9}};

class Draw {
 public:
  Draw(const Office& office, std::mt19937& random) : office_(office), random_(random) {}
  // Natural persons apply most; the other columns are a tenth of it.
  std::int64_t figure(std::size_t column) {
    if (random_() % 100 >= office_.percent_filled) return 0;
    const std::int64_t most = std::max<std::int64_t>(column == 0 ? office_.most : office_.most / 10, 2);
    const auto wide = static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most));
    return 1 + (random_() % 2 == 0 ? wide : wide % std::max<std::int64_t>(most / 20, 2));
  }

 private:
  const Office& office_;
  std::mt19937& random_;
};

std::vector<std::int64_t> table3(Edition edition, Draw draw) {
  const Form& of = form(TableId::kT3, edition);
  const std::size_t rows = of.blocks().front().rows.size();
  std::vector<std::int64_t> values(of.size(), 0);
  const auto at = [&](std::size_t row, std::size_t column) -> std::int64_t& { return values[row * kColumns + column]; };
  for (std::size_t column = 0; column + 1 < kColumns; ++column) {
    for (std::size_t row = 2; row < rows - 2; ++row) at(rows - 2, column) += at(row, column) = draw.figure(column);
    at(rows - 1, column) = draw.figure(column) / 8;
    at(1, column) = std::min(draw.figure(column) / 10, at(rows - 2, column));
    at(0, column) = at(rows - 2, column) + at(rows - 1, column) - at(1, column);
  }
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t column = 0; column + 1 < kColumns; ++column) at(row, kColumns - 1) += at(row, column);
  return values;
}

std::vector<std::int64_t> table4(Draw draw) {
  std::vector<std::int64_t> values;
  for (int group = 0; group < 3; ++group) {
    std::int64_t sum = 0;
    for (std::size_t result = 1; result <= 4; ++result) sum += values.emplace_back(draw.figure(result));
    values.push_back(sum);
  }
  return values;
}

std::vector<std::int64_t> numbers(const std::vector<std::string>& figures) {
  std::vector<std::int64_t> values;
  for (const std::string& figure : figures) {
    std::int64_t value = 0;
    const auto end = figure.data() + figure.size();
    if (std::from_chars(figure.data(), end, value).ptr == end && !figure.empty()) values.push_back(value);
  }
  return values;
}

bool is_consistent(const Form& of, const std::vector<std::int64_t>& values) {
  if (values.size() != of.size()) return false;
  std::vector<Cell> cells;
  for (const std::int64_t value : values) cells.push_back(Cell::number(value));
  return std::all_of(identities(of).begin(), identities(of).end(),
                     [&](const Identity& identity) { return residual(identity, cells) == 0; });
}

}  // namespace

std::vector<Grid> made_up_grids(std::size_t count, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<Grid> grids;
  for (const Edition edition : {Edition::k2019, Edition::k2021})
    for (std::size_t i = 0; i < count; ++i) {
      const Office& office = kOffices[i % std::size(kOffices)];
      const std::string name = std::string(office.name) + "-" + std::string(to_string(edition)) + "-" + std::to_string(i);
      const Draw draw(office, random);
      std::vector<std::int64_t> t3 = table3(edition, draw);
      grids.push_back({name, edition, std::move(t3), table4(draw)});
    }
  return grids;
}

std::vector<Grid> grids_in(const std::string& folder) {
  std::vector<Grid> grids;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    const auto figures = gouji::testing::figures_from_grid_file(file.path().string());
    if (!figures) continue;
    Grid grid{file.path().stem().string(), figures->table3_edition == 2019 ? Edition::k2019 : Edition::k2021, {}, {}};
    for (std::vector<std::string> row : figures->table3) {
      row.resize(std::min(row.size(), kColumns));  // a figure too many stands behind the row's own
      const std::vector<std::int64_t> values = numbers(row);
      grid.t3.insert(grid.t3.end(), values.begin(), values.end());
    }
    grid.t4 = numbers(figures->table4);
    if (is_consistent(form(TableId::kT3, grid.edition), grid.t3) && is_consistent(form(TableId::kT4, grid.edition), grid.t4))
      grids.push_back(std::move(grid));
  }
  std::sort(grids.begin(), grids.end(), [](const Grid& a, const Grid& b) { return a.name < b.name; });
  return grids;
}

}  // namespace gouji::injected
