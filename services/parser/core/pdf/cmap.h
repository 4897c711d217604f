// Maps from the bytes of a string to codes and characters (Adobe Technical Note 5014; ISO 32000-1,
// 9.7.5 and 9.10.3): the Encoding of a composite font and the ToUnicode of any font.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gouji::parser {

// What a code stands for: one character, or several. Code 0 in `first`: nothing known.
struct CodeText {
  char32_t first = 0;
  std::u32string_view rest;  // owned by the map
};

// Codes to characters, as ranges: memory follows the size of the source, not of what it spans.
class UnicodeMap {
 public:
  struct Range {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    char32_t first = 0;          // of `low`; the others count up
    std::uint32_t rest_at = 0;   // into the texts of several characters
    std::uint32_t rest_size = 0;
  };
  // Ranges beyond kPdfFontRangesMax are dropped. The first character counts up, `rest` stays.
  void add(std::uint32_t low, std::uint32_t high, std::u32string_view text);
  // To be called before the first find(). Of two entries for a code the later one stands.
  void sort();
  std::optional<CodeText> find(std::uint32_t code) const;
  std::size_t size() const { return ranges_.size(); }

 private:
  std::vector<Range> ranges_;
  std::u32string rests_;
};

struct CodeSpace {
  std::uint8_t bytes = 0;  // 1..4
  std::uint32_t low = 0;
  std::uint32_t high = 0;
};

struct CidRange {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
  std::uint32_t cid = 0;
};

struct CMap {
  std::vector<CodeSpace> spaces;
  std::vector<CidRange> cids;  // sorted
  UnicodeMap unicode;
  std::string used;  // usecmap: the name of the map below this one
  bool is_vertical = false;
  std::size_t size() const { return cids.size() + unicode.size(); }

  // Of a code; nothing where the map is silent.
  std::optional<std::uint32_t> cid(std::uint32_t code) const;
};

CMap parse_cmap(std::string_view bytes);

// The code that begins at `at` (< bytes.size()), and how many bytes it takes.
struct CodeAt {
  std::uint32_t code = 0;
  std::uint8_t bytes = 1;
};
// By code spaces; bytes outside all of them are one code of the shortest length there is.
CodeAt code_at(const std::vector<CodeSpace>& spaces, std::string_view bytes, std::size_t at);

// UTF-16BE as characters; an odd byte and half pairs are dropped.
std::u32string text_of_utf16(std::string_view bytes);

}  // namespace gouji::parser
