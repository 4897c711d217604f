#include "services/parser/core/tables.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "common/report/identity.h"
#include "common/text/byte_scan.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/anchor_reader.h"
#include "services/parser/core/column_order.h"
#include "services/parser/core/grid_reader.h"
#include "services/parser/core/line_reader.h"
#include "services/parser/core/row_names.h"
#include "services/parser/core/tokens.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kRawBytesMax = 64;
constexpr std::size_t kNoteBytesMax = 200;
constexpr std::int32_t kFirstYearOf2021 = 2021;

std::int32_t section_of(TableId table) { return static_cast<std::int32_t>(table) + 2; }

bool contains(std::u32string_view text, std::u32string_view word) {
  return text.find(word) != text.npos;
}

std::size_t count_words(const TokenList& list, std::initializer_list<std::u32string_view> words) {
  std::size_t count = 0;
  for (const std::u32string_view word : words) {
    count += contains(list.letters, word) ? 1 : 0;
  }
  return count;
}

// A label, maybe behind its number; in prose something stands in front of the words.
bool begins_row(std::u32string_view letters, std::u32string_view words) {
  constexpr std::size_t kNumberLettersMax = 2;
  const std::size_t at = letters.find(words);
  return at != letters.npos && at <= kNumberLettersMax;
}

// Words that only the table itself has: it is there as text, whether its cells can be read or not.
bool has_evidence(const TokenList& list, TableId table) {
  switch (table) {
    case TableId::kT2:
      if (count_words(list, {U"信息内容", U"本年制发件", U"本年新制作", U"本年处理决定数量", U"对外公开总数量"}) > 0) return true;
      return std::any_of(list.tokens.begin(), list.tokens.end(), [&](const Token& token) {
        const std::u32string_view letters = list.letters_of(token);
        return letters.size() <= 24 && contains(letters, U"第二十条第");
      });
    case TableId::kT3:
      if (contains(list.letters, U"申请人情况")) return true;
      return std::any_of(list.tokens.begin(), list.tokens.end(), [&](const Token& token) {
        return begins_row(list.letters_of(token), U"本年新收政府信息公开申请") || begins_row(list.letters_of(token), U"上年结转政府信息公开申请");
      });
    case TableId::kT4: return !table4_sign(list).empty();
  }
  return false;
}

std::optional<Edition> edition_of_table2(const TokenList& list) {
  const std::size_t newer = count_words(list, {U"制发件", U"废止件", U"现行有效", U"本年处理决定", U"本年收费"});
  const std::size_t older = count_words(list, {U"本年新制", U"本年新公", U"本年新本年新", U"对外公开总", U"上一年项目", U"本年增减",
                                               U"采购总金额", U"采购项目", U"其他对外管理"});
  if (newer == older) return std::nullopt;
  return newer > older ? Edition::k2021 : Edition::k2019;
}

bool is_read(const TableDraft& draft, std::string_view key, RowState least) {
  const auto row = RowNames::of(TableId::kT3).row(key);
  return row && draft.rows[*row] >= least;
}

// By the rows of （六）, of which each edition has its own.
std::optional<Edition> edition_of_table3(const TableDraft& anchors, const TableDraft& placed) {
  const auto is_there = [&](std::string_view key, RowState least) {
    return is_read(placed, key, least) || is_read(anchors, key, least);
  };
  for (const RowState least : {RowState::kRead, RowState::kSeen}) {
    if (is_there("other.1", least) || is_there("other.2", least)) return Edition::k2021;
    if (is_there("other", least)) return Edition::k2019;
  }
  return std::nullopt;
}

Edition edition_by_year(std::optional<std::int32_t> year, std::optional<Edition> fallback) {
  if (year) return *year >= kFirstYearOf2021 ? Edition::k2021 : Edition::k2019;
  return fallback.value_or(Edition::k2021);
}

// The unit that the header of the money column states, in the text up to its first figure.
FigureUnit header_unit(const Document& document, const TokenList& list) {
  constexpr std::uint32_t kHeaderBytesMax = 200;
  constexpr std::size_t kLettersBehind = 3;
  for (std::size_t i = 0; i < list.tokens.size(); ++i) {
    const Token& token = list.tokens[i];
    if (token.kind != TokenKind::kText || token.letters_end - token.letters_begin > 24) continue;
    // The words may be broken over two tokens, whose letters stand together.
    const auto letters = std::u32string_view(list.letters).substr(token.letters_begin, token.letters_end - token.letters_begin + kLettersBehind);
    const std::size_t at = std::min(letters.find(U"总金额"), letters.find(U"收费金额"));
    if (at == letters.npos || at >= token.letters_end - token.letters_begin) continue;
    std::size_t next = i + 1;
    while (next < list.tokens.size() && list.tokens[next].kind != TokenKind::kFigure) ++next;
    std::uint32_t end = next < list.tokens.size() ? list.tokens[next].range.begin : token.range.end;
    end = std::min(std::max(end, token.range.end), token.range.begin + kHeaderBytesMax);
    end = std::max(end, token.range.end);
    const std::string header = fold_label(document.view({token.range.begin, end}));
    if (header.find("亿元") != header.npos) return FigureUnit::kYiYuan;
    if (header.find("万元") != header.npos || header.find("万<br>元") != header.npos) return FigureUnit::kWanYuan;
    if (header.find("元") != header.npos) return FigureUnit::kYuan;
  }
  return FigureUnit::kNone;
}

// One reader's view of a cell of the form.
struct View {
  Cell cell;
  const DraftCell* draft = nullptr;
  bool is_doubted = false;
  bool is_known() const { return cell.state != CellState::kAbsent && cell.state != CellState::kUnreadable; }
};

void add_notes(const Document& document, const TableDraft& draft, TableReading& reading) {
  for (const DraftNote& drafted : draft.notes) {
    if (reading.notes.size() >= kNotesMax) return;
    std::string row;
    if (reading.table != TableId::kT4) row = RowNames::of(reading.table).key(drafted.row);
    reading.notes.push_back({drafted.code, std::move(row),
                             std::string(utf8_prefix(document.view(drafted.text), kNoteBytesMax)),
                             document.where(drafted.text)});
  }
}

class Assembler {
 public:
  Assembler(const Document& document, TableId table, Edition edition, FigureUnit unit)
      : document_(document), form_(form(table, edition)), unit_(unit) {
    reading_.table = table;
    reading_.edition = form_.edition();
    if (unit == FigureUnit::kNone) return;
    reading_.money_unit = MoneyUnit::kWanYuan;
    const char* const name = unit == FigureUnit::kYiYuan ? "亿元" : unit == FigureUnit::kYuan ? "元" : "万元";
    reading_.notes.push_back({"UNIT_IN_HEADER", money_row(), name, {}});
  }

  // `placed` is what the cells' places say, by the reader of that name.
  TableReading run(const TableDraft& anchors, const TableDraft& placed, const char* name) {
    constexpr std::size_t kRowsMin = 3;
    placed_name_ = name;
    are_rows_lines_ = std::string_view(name) == "lines" && placed.rows_read() >= kRowsMin;
    const std::size_t size = form_.size();
    reading_.cells.resize(size);
    reading_.where.resize(size);
    reading_.raw.resize(size);
    reading_.confidence.resize(size);
    reading_.witnesses.resize(size);
    for (std::size_t i = 0; i < size; ++i) set_cell(i, view(anchors, i), view(placed, i));
    add_notes(document_, anchors, reading_);
    add_notes(document_, placed, reading_);
    trust_identities();
    const bool is_whole = std::all_of(reading_.cells.begin(), reading_.cells.end(), [](const Cell& cell) {
      return cell.state != CellState::kAbsent && cell.state != CellState::kUnreadable;
    });
    reading_.status = is_whole ? TableStatus::kRead : TableStatus::kPartial;
    return std::move(reading_);
  }

 private:
  std::string money_row() const {
    for (const FormCell& cell : form_.cells()) {
      if (cell.type == CellType::kMoney) return form_.blocks()[cell.block].rows[cell.row].key;
    }
    return {};
  }

  View view(const TableDraft& draft, std::size_t cell) const {
    const FormCell& place = form_.cells()[cell];
    std::size_t row = 0, column = cell;
    if (form_.table() != TableId::kT4) {
      row = RowNames::of(form_.table()).row_at(form_.edition(), place.block, place.row);
      column = place.column;
    }
    if (draft.rows[row] == RowState::kUnseen) return {};
    const DraftCell& drafted = draft.row_cells(row)[column];
    View view;
    view.draft = &drafted;
    view.is_doubted = draft.rows[row] == RowState::kDoubted;
    if (draft.rows[row] == RowState::kSeen || view.is_doubted) {
      view.cell.state = CellState::kUnreadable;
    } else if (drafted.state == CellState::kNumber) {
      view.cell = cell_from(drafted.figure, place.type, unit_);
    } else {
      view.cell.state = drafted.state;
    }
    return view;
  }

  void set_cell(std::size_t i, const View& anchors, const View& grid) {
    const bool both = anchors.is_known() && grid.is_known();
    const View& chosen = grid.is_known() || places_doubt(anchors, grid) ? grid : anchors;
    const bool is_outweighed = both && anchors.draft->confidence == kSurplusDropped && grid.draft->confidence > kSurplusDropped;
    if (!chosen.is_known()) {
      const bool is_there = anchors.cell.state != CellState::kAbsent || grid.cell.state == CellState::kUnreadable;
      reading_.cells[i].state = is_there ? CellState::kUnreadable : CellState::kAbsent;
      return;
    }
    place_cell(i, *chosen.draft);
    if (both && !is_outweighed && !(anchors.cell == grid.cell)) {
      reading_.cells[i].state = CellState::kUnreadable;
      reading_.confidence[i] = 0;
      add_alternative(i, grid.cell, placed_name_);
      add_alternative(i, anchors.cell, "anchors");
      return;
    }
    reading_.cells[i] = chosen.cell;
    const bool agree = both && anchors.cell == grid.cell;
    reading_.witnesses[i] = agree ? 2 : 1;
    const bool is_certain = agree && chosen.draft->confidence >= kMisspeltLabel;
    reading_.confidence[i] = is_certain ? kTwoReaders : chosen.draft->confidence;
    if (chosen.cell.is_number()) note_figure(i, chosen.draft->figure);
  }

  // A cell in a row and a column that both add up is hardly misread. Zeros that add up say nothing.
  void trust_identities() {
    std::vector<std::uint8_t> held(reading_.cells.size(), 0), broken(reading_.cells.size(), 0);
    for (const Identity& identity : identities(form_)) {
      const auto rest = residual(identity, reading_.cells);
      if (!rest) continue;
      const auto is_filled = [&](std::uint16_t cell) { return reading_.cells[cell].value != 0; };
      const bool says_something = std::any_of(identity.plus.begin(), identity.plus.end(), is_filled);
      for (const auto* side : {&identity.plus, &identity.minus}) {
        for (const std::uint16_t cell : *side) {
          held[cell] = static_cast<std::uint8_t>(held[cell] + (*rest == 0 && says_something ? 1 : 0));
          broken[cell] = static_cast<std::uint8_t>(broken[cell] + (*rest == 0 ? 0 : 1));
        }
      }
    }
    for (std::size_t i = 0; i < held.size(); ++i) {
      const bool is_held = held[i] >= (form_.table() == TableId::kT4 ? 1 : 2) && broken[i] == 0;
      if (is_held && reading_.cells[i].is_number()) reading_.confidence[i] = std::max(reading_.confidence[i], kIdentitiesHold);
    }
  }

  // Which cells of the row are blank is the anchors' guess, and their places do not bear it out.
  bool places_doubt(const View& anchors, const View& placed) const {
    if (placed.is_doubted) return true;
    const bool is_silent = placed.cell.state == CellState::kUnreadable || (are_rows_lines_ && !placed.is_known());
    return anchors.is_known() && anchors.draft->confidence == kBlankByPosition && is_silent;
  }

  void place_cell(std::size_t i, const DraftCell& drafted) {
    reading_.where[i] = document_.where(drafted.text);
    reading_.raw[i] = std::string(utf8_prefix(document_.view(drafted.text), kRawBytesMax));
  }

  void add_alternative(std::size_t i, const Cell& cell, const char* reader) {
    if (!cell.is_number()) return;
    reading_.alternatives.push_back({static_cast<std::uint16_t>(i), cell.value, reader});
  }

  void note_figure(std::size_t i, const Figure& figure) {
    const CellType type = form_.cells()[i].type;
    if (figure.is_dirty) note("DIRTY_NUMBER", i);
    if (figure.has_sign && type != CellType::kSignedCount) note("SIGN_UNEXPECTED", i);
    const bool has_money_unit = figure.unit != FigureUnit::kNone && figure.unit != FigureUnit::kItems;
    if (type == CellType::kMoney && has_money_unit) {
      reading_.money_unit = MoneyUnit::kWanYuan;
      note("UNIT_IN_CELL", i);
    }
  }

  void note(const char* code, std::size_t i) {
    if (reading_.notes.size() >= kNotesMax) return;
    const FormCell& place = form_.cells()[i];
    reading_.notes.push_back(
        {code, form_.blocks()[place.block].rows[place.row].key, reading_.raw[i], reading_.where[i]});
  }

  const Document& document_;
  const Form& form_;
  FigureUnit unit_;
  const char* placed_name_ = "";
  bool are_rows_lines_ = false;
  TableReading reading_;
};

class TablesReader {
 public:
  TablesReader(const Document& document, const SectionMap& sections,
               std::optional<std::int32_t> year)
      : document_(document), sections_(sections), year_(year) {}

  std::vector<TableReading> run() {
    std::vector<TableReading> tables;
    for (const TableId table : kTables) tables.push_back(read(table));
    // A text that lost its separators in two tables is not to be trusted with the third.
    const bool is_run_together = ran_together(tables[0]) && ran_together(tables[1]) && document_.grids.empty();
    if (is_run_together && !tables[2].cells.empty()) {
      tables[2] = unreadable(TableId::kT4, Edition::k2021, everything());
    }
    return tables;
  }

 private:
  TextRange everything() const { return {0, static_cast<std::uint32_t>(document_.text.size())}; }

  TableReading read(TableId table) {
    const std::int32_t section = section_of(table);
    TextRange range = sections_.body(section).value_or(sections_.neighbourhood(section));
    TokenList list = tokenize(document_, range);
    if (!has_evidence(list, table)) {
      // The table may stand in another section than its own.
      if (whole_.tokens.empty()) whole_ = tokenize(document_, everything());
      if (!has_evidence(whole_, table)) return missing(table);
      range = everything();
      list = whole_;
    }
    return read_from(table, range, list);
  }

  static bool ran_together(const TableReading& table) {
    return table.status == TableStatus::kUnreadable && !table.notes.empty() &&
           table.notes.front().code == "CELLS_RUN_TOGETHER";
  }

  TableReading unreadable(TableId table, Edition edition, TextRange range) const {
    TableReading reading;
    reading.table = table;
    reading.edition = edition;
    reading.status = TableStatus::kUnreadable;
    reading.notes.push_back({"CELLS_RUN_TOGETHER", "", "", document_.where(range)});
    return reading;
  }

  TableReading missing(TableId table) const {
    TableReading reading;
    reading.table = table;
    reading.edition = table == TableId::kT4 ? Edition::k2021 : edition_by_year(year_, edition2_);
    const bool has_heading = sections_.find(section_of(table)) != nullptr;
    reading.status = has_heading ? TableStatus::kNotInText : TableStatus::kAbsent;
    return reading;
  }

  TableDraft by_anchors(TableId table, const TokenList& list, Edition edition) const {
    return table == TableId::kT4 ? read_table4_by_anchors(list)
                                 : read_rows_by_anchors(document_, list, table, edition);
  }

  bool has_grids(TextRange range) const {
    return std::any_of(document_.blocks.begin(), document_.blocks.end(), [&](const Block& block) {
      return block.kind == BlockKind::kGrid && block.text.end > range.begin && block.text.begin < range.end;
    });
  }

  // By the grid where there is markup, by lines where there is none.
  TableDraft by_place(TableId table, TextRange range, const TokenList& list, Edition edition) const {
    if (!has_grids(range)) {
      return table == TableId::kT4 ? read_table4_by_lines(list) : read_rows_by_lines(list, table, edition);
    }
    return table == TableId::kT4 ? read_table4_by_grid(document_, range)
                                 : read_rows_by_grid(document_, range, table, edition);
  }

  TableReading read_from(TableId table, TextRange range, const TokenList& list) {
    Edition edition = Edition::k2021;
    if (table == TableId::kT2) {
      edition2_ = edition_of_table2(list);
      edition = edition2_ ? *edition2_ : edition_by_year(year_, std::nullopt);
    }
    TableDraft anchors = by_anchors(table, list, edition);
    TableDraft grid = by_place(table, range, list, edition);
    if (table == TableId::kT3) {
      if (const auto order = header_order(list, anchors)) {
        put_in_form_order(anchors, *order);
        if (!has_grids(range)) put_in_form_order(grid, *order);  // a grid's columns go by their headers
      }
      const auto shown = edition_of_table3(anchors, grid);
      edition = shown ? *shown : edition_by_year(year_, edition2_);
    }
    look_elsewhere(table, range, edition, anchors);
    const bool is_unreadable = cannot_be_read(table, anchors, grid);
    const FigureUnit unit = table == TableId::kT2 ? header_unit(document_, list) : FigureUnit::kNone;
    if (!is_unreadable) return Assembler(document_, table, edition, unit).run(anchors, grid, has_grids(range) ? "grid" : "lines");
    TableReading reading = unreadable(table, edition, range);
    const bool is_short = anchors.glued_rows == 0 && !anchors.notes.empty();
    if (is_short) reading.notes.clear();  // its rows are told apart, and none has all its values
    add_notes(document_, anchors, reading);
    return reading;
  }

  // A second table of the kind outside the section: own figures beside those of all below.
  void look_elsewhere(TableId table, TextRange range, Edition edition, TableDraft& draft) const {
    constexpr std::string_view kSigns[] = {"本年新制", "本年新收政府信息公开申请", "结果维持"};
    constexpr std::size_t kRowsMin = 3;
    const bool is_newer2 = table == TableId::kT2 && edition == Edition::k2021;
    const std::string_view sign = is_newer2 ? "本年制发件" : kSigns[static_cast<std::size_t>(table)];
    const std::string_view text = document_.text;
    for (const TextRange outside : {TextRange{0, range.begin}, TextRange{range.end, everything().end}}) {
      if (find_word(text.substr(outside.begin, outside.end - outside.begin), sign) == text.npos) continue;
      const TableDraft other = by_anchors(table, tokenize(document_, outside), edition);
      if (other.rows_read() < (table == TableId::kT4 ? 1 : kRowsMin)) continue;
      const auto first = std::find(other.rows.begin(), other.rows.end(), RowState::kRead);
      const auto row = static_cast<std::size_t>(first - other.rows.begin());
      add_note(draft, "SECOND_TABLE", row, other.row_cells(row).front().text);
    }
  }

  // The table is there as text and its cells cannot be told apart. A table that the end of the
  // document cuts off before its first row is another case.
  bool cannot_be_read(TableId table, const TableDraft& anchors,
                      const TableDraft& placed) const {
    const std::size_t read = std::max(anchors.rows_read(), placed.rows_read());
    if (anchors.glued_rows >= 2 && anchors.glued_rows >= read) return true;
    return read == 0 && !sections_.is_last(section_of(table));
  }

  const Document& document_;
  const SectionMap& sections_;
  std::optional<std::int32_t> year_;
  std::optional<Edition> edition2_;
  TokenList whole_;
};

}  // namespace

std::vector<TableReading> read_tables(const Document& document, const SectionMap& sections,
                                      std::optional<std::int32_t> year) {
  return TablesReader(document, sections, year).run();
}

}  // namespace gouji::parser
