#include "services/gouji/table_picture.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "common/core/decimal.h"

namespace gouji::command {
namespace {

constexpr std::size_t kLabelWidth = 26;
constexpr std::size_t kCellWidth = 10;
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

std::string left(std::string_view text, std::size_t width) {
  std::string out = cut(text, width);
  out.append(width - std::min(width, display_width(out)), ' ');
  return out;
}

std::string right(std::string_view text, std::size_t width) {
  const std::size_t taken = display_width(text);
  return std::string(width > taken ? width - taken : 1, ' ') + std::string(text);
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

  std::string cell(std::uint16_t i) const {
    const std::string value = state_mark(table, i);
    const auto found = suspects.find(form.cells()[i].id);
    if (found == suspects.end()) return right(value, kCellWidth);
    const Suspect& suspect = found->second;
    std::string text = "!" + value;
    if (suspect.suspicion == Suspicion::kPossible) text = "?" + value;
    if (suspect.suspicion == Suspicion::kCertain) text = fmt::format("[{}→{}]", value, suspect.proposed.value_or(0));
    const std::string padded = right(text, kCellWidth);
    if (!colour) return padded;
    const std::string_view code = suspect.suspicion == Suspicion::kCertain ? "\x1b[1;31m" : "\x1b[33m";
    return fmt::format("{}{}\x1b[0m", code, padded);
  }
};

bool holds_something(const Picture& picture, std::uint16_t first, std::size_t columns) {
  for (std::size_t i = first; i < first + columns; ++i) {
    const Cell& cell = picture.table.cells[i];
    if (cell.state != CellState::kBlank && !(cell.is_number() && cell.value == 0)) return true;
    if (picture.suspects.contains(picture.form.cells()[i].id)) return true;
  }
  return false;
}

std::string header(const FormBlock& block) {
  std::string out = "    " + left(block.heading, kLabelWidth);
  for (const FormColumn& column : block.columns) out += right(cut(column.label, 2 * kColumnCharacters), kCellWidth);
  return out + "\n";
}

std::string footer(const Picture& picture, const FormBlock& block) {
  std::string marks;
  bool any = false;
  for (const FormColumn& column : block.columns) {
    const bool is_off = picture.is_off("column", column.key);
    any |= is_off;
    marks += right(is_off ? "≠" : "", kCellWidth);
  }
  marks.resize(marks.find_last_not_of(' ') + 1);
  return any ? "    " + left("", kLabelWidth) + marks + "\n" : std::string();
}

std::string block_picture(const Picture& picture, const FormBlock& block, Language language) {
  std::string out = header(block);
  std::size_t skipped = 0;
  for (std::size_t row = 0; row < block.rows.size(); ++row) {
    const auto first = static_cast<std::uint16_t>(block.first_cell + row * block.columns.size());
    if (!holds_something(picture, first, block.columns.size())) {
      ++skipped;
      continue;
    }
    out += "    " + left(block.rows[row].label, kLabelWidth);
    for (std::size_t column = 0; column < block.columns.size(); ++column)
      out += picture.cell(static_cast<std::uint16_t>(first + column));
    out += picture.is_off("row", block.rows[row].key) ? " ≠\n" : "\n";
  }
  out += footer(picture, block);
  if (skipped != 0)
    out += fmt::format(fmt::runtime(in(language, "    （另有 {} 行全为 0 或空白，未画出）\n", "    ({} rows of zeros or blanks are left out)\n")), skipped);
  return out;
}

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
    if (is_suspect(picture, block)) out += block_picture(picture, block, language);
  return out;
}

}  // namespace gouji::command
