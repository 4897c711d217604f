// Reads one tag: its name and the few attributes that matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gouji {

// Views into the page; entities are not decoded. Of an attribute that comes twice the first counts.
struct HtmlTag {
  std::string_view name;  // as written
  bool is_end = false;
  bool is_hidden = false;  // has `hidden`
  bool has_too_many_attributes = false;
  std::string_view style;
  std::string_view address; // href, src or data
  std::string_view first;   // colspan, name, property, http-equiv or charset
  std::string_view second;  // rowspan, alt or content
  std::size_t end = 0;      // behind the >
};

// Reads tags of one page; remembers what it has found missing, so that no page is searched twice.
class HtmlTagReader {
 public:
  explicit HtmlTagReader(std::string_view html, std::uint32_t attributes_max)
      : html_(html), attributes_max_(attributes_max) {}
  // The tag whose < stands at `at`, with a letter (or / and a letter) behind it. The end of the
  // page ends every tag.
  HtmlTag read(std::size_t at);

 private:
  // Where the value that opens with the quote at `at` is closed; null where it is not.
  const char* closing_quote(const char* at, const char* end);

  std::string_view html_;
  std::uint32_t attributes_max_;
  bool is_quote_missing_[2] = {false, false};  // no " or ' from here on
};

}  // namespace gouji
