#include "common/markup/html_elements.h"

#include <cstddef>

namespace gouji {
namespace {

// The first eight letters of a name as a number, in lower case. No two elements that matter differ
// only behind the eighth.
constexpr std::uint64_t packed(std::string_view name) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < name.size() && i < 8; ++i) {
    value = value << 8 | (static_cast<unsigned char>(name[i]) | 0x20U);
  }
  return value;
}

}  // namespace

ElementKind element_kind(std::string_view name) {
  switch (packed(name)) {
    case packed("p"): case packed("div"): case packed("li"): case packed("ul"): case packed("ol"):
    case packed("dl"): case packed("dt"): case packed("dd"): case packed("section"): case packed("article"):
    case packed("header"): case packed("footer"): case packed("main"): case packed("nav"): case packed("aside"):
    case packed("blockquote"): case packed("form"): case packed("fieldset"): case packed("legend"):
    case packed("address"): case packed("center"): case packed("body"): case packed("html"): case packed("head"):
    case packed("figure"): case packed("figcaption"): case packed("details"): case packed("summary"):
    case packed("caption"): case packed("dir"): case packed("menu"): case packed("hgroup"): case packed("dialog"):
    case packed("frameset"):
      return ElementKind::kBlock;
    case packed("br"): case packed("hr"): return ElementKind::kBreak;
    case packed("h1"): case packed("h2"): case packed("h3"): case packed("h4"): case packed("h5"): case packed("h6"):
      return ElementKind::kHeading;
    case packed("pre"): case packed("listing"): return ElementKind::kPreformatted;
    case packed("table"): return ElementKind::kTable;
    case packed("tr"): return ElementKind::kRow;
    case packed("thead"): case packed("tbody"): case packed("tfoot"): return ElementKind::kRowGroup;
    case packed("td"): case packed("th"): return ElementKind::kCell;
    case packed("a"): return ElementKind::kLink;
    case packed("img"): return ElementKind::kImage;
    case packed("meta"): return ElementKind::kMeta;
    case packed("base"): return ElementKind::kBase;
    case packed("title"): return ElementKind::kTitle;
    case packed("script"): case packed("style"): case packed("xmp"): case packed("iframe"): case packed("noembed"):
    case packed("noframes"): case packed("textarea"):
      return ElementKind::kRawText;
    case packed("template"): case packed("noscript"): case packed("svg"): case packed("math"): case packed("xml"):
    case packed("select"):
      return ElementKind::kSkipped;
    default: return ElementKind::kInline;
  }
}

}  // namespace gouji
