// Collects what one page shows, in the page's own coordinates (see page.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "services/parser/core/layout/page.h"

namespace gouji::parser {

// What all pages of a file may still hold; shared by their builders.
struct PageRoom {
  std::size_t glyphs = 0;
  std::size_t rulings = 0;
  std::size_t pictures = 0;
  bool is_exceeded = false;
};

class PageBuilder {
 public:
  // `page` has its number and size; `room` outlives the builder.
  PageBuilder(Page page, PageRoom& room);

  // Drops what lies outside the page, and a glyph that was drawn at the same place before: type is
  // made bold by drawing it twice.
  void add_glyph(const Glyph& drawn);
  void add_ruling(Box box);
  // A picture thinner than a line is a line.
  void add_picture(Box box);

  std::size_t glyphs() const { return page_.glyphs.size(); }
  void count_drawing() { ++drawings_; }
  std::int64_t drawings() const { return drawings_; }
  // Gives the glyphs from `begin` on the characters of `text`, which say what they show together.
  void name_glyphs(std::size_t begin, std::u32string_view text);

  Page take();

 private:
  bool is_outside(const Box& box) const;
  // Goes on beside the page: who looks at it cannot read it, and what follows is not there at all.
  bool is_cut_off(const Box& box) const;
  // What reaches over the page by more than its size is cut there.
  Box bounded(const Box& box) const;
  bool is_drawn_twice(const Glyph& glyph);
  bool is_same(std::uint32_t index, const Glyph& glyph, float near) const;
  void remember(std::uint32_t index);
  void grow();

  Page page_;
  PageRoom& room_;
  std::int64_t drawings_ = 0;
  std::vector<std::uint32_t> places_;  // hash table of glyph indexes, by character and point
};

}  // namespace gouji::parser
