#include "services/parser/ocr/ink.h"

#include <algorithm>

namespace gouji::parser::ocr {
namespace {

PixelBox around(const PixelBox& a, const PixelBox& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
}

Pix cut(PIX* from, const PixelBox& box) {
  BOX* clip = boxCreate(box.left, box.top, box.width(), box.height());
  Pix piece(pixClipRectangle(from, clip, nullptr));
  boxDestroy(&clip);
  return piece;
}

std::vector<PixelBox> pieces_in(PIX* text_ink, const PixelBox& box, std::int32_t print) {
  std::vector<PixelBox> pieces;
  if (box.width() <= 0 || box.height() <= 0) return pieces;
  const Pix part = cut(text_ink, box);
  BOXA* found = part ? pixConnComp(part.get(), nullptr, 8) : nullptr;
  for (l_int32 i = 0; found != nullptr && i < boxaGetCount(found); ++i) {
    l_int32 x = 0, y = 0, width = 0, height = 0;
    boxaGetBoxGeometry(found, i, &x, &y, &width, &height);
    const bool is_speck = std::max(width, height) < std::max(3, print / 10) || width * height < std::max(6, print / 4);
    if (!is_speck) pieces.push_back({box.left + x, box.top + y, box.left + x + width, box.top + y + height});
  }
  boxaDestroy(&found);
  return pieces;
}

std::vector<bool> rows_with_ink(PIX* ink, const PixelBox& box) {
  std::vector<bool> rows(static_cast<std::size_t>(box.height()));
  const Pix part = cut(ink, box);
  for (std::size_t y = 0; part && y < rows.size(); ++y) {
    l_int32 count = 0;
    if (static_cast<l_int32>(y) >= pixGetHeight(part.get())) break;
    pixCountPixelsInRow(part.get(), static_cast<l_int32>(y), &count, nullptr);
    rows[y] = count > 0;
  }
  return rows;
}

}  // namespace

Ink ink_in(PIX* text_ink, const PixelBox& box, std::int32_t print) {
  const std::vector<PixelBox> pieces = pieces_in(text_ink, box, print);
  Ink ink;
  std::int32_t highest = 0;
  for (const PixelBox& piece : pieces) {
    ink.box = highest == 0 ? piece : around(ink.box, piece);
    highest = std::max(highest, piece.height());
  }
  for (const PixelBox& piece : pieces) {
    const bool is_high = piece.height() * 5 >= highest * 4;
    if (is_high && piece.width() * 10 <= piece.height() * 9)
      ++ink.digits;
    else if (piece.height() * 3 <= highest)
      ++ink.small;
    else
      ++ink.others;
  }
  return ink;
}

std::vector<PixelBox> digit_pieces(PIX* text_ink, const PixelBox& line, std::int32_t print) {
  std::vector<PixelBox> pieces = pieces_in(text_ink, line, print);
  std::erase_if(pieces, [&](const PixelBox& piece) {
    return piece.height() * 2 < line.height() || piece.width() * 10 > piece.height() * 9;
  });
  std::sort(pieces.begin(), pieces.end(), [](const PixelBox& a, const PixelBox& b) { return a.left < b.left; });
  return pieces;
}

std::vector<PixelBox> lines_in(PIX* text_ink, const PixelBox& box, std::int32_t print) {
  std::vector<PixelBox> lines;
  const std::vector<bool> rows = rows_with_ink(text_ink, box);
  const auto gap_max = static_cast<std::size_t>(std::max(1, print / 12));
  for (std::size_t y = 0; y < rows.size(); ++y) {
    if (!rows[y]) continue;
    std::size_t end = y + 1;
    for (std::size_t next = end; next < rows.size() && next <= end + gap_max; ++next)
      if (rows[next]) end = next + 1;
    const auto top = static_cast<std::int32_t>(y), bottom = static_cast<std::int32_t>(end);
    const Ink ink = ink_in(text_ink, {box.left, box.top + top, box.right, box.top + bottom}, print);
    if (!ink.is_empty() && ink.box.height() * 3 >= print) lines.push_back(ink.box);
    y = end;
  }
  return lines;
}

std::int32_t frame_of(std::int32_t print) { return print / 2 + std::max(2, print / 12); }

Pix framed(PIX* grey, const PixelBox& box, std::int32_t print) {
  const std::int32_t around_ink = std::max(2, print / 12);
  const PixelBox wide{std::max(0, box.left - around_ink), std::max(0, box.top - around_ink),
                      std::min(pixGetWidth(grey), box.right + around_ink),
                      std::min(pixGetHeight(grey), box.bottom + around_ink)};
  const Pix piece = cut(grey, wide);
  return Pix(piece ? pixAddBorderGeneral(piece.get(), print / 2, print / 2, print / 2, print / 2, 255) : nullptr);
}

Pix repeated(PIX* grey, const PixelBox& box, std::int32_t print, int times) {
  const std::int32_t margin = std::max(2, print / 8);
  const PixelBox wide{std::max(0, box.left - margin), std::max(0, box.top - margin),
                      std::min(pixGetWidth(grey), box.right + margin), std::min(pixGetHeight(grey), box.bottom + margin)};
  const Pix one = cut(grey, wide);
  Pix row(one ? pixCreate(wide.width() * times + print, wide.height() + print, 8) : nullptr);
  if (!row) return nullptr;
  pixSetAllArbitrary(row.get(), 255);
  for (int i = 0; i < times; ++i)
    pixRasterop(row.get(), print / 2 + i * wide.width(), print / 2, wide.width(), wide.height(), PIX_SRC, one.get(), 0, 0);
  return row;
}

}  // namespace gouji::parser::ocr
