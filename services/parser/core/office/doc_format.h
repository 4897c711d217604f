// What the formatting of a Word document says about its text: paragraphs, rows of tables, and
// stretches that are hidden or deleted ([MS-DOC] 2.9: PAPX and CHPX in pages of 512 bytes).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "services/parser/core/office/doc_file.h"
#include "services/parser/core/office/flow_builder.h"

namespace gouji::parser {

struct DocParagraph {
  std::uint32_t style = 0;
  std::optional<std::uint8_t> heading;  // 1..9; 0 = body text
  std::optional<std::int32_t> list;     // number of a list instance, from 1; 0 = none
  std::optional<std::uint8_t> list_level;
  std::size_t depth = 0;  // of tables around it
  bool is_row_end = false;
  bool is_inner_cell_end = false;
  bool is_inner_row_end = false;
  std::vector<CellPlace> places;  // of a row end
};

// Applies modifiers to `paragraph`. `extra` is the stream that holds long lists of them; the answer
// is how many of those were read.
std::size_t apply_paragraph_sprms(std::string_view grpprl, std::string_view extra, DocParagraph& paragraph);

enum class DocTextKind : std::uint8_t { kPlain, kLeftOut, kSymbol, kRaised };

// A stretch of the main stream whose characters are not simply text.
struct DocTextRun {
  std::size_t begin = 0;
  std::size_t end = 0;
  DocTextKind kind = DocTextKind::kLeftOut;
  std::uint32_t symbol = 0;  // of kSymbol
};

class DocFormat {
 public:
  // Views the file, which must outlive it.
  explicit DocFormat(const DocFile& file);

  // Of the paragraph whose mark stands at `offset` of the main stream.
  // Valid until the next call.
  const DocParagraph& paragraph_at(std::size_t offset);
  // By their begin; they do not overlap.
  const std::vector<DocTextRun>& runs() const { return runs_; }

 private:
  struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string_view formatting;
  };
  void read_paragraphs();
  void read_runs();

  const DocFile& file_;
  std::vector<Stretch> paragraphs_;
  std::vector<DocTextRun> runs_;
  std::optional<std::size_t> last_;  // of paragraphs_, whose properties are last_paragraph_
  DocParagraph last_paragraph_;
  std::size_t extra_looks_ = 0;
};

}  // namespace gouji::parser
