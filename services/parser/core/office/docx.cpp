#include "services/parser/core/office/docx.h"

#include <utility>

#include "services/parser/core/office/docx_body.h"
#include "services/parser/core/office/docx_package.h"
#include "services/parser/core/office/zip.h"

namespace gouji::parser {

ExtractOutcome extract_docx(const Source& source) {
  auto archive = ZipArchive::open(source.bytes);
  if (!archive) return std::move(archive.error());
  DocxPackage package(std::move(*archive), "word/document.xml");
  const auto body = package.body();
  if (!body) return body.error();
  FlowBuilder builder("docx", EdgeUnit::kColumn);
  if (!read_docx_body(*body, package, builder))
    return Reason{"MALFORMED_DOCX", "正文的 XML 不完整 / the XML of the text is cut off or broken"};
  for (auto& [name, value] : package.core_properties()) builder.add_meta(std::move(name), std::move(value));
  return builder.finish();
}

}  // namespace gouji::parser
