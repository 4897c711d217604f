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
    {"tcBorders", DocxElement::kBorders},
    {"tcMar", DocxElement::kBorders},
    {"pBdr", DocxElement::kBorders},
    {"tabs", DocxElement::kBorders},
    {"tblGrid", DocxElement::kBorders},
    {"tblBorders", DocxElement::kBorders},
    {"sdtPr", DocxElement::kSkipped},
};

constexpr std::size_t kSlots = 256;

// Letters from the front and from the back, and the length: enough to tell the names above apart,
// and read in a few steps.
struct NameKey {
  std::uint64_t letters = 0;
  std::size_t size = 0;
  friend bool operator==(const NameKey&, const NameKey&) = default;
};

constexpr std::uint64_t four_letters(const char* at) {
  const auto letter = [at](int i) {
    return std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
  };
  return letter(0) | letter(1) | letter(2) | letter(3);
}

constexpr NameKey key_of(std::string_view name) {
  const char* const text = name.data();
  const std::size_t size = name.size();
  if (size >= 4) return {four_letters(text) | four_letters(text + size - 4) << 32, size};
  const auto letter = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(text[at])}; };
  return {letter(0) | letter(size / 2) << 8 | letter(size - 1) << 16, size};
}

constexpr std::size_t slot_of(const NameKey& key) {
  return ((key.letters ^ key.size) * 0x9E3779B97F4A7C15U) >> 56;
}

struct Slot {
  NameKey key;
  Name name;
};

constexpr std::array<Slot, kSlots> make_slots() {
  std::array<Slot, kSlots> slots{};
  for (const Name& name : kNames) {
    const NameKey key = key_of(name.text);
    std::size_t at = slot_of(key);
    while (slots[at].key.size != 0) at = (at + 1) % kSlots;
    slots[at] = {key, name};
  }
  return slots;
}
constexpr std::array<Slot, kSlots> kSlotsByName = make_slots();

constexpr bool has_keys_of_their_own() {
  for (const Name& name : kNames) {
    for (const Name& other : kNames) {
      if (&name != &other && key_of(name.text) == key_of(other.text)) return false;
    }
  }
  return true;
}
static_assert(has_keys_of_their_own());

}  // namespace

DocxElement docx_element(std::string_view name, bool is_word) {
  if (name.empty()) return DocxElement::kOther;
  if (!is_word) {
    if (name == "t") return DocxElement::kText;  // of a formula
    if (name == "Fallback") return DocxElement::kSkipped;
    if (name == "blip" || name == "imagedata") return DocxElement::kImageData;
    return name == "docPr" ? DocxElement::kObjectProperties : DocxElement::kOther;
  }
  const NameKey key = key_of(name);
  for (std::size_t at = slot_of(key); kSlotsByName[at].key.size != 0; at = (at + 1) % kSlots) {
    if (kSlotsByName[at].key == key)
      return key.size <= 8 || kSlotsByName[at].name.text == name ? kSlotsByName[at].name.element
                                                                 : DocxElement::kOther;
  }
  return DocxElement::kOther;
}

}  // namespace gouji::parser
