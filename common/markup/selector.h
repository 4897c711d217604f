// A subset of CSS selectors over an HtmlTree, after Selectors Level 4:
//   div  *  #id  .class  [attr]  [attr=v] [attr^=v] [attr$=v] [attr*=v] [attr~=v]
//   a b   a > b   a + b   a ~ b   a, b
//   :first-child :last-child :nth-child(3) :has(a) :not(.b) :contains("text")
// Names compare without case, values with. :has() and :not() are not nested. Time is bounded: a
// selector that would look too often finds what it has found by then.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/markup/html_tree.h"

namespace gouji {

inline constexpr std::size_t kSelectorBytesMax = 500;

class Selector {
 public:
  // kInvalidInput MALFORMED names the place that cannot be read.
  static Result<Selector> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // The elements below `scope` (kNoElement: of the page) that match, in the order of the page, at most `limit`.
  std::vector<std::uint32_t> find(const HtmlTree& tree, std::uint32_t scope = kNoElement, std::size_t limit = SIZE_MAX) const;

 private:
  struct Group;
  class Parser;
  class Matcher;
  std::string text_;
  std::shared_ptr<const std::vector<Group>> groups_;
};

}  // namespace gouji
