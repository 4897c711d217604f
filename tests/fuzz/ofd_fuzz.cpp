// Any bytes as the content of a page of an OFD: numbers that a layout can bear, in whatever is drawn.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/core/check.h"
#include "services/parser/core/office/ofd.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gouji::parser::Page page;
  static_cast<void>(gouji::parser::read_ofd_content({reinterpret_cast<const char*>(data), size}, page));
  for (const gouji::parser::Glyph& glyph : page.glyphs) GOUJI_CHECK(std::isfinite(glyph.box.left) && std::isfinite(glyph.box.bottom));
  for (const gouji::parser::Ruling& ruling : page.rulings) GOUJI_CHECK(ruling.box.left <= ruling.box.right);
  return 0;
}
