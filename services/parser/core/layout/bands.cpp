#include "services/parser/core/layout/bands.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/text/utf8.h"
#include "services/parser/core/layout/band_runs.h"
#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/fields.h"
#include "services/parser/core/layout/geometry.h"
#include "services/parser/core/layout/item_number.h"
#include "services/parser/core/layout/row_labels.h"

namespace gouji::parser {
namespace {

constexpr float kSameEdge = 1.5F;   // points
constexpr float kColumnGap = 0.12F;  // between labels of two columns, in character heights
constexpr float kItemGap = 0.25F;    // in front of a numbered label
constexpr float kFieldsApart = 3;  // in character heights
// A horizontal rule that parts rows is at least this long, in points.
constexpr float kSeparatorLength = 60;

// One run to a table, or to lines.
class RunWriter {
 public:
  RunWriter(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page, const BandRun& run)
      : ink_(ink), fragments_(fragments), page_(page), run_(run) {}

  void write(std::span<const float> separators, std::uint32_t page, std::vector<LaidItem>& items) {
    if (run_.header) write_beside_header(page, items);
    collect_labels();
    const std::vector<RowLabel> labels = find_row_labels(labels_, heights_, separators);
    mark_used(labels);
    write_lines(run_.labels, run_.rows.front(), page, items);
    if (run_.bands.size() == 1 || !run_.is_certain) {
      write_rows_as_lines(labels, page, items);
    } else {
      items.emplace_back(table_of(labels, page));
    }
    write_lines(run_.rows.back() + 1, run_.end, page, items);
  }

 private:
  // A field of the label columns; with no gap between them it can be two labels.
  struct Source {
    Field field;
    std::size_t line = 0;
    std::uint32_t row = LabelField::kNoRow;
  };

  void collect_labels() {
    std::uint32_t row = 0;
    for (std::size_t i = run_.labels; i < run_.end; ++i) {
      const FieldLine& line = page_.lines[i];
      const bool is_row = row < run_.rows.size() && run_.rows[row] == i;
      const auto fields = page_.of(line);
      for (std::uint32_t f = 0; f < (is_row ? line.first_value : line.count); ++f) {
        sources_.push_back({fields[f], i, is_row ? row : LabelField::kNoRow});
      }
      if (!is_row) continue;
      heights_.push_back(value_height(line));
      ++row;
    }
    const std::vector<float> edges = column_edges();
    for (const Source& source : sources_) add_label(source, edges);
  }

  // Where at least three labels begin.
  std::vector<float> column_edges() const {
    std::vector<float> lefts;
    for (const Source& source : sources_) lefts.push_back(source.field.box.left);
    std::sort(lefts.begin(), lefts.end());
    std::vector<float> edges;
    for (std::size_t i = 0; i + 2 < lefts.size(); ++i) {
      const bool is_new = edges.empty() || lefts[i] - edges.back() > 2 * kSameEdge;
      if (is_new && lefts[i + 2] - lefts[i] <= kSameEdge) edges.push_back(lefts[i]);
    }
    return edges;
  }

  void add_label(const Source& source, const std::vector<float>& edges) {
    const auto fragments = fragments_.subspan(source.field.first, source.field.count);
    std::vector<Fragment> part;
    for (const Fragment& fragment : fragments) {
      std::uint32_t first = fragment.first;
      for (std::uint32_t i = fragment.first; i < fragment.first + fragment.count; ++i) {
        const bool is_first = part.empty() && i == first;
        if (is_first || !begins_column(i, part, first, edges)) continue;
        if (i > first) part.push_back(fragment_of(ink_, first, i - first));
        push_label(source, part);
        part.clear();
        first = i;
      }
      part.push_back(fragment_of(ink_, first, fragment.first + fragment.count - first));
    }
    push_label(source, part);
  }

  // The character stands apart from the one in front of it, where labels begin or as a number does.
  bool begins_column(std::uint32_t glyph, const std::vector<Fragment>& part, std::uint32_t first,
                     const std::vector<float>& edges) const {
    const Box& box = ink_.glyphs[glyph].box;
    const float before = glyph > first ? ink_.glyphs[glyph - 1].box.right : part.back().box.right;
    const float gap = box.left - before;
    if (gap >= kItemGap * height(box) && begins_item(glyph)) return true;
    if (gap < kColumnGap * height(box)) return false;
    const auto edge = std::lower_bound(edges.begin(), edges.end(), box.left - kSameEdge);
    return edge != edges.end() && *edge <= box.left + kSameEdge;
  }

  bool begins_item(std::uint32_t glyph) const {
    const std::size_t end = std::min<std::size_t>(ink_.glyphs.size(), glyph + std::size_t{3});
    std::string text;
    for (std::size_t i = glyph; i < end; ++i) append_utf8(text, ink_.glyphs[i].code);
    return starts_item(text);
  }

  void push_label(const Source& source, const std::vector<Fragment>& part) {
    LabelField label;
    label.box = part.front().box;
    for (const Fragment& fragment : part) label.box = unite(label.box, fragment.box);
    label.size = page_.lines[source.line].line.size;
    label.row = source.row;
    texts_.push_back(line_text(ink_, part, ' '));
    label.starts_item = starts_item(texts_.back().text);
    labels_.push_back(label);
    lines_.push_back(source.line);
  }

  float value_height(const FieldLine& line) const { return middle_y(page_.of(line)[line.first_value].box); }

  TextPiece text_of(const Field& field) const { return line_text(ink_, fragments_.subspan(field.first, field.count), ' '); }

  // Lines above the first row and below the last that are no part of a row's own label stay lines.
  void mark_used(const std::vector<RowLabel>& labels) {
    is_used_.assign(labels_.size(), false);
    for (const RowLabel& label : labels) {
      for (const std::uint32_t i : label.own) is_used_[i] = true;
    }
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (lines_[i] >= run_.rows.front() && lines_[i] <= run_.rows.back()) is_used_[i] = true;
    }
  }

  void write_beside_header(std::uint32_t page, std::vector<LaidItem>& items) const {
    for (const Field& field : run_.header->beside) {
      LaidLine line;
      line.piece = text_of(field);
      line.box = field.box;
      line.size = height(field.box);
      line.page = page;
      items.emplace_back(std::move(line));
    }
  }

  void write_lines(std::size_t begin, std::size_t end, std::uint32_t page, std::vector<LaidItem>& items) const {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (is_used_[i] || lines_[i] < begin || lines_[i] >= end) continue;
      LaidLine line;
      line.piece = texts_[i];
      line.box = labels_[i].box;
      line.size = labels_[i].size;
      line.page = page;
      items.emplace_back(std::move(line));
    }
  }

  std::vector<TextPiece> label_text(const std::vector<std::uint32_t>& indexes) const {
    std::vector<TextPiece> pieces;
    for (const std::uint32_t i : indexes) {
      if (is_used_[i]) pieces.push_back(texts_[i]);
    }
    return pieces;
  }

  void write_rows_as_lines(const std::vector<RowLabel>& labels, std::uint32_t page, std::vector<LaidItem>& items) const {
    for (std::size_t row = 0; row < run_.rows.size(); ++row) {
      const FieldLine& line = page_.lines[run_.rows[row]];
      LaidLine laid;
      laid.box = line.line.box;
      laid.size = line.line.size;
      laid.page = page;
      laid.has_fields = true;
      for (const auto* part : {&labels[row].group, &labels[row].own}) {
        for (const TextPiece& piece : label_text(*part)) add_piece(piece, laid.piece);
        if (!laid.piece.text.empty()) laid.piece.text.push_back('\t');
      }
      // Values without a label must not look like the rest of the row before them.
      if (laid.piece.text.empty()) laid.piece.text = std::string(kUnclear) + '\t';
      const auto fields = page_.of(line).subspan(line.first_value);
      for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) laid.piece.text.push_back('\t');
        add_piece(text_of(fields[i]), laid.piece);
      }
      items.emplace_back(std::move(laid));
    }
  }

  static void add_piece(const TextPiece& piece, TextPiece& line) {
    line.box = line.page == 0 ? piece.box : unite(line.box, piece.box);
    line.page = piece.page;
    line.text += piece.text;
  }

  LaidTable table_of(const std::vector<RowLabel>& labels, std::uint32_t page) const {
    LaidTable table;
    table.page = page;
    table.is_banded = true;
    table.box = page_.lines[run_.rows.front()].line.box;
    const bool has_groups = std::any_of(labels.begin(), labels.end(), [&](const RowLabel& label) { return !label_text(label.group).empty(); });
    const std::uint32_t label_columns = has_groups ? 2 : 1;
    for (std::uint32_t i = 0; i < label_columns; ++i) table.down.push_back(table.box.left);
    for (const Band& band : run_.bands) table.down.push_back(band.left);
    table.down.push_back(run_.bands.back().right);
    if (run_.header) add_header(label_columns, table);
    for (std::uint32_t row = 0; row < run_.rows.size(); ++row) {
      add_label_cell(row, 0, label_text(labels[row].group), table);
      add_label_cell(row, label_columns - 1, label_text(labels[row].own), table);
      add_values(row, label_columns, table);
      ++table.rows;
    }
    return table;
  }

  void add_header(std::uint32_t label_columns, LaidTable& table) const {
    for (std::uint32_t band = 0; band < run_.bands.size(); ++band) {
      table.cells.push_back(cell(0, 0, label_columns + band, run_.header->cells[band]));
      table.cells.back().is_header = true;
    }
    table.rows = 1;
  }

  // No cell where there are no words: it is no blank value.
  void add_label_cell(std::size_t row, std::uint32_t column, std::vector<TextPiece> pieces, LaidTable& table) const {
    if (!pieces.empty()) table.cells.push_back(cell(table.rows, row, column, std::move(pieces)));
  }

  // A cell of the grid's row `at`, which is row `row` of the values.
  LaidCell cell(std::uint32_t at, std::size_t row, std::uint32_t column, std::vector<TextPiece> pieces) const {
    LaidCell cell;
    cell.row = at;
    cell.column = column;
    cell.pieces = std::move(pieces);
    cell.page = ink_.number;
    cell.box = ink_.on_page(page_.lines[run_.rows[row]].line.box);
    return cell;
  }

  void add_values(std::uint32_t row, std::uint32_t first_column, LaidTable& table) const {
    const FieldLine& line = page_.lines[run_.rows[row]];
    auto field = page_.of(line).begin() + line.first_value;
    for (std::uint32_t band = 0; band < run_.bands.size(); ++band) {
      std::vector<TextPiece> pieces;
      if (field != page_.of(line).end() && field->box.left <= run_.bands[band].right) pieces.push_back(text_of(*field++));
      const bool is_blank = pieces.empty();
      LaidCell value = cell(table.rows, row, first_column + band, std::move(pieces));
      if (is_blank) {
        value.box = ink_.on_page({run_.bands[band].left, line.line.box.top, run_.bands[band].right, line.line.box.bottom});
        // A figure that is written together with its label cannot be told from it.
        if (band == 0 && label_reaches(row)) value.pieces.push_back({kUnclear, value.box, value.page});
      }
      table.cells.push_back(std::move(value));
    }
  }

  bool label_reaches(std::uint32_t row) const {
    return std::any_of(labels_.begin(), labels_.end(), [&](const LabelField& label) {
      return label.row == row && label.box.right > run_.bands.front().left;
    });
  }

  const PageInk& ink_;
  std::span<const Fragment> fragments_;
  const PageFields& page_;
  const BandRun& run_;
  std::vector<Source> sources_;
  std::vector<LabelField> labels_;
  std::vector<TextPiece> texts_;  // of each label
  std::vector<std::size_t> lines_;  // of each label
  std::vector<float> heights_;
  std::vector<bool> is_used_;
};

std::vector<float> find_separators(const PageInk& ink) {
  std::vector<float> heights;
  for (const Box& box : ink.horizontal) {
    if (width(box) >= kSeparatorLength) heights.push_back(middle_y(box));
  }
  std::sort(heights.begin(), heights.end());
  return heights;
}

// Two parts that stand wider apart than a writer's spaces.
bool has_wide_gap(std::span<const Fragment> fragments, const FieldLine& line) {
  for (std::uint32_t i = line.line.first + 1; i < line.line.first + line.line.count; ++i) {
    if (fragments[i].box.left - fragments[i - 1].box.right > kFieldsApart * line.line.size) return true;
  }
  return false;
}

// Fields that no run has; a line of several has a tab between them where it stands beside a table.
LaidLine plain_line(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page,
                    const FieldLine& line, std::uint32_t index) {
  LaidLine laid;
  laid.box = line.line.box;
  laid.size = line.line.size;
  laid.page = index;
  // A label and its value, close together.
  const bool ends_in_value = line.count == 2 && line.values == 1 && line.first_value == 1;
  const bool is_table_like = line.is_row || line.count > 2 || has_wide_gap(fragments, line);
  laid.has_fields = is_table_like;
  laid.piece = line_text(ink, fragments.subspan(line.line.first, line.line.count), is_table_like ? '\t' : ' ');
  if (ends_in_value && !is_table_like) {
    const Field& value = page.of(line).back();
    laid.piece = line_text(ink, fragments.subspan(line.line.first, value.first - line.line.first), ' ');
    laid.piece.text += ' ' + line_text(ink, fragments.subspan(value.first, value.count), ' ').text;
    laid.piece.box = ink.on_page(line.line.box);
  }
  return laid;
}

}  // namespace

std::vector<LaidItem> read_bands(const PageInk& ink, const std::vector<Fragment>& outside, std::uint32_t page,
                                 const LayoutLimits& limits) {
  std::vector<Fragment> fragments = join_broken_figures(ink, outside);
  const PageFields fields = find_fields(ink, fragments);
  const std::vector<BandRun> runs = find_band_runs(ink, fragments, fields, limits.columns);
  const std::vector<float> separators = runs.empty() ? std::vector<float>() : find_separators(ink);
  std::vector<LaidItem> items;
  auto run = runs.begin();
  for (std::size_t i = 0; i < fields.lines.size();) {
    if (run != runs.end() && run->begin == i) {
      RunWriter(ink, fragments, fields, *run).write(separators, page, items);
      i = run->end;
      ++run;
      continue;
    }
    items.emplace_back(plain_line(ink, fragments, fields, fields.lines[i], page));
    ++i;
  }
  return items;
}

}  // namespace gouji::parser
