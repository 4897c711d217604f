#include "services/parser/core/office/docx_names.h"

#include <array>
#include <cstddef>
#include <iterator>

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
    {"vertAlign", DocxElement::kVerticalPlace},
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
    {"tcBorders", DocxElement::kBorders},
    {"tcMar", DocxElement::kBorders},
    {"pBdr", DocxElement::kBorders},
    {"tabs", DocxElement::kBorders},
    {"tblGrid", DocxElement::kBorders},
    {"tblBorders", DocxElement::kBorders},
    {"sdtPr", DocxElement::kSkipped},
};

constexpr std::size_t kSlots = 512;

constexpr std::uint64_t four_letters(const char* at) {
  const auto letter = [at](int i) {
    return std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  };
  return letter(0) | letter(1) | letter(2) | letter(3);
}

// Letters from the front and from the back: with the length, all of a name up to eight letters.
constexpr std::uint64_t letters_of(std::string_view name) {
  const char* const text = name.data();
  const std::size_t size = name.size();
  if (size >= 4) return four_letters(text) | four_letters(text + size - 4) << 32;
  const auto letter = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(text[at])}; };
  return letter(0) | letter(size / 2) << 8 | letter(size - 1) << 16;
}

// The factor puts every name into a slot of its own, and the commonest of other elements into free ones.
constexpr std::size_t slot_of(std::uint64_t letters, std::size_t size) {
  return ((letters ^ size) * 0x5B177A38A96DFB2DU) >> 55;
}

// Small, so that all of them stay at hand.
struct Slot {
  std::uint64_t letters = 0;
  std::uint8_t size = 0;  // 0: free
  std::uint8_t name = 0;  // index into kNames
  DocxElement element = DocxElement::kOther;
};

constexpr std::array<Slot, kSlots> make_slots() {
  std::array<Slot, kSlots> slots{};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    const std::string_view name = kNames[i].text;
    std::size_t at = slot_of(letters_of(name), name.size());
    while (slots[at].size != 0) at = (at + 1) % kSlots;
    slots[at] = {letters_of(name), static_cast<std::uint8_t>(name.size()), static_cast<std::uint8_t>(i), kNames[i].element};
  }
  return slots;
}
constexpr std::array<Slot, kSlots> kSlotsByName = make_slots();

}  // namespace

DocxElement docx_element(std::string_view name, bool is_word) {
  if (name.empty()) return DocxElement::kOther;
  if (!is_word) {
    if (name == "t") return DocxElement::kText;  // of a formula
    if (name == "Fallback") return DocxElement::kSkipped;
    if (name == "blip" || name == "imagedata") return DocxElement::kImageData;
    return name == "docPr" ? DocxElement::kObjectProperties : DocxElement::kOther;
  }
  const std::uint64_t letters = letters_of(name);
  for (std::size_t at = slot_of(letters, name.size());; at = (at + 1) % kSlots) {
    const Slot& slot = kSlotsByName[at];
    if (slot.size == 0) return DocxElement::kOther;
    if (slot.letters != letters || slot.size != name.size()) continue;
    if (name.size() <= 8 || kNames[slot.name].text == name) return slot.element;
  }
}

}  // namespace gouji::parser
