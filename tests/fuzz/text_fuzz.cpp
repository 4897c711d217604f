// Any bytes as label, numeral and text in every encoding.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/check.h"
#include "common/text/charset.h"
#include "common/text/fold.h"
#include "common/text/gb18030.h"
#include "common/text/numerals.h"
#include "common/text/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string folded = gouji::fold_label(bytes);
  GOUJI_CHECK(gouji::is_utf8(folded) && gouji::fold_label(folded).size() <= folded.size());
  GOUJI_CHECK(gouji::trim_spaces(bytes).size() <= size && gouji::numeral_prefix(bytes) <= size);
  if (const auto number = gouji::parse_numeral(bytes)) GOUJI_CHECK(*number >= 0);
  const std::string repaired = gouji::repair_utf8(bytes);
  GOUJI_CHECK(gouji::is_utf8(repaired));
  GOUJI_CHECK(gouji::is_utf8(bytes) == (repaired == bytes));
  GOUJI_CHECK(gouji::is_utf8(gouji::utf8_from_gb18030(bytes)));
  const auto decision = gouji::decide_charset(bytes, {size % 3 == 0 ? "gbk" : ""});
  if (!decision) return 0;
  const std::string text = gouji::decode_text(bytes, *decision);
  GOUJI_CHECK(gouji::is_utf8(text));
  gouji::SourceCursor cursor(bytes, *decision);
  std::size_t before = 0;
  for (std::size_t at = 0; at <= text.size(); at += 1 + at / 8) {
    const std::size_t source = cursor.source_offset(at);
    GOUJI_CHECK(source >= before && source <= size);
    before = source;
  }
  GOUJI_CHECK(cursor.source_offset(text.size()) == size);
  return 0;
}
