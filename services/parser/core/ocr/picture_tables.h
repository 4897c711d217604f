// From the lines of a picture to the cells of its tables. Pure: the lines are found elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gouji::parser {

// In pixels; right and bottom are outside.
struct PixelBox {
  std::int32_t left = 0;
  std::int32_t top = 0;
  std::int32_t right = 0;
  std::int32_t bottom = 0;
  std::int32_t width() const { return right - left; }
  std::int32_t height() const { return bottom - top; }
  friend bool operator==(const PixelBox&, const PixelBox&) = default;
};

struct PictureLines {
  std::vector<PixelBox> horizontal;
  std::vector<PixelBox> vertical;
};

// One table: its cells do not overlap, and stand by row, then column. A cell's box runs from the
// middle of one line to the middle of the next.
struct PictureTable {
  PixelBox box;
  PictureLines lines;  // that it was made from
  std::vector<PixelBox> cells;
  bool is_open_above = false;  // no line is drawn there: the end of the page cut the table
  bool is_open_below = false;
};

// More lines than this are a picture of something else: they give no table.
inline constexpr std::size_t kPictureLinesMax = 4'000;
inline constexpr std::size_t kLatticeColumnsMax = 256;
inline constexpr std::size_t kPictureBoxesMax = 20'000;  // rows times columns

// `tolerance`: how far apart, in pixels, two lines may be and still meet or be one. A table that
// runs over the end of a page has no line there: the ends of its vertical lines stand for one.
// A region that is no rectangle, because a line is broken, falls apart into its smallest boxes.
std::vector<PictureTable> find_picture_tables(const PictureLines& lines, std::int32_t tolerance);

}  // namespace gouji::parser
