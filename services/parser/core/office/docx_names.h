// The elements of WordprocessingML that mean something here.
#pragma once

#include <cstdint>
#include <string_view>

namespace gouji::parser {

enum class DocxElement : std::uint8_t {
  kOther,
  kParagraph, kParagraphProperties, kStyle, kListId, kListLevel, kOutlineLevel,
  kRun, kRunProperties, kHidden, kVerticalPlace, kText, kTab, kPositionedTab, kBreak, kCarriageReturn, kHyphen, kSymbol,
  kFieldMark, kHyperlink, kTable, kRow, kRowProperties, kGridBefore, kCell, kGridSpan,
  kVerticalMerge, kHorizontalMerge, kTextBox, kImageData, kObjectProperties,
  kDeleted,  // w:del: a stretch of text, or the mark of a paragraph or row
  kSkipped,  // with all that is in it
  kBorders,  // the same, and there are only empty elements in it
};

// Of the element by its name without prefix. `is_word` says that it is of WordprocessingML.
DocxElement docx_element(std::string_view name, bool is_word);

}  // namespace gouji::parser
