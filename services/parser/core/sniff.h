// What a document is, by its bytes: never by its name or by what a server says.
#pragma once

#include <cstdint>
#include <string_view>

namespace gouji::parser {

enum class Format : std::uint8_t {
  kEmpty,  // no bytes, or white space only
  kHtml,
  kJson,
  kScript,  // JavaScript around a string or an object: JSONP, a variable, document.write
  kText,
  kPdf,
  kZip,  // any ZIP that is none of the following
  kDocx,
  kXlsx,
  kOfd,  // GB/T 33190
  kOdt,  // OpenDocument text
  kOds,  // OpenDocument sheets
  kOle,  // Word, Excel and WPS files before 2007
  kRtf,
  kMhtml,  // a page in a MIME message, as Word saves it
  kPng,
  kJpeg,
  kTiff,
  kGif,
  kBmp,
  kGzip,
  kRar,
  kBinary,  // none of these, and not text
};

std::string_view to_string(Format format);   // "PDF", "DOCX", ...
std::string_view media_type(Format format);  // "text/html", "application/pdf", ...

// `is_html_declared` decides only between text and HTML, where there are tags and both are
// possible.
struct SniffHint {
  bool is_html_declared = false;
};
Format sniff(std::string_view bytes, SniffHint hint = {});

}  // namespace gouji::parser
