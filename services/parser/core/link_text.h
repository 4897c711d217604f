// Text that leads elsewhere: menus, lists of other reports, "previous page". What it says is about
// the pages behind its links and never about the document itself.
#pragma once

#include <vector>

#include "common/markup/document.h"

namespace gouji::parser {

class LinkText {
 public:
  // The document must outlive the object.
  explicit LinkText(const Document& document);

  // More than half of what `range` shows belongs to links that leave the document.
  bool covers(TextRange range) const;

 private:
  const Document& document_;
  std::vector<TextRange> links_;  // by begin
};

}  // namespace gouji::parser
