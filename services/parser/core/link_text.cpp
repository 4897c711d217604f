#include "services/parser/core/link_text.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "common/text/fold.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

// A longer link was not closed: it would swallow the document.
constexpr std::uint32_t kLinkBytesMax = 400;
// Longer text is prose, whatever links it holds.
constexpr std::uint32_t kRangeBytesMax = 1200;

bool leaves_document(std::string_view address) { return !(address.size() > 1 && address[0] == '#'); }

std::size_t visible_bytes(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!is_space(point.value)) count += point.length;
    at += point.length;
  }
  return count;
}

}  // namespace

LinkText::LinkText(const Document& document) : document_(document) {
  for (const Link& link : document.links) {
    const std::uint32_t size = link.text.end - link.text.begin;
    if (size > 0 && size <= kLinkBytesMax && leaves_document(document.address(link))) links_.push_back(link.text);
  }
  std::sort(links_.begin(), links_.end(), [](TextRange a, TextRange b) { return a.begin < b.begin; });
}

bool LinkText::covers(TextRange range) const {
  if (links_.empty() || range.empty() || range.end - range.begin > kRangeBytesMax) return false;
  auto link = std::lower_bound(links_.begin(), links_.end(), range.begin,
                               [](TextRange each, std::uint32_t begin) { return each.end <= begin; });
  std::size_t linked = 0;
  for (; link != links_.end() && link->begin < range.end; ++link) {
    const TextRange shared{std::max(link->begin, range.begin), std::min(link->end, range.end)};
    linked += visible_bytes(document_.view(shared));
  }
  return linked > 0 && 2 * linked > visible_bytes(document_.view(range));
}

}  // namespace gouji::parser
