// Text that a page writes by script, or keeps where it is not shown: strings of markup in JavaScript
// (document.write, JSONP, a variable that a script puts into the page), textarea, template. Nothing
// is executed: strings that stand beside an expression are not read, because what they are part of
// is not known.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"

namespace gouji::parser {

// A page in which such text stands where its script does.
struct SplicedPage {
  struct Piece {
    std::size_t begin = 0, end = 0;                // in `html`
    std::size_t source_begin = 0, source_end = 0;  // in the page
    bool is_verbatim = true;                       // byte for byte; otherwise the whole piece answers
  };
  std::string html;
  std::vector<Piece> pieces;  // in order, without gaps
};

// nullopt where no script or hidden element of the page holds a document. Linear.
std::optional<SplicedPage> splice_scripts(std::string_view html);
// The same for a file that is a script itself.
std::optional<SplicedPage> splice_script_file(std::string_view script);

// Translates the provenance of a document made from `page.html` into positions of the page.
void trace_to_page(Document& document, const SplicedPage& page);

// A string, as written in JSON or JavaScript, that may hold a report: markup, or words of one.
bool is_likely_document(std::string_view raw);

}  // namespace gouji::parser
