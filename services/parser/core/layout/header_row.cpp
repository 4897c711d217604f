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
  HeaderLine(const PageInk& ink, std::span<const Band> bands) : ink_(ink), bands_(bands), cells_(bands.size()) {}

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
};

// Words of one line, and how far they reach.
void add_words(const PageInk& ink, std::span<const Fragment> fragments, float left, std::vector<Band>& words) {
  std::vector<Band> found;
  float size = 0;
  for (const Fragment& fragment : fragments) {
    for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count; ++i) {
      const Box& box = ink.glyphs[i].box;
      size = height(box);
      if (!found.empty() && box.left - found.back().right < kColumnGap * size) {
        found.back().right = std::max(found.back().right, box.right);
      } else {
        found.push_back({box.left, box.right});
      }
    }
  }
  for (const Band& word : found) {
    if ((word.left + word.right) / 2 > left) words.push_back(word);
  }
}

// Sorted, those that overlap put together.
std::vector<Band> merged(std::vector<Band> bands) {
  std::sort(bands.begin(), bands.end(), [](const Band& a, const Band& b) { return a.left < b.left; });
  std::vector<Band> apart;
  for (const Band& band : bands) {
    if (!apart.empty() && band.left <= apart.back().right) {
      apart.back().right = std::max(apart.back().right, band.right);
    } else {
      apart.push_back(band);
    }
  }
  return apart;
}

// Goes up from the row of values while lines are near enough to be its header.
class HeaderLines {
 public:
  HeaderLines(const PageFields& page, const HeaderPlace& place)
      : page_(page), place_(place), at_(place.row), below_(page.lines[place.row].line.box.top) {}

  const FieldLine* next() {
    if (at_ == place_.begin) return nullptr;
    const FieldLine& line = page_.lines[at_ - 1];
    if (line.is_row || below_ - line.line.box.bottom > reach_ * line.line.size) return nullptr;
    --at_;
    below_ = line.line.box.top;
    reach_ = kHeaderPitch;
    return &line;
  }
  std::size_t at() const { return at_; }

 private:
  const PageFields& page_;
  const HeaderPlace& place_;
  std::size_t at_;
  float below_;
  float reach_ = kHeaderReach;
};

}  // namespace

std::optional<std::vector<Band>> header_columns(const PageInk& ink, std::span<const Fragment> fragments,
                                                const PageFields& page, const HeaderPlace& place) {
  std::vector<Band> columns;
  HeaderLines lines(page, place);
  while (const FieldLine* line = lines.next()) {
    std::vector<Band> words = columns;
    add_words(ink, fragments.subspan(line->line.first, line->line.count), place.left, words);
    words = merged(std::move(words));
    if (words.size() < columns.size()) break;  // it stands over several columns
    columns = std::move(words);
  }
  auto band = place.bands.begin();
  for (Band& column : columns) {
    if (band == place.bands.end() || band->left > column.right) continue;
    if (band->right < column.left) return std::nullopt;
    column = {std::min(column.left, band->left), std::max(column.right, band->right)};
    ++band;
  }
  if (band != place.bands.end()) return std::nullopt;
  if (merged(columns).size() != columns.size()) return std::nullopt;
  return columns;
}

std::optional<HeaderRow> find_header(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                                     const HeaderPlace& place) {
  HeaderRow header;
  header.cells.resize(place.bands.size());
  header.first_line = place.row;
  HeaderLines lines(page, place);
  while (const FieldLine* line = lines.next()) {
    HeaderLine read(ink, place.bands);
    std::vector<Field> beside;
    for (const Field& field : page.of(*line)) {
      if (middle_x(field.box) < place.left) {
        beside.push_back(field);
        continue;
      }
      for (std::uint32_t i = field.first; i < field.first + field.count; ++i) read.add(fragments[i]);
    }
    if (!read.cut()) break;
    for (std::size_t band = 0; band < place.bands.size(); ++band) {
      if (read.cell(band).empty()) continue;
      auto& pieces = header.cells[band];
      pieces.insert(pieces.begin(), line_text(ink, read.cell(band), ' '));
    }
    header.beside.insert(header.beside.begin(), beside.begin(), beside.end());
    header.first_line = lines.at();
  }
  const auto named = std::count_if(header.cells.begin(), header.cells.end(), [](const auto& cell) { return !cell.empty(); });
  if (static_cast<std::size_t>(named) * 2 < place.bands.size()) return std::nullopt;
  return header;
}

}  // namespace gouji::parser
