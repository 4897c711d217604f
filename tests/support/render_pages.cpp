#include "tests/support/render_pages.h"

#include <algorithm>
#include <utility>

#include "tests/support/report_dress.h"

namespace gouji::testing {
namespace {

bool draw(std::mt19937& random, int percent) { return static_cast<int>(random() % 100) < percent; }

std::string escaped_json(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

// The rows with every place as a cell of its own; covered ones empty, or with the text again.
TableRows flattened(const TableRows& rows, bool is_repeated) {
  const auto width = static_cast<std::size_t>(width_of(rows));
  TableRows flat(rows.size(), TableRow(width));
  std::vector<std::vector<bool>> used(rows.size(), std::vector<bool>(width, false));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::size_t column = 0;
    for (const TableCell& cell : rows[r]) {
      while (column < width && used[r][column]) ++column;
      for (std::size_t y = r; y < std::min(rows.size(), r + static_cast<std::size_t>(cell.rows)); ++y) {
        for (std::size_t x = column; x < std::min(width, column + static_cast<std::size_t>(cell.columns)); ++x) {
          used[y][x] = true;
          const bool is_origin = y == r && x == column;
          flat[y][x].kind = cell.kind;
          if (is_origin || (is_repeated && cell.kind != CellKind::kFigure)) flat[y][x].text = cell.text;
        }
      }
      column += static_cast<std::size_t>(cell.columns);
    }
  }
  return flat;
}

class PageRenderer {
 public:
  PageRenderer(const std::array<TableRows, 3>& tables, PageLayout layout, std::mt19937& random)
      : tables_(tables), layout_(layout), random_(random), has_header_cells_(draw(random, 30)), is_upper_(draw(random, 10)),
        has_paragraphs_(draw(random, 50)), has_sections_(draw(random, 30)), has_comments_(draw(random, 15)),
        has_entities_(draw(random, 10)), is_digit_split_(layout == PageLayout::kWord || draw(random, 10)) {}

  std::string run(const std::vector<Part>& parts) {
    std::string body;
    for (const Part& part : parts) body += render(part);
    if (layout_ == PageLayout::kNested) {
      body = "<table width=\"1000\"><tr><td width=\"200\"><ul><li><a href=\"/\">首页</a></li><li><a href=\"/zwgk\">政务公开</a></li></ul></td><td><table><tr><td>" +
             body + "</td></tr></table></td></tr></table>";
    }
    std::string page = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>" + title_of(parts) + "</title>\n" +
                       "<style>td{padding:0 5pt} .a>b{color:#000}</style><script>var rows=\"<td>77777</td>\";</script></head>\n<body>\n" + body +
                       "<div class=\"footer\">主办单位：信息中心 <a href=\"/about\">网站地图</a></div></body></html>\n";
    if (layout_ != PageLayout::kJson) return page;
    return "{\"code\":0,\"data\":{\"title\":\"" + escaped_json(title_of(parts)) + "\",\"content\":\"" + escaped_json(body) + "\"}}";
  }

 private:
  static std::string title_of(const std::vector<Part>& parts) {
    for (const Part& part : parts) {
      if (part.kind == PartKind::kTitle) return part.text;
    }
    return "政府信息公开年报";
  }

  std::string render(const Part& part) {
    switch (part.kind) {
      case PartKind::kTitle: return draw(random_, 50) ? "<h1>" + part.text + "</h1>\n" : "<p align=center><strong>" + part.text + "</strong></p>\n";
      case PartKind::kHeading: return draw(random_, 50) ? "<h2>" + part.text + "</h2>\n" : "<p><b>" + part.text + "</b></p>\n";
      case PartKind::kTable: return render_tables(tables_.at(part.table));
      default: return "<p style=\"text-indent:2em\">" + part.text + "</p>\n";
    }
  }

  std::string render_tables(const TableRows& rows) {
    if (layout_ == PageLayout::kFlat) return render_table(flattened(rows, false));
    if (layout_ == PageLayout::kRepeated) return render_table(flattened(rows, true));
    if (layout_ != PageLayout::kSplit || rows.size() < 10) return render_table(rows);
    return render_split(rows);
  }

  // Merged labels end with the page and begin anew on the next.
  std::string render_split(const TableRows& rows) {
    const std::size_t at = 6 + random_() % (rows.size() - 8);
    TableRows first(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(at));
    TableRows second(rows.begin() + static_cast<std::ptrdiff_t>(at), rows.end());
    std::vector<TableCell> continued;
    for (std::size_t row = 0; row < at; ++row) {
      for (TableCell& cell : first[row]) {
        const int below = static_cast<int>(row) + cell.rows - static_cast<int>(at);
        if (below <= 0) continue;
        TableCell rest = cell;
        rest.rows = below;
        rest.text = draw(random_, 50) ? cell.text : "";
        cell.rows -= below;
        continued.push_back(rest);
      }
    }
    second[0].insert(second[0].begin(), continued.begin(), continued.end());
    return render_table(first) + "<p>&nbsp;</p>" + render_table(second);
  }

  std::string render_table(const TableRows& rows) {
    std::string html = layout_ == PageLayout::kWord ? "<table class=MsoNormalTable border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>\n"
                                                    : "<table border=\"1\">\n";
    if (has_sections_) html += "<colgroup><col width=\"80\"><col width=\"80\"></colgroup><tbody>\n";
    for (const TableRow& row : rows) {
      html += "<tr>";
      for (const TableCell& cell : row) html += render_cell(cell);
      if (layout_ != PageLayout::kUnclosed) html += "</tr>";
      html += "\n";
    }
    html += has_sections_ ? "</tbody></table>\n" : "</table>\n";
    return is_upper_ ? upper_tags(html) : html;
  }

  std::string render_cell(const TableCell& cell) {
    const std::string tag = cell.kind == CellKind::kHeader && has_header_cells_ ? "th" : "td";
    std::string html = "<" + tag;
    if (cell.rows > 1) html += " rowspan=\"" + std::to_string(cell.rows) + "\"";
    if (cell.columns > 1) html += " colspan=" + std::to_string(cell.columns);
    if (layout_ == PageLayout::kWord) html += " style='width:48.0pt;border:solid windowtext 1.0pt;padding:0cm 5.4pt'";
    html += ">";
    const std::string content = content_of(cell);
    html += has_paragraphs_ ? "<p>" + content + "</p>" : content;
    if (layout_ != PageLayout::kUnclosed) html += "</" + tag + ">";
    return html;
  }

  std::string content_of(const TableCell& cell) {
    std::string text;
    for (const std::string& character : characters_of(cell.text)) {
      if (character[0] == kBreak) {
        text += draw(random_, 50) ? "<br>" : "<br/>\n";
      } else if (has_entities_ && character.size() == 1 && character[0] >= '0' && character[0] <= '9') {
        text += "&#" + std::to_string(static_cast<int>(character[0])) + ";";
      } else if (is_digit_split_ && cell.kind == CellKind::kFigure && !text.empty() && character.size() == 1) {
        text += "</span><span lang=EN-US style='font-size:10.5pt'>" + character;
      } else {
        text += character;
      }
    }
    if (has_comments_) text += "<!-- 12 -->";
    if (layout_ == PageLayout::kWord) return "<span lang=EN-US style='font-size:10.5pt;mso-font-kerning:0pt'>" + (text.empty() ? "&nbsp;" : text) + "<o:p></o:p></span>";
    if (is_digit_split_) return "<span>" + text + "</span>";
    return text.empty() && draw(random_, 50) ? "&nbsp;" : text;
  }

  static std::string upper_tags(std::string html) {
    bool is_tag = false;
    for (char& c : html) {
      if (c == '<') is_tag = true;
      if (c == ' ' || c == '>') is_tag = false;
      if (is_tag && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return html;
  }

  const std::array<TableRows, 3>& tables_;
  PageLayout layout_;
  std::mt19937& random_;
  bool has_header_cells_, is_upper_, has_paragraphs_, has_sections_, has_comments_, has_entities_, is_digit_split_;
};

}  // namespace

const char* name_of(PageLayout layout) {
  switch (layout) {
    case PageLayout::kSpans: return "A22 spans";
    case PageLayout::kWord: return "A21 Word-made";
    case PageLayout::kFlat: return "A22 flat";
    case PageLayout::kRepeated: return "A28 repeated";
    case PageLayout::kUnclosed: return "end tags missing";
    case PageLayout::kNested: return "layout tables";
    case PageLayout::kSplit: return "split tables";
    case PageLayout::kJson: return "inside JSON";
  }
  return "";
}

std::string render_page(const std::vector<Part>& parts, const std::array<TableRows, 3>& tables, PageLayout layout, std::mt19937& random) {
  return PageRenderer(tables, layout, random).run(parts);
}

}  // namespace gouji::testing
