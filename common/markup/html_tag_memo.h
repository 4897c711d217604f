// Reads the tags of one page, each wording once: pages that programs write repeat a few tags, with all
// their attributes, hundreds of times.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/markup/html_elements.h"
#include "common/markup/html_tag.h"

namespace gouji {

// A tag with what its name and its attributes say.
struct KnownTag {
  HtmlTag tag;  // its views may be into an earlier tag of the same wording
  ElementKind kind = ElementKind::kInline;
  bool is_hidden = false;  // by `hidden` or by its style
};

// A tag that is a name and a >, as nearly all end tags are.
struct BareTag {
  std::uint64_t name = 0;  // its bytes, the first one lowest
  std::uint8_t name_bytes = 0;
  ElementKind kind = ElementKind::kInline;
};

class HtmlTagMemo {
 public:
  HtmlTagMemo(std::string_view html, std::uint32_t attributes_max) : html_(html), reader_(html, attributes_max) {}
  // The tag whose < stands at `at`, with a letter behind it (or / and a letter). Valid until the next call.
  const KnownTag& read(std::size_t at);
  // The bare tag whose name, which begins with a letter, stands at `name`; null for other tags and for
  // some with long names.
  const BareTag* read_bare(std::size_t name);

 private:
  static constexpr std::size_t kKeyBytes = 16;  // shorter tags are read as fast as remembered
  static constexpr std::size_t kSets = 16, kWays = 4;
  struct Set {
    std::array<KnownTag, kWays> tags;
    std::array<std::string_view, kWays> wordings;  // empty at first
    std::size_t next = 0;                          // the way that is given up next
  };

  static constexpr std::size_t kBareTags = 64;

  void read_into(KnownTag& known, std::size_t at);

  std::string_view html_;
  HtmlTagReader reader_;
  KnownTag unique_;  // a tag that is not remembered
  std::array<Set, kSets> sets_;
  std::array<BareTag, kBareTags> bare_tags_;
};

}  // namespace gouji
