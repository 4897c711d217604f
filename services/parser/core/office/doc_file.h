// The streams of a Word document of 1997 or later, and where its text is ([MS-DOC]): the file
// information block and the piece table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/parser/core/office/ole.h"

namespace gouji::parser {

// A stretch of text: characters [first, first + count) of the document at `offset` of the main
// stream, one byte of code page 1252 each or two of UTF-16.
struct DocPiece {
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t offset = 0;
  bool is_wide = false;

  std::size_t width() const { return is_wide ? 2 : 1; }
};

struct DocFile {
  std::string main;   // WordDocument
  std::string table;  // 0Table or 1Table
  std::string extra;  // Data; empty where there is none
  std::vector<DocPiece> pieces;  // of the main text, in order
  std::size_t lists_end = 0;     // where the levels of lists begin in `table`

  // A part of `table` by its number in the file information block; empty where it is not there.
  std::string_view part(std::size_t number) const;
  std::size_t parts_at = 0;  // in `main`
  std::size_t parts = 0;
};

inline constexpr std::size_t kDocStyles = 1;
inline constexpr std::size_t kDocCharacterRuns = 12;
inline constexpr std::size_t kDocParagraphRuns = 13;
inline constexpr std::size_t kDocPieces = 33;
inline constexpr std::size_t kDocLists = 73;
inline constexpr std::size_t kDocListInstances = 74;

// Reasons: MALFORMED_OLE, MALFORMED_DOC, ENCRYPTED, DOC_VERSION_NOT_READ (Word 95 and before).
PartOutcome<DocFile> open_doc(const OleFile& ole);

}  // namespace gouji::parser
