#include "services/parser/core/office/docx_package.h"

#include <utility>

#include "services/parser/core/office/xml.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kPropertyBytesMax = 4'096;

}  // namespace

DocxPackage::DocxPackage(ZipArchive archive, std::string_view usual)
    : archive_(std::move(archive)), main_part_(usual) {
  if (archive_.find(main_part_) != nullptr) return;
  const Relationships roots = read_relationships(part("_rels/.rels"));
  const std::string target = target_of_type(roots, "officeDocument");
  if (!target.empty()) main_part_ = resolve_part({}, target);
}

PartOutcome<std::string> DocxPackage::body() {
  const ZipEntry* const entry = archive_.find(main_part_);
  if (entry == nullptr)
    return refused("MALFORMED_DOCX", "没有正文部件 / the part with the text is missing");
  auto unpacked = archive_.unpack(*entry);
  if (unpacked) *unpacked = xml_part_text(std::move(*unpacked));
  return unpacked;
}

std::string DocxPackage::part(std::string_view name) {
  const ZipEntry* const entry = archive_.find(name);
  if (entry == nullptr) return {};
  auto unpacked = archive_.unpack(*entry);
  return unpacked ? xml_part_text(std::move(*unpacked)) : std::string{};
}

const Relationships& DocxPackage::relationships() {
  if (!relationships_) relationships_ = read_relationships(part(relationships_part(main_part_)));
  return *relationships_;
}

const Relationship* DocxPackage::relationship(std::string_view id) {
  const auto found = relationships().find(std::string(id));
  return found == relationships().end() ? nullptr : &found->second;
}

const ParagraphStyle& DocxPackage::style(std::string_view id) {
  if (last_style_ != nullptr && last_style_id_ == id) return *last_style_;
  if (!styles_) {
    const std::string target = target_of_type(relationships(), "styles");
    const std::string name = target.empty() ? "word/styles.xml" : resolve_part(main_part_, target);
    styles_ = DocxStyles(part(name));
  }
  last_style_id_ = id;
  const auto known = styles_found_.find(last_style_id_);
  if (known != styles_found_.end()) return *(last_style_ = &known->second);
  last_style_ = &styles_found_.emplace(last_style_id_, styles_->find(id)).first->second;
  return *last_style_;
}

std::string DocxPackage::next_number(std::int64_t list, std::size_t level) {
  if (!lists_) {
    const std::string target = target_of_type(relationships(), "numbering");
    const std::string name = target.empty() ? "word/numbering.xml" : resolve_part(main_part_, target);
    lists_ = DocxLists(part(name));
  }
  return lists_->next_number(list, level);
}

std::vector<std::pair<std::string, std::string>> DocxPackage::core_properties() {
  std::vector<std::pair<std::string, std::string>> properties;
  const std::string xml = part("docProps/core.xml");
  XmlScanner scanner(xml);
  while (scanner.next()) {
    const XmlTag& tag = scanner.tag();
    if (tag.kind != XmlTagKind::kClose || tag.begin <= tag.text_begin || scanner.depth() != 1) continue;
    const std::string_view text = std::string_view(xml).substr(tag.text_begin, tag.begin - tag.text_begin);
    if (text.size() <= kPropertyBytesMax) properties.emplace_back(tag.name, xml_text(text));
  }
  return properties;
}

}  // namespace gouji::parser
