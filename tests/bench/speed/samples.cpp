#include "tests/bench/speed/samples.h"

#include <algorithm>
#include <random>
#include <utility>

#include "common/markup/html.h"
#include "common/text/utf8.h"
#include "tests/support/render_doc.h"
#include "tests/support/render_office.h"
#include "tests/support/render_pdf.h"

namespace gouji::bench {
namespace {

// Lays a report out on pages: lines of prose, tables with a box around every cell.
class SheetWriter {
 public:
  std::vector<testing::PdfSheet> lay_out(const Document& page) {
    for (const Block& block : page.blocks) {
      if (block.kind == BlockKind::kGrid) {
        add_grid(page, page.grids[block.grid]);
      } else {
        add_prose(page.view(block.text), block.kind == BlockKind::kHeading);
      }
    }
    return std::move(sheets_);
  }

 private:
  static constexpr double kLeft = 50, kRight = 545, kTop = 60, kBottom = 780;
  static constexpr double kProseSize = 12, kCellSize = 5, kProseLeading = 20, kRowHeight = 42;

  void make_room(double height) {
    if (!sheets_.empty() && y_ + height <= kBottom) return;
    sheets_.emplace_back();
    y_ = kTop;
  }

  // As many characters as fit a line of this width, an ideograph as wide as it is high.
  static std::vector<std::string> wrapped(std::string_view text, double width, double size) {
    std::vector<std::string> lines(1);
    double used = 0;
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint point = code_point_at(text, at);
      const double wide = point.length == 1 ? size / 2 : size;
      if (used + wide > width) {
        lines.emplace_back();
        used = 0;
      }
      lines.back().append(text.substr(at, point.length));
      used += wide;
      at += point.length;
    }
    return lines;
  }

  void add_prose(std::string_view text, bool is_heading) {
    for (const std::string& line : wrapped(text, kRight - kLeft, kProseSize)) {
      make_room(kProseLeading);
      sheets_.back().texts.push_back({is_heading ? kLeft : kLeft + 1, y_ + kProseSize, kProseSize, line});
      y_ += kProseLeading;
    }
  }

  // A row goes whole on a page; a cell that spans a page's end is closed there and goes on.
  void add_grid(const Document& page, const Grid& grid) {
    const double width = (kRight - kLeft) / grid.columns;
    for (std::uint32_t row = 0; row < grid.rows; ++row) {
      make_room(kRowHeight);
      testing::PdfSheet& sheet = sheets_.back();
      for (const GridCell& cell : grid.cells) {
        if (cell.row > row || cell.row + cell.row_span <= row) continue;
        const double left = kLeft + cell.column * width, right = left + cell.column_span * width;
        const double bottom = y_ + kRowHeight;
        const bool is_last = cell.row + cell.row_span == row + 1 || bottom + kRowHeight > kBottom;
        sheet.lines.push_back({left, y_, left, bottom});
        sheet.lines.push_back({right, y_, right, bottom});
        if (cell.row == row || y_ == kTop) sheet.lines.push_back({left, y_, right, y_});
        if (is_last) sheet.lines.push_back({left, bottom, right, bottom});
        if (cell.row == row) add_cell(sheet, page.view(cell.text), left, right);
      }
      y_ += kRowHeight;
    }
    y_ += kProseLeading;
  }

  void add_cell(testing::PdfSheet& sheet, std::string_view text, double left, double right) const {
    double y = y_ + kCellSize + 1;
    for (const std::string& line : wrapped(text, right - left - 2, kCellSize)) {
      sheet.texts.push_back({left + 1, y, kCellSize, line});
      y += kCellSize + 1;
    }
  }

  std::vector<testing::PdfSheet> sheets_;
  double y_ = kTop;
};

std::vector<std::pair<std::string, testing::PdfStyle>> pdf_styles() {
  using testing::PdfEncoding;
  using testing::PdfWriter;
  std::vector<std::pair<std::string, testing::PdfStyle>> styles;
  const auto add = [&](std::string name) -> testing::PdfStyle& { return styles.emplace_back(std::move(name), testing::PdfStyle{}).second; };
  add("CID font, ToUnicode");
  add("GBK-EUC-H, not embedded").encoding = PdfEncoding::kGbkEuc;
  add("UniGB-UCS2-H, not embedded").encoding = PdfEncoding::kUniGbUcs2;
  add("Type 3 fonts").encoding = PdfEncoding::kType3;
  add("object streams").structure = PdfWriter::Structure::kObjectStreams;
  add("filled rules").has_filled_lines = true;
  add("form XObject").is_in_form = true;
  add("turned by 90").rotate = 90;
  return styles;
}

void add_office_files(const testing::ReportFigures& figures, std::vector<testing::Rendering>& all) {
  const auto add = [&](const char* format, const char* layout, std::string bytes) {
    all.push_back({format, layout, {}, std::move(bytes), figures});
  };
  testing::DocxStyle split, tracked, numbered, nested;
  split.splits_runs = tracked.has_tracked_changes = numbered.numbers_headings = nested.is_in_table = true;
  add("docx", "plain", testing::render_docx(figures));
  add("docx", "figures in two runs", testing::render_docx(figures, split));
  add("docx", "tracked changes", testing::render_docx(figures, tracked));
  add("docx", "numbered headings", testing::render_docx(figures, numbered));
  add("docx", "in a layout table", testing::render_docx(figures, nested));
  add("doc", "plain", testing::render_doc(figures));
  testing::DocOptions pieces;
  pieces.pieces = 40;
  add("doc", "forty pieces", testing::render_doc(figures, pieces));
  add("rtf", "Unicode", testing::render_rtf(figures));
  add("rtf", "GBK", testing::render_rtf(figures, {true}));
  add("xlsx", "plain", testing::render_xlsx(figures));
  add("ofd", "ruled", testing::render_ofd(figures));
}

}  // namespace

// The page of the renderings, with a list of further reports below: portals have one.
std::string clean_page(const testing::ReportFigures& figures) {
  constexpr std::size_t kBytes = 15'000;
  std::string page = testing::render_clean_html(figures);
  const std::size_t end = page.rfind("</body>");
  std::string list;
  for (int i = 1; page.size() + list.size() < kBytes; ++i) list += "<p>栏目" + std::to_string(i) + "：本级文件目录与办事指南，按主题和文号排列。</p>\n";
  page.insert(end == page.npos ? page.size() : end, list);
  return page;
}

std::string word_page(const testing::ReportFigures& figures) { return testing::render_word_html(figures); }

std::vector<testing::Rendering> samples(const testing::ReportFigures& figures, std::uint32_t seed) {
  std::vector<testing::Rendering> all = testing::render_all(figures, seed);
  all.push_back({"html", "clean, 15 kB", {}, clean_page(figures), figures});
  all.push_back({"html", "Word-made, 235 kB", {}, word_page(figures), figures});
  all.push_back({"html", "Word-made, GB18030", {}, testing::gb18030_by_iconv(word_page(figures)), figures});
  add_office_files(figures, all);
  const std::vector<testing::PdfSheet> sheets = SheetWriter().lay_out(scan_html(testing::render_clean_html(figures)));
  for (const auto& [name, style] : pdf_styles()) all.push_back({"pdf", name, {}, testing::render_pdf(sheets, style), figures});
  return all;
}

}  // namespace gouji::bench
