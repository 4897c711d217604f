// Any bytes as a document, in whatever format and encoding they look like: a Document with places
// inside the bytes, or a reason.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "common/core/check.h"
#include "common/text/utf8.h"
#include "services/parser/core/extract.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view media_type = size % 2 == 0 ? "text/html; charset=gbk" : "";
  const auto outcome = gouji::parser::extract({bytes, media_type, {}});
  if (const auto* reason = std::get_if<gouji::Reason>(&outcome)) {
    GOUJI_CHECK(!reason->code.empty() && gouji::is_utf8(reason->message));
    return 0;
  }
  // What another program has to read first.
  if (std::holds_alternative<gouji::Need>(outcome)) return 0;
  const auto& document = std::get<gouji::Document>(outcome);
  GOUJI_CHECK(gouji::is_utf8(document.text) && gouji::is_utf8(document.title));
  // Of formats that are packed, places are in their parts, see Where.
  if (document.format != "html" && document.format != "text") return 0;
  std::int64_t source_end = 0;
  for (const gouji::SourceRun& run : document.runs) {
    GOUJI_CHECK(run.where.begin >= source_end && run.where.end >= run.where.begin);
    source_end = run.where.end;
  }
  GOUJI_CHECK(source_end <= static_cast<std::int64_t>(size));
  return 0;
}
