// The extracted intermediate of any format: blocks and grids over one text, with provenance. HTML,
// text, and later PDF and Word all become this, and one interpreter reads it.
//
// `text` is UTF-8 and holds the text of every block and grid cell, in reading order; blocks, cells
// and links are ranges of it. Every range can be traced back to the source by where().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/cell.h"

namespace gouji {

// A range of Document::text.
struct TextRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool empty() const { return begin == end; }
};

// A cell of a grid at its anchor; spans are already limited (see HtmlLimits). Cells do not overlap.
struct GridCell {
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::uint32_t row_span = 1;
  std::uint32_t column_span = 1;
  TextRange text;
  bool is_header = false;
};

struct Grid {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::vector<GridCell> cells;  // by row, then column
};

enum class BlockKind : std::uint8_t {
  kParagraph,
  kHeading,
  kLine,  // one line of a plain-text document, empty lines included
  kGrid,
};

struct Block {
  BlockKind kind = BlockKind::kParagraph;
  std::uint8_t level = 0;   // of a heading, 1..6
  std::uint32_t grid = 0;   // index into Document::grids, for kGrid
  TextRange text;           // for kGrid: from its first to its last cell
};

struct Link {
  TextRange text;
  TextRange address;  // of Document::addresses; as written, entities decoded, not resolved
  std::uint32_t block = 0;
};

struct Image {
  std::string src;
  std::string alt;
  std::uint32_t block = 0;  // that follows it
  bool is_frame = false;    // iframe, frame, embed, object: another document is shown there
};

// <meta name=… content=…> of a page, or the properties of a file.
struct MetaItem {
  std::string name;
  std::string content;
};

// A stretch of text and where it comes from. Where text and source are equally long, positions
// inside correspond one to one; otherwise the whole stretch answers.
struct SourceRun {
  TextRange text;
  Where where;
};

struct Document {
  std::string format;   // "html", "text", ...
  std::string charset;  // as decided: "utf-8", "gb18030"
  bool charset_conflict = false;  // label and bytes disagree; the bytes won
  std::string title;    // <title>; empty elsewhere
  std::string text;
  std::vector<Block> blocks;
  std::vector<Grid> grids;
  std::vector<Link> links;
  std::string addresses;  // of the links, one behind the other
  std::vector<Image> images;
  std::vector<MetaItem> meta;
  std::vector<SourceRun> runs;       // sorted by text.begin
  std::vector<std::string> limits;   // limits that cut something: "GRID_CELLS", "DEPTH", ...

  std::string_view view(TextRange range) const {
    return std::string_view(text).substr(range.begin, range.end - range.begin);
  }
  std::string_view address(const Link& link) const {
    return std::string_view(addresses).substr(link.address.begin, link.address.end - link.address.begin);
  }
  // A link that begins at the end of the text; the caller says where it ends and adds it.
  Link link_from_here(std::string_view address);
  // The smallest stretch of the source that holds the range.
  Where where(TextRange range) const;
};

}  // namespace gouji
