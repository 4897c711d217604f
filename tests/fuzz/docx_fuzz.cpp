// Any bytes as the XML of a DOCX: its body, its styles and its lists. The package around them is
// whole, so that the search does not stop at check sums.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "services/parser/core/office/docx.h"
#include "tests/fuzz/office_check.h"
#include "tests/support/render_office.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string xml(reinterpret_cast<const char*>(data), size);
  const std::string docx = gouji::testing::zip_of({{"word/document.xml", xml, false}, {"word/styles.xml", xml, false},
                                                   {"word/numbering.xml", xml, false}, {"word/_rels/document.xml.rels", xml, false},
                                                   {"docProps/core.xml", xml, false}});
  gouji::parser::check_office_outcome(gouji::parser::extract_docx({docx, {}, {}}));
  return 0;
}
