#include "services/parser/core/ocr/picture_tables.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace gouji::parser {
namespace {

// Sets that grow together.
class Unions {
 public:
  explicit Unions(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0U); }
  std::size_t find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

std::int32_t middle(std::int32_t from, std::int32_t to) { return from + (to - from) / 2; }

bool meet(const PixelBox& a, const PixelBox& b, std::int32_t tolerance) {
  return a.left <= b.right + tolerance && b.left <= a.right + tolerance && a.top <= b.bottom + tolerance &&
         b.top <= a.bottom + tolerance;
}

// PictureLines of one table, found by what touches what.
std::vector<PictureLines> tables_of(const PictureLines& lines, std::int32_t tolerance) {
  const std::size_t rows = lines.horizontal.size();
  Unions unions(rows + lines.vertical.size());
  for (std::size_t h = 0; h < rows; ++h) {
    for (std::size_t v = 0; v < lines.vertical.size(); ++v)
      if (meet(lines.horizontal[h], lines.vertical[v], tolerance)) unions.join(h, rows + v);
  }
  std::vector<PictureLines> tables;
  std::vector<std::size_t> table_of(rows + lines.vertical.size(), SIZE_MAX);
  for (std::size_t i = 0; i < table_of.size(); ++i) {
    std::size_t& table = table_of[unions.find(i)];
    if (table == SIZE_MAX) {
      table = tables.size();
      tables.emplace_back();
    }
    if (i < rows)
      tables[table].horizontal.push_back(lines.horizontal[i]);
    else
      tables[table].vertical.push_back(lines.vertical[i - rows]);
  }
  return tables;
}

// Positions nearer to each other than the tolerance are one.
std::vector<std::int32_t> merged(std::vector<std::int32_t> positions, std::int32_t tolerance) {
  std::sort(positions.begin(), positions.end());
  std::vector<std::int32_t> kept;
  std::int64_t sum = 0;
  std::int64_t count = 0;
  for (const std::int32_t position : positions) {
    if (count > 0 && position - sum / count <= tolerance) {
      sum += position;
      kept.back() = static_cast<std::int32_t>(sum / ++count);
    } else {
      sum = position;
      count = 1;
      kept.push_back(position);
    }
  }
  return kept;
}

class Table {
 public:
  Table(PictureLines lines, std::int32_t tolerance) : lines_(std::move(lines)), tolerance_(tolerance) {
    add_ends();
    std::vector<std::int32_t> ys, xs;
    for (const auto* lines_across : {&lines_.horizontal, &ends_})
      for (const PixelBox& line : *lines_across) ys.push_back(middle(line.top, line.bottom));
    for (const PixelBox& line : lines_.vertical) xs.push_back(middle(line.left, line.right));
    ys_ = merged(std::move(ys), tolerance);
    xs_ = merged(std::move(xs), tolerance);
  }

  bool is_table() const {
    return xs_.size() >= 2 && ys_.size() >= 2 && xs_.size() <= kLatticeColumnsMax && rows() * columns() <= kPictureBoxesMax;
  }

  PictureTable table() const {
    PictureTable table;
    table.box = {xs_.front(), ys_.front(), xs_.back(), ys_.back()};
    table.lines = lines_;
    table.cells = cells();
    table.is_open_above = is_open_above_;
    table.is_open_below = is_open_below_;
    return table;
  }

 private:
  std::size_t rows() const { return ys_.size() - 1; }
  std::size_t columns() const { return xs_.size() - 1; }
  std::size_t at(std::size_t row, std::size_t column) const { return row * columns() + column; }
  PixelBox box(std::size_t row, std::size_t column) const {
    return {xs_[column], ys_[row], xs_[column + 1], ys_[row + 1]};
  }

  // Where the vertical lines begin and end there is a border, drawn or not.
  void add_ends() {
    if (lines_.vertical.size() < 2) return;
    PixelBox box = lines_.vertical.front();
    for (const PixelBox& line : lines_.vertical)
      box = {std::min(box.left, line.left), std::min(box.top, line.top), std::max(box.right, line.right),
             std::max(box.bottom, line.bottom)};
    const auto has_line_at = [&](std::int32_t y) {
      return std::any_of(lines_.horizontal.begin(), lines_.horizontal.end(), [&](const PixelBox& line) {
        return std::abs(middle(line.top, line.bottom) - y) <= 2 * tolerance_;
      });
    };
    is_open_above_ = !has_line_at(box.top);
    is_open_below_ = !has_line_at(box.bottom);
    if (is_open_above_) ends_.push_back({box.left, box.top, box.right, box.top + 1});
    if (is_open_below_) ends_.push_back({box.left, box.bottom, box.right, box.bottom + 1});
  }

  // A line at `y` covers more than half of [from, to].
  bool has_horizontal(std::int32_t y, std::int32_t from, std::int32_t to) const {
    std::int32_t covered = 0;
    for (const PixelBox& line : lines_.horizontal) {
      if (std::abs(middle(line.top, line.bottom) - y) > tolerance_) continue;
      covered += std::max(0, std::min(line.right, to) - std::max(line.left, from));
    }
    return 2 * covered > to - from;
  }

  bool has_vertical(std::int32_t x, std::int32_t from, std::int32_t to) const {
    std::int32_t covered = 0;
    for (const PixelBox& line : lines_.vertical) {
      if (std::abs(middle(line.left, line.right) - x) > tolerance_) continue;
      covered += std::max(0, std::min(line.bottom, to) - std::max(line.top, from));
    }
    return 2 * covered > to - from;
  }

  // Boxes without a line between them are one cell.
  Unions joined() const {
    Unions unions(rows() * columns());
    for (std::size_t r = 0; r < rows(); ++r) {
      for (std::size_t c = 0; c < columns(); ++c) {
        const PixelBox here = box(r, c);
        if (c + 1 < columns() && !has_vertical(here.right, here.top, here.bottom))
          unions.join(at(r, c), at(r, c + 1));
        if (r + 1 < rows() && !has_horizontal(here.bottom, here.left, here.right))
          unions.join(at(r, c), at(r + 1, c));
      }
    }
    return unions;
  }

  struct Region {
    std::size_t top = SIZE_MAX, left = SIZE_MAX, bottom = 0, right = 0, boxes = 0;
    bool is_rectangle() const { return boxes == (bottom - top + 1) * (right - left + 1); }
  };

  std::vector<PixelBox> cells() const {
    Unions unions = joined();
    std::vector<Region> regions(rows() * columns());
    for (std::size_t r = 0; r < rows(); ++r) {
      for (std::size_t c = 0; c < columns(); ++c) {
        Region& region = regions[unions.find(at(r, c))];
        region.top = std::min(region.top, r);
        region.left = std::min(region.left, c);
        region.bottom = std::max(region.bottom, r);
        region.right = std::max(region.right, c);
        ++region.boxes;
      }
    }
    std::vector<PixelBox> cells;
    for (std::size_t r = 0; r < rows(); ++r) {
      for (std::size_t c = 0; c < columns(); ++c) {
        const Region& region = regions[unions.find(at(r, c))];
        if (!region.is_rectangle())
          cells.push_back(box(r, c));
        else if (region.top == r && region.left == c)
          cells.push_back({xs_[c], ys_[r], xs_[region.right + 1], ys_[region.bottom + 1]});
      }
    }
    return cells;
  }

  PictureLines lines_;
  std::vector<PixelBox> ends_;  // borders that are not drawn
  bool is_open_above_ = false;
  bool is_open_below_ = false;
  std::int32_t tolerance_;
  std::vector<std::int32_t> xs_, ys_;
};

}  // namespace

std::vector<PictureTable> find_picture_tables(const PictureLines& lines, std::int32_t tolerance) {
  std::vector<PictureTable> tables;
  if (lines.horizontal.size() + lines.vertical.size() > kPictureLinesMax) return tables;
  for (PictureLines& part : tables_of(lines, tolerance)) {
    const Table table(std::move(part), tolerance);
    if (table.is_table()) tables.push_back(table.table());
  }
  std::sort(tables.begin(), tables.end(), [](const PictureTable& a, const PictureTable& b) {
    return std::pair(a.box.top, a.box.left) < std::pair(b.box.top, b.box.left);
  });
  return tables;
}

}  // namespace gouji::parser
