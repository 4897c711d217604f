#include "common/markup/html_tag_memo.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "common/markup/html_style.h"

namespace gouji {
namespace {

constexpr std::uint64_t kOfEach = 0x0101010101010101U;
constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15U;

bool is_name_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= ':'); }

std::uint64_t eight(const char* at) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

}  // namespace

void HtmlTagMemo::read_into(KnownTag& known, std::size_t at) {
  known.tag = reader_.read(at);
  known.kind = element_kind(known.tag.name);
  known.is_hidden = known.tag.is_hidden || hides(known.tag.style);
}

// What a tag says follows from its bytes alone: a quote that is closed inside it is closed there
// wherever it stands, and one that is closed nowhere does not come again.
const KnownTag& HtmlTagMemo::read(std::size_t at) {
  const std::string_view rest = html_.substr(at);
  if (rest.size() < kKeyBytes) {
    read_into(unique_, at);
    return unique_;
  }
  const std::uint64_t key = (eight(rest.data()) ^ eight(rest.data() + 8) * kSpread) * 0xC2B2AE3D27D4EB4FU;
  Set& set = sets_[(key >> 32) % kSets];
  for (std::size_t way = 0; way < kWays; ++way) {
    const std::string_view wording = set.wordings[way];
    if (wording.empty() || wording.size() > rest.size()) continue;
    const std::size_t last = wording.size() - sizeof(std::uint64_t);  // differs most often
    if (eight(wording.data() + last) != eight(rest.data() + last) || !rest.starts_with(wording)) continue;
    set.tags[way].tag.end = at + wording.size();
    return set.tags[way];
  }
  read_into(unique_, at);
  const HtmlTag& tag = unique_.tag;
  const std::string_view wording = rest.substr(0, tag.end - at);
  // Addresses differ nearly always.
  if (wording.size() < kKeyBytes || wording.back() != '>' || !tag.address.empty()) return unique_;
  const std::size_t way = set.next++ % kWays;
  set.wordings[way] = wording;
  return set.tags[way] = unique_;
}

const BareTag* HtmlTagMemo::read_bare(std::size_t name) {
  static_assert(std::endian::native == std::endian::little);
  if (html_.size() - name < sizeof(std::uint64_t)) return nullptr;
  const std::uint64_t bytes = eight(html_.data() + name);
  // The lowest bit that is left stands in the first byte that is a >.
  const std::uint64_t differing = bytes ^ kOfEach * '>';
  const std::uint64_t greater = (differing - kOfEach) & ~differing & kOfEach * 0x80;
  if (greater == 0) return nullptr;
  const int bits = std::countr_zero(greater) - 7;
  const std::uint64_t letters = bytes & ((std::uint64_t{1} << bits) - 1);
  BareTag& known = bare_tags_[letters * kSpread >> 58];
  if (known.name == letters) return &known;
  const std::string_view text = html_.substr(name, static_cast<std::size_t>(bits / 8));
  if (!std::all_of(text.begin(), text.end(), is_name_byte)) return nullptr;
  known = {letters, static_cast<std::uint8_t>(text.size()), element_kind(text)};
  return &known;
}

}  // namespace gouji
