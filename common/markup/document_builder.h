// Builds a Document from the events of a reader of marked-up text: characters, ends of blocks,
// tables. Keeps the text in reading order and decides which tables are grids.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "common/markup/grid_builder.h"
#include "common/markup/html.h"

namespace gouji {

class DocumentBuilder {
 public:
  // `source` and `limits` must outlive the builder.
  DocumentBuilder(std::string_view source, const HtmlLimits& limits);

  // The stretch [begin, end) of the source as text: white space runs together, except in
  // preformatted text.
  void add_text(std::size_t begin, std::size_t end);
  // One character that the source writes otherwise, in [begin, end).
  void add_character(char32_t character, std::size_t begin, std::size_t end);

  // The open block or cell has text, and its last character is a digit.
  bool ends_in_digit() const;

  void end_block() {
    has_space_ = has_line_feed_ = false;
    if (text_size() != block_begin_) close_block();
  }
  void begin_heading(std::uint8_t level);
  void end_heading();
  void begin_preformatted();
  void end_preformatted();

  void begin_table();
  void end_table();
  void begin_row();
  void end_row();
  void end_row_group();
  // A cell outside of any table opens one. `at` is where its content begins, or ends.
  void begin_cell(const CellSpans& spans, std::size_t at);
  void end_cell(std::size_t at);

  void begin_link(std::string_view address);
  void end_link();
  void add_image(std::string src, std::string alt);
  void add_frame(std::string src);
  void add_meta(std::string name, std::string content);
  void set_title(std::string title);
  void add_limit(std::string_view name);

  // Closes what is open. The builder is spent afterwards.
  Document finish();

 private:
  // A cell that holds grids, and where its blocks stand.
  struct Host {
    std::uint32_t cell = 0;
    std::uint32_t first_block = 0;
    std::uint32_t end_block = 0;
  };
  struct Table {
    GridBuilder grid;
    std::vector<Block> outside;  // caption, and text between the cells
    std::vector<Host> hosts;
    std::size_t first_block = 0, first_link = 0, first_image = 0;
    std::uint32_t numeric_cells = 0;
    bool is_implied = false;
    bool is_row_open = false;
    bool is_cell_open = false;
    bool is_prose = false;  // a cell with so many paragraphs that it is no cell
    // Of the open cell:
    bool is_cell_kept = false;
    bool is_cell_host = false;
    std::uint32_t cell_text_begin = 0;
    std::size_t cell_first_block = 0;
    std::size_t cell_source_begin = 0;
  };

  void close_block();
  bool may_write();
  std::uint32_t text_size() const { return static_cast<std::uint32_t>(document_.text.size()); }
  void put_space();
  void put(std::size_t begin, std::size_t end);
  void add_run(TextRange text, std::size_t begin, std::size_t end);
  void add_preformatted(std::size_t begin, std::size_t end);
  void close_cell_text(std::size_t at);
  void close_as_grid(Table& table);
  void close_dissolved(Table& table);
  void append_blocks_of_hosts(Table& table, std::vector<Block>& blocks);
  void put_in_order();

  std::string_view source_;
  const HtmlLimits& limits_;
  Document document_;
  std::vector<Table> tables_;
  std::uint32_t ignored_tables_ = 0;  // deeper than the limit
  std::uint32_t block_begin_ = 0;
  std::uint32_t last_block_end_ = 0;
  std::uint8_t heading_level_ = 0;
  std::uint32_t preformatted_ = 0;
  bool has_space_ = false;      // white space read and not yet written
  bool has_line_feed_ = false;  // ... with a line feed in it
  bool is_link_open_ = false;
  Link link_;
};

}  // namespace gouji
