// Small office files with known contents: ZIPs, DOCX around a given body, and whole reports as
// DOCX, RTF and XLSX.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/render_html.h"

namespace gouji::testing {

struct ZipPart {
  std::string name;
  std::string bytes;
  bool is_packed = true;
};
// With a correct directory; `comment` stands at its end.
std::string zip_of(const std::vector<ZipPart>& parts, std::string_view comment = {});

// A package whose word/document.xml has this body, and the other parts.
std::string docx_of(std::string_view body, std::vector<ZipPart> more = {});
// <w:p> with the text in one run; `properties` go into <w:pPr>.
std::string docx_paragraph(std::string_view text, std::string_view properties = {});

struct DocxStyle {
  bool splits_runs = false;         // a figure of several digits stands in two runs
  bool has_tracked_changes = false; // figures are inserted, and others deleted before them
  bool numbers_headings = false;    // 一、 comes from the list of the heading style
  bool is_in_table = false;         // all stands in a cell of an outer table
  bool has_tabs = false;            // rows are paragraphs, their cells between tabs
};
std::string render_docx(const ReportFigures& figures, const DocxStyle& style = {});

struct RtfStyle {
  bool is_gbk = false;  // Chinese as \'hh in code page 936, else as \u
};
std::string render_rtf(const ReportFigures& figures, const RtfStyle& style = {});

std::string render_xlsx(const ReportFigures& figures);

}  // namespace gouji::testing
