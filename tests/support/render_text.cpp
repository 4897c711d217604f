#include "tests/support/render_text.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "tests/support/report_dress.h"

namespace gouji::testing {
namespace {

using Layout = TextLayout;
using Fields = std::vector<std::string>;

bool draw(std::mt19937& random, int percent) { return static_cast<int>(random() % 100) < percent; }

std::string broken(std::string text, const std::string& by) {
  for (std::size_t at = text.find(kBreak); at != text.npos; at = text.find(kBreak)) text.replace(at, 1, by);
  return text;
}

// Every place of the table; covered ones empty or with the text of what covers them.
std::vector<Fields> expanded(const TableRows& rows, bool is_repeated) {
  const auto width = static_cast<std::size_t>(width_of(rows));
  std::vector<Fields> places(rows.size(), Fields(width));
  std::vector<std::vector<bool>> used(rows.size(), std::vector<bool>(width, false));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    std::size_t column = 0;
    for (const TableCell& cell : rows[r]) {
      while (column < width && used[r][column]) ++column;
      const std::size_t row_end = std::min(rows.size(), r + static_cast<std::size_t>(cell.rows));
      const std::size_t column_end = std::min(width, column + static_cast<std::size_t>(cell.columns));
      for (std::size_t y = r; y < row_end; ++y) {
        for (std::size_t x = column; x < column_end; ++x) {
          used[y][x] = true;
          const bool is_origin = y == r && x == column;
          // A wide figure is not repeated: no converter does that to single values.
          if (is_origin || (is_repeated && cell.kind != CellKind::kFigure)) places[y][x] = cell.text;
        }
      }
      column = column_end;
    }
  }
  return places;
}

// The row's own cells; with `is_wide_padded` those that span columns are followed by empty fields.
std::vector<Fields> own_cells(const TableRows& rows, bool is_wide_padded) {
  std::vector<Fields> lines;
  for (const TableRow& row : rows) {
    Fields& fields = lines.emplace_back();
    for (const TableCell& cell : row) {
      fields.push_back(cell.text);
      for (int i = 1; is_wide_padded && i < cell.columns; ++i) fields.emplace_back();
    }
  }
  return lines;
}

std::string page_furniture(std::mt19937& random) {
  const std::string page = std::to_string(2 + random() % 6);
  switch (random() % 4) {
    case 0: return "- " + page + " -";
    case 1: return "— " + page + " —";
    case 2: return "第 " + page + " 页 共 9 页";
    default: return "第" + page + "页";
  }
}

class TextRenderer {
 public:
  TextRenderer(const std::array<TableRows, 3>& tables, const TextOptions& options, std::mt19937& random)
      : tables_(tables), options_(options), random_(random) {
    const std::string breaks[] = {"", " ", "\n"};
    break_ = breaks[random_() % (is_by_row() ? 3 : 2)];
    if (options_.layout == Layout::kMarkdown || options_.layout == Layout::kMarkdownBold) break_ = draw(random_, 50) ? "<br>" : "";
    if (options_.layout == Layout::kSpaces || options_.layout == Layout::kWrapped || loses_information(options_.layout)) break_ = "";
  }

  std::string run(const std::vector<Part>& parts) {
    for (const Part& part : parts) add(part);
    if (options_.layout == Layout::kDeduplicated) drop_repeated_lines();
    if (options_.is_crlf) text_ = with_crlf(text_);
    return std::move(text_);
  }

 private:
  bool is_by_row() const {
    return options_.layout != Layout::kCellLines && options_.layout != Layout::kCellLinesSpaced && options_.layout != Layout::kCellPipes &&
           options_.layout != Layout::kCellPipeLines && options_.layout != Layout::kDeduplicated;
  }

  void add(const Part& part) {
    const bool is_markdown = options_.layout == Layout::kMarkdown || options_.layout == Layout::kMarkdownBold;
    if (part.kind == PartKind::kTable) {
      if (has_tables(options_.layout)) add_table(tables_.at(part.table), part.table);
      if (options_.layout == Layout::kNotInText && draw(random_, 50)) text_ += "附件：统计表.docx\n";
    } else if (part.kind == PartKind::kHeading) {
      const std::string mark = is_markdown ? "## " : "";
      section_ = part.text.substr(0, 3);
      if (!is_left_out()) text_ += mark + part.text + "\n";
    } else if (!is_left_out()) {
      text_ += (is_markdown && part.kind == PartKind::kTitle ? "# " : "") + part.text + "\n";
      if (is_markdown || options_.layout == Layout::kCellLinesSpaced) text_ += "\n";
    }
  }

  bool is_left_out() const {
    return options_.layout == Layout::kNoSections && (section_ == "二" || section_ == "三" || section_ == "四");
  }

  void add_table(const TableRows& rows, std::size_t table) {
    if (options_.layout == Layout::kWrapped) return add_wrapped(rows);
    if (options_.layout == Layout::kRunTogether) return add_run_together(rows);
    std::vector<Fields> lines = fields_of(rows);
    if (options_.layout == Layout::kScrambledTable4 && table == 2) scramble(lines);
    if (options_.layout == Layout::kSurplus) add_surplus(lines, rows);
    if (options_.layout == Layout::kCollapsed) collapse(lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      add_row(lines[i], i == 0);
      if (options_.has_furniture && i > 3 && draw(random_, 8)) text_ += page_furniture(random_) + "\n";
    }
    if (is_by_row()) text_ += draw(random_, 50) ? "\n" : "";
  }

  std::vector<Fields> fields_of(const TableRows& rows) const {
    std::vector<Fields> lines;
    switch (options_.layout) {
      case Layout::kPipes:
      case Layout::kPipesFramed:
      case Layout::kSeparatorRuns:
      case Layout::kMarkdown:
      case Layout::kMarkdownBold: lines = expanded(rows, false); break;
      case Layout::kPipesRepeated: lines = expanded(rows, true); break;
      case Layout::kTabsPadded: lines = own_cells(rows, true); break;
      default: lines = own_cells(rows, false);
    }
    const std::string in_line = is_by_row() ? break_ : (break_.empty() ? "" : " ");
    for (Fields& fields : lines) {
      for (std::string& field : fields) field = broken(field, in_line);
    }
    return lines;
  }

  void add_row(const Fields& fields, bool is_first) {
    std::string row;
    switch (options_.layout) {
      case Layout::kCellLines:
      case Layout::kDeduplicated:
        for (const std::string& field : fields) row += field + "\n";
        break;
      case Layout::kCellLinesSpaced:
        for (const std::string& field : fields) row += field + "\n\n";
        break;
      case Layout::kCellPipes:
        for (const std::string& field : fields) row += field + " |\n";
        break;
      case Layout::kCellPipeLines:
        for (const std::string& field : fields) row += field + "\n|\n";
        break;
      case Layout::kPipes:
      case Layout::kPipesRepeated:
      case Layout::kPipesShort:
      case Layout::kScrambledTable4:
      case Layout::kSurplus: row = joined(fields, " | ") + (is_closed() ? " |\n" : "\n"); break;
      case Layout::kPipesFramed: row = "| " + joined(fields, " | ") + " |\n"; break;
      case Layout::kTabs:
      case Layout::kTabsPadded: row = joined(fields, "\t") + "\n"; break;
      case Layout::kSpaces:
      case Layout::kCollapsed: row = joined(fields, draw_gap()) + "\n"; break;
      case Layout::kSeparatorRuns: row = joined(fields, "|") + std::string(200 + random_() % 200, '|') + "\n"; break;
      case Layout::kMarkdown:
      case Layout::kMarkdownBold: row = markdown_row(fields, is_first); break;
      default: break;
    }
    text_ += row;
  }

  // Within one document rows end alike.
  bool is_closed() {
    if (closed_ < 0) closed_ = draw(random_, 50) ? 1 : 0;
    return closed_ == 1;
  }

  std::string draw_gap() { return std::string(1 + random_() % 3, ' '); }

  std::string markdown_row(const Fields& fields, bool is_first) const {
    Fields cells = fields;
    for (std::string& cell : cells) {
      const bool is_label = cell.find_first_not_of("0123456789.-+") != std::string::npos;
      if (options_.layout == Layout::kMarkdownBold && is_label) cell = "**" + cell + "**";
    }
    std::string row = "| " + joined(cells, " | ") + " |\n";
    if (is_first) {
      row += "|";
      for (std::size_t i = 0; i < fields.size(); ++i) row += " --- |";
      row += "\n";
    }
    return row;
  }

  static std::string joined(const Fields& fields, const std::string& separator) {
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) line += (i == 0 ? "" : separator) + fields[i];
    return line;
  }

  // Labels in two halves with their values between; the side column letter by letter.
  void add_wrapped(const TableRows& rows) {
    std::vector<std::string> side;
    for (const TableRow& row : rows) {
      std::string label, values, words;
      for (const TableCell& cell : row) {
        const std::string text = broken(cell.text, "");
        if (cell.kind == CellKind::kFigure) {
          values += (values.empty() ? "" : " ") + text;
        } else if (cell.kind == CellKind::kGroup && cell.rows > 8) {
          side = characters_of(text);
          std::reverse(side.begin(), side.end());
        } else if (cell.kind == CellKind::kGroup) {
          text_ += text + "\n";
        } else {
          (cell.kind == CellKind::kLabel ? label : words) += (cell.kind == CellKind::kLabel || words.empty() ? "" : " ") + text;
        }
      }
      if (!words.empty()) text_ += words + "\n";
      if (!side.empty() && draw(random_, 50)) {
        text_ += side.back() + "\n";
        side.pop_back();
      }
      add_wrapped_row(label, values);
      if (options_.has_furniture && draw(random_, 8)) text_ += page_furniture(random_) + "\n";
    }
  }

  void add_wrapped_row(const std::string& label, const std::string& values) {
    if (values.empty()) return;
    const std::vector<std::string> characters = characters_of(label);
    if (characters.size() < 12) {
      text_ += label + (label.empty() ? "" : " ") + values + "\n";
      return;
    }
    std::string halves[2];
    for (std::size_t i = 0; i < characters.size(); ++i) halves[i < characters.size() / 2 ? 0 : 1] += characters[i];
    text_ += halves[0] + "\n" + values + "\n" + halves[1] + "\n";
  }

  void add_run_together(const TableRows& rows) {
    const bool is_one_line = draw(random_, 40);
    for (const TableRow& row : rows) {
      for (const TableCell& cell : row) text_ += broken(cell.text, "");
      if (!is_one_line) text_ += "\n";
    }
    if (is_one_line) text_ += "\n";
  }

  void scramble(std::vector<Fields>& lines) {
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) std::shuffle(lines[i].begin(), lines[i].end(), random_);
    if (draw(random_, 50) && lines.size() > 2) std::swap(lines[0], lines[1]);
  }

  void add_surplus(std::vector<Fields>& lines, const TableRows& rows) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t figures = static_cast<std::size_t>(
          std::count_if(rows[i].begin(), rows[i].end(), [](const TableCell& cell) { return cell.kind == CellKind::kFigure; }));
      if (figures >= 7 && draw(random_, 15)) lines[i].emplace_back("0");
    }
  }

  void collapse(std::vector<Fields>& lines) {
    for (Fields& fields : lines) std::erase_if(fields, [](const std::string& field) { return field.empty(); });
  }

  void drop_repeated_lines() {
    std::set<std::string> seen;
    std::istringstream stream(std::exchange(text_, {}));
    for (std::string line; std::getline(stream, line);) {
      if (seen.insert(line).second) text_ += line + "\n";
    }
  }

  static std::string with_crlf(const std::string& text) {
    std::string result;
    for (const char c : text) {
      if (c == '\n') result += '\r';
      result += c;
    }
    return result;
  }

  const std::array<TableRows, 3>& tables_;
  TextOptions options_;
  std::mt19937& random_;
  std::string text_;
  std::string break_;
  std::string section_;
  int closed_ = -1;
};

}  // namespace

const char* name_of(TextLayout layout) {
  switch (layout) {
    case Layout::kCellLines: return "A1 cell a line";
    case Layout::kCellLinesSpaced: return "A1 with empty lines";
    case Layout::kCellPipes: return "A2 cell and pipe";
    case Layout::kCellPipeLines: return "A2 pipe on its line";
    case Layout::kPipes: return "A3 pipes";
    case Layout::kPipesFramed: return "A3 pipes framed";
    case Layout::kPipesRepeated: return "A3 pipes repeated";
    case Layout::kPipesShort: return "A3b pipes short";
    case Layout::kTabs: return "A4 tabs";
    case Layout::kTabsPadded: return "A4 tabs padded";
    case Layout::kSpaces: return "A5 spaces";
    case Layout::kRunTogether: return "A6 run together (lossy)";
    case Layout::kCollapsed: return "A7 collapsed (lossy)";
    case Layout::kDeduplicated: return "A8 lines dropped (lossy)";
    case Layout::kSeparatorRuns: return "A9 separator runs";
    case Layout::kWrapped: return "A10 wrapped";
    case Layout::kScrambledTable4: return "A11 table 4 scrambled";
    case Layout::kSurplus: return "A12 surplus zeros";
    case Layout::kNotInText: return "A15 not in text";
    case Layout::kNoSections: return "A16 no sections";
    case Layout::kMarkdown: return "markdown";
    case Layout::kMarkdownBold: return "markdown bold";
  }
  return "";
}

bool shows_blanks(TextLayout layout) {
  switch (layout) {
    case Layout::kCellLines:
    case Layout::kCellLinesSpaced:
    case Layout::kSpaces:
    case Layout::kSurplus:
    case Layout::kWrapped: return false;
    default: return true;
  }
}

bool loses_information(TextLayout layout) {
  return layout == Layout::kRunTogether || layout == Layout::kCollapsed || layout == Layout::kDeduplicated;
}

bool has_tables(TextLayout layout) { return layout != Layout::kNotInText && layout != Layout::kNoSections; }

std::string render_text(const std::vector<Part>& parts, const std::array<TableRows, 3>& tables, const TextOptions& options,
                        std::mt19937& random) {
  return TextRenderer(tables, options, random).run(parts);
}

}  // namespace gouji::testing
