#include "services/parser/core/layout/rule_marks.h"

#include <algorithm>
#include <cmath>

#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// The end of a rule that is this near to another rule meets it.
constexpr float kMeet = 4;
// A gap in a rule that drawing in pieces, or with dashes, leaves.
constexpr float kPieceGap = 4;
// Shorter rules are dots or strokes of a drawing.
constexpr float kLengthMin = 4;

// A horizontal rule in its own direction: `at` is its height, [begin, end) its extent.
struct Stroke {
  float at, begin, end;
};

std::vector<Stroke> strokes_of(const std::vector<Box>& boxes, bool is_across) {
  std::vector<Stroke> strokes;
  strokes.reserve(boxes.size());
  for (const Box& box : boxes) {
    strokes.push_back(is_across ? Stroke{middle_y(box), box.left, box.right}
                                : Stroke{middle_x(box), box.top, box.bottom});
  }
  return strokes;
}

// Sorted values to groups that are no wider than `snap`; each group's first value and its mean.
struct Groups {
  std::vector<float> first, mean;
};

Groups group(std::vector<float> values, float snap) {
  std::sort(values.begin(), values.end());
  Groups groups;
  double sum = 0;
  std::size_t count = 0;
  for (const float value : values) {
    if (groups.first.empty() || value - groups.first.back() > snap) {
      groups.first.push_back(value);
      groups.mean.push_back(value);
      sum = 0;
      count = 0;
    }
    sum += value;
    ++count;
    groups.mean.back() = static_cast<float>(sum / static_cast<double>(count));
  }
  return groups;
}

std::size_t nearest(const std::vector<float>& sorted, float value) {
  const auto behind = std::lower_bound(sorted.begin(), sorted.end(), value);
  if (behind == sorted.begin()) return 0;
  const auto at = static_cast<std::size_t>(behind - sorted.begin());
  if (behind == sorted.end() || value - sorted[at - 1] <= *behind - value) return at - 1;
  return at;
}

bool is_near(const std::vector<float>& sorted, float value, float reach) {
  return !sorted.empty() && std::fabs(sorted[nearest(sorted, value)] - value) <= reach;
}

// Puts the strokes of one height together: pieces that touch become one, shorter rests go.
std::vector<Stroke> joined(std::vector<Stroke> strokes) {
  std::vector<float> heights;
  heights.reserve(strokes.size());
  for (const Stroke& stroke : strokes) heights.push_back(stroke.at);
  const Groups groups = group(std::move(heights), kSnap);
  for (Stroke& stroke : strokes) {
    const auto behind = std::upper_bound(groups.first.begin(), groups.first.end(), stroke.at);
    stroke.at = groups.mean[static_cast<std::size_t>(behind - groups.first.begin()) - 1];
  }
  std::sort(strokes.begin(), strokes.end(), [](const Stroke& a, const Stroke& b) {
    return a.at != b.at ? a.at < b.at : a.begin < b.begin;
  });
  std::vector<Stroke> whole;
  for (const Stroke& stroke : strokes) {
    if (!whole.empty() && whole.back().at == stroke.at && stroke.begin - whole.back().end <= kPieceGap) {
      whole.back().end = std::max(whole.back().end, stroke.end);
    } else {
      whole.push_back(stroke);
    }
  }
  std::erase_if(whole, [](const Stroke& stroke) { return stroke.end - stroke.begin < kLengthMin; });
  return whole;
}

// Heights of the strokes, and of the ends of the crossing ones that meet none of them.
std::vector<float> places(const std::vector<Stroke>& strokes, const std::vector<Stroke>& crossing) {
  std::vector<float> heights;
  for (const Stroke& stroke : strokes) {
    if (heights.empty() || heights.back() != stroke.at) heights.push_back(stroke.at);
  }
  std::vector<float> ends;
  for (const Stroke& stroke : crossing) {
    for (const float end : {stroke.begin, stroke.end}) {
      if (!is_near(heights, end, kMeet)) ends.push_back(end);
    }
  }
  for (const float end : group(std::move(ends), kMeet).mean) heights.push_back(end);
  std::sort(heights.begin(), heights.end());
  return heights;
}

std::vector<std::uint8_t> drawn(const std::vector<Stroke>& strokes, const std::vector<float>& heights,
                                const std::vector<float>& sides) {
  std::vector<int> starts(heights.size() * sides.size() + 1, 0);
  for (const Stroke& stroke : strokes) {
    const std::size_t line = nearest(heights, stroke.at) * sides.size();
    ++starts[line + nearest(sides, stroke.begin)];
    --starts[line + nearest(sides, stroke.end)];
  }
  std::vector<std::uint8_t> marks(heights.size() * sides.size(), 0);
  int open = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    open += starts[i];
    marks[i] = open > 0 ? 1 : 0;
  }
  return marks;
}

}  // namespace

RuleMarks mark_rules(const PageInk& ink, std::uint32_t places_max) {
  const std::vector<Stroke> across = joined(strokes_of(ink.horizontal, true));
  const std::vector<Stroke> down = joined(strokes_of(ink.vertical, false));
  RuleMarks marks;
  marks.across = places(across, down);
  marks.down = places(down, across);
  if (marks.across.size() > places_max || marks.down.size() > places_max) {
    marks = {};
    marks.is_cut = true;
    return marks;
  }
  marks.across_drawn = drawn(across, marks.across, marks.down);
  marks.down_drawn = drawn(down, marks.down, marks.across);
  return marks;
}

}  // namespace gouji::parser
