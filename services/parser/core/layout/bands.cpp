#include "services/parser/core/layout/bands.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/fields.h"
#include "services/parser/core/layout/geometry.h"
#include "services/parser/core/layout/item_number.h"
#include "services/parser/core/layout/row_labels.h"

namespace gouji::parser {
namespace {

// Between two rows of one table, in character heights.
constexpr float kRowReach = 9;
// A wrapped label begins at most this far above the first row and ends this far below the last.
constexpr float kLabelReach = 6;
// A horizontal rule that parts rows is at least this long, in points.
constexpr float kSeparatorLength = 60;

// Where the values of one column stand.
struct Band {
  float left = 0, right = 0;
};

// Lines [begin, end) of the page: rows of values in the same bands, and labels between them.
struct Run {
  std::size_t begin = 0, end = 0;
  std::vector<Band> bands;
  std::vector<std::size_t> rows;  // lines
};

// The bands with the line's values in them; nothing when a value does not fit.
std::optional<std::vector<Band>> with_values(std::vector<Band> bands, std::span<const Field> fields, std::uint32_t first) {
  std::vector<Band> merged;
  auto band = bands.begin();
  for (std::uint32_t i = first; i < fields.size(); ++i) {
    const Box& box = fields[i].box;
    while (band != bands.end() && band->right < box.left) merged.push_back(*band++);
    Band own{box.left, box.right};
    std::size_t overlapped = 0;
    for (; band != bands.end() && band->left <= box.right; ++band, ++overlapped) {
      own = {std::min(own.left, band->left), std::max(own.right, band->right)};
    }
    if (overlapped > 1) return std::nullopt;
    if (!merged.empty() && merged.back().right >= own.left) return std::nullopt;
    merged.push_back(own);
  }
  merged.insert(merged.end(), band, bands.end());
  return merged;
}

class RunFinder {
 public:
  RunFinder(const PageFields& page, std::uint32_t columns_max) : page_(page), columns_max_(columns_max) {}

  std::vector<Run> find() {
    for (std::size_t i = 0; i < page_.lines.size(); ++i) {
      const FieldLine& line = page_.lines[i];
      if (line.is_row && line.count - line.first_value <= columns_max_) {
        add_row(i);
      } else if (!is_label_line(line)) {
        free_ = i + 1;
        is_open_ = false;
      }
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) trim(runs_[i], i + 1 < runs_.size() ? runs_[i + 1].begin : page_.lines.size());
    return std::move(runs_);
  }

 private:
  float height_of(std::size_t line) const { return middle_y(page_.lines[line].line.box); }

  // All of it stands left of the values.
  bool is_label_line(const FieldLine& line) const {
    if (!is_open_) return !line.is_row && is_narrow(line);
    const float left = runs_.back().bands.front().left;
    return page_.of(line).back().box.right <= left + 0.5F * line.line.size;
  }

  // In front of the first row nobody knows yet where values begin; running text is no label.
  bool is_narrow(const FieldLine& line) const { return line.count <= 2 && width(line.line.box) < 30 * line.line.size; }

  void add_row(std::size_t at) {
    const FieldLine& line = page_.lines[at];
    if (is_open_) {
      Run& run = runs_.back();
      auto bands = with_values(run.bands, page_.of(line), line.first_value);
      if (bands && bands->size() <= columns_max_ && height_of(at) - height_of(run.rows.back()) <= kRowReach * line.line.size) {
        run.bands = std::move(*bands);
        run.rows.push_back(at);
        run.end = at + 1;
        return;
      }
      free_ = run.end;
    }
    Run run;
    run.begin = first_label(at);
    run.end = at + 1;
    run.rows.push_back(at);
    for (std::uint32_t i = line.first_value; i < line.count; ++i) {
      const Box& box = page_.of(line)[i].box;
      run.bands.push_back({box.left, box.right});
    }
    runs_.push_back(std::move(run));
    is_open_ = true;
  }

  // The first line above the row that may belong to its label.
  std::size_t first_label(std::size_t row) const {
    const FieldLine& line = page_.lines[row];
    const float left = page_.of(line)[line.first_value].box.left;
    std::size_t first = row;
    while (first > free_ && height_of(row) - height_of(first - 1) <= kLabelReach * line.line.size &&
           page_.of(page_.lines[first - 1]).back().box.right <= left + 0.5F * line.line.size) {
      --first;
    }
    return first;
  }

  // Lines below the last row that may belong to its label.
  void trim(Run& run, std::size_t limit) const {
    const std::size_t last = run.rows.back();
    const float size = page_.lines[last].line.size;
    while (run.end < limit && height_of(run.end) - height_of(last) <= kLabelReach * size &&
           page_.of(page_.lines[run.end]).back().box.right <= run.bands.front().left + 0.5F * size) {
      ++run.end;
    }
  }

  const PageFields& page_;
  std::uint32_t columns_max_;
  std::vector<Run> runs_;
  std::size_t free_ = 0;  // lines in front of it belong to no later run
  bool is_open_ = false;
};

// One run to a table, or to lines.
class RunWriter {
 public:
  RunWriter(const PageInk& ink, std::span<const Fragment> fragments, const PageFields& page, const Run& run)
      : ink_(ink), fragments_(fragments), page_(page), run_(run) {}

  void write(std::span<const float> separators, std::uint32_t page, std::vector<LaidItem>& items) {
    collect_labels();
    const std::vector<RowLabel> labels = find_row_labels(labels_, heights_, separators);
    mark_used(labels);
    write_lines(run_.begin, run_.rows.front(), page, items);
    if (run_.bands.size() == 1) {
      write_rows_as_lines(labels, page, items);
    } else {
      items.emplace_back(table_of(labels, page));
    }
    write_lines(run_.rows.back() + 1, run_.end, page, items);
  }

 private:
  void collect_labels() {
    std::uint32_t row = 0;
    for (std::size_t i = run_.begin; i < run_.end; ++i) {
      const FieldLine& line = page_.lines[i];
      const bool is_row = row < run_.rows.size() && run_.rows[row] == i;
      const auto fields = page_.of(line);
      for (std::uint32_t f = 0; f < (is_row ? line.first_value : line.count); ++f) {
        LabelField label;
        label.field = fields[f];
        label.size = line.line.size;
        label.row = is_row ? row : LabelField::kNoRow;
        label.starts_item = starts_item(text_of(fields[f]).text);
        labels_.push_back(label);
        lines_.push_back(i);
      }
      if (!is_row) continue;
      heights_.push_back(value_height(line));
      ++row;
    }
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

  void write_lines(std::size_t begin, std::size_t end, std::uint32_t page, std::vector<LaidItem>& items) const {
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      if (is_used_[i] || lines_[i] < begin || lines_[i] >= end) continue;
      LaidLine line;
      line.piece = text_of(labels_[i].field);
      line.box = labels_[i].field.box;
      line.size = labels_[i].size;
      line.page = page;
      items.emplace_back(std::move(line));
    }
  }

  std::vector<TextPiece> label_text(const std::vector<std::uint32_t>& indexes) const {
    std::vector<TextPiece> pieces;
    for (const std::uint32_t i : indexes) {
      if (is_used_[i]) pieces.push_back(text_of(labels_[i].field));
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
      add_piece(text_of(page_.of(line)[line.first_value]), laid.piece);
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
    table.rows = static_cast<std::uint32_t>(run_.rows.size());
    table.box = page_.lines[run_.rows.front()].line.box;
    const bool has_groups = std::any_of(labels.begin(), labels.end(), [&](const RowLabel& label) { return !label_text(label.group).empty(); });
    const std::uint32_t label_columns = has_groups ? 2 : 1;
    for (std::uint32_t i = 0; i < label_columns; ++i) table.down.push_back(table.box.left);
    for (const Band& band : run_.bands) table.down.push_back(band.left);
    table.down.push_back(run_.bands.back().right);
    for (std::uint32_t row = 0; row < table.rows; ++row) {
      if (has_groups) table.cells.push_back(cell(row, 0, label_text(labels[row].group)));
      table.cells.push_back(cell(row, label_columns - 1, label_text(labels[row].own)));
      add_values(row, label_columns, table);
    }
    return table;
  }

  LaidCell cell(std::uint32_t row, std::uint32_t column, std::vector<TextPiece> pieces) const {
    LaidCell cell;
    cell.row = row;
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
      LaidCell value = cell(row, first_column + band, std::move(pieces));
      if (value.pieces.empty()) {
        value.box = ink_.on_page({run_.bands[band].left, line.line.box.top, run_.bands[band].right, line.line.box.bottom});
      }
      table.cells.push_back(std::move(value));
    }
  }

  const PageInk& ink_;
  std::span<const Fragment> fragments_;
  const PageFields& page_;
  const Run& run_;
  std::vector<LabelField> labels_;
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

// Fields that no run has; a line of several has a tab between them where it stands beside a table.
LaidLine plain_line(const PageInk& ink, std::span<const Fragment> fragments, const FieldLine& line, std::uint32_t page) {
  LaidLine laid;
  laid.box = line.line.box;
  laid.size = line.line.size;
  laid.page = page;
  const bool is_table_like = line.is_row || line.count > 2;
  laid.has_fields = is_table_like;
  laid.piece = line_text(ink, fragments.subspan(line.line.first, line.line.count), is_table_like ? '\t' : ' ');
  return laid;
}

}  // namespace

std::vector<LaidItem> read_bands(const PageInk& ink, std::span<Fragment> fragments, std::uint32_t page,
                                 const LayoutLimits& limits) {
  const PageFields fields = find_fields(ink, fragments);
  const std::vector<Run> runs = RunFinder(fields, limits.columns).find();
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
    items.emplace_back(plain_line(ink, fragments, fields.lines[i], page));
    ++i;
  }
  return items;
}

}  // namespace gouji::parser
