#include "services/parser/core/office/ofd.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>
#include <utility>

#include "services/parser/core/layout/lay_out.h"
#include "services/parser/core/office/docx_parts.h"
#include "services/parser/core/office/xml.h"
#include "services/parser/core/office/zip.h"

namespace gouji::parser {
namespace {

constexpr float kPointsPerMillimetre = 72.0F / 25.4F;
constexpr std::size_t kPagesMax = 1'000;

Reason malformed(std::string_view zh, std::string_view en) {
  return {"MALFORMED_OFD", "OFD 损坏：" + std::string(zh) + " / the OFD is damaged: " + std::string(en)};
}

// Text of the first element of this name; empty where there is none.
std::string element_text(std::string_view xml, std::string_view name) {
  XmlScanner scanner(xml);
  while (scanner.next()) {
    const XmlTag& tag = scanner.tag();
    if (tag.kind == XmlTagKind::kClose && tag.name == name) return xml_text(xml.substr(tag.text_begin, tag.begin - tag.text_begin));
  }
  return {};
}

// The size of a page as "0 0 210 297" says it; that of A4 where nothing does.
void take_size(std::string_view box, Page& page) {
  float values[4] = {0, 0, 210, 297};
  const char* at = box.data();
  for (float& value : values) {
    while (at < box.data() + box.size() && *at == ' ') ++at;
    const auto [end, error] = std::from_chars(at, box.data() + box.size(), value);
    if (error != std::errc{}) break;
    at = end;
  }
  page.width = values[2] * kPointsPerMillimetre;
  page.height = values[3] * kPointsPerMillimetre;
}

// The parts of a document that have content: pages in order, templates by their id.
struct Outline {
  std::vector<std::string> pages;
  std::unordered_map<std::string, std::string> templates;
  std::string box;
};

Outline read_outline(std::string_view xml) {
  Outline outline;
  XmlScanner scanner(xml);
  while (scanner.next() && outline.pages.size() < kPagesMax) {
    const XmlTag& tag = scanner.tag();
    if (!tag.opens()) continue;
    const std::string place = xml_text(xml_attribute(tag.attributes, "BaseLoc"));
    if (tag.name == "Page") outline.pages.push_back(place);
    if (tag.name == "TemplatePage") outline.templates[std::string(xml_attribute(tag.attributes, "ID"))] = place;
  }
  outline.box = element_text(xml, "PhysicalBox");
  return outline;
}

class OfdReader {
 public:
  explicit OfdReader(ZipArchive archive) : archive_(std::move(archive)) {}

  ExtractOutcome read() {
    const auto root = part("OFD.xml");
    if (!root) return root.error();
    document_part_ = resolve_part({}, element_text(*root, "DocRoot"));
    const auto document = part(document_part_);
    if (!document) return document.error();
    const Outline outline = read_outline(*document);
    std::vector<Page> pages;
    for (const std::string& place : outline.pages) {
      const auto page = read_page(place, outline);
      if (!page) return page.error();
      pages.push_back(*page);
      pages.back().number = static_cast<std::int32_t>(pages.size());
    }
    if (pages.empty()) return malformed("没有页面", "no page");
    Document laid = lay_out(pages);
    laid.format = "ofd";
    return laid;
  }

 private:
  PartOutcome<std::string> part(std::string_view name) {
    const ZipEntry* const entry = archive_.find(name);
    if (entry == nullptr) return tl::unexpected(malformed("缺少部件", "a part is missing"));
    auto unpacked = archive_.unpack(*entry);
    if (unpacked) *unpacked = xml_part_text(std::move(*unpacked));
    return unpacked;
  }

  // The content of the templates that a page names lies under its own.
  PartOutcome<Page> read_page(const std::string& place, const Outline& outline) {
    const auto content = part(resolve_part(document_part_, place));
    if (!content) return tl::unexpected(content.error());
    Page page;
    const std::string box = element_text(*content, "PhysicalBox");
    take_size(box.empty() ? outline.box : box, page);
    XmlScanner scanner(*content);
    constexpr int kTemplatesMax = 8;
    for (int used = 0; used < kTemplatesMax && scanner.next();) {
      if (scanner.tag().name != "Template" || !scanner.tag().opens()) continue;
      ++used;
      const auto found = outline.templates.find(std::string(xml_attribute(scanner.tag().attributes, "TemplateID")));
      if (found == outline.templates.end()) continue;
      if (const auto below = part(resolve_part(document_part_, found->second))) read_ofd_content(*below, page);
    }
    if (!read_ofd_content(*content, page)) return tl::unexpected(malformed("页面内容不完整", "a page is cut off"));
    return page;
  }

  ZipArchive archive_;
  std::string document_part_;
};

}  // namespace

ExtractOutcome extract_ofd(const Source& source) {
  auto archive = ZipArchive::open(source.bytes);
  if (!archive) return std::move(archive.error());
  return OfdReader(std::move(*archive)).read();
}

}  // namespace gouji::parser
