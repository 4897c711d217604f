#include "services/parser/core/layout/fragments.h"

#include <algorithm>
#include <cmath>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Parts of the character height.
constexpr float kFigureGap = 0.2F;    // between digits of one figure
constexpr float kWordGap = 0.15F;     // between letters of one word
constexpr float kChineseGap = 0.6F;   // between characters of justified text
constexpr float kMixedGap = 0.3F;     // between Chinese and other characters
constexpr float kWideGap = 1.2F;      // wider than anything that justifying makes
constexpr float kOverlap = 0.35F;     // kerning, and boxes that are drawn a little too wide
constexpr float kBaseline = 0.3F;     // two characters of one line
constexpr float kLineDrift = 0.45F;   // two fragments of one line, of different fonts perhaps

bool is_digit(char32_t code) {
  return (code >= U'0' && code <= U'9') || (code >= U'０' && code <= U'９');
}

// The widest gap, in character heights, that still leaves the two written together.
float joining_gap(char32_t before, char32_t behind, bool after_space) {
  if (is_figure_character(before) && is_figure_character(behind)) return after_space ? 0.05F : kFigureGap;
  if (is_chinese(before) && is_chinese(behind)) return kChineseGap;
  if (is_chinese(before) || is_chinese(behind)) return after_space ? 0.05F : kMixedGap;
  return after_space ? 0.05F : kWordGap;
}

bool goes_on(const Ink& before, const Ink& glyph, const Fragment& fragment) {
  const float size = std::min(height(before.box), height(glyph.box));
  const float larger = std::max(height(before.box), height(glyph.box));
  if (larger > 1.7F * size) return false;
  // Fonts of one line differ in their boxes: the baselines or the middles agree.
  const float drift = std::min(std::fabs(middle_y(glyph.box) - middle_y(before.box)),
                               std::fabs(glyph.box.bottom - before.box.bottom));
  if (drift > kBaseline * size) return false;
  const float gap = glyph.box.left - fragment.box.right;
  return gap >= -kOverlap * size && gap <= joining_gap(before.code, glyph.code, glyph.after_space) * size;
}

}  // namespace

bool is_figure_character(char32_t code) {
  return is_digit(code) || code == U'.' || code == U',' || code == U'，' || code == U'．' ||
         code == U'%' || code == U'+' || code == U'-' || code == U'－' || code == U'−';
}

bool is_chinese(char32_t code) {
  return is_cjk(code) || (code >= 0x2E80 && code <= 0x303F) || (code >= 0xFF01 && code <= 0xFF5E && !is_digit(code)) ||
         (code >= 0x2010 && code <= 0x2026);
}

std::vector<Fragment> find_fragments(const PageInk& ink) {
  std::vector<Fragment> fragments;
  for (std::uint32_t i = 0; i < ink.glyphs.size(); ++i) {
    const Ink& glyph = ink.glyphs[i];
    if (!fragments.empty() && goes_on(ink.glyphs[i - 1], glyph, fragments.back())) {
      Fragment& last = fragments.back();
      last.box = unite(last.box, glyph.box);
      last.size = std::max(last.size, height(glyph.box));
      ++last.count;
    } else {
      fragments.push_back({glyph.box, height(glyph.box), i, 1});
    }
  }
  return fragments;
}

Fragment fragment_of(const PageInk& ink, std::uint32_t first, std::uint32_t count) {
  Fragment fragment{ink.glyphs[first].box, height(ink.glyphs[first].box), first, count};
  for (std::uint32_t i = first + 1; i < first + count; ++i) {
    fragment.box = unite(fragment.box, ink.glyphs[i].box);
    fragment.size = std::max(fragment.size, height(ink.glyphs[i].box));
  }
  return fragment;
}

std::vector<Line> group_lines(std::span<Fragment> fragments) {
  std::sort(fragments.begin(), fragments.end(), [](const Fragment& a, const Fragment& b) {
    const float ya = middle_y(a.box), yb = middle_y(b.box);
    return ya != yb ? ya < yb : a.box.left != b.box.left ? a.box.left < b.box.left : a.first < b.first;
  });
  std::vector<Line> lines;
  float middle = 0;  // of the line's first fragment
  for (std::uint32_t i = 0; i < fragments.size(); ++i) {
    const Fragment& fragment = fragments[i];
    const float drift = middle_y(fragment.box) - middle;
    if (!lines.empty() && drift <= kLineDrift * std::min(lines.back().size, fragment.size)) {
      Line& line = lines.back();
      line.box = unite(line.box, fragment.box);
      line.size = std::max(line.size, fragment.size);
      ++line.count;
    } else {
      lines.push_back({fragment.box, fragment.size, i, 1});
      middle = middle_y(fragment.box);
    }
  }
  for (const Line& line : lines) {
    std::sort(fragments.begin() + line.first, fragments.begin() + line.first + line.count,
              [](const Fragment& a, const Fragment& b) {
                return a.box.left != b.box.left ? a.box.left < b.box.left : a.first < b.first;
              });
  }
  return lines;
}

Gap gap_between(const PageInk& ink, const Fragment& before, const Fragment& behind) {
  const Ink& last = ink.glyphs[before.first + before.count - 1];
  const Ink& next = ink.glyphs[behind.first];
  const float size = std::min(before.size, behind.size);
  const float gap = behind.box.left - before.box.right;
  if (gap > kWideGap * size) return Gap::kWide;
  if (is_chinese(last.code) || is_chinese(next.code)) return Gap::kNone;
  const bool is_spaced = next.after_space && behind.first > before.first;
  return gap <= joining_gap(last.code, next.code, is_spaced) * size ? Gap::kNone : Gap::kSpace;
}

void append_text(const PageInk& ink, const Fragment& fragment, std::string& text) {
  for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count; ++i) {
    append_utf8(text, ink.glyphs[i].code);
  }
}

bool is_figure_like(const PageInk& ink, const Fragment& fragment) {
  bool has_digit = false;
  for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count; ++i) {
    if (!is_figure_character(ink.glyphs[i].code)) return false;
    has_digit = has_digit || is_digit(ink.glyphs[i].code);
  }
  return has_digit;
}

}  // namespace gouji::parser
