#include "services/gouji/table_picture.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "common/core/decimal.h"

namespace gouji::command {
namespace {

constexpr std::size_t kLabelWidth = 26;
constexpr std::size_t kGap = 2;
constexpr std::size_t kColumnCharacters = 4;

// The first characters of UTF-8 text that fit, by display width.
std::string cut(std::string_view text, std::size_t width) {
  std::size_t end = 0;
  std::size_t used = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    const std::size_t wide = display_width(text.substr(end, next - end));
    if (used + wide > width) break;
    used += wide;
    end = next;
  }
  return std::string(text.substr(0, end));
}

// What does not fit ends in "…", so that nobody takes it for the whole label.
std::string left(std::string_view text, std::size_t width) {
  std::string out = display_width(text) <= width ? std::string(text) : cut(text, width - 1) + "…";
  out.append(width - std::min(width, display_width(out)), ' ');
  return out;
}

std::string right(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(width - std::min(width, taken), ' ') + std::string(text);
}

std::string state_mark(const TableReading& table, std::uint16_t cell) {
  switch (table.cells[cell].state) {
    case CellState::kNumber: return printed_value(table, cell);
    case CellState::kNil: return "/";
    case CellState::kText: return "字";
    case CellState::kUnreadable: return "▒";
    case CellState::kAbsent: return "×";
    case CellState::kBlank: break;
  }
  return "";
}

struct Picture {
  const TableReading& table;
  const Form& form;
  std::map<std::string, Suspect> suspects;
  std::set<std::string, std::less<>> off;  // see off_lines()
  bool colour;

  bool is_off(std::string_view line, const std::string& key) const {
    return off.contains(fmt::format("{} {} {}", line, to_string(table.table), key));
  }

  // The figure with its mark.
  std::string text(std::uint16_t i) const {
    const std::string value = state_mark(table, i);
    const auto found = suspects.find(form.cells()[i].id);
    if (found == suspects.end()) return value;
    const Suspect& suspect = found->second;
    if (suspect.suspicion == Suspicion::kCertain) return fmt::format("[{}→{}]", value, suspect.proposed.value_or(0));
    return (suspect.suspicion == Suspicion::kPossible ? "?" : "!") + value;
  }

  std::string cell(std::uint16_t i, std::size_t width) const {
    const std::string padded = right(text(i), width);
    const auto found = suspects.find(form.cells()[i].id);
    if (!colour || found == suspects.end()) return padded;
    const std::string_view code = found->second.suspicion == Suspicion::kCertain ? "\x1b[1;31m" : "\x1b[33m";
    return fmt::format("{}{}\x1b[0m", code, padded);
  }

  bool holds_something(std::uint16_t i) const {
    const Cell& cell = table.cells[i];
    return (cell.state != CellState::kBlank && !(cell.is_number() && cell.value == 0)) || suspects.contains(form.cells()[i].id);
  }
};

// The rows and columns of a block in which something stands.
class BlockPicture {
 public:
  BlockPicture(const Picture& picture, const FormBlock& block) : picture_(picture), block_(block) {
    for (std::size_t row = 0; row < block.rows.size(); ++row) {
      bool is_shown = false;
      for (std::size_t column = 0; column < block.columns.size(); ++column) is_shown |= picture.holds_something(at(row, column));
      if (is_shown) rows_.push_back(row);
    }
    for (std::size_t column = 0; column < block.columns.size(); ++column) {
      const std::string label = cut(block.columns[column].label, 2 * kColumnCharacters);
      bool is_shown = picture.is_off("column", block.columns[column].key);
      std::size_t width = display_width(label);
      for (const std::size_t row : rows_) {
        is_shown |= picture.holds_something(at(row, column));
        width = std::max(width, display_width(picture.text(at(row, column))));
      }
      if (is_shown) columns_.push_back({column, label, width + kGap});
    }
  }

  std::string draw(Language language) const {
    std::string out = "    " + left(block_.heading, kLabelWidth);
    for (const Column& column : columns_) out += right(column.label, column.width);
    out += "\n";
    for (const std::size_t row : rows_) {
      out += "    " + left(block_.rows[row].label, kLabelWidth);
      for (const Column& column : columns_) out += picture_.cell(at(row, column.index), column.width);
      out += picture_.is_off("row", block_.rows[row].key) ? " ≠\n" : "\n";
    }
    return out + footer() + left_out(language);
  }

 private:
  struct Column {
    std::size_t index;
    std::string label;
    std::size_t width;
  };
  std::uint16_t at(std::size_t row, std::size_t column) const {
    return static_cast<std::uint16_t>(block_.first_cell + row * block_.columns.size() + column);
  }

  std::string footer() const {
    std::string marks;
    for (const Column& column : columns_)
      marks += right(picture_.is_off("column", block_.columns[column.index].key) ? "≠" : "", column.width);
    marks.resize(marks.find_last_not_of(' ') + 1);
    return marks.empty() ? marks : "    " + left("", kLabelWidth) + marks + "\n";
  }

  std::string left_out(Language language) const {
    const std::size_t rows = block_.rows.size() - rows_.size();
    const std::size_t columns = block_.columns.size() - columns_.size();
    if (rows + columns == 0) return {};
    return fmt::format(fmt::runtime(in(language, "    （另有 {} 行、{} 栏全为 0 或空白，未画出）\n",
                                       "    ({} rows and {} columns of zeros or blanks are left out)\n")), rows, columns);
  }

  const Picture& picture_;
  const FormBlock& block_;
  std::vector<std::size_t> rows_;
  std::vector<Column> columns_;
};

bool is_suspect(const Picture& picture, const FormBlock& block) {
  const std::size_t end = block.first_cell + block.rows.size() * block.columns.size();
  for (std::size_t i = block.first_cell; i < end; ++i)
    if (picture.suspects.contains(picture.form.cells()[i].id)) return true;
  return false;
}

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || c >= 0x20000;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) == 0x80) continue;
    char32_t code = byte;
    const int more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC0 ? 1 : 0;
    if (more != 0) code = byte & (0x3FU >> more);
    for (int k = 1; k <= more && i + static_cast<std::size_t>(k) < text.size(); ++k)
      code = code << 6 | (static_cast<unsigned char>(text[i + static_cast<std::size_t>(k)]) & 0x3FU);
    width += is_wide(code) ? 2 : 1;
  }
  return width;
}

std::string table_picture(const TableReading& table, const CheckedDocument& document, Language language, bool colour) {
  if (table.cells.empty()) return {};
  const Picture picture{table, form(table.table, table.edition), suspects_of(document), off_lines(document), colour};
  std::string out;
  for (const FormBlock& block : picture.form.blocks())
    if (is_suspect(picture, block)) out += BlockPicture(picture, block).draw(language);
  return out;
}

}  // namespace gouji::command
