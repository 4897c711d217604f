// A linear walk over the tags of an XML part. It builds nothing, resolves no entity but the five
// and character references, reads no DTD, and goes on where a tag is closed wrongly: what such a
// part means is the caller's decision (see depth()). Views the text, which must outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gouji::parser {

enum class XmlTagKind : std::uint8_t { kOpen, kClose, kEmpty };

struct XmlTag {
  XmlTagKind kind = XmlTagKind::kOpen;
  std::string_view prefix;      // "w" of w:p; empty where there is none
  std::string_view name;        // "p" of w:p
  std::string_view attributes;  // as written
  std::size_t begin = 0;        // of its <
  std::size_t end = 0;          // behind its >
  std::size_t text_begin = 0;   // the text before it is [text_begin, begin)

  bool opens() const { return kind != XmlTagKind::kClose; }
};

class XmlScanner {
 public:
  explicit XmlScanner(std::string_view xml, std::size_t at = 0) : xml_(xml), at_(at) {}
  // The next tag into tag(); comments, processing instructions and CDATA marks are passed over.
  // False at the end of the text, or at a tag that is not closed.
  bool next();
  const XmlTag& tag() const { return tag_; }
  std::size_t position() const { return at_; }
  // Open elements around the place.
  std::size_t depth() const { return depth_; }
  // More was closed than opened, or the last tag is cut off.
  bool is_broken() const { return is_broken_; }
  // Goes behind the end of the element whose open tag was last; nothing to do for an empty one.
  void skip_element();
  // The same, faster where all elements in it are empty ones. What is in it is not checked.
  void skip_flat_element();

 private:
  bool pass_over(std::size_t at);
  std::size_t read_name(std::size_t at);
  std::size_t find_tag() const;

  std::string_view xml_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool is_broken_ = false;
  XmlTag tag_;
};

// Value of the attribute whose name, without its prefix, is `name`; as written. Empty where it is
// not there.
std::string_view xml_attribute(std::string_view attributes, std::string_view name);
// The same by its whole name: "r:id".
std::string_view xml_attribute_in_full(std::string_view attributes, std::string_view name);
// A whole number; `fallback` where there is none. Values beyond ±10^9 are cut to that.
std::int64_t xml_number(std::string_view value, std::int64_t fallback);
// With references resolved; control characters that XML forbids are left out.
std::string xml_text(std::string_view written);

// The reference at the start of `text`, which begins with '&': &lt; &#x4E00; ... length 0 = none.
struct XmlReference {
  char32_t code_point = 0;
  std::size_t length = 0;
};
XmlReference read_xml_reference(std::string_view text);

// The part in UTF-8: from UTF-16 by its mark or its first characters, broken sequences mended.
std::string xml_part_text(std::string part);

}  // namespace gouji::parser
