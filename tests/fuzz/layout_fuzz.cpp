// Pages of any characters and rules: a Document whose ranges, grids and places hold together. Eight
// bytes are one thing on a page: what it is, where it begins and how large it is.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/core/check.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/lay_out.h"

namespace {

using gouji::parser::Page;

constexpr std::size_t kThing = 8;
constexpr std::size_t kPagesMax = 16;

std::vector<Page> pages_from(const std::uint8_t* data, std::size_t size) {
  std::vector<Page> pages{Page{1, 600, 840, {}, {}, {}}};
  for (; size >= kThing; data += kThing, size -= kThing) {
    const float left = static_cast<float>(data[1]) * 2.4F + static_cast<float>(data[2] % 8) * 0.3F;
    const float top = static_cast<float>(data[3]) * 3.3F + static_cast<float>(data[2] / 64) * 0.8F;
    const float width = static_cast<float>(data[4]), height = static_cast<float>(data[5]) / 4;
    const char32_t code = data[6] < 128 ? data[6] : 0x4E00 + char32_t{data[6]} * 256 + data[7];
    switch (data[0] % 8) {
      case 0: pages.back().rulings.push_back({{left, top, left + 4 * width, top + height / 64}}); break;
      case 1: pages.back().rulings.push_back({{left, top, left + height / 64, top + 4 * width}}); break;
      case 2:
        if (pages.size() < kPagesMax) pages.push_back({static_cast<std::int32_t>(pages.size() + 1), 600, 840, {}, {}, {}});
        break;
      case 3: pages.back().glyphs.push_back({code, {left, top, left + width, top + height}, true}); break;
      case 4: pages.back().glyphs.push_back({U'0' + code % 10, {left, top, left + 5, top + 10}, false}); break;
      default: pages.back().glyphs.push_back({code, {left, top, left + 10, top + 10}, false}); break;
    }
  }
  return pages;
}

void check_grid(const gouji::Document& document, const gouji::Grid& grid) {
  std::vector<bool> taken(std::size_t{grid.rows} * grid.columns, false);
  for (const gouji::GridCell& cell : grid.cells) {
    GOUJI_CHECK(cell.row_span > 0 && cell.column_span > 0);
    GOUJI_CHECK(cell.row + cell.row_span <= grid.rows && cell.column + cell.column_span <= grid.columns);
    GOUJI_CHECK(cell.text.begin <= cell.text.end && cell.text.end <= document.text.size());
    for (std::uint32_t row = cell.row; row < cell.row + cell.row_span; ++row) {
      for (std::uint32_t column = cell.column; column < cell.column + cell.column_span; ++column) {
        GOUJI_CHECK(!taken[row * grid.columns + column]);
        taken[row * grid.columns + column] = true;
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const gouji::Document document = gouji::parser::lay_out(pages_from(data, size));
  GOUJI_CHECK(gouji::is_utf8(document.text));
  std::uint32_t end = 0;
  for (const gouji::Block& block : document.blocks) {
    GOUJI_CHECK(block.text.begin >= end && block.text.end >= block.text.begin);
    end = block.text.end;
    if (block.kind == gouji::BlockKind::kGrid) GOUJI_CHECK(block.grid < document.grids.size());
  }
  GOUJI_CHECK(end <= document.text.size());
  std::uint32_t begin = 0;
  for (const gouji::SourceRun& run : document.runs) {
    GOUJI_CHECK(run.text.begin >= begin && run.where.page > 0);
    begin = run.text.begin;
  }
  for (const gouji::Grid& grid : document.grids) check_grid(document, grid);
  return 0;
}
