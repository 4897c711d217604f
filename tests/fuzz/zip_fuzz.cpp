// Any bytes as a package: a Document, or a reason; and every entry of the archive unpacks to the
// size that it states, or is refused.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/parser/core/office/docx.h"
#include "services/parser/core/office/xlsx.h"
#include "services/parser/core/office/zip.h"
#include "tests/fuzz/office_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gouji::parser;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_office_outcome(extract_docx({bytes, {}, {}}));
  check_office_outcome(extract_xlsx({bytes, {}, {}}));
  if (auto archive = ZipArchive::open(bytes)) {
    for (const ZipEntry& entry : archive->entries()) {
      const auto part = archive->unpack(entry);
      GOUJI_CHECK(!part || part->size() == entry.unpacked_bytes);
    }
  }
  return 0;
}
