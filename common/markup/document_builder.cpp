#include "common/markup/document_builder.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "common/text/byte_scan.h"
#include "common/text/utf8.h"

namespace gouji {
namespace {

// A table that arranges prose has a cell with at least this many paragraphs; a table with at least
// so many figures holds data, whatever else it holds.
constexpr std::size_t kParagraphsOfProse = 6;
constexpr std::uint32_t kFiguresOfData = 3;

constexpr std::array<bool, 256> make_white() {
  std::array<bool, 256> white{};
  for (char c : {' ', '\t', '\n', '\r', '\f'}) white[static_cast<unsigned char>(c)] = true;
  return white;
}
constexpr std::array<bool, 256> kWhite = make_white();

bool is_white(char c) { return kWhite[static_cast<unsigned char>(c)]; }
bool is_multibyte(char c) { return (c & 0x80) != 0; }

bool is_figure(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

DocumentBuilder::DocumentBuilder(std::string_view source, const HtmlLimits& limits)
    : source_(source), limits_(limits) {
  document_.format = "html";
  document_.charset = "utf-8";
  document_.text.reserve(source.size() / 4);
  constexpr std::size_t kRunsAtFirst = 2'048;
  document_.runs.reserve(std::max(source.size() / 128, std::min(source.size() / 16, kRunsAtFirst)));
}

bool DocumentBuilder::ends_in_digit() const {
  return text_size() > block_begin_ && is_figure(std::string_view(document_.text).substr(text_size() - 1));
}

void DocumentBuilder::add_limit(std::string_view name) {
  std::vector<std::string>& limits = document_.limits;
  if (std::find(limits.begin(), limits.end(), name) == limits.end()) limits.emplace_back(name);
}

// Text behind the cells of a table that nothing opened ends it.
bool DocumentBuilder::may_write() {
  if (!tables_.empty() && tables_.back().is_implied && !tables_.back().is_cell_open) end_table();
  if (document_.blocks.size() < limits_.blocks) return true;
  add_limit("BLOCKS");
  return false;
}

void DocumentBuilder::add_run(TextRange text, std::size_t begin, std::size_t end) {
  std::vector<SourceRun>& runs = document_.runs;
  const auto source_begin = static_cast<std::int64_t>(begin),
             source_end = static_cast<std::int64_t>(end);
  if (!runs.empty()) {
    SourceRun& last = runs.back();
    const bool is_verbatim = end - begin == text.end - text.begin &&
                             last.where.end - last.where.begin == last.text.end - last.text.begin;
    const bool is_next = last.text.end == text.begin && last.where.end == source_begin;
    const bool is_over = runs.size() >= limits_.runs;
    if (is_over) add_limit("RUNS");
    if (is_over || (is_next && is_verbatim && !last.text.empty() && !text.empty())) {
      last.text.end = text.end;
      last.where.end = source_end;
      return;
    }
  }
  // Made in place: a copy would have to wait for its own fields to be written.
  SourceRun& run = runs.emplace_back();
  run.text = text;
  run.where.begin = source_begin;
  run.where.end = source_end;
}

// Chinese is written without spaces: a line feed of the source between two such characters is none.
void DocumentBuilder::put_space() {
  if (!has_space_) return;
  has_space_ = false;
  std::string& text = document_.text;
  if (text.size() > block_begin_ && !(has_line_feed_ && is_multibyte(text.back())))
    text.push_back(' ');
  has_line_feed_ = false;
}

void DocumentBuilder::put(std::size_t begin, std::size_t end) {
  const std::uint32_t at = text_size();
  document_.text.append(source_.data() + begin, end - begin);
  add_run({at, text_size()}, begin, end);
}

void DocumentBuilder::add_text(std::size_t begin, std::size_t end) {
  if (preformatted_ > 0) return add_preformatted(begin, end);
  const char* const source = source_.data();
  for (std::size_t at = begin; at < end;) {
    if (is_white(source[at])) {
      has_space_ = true;
      has_line_feed_ |= source[at] == '\n';
      ++at;
      continue;
    }
    std::size_t stop = at + 1;
    // A single space inside text is copied with it.
    for (stop = find_blank(source_, stop, end); stop < end;
         stop = find_blank(source_, stop + 1, end)) {
      const bool is_single = source[stop] == ' ' && stop + 1 < end && !is_white(source[stop + 1]);
      if (is_white(source[stop]) && !is_single) break;
    }
    if (!may_write()) return;
    if (has_line_feed_ && !is_multibyte(source[at])) has_line_feed_ = false;
    put_space();
    put(at, stop);
    at = stop;
  }
}

void DocumentBuilder::add_preformatted(std::size_t begin, std::size_t end) {
  while (begin < end) {
    const std::size_t line_feed = std::min(source_.find('\n', begin), end);
    std::size_t stop = line_feed;
    if (stop > begin && source_[stop - 1] == '\r') --stop;
    if (stop > begin) {
      if (!may_write()) return;
      put(begin, stop);
    }
    if (line_feed < end) end_block();
    begin = line_feed + 1;
  }
}

void DocumentBuilder::add_character(char32_t character, std::size_t begin, std::size_t end) {
  if (!may_write()) return;
  if (character == U' ' || character == U'\n' || character == U'\t' || character == U'\r') {
    has_space_ = true;
    return;
  }
  if (character < 0x80) has_line_feed_ = false;
  put_space();
  const std::uint32_t at = text_size();
  append_utf8(document_.text, character);
  add_run({at, text_size()}, begin, end);
}

void DocumentBuilder::close_block() {
  Block block;
  block.kind = heading_level_ > 0 ? BlockKind::kHeading : BlockKind::kParagraph;
  block.level = heading_level_;
  block.text = {block_begin_, text_size()};
  last_block_end_ = text_size();
  document_.text.push_back('\n');
  block_begin_ = text_size();
  const bool is_outside = !tables_.empty() && !tables_.back().is_cell_open;
  (is_outside ? tables_.back().outside : document_.blocks).push_back(block);
}

void DocumentBuilder::begin_heading(std::uint8_t level) {
  end_block();
  heading_level_ = level;
}

void DocumentBuilder::end_heading() {
  end_block();
  heading_level_ = 0;
}

void DocumentBuilder::begin_preformatted() {
  end_block();
  ++preformatted_;
}

void DocumentBuilder::end_preformatted() {
  end_block();
  if (preformatted_ > 0) --preformatted_;
}

void DocumentBuilder::begin_table() {
  end_heading();
  // A table between cells means that the one before was not closed.
  if (!tables_.empty() && ignored_tables_ == 0 && !tables_.back().is_cell_open) end_table();
  if (tables_.size() >= limits_.depth) {
    ++ignored_tables_;
    return add_limit("DEPTH");
  }
  Table& table = tables_.emplace_back();
  table.first_block = document_.blocks.size();
  table.first_link = document_.links.size();
  table.first_image = document_.images.size();
}

void DocumentBuilder::begin_row() {
  end_block();
  if (ignored_tables_ > 0) return;
  if (tables_.empty()) {
    begin_table();
    tables_.back().is_implied = true;
  }
  end_row();
  tables_.back().grid.begin_row();
  tables_.back().is_row_open = true;
}

void DocumentBuilder::end_row() {
  end_block();
  if (ignored_tables_ > 0 || tables_.empty()) return;
  end_cell(tables_.back().cell_source_begin);
  Table& table = tables_.back();
  table.is_row_open = false;
  std::string& text = document_.text;
  if (!text.empty() && text.back() == '\t') text.back() = '\n';
}

void DocumentBuilder::end_row_group() {
  end_row();
  if (ignored_tables_ == 0 && !tables_.empty()) tables_.back().grid.end_row_group();
}

void DocumentBuilder::begin_cell(const CellSpans& spans, std::size_t at) {
  end_heading();
  if (ignored_tables_ > 0) return;
  if (tables_.empty() || !tables_.back().is_row_open) begin_row();
  end_cell(at);
  Table& table = tables_.back();
  table.is_cell_kept = table.grid.add_cell(spans, limits_);
  if (!table.is_cell_kept) add_limit(table.grid.exceeded());
  table.is_cell_open = true;
  table.is_cell_host = false;
  table.cell_text_begin = text_size();
  table.cell_first_block = document_.blocks.size();
  table.cell_source_begin = at;
}

void DocumentBuilder::end_cell(std::size_t at) {
  end_heading();
  if (ignored_tables_ > 0 || tables_.empty() || !tables_.back().is_cell_open) return;
  close_cell_text(at);
  Table& table = tables_.back();
  table.is_cell_open = false;
  if (table.is_cell_host && table.is_cell_kept) {
    table.hosts.push_back({static_cast<std::uint32_t>(table.grid.cells().size() - 1),
                           static_cast<std::uint32_t>(table.cell_first_block),
                           static_cast<std::uint32_t>(document_.blocks.size())});
  }
  if (document_.blocks.size() - table.cell_first_block >= kParagraphsOfProse) table.is_prose = true;
}

// The text of a cell ends with its last block; the character behind it becomes a tab. A cell
// without text still has a place in the source.
void DocumentBuilder::close_cell_text(std::size_t at) {
  Table& table = tables_.back();
  const TextRange range{table.cell_text_begin, std::max(table.cell_text_begin, last_block_end_)};
  std::string& text = document_.text;
  if (text.size() == table.cell_text_begin) {
    add_run(range, table.cell_source_begin, std::max(at, table.cell_source_begin));
    text.push_back('\t');
  } else {
    text.back() = '\t';
  }
  block_begin_ = text_size();
  if (!table.is_cell_kept) return;
  table.grid.cells().back().text = range;
  if (!table.is_cell_host && is_figure(document_.view(range))) ++table.numeric_cells;
}

void DocumentBuilder::end_table() {
  if (ignored_tables_ > 0) {
    end_block();
    --ignored_tables_;
    return;
  }
  if (tables_.empty()) return end_block();
  end_row();
  Table table = std::move(tables_.back());
  tables_.pop_back();
  const bool has_data = table.numeric_cells >= kFiguresOfData;
  const bool is_layout =
      table.grid.cells().size() < 2 || (!has_data && (table.is_prose || !table.hosts.empty()));
  const std::size_t blocks_before = table.first_block;
  is_layout ? close_dissolved(table) : close_as_grid(table);
  if (tables_.empty()) return;
  const bool has_grid = std::any_of(
      document_.blocks.begin() + static_cast<std::ptrdiff_t>(blocks_before), document_.blocks.end(),
      [](const Block& block) { return block.kind == BlockKind::kGrid; });
  if (has_grid) tables_.back().is_cell_host = true;
}

void DocumentBuilder::close_dissolved(Table& table) {
  const auto inserted = static_cast<std::uint32_t>(table.outside.size());
  if (inserted == 0) return;
  document_.blocks.insert(document_.blocks.begin() + static_cast<std::ptrdiff_t>(table.first_block),
                          table.outside.begin(), table.outside.end());
  for (std::size_t i = table.first_link; i < document_.links.size(); ++i)
    document_.links[i].block += inserted;
  for (std::size_t i = table.first_image; i < document_.images.size(); ++i)
    document_.images[i].block += inserted;
}

void DocumentBuilder::close_as_grid(Table& table) {
  std::vector<Block> blocks = std::move(table.outside);
  const auto grid_block = static_cast<std::uint32_t>(table.first_block + blocks.size());
  Block block;
  block.kind = BlockKind::kGrid;
  block.grid = static_cast<std::uint32_t>(document_.grids.size());
  block.text = {table.grid.cells().front().text.begin, table.grid.cells().back().text.end};
  blocks.push_back(block);
  append_blocks_of_hosts(table, blocks);
  document_.blocks.resize(table.first_block);
  document_.blocks.insert(document_.blocks.end(), blocks.begin(), blocks.end());
  document_.grids.push_back(table.grid.finish());
  for (std::size_t i = table.first_link; i < document_.links.size(); ++i)
    document_.links[i].block = grid_block;
  for (std::size_t i = table.first_image; i < document_.images.size(); ++i)
    document_.images[i].block = grid_block;
}

// A table of data that holds tables was not closed, most likely: its own text in the cell is what
// stands before them, and they follow the grid.
void DocumentBuilder::append_blocks_of_hosts(Table& table, std::vector<Block>& blocks) {
  for (const Host& host : table.hosts) {
    GridCell& cell = table.grid.cells()[host.cell];
    const Block& first = document_.blocks[host.first_block];
    const bool has_text = first.kind != BlockKind::kGrid;
    cell.text = has_text ? first.text : TextRange{cell.text.begin, cell.text.begin};
    blocks.insert(blocks.end(), document_.blocks.begin() + host.first_block + (has_text ? 1 : 0),
                  document_.blocks.begin() + host.end_block);
  }
}

void DocumentBuilder::begin_link(std::string_view address) {
  end_link();
  is_link_open_ = true;
  link_ = document_.link_from_here(address);
}

void DocumentBuilder::end_link() {
  if (!is_link_open_) return;
  is_link_open_ = false;
  if (document_.links.size() >= limits_.links) {
    document_.addresses.resize(link_.address.begin);
    return add_limit("LINKS");
  }
  const std::string& text = document_.text;
  std::uint32_t end = text_size();
  while (end > link_.text.begin && is_white(text[end - 1])) --end;
  while (link_.text.begin < end && is_white(text[link_.text.begin])) ++link_.text.begin;
  link_.text.begin = std::min(link_.text.begin, end);
  link_.text.end = end;
  document_.links.push_back(link_);
}

void DocumentBuilder::add_image(std::string src, std::string alt) {
  if (document_.images.size() >= limits_.links) return add_limit("IMAGES");
  document_.images.push_back(
      {std::move(src), std::move(alt), static_cast<std::uint32_t>(document_.blocks.size()), false});
}

void DocumentBuilder::add_frame(std::string src) {
  if (document_.images.size() >= limits_.links) return add_limit("IMAGES");
  document_.images.push_back({std::move(src), {}, static_cast<std::uint32_t>(document_.blocks.size()), true});
}

void DocumentBuilder::add_meta(std::string name, std::string content) {
  if (document_.meta.size() >= limits_.meta) return add_limit("META");
  document_.meta.push_back({std::move(name), std::move(content)});
}

void DocumentBuilder::set_title(std::string title) {
  if (document_.title.empty()) document_.title = std::move(title);
}

// Grids in the order of their blocks; what lies behind the last block belongs to the last one.
void DocumentBuilder::put_in_order() {
  std::vector<Grid> grids;
  for (Block& block : document_.blocks) {
    if (block.kind != BlockKind::kGrid) continue;
    grids.push_back(std::move(document_.grids[block.grid]));
    block.grid = static_cast<std::uint32_t>(grids.size() - 1);
  }
  document_.grids = std::move(grids);
  const auto last =
      static_cast<std::uint32_t>(std::max<std::size_t>(document_.blocks.size(), 1) - 1);
  for (Link& link : document_.links) link.block = std::min(link.block, last);
  for (Image& image : document_.images) image.block = std::min(image.block, last);
}

Document DocumentBuilder::finish() {
  ignored_tables_ = 0;
  end_block();
  while (!tables_.empty()) end_table();
  end_link();
  put_in_order();
  return std::move(document_);
}

}  // namespace gouji
