#include "services/parser/core/office/flow_builder.h"

#include <algorithm>
#include <utility>

#include "common/text/ascii.h"
#include "common/text/utf8.h"
#include "services/parser/core/office/flow_grid.h"

namespace gouji::parser {
namespace {

// As in HTML: a table that arranges prose has a cell with at least this many paragraphs; a table
// with at least so many figures holds data, whatever else it holds.
constexpr std::size_t kParagraphsOfProse = 6;
constexpr std::uint32_t kFiguresOfData = 3;

bool is_figure(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Some character that is not a space: neither ASCII, nor U+00A0, U+3000, U+FEFF, U+200B.
bool has_ink_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c <= 0x20) {
      ++at;
    } else if (text.substr(at, 2) == "\u00A0") {
      at += 2;
    } else if (const auto three = text.substr(at, 3);
               three == "\u3000" || three == "\uFEFF" || three == "\u200B") {
      at += 3;
    } else {
      return true;
    }
  }
  return false;
}

}  // namespace

FlowBuilder::FlowBuilder(std::string_view format, EdgeUnit unit, const FlowLimits& limits)
    : unit_(unit), limits_(limits) {
  document_.format = format;
  document_.charset = "utf-8";
}

void FlowBuilder::add_limit(std::string_view name) {
  std::vector<std::string>& limits = document_.limits;
  if (std::find(limits.begin(), limits.end(), name) == limits.end()) limits.emplace_back(name);
}

bool FlowBuilder::may_write(std::size_t bytes) {
  if (document_.text.size() + bytes > limits_.text_bytes) return add_limit("TEXT"), false;
  if (document_.blocks.size() >= limits_.blocks) return add_limit("BLOCKS"), false;
  return true;
}

void FlowBuilder::add_run(TextRange text, SourceSpan source) {
  std::vector<SourceRun>& runs = document_.runs;
  const auto begin = static_cast<std::int64_t>(source.begin);
  const auto end = static_cast<std::int64_t>(source.end);
  if (!runs.empty()) {
    SourceRun& last = runs.back();
    const bool is_verbatim = end - begin == text.end - text.begin &&
                             last.where.end - last.where.begin == last.text.end - last.text.begin;
    const bool is_next = last.text.end == text.begin && last.where.end == begin && last.where.page == page_;
    const bool is_over = runs.size() >= limits_.runs;
    if (is_over) add_limit("RUNS");
    if (is_over || (is_next && is_verbatim && !last.text.empty() && !text.empty())) {
      last.text.end = text.end;
      last.where.end = std::max(last.where.end, end);
      return;
    }
  }
  SourceRun& run = runs.emplace_back();
  run.text = text;
  run.where.page = page_;
  run.where.begin = begin;
  run.where.end = end;
}

// Or behind raised digits of one.
bool FlowBuilder::is_behind_figure() const {
  if (text_size() == block_begin_) return false;
  return text_size() == raised_end_ || is_figure(std::string_view(document_.text).substr(text_size() - 1));
}

void FlowBuilder::put(std::string_view text, SourceSpan source) {
  if (text.empty() || !may_write(text.size())) return;
  has_ink_ = has_ink_ || has_ink_in(text);
  const std::uint32_t at = text_size();
  if (is_raised_ && is_behind_figure()) {
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        append_utf8(document_.text, raised_digit(c));
      } else {
        document_.text.push_back(c);
      }
    }
    raised_end_ = text_size();
  } else {
    document_.text.append(text);
  }
  add_run({at, text_size()}, source);
}

void FlowBuilder::put_character(char32_t character, SourceSpan source) {
  std::string text;
  append_utf8(text, character);
  put(text, source);
}

void FlowBuilder::put_tab(SourceSpan source) {
  put(tables_.empty() || !tables_.back().is_cell_open ? "\t" : " ", source);
}

// Only spaces: no block, and no text.
void FlowBuilder::drop_block() {
  document_.text.resize(block_begin_);
  std::vector<SourceRun>& runs = document_.runs;
  while (!runs.empty() && runs.back().text.begin >= block_begin_ && !runs.back().text.empty())
    runs.pop_back();
}

void FlowBuilder::end_block(std::uint8_t level) {
  if (!std::exchange(has_ink_, false)) return drop_block();
  Block block;
  block.kind = level > 0 ? BlockKind::kHeading : BlockKind::kParagraph;
  block.level = level;
  block.text = {block_begin_, text_size()};
  last_block_end_ = text_size();
  document_.text.push_back('\n');
  block_begin_ = text_size();
  document_.blocks.push_back(block);
}

void FlowBuilder::begin_table() {
  end_block();
  if (tables_.size() >= limits_.depth) {
    ++ignored_tables_;
    return add_limit("DEPTH");
  }
  Table& table = tables_.emplace_back();
  table.first_block = document_.blocks.size();
  table.first_link = document_.links.size();
  table.first_image = document_.images.size();
}

void FlowBuilder::begin_row() {
  if (ignored_tables_ > 0 || tables_.empty()) return end_block();
  Table& table = tables_.back();
  if (table.is_row_open) end_row({});
  table.is_row_open = true;
  table.row_first_cell = table.cells.size();
  table.cells_in_row = 0;
}

void FlowBuilder::end_row(const std::vector<CellPlace>& places) {
  end_block();
  if (ignored_tables_ > 0 || tables_.empty() || !tables_.back().is_row_open) return;
  end_cell(tables_.back().cell_source_begin);
  Table& table = tables_.back();
  table.is_row_open = false;
  if (table.cells_in_row > 0) ++table.rows;
  if (places.size() != table.cells_in_row) table.is_counted = true;
  for (std::size_t i = table.row_first_cell; i < table.cells.size(); ++i) {
    const std::size_t in_row = i - table.row_first_cell;
    if (in_row < places.size()) table.cells[i].place = places[in_row];
  }
  std::string& text = document_.text;
  if (!text.empty() && text.back() == '\t') text.back() = '\n';
}

void FlowBuilder::begin_cell(std::size_t at) {
  end_block();
  if (ignored_tables_ > 0 || tables_.empty()) return;
  if (!tables_.back().is_row_open) begin_row();
  end_cell(at);
  Table& table = tables_.back();
  const char* exceeded = nullptr;
  if (table.rows >= limits_.rows) exceeded = "GRID_ROWS";
  if (table.cells.size() >= limits_.cells) exceeded = "GRID_CELLS";
  if (table.cells_in_row >= limits_.columns) exceeded = "GRID_COLUMNS";
  ++table.cells_in_row;
  table.is_cell_kept = exceeded == nullptr;
  if (exceeded != nullptr) add_limit(exceeded);
  if (table.is_cell_kept) table.cells.push_back({table.rows, {}, {}});
  table.is_cell_open = true;
  table.is_cell_host = false;
  table.cell_text_begin = text_size();
  table.cell_first_block = document_.blocks.size();
  table.cell_source_begin = at;
}

void FlowBuilder::end_cell(std::size_t at) {
  end_block();
  if (ignored_tables_ > 0 || tables_.empty() || !tables_.back().is_cell_open) return;
  Table& table = tables_.back();
  close_cell_text(table, at);
  table.is_cell_open = false;
  if (table.is_cell_host && table.is_cell_kept) {
    table.hosts.push_back({static_cast<std::uint32_t>(table.cells.size() - 1),
                           static_cast<std::uint32_t>(table.cell_first_block),
                           static_cast<std::uint32_t>(document_.blocks.size())});
  }
  if (document_.blocks.size() - table.cell_first_block >= kParagraphsOfProse) table.is_prose = true;
}

void FlowBuilder::close_cell_text(Table& table, std::size_t at) {
  const TextRange range{table.cell_text_begin, std::max(table.cell_text_begin, last_block_end_)};
  std::string& text = document_.text;
  if (text.size() == table.cell_text_begin) {
    add_run(range, {table.cell_source_begin, std::max(at, table.cell_source_begin)});
    text.push_back('\t');
  } else {
    text.back() = '\t';
  }
  block_begin_ = text_size();
  if (!table.is_cell_kept) return;
  table.cells.back().text = range;
  if (!table.is_cell_host && is_figure(document_.view(range))) ++table.numeric_cells;
}

void FlowBuilder::end_table() {
  end_block();
  if (ignored_tables_ > 0) {
    --ignored_tables_;
    return;
  }
  if (tables_.empty()) return;
  if (tables_.back().is_row_open) end_row({});
  Table table = std::move(tables_.back());
  tables_.pop_back();
  const bool has_data = table.numeric_cells >= kFiguresOfData;
  const bool is_layout =
      table.cells.size() < 2 || (!has_data && (table.is_prose || !table.hosts.empty()));
  if (!is_layout) close_as_grid(table);
  if (tables_.empty()) return;
  const bool has_grid = std::any_of(
      document_.blocks.begin() + static_cast<std::ptrdiff_t>(table.first_block),
      document_.blocks.end(), [](const Block& block) { return block.kind == BlockKind::kGrid; });
  if (has_grid) tables_.back().is_cell_host = true;
}

void FlowBuilder::close_as_grid(Table& table) {
  PlacedGrid placed = place_cells(table.cells, unit_, !table.is_counted, limits_.columns);
  if (placed.is_cut) add_limit("GRID_COLUMNS");
  Block block;
  block.kind = BlockKind::kGrid;
  block.grid = static_cast<std::uint32_t>(document_.grids.size());
  block.text = {table.cells.front().text.begin, table.cells.back().text.end};
  std::vector<Block> blocks = {block};
  append_blocks_of_hosts(table, placed.indexes, placed.grid, blocks);
  document_.blocks.resize(table.first_block);
  document_.blocks.insert(document_.blocks.end(), blocks.begin(), blocks.end());
  document_.grids.push_back(std::move(placed.grid));
  const auto at = static_cast<std::uint32_t>(table.first_block);
  for (std::size_t i = table.first_link; i < document_.links.size(); ++i)
    document_.links[i].block = at;
  for (std::size_t i = table.first_image; i < document_.images.size(); ++i)
    document_.images[i].block = at;
}

// Of a table of data that holds tables the cell's own text is what stands before them, and they
// follow the grid.
void FlowBuilder::append_blocks_of_hosts(const Table& table,
                                         const std::vector<std::int32_t>& indexes, Grid& grid,
                                         std::vector<Block>& blocks) {
  for (const Host& host : table.hosts) {
    const Block& first = document_.blocks[host.first_block];
    const bool has_text = first.kind != BlockKind::kGrid;
    if (const std::int32_t index = indexes[host.cell]; index >= 0) {
      TextRange& text = grid.cells[static_cast<std::size_t>(index)].text;
      text = has_text ? first.text : TextRange{text.begin, text.begin};
    }
    blocks.insert(blocks.end(), document_.blocks.begin() + host.first_block + (has_text ? 1 : 0),
                  document_.blocks.begin() + host.end_block);
  }
}

void FlowBuilder::begin_link(std::string_view address) {
  end_link();
  is_link_open_ = true;
  link_ = document_.link_from_here(address);
}

void FlowBuilder::end_link() {
  if (!std::exchange(is_link_open_, false)) return;
  if (document_.links.size() >= limits_.links) {
    document_.addresses.resize(link_.address.begin);
    return add_limit("LINKS");
  }
  link_.text.begin = std::min(link_.text.begin, text_size());
  link_.text.end = std::max(link_.text.begin, text_size());
  document_.links.push_back(link_);
}

void FlowBuilder::add_image(std::string src, std::string alt) {
  if (document_.images.size() >= limits_.links) return add_limit("IMAGES");
  document_.images.push_back(
      {std::move(src), std::move(alt), static_cast<std::uint32_t>(document_.blocks.size())});
}

void FlowBuilder::add_meta(std::string name, std::string content) {
  if (!content.empty()) document_.meta.push_back({std::move(name), std::move(content)});
}

// Grids in the order of their blocks; what lies behind the last block belongs to the last one.
void FlowBuilder::put_in_order() {
  std::vector<Grid> grids;
  for (Block& block : document_.blocks) {
    if (block.kind != BlockKind::kGrid) continue;
    grids.push_back(std::move(document_.grids[block.grid]));
    block.grid = static_cast<std::uint32_t>(grids.size() - 1);
  }
  document_.grids = std::move(grids);
  const auto last =
      static_cast<std::uint32_t>(std::max<std::size_t>(document_.blocks.size(), 1) - 1);
  for (Link& link : document_.links) {
    link.block = std::min(link.block, last);
    link.text.begin = std::min(link.text.begin, text_size());
    link.text.end = std::min(link.text.end, text_size());
  }
  for (Image& image : document_.images) image.block = std::min(image.block, last);
}

Document FlowBuilder::finish() {
  ignored_tables_ = 0;
  end_link();
  end_block();
  while (!tables_.empty()) end_table();
  put_in_order();
  return std::move(document_);
}

}  // namespace gouji::parser
