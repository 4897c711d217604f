#include "services/parser/core/office/docx_names.h"

#include <array>

namespace gouji::parser {
namespace {

struct Name {
  std::string_view text;
  DocxElement element = DocxElement::kOther;
};

constexpr Name kNames[] = {
    {"p", DocxElement::kParagraph},
    {"pPr", DocxElement::kParagraphProperties},
    {"pStyle", DocxElement::kStyle},
    {"numId", DocxElement::kListId},
    {"ilvl", DocxElement::kListLevel},
    {"outlineLvl", DocxElement::kOutlineLevel},
    {"r", DocxElement::kRun},
    {"rPr", DocxElement::kRunProperties},
    {"vanish", DocxElement::kHidden},
    {"t", DocxElement::kText},
    {"tab", DocxElement::kTab},
    {"ptab", DocxElement::kPositionedTab},
    {"br", DocxElement::kBreak},
    {"cr", DocxElement::kCarriageReturn},
    {"noBreakHyphen", DocxElement::kHyphen},
    {"sym", DocxElement::kSymbol},
    {"fldChar", DocxElement::kFieldMark},
    {"hyperlink", DocxElement::kHyperlink},
    {"tbl", DocxElement::kTable},
    {"tr", DocxElement::kRow},
    {"trPr", DocxElement::kRowProperties},
    {"gridBefore", DocxElement::kGridBefore},
    {"tc", DocxElement::kCell},
    {"gridSpan", DocxElement::kGridSpan},
    {"vMerge", DocxElement::kVerticalMerge},
    {"hMerge", DocxElement::kHorizontalMerge},
    {"txbxContent", DocxElement::kTextBox},
    {"del", DocxElement::kDeleted},
    {"moveFrom", DocxElement::kSkipped},
    {"rt", DocxElement::kSkipped},
    {"pPrChange", DocxElement::kSkipped},
    {"rPrChange", DocxElement::kSkipped},
    {"tblPrChange", DocxElement::kSkipped},
    {"tblGridChange", DocxElement::kSkipped},
    {"tblPrExChange", DocxElement::kSkipped},
    {"trPrChange", DocxElement::kSkipped},
    {"tcPrChange", DocxElement::kSkipped},
    {"sectPr", DocxElement::kSkipped},
    {"instrText", DocxElement::kSkipped},
    {"sdtPr", DocxElement::kSkipped},
};

constexpr std::size_t kSlots = 256;

constexpr std::size_t slot_of(std::string_view name) {
  const auto first = static_cast<unsigned char>(name.front());
  const auto last = static_cast<unsigned char>(name.back());
  return (name.size() * 37 + first * 5u + last) % kSlots;
}

constexpr std::array<Name, kSlots> make_slots() {
  std::array<Name, kSlots> slots{};
  for (const Name& name : kNames) {
    std::size_t at = slot_of(name.text);
    while (!slots[at].text.empty()) at = (at + 1) % kSlots;
    slots[at] = name;
  }
  return slots;
}
constexpr std::array<Name, kSlots> kSlotsByName = make_slots();

}  // namespace

DocxElement docx_element(std::string_view name, bool is_word) {
  if (name.empty()) return DocxElement::kOther;
  if (!is_word) {
    if (name == "t") return DocxElement::kText;  // of a formula
    if (name == "Fallback") return DocxElement::kSkipped;
    if (name == "blip" || name == "imagedata") return DocxElement::kImageData;
    return name == "docPr" ? DocxElement::kObjectProperties : DocxElement::kOther;
  }
  for (std::size_t at = slot_of(name); !kSlotsByName[at].text.empty(); at = (at + 1) % kSlots) {
    if (kSlotsByName[at].text == name) return kSlotsByName[at].element;
  }
  return DocxElement::kOther;
}

}  // namespace gouji::parser
