// Bytes of a PDF to positioned pages. qpdf reads the objects, all of the content is ours.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/report/reading.h"
#include "services/parser/core/layout/page.h"

namespace gouji::parser {

struct PdfPageFacts {
  std::int64_t glyphs = 0;      // on the page, spaces included
  std::int64_t unreadable = 0;  // of these: their font does not say which characters they are
  std::int64_t hidden = 0;      // of these: a text layer that is not seen
  std::int64_t pictures = 0;
  std::int64_t drawings = 0;  // filled shapes, lines among them
  bool is_cut = false;  // its content is damaged, or ran into a limit
};

struct PdfContent {
  std::vector<Page> pages;
  std::vector<PdfPageFacts> facts;  // of each page
  std::string title;                // as the file states it, UTF-8
  std::string created;              // as written: "D:20240131093000+08'00'"
  std::vector<std::string> limits;  // "PDF_OPERATORS", "PDF_FONTS", "PDF_GLYPHS", "PDF_PAGE_DAMAGED"
};

// Codes of the Reason:
//   ENCRYPTED        opens with a password only
//   MALFORMED_PDF    no page can be found
//   TOO_MANY_PAGES   more than kPdfPagesMax
//   TOO_LARGE        what is compressed in it comes to more than pdf_limits.h allows
using PdfOutcome = std::variant<PdfContent, Reason>;

// Never throws. Deterministic; a damaged page does not keep the others from being read.
PdfOutcome read_pdf(std::string_view bytes);

}  // namespace gouji::parser
