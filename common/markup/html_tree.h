// The elements of an HTML page as a tree, for selectors: tolerant as html.h, and as bounded. Unlike a
// Document it keeps names, classes and attributes, and knows nothing of tables and blocks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gouji {

struct HtmlTreeLimits {
  std::uint32_t elements = 200'000;  // tags behind them are not read
  std::uint32_t depth = 200;         // deeper elements have no children: what is in them is their siblings
  std::uint32_t attributes = 256;    // looked at in one tag
};

inline constexpr std::uint32_t kNoElement = UINT32_MAX;

// In the order of the page; the descendants of element i are i + 1 … last. Views into the page.
struct HtmlElement {
  std::string_view name;        // as written
  std::string_view tag;         // the start tag, from < to >
  std::string_view id;          // not decoded
  std::string_view classes;     // not decoded, spaces between
  std::uint32_t parent = kNoElement;
  std::uint32_t last = 0;       // its last descendant, itself without any
  std::uint32_t ordinal = 0;    // among the elements of its parent, from 1
  std::uint32_t depth = 0;
  std::size_t content = 0;      // begin in the page; end is the begin of what closes it
  std::size_t end = 0;
};

class HtmlTree {
 public:
  // `html` is UTF-8 and outlives the tree.
  explicit HtmlTree(std::string_view html, const HtmlTreeLimits& limits = {});

  const std::vector<HtmlElement>& elements() const { return elements_; }
  bool is_cut() const { return is_cut_; }
  // The value of an attribute, references decoded; nullopt where the element has none of that name.
  std::optional<std::string> attribute(std::uint32_t element, std::string_view name) const;
  // What a reader sees of it: references decoded, white space collapsed, a space where a block or a
  // cell ends; nothing of scripts and styles. At most `bytes_max`, no character cut.
  std::string text(std::uint32_t element, std::size_t bytes_max = SIZE_MAX) const;
  // Of the whole page.
  std::string text(std::size_t bytes_max = SIZE_MAX) const;
  // For comparison: no white space but a line feed between blocks and a tab before each cell, empty
  // ones too, so that a figure that moves to another cell makes another text.
  std::string comparable_text(std::uint32_t element) const;
  // About as many bytes as text() has; cheap.
  std::size_t text_bytes(std::uint32_t element) const;
  std::string_view inner_html(std::uint32_t element) const;

 private:
  struct Text {
    std::size_t begin = 0, end = 0;
    bool is_apart = false;  // a block, a cell or a line break lies before it
    bool is_verbatim = false;  // of CDATA: no references
    bool is_cell = false;      // no text: a cell begins here
    std::size_t before = 0;    // bytes of all texts before it
  };
  class Builder;
  enum class Spaces : std::uint8_t { kCollapsed, kMarks };
  std::vector<Text>::const_iterator first_text(std::size_t begin) const;
  std::string text_between(std::size_t begin, std::size_t end, std::size_t bytes_max, Spaces spaces) const;

  std::string_view html_;
  std::vector<HtmlElement> elements_;
  std::vector<Text> texts_;
  bool is_cut_ = false;
};

}  // namespace gouji
