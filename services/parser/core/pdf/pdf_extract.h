// A PDF to a Document: its pages read (pdf_reader.h) and laid out (layout/lay_out.h).
#pragma once

#include <cstdint>
#include <vector>

#include "services/parser/core/extract.h"
#include "services/parser/core/pdf/pdf_reader.h"

namespace gouji::parser {

// The pages, from 1, whose text says less than what is seen: more than one character in fifty is
// not named by its font, or a picture fills the page and hardly anything visible is written on it.
// Only the picture of such a page tells what stands there.
std::vector<std::int32_t> pages_to_recognise(const PdfContent& content);

// Needs recognition where pages_to_recognise() names pages; with what came of it those pages are read
// from their pictures. In Document::limits: what PdfContent::limits says. Refusals are those of
// read_pdf().
ExtractOutcome extract_pdf(const Source& source);

}  // namespace gouji::parser
