#include "common/markup/html_elements.h"

#include <cstddef>

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

// Most elements of a page, told by length and first letter before anything is packed.
ElementKind kind_of_short_name(std::string_view name) {
  const int first = name[0] | 0x20;
  if (name.size() == 1)
    return first == 'p'   ? ElementKind::kBlock
           : first == 'a' ? ElementKind::kLink
                          : ElementKind::kInline;
  const int second = name[1] | 0x20;
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

}  // namespace

ElementKind element_kind(std::string_view name) {
  if (name.size() <= 2) return name.empty() ? ElementKind::kInline : kind_of_short_name(name);
  switch (packed(name)) {
    case packed("div"):
    case packed("section"):
    case packed("article"):
    case packed("header"):
    case packed("footer"):
    case packed("main"):
    case packed("nav"):
    case packed("aside"):
    case packed("blockquote"):
    case packed("form"):
    case packed("fieldset"):
    case packed("legend"):
    case packed("address"):
    case packed("center"):
    case packed("body"):
    case packed("html"):
    case packed("head"):
    case packed("figure"):
    case packed("figcaption"):
    case packed("details"):
    case packed("summary"):
    case packed("caption"):
    case packed("dir"):
    case packed("menu"):
    case packed("hgroup"):
    case packed("dialog"):
    case packed("frameset"):
      return ElementKind::kBlock;
    case packed("pre"):
    case packed("listing"):
      return ElementKind::kPreformatted;
    case packed("table"):
      return ElementKind::kTable;
    case packed("thead"):
    case packed("tbody"):
    case packed("tfoot"):
      return ElementKind::kRowGroup;
    case packed("img"):
      return ElementKind::kImage;
    case packed("meta"):
      return ElementKind::kMeta;
    case packed("base"):
      return ElementKind::kBase;
    case packed("title"):
      return ElementKind::kTitle;
    case packed("script"):
    case packed("style"):
    case packed("xmp"):
    case packed("iframe"):
    case packed("noembed"):
    case packed("noframes"):
    case packed("textarea"):
      return ElementKind::kRawText;
    case packed("template"):
    case packed("noscript"):
    case packed("svg"):
    case packed("math"):
    case packed("xml"):
    case packed("select"):
      return ElementKind::kSkipped;
    default:
      return ElementKind::kInline;
  }
}

}  // namespace gouji
