// Plain text and markdown to a Document: every line, also an empty one, is a block. Tables in text
// stay lines; telling their layouts apart is the interpreter's work.
#pragma once

#include "services/parser/core/extract.h"

namespace gouji::parser {

// Runs of more than this many separators (| tab space) keep as many: layout tables printed as text
// have hundreds in a row. Provenance goes on behind the gap.
inline constexpr std::size_t kSeparatorRunMax = 64;
// Lines beyond this are not read ("LINES" in Document::limits).
inline constexpr std::size_t kTextLinesMax = 1U << 18;

ExtractOutcome extract_text(const Source& source);

}  // namespace gouji::parser
