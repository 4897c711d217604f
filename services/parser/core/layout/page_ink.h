// A page made ready for layout: limits kept, broken boxes left out, overprinted and hidden doubles
// removed, and turned so that its text runs to the right.
#pragma once

#include <cstdint>
#include <vector>

#include "services/parser/core/layout/lay_out.h"
#include "services/parser/core/layout/page.h"

namespace gouji::parser {

// How the page's text runs as the page is looked at.
enum class TextRun : std::uint8_t { kRight, kDown, kLeft, kUp };

struct Ink {
  char32_t code = 0;  // U+FFFD where the font does not say
  Box box;
  bool after_space = false;  // a space is drawn in front of it
};

struct PageInk {
  std::int32_t number = 0;
  float width = 0;  // after turning
  float height = 0;
  TextRun run = TextRun::kRight;
  std::vector<Ink> glyphs;  // in the order of the content, without spaces
  std::vector<Box> horizontal;
  std::vector<Box> vertical;
  std::vector<Box> pictures;
  bool is_cut = false;         // a limit on glyphs took some away
  bool has_cut_rules = false;  // a limit on rulings did

  // The box as it stands on the page before turning.
  Box on_page(const Box& box) const;
};

// At most `glyphs_max` glyphs are taken.
// Whether two pages are printed side by side: a wide sheet with text on either half and nothing that
// reaches over its middle.
bool has_two_pages(const PageInk& sheet);

// Leaves the left page; both keep the coordinates of the sheet.
PageInk take_right_half(PageInk& sheet);

PageInk ink_of(const Page& page, std::size_t glyphs_max, const LayoutLimits& limits);

}  // namespace gouji::parser
