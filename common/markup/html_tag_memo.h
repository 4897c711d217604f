// Reads the start tags of one page, each wording once: pages that programs write repeat a few tags, with
// all their attributes, hundreds of times.
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

class HtmlTagMemo {
 public:
  HtmlTagMemo(std::string_view html, std::uint32_t attributes_max) : html_(html), reader_(html, attributes_max) {}
  // The tag whose < stands at `at`, with a letter behind it (or / and a letter). Valid until the next call.
  const KnownTag& read(std::size_t at);

 private:
  static constexpr std::size_t kKeyBytes = 16;  // shorter tags are read as fast as remembered
  static constexpr std::size_t kSets = 16, kWays = 4;
  struct Set {
    std::array<KnownTag, kWays> tags;
    std::array<std::string_view, kWays> wordings;  // empty at first
    std::size_t next = 0;                          // the way that is given up next
  };

  void read_into(KnownTag& known, std::size_t at);

  std::string_view html_;
  HtmlTagReader reader_;
  KnownTag unique_;  // a tag that is not remembered
  std::array<Set, kSets> sets_;
};

}  // namespace gouji
