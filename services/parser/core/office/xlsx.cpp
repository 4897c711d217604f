#include "services/parser/core/office/xlsx.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "services/parser/core/office/docx_parts.h"
#include "services/parser/core/office/flow_builder.h"
#include "services/parser/core/office/xlsx_sheet.h"
#include "services/parser/core/office/xml.h"
#include "services/parser/core/office/zip.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kSheetsMax = 64;
constexpr std::size_t kMergedRowsMax = 1U << 16;  // of all merges of a sheet together
constexpr std::string_view kWorkbook = "xl/workbook.xml";

Reason malformed(std::string_view zh, std::string_view en) {
  return {"MALFORMED_XLSX", "XLSX 损坏：" + std::string(zh) + " / the XLSX is damaged: " + std::string(en)};
}

// The parts of the sheets that are shown, in order.
std::vector<std::string> sheet_parts(std::string_view workbook, const Relationships& relationships) {
  std::vector<std::string> parts;
  XmlScanner scanner(workbook);
  while (scanner.next() && parts.size() < kSheetsMax) {
    const XmlTag& tag = scanner.tag();
    if (tag.name != "sheet" || !tag.opens()) continue;
    const std::string_view state = xml_attribute(tag.attributes, "state");
    if (state == "hidden" || state == "veryHidden") continue;
    const auto found = relationships.find(std::string(xml_attribute(tag.attributes, "id")));
    if (found != relationships.end()) parts.push_back(resolve_part(kWorkbook, found->second.target));
  }
  return parts;
}

// Writes a sheet as one table; its rows may end in different columns.
class SheetWriter {
 public:
  SheetWriter(const Sheet& sheet, FlowBuilder& builder) : sheet_(sheet), builder_(builder) {
    for (const SheetCell& cell : sheet_.cells) {
      rows_ = std::max(rows_, cell.row + 1);
      first_column_ = std::min(first_column_, cell.column);
    }
    ends_ = sheet_.row_ends;
    ends_.resize(rows_);
    expand_merges();
  }

  void write() {
    if (sheet_.cells.empty()) return;
    bool is_in_table = false;
    auto cell = sheet_.cells.begin();
    for (std::uint32_t row = sheet_.cells.front().row; row < rows_; ++row) {
      const auto end = std::find_if(cell, sheet_.cells.end(), [row](const SheetCell& other) { return other.row != row; });
      const SheetCell* const prose = prose_of(row, {cell, end});
      if (is_in_table && prose != nullptr) builder_.end_table();
      if (!is_in_table && prose == nullptr) builder_.begin_table();
      is_in_table = prose == nullptr;
      if (prose != nullptr) {
        put_lines(*prose);
        builder_.end_block();
      } else {
        write_row(row, {cell, end});
      }
      cell = end;
    }
    if (is_in_table) builder_.end_table();
  }

 private:
  // Sentences, and headings of sections, stand alone in their rows between the tables of a report. A label
  // whose cells are blank stands alone, too.
  const SheetCell* prose_of(std::uint32_t row, std::span<const SheetCell> cells) const {
    const SheetCell* only = nullptr;
    for (const SheetCell& cell : cells) {
      if (cell.text.empty()) continue;
      if (only != nullptr) return nullptr;
      only = &cell;
    }
    const auto is_tall = [](const SheetMerge* merge) { return merge->bottom > merge->top; };
    if (only == nullptr || std::any_of(merged_[row].begin(), merged_[row].end(), is_tall)) return nullptr;
    return only->text.find("。") != std::string::npos || is_section_heading(only->text) ? only : nullptr;
  }

  static bool is_section_heading(std::string_view text) {
    constexpr std::string_view kNumerals[] = {"一、", "二、", "三、", "四、", "五、", "六、"};
    constexpr std::string_view kWords[] = {"情况", "问题", "事项"};
    const auto holds = [&](std::string_view word) { return text.find(word) != text.npos; };
    return std::any_of(std::begin(kNumerals), std::end(kNumerals), [&](std::string_view numeral) { return text.starts_with(numeral); }) &&
           std::any_of(std::begin(kWords), std::end(kWords), holds);
  }

  void expand_merges() {
    merged_.resize(rows_);
    std::size_t expanded = 0;
    for (const SheetMerge& merge : sheet_.merges) {
      const std::uint32_t bottom = std::min(merge.bottom + 1, rows_);
      for (std::uint32_t row = merge.top; row < bottom; ++row) {
        if (++expanded > kMergedRowsMax) return builder_.add_limit("GRID_SPAN");
        merged_[row].push_back(&merge);
        ends_[row] = std::max(ends_[row], merge.right + 1);
      }
    }
    for (auto& row : merged_)
      std::sort(row.begin(), row.end(), [](const SheetMerge* a, const SheetMerge* b) { return a->left < b->left; });
  }

  void write_row(std::uint32_t row, std::span<const SheetCell> cells) {
    std::vector<CellPlace> places;
    builder_.begin_row();
    auto cell = cells.begin();
    auto merge = merged_[row].begin();
    for (std::uint32_t column = first_column_; column < ends_[row];) {
      while (merge != merged_[row].end() && (*merge)->left < column) ++merge;
      const bool is_merged = merge != merged_[row].end() && (*merge)->left == column;
      CellPlace place;
      place.left = static_cast<std::int32_t>(column);
      place.right = static_cast<std::int32_t>(is_merged ? (*merge)->right + 1 : column + 1);
      if (is_merged && (*merge)->bottom > (*merge)->top)
        place.merge = (*merge)->top == row ? VerticalMerge::kFirst : VerticalMerge::kContinued;
      while (cell != cells.end() && cell->column < column) ++cell;
      write_cell(cell != cells.end() && cell->column == column ? &*cell : nullptr);
      places.push_back(place);
      column = static_cast<std::uint32_t>(place.right);
    }
    builder_.end_row(places);
  }

  void write_cell(const SheetCell* cell) {
    if (cell != nullptr) at_ = cell->begin;
    builder_.begin_cell(at_);
    if (cell != nullptr) {
      put_lines(*cell);
      at_ = cell->end;
    }
    builder_.end_cell(at_);
  }

  // All but the last line are blocks of their own.
  void put_lines(const SheetCell& cell) {
    std::string_view rest = cell.text;
    for (std::size_t line = rest.find('\n'); line != rest.npos; line = rest.find('\n')) {
      builder_.put(rest.substr(0, line), {cell.begin, cell.end});
      builder_.end_block();
      rest.remove_prefix(line + 1);
    }
    builder_.put(rest, {cell.begin, cell.end});
  }

  const Sheet& sheet_;
  FlowBuilder& builder_;
  std::uint32_t rows_ = 0;
  std::uint32_t first_column_ = ~std::uint32_t{0};
  std::vector<std::uint32_t> ends_;                      // by row
  std::vector<std::vector<const SheetMerge*>> merged_;  // by row, by their left column
  std::size_t at_ = 0;
};

class WorkbookReader {
 public:
  explicit WorkbookReader(ZipArchive archive) : archive_(std::move(archive)), builder_("xlsx", EdgeUnit::kColumn) {}

  ExtractOutcome read() {
    const auto workbook = part(kWorkbook);
    if (!workbook) return workbook.error();
    const auto relationships = part(relationships_part(kWorkbook));
    if (!relationships) return relationships.error();
    const Relationships known = read_relationships(*relationships);
    std::vector<std::string> shared;
    if (const std::string target = target_of_type(known, "sharedStrings"); !target.empty()) {
      const auto strings = part(resolve_part(kWorkbook, target));
      if (!strings) return strings.error();
      shared = read_shared_strings(*strings);
    }
    std::int32_t number = 0;
    for (const std::string& name : sheet_parts(*workbook, known)) {
      builder_.set_page(++number);
      const auto xml = part(name);
      if (!xml) return xml.error();
      const Sheet sheet = read_sheet(*xml, shared);
      if (sheet.is_broken) return malformed("工作表不完整", "a sheet is cut off");
      if (sheet.is_cut) builder_.add_limit("GRID_CELLS");
      SheetWriter(sheet, builder_).write();
    }
    if (number == 0) return malformed("没有工作表", "no sheet");
    return builder_.finish();
  }

 private:
  PartOutcome<std::string> part(std::string_view name) {
    const ZipEntry* const entry = archive_.find(name);
    if (entry == nullptr) return tl::unexpected(malformed("缺少部件", "a part is missing"));
    auto unpacked = archive_.unpack(*entry);
    if (unpacked) *unpacked = xml_part_text(std::move(*unpacked));
    return unpacked;
  }

  ZipArchive archive_;
  FlowBuilder builder_;
};

}  // namespace

ExtractOutcome extract_xlsx(const Source& source) {
  auto archive = ZipArchive::open(source.bytes);
  if (!archive) return std::move(archive.error());
  return WorkbookReader(std::move(*archive)).read();
}

}  // namespace gouji::parser
