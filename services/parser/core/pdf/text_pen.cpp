#include "services/parser/core/pdf/text_pen.h"

#include <algorithm>
#include <cmath>

namespace gouji::parser {
namespace {

constexpr double kVerticalOrigin = 0.88;  // of a vertical glyph, above its foot
constexpr double kKernUnits = 1000;

// A font that could not be loaded still shows that something is written.
const PdfFont& unknown_font() {
  static const PdfFont font = [] {
    PdfFont unknown;
    unknown.widths.fill(0.5F);
    return unknown;
  }();
  return font;
}

// Text along no side of the page: a watermark or a stamp, printed over what is to be read.
bool is_slanting(const PdfMatrix& em) {
  constexpr double kLeast = 0.17;  // of the advance: ten degrees, more than a scan is askew
  const double across = std::abs(em.a);
  const double along = std::abs(em.b);
  return std::min(across, along) > kLeast * std::max(across, along);
}

// What can stand in a text: no surrogates and nothing beyond Unicode. Controls that white space is
// written with are spaces.
char32_t character_of(char32_t code) {
  if (code >= 0x20 && code < 0xD800) return code;
  if (code == '\t' || code == '\n' || code == '\r') return ' ';
  return code < 0x20 || code < 0xE000 || code > 0x10FFFF || code == 0xFFFD || code == 0xFFFE ||
                 code == 0xFFFF
             ? 0
             : code;
}

// The boxes of one code: side by side where it stands for several characters.
void add_characters(const CodeText& text, const Box& box, bool is_hidden, PageBuilder& page) {
  if (text.rest.empty()) {
    page.add_glyph({character_of(text.first), box, is_hidden});
    return;
  }
  const float step = (box.right - box.left) / static_cast<float>(text.rest.size() + 1);
  Box part = {box.left, box.top, box.left + step, box.bottom};
  page.add_glyph({character_of(text.first), part, is_hidden});
  for (const char32_t code : text.rest) {
    part.left = part.right;
    part.right += step;
    page.add_glyph({character_of(code), part, is_hidden});
  }
}

}  // namespace

void TextPen::begin() {
  matrix_ = {};
  line_ = {};
}

void TextPen::set_matrix(const PdfMatrix& matrix) {
  matrix_ = matrix;
  line_ = matrix;
}

void TextPen::next_line(double x, double y) {
  const PdfPoint origin = line_.map({x, y});
  line_.e = origin.x;
  line_.f = origin.y;
  matrix_ = line_;
}

void TextPen::kern(double thousandths, const TextState& state) {
  const double by = -thousandths / kKernUnits * state.size;
  const bool is_vertical = state.font != nullptr && state.font->is_vertical;
  const PdfPoint origin =
      matrix_.map(is_vertical ? PdfPoint{0, by} : PdfPoint{by * state.scale, 0});
  matrix_.e = origin.x;
  matrix_.f = origin.y;
}

void TextPen::show(std::string_view bytes, const GraphicsState& state, PageBuilder* page) {
  const TextState& text = state.text;
  const PdfFont& font = text.font != nullptr ? *text.font : unknown_font();
  // From the em square at the pen to the page; the pen's place in text space is added to it.
  const PdfMatrix to_page = concatenate(matrix_, state.ctm);
  const double wide = text.size * text.scale;
  PdfMatrix em{wide * to_page.a, wide * to_page.b, text.size * to_page.c, text.size * to_page.d, 0, 0};
  if (is_slanting(em)) page = nullptr;
  double x = 0;
  double y = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const FontGlyph glyph = font.glyph(bytes, at);
    at += glyph.bytes;
    const double spacing = text.char_spacing + (glyph.is_word_space ? text.word_spacing : 0);
    if (page != nullptr) {
      const PdfPoint origin = to_page.map({x, y + text.rise});
      em.e = origin.x;
      em.f = origin.y;
      const PdfPoint low = font.is_vertical
                               ? PdfPoint{-glyph.width / 2, font.descent - kVerticalOrigin}
                               : PdfPoint{0, font.descent};
      const PdfPoint high{low.x + glyph.width, low.y + font.ascent - font.descent};
      add_characters(glyph.text, bounding_box(em, low, high), text.is_invisible, *page);
    }
    if (font.is_vertical) y += glyph.advance * text.size + spacing;
    else x += (glyph.advance * text.size + spacing) * text.scale;
  }
  const PdfPoint origin = matrix_.map({x, y});
  matrix_.e = origin.x;
  matrix_.f = origin.y;
}

}  // namespace gouji::parser
