#include "services/parser/core/layout/lay_out.h"

#include <algorithm>
#include <span>
#include <utility>

#include "services/parser/core/layout/bands.h"
#include "services/parser/core/layout/document_writer.h"
#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/furniture.h"
#include "services/parser/core/layout/geometry.h"
#include "services/parser/core/layout/lattice.h"
#include "services/parser/core/layout/page_ink.h"
#include "services/parser/core/layout/paragraphs.h"
#include "services/parser/core/layout/table_fill.h"
#include "services/parser/core/layout/table_join.h"

namespace gouji::parser {
namespace {

class Layout {
 public:
  explicit Layout(const LayoutLimits& limits) : limits_(limits) {}

  Document run(const std::vector<Page>& sheets) {
    std::vector<PageFragments> read = read_pages(sheets);
    take_furniture_out(read);
    std::vector<float> page_widths;
    for (std::size_t i = 0; i < read.size(); ++i) {
      page_widths.push_back(read[i].ink.width);
      add_items(read[i], static_cast<std::uint32_t>(i));
      read[i] = {};
    }
    join_tables(items_);
    join_cut_labels(items_);
    mark_cut_figures(items_);
    write(measure_text(items_, page_widths));
    return writer_.take();
  }

 private:
  // Of two pages on one sheet each is a page for itself.
  std::vector<PageFragments> read_pages(const std::vector<Page>& sheets) {
    const std::size_t count = std::min<std::size_t>(sheets.size(), limits_.pages);
    if (count < sheets.size()) writer_.add_limit("PAGES");
    std::size_t glyphs_left = limits_.glyphs;
    std::vector<PageFragments> read;
    read.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      PageInk sheet = ink_of(sheets[i], glyphs_left, limits_);
      glyphs_left -= std::min(glyphs_left, sheets[i].glyphs.size());
      if (sheet.is_cut) writer_.add_limit("GLYPHS");
      if (sheet.has_cut_rules) writer_.add_limit("RULINGS");
      if (has_two_pages(sheet)) {
        PageInk right = take_right_half(sheet);
        add_page(std::move(sheet), read);
        add_page(std::move(right), read);
      } else {
        add_page(std::move(sheet), read);
      }
    }
    return read;
  }

  static void add_page(PageInk ink, std::vector<PageFragments>& read) {
    PageFragments page;
    page.ink = std::move(ink);
    page.fragments = find_fragments(page.ink);
    read.push_back(std::move(page));
  }

  // The page's tables and lines from top to bottom.
  void add_items(const PageFragments& page, std::uint32_t index) {
    const Lattices lattices = find_lattices(page.ink, limits_);
    if (lattices.is_cut) writer_.add_limit("RULINGS");
    FilledTables filled = fill_tables(page.ink, lattices.tables, page.fragments);
    for (LaidTable& table : filled.tables) table.page = index;
    auto table = filled.tables.begin();
    for (LaidItem& item : read_bands(page.ink, filled.outside, index, limits_)) {
      for (; table != filled.tables.end() && table->box.top < middle_of(item); ++table) items_.emplace_back(std::move(*table));
      items_.push_back(std::move(item));
    }
    for (; table != filled.tables.end(); ++table) items_.emplace_back(std::move(*table));
  }

  static float middle_of(const LaidItem& item) {
    return std::visit([](const auto& laid) { return middle_y(laid.box); }, item);
  }

  void write(const TextMeasure& measure) {
    for (std::size_t begin = 0; begin < items_.size();) {
      if (const auto* table = std::get_if<LaidTable>(&items_[begin])) {
        writer_.add_table(*table);
        ++begin;
        continue;
      }
      std::size_t end = begin + 1;
      while (end < items_.size() && std::holds_alternative<LaidLine>(items_[end])) ++end;
      for (const LaidParagraph& paragraph : join_lines(std::span(items_).subspan(begin, end - begin), measure)) {
        writer_.add_text(paragraph.kind, paragraph.level, paragraph.pieces);
      }
      begin = end;
    }
  }

  LayoutLimits limits_;
  std::vector<LaidItem> items_;
  DocumentWriter writer_;
};

}  // namespace

Document lay_out(const std::vector<Page>& pages, const LayoutLimits& limits) {
  return Layout(limits).run(pages);
}

}  // namespace gouji::parser
