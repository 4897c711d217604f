// Builds a Document from what readers of office files meet in order: text, ends of paragraphs,
// tables whose cells say where they stand, or that they continue the cell above.
//
// As in an HTML page, a table that only arranges others, or has one cell, is dissolved into its
// paragraphs and tables; a tab follows each cell in the text and a line feed each block, outside of
// their ranges; blocks without a visible character are left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"

namespace gouji::parser {

// What is above a limit is cut, and named in Document::limits, as in HtmlLimits.
struct FlowLimits {
  std::uint32_t depth = 16;             // tables in tables; deeper ones are text ("DEPTH")
  std::uint32_t cells = 20'000;         // of one grid ("GRID_CELLS")
  std::uint32_t rows = 4'096;           // of one grid ("GRID_ROWS")
  std::uint32_t columns = 256;          // of one grid ("GRID_COLUMNS")
  std::uint32_t blocks = 1U << 17;      // ("BLOCKS")
  std::uint32_t runs = 1U << 18;        // the last one then stands for the rest ("RUNS")
  std::uint32_t links = 1U << 14;       // links, and again images ("LINKS", "IMAGES")
  std::uint32_t text_bytes = 16U << 20;  // ("TEXT")
};

enum class VerticalMerge : std::uint8_t { kNone, kFirst, kContinued };

// Where a cell of a row stands. Edges count columns of the table, or are lengths in twips.
struct CellPlace {
  std::int32_t left = 0;
  std::int32_t right = 1;
  VerticalMerge merge = VerticalMerge::kNone;
  bool continues_left = false;  // belongs to the cell on its left
};

enum class EdgeUnit : std::uint8_t { kColumn, kTwip };

// A cell of a table before it has its columns.
struct PlacedCell {
  std::uint32_t row = 0;
  TextRange text;
  CellPlace place;
};

// [begin, end) of the source, as Where has it.
struct SourceSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class FlowBuilder {
 public:
  FlowBuilder(std::string_view format, EdgeUnit unit, const FlowLimits& limits = {});

  // Valid UTF-8. As long as its source, it corresponds to it byte by byte.
  void put(std::string_view text, SourceSpan source);
  void put_character(char32_t character, SourceSpan source);
  // What is put now stands raised: digits behind a digit are the number of a note, and stay raised (12¹ is not 121).
  void set_raised(bool is_raised) { is_raised_ = is_raised; }
  // Outside of tables a tab separates fields; in a cell it is a space.
  void put_tab(SourceSpan source);
  // Ends the block; `level` of a heading, 0 of a paragraph.
  void end_block(std::uint8_t level = 0);
  bool has_text() const { return has_ink_; }

  void begin_table();
  void end_table();
  void begin_row();
  // `places` of the row's cells in order; too few or too many: the table's cells are counted.
  void end_row(const std::vector<CellPlace>& places);
  void begin_cell(std::size_t at);
  void end_cell(std::size_t at);
  std::size_t table_depth() const { return tables_.size() + ignored_tables_; }

  void begin_link(std::string_view address);
  void end_link();
  void add_image(std::string src, std::string alt);
  void add_meta(std::string name, std::string content);
  void set_title(std::string title) { document_.title = std::move(title); }
  void add_limit(std::string_view name);
  void set_page(std::int32_t page) { page_ = page; }

  // Closes what is open. The builder is spent afterwards.
  Document finish();

 private:
  struct Host {  // a cell that holds grids, and where its blocks stand
    std::uint32_t cell = 0;
    std::uint32_t first_block = 0;
    std::uint32_t end_block = 0;
  };
  struct Table {
    std::vector<PlacedCell> cells;
    std::vector<Host> hosts;
    std::size_t first_block = 0, first_link = 0, first_image = 0;
    std::uint32_t rows = 0;
    std::uint32_t numeric_cells = 0;
    std::size_t row_first_cell = 0;
    std::uint32_t cells_in_row = 0;
    bool is_counted = false;  // no edges that make sense: cells are counted
    bool is_row_open = false;
    bool is_cell_open = false;
    bool is_cell_kept = false;
    bool is_cell_host = false;
    bool is_prose = false;
    std::uint32_t cell_text_begin = 0;
    std::size_t cell_first_block = 0;
    std::size_t cell_source_begin = 0;
  };

  bool may_write(std::size_t bytes);
  std::uint32_t text_size() const { return static_cast<std::uint32_t>(document_.text.size()); }
  void add_run(TextRange text, SourceSpan source);
  bool is_behind_figure() const;
  void drop_block();
  void close_cell_text(Table& table, std::size_t at);
  void close_as_grid(Table& table);
  void append_blocks_of_hosts(const Table& table, const std::vector<std::int32_t>& indexes,
                              Grid& grid, std::vector<Block>& blocks);
  void put_in_order();

  EdgeUnit unit_;
  FlowLimits limits_;
  Document document_;
  std::vector<Table> tables_;
  std::uint32_t ignored_tables_ = 0;
  std::uint32_t block_begin_ = 0;
  std::size_t block_first_run_ = 0;
  std::uint32_t last_block_end_ = 0;
  std::int32_t page_ = 0;
  bool has_ink_ = false;
  bool is_raised_ = false;
  std::uint32_t raised_end_ = 0;  // where the last raised digits end; more of them may follow
  bool is_link_open_ = false;
  Link link_;
};

}  // namespace gouji::parser
