#include "tests/support/rendering.h"

#include <array>
#include <random>
#include <utility>

#include "tests/support/render_pages.h"
#include "tests/support/render_text.h"
#include "tests/support/report_dress.h"
#include "tests/support/report_frame.h"
#include "tests/support/report_tables.h"

namespace gouji::testing {
namespace {

bool draw(std::mt19937& random, int percent) { return static_cast<int>(random() % 100) < percent; }

void blank_some(std::vector<std::string>& cells, int percent, const std::string& mark, std::mt19937& random) {
  for (std::string& cell : cells) {
    if (cell == "0" && draw(random, percent)) cell = mark;
  }
}

// Cells that hold a zero lose it, or show a mark for none.
void blank_some(ReportFigures& figures, bool may_be_empty, std::mt19937& random) {
  const std::string kMarks[] = {"", "", "-", "—", "/", "无"};
  const std::string mark = kMarks[random() % std::size(kMarks)];
  if (mark.empty() && !may_be_empty) return;
  const int percent = draw(random, 40) ? 100 : 30;
  for (std::vector<std::string>& row : figures.table2) blank_some(row, percent, mark, random);
  for (std::vector<std::string>& row : figures.table3) blank_some(row, percent, mark, random);
  blank_some(figures.table4, percent, mark, random);
}

struct Draft {
  ReportFigures figures;
  std::array<TableRows, 3> tables;
  std::vector<Part> parts;
  std::string description;
};

Draft draft_of(ReportFigures figures, bool shows_blanks, bool is_lossy, std::mt19937& random) {
  Draft draft;
  if (draw(random, 35)) blank_some(figures, shows_blanks, random);
  draft.tables = {table2_rows(figures), table3_rows(figures), table4_rows(figures)};
  Dress dress = random_dress(random);
  if (is_lossy) dress.has_extra_rows = dress.has_repeated_headers = false;
  dress_tables(draft.tables, dress, random);
  const FrameOptions frame = random_frame(random);
  draft.parts = report_parts(figures.organ, figures.year, frame, random);
  draft.figures = std::move(figures);
  draft.description = describe(dress) + (frame.has_title ? " title" : "") + (frame.has_period ? " period" : "");
  return draft;
}

Rendering render(const ReportFigures& figures, TextLayout layout, std::mt19937& random) {
  const bool is_lossy = loses_information(layout);
  Draft draft = draft_of(figures, shows_blanks(layout), is_lossy, random);
  Rendering rendering{"text", name_of(layout), draft.description, "", draft.figures, has_tables(layout), is_lossy};
  const TextOptions options{layout, draw(random, 15), draw(random, 15)};
  rendering.bytes = render_text(draft.parts, draft.tables, options, random);
  if (draw(random, 10)) {
    rendering.bytes = gb18030_by_iconv(rendering.bytes);
    rendering.description += " gb18030";
  }
  return rendering;
}

Rendering render(const ReportFigures& figures, PageLayout layout, std::mt19937& random) {
  Draft draft = draft_of(figures, true, false, random);
  const std::string format = layout == PageLayout::kJson ? "json" : "html";
  Rendering rendering{format, name_of(layout), draft.description, "", draft.figures, true, false};
  rendering.bytes = render_page(draft.parts, draft.tables, layout, random);
  return rendering;
}

}  // namespace

std::vector<Rendering> render_all(const ReportFigures& figures, std::uint32_t seed) {
  std::vector<Rendering> renderings;
  std::uint32_t next = seed * 1009;
  const auto random_figures = [&](std::mt19937& random) {
    ReportFigures named = figures;
    if (named.organ.empty()) named.organ = made_up_organ(random);
    return named;
  };
  for (const TextLayout layout : kTextLayouts) {
    std::mt19937 random(++next);
    renderings.push_back(render(random_figures(random), layout, random));
    renderings.back().description += " seed" + std::to_string(next);
  }
  for (const PageLayout layout : kPageLayouts) {
    std::mt19937 random(++next);
    renderings.push_back(render(random_figures(random), layout, random));
    renderings.back().description += " seed" + std::to_string(next);
  }
  return renderings;
}

}  // namespace gouji::testing
