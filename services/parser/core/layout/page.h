// What stands where on one page: the same for PDF, OFD and recognised pictures. lay_out() turns
// pages into the Document that the interpreter reads.
//
// Units: points (1/72 inch); the origin is the top left corner of the page as it is looked at (its
// rotation is applied), y grows downwards.
#pragma once

#include <cstdint>
#include <vector>

namespace gouji::parser {

struct Box {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;
};

// One character. A glyph that stands for several characters is several of these, its width shared.
struct Glyph {
  char32_t code = 0;    // 0: drawn, and its font does not say which character it is
  Box box;              // advance width by font height
  bool hidden = false;  // drawn invisibly: a text layer over a scan
};

// A drawn line, or a filled rectangle thinner than 3 points; horizontal where wider than high.
struct Ruling {
  Box box;
};

// Where a picture is shown.
struct PagePicture {
  Box box;
};

struct Page {
  std::int32_t number = 0;  // 1, 2, ...
  float width = 0;
  float height = 0;
  std::vector<Glyph> glyphs;  // in the order of the content
  std::vector<Ruling> rulings;
  std::vector<PagePicture> pictures;
};

}  // namespace gouji::parser
