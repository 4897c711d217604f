// The control words of RTF that mean something here.
#pragma once

#include <cstdint>
#include <string_view>

namespace gouji::parser {

enum class RtfWord : std::uint8_t {
  kOther,
  kSkippedGroup,  // a group whose text is not the document's
  kReplacedGroup,  // a group of which only a kReadGroup in it is read
  kReadGroup,      // a group that is read although it begins with \*
  kFontTable, kStyleSheet, kCodePage, kFont, kFontCharset, kFontCodePage,
  kUnicode, kUnicodeSkip, kBinary,
  kParagraphEnd, kLineEnd, kTab, kCharacter,
  kParagraphReset, kPlain, kHidden, kRaised, kNotRaised, kDeleted, kStyle, kOutlineLevel,
  kInTable, kTableDepth,
  kRowReset, kRowLeft, kCellEdge, kMergeFirst, kMergeNext, kMergeDownFirst, kMergeDownNext,
  kCellEnd, kRowEnd, kNestedCellEnd, kNestedRowEnd,
};

struct RtfMeaning {
  RtfWord word = RtfWord::kOther;
  char32_t character = 0;  // of kCharacter
};

RtfMeaning rtf_meaning(std::string_view name);

}  // namespace gouji::parser
