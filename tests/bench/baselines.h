// What other programs, and a plain copy, take for the same bytes. A baseline that is not installed
// where this is built takes no time: 0.
#pragma once

#include <string>
#include <string_view>

namespace gouji::bench {

// A copy into memory that is there already.
double copy_seconds(std::string_view bytes);
// gumbo's parse, and a walk over its tree for the text of all cells.
double gumbo_seconds(const std::string& page);
// libdeflate over word/document.xml of a DOCX, into memory that is there already.
double inflate_seconds(std::string_view docx);
// Bytes of that part once unpacked; 0 where there is none.
std::size_t unpacked_bytes(std::string_view docx);
// iconv from GB18030 to UTF-8.
double iconv_seconds(const std::string& bytes);
// poppler's walk over all pages with a device that counts.
double poppler_seconds(std::string_view pdf);
// pdfplumber's characters, lines and tables of all pages, in a process of its own without its start.
double pdfplumber_seconds(std::string_view pdf);

}  // namespace gouji::bench
