#include "services/parser/core/office/rtf_words.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace gouji::parser {
namespace {

struct Named {
  std::string_view name;
  RtfMeaning meaning;
};

constexpr RtfMeaning skipped{RtfWord::kSkippedGroup, 0};
constexpr RtfMeaning character(char32_t code) { return {RtfWord::kCharacter, code}; }
constexpr RtfMeaning word(RtfWord meant) { return {meant, 0}; }

constexpr Named kNames[] = {
    {"annotation", skipped}, {"ansicpg", word(RtfWord::kCodePage)}, {"atnauthor", skipped}, {"atnid", skipped},
    {"bin", word(RtfWord::kBinary)}, {"bullet", character(U'•')}, {"cell", word(RtfWord::kCellEnd)},
    {"cellx", word(RtfWord::kCellEdge)}, {"clmgf", word(RtfWord::kMergeFirst)}, {"clmrg", word(RtfWord::kMergeNext)},
    {"clvmgf", word(RtfWord::kMergeDownFirst)}, {"clvmrg", word(RtfWord::kMergeDownNext)}, {"colortbl", skipped},
    {"column", word(RtfWord::kLineEnd)}, {"cpg", word(RtfWord::kFontCodePage)}, {"deleted", word(RtfWord::kDeleted)},
    {"emdash", character(U'—')}, {"emspace", character(U' ')}, {"endash", character(U'–')}, {"enspace", character(U' ')},
    {"f", word(RtfWord::kFont)}, {"fcharset", word(RtfWord::kFontCharset)}, {"fldinst", skipped},
    {"fldrslt", word(RtfWord::kReadGroup)}, {"fonttbl", word(RtfWord::kFontTable)}, {"footer", skipped},
    {"footerf", skipped}, {"footerl", skipped}, {"footerr", skipped}, {"footnote", skipped}, {"header", skipped},
    {"headerf", skipped}, {"headerl", skipped}, {"headerr", skipped}, {"info", skipped},
    {"intbl", word(RtfWord::kInTable)}, {"itap", word(RtfWord::kTableDepth)}, {"ldblquote", character(U'“')},
    {"line", word(RtfWord::kLineEnd)}, {"listoverridetable", skipped}, {"listtable", skipped}, {"lquote", character(U'‘')},
    {"nestcell", word(RtfWord::kNestedCellEnd)}, {"nestrow", word(RtfWord::kNestedRowEnd)},
    {"nesttableprops", word(RtfWord::kReadGroup)}, {"nonesttables", skipped}, {"nonshppict", skipped}, {"nosupersub", word(RtfWord::kNotRaised)}, {"objdata", skipped},
    {"outlinelevel", word(RtfWord::kOutlineLevel)}, {"page", word(RtfWord::kLineEnd)}, {"par", word(RtfWord::kParagraphEnd)},
    {"pard", word(RtfWord::kParagraphReset)}, {"pict", skipped}, {"plain", word(RtfWord::kPlain)},
    {"pntext", word(RtfWord::kReadGroup)}, {"qmspace", character(U' ')}, {"rdblquote", character(U'”')},
    {"result", word(RtfWord::kReadGroup)}, {"revtbl", skipped}, {"row", word(RtfWord::kRowEnd)}, {"rquote", character(U'’')},
    {"s", word(RtfWord::kStyle)}, {"sect", word(RtfWord::kParagraphEnd)}, {"shpinst", word(RtfWord::kReadGroup)},
    {"shprslt", skipped}, {"shptxt", word(RtfWord::kReadGroup)}, {"sn", skipped}, {"stylesheet", word(RtfWord::kStyleSheet)},
    {"sub", word(RtfWord::kNotRaised)}, {"super", word(RtfWord::kRaised)},
    {"sv", skipped}, {"tab", word(RtfWord::kTab)}, {"tc", skipped}, {"trleft", word(RtfWord::kRowLeft)},
    {"trowd", word(RtfWord::kRowReset)}, {"u", word(RtfWord::kUnicode)}, {"uc", word(RtfWord::kUnicodeSkip)},
    {"ud", word(RtfWord::kReadGroup)}, {"upr", word(RtfWord::kReplacedGroup)}, {"v", word(RtfWord::kHidden)}, {"xe", skipped},
};

constexpr bool is_sorted() {
  return std::is_sorted(std::begin(kNames), std::end(kNames), [](const Named& a, const Named& b) { return a.name < b.name; });
}

}  // namespace

RtfMeaning rtf_meaning(std::string_view name) {
  static_assert(is_sorted());
  const auto* const found = std::lower_bound(std::begin(kNames), std::end(kNames), name,
                                             [](const Named& known, std::string_view wanted) { return known.name < wanted; });
  return found != std::end(kNames) && found->name == name ? found->meaning : RtfMeaning{};
}

}  // namespace gouji::parser
