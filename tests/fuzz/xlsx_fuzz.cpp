// Any bytes as the XML of an XLSX: its sheet and its strings, in a package that is whole.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/parser/core/office/xlsx.h"
#include "tests/fuzz/office_check.h"
#include "tests/support/render_office.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string xml(reinterpret_cast<const char*>(data), size);
  const std::string relationships =
      "<R><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"s.xml\"/><Relationship Id=\"b\" Type=\"x/sharedStrings\" Target=\"t.xml\"/></R>";
  const std::string xlsx = gouji::testing::zip_of({{"xl/workbook.xml", "<w><sheet r:id=\"a\"/></w>", false},
                                                   {"xl/_rels/workbook.xml.rels", relationships, false},
                                                   {"xl/s.xml", xml, false}, {"xl/t.xml", xml, false}});
  gouji::parser::check_office_outcome(gouji::parser::extract_xlsx({xlsx, {}, {}}));
  return 0;
}
