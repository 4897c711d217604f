// Looks at the object streams and cross-reference streams of a file before qpdf does. qpdf inflates
// those whole, without a bound, and makes objects of them; a small file could ask for gigabytes.
#pragma once

#include <string_view>

namespace gouji::parser {

// False where such streams hold more than kPdfStructureBytesMax each or kPdfStructureBytesInAllMax
// together, or are compressed in a way that no writer uses for them.
bool has_bounded_structure(std::string_view file);

}  // namespace gouji::parser
