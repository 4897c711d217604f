// What is printed within a box of a page: how much, and of what shape.
#pragma once

#include <cstdint>
#include <vector>

#include "services/parser/ocr/picture.h"

namespace gouji::parser::ocr {

struct Ink {
  PixelBox box;
  std::int32_t digits = 0;  // pieces as high as the highest, and narrower than high
  std::int32_t small = 0;   // dots, commas, dashes
  std::int32_t others = 0;  // pieces of characters
  bool is_empty() const { return digits + small + others == 0; }
  // Nothing but digits, as far as shapes can tell.
  bool is_figure() const { return digits > 0 && others == 0; }
  bool is_dash() const { return digits + others == 1 && small == 0 && box.width() > 2 * box.height(); }
};

// Specks are no print. `print` is the height of a digit, about.
Ink ink_in(PIX* text_ink, const PixelBox& box, std::int32_t print);

// The pieces of a line that can be digits, from left to right.
std::vector<PixelBox> digit_pieces(PIX* text_ink, const PixelBox& line, std::int32_t print);

// Lines of print from top to bottom, each as wide as its ink.
std::vector<PixelBox> lines_in(PIX* text_ink, const PixelBox& box, std::int32_t print);

// The piece of the page with a white frame of `frame_of(print)` pixels, as the models were trained.
Pix framed(PIX* grey, const PixelBox& box, std::int32_t print);
std::int32_t frame_of(std::int32_t print);
// The piece several times beside itself, in such a frame.
Pix repeated(PIX* grey, const PixelBox& box, std::int32_t print, int times);

}  // namespace gouji::parser::ocr
