#include "services/parser/core/layout/table_fill.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/geometry.h"
#include "services/parser/core/layout/table_join.h"

namespace gouji::parser {
namespace {

// Part of a character's width that a rule must cut off to go through it.
constexpr float kCut = 0.15F;

// What is left free inside of a cell is at most this wide on either side, in points.
constexpr float kInsetMax = 6;
constexpr std::size_t kHangingShare = 20;  // one stretch of text in so many
// No printer reaches so near to the edge of a page, in points.
constexpr float kEdge = 3;
// Fonts may state boxes somewhat higher than the cells that their text is set in.
constexpr float kTooHigh = 1.7F;

bool is_punctuation(char32_t code) { return std::u32string_view(U"，。、；：）”").find(code) != std::u32string_view::npos; }

struct Placed {
  std::uint32_t cell;
  Fragment fragment;
};

// One table and what stands in it.
class Filler {
 public:
  Filler(const PageInk& ink, const Lattice& lattice) : ink_(ink), lattice_(lattice) {}

  bool holds(const Box& box) const {
    const Box table = lattice_.box();
    const float x = middle_x(box), y = middle_y(box);
    return x > table.left && x < table.right && y > table.top && y < table.bottom;
  }

  // What stands in no cell is added to `outside`.
  void take(const Fragment& fragment, std::vector<Fragment>& outside) {
    if (is_too_high(fragment)) {
      outside.push_back(fragment);
      return;
    }
    const auto left = cell_of(fragment.first);
    const auto right = cell_of(fragment.first + fragment.count - 1);
    if (left && left == right) {
      placed_.push_back({*left, fragment});
    } else if (const auto owner = cell_of_overflow(fragment)) {
      placed_.push_back({*owner, fragment});
    } else {
      take_apart(fragment, outside);
    }
  }

  LaidTable finish() {
    std::stable_sort(placed_.begin(), placed_.end(),
                     [](const Placed& a, const Placed& b) { return a.cell < b.cell; });
    mark_cut();
    LaidTable table;
    table.rows = lattice_.rows();
    table.down = lattice_.down;
    table.box = lattice_.box();
    table.inset = inset();
    table.is_sideways = ink_.run == TextRun::kDown || ink_.run == TextRun::kUp;
    std::vector<Fragment> fragments;
    auto next = placed_.begin();
    for (std::uint32_t i = 0; i < lattice_.cells.size(); ++i) {
      fragments.clear();
      for (; next != placed_.end() && next->cell == i; ++next) fragments.push_back(next->fragment);
      const LatticeCell& cell = lattice_.cells[i];
      const Box box = lattice_.box(cell);
      table.cells.push_back({cell.row, cell.column, cell.row_span, cell.column_span,
                             cell_text(ink_, fragments, {box, table.inset, cell.row_span == 1}), ink_.on_page(box), ink_.number});
    }
    mark_unclear(table);
    table.is_open_above = lattice_.is_open_above;
    table.is_open_below = lattice_.is_open_below;
    drop_slivers(table, lattice_.across);
    return table;
  }

 private:
  std::optional<std::uint32_t> cell_of(std::uint32_t glyph) const {
    const Box& box = ink_.glyphs[glyph].box;
    return lattice_.cell_at(middle_x(box), middle_y(box));
  }

  // A mark that is printed over the page, not in a cell.
  bool is_too_high(const Fragment& fragment) const {
    const auto cell = lattice_.cell_at(middle_x(fragment.box), middle_y(fragment.box));
    return cell && height(fragment.box) > kTooHigh * height(lattice_.box(lattice_.cells[*cell]));
  }

  // How near text comes to the sides of its cells, but for what hangs over.
  float inset() const {
    std::vector<float> gaps;
    for (const Placed& each : placed_) {
      // Characters written one below the other have no line.
      if (each.fragment.count == 1 && !is_figure_like(ink_, each.fragment)) continue;
      const Box box = lattice_.box(lattice_.cells[each.cell]);
      const float left = each.fragment.box.left - box.left, right = box.right - each.fragment.box.right;
      // Punctuation may hang over.
      gaps.push_back(is_punctuation(ink_.glyphs[each.fragment.first + each.fragment.count - 1].code) ? left : std::min(left, right));
    }
    if (gaps.empty()) return 0;
    const auto low = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / kHangingShare);
    std::nth_element(gaps.begin(), low, gaps.end());
    return std::clamp(*low, 0.F, kInsetMax);
  }

  // A cell that reaches the edge of the page may go on behind it, and so may its figure.
  void mark_cut() {
    for (const Placed& each : placed_) {
      const Box box = lattice_.box(lattice_.cells[each.cell]);
      if (box.left < kEdge || box.right > ink_.width - kEdge) unclear_.push_back(each.cell);
    }
  }

  void mark_unclear(LaidTable& table) const {
    for (const std::uint32_t i : unclear_) {
      LaidCell& cell = table.cells[i];
      if (!cell.pieces.empty() && cell.pieces.back().text.ends_with(kUnclear)) continue;
      cell.pieces.push_back({kUnclear, cell.box, cell.page});
    }
  }

  // The fragment stands in several cells.
  void take_apart(const Fragment& fragment, std::vector<Fragment>& outside) {
    const std::uint32_t end = fragment.first + fragment.count;
    for (std::uint32_t i = fragment.first; i < end;) {
      const auto cell = cell_of(i);
      std::uint32_t next = i + 1;
      while (next < end && cell_of(next) == cell) ++next;
      const Fragment part = fragment_of(ink_, i, next - i);
      if (cell) {
        placed_.push_back({*cell, part});
      } else {
        outside.push_back(part);
      }
      if (next < end && is_one_figure(next)) {
        for (const auto& side : {cell, cell_of(next)}) {
          if (side) unclear_.push_back(*side);
        }
      }
      i = next;
    }
  }

  // Digits of one figure touch; a gap in which a rule has room parts two.
  bool is_one_figure(std::uint32_t next) const {
    constexpr float kGap = 0.15F;  // of the height
    const Ink& before = ink_.glyphs[next - 1];
    const Ink& after = ink_.glyphs[next];
    return is_figure_character(before.code) && is_figure_character(after.code) &&
           after.box.left - before.box.right < kGap * height(after.box);
  }

  // A rule that goes through a character shows that the text was too wide for its cell.
  std::optional<std::uint32_t> cell_of_overflow(const Fragment& fragment) const {
    const std::uint32_t end = fragment.first + fragment.count;
    bool is_cut = false;
    for (std::uint32_t i = fragment.first; i < end && !is_cut; ++i) is_cut = is_cut_by_rule(i);
    if (!is_cut) return std::nullopt;
    return lattice_.cell_at(middle_x(fragment.box), middle_y(fragment.box));
  }

  bool is_cut_by_rule(std::uint32_t glyph) const {
    const Box& box = ink_.glyphs[glyph].box;
    const float inset = kCut * width(box);
    const float y = middle_y(box);
    return lattice_.cell_at(box.left + inset, y) != lattice_.cell_at(box.right - inset, y);
  }

  const PageInk& ink_;
  const Lattice& lattice_;
  std::vector<Placed> placed_;
  std::vector<std::uint32_t> unclear_;
};

}  // namespace

FilledTables fill_tables(const PageInk& ink, const std::vector<Lattice>& lattices,
                         const std::vector<Fragment>& fragments) {
  FilledTables filled;
  std::vector<Filler> fillers;
  for (const Lattice& lattice : lattices) fillers.emplace_back(ink, lattice);
  for (const Fragment& fragment : fragments) {
    // Of tables inside one another the inner one is smaller.
    Filler* holder = nullptr;
    float area = 0;
    for (std::size_t i = 0; i < fillers.size(); ++i) {
      const Box box = lattices[i].box();
      if (!fillers[i].holds(fragment.box)) continue;
      if (holder != nullptr && width(box) * height(box) >= area) continue;
      holder = &fillers[i];
      area = width(box) * height(box);
    }
    if (holder == nullptr) {
      filled.outside.push_back(fragment);
    } else {
      holder->take(fragment, filled.outside);
    }
  }
  for (Filler& filler : fillers) filled.tables.push_back(filler.finish());
  return filled;
}

}  // namespace gouji::parser
