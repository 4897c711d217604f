#include "tests/bench/scoreboard/renderings.h"

#include <fmt/core.h>

#include <algorithm>
#include <random>
#include <utility>

#include "common/core/decimal.h"

namespace gouji::scoreboard {
namespace {

TrueCell true_cell(const std::string& printed, CellType type) {
  if (printed.empty()) return {Mark::kBlank, 0};
  const Result<Decimal> value = parse_decimal(printed);
  if (!value) return {Mark::kText, 0};
  if (type == CellType::kMoney) return {Mark::kNumber, fen_from_wan_yuan(*value).value_or(0)};
  return {Mark::kNumber, value->unscaled};
}

TrueTable true_table(TableId id, int edition, const std::vector<std::vector<std::string>>& rows) {
  TrueTable table;
  table.edition = edition == 2019 ? Edition::k2019 : Edition::k2021;
  const Form& form = gouji::form(id, *table.edition);
  std::size_t next = 0;
  for (const auto& row : rows) {
    for (const std::string& printed : row) {
      const FormCell& cell = form.cells()[next++];
      table.cells[cell.id] = true_cell(printed, cell.type);
    }
  }
  return table;
}

std::string file_name(const testing::Rendering& rendering, std::uint32_t seed) {
  std::string name = rendering.layout + "-" + std::to_string(seed) + "." + (rendering.format == "text" ? "txt" : rendering.format);
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

}  // namespace

Truth truth_of(const testing::Rendering& rendering) {
  const testing::ReportFigures& figures = rendering.figures;
  Truth truth;
  truth.id = rendering.layout;
  truth.organ = figures.organ;
  truth.year = figures.year;
  if (!rendering.has_tables) return truth;
  truth.tables["t2"] = true_table(TableId::kT2, figures.table2_edition, figures.table2);
  truth.tables["t3"] = true_table(TableId::kT3, figures.table3_edition, figures.table3);
  truth.tables["t4"] = true_table(TableId::kT4, 2021, {figures.table4});
  return truth;
}

testing::ReportFigures random_figures(std::uint32_t seed) {
  std::mt19937 random(seed);
  const int table2 = random() % 2 == 0 ? 2019 : 2021;
  const int table3 = random() % 5 == 0 ? 4040 - table2 : table2;
  testing::ReportFigures figures = testing::made_up_figures(table2, table3, seed);
  figures.year = table2 == 2019 ? 2019 + static_cast<int>(random() % 2) : 2021 + static_cast<int>(random() % 5);
  const bool is_small = random() % 2 == 0;
  for (auto& row : figures.table2) {
    for (std::string& cell : row) {
      if (is_small && random() % 3 == 0) cell = "0";
      if (random() % 4 == 0 && cell.find('.') == std::string::npos) cell = std::to_string(random() % 90000);
    }
  }
  if (is_small) testing::thin_out(figures, seed + 7);
  return figures;
}

std::vector<Failure> Renderings::score(const testing::ReportFigures& known) {
  testing::ReportFigures figures = known;
  figures.organ.clear();
  std::vector<Failure> failures;
  for (const testing::Rendering& rendering : testing::render_all(figures, ++seed_)) {
    Truth truth = truth_of(rendering);
    truth.id = file_name(rendering, seed_);
    Score score;
    score_document(rendering.bytes, truth, is_verbose_, score);
    const bool is_bad = score.cells.wrong + score.cells.invented > 0 || (score.cells.missed > 0 && !rendering.is_lossy) ||
                        score.organ.right + score.year.right < 2;
    if (is_bad) failures.push_back({truth.id, rendering.bytes});
    if (is_bad && is_verbose_) fmt::print("  ^ {} {}\n", truth.id, rendering.description);
    Score& sum = scores_[{rendering.format, rendering.layout}];
    sum.documents += 1;
    sum.read += score.read;
    sum.cells.add(score.cells);
    sum.organ.add(score.organ);
    sum.year.add(score.year);
  }
  return failures;
}

}  // namespace gouji::scoreboard
