// Several reports on one page, one below the other: a county's with those of its bureaus, or a
// year's with the year's before. The figures of one must never stand under the name of another.
#pragma once

#include <string>

#include "common/markup/document.h"

namespace gouji::parser {

// Cuts the document where a second report begins: at a title or a first heading behind one table of
// requests and in front of another. Returns the line that begins the second report, cut at 200
// bytes; empty when there is none.
std::string keep_first_report(Document& document);

}  // namespace gouji::parser
