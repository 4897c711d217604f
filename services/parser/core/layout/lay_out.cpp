#include "services/parser/core/layout/lay_out.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/document_writer.h"
#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/lattice.h"
#include "services/parser/core/layout/page_ink.h"
#include "services/parser/core/layout/table_fill.h"

namespace gouji::parser {
namespace {

class Layout {
 public:
  explicit Layout(const LayoutLimits& limits) : limits_(limits), glyphs_left_(limits.glyphs) {}

  Document run(const std::vector<Page>& pages) {
    const std::size_t count = std::min<std::size_t>(pages.size(), limits_.pages);
    if (count < pages.size()) writer_.add_limit("PAGES");
    for (std::size_t i = 0; i < count; ++i) add_page(pages[i]);
    return writer_.take();
  }

 private:
  void add_page(const Page& page) {
    const PageInk ink = ink_of(page, glyphs_left_, limits_);
    glyphs_left_ -= std::min(glyphs_left_, page.glyphs.size());
    if (ink.is_cut) writer_.add_limit("GLYPHS");
    const Lattices lattices = find_lattices(ink, limits_);
    if (ink.has_cut_rules || lattices.is_cut) writer_.add_limit("RULINGS");
    FilledTables filled = fill_tables(ink, lattices.tables, find_fragments(ink));
    const std::vector<Line> lines = group_lines(filled.outside);
    auto table = filled.tables.begin();
    for (const Line& line : lines) {
      for (; table != filled.tables.end() && table->box.top < line.box.top; ++table) writer_.add_table(*table);
      const auto fragments = std::span(filled.outside).subspan(line.first, line.count);
      writer_.add_text(BlockKind::kParagraph, 0, {line_text(ink, fragments, ' ')});
    }
    for (; table != filled.tables.end(); ++table) writer_.add_table(*table);
  }

  LayoutLimits limits_;
  std::size_t glyphs_left_;
  DocumentWriter writer_;
};

}  // namespace

Document lay_out(const std::vector<Page>& pages, const LayoutLimits& limits) {
  return Layout(limits).run(pages);
}

}  // namespace gouji::parser
