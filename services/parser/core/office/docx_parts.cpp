#include "services/parser/core/office/docx_parts.h"

#include <algorithm>
#include <utility>

#include "common/text/utf8.h"
#include "services/parser/core/office/style_names.h"
#include "services/parser/core/office/xml.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kStylesMax = 8'192;
constexpr std::size_t kListsMax = 4'096;
constexpr std::size_t kRelationshipsMax = 1U << 15;
constexpr int kBasedOnMax = 16;

std::string_view value_of(const XmlTag& tag) { return xml_attribute(tag.attributes, "val"); }

bool is_on(const XmlTag& tag) {
  const std::string_view value = value_of(tag);
  return value != "0" && value != "false" && value != "off" && value != "none";
}

std::optional<std::size_t> level_of(std::string_view value) {
  const std::int64_t level = xml_number(value, -1);
  if (level < 0 || level >= static_cast<std::int64_t>(kListLevels)) return std::nullopt;
  return static_cast<std::size_t>(level);
}

}  // namespace

DocxStyles::DocxStyles(std::string_view xml) {
  XmlScanner scanner(xml);
  Style* style = nullptr;
  while (scanner.next()) {
    const XmlTag& tag = scanner.tag();
    if (tag.name == "style") {
      style = nullptr;
      if (!tag.opens() || styles_.size() >= kStylesMax) continue;
      style = &styles_[xml_text(xml_attribute(tag.attributes, "styleId"))];
    } else if (tag.name == "latentStyles" || tag.name == "docDefaults" || tag.name == "pPrChange") {
      scanner.skip_element();
    } else if (style == nullptr || !tag.opens()) {
      continue;
    } else if (tag.name == "name") {
      if (!style->heading) style->heading = heading_of_style(xml_text(value_of(tag)));
    } else if (tag.name == "basedOn") {
      style->based_on = xml_text(value_of(tag));
    } else if (tag.name == "outlineLvl") {
      const std::int64_t level = xml_number(value_of(tag), 9);
      style->heading = static_cast<std::uint8_t>(level >= 0 && level < 9 ? level + 1 : 0);
    } else if (tag.name == "numId") {
      style->list = xml_number(value_of(tag), 0);
    } else if (tag.name == "ilvl") {
      style->list_level = level_of(value_of(tag));
    } else if (tag.name == "vanish") {
      style->is_hidden = is_on(tag);
    }
  }
}

ParagraphStyle DocxStyles::find(std::string_view id) const {
  Style found;
  std::string next(id);
  for (int i = 0; i < kBasedOnMax && !next.empty(); ++i) {
    const auto at = styles_.find(next);
    if (at == styles_.end()) break;
    const Style& style = at->second;
    if (!found.heading) found.heading = style.heading;
    if (!found.list) found.list = style.list;
    if (!found.list_level) found.list_level = style.list_level;
    if (!found.is_hidden) found.is_hidden = style.is_hidden;
    next = style.based_on;
  }
  ParagraphStyle style;
  style.heading = found.heading.value_or(0);
  style.list = found.list;
  style.list_level = found.list_level.value_or(0);
  style.is_hidden = found.is_hidden.value_or(false);
  return style;
}

DocxLists::DocxLists(std::string_view xml) {
  XmlScanner scanner(xml);
  while (scanner.next()) {
    if (scanner.tag().kind != XmlTagKind::kOpen) continue;
    if (scanner.tag().name == "abstractNum") read_abstract(scanner);
    else if (scanner.tag().name == "num") read_instance(scanner);
  }
}

void DocxLists::read_abstract(XmlScanner& scanner) {
  const std::int64_t id = xml_number(xml_attribute(scanner.tag().attributes, "abstractNumId"), 0);
  const std::size_t outside = scanner.depth() - 1;
  if (lists_.size() >= kListsMax) return scanner.skip_element();
  List& list = lists_[id];
  ListLevel* level = nullptr;
  while (scanner.depth() > outside && scanner.next()) {
    const XmlTag& tag = scanner.tag();
    if (!tag.opens()) continue;
    if (tag.name == "lvl") {
      const auto at = level_of(xml_attribute(tag.attributes, "ilvl"));
      level = at ? &list.levels[*at] : nullptr;
    } else if (level == nullptr) {
      continue;
    } else if (tag.name == "start") {
      level->start = xml_number(value_of(tag), 1);
    } else if (tag.name == "numFmt") {
      level->format = xml_text(value_of(tag));
    } else if (tag.name == "lvlText") {
      level->text = xml_text(utf8_prefix(value_of(tag), 256));
    } else if (tag.name == "isLgl") {
      level->is_legal = is_on(tag);
    } else if (tag.name == "lvlRestart") {
      level->restarts = xml_number(value_of(tag), 1) != 0;
    }
  }
}

void DocxLists::read_instance(XmlScanner& scanner) {
  const std::int64_t id = xml_number(xml_attribute(scanner.tag().attributes, "numId"), 0);
  const std::size_t outside = scanner.depth() - 1;
  if (instances_.size() >= kListsMax) return scanner.skip_element();
  Instance& instance = instances_[id];
  std::optional<std::size_t> level;
  while (scanner.depth() > outside && scanner.next()) {
    const XmlTag& tag = scanner.tag();
    if (!tag.opens()) continue;
    if (tag.name == "abstractNumId") instance.abstract = xml_number(value_of(tag), 0);
    if (tag.name == "lvlOverride") level = level_of(xml_attribute(tag.attributes, "ilvl"));
    if (tag.name == "startOverride" && level) instance.starts[*level] = xml_number(value_of(tag), 1);
  }
}

std::string DocxLists::next_number(std::int64_t list, std::size_t level) {
  const auto instance = instances_.find(list);
  if (instance == instances_.end()) return {};
  const auto found = lists_.find(instance->second.abstract);
  if (found == lists_.end()) return {};
  ListCounter& counter = counters_[instance->second.abstract];
  if (!std::exchange(instance->second.is_used, true)) {
    for (std::size_t i = 0; i < kListLevels; ++i) {
      if (instance->second.starts[i]) counter.restart_at(i, *instance->second.starts[i]);
    }
  }
  return counter.next(found->second, level);
}

Relationships read_relationships(std::string_view xml) {
  Relationships relationships;
  XmlScanner scanner(xml);
  while (scanner.next() && relationships.size() < kRelationshipsMax) {
    const XmlTag& tag = scanner.tag();
    if (tag.name != "Relationship" || !tag.opens()) continue;
    Relationship& found = relationships[xml_text(xml_attribute(tag.attributes, "Id"))];
    const std::string_view type = xml_attribute(tag.attributes, "Type");
    found.type = type.substr(std::min(type.rfind('/') + 1, type.size()));
    found.target = xml_text(xml_attribute(tag.attributes, "Target"));
    found.is_external = xml_attribute(tag.attributes, "TargetMode") == "External";
  }
  return relationships;
}

std::string target_of_type(const Relationships& relationships, std::string_view type) {
  for (const auto& [id, relationship] : relationships) {
    if (relationship.type == type && !relationship.is_external) return relationship.target;
  }
  return {};
}

std::string resolve_part(std::string_view part, std::string_view target) {
  if (target.starts_with('/')) return std::string(target.substr(1));
  const std::size_t slash = part.rfind('/');
  std::string_view folder = slash == part.npos ? std::string_view{} : part.substr(0, slash);
  while (target.starts_with("../")) {
    target.remove_prefix(3);
    const std::size_t parent = folder.rfind('/');
    folder = parent == folder.npos ? std::string_view{} : folder.substr(0, parent);
  }
  if (target.starts_with("./")) target.remove_prefix(2);
  return folder.empty() ? std::string(target) : std::string(folder) + "/" + std::string(target);
}

std::string relationships_part(std::string_view part) {
  const std::size_t name = part.rfind('/') + 1;
  return std::string(part.substr(0, name)) + "_rels/" + std::string(part.substr(name)) + ".rels";
}

}  // namespace gouji::parser
