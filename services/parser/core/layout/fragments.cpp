#include "services/parser/core/layout/fragments.h"

#include <algorithm>
#include <cmath>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Parts of the character height.
constexpr float kFigureGap = 0.28F;   // between digits of one figure
constexpr float kWordGap = 0.15F;     // between letters of one word
constexpr float kChineseGap = 0.6F;   // between characters of justified text
constexpr float kMixedGap = 0.3F;     // between Chinese and other characters
constexpr float kValueGap = 0.12F;    // between Chinese text and a figure behind it
constexpr float kWideGap = 1.2F;      // wider than anything that justifying makes
constexpr float kOverlap = 0.35F;     // kerning, and boxes that are drawn a little too wide
constexpr float kBrokenGap = 0.9F;    // between two lines of one cell
constexpr float kColumnWidth = 0.9F;  // a column is at least as wide as a Chinese character
constexpr float kSameSide = 0.35F;    // lines of one cell begin, end or have their middle there
constexpr float kBaseline = 0.3F;     // two characters of one line
constexpr float kLineDrift = 0.45F;   // two fragments of one line, of different fonts perhaps

bool is_digit(char32_t code) {
  return (code >= U'0' && code <= U'9') || (code >= U'０' && code <= U'９');
}

// The widest gap, in character heights, that still leaves the two written together.
float joining_gap(char32_t before, char32_t behind, bool after_space) {
  if (is_figure_character(before) && is_figure_character(behind)) return after_space ? 0.05F : kFigureGap;
  if (is_chinese(before) && is_chinese(behind)) return kChineseGap;
  // A value may stand close to its label.
  if (is_chinese(before) && is_figure_character(behind)) return after_space ? 0.05F : kValueGap;
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
  if (fragment.is_broken) append_utf8(text, kReplacementCharacter);
}

namespace {

// The line of a figure that goes on below `before`, as lines of one cell are.
bool stands_below(const Fragment& before, const Box& last_line, const Fragment& fragment) {
  if (fragment.first != before.first + before.count) return false;
  const float size = std::min(before.size, fragment.size);
  const float gap = fragment.box.top - last_line.bottom;
  if (gap < -kOverlap * size || gap > kBrokenGap * size) return false;
  const float slack = kSameSide * size;
  return std::fabs(fragment.box.left - last_line.left) <= slack || std::fabs(fragment.box.right - last_line.right) <= slack ||
         std::fabs(middle_x(fragment.box) - middle_x(last_line)) <= slack;
}

bool is_parted(const PageInk& ink, const Box& above, const Box& below) {
  return std::any_of(ink.horizontal.begin(), ink.horizontal.end(), [&](const Box& rule) {
    const float y = middle_y(rule);
    return y > middle_y(above) && y < middle_y(below) && rule.left < below.right && rule.right > below.left;
  });
}

}  // namespace

std::vector<Fragment> join_broken_figures(const PageInk& ink, const std::vector<Fragment>& fragments) {
  std::vector<Fragment> joined;
  joined.reserve(fragments.size());
  Box last_line;
  for (const Fragment& fragment : fragments) {
    const bool goes_on = !joined.empty() && width(last_line) > kColumnWidth * joined.back().size && stands_below(joined.back(), last_line, fragment) &&
                         width(fragment.box) < width(last_line) + 0.5F * fragment.size && is_figure_like(ink, fragment) &&
                         is_figure_like(ink, joined.back()) && !is_parted(ink, last_line, fragment.box);
    if (goes_on) {
      joined.back().box = unite(joined.back().box, fragment.box);
      joined.back().count += fragment.count;
      joined.back().is_broken = true;
    } else {
      joined.push_back(fragment);
    }
    last_line = fragment.box;
  }
  return joined;
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
