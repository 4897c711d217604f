#include "services/parser/core/pdf/optional_content.h"

#include <algorithm>

#include "services/parser/core/pdf/pdf_objects.h"

namespace gouji::parser {

OptionalContent::OptionalContent(const QPDFObjectHandle& catalog) {
  const QPDFObjectHandle properties = value_of(catalog, "/OCProperties");
  const QPDFObjectHandle initial = value_of(properties, "/D");
  if (name_of(value_of(initial, "/BaseState")) == "OFF") {
    for (QPDFObjectHandle group : items_of(value_of(properties, "/OCGs"))) off_.insert(group.getObjGen());
    for (QPDFObjectHandle group : items_of(value_of(initial, "/ON"))) off_.erase(group.getObjGen());
  }
  for (QPDFObjectHandle group : items_of(value_of(initial, "/OFF"))) off_.insert(group.getObjGen());
}

bool OptionalContent::is_group_off(const QPDFObjectHandle& group) const {
  QPDFObjectHandle copy = group;
  return copy.isIndirect() && off_.contains(copy.getObjGen());
}

bool OptionalContent::is_off(const QPDFObjectHandle& group) const {
  if (off_.empty()) return false;
  if (name_of(value_of(group, "/Type")) != "OCMD") return is_group_off(group);
  const QPDFObjectHandle members = value_of(group, "/OCGs");
  const std::vector<QPDFObjectHandle> items = items_of(members);
  if (items.empty()) return is_group_off(members);
  return std::all_of(items.begin(), items.end(),
                     [this](const QPDFObjectHandle& item) { return is_group_off(item); });
}

}  // namespace gouji::parser
