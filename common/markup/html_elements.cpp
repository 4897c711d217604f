#include "common/markup/html_elements.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace gouji {
namespace {

// The first eight letters of a name as a number, in lower case. No two elements that matter differ
// only behind the eighth.
constexpr std::uint64_t packed(std::string_view name) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < name.size() && i < 8; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(name[i]) | 0x20U) << (8 * i);
  }
  return value;
}

constexpr ElementKind kind_of_letter(int letter) {
  return letter == 'p' ? ElementKind::kBlock : letter == 'a' ? ElementKind::kLink : ElementKind::kInline;
}

constexpr ElementKind kind_of_two(int first, int second) {
  if (first == 't')
    return second == 'd' || second == 'h' ? ElementKind::kCell
           : second == 'r'                ? ElementKind::kRow
                                          : ElementKind::kInline;
  if (first == 'h')
    return second >= '1' && second <= '6' ? ElementKind::kHeading
           : second == 'r'                ? ElementKind::kBreak
                                          : ElementKind::kInline;
  if (first == 'b') return second == 'r' ? ElementKind::kBreak : ElementKind::kInline;
  const bool is_list = (second == 'l' && (first == 'u' || first == 'o' || first == 'd')) ||
                       (first == 'l' && second == 'i') ||
                       (first == 'd' && (second == 't' || second == 'd'));
  return is_list ? ElementKind::kBlock : ElementKind::kInline;
}

// Most elements of a page have a name of one letter or two: by the first, and all bits of the second.
constexpr std::size_t place_of_two(char first, char second) {
  return (static_cast<unsigned char>(first) & 0x1FU) << 8 | static_cast<unsigned char>(second);
}
constexpr std::array<ElementKind, 32 * 256> make_kinds_of_two() {
  std::array<ElementKind, 32 * 256> kinds{};
  for (char first = 'a'; first <= 'z'; ++first) {
    for (int second = 0; second < 256; ++second) kinds[place_of_two(first, static_cast<char>(second))] = kind_of_two(first, second | 0x20);
  }
  return kinds;
}
constexpr std::array<ElementKind, 32 * 256> kKindsOfTwo = make_kinds_of_two();

// The same of three letters and more, in two loads that overlap.
std::uint64_t packed_at_once(std::string_view name) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kLower = 0x2020202020202020U;
  std::uint32_t first = 0, last = 0;
  if (name.size() >= 8) {
    std::uint64_t value = 0;
    std::memcpy(&value, name.data(), sizeof(value));
    return value | kLower;
  }
  if (name.size() == 3) {
    std::uint16_t two = 0;
    std::memcpy(&two, name.data(), sizeof(two));
    return (two | static_cast<std::uint64_t>(static_cast<unsigned char>(name[2])) << 16) | (kLower >> 40);
  }
  std::memcpy(&first, name.data(), sizeof(first));
  std::memcpy(&last, name.data() + name.size() - sizeof(last), sizeof(last));
  const std::size_t bits = 8 * name.size();
  return first | static_cast<std::uint64_t>(last) << (bits - 32) | kLower >> (64 - bits);
}

struct NamedElement {
  std::string_view name;
  ElementKind kind;
};

// Names of three letters and more.
constexpr NamedElement kElements[] = {
    {"div", ElementKind::kBlock},
    {"sup", ElementKind::kRaised},
    {"section", ElementKind::kBlock},
    {"article", ElementKind::kBlock},
    {"header", ElementKind::kBlock},
    {"footer", ElementKind::kBlock},
    {"main", ElementKind::kBlock},
    {"nav", ElementKind::kBlock},
    {"aside", ElementKind::kBlock},
    {"blockquote", ElementKind::kBlock},
    {"form", ElementKind::kBlock},
    {"fieldset", ElementKind::kBlock},
    {"legend", ElementKind::kBlock},
    {"address", ElementKind::kBlock},
    {"center", ElementKind::kBlock},
    {"body", ElementKind::kBlock},
    {"html", ElementKind::kBlock},
    {"head", ElementKind::kBlock},
    {"figure", ElementKind::kBlock},
    {"figcaption", ElementKind::kBlock},
    {"details", ElementKind::kBlock},
    {"summary", ElementKind::kBlock},
    {"caption", ElementKind::kBlock},
    {"dir", ElementKind::kBlock},
    {"menu", ElementKind::kBlock},
    {"hgroup", ElementKind::kBlock},
    {"dialog", ElementKind::kBlock},
    {"frameset", ElementKind::kBlock},
    {"pre", ElementKind::kPreformatted},
    {"listing", ElementKind::kPreformatted},
    {"table", ElementKind::kTable},
    {"thead", ElementKind::kRowGroup},
    {"tbody", ElementKind::kRowGroup},
    {"tfoot", ElementKind::kRowGroup},
    {"img", ElementKind::kImage},
    {"frame", ElementKind::kFrame},
    {"embed", ElementKind::kFrame},
    {"object", ElementKind::kFrame},
    {"meta", ElementKind::kMeta},
    {"base", ElementKind::kBase},
    {"title", ElementKind::kTitle},
    {"script", ElementKind::kRawText},
    {"style", ElementKind::kRawText},
    {"xmp", ElementKind::kRawText},
    {"iframe", ElementKind::kRawText},
    {"noembed", ElementKind::kRawText},
    {"noframes", ElementKind::kRawText},
    {"textarea", ElementKind::kRawText},
    {"template", ElementKind::kSkipped},
    {"noscript", ElementKind::kSkipped},
    {"svg", ElementKind::kSkipped},
    {"math", ElementKind::kSkipped},
    {"xml", ElementKind::kSkipped},
    {"select", ElementKind::kSkipped},
};

struct Slot {
  std::uint64_t name = 0;
  ElementKind kind = ElementKind::kInline;
};

constexpr std::size_t kSlots = 256;

constexpr std::size_t first_slot(std::uint64_t name) { return (name * 0x9E3779B97F4A7C15U) >> 56; }

// A table of slots, four times as many as elements: a name is in its first slot or soon behind it.
constexpr std::array<Slot, kSlots> make_slots() {
  std::array<Slot, kSlots> slots{};
  for (const NamedElement& element : kElements) {
    std::size_t at = first_slot(packed(element.name));
    while (slots[at].name != 0) at = (at + 1) % kSlots;
    slots[at] = {packed(element.name), element.kind};
  }
  return slots;
}
constexpr std::array<Slot, kSlots> kElementSlots = make_slots();

}  // namespace

ElementKind element_kind(std::string_view name) {
  if (name.size() == 2) return kKindsOfTwo[place_of_two(name[0], name[1])];
  if (name.size() <= 1) return name.empty() ? ElementKind::kInline : kind_of_letter(name[0] | 0x20);
  const std::uint64_t wanted = packed_at_once(name);
  for (std::size_t at = first_slot(wanted); kElementSlots[at].name != 0; at = (at + 1) % kSlots) {
    if (kElementSlots[at].name == wanted) return kElementSlots[at].kind;
  }
  return ElementKind::kInline;
}

}  // namespace gouji
