// A font as text extraction needs it: how the bytes of a string fall into codes, how far each code
// advances, and which characters it stands for. Outlines are never looked at.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "services/parser/core/pdf/cmap.h"
#include "services/parser/core/pdf/predefined_cmap.h"

namespace gouji::parser {

// Advance widths by CID, as the font lists them.
class CidWidths {
 public:
  // Consecutive CIDs from `first` on.
  void add_each(std::uint32_t first, const std::vector<double>& widths);
  void add_range(std::uint32_t first, std::uint32_t last, double width);
  void sort();
  // `fallback` where the font lists none.
  double find(std::uint32_t cid, double fallback) const;
  std::size_t size() const { return ranges_.size() + values_.size(); }

 private:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t at = 0;
    std::uint32_t step = 0;  // 0: one width for all, 1: one for each
  };
  std::vector<Range> ranges_;
  std::vector<float> values_;
};

struct FontGlyph {
  std::uint8_t bytes = 1;       // of the string that the code takes
  bool is_word_space = false;   // the one-byte code 32, which word spacing widens
  double advance = 0;           // in text space at size 1; vertical fonts: downwards, negative
  double width = 0;             // of the glyph's box; the advance, but for vertical fonts
  CodeText text;
};

struct PdfFont {
  CodeScheme scheme = CodeScheme::kOneByte;
  bool is_vertical = false;
  double ascent = 0.88;    // of every box, at size 1: the em square of Chinese type
  double descent = -0.12;
  // Of fonts with one byte a code.
  std::array<float, 256> widths{};  // in text space
  std::array<CodeText, 256> texts{};
  std::u32string names;  // owns the texts of several characters that glyph names gave
  // Of fonts with longer codes.
  std::vector<CodeSpace> spaces;
  std::shared_ptr<const CMap> encoding;    // code to CID, where it is embedded
  std::shared_ptr<const CMap> to_unicode;  // owns other texts of several characters
  std::uint32_t ascii_cid = 0;
  CidWidths cid_widths;
  double default_width = 1000;
  double vertical_advance = -1000;

  // Of the code at `at`, which is less than bytes.size(). A code of which nothing is known has the
  // character 0.
  FontGlyph glyph(std::string_view bytes, std::size_t at) const;
};

}  // namespace gouji::parser
