// Any bytes as a PDF: pages whose places are finite and on the page, or a reason. The first byte
// chooses how the rest is taken: as a whole file, or as the content, a font's map or an encoding of
// a small file around it.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "common/core/check.h"
#include "common/text/utf8.h"
#include "services/parser/core/pdf/pdf_reader.h"
#include "tests/support/render_pdf.h"

namespace {

using gouji::testing::PdfWriter;
using gouji::testing::reference;

std::string file_around(std::string_view bytes, char part) {
  const std::string_view content = "BT /F0 9 Tf 10 20 Td (a\x81\x40) Tj /F1 9 Tf <0001414200> Tj ET";
  PdfWriter writer;
  const int text = writer.add_stream("", part == 'c' ? bytes : content);
  const int map = writer.add_stream("", part == 'm' ? bytes : "1 beginbfchar <0041> <4E2D> endbfchar");
  const int encoding = writer.add_stream("", part == 'e' ? bytes : "begincodespacerange <00> <80> endcodespacerange");
  const int page = writer.add("<< /MediaBox [0 0 200 100] /Contents " + reference(text) +
                              " /Resources << /Font << /F0 << /Subtype /Type0 /Encoding " + reference(encoding) +
                              " /DescendantFonts [<< /W [1 [500]] >>] /ToUnicode " + reference(map) +
                              " >> /F1 << /Subtype /Type0 /Encoding /GBK-EUC-V /ToUnicode " + reference(map) +
                              " >> >> >> >>");
  const int pages = writer.add("<< /Kids [" + reference(page) + "] >>");
  return writer.finish(writer.add("<< /Pages " + reference(pages) + " >>"));
}

bool is_finite(const gouji::parser::Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.right) && std::isfinite(box.bottom);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string around;
  if (size > 0 && (bytes[0] == 'c' || bytes[0] == 'm' || bytes[0] == 'e')) {
    around = file_around(bytes.substr(1), bytes[0]);
    bytes = around;
  }
  const auto outcome = gouji::parser::read_pdf(bytes);
  if (const auto* reason = std::get_if<gouji::Reason>(&outcome)) {
    GOUJI_CHECK(!reason->code.empty() && gouji::is_utf8(reason->message));
    return 0;
  }
  const auto& content = std::get<gouji::parser::PdfContent>(outcome);
  GOUJI_CHECK(!content.pages.empty() && content.pages.size() == content.facts.size());
  GOUJI_CHECK(gouji::is_utf8(content.title) && gouji::is_utf8(content.created));
  for (const gouji::parser::Page& page : content.pages) {
    GOUJI_CHECK(page.width > 0 && page.height > 0);
    for (const auto& glyph : page.glyphs) GOUJI_CHECK(is_finite(glyph.box) && glyph.code <= 0x10FFFF);
    for (const auto& ruling : page.rulings) GOUJI_CHECK(is_finite(ruling.box));
    for (const auto& picture : page.pictures) GOUJI_CHECK(is_finite(picture.box));
  }
  return 0;
}
