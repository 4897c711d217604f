#include "tests/support/render_office.h"

#include <libdeflate.h>

#include <cstdint>
#include <optional>

#include "common/markup/html.h"
#include "common/text/utf8.h"

namespace gouji::testing {
namespace {

std::string le(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
  return text;
}

std::string packed(const std::string& bytes) {
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_deflate_compress_bound(compressor, bytes.size()), '\0');
  out.resize(libdeflate_deflate_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

std::string escaped(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    if (c == '<') xml += "&lt;";
    else if (c == '>') xml += "&gt;";
    else if (c == '&') xml += "&amp;";
    else xml.push_back(c);
  }
  return xml;
}

bool is_figure(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
}

// The report as the HTML scanner understands its page.
Document page_of(const ReportFigures& figures) { return scan_html(render_clean_html(figures)); }

// The cell that covers a place of the grid.
const GridCell* cell_at(const Grid& grid, std::uint32_t row, std::uint32_t column) {
  for (const GridCell& cell : grid.cells) {
    if (row >= cell.row && row < cell.row + cell.row_span && column >= cell.column &&
        column < cell.column + cell.column_span)
      return &cell;
  }
  return nullptr;
}

std::string run(std::string_view text) {
  return "<w:r><w:rPr><w:rFonts w:eastAsia=\"仿宋\"/><w:sz w:val=\"21\"/></w:rPr><w:t xml:space=\"preserve\">" +
         escaped(text) + "</w:t></w:r>";
}

std::string cell_runs(std::string_view text, const DocxStyle& style) {
  if (text.empty()) return {};
  const bool is_number = is_figure(text);
  if (is_number && style.has_tracked_changes) {
    return "<w:del w:id=\"1\" w:author=\"a\"><w:r><w:delText>77</w:delText></w:r></w:del>"
           "<w:ins w:id=\"2\" w:author=\"a\">" + run(text) + "</w:ins>"
           "<w:moveFrom w:id=\"3\"><w:r><w:t>55</w:t></w:r></w:moveFrom>";
  }
  if (is_number && style.splits_runs && text.size() > 1) return run(text.substr(0, 1)) + run(text.substr(1));
  return run(text);
}

std::string docx_cell(const Document& page, const GridCell& cell, std::uint32_t row, const DocxStyle& style) {
  std::string properties;
  if (cell.column_span > 1) properties += "<w:gridSpan w:val=\"" + std::to_string(cell.column_span) + "\"/>";
  if (cell.row_span > 1) properties += row == cell.row ? "<w:vMerge w:val=\"restart\"/>" : "<w:vMerge/>";
  const std::string runs = row == cell.row ? cell_runs(page.view(cell.text), style) : "";
  return "<w:tc><w:tcPr>" + properties + "</w:tcPr><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>" + runs + "</w:p></w:tc>";
}

std::string docx_table(const Document& page, const Grid& grid, const DocxStyle& style) {
  std::string xml = "<w:tbl><w:tblPr/><w:tblGrid/>";
  for (std::uint32_t row = 0; row < grid.rows; ++row) {
    xml += "<w:tr>";
    for (std::uint32_t column = 0; column < grid.columns;) {
      const GridCell* const cell = cell_at(grid, row, column);
      if (cell == nullptr) break;
      xml += docx_cell(page, *cell, row, style);
      column = cell->column + cell->column_span;
    }
    xml += "</w:tr>";
  }
  return xml + "</w:tbl>";
}

// One paragraph a row; a merged cell stands where it begins and leaves its other places empty.
std::string docx_tabbed(const Document& page, const Grid& grid) {
  std::string xml;
  for (std::uint32_t row = 0; row < grid.rows; ++row) {
    xml += "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\" w:pos=\"900\"/></w:tabs></w:pPr>";
    for (std::uint32_t column = 0; column < grid.columns; ++column) {
      const GridCell* const cell = cell_at(grid, row, column);
      const bool begins = cell != nullptr && cell->row == row && cell->column == column;
      if (column > 0) xml += "<w:r><w:tab/></w:r>";
      if (begins) xml += run(page.view(cell->text));
    }
    xml += "</w:p>";
  }
  return xml;
}

constexpr std::string_view kStyles =
    "<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
    "<w:style w:type=\"paragraph\" w:styleId=\"a0\"><w:name w:val=\"Title\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"heading 1\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"2\"><w:name w:val=\"numbered\"/><w:basedOn w:val=\"1\"/>"
    "<w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"3\"/></w:numPr></w:pPr></w:style></w:styles>";
constexpr std::string_view kNumbering =
    "<w:numbering xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
    "<w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/>"
    "<w:numFmt w:val=\"chineseCountingThousand\"/><w:lvlText w:val=\"%1、\"/></w:lvl></w:abstractNum>"
    "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>";

std::string docx_heading(std::string_view text, std::uint8_t level, const DocxStyle& style) {
  constexpr std::string_view kMark = "、";
  const std::size_t mark = text.find(kMark);
  if (level == 1) return docx_paragraph(text, "<w:pStyle w:val=\"a0\"/>");
  if (!style.numbers_headings || mark == text.npos) return docx_paragraph(text, "<w:pStyle w:val=\"1\"/>");
  return docx_paragraph(text.substr(mark + kMark.size()), "<w:pStyle w:val=\"2\"/>");
}

// GBK as RTF writes it, or \u with one character that stands in for it.
std::string rtf_text(std::string_view text, const RtfStyle& style) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string rtf;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const std::string character(text.substr(at, point.length));
    at += point.length;
    if (point.value == '\n') {
      rtf += "\\line ";
    } else if (point.value < 0x80) {
      if (point.value == '\\' || point.value == '{' || point.value == '}') rtf += '\\';
      rtf += character;
    } else if (style.is_gbk) {
      for (const char c : gb18030_by_iconv(character)) {
        const auto byte = static_cast<unsigned char>(c);
        rtf += std::string("\\'") + kHex[byte >> 4] + kHex[byte & 15];
      }
    } else {
      rtf += "\\u" + std::to_string(static_cast<std::int16_t>(point.value)) + " ?";
    }
  }
  return rtf;
}

std::string rtf_row(const Document& page, const Grid& grid, std::uint32_t row, const RtfStyle& style) {
  std::string properties = "\\trowd\\trgaph108", cells;
  for (std::uint32_t column = 0; column < grid.columns;) {
    const GridCell* const cell = cell_at(grid, row, column);
    if (cell == nullptr) break;
    if (cell->row_span > 1) properties += row == cell->row ? "\\clvmgf" : "\\clvmrg";
    column = cell->column + cell->column_span;
    properties += "\\clbrdrt\\brdrs\\cellx" + std::to_string(column * 900);
    cells += "\\pard\\intbl " + (row == cell->row ? rtf_text(page.view(cell->text), style) : "") + "\\cell ";
  }
  return properties + "\n" + cells + "\\row\n";
}

std::string column_name(std::uint32_t column) {
  std::string name;
  for (std::uint32_t rest = column + 1; rest > 0; rest = (rest - 1) / 26) name.insert(name.begin(), static_cast<char>('A' + (rest - 1) % 26));
  return name;
}

// A sheet that grows from above: text as inline strings, figures as numbers.
struct Sheet {
  std::string rows;
  std::string merges;
  std::uint32_t next_row = 1;

  void add(const Document& page, const GridCell& cell, std::string& row) {
    const std::string at = column_name(cell.column) + std::to_string(next_row);
    const std::string_view text = page.view(cell.text);
    if (is_figure(text)) {
      row += "<c r=\"" + at + "\"><v>" + std::string(text) + "</v></c>";
    } else if (!text.empty()) {
      row += "<c r=\"" + at + "\" t=\"inlineStr\"><is><t>" + escaped(text) + "</t></is></c>";
    }
    if (cell.row_span == 1 && cell.column_span == 1) return;
    merges += "<mergeCell ref=\"" + at + ":" + column_name(cell.column + cell.column_span - 1) +
              std::to_string(next_row + cell.row_span - 1) + "\"/>";
  }
};

void add_to_sheet(const Document& page, const Block& block, Sheet& sheet) {
  const auto end_row = [&](const std::string& row) {
    sheet.rows += "<row r=\"" + std::to_string(sheet.next_row++) + "\">" + row + "</row>";
  };
  if (block.kind != BlockKind::kGrid) {
    std::string row;
    GridCell whole;
    whole.text = block.text;
    sheet.add(page, whole, row);
    return end_row(row);
  }
  const Grid& grid = page.grids[block.grid];
  for (std::uint32_t index = 0; index < grid.rows; ++index) {
    std::string row;
    for (const GridCell& cell : grid.cells) {
      if (cell.row == index) sheet.add(page, cell, row);
    }
    end_row(row);
  }
}

}  // namespace

std::string zip_of(const std::vector<ZipPart>& parts, std::string_view comment) {
  std::string zip, directory;
  for (const ZipPart& part : parts) {
    const std::string data = part.is_packed ? packed(part.bytes) : part.bytes;
    const std::string sizes = le(libdeflate_crc32(0, part.bytes.data(), part.bytes.size()), 4) +
                              le(static_cast<std::uint32_t>(data.size()), 4) +
                              le(static_cast<std::uint32_t>(part.bytes.size()), 4) +
                              le(static_cast<std::uint32_t>(part.name.size()), 2) + le(0, 2);
    const std::string common = le(20, 2) + le(0x800, 2) + le(part.is_packed ? 8 : 0, 2) + le(0, 4) + sizes;
    directory += "PK\x01\x02" + le(20, 2) + common + le(0, 10) + le(static_cast<std::uint32_t>(zip.size()), 4) + part.name;
    zip += "PK\x03\x04" + common + part.name + data;
  }
  const auto count = static_cast<std::uint32_t>(parts.size());
  return zip + directory + "PK\x05\x06" + le(0, 4) + le(count, 2) + le(count, 2) +
         le(static_cast<std::uint32_t>(directory.size()), 4) + le(static_cast<std::uint32_t>(zip.size()), 4) +
         le(static_cast<std::uint32_t>(comment.size()), 2) + std::string(comment);
}

std::string docx_of(std::string_view body, std::vector<ZipPart> more) {
  const std::string document =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<w:document "
      "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" "
      "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><w:body>" +
      std::string(body) + "</w:body></w:document>";
  std::vector<ZipPart> parts = {{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", document}};
  for (ZipPart& part : more) parts.push_back(std::move(part));
  return zip_of(parts);
}

std::string docx_paragraph(std::string_view text, std::string_view properties) {
  return "<w:p><w:pPr>" + std::string(properties) + "</w:pPr>" + run(text) + "</w:p>";
}

std::string render_docx(const ReportFigures& figures, const DocxStyle& style) {
  const Document page = page_of(figures);
  std::string body;
  for (const Block& block : page.blocks) {
    if (block.kind == BlockKind::kHeading) {
      body += docx_heading(page.view(block.text), block.level, style);
    } else if (block.kind != BlockKind::kGrid) {
      body += docx_paragraph(page.view(block.text));
    } else {
      const Grid& grid = page.grids[block.grid];
      body += style.has_tabs ? docx_tabbed(page, grid) : docx_table(page, grid, style);
    }
  }
  if (style.is_in_table) body = "<w:tbl><w:tr><w:tc>" + body + "<w:p/></w:tc></w:tr></w:tbl>";
  return docx_of(body, {{"word/styles.xml", std::string(kStyles)}, {"word/numbering.xml", std::string(kNumbering)}});
}

std::string render_rtf(const ReportFigures& figures, const RtfStyle& style) {
  const Document page = page_of(figures);
  std::string rtf = "{\\rtf1\\ansi\\ansicpg936\\deff0\\uc1{\\fonttbl{\\f0\\fnil\\fcharset134 SimSun;}}"
                    "{\\colortbl;\\red0\\green0\\blue0;}{\\*\\generator Made;}{\\info{\\title x}}\n";
  for (const Block& block : page.blocks) {
    if (block.kind != BlockKind::kGrid) {
      rtf += "\\pard\\plain\\f0 " + rtf_text(page.view(block.text), style) + "\\par\n";
      continue;
    }
    const Grid& grid = page.grids[block.grid];
    for (std::uint32_t row = 0; row < grid.rows; ++row) rtf += rtf_row(page, grid, row, style);
  }
  return rtf + "}";
}

std::string render_xlsx(const ReportFigures& figures) {
  const Document page = page_of(figures);
  Sheet sheet;
  for (const Block& block : page.blocks) add_to_sheet(page, block, sheet);
  constexpr std::string_view kSpace = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
  const std::string xml = "<worksheet " + std::string(kSpace) + "><sheetData>" + sheet.rows + "</sheetData><mergeCells>" +
                          sheet.merges + "</mergeCells></worksheet>";
  const std::string workbook = "<workbook " + std::string(kSpace) +
                               " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>"
                               "<sheet name=\"年报\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
  const std::string relationships =
      "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
      "relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>";
  return zip_of({{"[Content_Types].xml", "<Types/>"}, {"xl/workbook.xml", workbook},
                 {"xl/_rels/workbook.xml.rels", relationships}, {"xl/worksheets/sheet1.xml", xml}});
}

}  // namespace gouji::testing
