// Which encoding bytes are in, decided by the bytes. Labels of servers and pages lie often: GB18030
// pages labelled UTF-8 or GB2312, UTF-8 pages labelled GBK. A label decides only where the bytes
// leave the question open.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji {

enum class Charset : std::uint8_t { kUtf8, kGb18030, kUtf16Le, kUtf16Be };

std::string_view to_string(Charset charset);  // "utf-8", "gb18030", "utf-16le", "utf-16be"

struct CharsetDecision {
  Charset charset = Charset::kUtf8;
  std::uint8_t mark_bytes = 0;  // length of the byte order mark, which is no text
  bool is_conflict = false;     // a label says something else; the bytes won
  bool is_damaged = false;      // broken sequences are there; they read as U+FFFD
};

// Order of evidence: byte order mark, strict UTF-8, few errors as UTF-8, few errors as GB18030.
// `labels` are names such as "GB2312", from HTTP header and page, any of them empty. Fails with
// kMalformed when the bytes are no text in any of these, or when a label names an encoding that
// is not read here (Big5, Shift_JIS, ...) and the bytes are not UTF-8.
Result<CharsetDecision> decide_charset(std::string_view bytes,
                                       std::initializer_list<std::string_view> labels);

// The text after the mark as UTF-8. Valid UTF-8 needs no decoding: see is_verbatim.
std::string decode_text(std::string_view bytes, const CharsetDecision& decision);

// The bytes after the mark are already valid UTF-8.
inline bool is_verbatim(const CharsetDecision& decision) {
  return decision.charset == Charset::kUtf8 && !decision.is_damaged;
}

// Translates positions in decoded text into positions in the source, going forward only, so that a
// whole document is translated in one walk. Views `bytes`, which must outlive it.
class SourceCursor {
 public:
  SourceCursor(std::string_view bytes, const CharsetDecision& decision);
  // Offset in the source of the character that holds decoded position `text_offset`; the end of
  // the source for the end of the text. Positions must not go down from call to call.
  std::size_t source_offset(std::size_t text_offset);

 private:
  struct Step {
    std::size_t source = 0;
    std::size_t text = 0;
  };
  Step next_step() const;

  std::string_view bytes_;
  CharsetDecision decision_;
  std::size_t source_ = 0;
  std::size_t text_ = 0;
};

}  // namespace gouji
