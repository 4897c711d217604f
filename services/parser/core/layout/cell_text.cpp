#include "services/parser/core/layout/cell_text.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Between two lines of one figure, in character heights.
constexpr float kLineGap = 2;

char32_t first_code(const PageInk& ink, const Fragment& fragment) { return ink.glyphs[fragment.first].code; }

char32_t last_code(const PageInk& ink, const Fragment& fragment) {
  return ink.glyphs[fragment.first + fragment.count - 1].code;
}

// Characters written one below the other: single ones, each under the one before it.
bool is_stacked(std::span<const Fragment> fragments, std::size_t lines) {
  std::size_t single = 0;
  for (const Fragment& fragment : fragments) single += fragment.count == 1 ? 1 : 0;
  return fragments.size() >= 4 && lines < fragments.size() && single * 5 >= fragments.size() * 4;
}

bool runs_down(const PageInk& ink, std::span<const Fragment> by_content) {
  std::size_t down = 0;
  for (std::size_t i = 1; i < by_content.size(); ++i) {
    const Box& before = by_content[i - 1].box;
    const Box& box = by_content[i].box;
    const bool is_below = middle_y(box) - middle_y(before) > 0.4F * height(before);
    down += is_below && std::fabs(middle_x(box) - middle_x(before)) < 0.6F * height(before) ? 1 : 0;
  }
  return down * 2 > by_content.size() && !is_figure_character(first_code(ink, by_content.front()));
}

TextPiece piece_of(const PageInk& ink, const Box& box) {
  TextPiece piece;
  piece.box = ink.on_page(box);
  piece.page = ink.number;
  return piece;
}

class CellWriter {
 public:
  CellWriter(const PageInk& ink, std::span<Fragment> fragments, const CellRoom& room)
      : ink_(ink), fragments_(fragments), room_(room) {}

  std::vector<TextPiece> write() {
    const std::vector<Line> lines = group_lines(fragments_);
    if (is_stacked(fragments_, lines.size())) {
      std::vector<Fragment> by_content(fragments_.begin(), fragments_.end());
      std::sort(by_content.begin(), by_content.end(),
                [](const Fragment& a, const Fragment& b) { return a.first < b.first; });
      if (runs_down(ink_, by_content)) return {column_text(by_content)};
    }
    std::vector<TextPiece> pieces;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      TextPiece piece = is_all_figures(lines[i]) ? figure_text(of(lines[i])) : line_text(ink_, of(lines[i]), ' ');
      if (i > 0) piece.text = std::string(between(lines[i - 1], lines[i])) + piece.text;
      pieces.push_back(std::move(piece));
    }
    return pieces;
  }

 private:
  std::span<const Fragment> of(const Line& line) const { return fragments_.subspan(line.first, line.count); }

  TextPiece column_text(const std::vector<Fragment>& by_content) const {
    Box box = by_content.front().box;
    for (const Fragment& fragment : by_content) box = unite(box, fragment.box);
    TextPiece piece = piece_of(ink_, box);
    for (const Fragment& fragment : by_content) append_text(ink_, fragment, piece.text);
    return piece;
  }

  bool is_all_figures(const Line& line) const {
    const auto fragments = of(line);
    const auto has_digits = [&](const Fragment& each) { return is_figure_like(ink_, each); };
    const auto is_of_figure = [&](const Fragment& each) { return has_digits(each) || (each.count == 1 && is_figure_character(first_code(ink_, each))); };
    return fragments.size() > 1 && has_digits(fragments.front()) && std::all_of(fragments.begin(), fragments.end(), is_of_figure);
  }

  // A cell has one figure: its digits may be set apart, all by the same gap and without spaces.
  TextPiece figure_text(std::span<const Fragment> fragments) const {
    Box box = fragments.front().box;
    TextPiece piece;
    for (std::size_t i = 0; i < fragments.size(); ++i) {
      if (i > 0 && !is_set_apart(fragments, i)) piece.text += kUnclear;
      append_text(ink_, fragments[i], piece.text);
      box = unite(box, fragments[i].box);
    }
    piece.box = ink_.on_page(box);
    piece.page = ink_.number;
    return piece;
  }

  bool is_set_apart(std::span<const Fragment> fragments, std::size_t at) const {
    constexpr float kLargestGap = 0.6F;  // of the height
    constexpr float kSameGap = 0.1F;
    const Fragment& fragment = fragments[at];
    const auto gap_before = [&](std::size_t i) { return fragments[i].box.left - fragments[i - 1].box.right; };
    const float size = fragment.size;
    return fragment.count == 1 && fragments[at - 1].count == 1 && !ink_.glyphs[fragment.first].after_space &&
           gap_before(at) <= kLargestGap * size && std::fabs(gap_before(at) - gap_before(1)) <= kSameGap * size;
  }

  bool is_figure(const Line& line) const { return line.count == 1 && is_figure_like(ink_, of(line).front()); }

  const char* between(const Line& before, const Line& line) const {
    const bool is_figure_before = is_figure(before), is_figure_here = is_figure(line);
    if (is_figure_before && is_figure_here) return between_figures(before, line);
    if (is_figure_before != is_figure_here) return "\n";
    const bool is_chinese_join = is_chinese(last_code(ink_, of(before).back())) || is_chinese(first_code(ink_, of(line).front()));
    return is_chinese_join ? "" : " ";
  }

  const char* between_figures(const Line& before, const Line& line) const {
    const bool is_near = line.box.top - before.box.bottom < kLineGap * std::min(before.size, line.size);
    if (!is_near || !room_.is_one) return "\n";
    const Fragment& next = of(line).front();
    if (is_separator(last_code(ink_, of(before).front())) && begins_with_thousands(next)) return "";
    return is_full_line(width(before.box), unbroken(next), width(room_.box), room_.inset) ? "" : kUnclear;
  }

  static bool is_separator(char32_t code) { return code == U',' || code == U'，'; }
  static bool is_digit(char32_t code) { return is_figure_character(code) && code != U'%' && !is_separator(code) && code != U'.' && code != U'．'; }

  // "234" or "234,…": behind "1," it is no figure of its own.
  bool begins_with_thousands(const Fragment& fragment) const {
    constexpr std::uint32_t kDigits = 3;
    for (std::uint32_t i = 0; i < kDigits; ++i) {
      if (i >= fragment.count || !is_digit(ink_.glyphs[fragment.first + i].code)) return false;
    }
    return fragment.count == kDigits || is_separator(ink_.glyphs[fragment.first + kDigits].code);
  }

  // The width of the first digit with the marks behind it, which never begin a line.
  float unbroken(const Fragment& fragment) const {
    std::uint32_t end = 1;
    while (end < fragment.count && !is_digit(ink_.glyphs[fragment.first + end].code)) ++end;
    return width(fragment_of(ink_, fragment.first, end).box);
  }

  const PageInk& ink_;
  std::span<Fragment> fragments_;
  const CellRoom& room_;
};

}  // namespace

std::vector<TextPiece> cell_text(const PageInk& ink, std::span<Fragment> fragments, const CellRoom& room) {
  if (fragments.empty()) return {};
  return CellWriter(ink, fragments, room).write();
}

TextPiece line_text(const PageInk& ink, std::span<const Fragment> fragments, char wide) {
  Box box = fragments.front().box;
  std::string text;
  for (std::size_t i = 0; i < fragments.size(); ++i) {
    if (i > 0) {
      const Gap gap = gap_between(ink, fragments[i - 1], fragments[i]);
      const bool is_chinese_join = is_chinese(last_code(ink, fragments[i - 1])) && is_chinese(first_code(ink, fragments[i]));
      if (gap == Gap::kSpace) text.push_back(' ');
      if (gap == Gap::kWide && (wide != ' ' || !is_chinese_join)) text.push_back(wide);
    }
    append_text(ink, fragments[i], text);
    box = unite(box, fragments[i].box);
  }
  TextPiece piece = piece_of(ink, box);
  piece.text = std::move(text);
  return piece;
}

}  // namespace gouji::parser
