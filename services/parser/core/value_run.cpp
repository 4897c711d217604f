#include "services/parser/core/value_run.h"

#include <algorithm>

namespace gouji::parser {
namespace {

bool is_figure(const Token& token) { return token.kind == TokenKind::kFigure; }

bool is_zero(const Token& token) {
  return token.figure.state == CellState::kNumber && token.figure.value.unscaled == 0;
}

DraftCell cell_of(const Token& token, std::uint16_t confidence) {
  DraftCell cell;
  cell.state = is_figure(token) ? token.figure.state : CellState::kBlank;
  cell.figure = token.figure;
  cell.text = token.range;
  cell.confidence = confidence;
  return cell;
}

// A full row on one line ends there: what stands alone below it is a page number.
std::span<const Token> within_line(std::span<const Token> run, std::size_t cells) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (run[i].line != run[0].line) return seen >= cells && cells > 1 ? run.first(i) : run;
    seen += is_figure(run[i]) ? 1 : 0;
  }
  return run;
}

Fit fit_figures(std::span<const Token> run, std::size_t first, std::size_t cells) {
  FittedRow row;
  row.leading_blanks = first;
  for (const Token& token : run.subspan(first, cells)) row.cells.push_back(cell_of(token, kOneReader));
  return {std::move(row), {}};
}

// Every value and more: the surplus may be left out when it says nothing.
Fit fit_surplus(std::span<const Token> run, std::size_t first, std::size_t cells) {
  const auto surplus = run.subspan(first + cells);
  if (!std::all_of(surplus.begin(), surplus.end(),
                   [](const Token& token) { return !is_figure(token) || is_zero(token); }) ||
      ends_broken(run.subspan(first, cells))) {
    return {std::nullopt, Misfit::kOverlong};
  }
  Fit fit = fit_figures(run, first, cells);
  for (DraftCell& cell : fit.row->cells) cell.confidence = kSurplusDropped;
  fit.row->is_overlong = true;
  return fit;
}

// Blank cells among the values: their place follows when nothing stands behind the row's cells.
Fit fit_blanks(std::span<const Token> run, std::size_t cells, std::optional<std::size_t> padding,
               std::size_t last_figure) {
  const std::size_t first = padding.value_or(0);
  if (run.size() < first + cells || last_figure >= first + cells) return {};
  // On one line merged labels may pad the row in front; cells on lines of their own are all there.
  const bool is_on_lines = run.front().line != run.back().line && last_figure + 1 == cells;
  const bool is_certain = padding.has_value() || run.size() == cells || is_on_lines;
  if (!is_certain && is_figure(run[0])) {
    // The first cell holds a value, so nothing is padded in front.
    return fit_blanks(run, cells, 0, last_figure);
  }
  if (!is_certain) return {};
  FittedRow row;
  row.leading_blanks = first;
  for (const Token& token : run.subspan(first, cells)) {
    row.cells.push_back(cell_of(token, kBlankByPosition));
  }
  return {std::move(row), {}};
}

}  // namespace

bool ends_broken(std::span<const Token> values) {
  constexpr std::size_t kKinds = 7, kTable4Cells = 15, kResults = 5;
  const Figure& last = values.back().figure;
  if (is_zero(values.back()) || last.state != CellState::kNumber || last.value.scale != 0) return false;
  const std::size_t parts = values.size() == kKinds ? kKinds - 1 : values.size() == kTable4Cells ? kResults - 1 : 0;
  if (parts == 0) return true;
  std::int64_t sum = 0;
  for (const Token& token : values.subspan(values.size() - 1 - parts, parts)) {
    const bool is_count = token.figure.state == CellState::kNumber && token.figure.value.scale == 0;
    if (is_count && __builtin_add_overflow(sum, token.figure.value.unscaled, &sum)) return true;
  }
  for (; sum > last.value.unscaled && sum % 10 == 0; sum /= 10) {
    if (sum / 10 == last.value.unscaled) return true;
  }
  return false;
}

Fit fit_values(std::span<const Token> all, std::size_t cells, std::optional<std::size_t> padding) {
  if (all.empty() || cells == 0) return {};
  const std::span<const Token> run = within_line(all, cells);
  const auto figures = static_cast<std::size_t>(std::count_if(run.begin(), run.end(), is_figure));
  if (figures == 0) {
    // A row of blanks only: they are all there when there are as many as cells.
    return run.size() >= cells ? fit_blanks(run, cells, 0, 0) : Fit{};
  }
  const auto first =
      static_cast<std::size_t>(std::find_if(run.begin(), run.end(), is_figure) - run.begin());
  std::size_t last = run.size() - 1;
  while (!is_figure(run[last])) --last;
  const bool is_dense = last - first + 1 == figures;
  if (figures == cells && is_dense) return fit_figures(run, first, cells);
  if (figures > cells && is_dense) return fit_surplus(run, first, cells);
  if (figures >= cells) return {std::nullopt, Misfit::kOverlong};
  // First and last cell are filled: whatever is padded around them, the blanks between are known.
  if (last - first + 1 == cells) return fit_blanks(run, cells, first, last);
  return fit_blanks(run, cells, padding, last);
}

}  // namespace gouji::parser
