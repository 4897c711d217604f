// Any bytes as a page saved by Word as one file: a Document, or a reason.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/parser/core/office/mhtml.h"
#include "tests/fuzz/office_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  gouji::parser::check_office_outcome(gouji::parser::extract_mhtml({bytes, {}, {}}), true);
  return 0;
}
