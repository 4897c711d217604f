#include "services/parser/core/layout/furniture.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Of the page's height, above and below.
constexpr float kEdge = 0.15F;
// A page number alone on its page counts only this near to the edge.
constexpr float kOuterEdge = 0.09F;
// Lines of one page, from the edge, that may be furniture.
constexpr std::size_t kEdgeLines = 3;
// A header or footer with text at its left, middle and right has three.
constexpr std::size_t kFieldsMax = 3;
constexpr float kSameHeight = 4;
constexpr std::size_t kTextMax = 120;

enum class PageNumber : std::uint8_t { kNone, kBare, kMarked };

struct EdgeLine {
  std::size_t page = 0;  // index
  bool is_above = false;
  float height = 0;            // of the line on its page
  std::size_t rank = 0;        // 0 = outermost
  std::size_t fields = 0;      // parts that stand apart
  std::u32string text;         // digits as '#'
  std::int64_t number = -1;    // the first one
  PageNumber kind = PageNumber::kNone;
  std::vector<std::uint32_t> firsts;  // of its fragments
  bool is_furniture = false;
};

bool is_page_mark(char32_t c) {
  constexpr std::u32string_view kMarks = U"-－—–─·.•/|第页共of~～()（）[]【】#";
  return kMarks.find(c) != kMarks.npos;
}

PageNumber page_number_kind(std::u32string_view text) {
  std::size_t numbers = 0, marks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_page_mark(text[i])) return PageNumber::kNone;
    if (text[i] != U'#') ++marks;
    if (text[i] == U'#' && (i == 0 || text[i - 1] != U'#')) ++numbers;
  }
  if (numbers == 0 || numbers > 2 || text.size() > 16) return PageNumber::kNone;
  if (marks == 0) return numbers == 1 ? PageNumber::kBare : PageNumber::kNone;
  const bool is_framed = text.front() != U'#' && text.back() != U'#';
  const bool is_share = numbers == 2 && text.find(U'/') != text.npos;
  return is_framed || is_share ? PageNumber::kMarked : PageNumber::kNone;
}

class EdgeReader {
 public:
  EdgeReader(const PageFragments& page, std::size_t index) : page_(page), index_(index) {}

  void read(std::vector<EdgeLine>& edges) {
    std::vector<Fragment> above, below;
    const float edge = kEdge * page_.ink.height;
    for (const Fragment& fragment : page_.fragments) {
      const float y = middle_y(fragment.box);
      if (y < edge) above.push_back(fragment);
      if (y > page_.ink.height - edge) below.push_back(fragment);
    }
    add_lines(above, true, edges);
    add_lines(below, false, edges);
  }

 private:
  void add_lines(std::vector<Fragment>& fragments, bool is_above, std::vector<EdgeLine>& edges) {
    const std::vector<Line> lines = group_lines(fragments);
    for (std::size_t rank = 0; rank < std::min(lines.size(), kEdgeLines); ++rank) {
      const Line& line = lines[is_above ? rank : lines.size() - 1 - rank];
      EdgeLine edge;
      edge.page = index_;
      edge.is_above = is_above;
      edge.height = middle_y(line.box);
      edge.rank = rank;
      edge.fields = 1;
      for (std::uint32_t i = line.first; i < line.first + line.count; ++i) {
        edge.firsts.push_back(fragments[i].first);
        if (i > line.first && fragments[i].box.left - fragments[i - 1].box.right > 2 * line.size) ++edge.fields;
        add_text(fragments[i], edge);
      }
      if (edge.fields == 1) edge.kind = page_number_kind(edge.text);
      edges.push_back(std::move(edge));
    }
  }

  void add_text(const Fragment& fragment, EdgeLine& edge) const {
    bool in_number = false;
    for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count && edge.text.size() < kTextMax; ++i) {
      const char32_t code = page_.ink.glyphs[i].code;
      const char32_t folded = code < 0x10000 ? fold_character(code) : code;
      const bool is_digit = folded >= U'0' && folded <= U'9';
      if (is_digit && edge.number < 0) {
        edge.number = 0;
        in_number = true;
      }
      in_number = in_number && is_digit;
      if (in_number && edge.number < 100'000) edge.number = edge.number * 10 + static_cast<std::int64_t>(folded - U'0');
      if (is_digit && !edge.text.empty() && edge.text.back() == U'#') continue;
      edge.text.push_back(is_digit ? U'#' : code);
    }
  }

  const PageFragments& page_;
  std::size_t index_;
};

// Lines with the same text and place, on different pages.
bool is_before(const EdgeLine& a, const EdgeLine& b) {
  if (a.is_above != b.is_above) return a.is_above;
  if (a.text != b.text) return a.text < b.text;
  return a.page < b.page;
}

class Judge {
 public:
  Judge(const std::vector<PageFragments>& pages, std::vector<EdgeLine>& edges) : pages_(pages), edges_(edges) {}

  void run() {
    for (EdgeLine& edge : edges_) edge.is_furniture = is_page_number(edge);
    std::sort(edges_.begin(), edges_.end(), is_before);
    for (std::size_t begin = 0; begin < edges_.size();) {
      std::size_t end = begin + 1;
      while (end < edges_.size() && edges_[end].is_above == edges_[begin].is_above && edges_[end].text == edges_[begin].text) ++end;
      judge_same_text(begin, end);
      begin = end;
    }
  }

 private:
  bool is_page_number(const EdgeLine& edge) const {
    if (edge.kind == PageNumber::kMarked) return edge.rank == 0;
    if (edge.kind != PageNumber::kBare || pages_.size() > 1) return false;
    const float height = pages_[edge.page].ink.height;
    const float outer = kOuterEdge * height;
    return edge.rank == 0 && edge.number == pages_[edge.page].ink.number && (edge.height < outer || edge.height > height - outer);
  }

  void judge_same_text(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> group;
    for (std::size_t i = begin; i < end; ++i) {
      if (edges_[i].fields > kFieldsMax) continue;  // a row of a table
      if (!group.empty() && std::fabs(edges_[i].height - edges_[group.front()].height) > kSameHeight) continue;
      if (group.empty() || edges_[group.back()].page != edges_[i].page) group.push_back(i);
    }
    if (group.size() < 2) return;
    const bool is_number = edges_[group.front()].kind == PageNumber::kBare;
    if (is_number && !counts_pages(group)) return;
    if (!is_number && group.size() * 2 < pages_.size()) return;
    if (edges_[begin].text == U"#" && !is_number) return;  // a row of figures
    for (const std::size_t i : group) edges_[i].is_furniture = true;
  }

  bool counts_pages(const std::vector<std::size_t>& group) const {
    std::size_t agreeing = 0;
    for (const std::size_t i : group) {
      const auto offset = edges_[i].number - static_cast<std::int64_t>(edges_[i].page);
      const auto first = edges_[group.front()].number - static_cast<std::int64_t>(edges_[group.front()].page);
      agreeing += offset == first ? 1 : 0;
    }
    return agreeing == group.size();
  }

  const std::vector<PageFragments>& pages_;
  std::vector<EdgeLine>& edges_;
};

}  // namespace

void take_furniture_out(std::vector<PageFragments>& pages) {
  std::vector<EdgeLine> edges;
  for (std::size_t i = 0; i < pages.size(); ++i) EdgeReader(pages[i], i).read(edges);
  Judge(pages, edges).run();
  std::vector<std::vector<std::uint32_t>> taken(pages.size());
  for (const EdgeLine& edge : edges) {
    if (!edge.is_furniture) continue;
    taken[edge.page].insert(taken[edge.page].end(), edge.firsts.begin(), edge.firsts.end());
  }
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (taken[i].empty()) continue;
    std::sort(taken[i].begin(), taken[i].end());
    std::erase_if(pages[i].fragments, [&](const Fragment& fragment) {
      return std::binary_search(taken[i].begin(), taken[i].end(), fragment.first);
    });
  }
}

}  // namespace gouji::parser
