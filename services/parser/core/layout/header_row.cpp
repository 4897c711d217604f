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

// The text of one header line, cut at the middles between the bands.
class HeaderLine {
 public:
  HeaderLine(const PageInk& ink, std::span<const Band> bands) : ink_(ink), cells_(bands.size()) {
    for (std::size_t i = 0; i + 1 < bands.size(); ++i) middles_.push_back((bands[i].right + bands[i + 1].left) / 2);
    const float first = middles_.empty() ? 2 * (bands[0].right - bands[0].left) : middles_[0] - (bands[0].left + bands[0].right) / 2;
    left_ = (bands[0].left + bands[0].right) / 2 - first;
  }

  // False when the fragment's text goes over the middle between two bands.
  bool add(const Fragment& fragment) {
    for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count;) {
      const std::size_t band = band_of(i);
      std::uint32_t next = i + 1;
      while (next < fragment.first + fragment.count && band_of(next) == band) ++next;
      const Fragment part = fragment_of(ink_, i, next - i);
      if (!is_apart(part, band)) return false;
      cells_[band].push_back(part);
      i = next;
    }
    return true;
  }

  bool is_left_of_bands(const Box& box) const { return middle_x(box) < left_; }
  bool is_empty() const {
    return std::all_of(cells_.begin(), cells_.end(), [](const auto& cell) { return cell.empty(); });
  }
  std::span<const Fragment> cell(std::size_t band) const { return cells_[band]; }

 private:
  std::size_t band_of(std::uint32_t glyph) const {
    const float x = middle_x(ink_.glyphs[glyph].box);
    return static_cast<std::size_t>(std::upper_bound(middles_.begin(), middles_.end(), x) - middles_.begin());
  }

  // The part keeps its distance to what stands in the bands beside it.
  bool is_apart(const Fragment& part, std::size_t band) {
    if (!last_box_) {
      last_box_ = part.box;
      last_band_ = band;
      return true;
    }
    const bool is_same = last_band_ == band;
    const bool is_clear = part.box.left - last_box_->right >= kColumnGap * part.size;
    last_box_ = part.box;
    last_band_ = band;
    return is_same || is_clear;
  }

  const PageInk& ink_;
  std::vector<std::vector<Fragment>> cells_;
  std::vector<float> middles_;
  float left_ = 0;
  std::optional<Box> last_box_;
  std::size_t last_band_ = 0;
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
    bool is_header = true;
    for (const Field& field : page.of(line)) {
      if (read.is_left_of_bands(field.box)) {
        beside.push_back(field);
        continue;
      }
      for (std::uint32_t i = field.first; i < field.first + field.count; ++i) is_header = is_header && read.add(fragments[i]);
    }
    if (!is_header || read.is_empty()) break;
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
