// The prose of a document as sentences, folded for comparison, with their places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/sections.h"

namespace gouji::parser {

struct Sentence {
  TextRange range;           // in Document::text
  std::string folded;        // fold_label of the range
  std::int32_t section = 0;  // 0 in front of the first heading
};

inline constexpr std::size_t kSentencesMax = 2000;
inline constexpr std::size_t kProseBytesMax = 256 * 1024;
inline constexpr std::size_t kSentenceBytesMax = 4096;  // longer ones are cut

// Sentences end at 。；！？ or with their block; lines of text that was wrapped at a fixed width are
// joined. Lines of tables and lines that are links to other pages are left out.
std::vector<Sentence> read_prose(const Document& document, const SectionMap& sections);

// A pipe, drawn or plain, or a tab: the line is a row of cells.
bool has_cell_separator(std::string_view line);
// A line that belongs to a table printed as text: separators, or figures alone.
bool is_table_line(std::string_view line);

}  // namespace gouji::parser
