// Official tables as HTML pages: the layout of the national forms around given figures, in clean
// HTML and in the HTML that Word writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gouji::testing {

// Figures of one report, as they are to be printed: "" is a blank cell.
struct ReportFigures {
  std::string organ = "临河市人民政府";
  int year = 2021;
  int table2_edition = 2021;
  int table3_edition = 2021;
  std::vector<std::vector<std::string>> table2;  // rows of the edition, in the form's order
  std::vector<std::vector<std::string>> table3;  // 23 or 25 rows of 7
  std::vector<std::string> table4;               // 15
};

// Figures that satisfy every identity, all different enough to tell cells apart; `seed` varies
// them.
ReportFigures made_up_figures(int table2_edition, int table3_edition, std::uint32_t seed = 1);

// Makes most outcomes of table 3 and most of table 4 zero, as small organs have them, and adds up anew.
void thin_out(ReportFigures& figures, std::uint32_t seed);

// Figures of a file like grids/000.json; nullopt when the file is not there or has another shape.
std::optional<ReportFigures> figures_from_grid_file(const std::string& path);

// A page of some 15 kB: headings, paragraphs, three tables.
std::string render_clean_html(const ReportFigures& figures);

struct WordStyle {
  std::size_t bytes = 235'000;    // the page is filled up to at least this size by its navigation
  bool is_digit_split = true;     // some figures stand in two spans
  bool has_layout_table = false;  // everything stands in a cell of an outer table
};
// The same report as a content management system shows it after a paste from Word.
std::string render_word_html(const ReportFigures& figures, const WordStyle& style = {});

// All figures that a reader must find, in reading order: table 2, table 3, table 4.
std::vector<std::string> all_figures(const ReportFigures& figures);

// The text in GB18030, by the iconv of this host.
std::string gb18030_by_iconv(const std::string& utf8);
std::string utf8_by_iconv(const std::string& bytes, const char* charset);

}  // namespace gouji::testing
