#include "common/markup/html_tag_memo.h"

#include <cstring>

#include "common/markup/html_style.h"

namespace gouji {
namespace {

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
  const std::uint64_t key = (eight(rest.data()) ^ eight(rest.data() + 8) * 0x9E3779B97F4A7C15U) * 0xC2B2AE3D27D4EB4FU;
  Set& set = sets_[(key >> 32) % kSets];
  for (std::size_t way = 0; way < kWays; ++way) {
    const std::string_view wording = set.wordings[way];
    if (wording.empty() || !rest.starts_with(wording)) continue;
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

}  // namespace gouji
