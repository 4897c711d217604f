// What the scanner does at each HTML element: by name, one kind for all that are treated alike.
#pragma once

#include <cstdint>
#include <string_view>

namespace gouji {

enum class ElementKind : std::uint8_t {
  kInline,   // no effect on the text; also every unknown element
  kBlock,    // its start and its end end a block
  kBreak,    // br, hr
  kHeading,  // h1 to h6
  kPreformatted,
  kTable,
  kRow,
  kRowGroup,
  kCell,
  kLink,
  kRaised,   // sup
  kImage,
  kFrame,    // frame, embed, object: another document is shown there
  kMeta,
  kBase,
  kTitle,
  kRawText,  // script, style: text up to the end tag is not markup, and not shown
  kSkipped,  // template, noscript, svg: markup up to the end tag is not shown
};

// Kind of the element with this name, in any case.
ElementKind element_kind(std::string_view name);

}  // namespace gouji
