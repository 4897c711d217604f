// Is this page what was asked for, or one of the pages that portals answer instead, mostly with status
// 200? By what every portal is known to do, and by the portal's own rules. A wrong "no" costs a retry
// and an alarm; a wrong "yes" would be taken for a change of a report.
#pragma once

#include <string>
#include <string_view>

#include "common/markup/html_tree.h"
#include "common/report/portal_page.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

struct GateVerdict {
  PageClass page_class = PageClass::kOk;
  std::string why;
  std::string hop;  // of kHop, as written
};

// What the bytes are by their first ones, whatever is declared.
enum class BodyKind : std::uint8_t { kEmpty, kText, kDocument, kOther };
BodyKind body_kind(std::string_view bytes);

// Of a page that is text. `tree` is of `text`.
GateVerdict gate(const Portal& portal, PagePurpose purpose, std::string_view text, const HtmlTree& tree);
// The page of a document was asked for and another address answered: a front page.
bool is_front_page(std::string_view asked, std::string_view answered);

}  // namespace gouji::crawler
