// Characters to fragments (what is written without a gap: a word, a figure, a piece of Chinese
// text), and fragments to lines of text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/parser/core/layout/page_ink.h"

namespace gouji::parser {

// Characters [first, first + count) of PageInk::glyphs.
struct Fragment {
  Box box;
  float size = 0;  // height of its characters
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool is_broken = false;  // over several lines, which may be one figure or several
};

// Fragments [first, first + count) of a sorted list, from left to right.
struct Line {
  Box box;
  float size = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

// In the order of the content.
std::vector<Fragment> find_fragments(const PageInk& ink);

// The fragment of the characters [first, first + count).
Fragment fragment_of(const PageInk& ink, std::uint32_t first, std::uint32_t count);

// Sorts the fragments by line, then from left to right; lines from top to bottom.
std::vector<Line> group_lines(std::span<Fragment> fragments);

// What follows what in a line of text.
enum class Gap : std::uint8_t {
  kNone,   // written together
  kSpace,  // two words
  kWide,   // wider than a space: two fields of a table, or spaces that a writer typed
};
Gap gap_between(const PageInk& ink, const Fragment& before, const Fragment& behind);

// Figures that are written one right after the other, the second below the first, stand in one
// place of a table: they become one broken fragment. Fragments are in the order of the content.
std::vector<Fragment> join_broken_figures(const PageInk& ink, const std::vector<Fragment>& fragments);

// Appends the characters of the fragment as UTF-8, and U+FFFD behind a broken one.
void append_text(const PageInk& ink, const Fragment& fragment, std::string& text);

// Digits with what belongs to them: "1,208", "-8", "251000元" is not one.
bool is_figure_like(const PageInk& ink, const Fragment& fragment);

// What a figure is written with: digits, their full-width forms, points, commas, signs.
bool is_figure_character(char32_t code);
// Written without spaces: ideographs, and the marks between them.
bool is_chinese(char32_t code);

}  // namespace gouji::parser
