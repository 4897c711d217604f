// Pages for tests: text and rules put where a test wants them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/lay_out.h"

namespace gouji::parser::testing {

inline constexpr float kSize = 10;  // of all text that says nothing else

class PageWriter {
 public:
  explicit PageWriter(std::int32_t number = 1, float width = 600, float height = 840) {
    page_.number = number;
    page_.width = width;
    page_.height = height;
  }

  // Chinese characters are as wide as high, others half as wide; `gap` more between any two.
  PageWriter& text(float left, float top, std::string_view utf8, float size = kSize, float gap = 0) {
    for (std::size_t at = 0; at < utf8.size();) {
      const CodePoint point = code_point_at(utf8, at);
      at += point.length;
      const float advance = point.value < 0x80 ? size / 2 : size;
      page_.glyphs.push_back({point.value, {left, top, left + advance, top + size}, is_hidden_});
      left += advance + gap;
    }
    return *this;
  }

  // Characters one below the other.
  PageWriter& text_down(float left, float top, std::string_view utf8, float size = kSize) {
    for (std::size_t at = 0; at < utf8.size();) {
      const CodePoint point = code_point_at(utf8, at);
      at += point.length;
      page_.glyphs.push_back({point.value, {left, top, left + size, top + size}, is_hidden_});
      top += size;
    }
    return *this;
  }

  PageWriter& hidden() {
    is_hidden_ = true;
    return *this;
  }

  PageWriter& rule(float left, float top, float right, float bottom) {
    page_.rulings.push_back({{left, top, right, bottom}});
    return *this;
  }

  // All rules of a table of equal rows: one stroke each.
  PageWriter& rules(const std::vector<float>& down, const std::vector<float>& across) {
    for (const float y : across) rule(down.front(), y, down.back(), y);
    for (const float x : down) rule(x, across.front(), x, across.back());
    return *this;
  }

  // A row of cells, each text 2 points inside of its rules.
  PageWriter& row(const std::vector<float>& down, float top, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) text(down[i] + 2, top + 2, cells[i]);
    return *this;
  }

  Page page() const { return page_; }

 private:
  Page page_;
  bool is_hidden_ = false;
};

// The grid's cells by row, "|" between them; spans in front of a cell's text as "2x1 ".
inline std::string shown(const Document& document, const Grid& grid) {
  std::string text;
  std::uint32_t row = 0;
  for (const GridCell& cell : grid.cells) {
    for (; row < cell.row; ++row) text.push_back('\n');
    if (!text.empty() && text.back() != '\n') text.push_back('|');
    if (cell.row_span > 1 || cell.column_span > 1) {
      text += std::to_string(cell.row_span) + "x" + std::to_string(cell.column_span) + " ";
    }
    text += document.view(cell.text).empty() ? "." : document.view(cell.text);
  }
  return text;
}

// The blocks, one a line; grids as "[0]", "[1]".
inline std::string shown(const Document& document) {
  std::string text;
  for (const Block& block : document.blocks) {
    if (!text.empty()) text.push_back('\n');
    text += block.kind == BlockKind::kGrid ? "[" + std::to_string(block.grid) + "]" : std::string(document.view(block.text));
  }
  return text;
}

inline Document laid_out(const std::vector<PageWriter>& writers, const LayoutLimits& limits = {}) {
  std::vector<Page> pages;
  for (const PageWriter& writer : writers) pages.push_back(writer.page());
  return lay_out(pages, limits);
}

}  // namespace gouji::parser::testing
