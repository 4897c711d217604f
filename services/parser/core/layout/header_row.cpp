#include "services/parser/core/layout/header_row.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Parts of the character height.
constexpr float kHeaderReach = 4;   // from the header's last line to the first row of values
constexpr float kHeaderPitch = 2.2F;
constexpr float kColumnGap = 0.12F;  // between the headers of two columns, at least

// The text of one header line, cut between the columns.
class HeaderLine {
 public:
  HeaderLine(const PageInk& ink, std::span<const Band> bands) : ink_(ink), bands_(bands), cells_(bands.size()) {
    const float first = middle(0);
    left_ = bands.size() > 1 ? first - (middle(1) - first) / 2 : first - 2 * (bands[0].right - bands[0].left);
  }

  bool is_left_of_bands(const Box& box) const { return middle_x(box) < left_; }

  void add(const Fragment& fragment) {
    for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count; ++i) glyphs_.push_back(i);
  }

  // Cuts the characters, which go from left to right, at the widest gap between the middles of two
  // bands. False when they stand together there, as the words above several columns do.
  bool cut() {
    std::size_t begin = 0;
    for (std::size_t band = 0; band + 1 < bands_.size() && begin < glyphs_.size(); ++band) {
      const auto end = cut_between(begin, middle(band), middle(band + 1));
      if (!end) return false;
      add_cell(band, begin, *end);
      begin = *end;
    }
    add_cell(bands_.size() - 1, begin, glyphs_.size());
    return !glyphs_.empty();
  }

  std::span<const Fragment> cell(std::size_t band) const { return cells_[band]; }

 private:
  float middle(std::size_t band) const { return (bands_[band].left + bands_[band].right) / 2; }
  const Box& box(std::size_t at) const { return ink_.glyphs[glyphs_[at]].box; }

  // The first character behind the cut, from `begin` on.
  std::optional<std::size_t> cut_between(std::size_t begin, float left, float right) const {
    std::size_t best = begin;
    // Nothing of this column, where what is next begins behind its middle.
    float widest = box(begin).left - left;
    if (begin > 0) widest = std::min(widest, box(begin).left - box(begin - 1).right);
    if (box(begin).left >= right) return begin;
    for (std::size_t i = begin; i < glyphs_.size() && box(i).left < right; ++i) {
      const float end = i + 1 < glyphs_.size() ? box(i + 1).left : right + height(box(i));
      if (end <= left || box(i).right >= right) continue;
      const float gap = std::min(end, right) - std::max(box(i).right, left);
      const float whole = end - box(i).right;
      if (gap <= 0 || whole <= widest) continue;
      widest = whole;
      best = i + 1;
    }
    if (widest < kColumnGap * height(box(begin))) return std::nullopt;
    return best;
  }

  void add_cell(std::size_t band, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const bool goes_on = !cells_[band].empty() && glyphs_[i] == cells_[band].back().first + cells_[band].back().count;
      if (goes_on) {
        const Fragment& last = cells_[band].back();
        cells_[band].back() = fragment_of(ink_, last.first, last.count + 1);
      } else {
        cells_[band].push_back(fragment_of(ink_, glyphs_[i], 1));
      }
    }
  }

  const PageInk& ink_;
  std::span<const Band> bands_;
  std::vector<std::vector<Fragment>> cells_;
  std::vector<std::uint32_t> glyphs_;
  float left_ = 0;
};

}  // namespace

std::optional<HeaderRow> find_header(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                                     std::span<const Band> bands, std::size_t begin, std::size_t row) {
  HeaderRow header;
  header.cells.resize(bands.size());
  header.first_line = row;
  float below = page.lines[row].line.box.top;
  float reach = kHeaderReach;
  for (std::size_t at = row; at-- > begin;) {
    const FieldLine& line = page.lines[at];
    if (line.is_row || below - line.line.box.bottom > reach * line.line.size) break;
    HeaderLine read(ink, bands);
    std::vector<Field> beside;
    for (const Field& field : page.of(line)) {
      if (read.is_left_of_bands(field.box)) {
        beside.push_back(field);
        continue;
      }
      for (std::uint32_t i = field.first; i < field.first + field.count; ++i) read.add(fragments[i]);
    }
    if (!read.cut()) break;
    for (std::size_t band = 0; band < bands.size(); ++band) {
      if (read.cell(band).empty()) continue;
      auto& pieces = header.cells[band];
      pieces.insert(pieces.begin(), line_text(ink, read.cell(band), ' '));
    }
    header.beside.insert(header.beside.begin(), beside.begin(), beside.end());
    header.first_line = at;
    below = line.line.box.top;
    reach = kHeaderPitch;
  }
  const auto named = std::count_if(header.cells.begin(), header.cells.end(), [](const auto& cell) { return !cell.empty(); });
  if (static_cast<std::size_t>(named) * 2 < bands.size()) return std::nullopt;
  return header;
}

}  // namespace gouji::parser
