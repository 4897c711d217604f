#include "tests/contract/breaking_changes.h"

#include <map>

#include <fmt/format.h>

namespace gouji::contract {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::EnumDescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorSet;

struct Schema {
  std::map<std::string, const DescriptorProto*> messages;
  std::map<std::string, const EnumDescriptorProto*> enums;
};

Schema schema_of(const FileDescriptorSet& files) {
  Schema schema;
  for (const auto& file : files.file()) {
    for (const auto& message : file.message_type()) schema.messages[file.package() + "." + message.name()] = &message;
    for (const auto& item : file.enum_type()) schema.enums[file.package() + "." + item.name()] = &item;
  }
  return schema;
}

bool is_reserved(const DescriptorProto& message, const FieldDescriptorProto& field) {
  bool number = false, name = false;
  for (const auto& range : message.reserved_range()) number |= range.start() <= field.number() && field.number() < range.end();
  for (const std::string& reserved : message.reserved_name()) name |= reserved == field.name();
  return number && name;
}

bool is_reserved(const EnumDescriptorProto& item, int number) {
  for (const auto& range : item.reserved_range())
    if (range.start() <= number && number <= range.end()) return true;
  return false;
}

const FieldDescriptorProto* field_of(const DescriptorProto& message, int number) {
  for (const auto& field : message.field())
    if (field.number() == number) return &field;
  return nullptr;
}

void compare(const std::string& name, const DescriptorProto& before, const DescriptorProto& after,
             std::vector<std::string>& changes) {
  for (const auto& old : before.field()) {
    const FieldDescriptorProto* now = field_of(after, old.number());
    if (now == nullptr) {
      if (!is_reserved(after, old)) changes.push_back(fmt::format("{}.{} is gone and not reserved", name, old.name()));
      continue;
    }
    if (now->name() != old.name()) changes.push_back(fmt::format("{}: {} is now called {}", name, old.name(), now->name()));
    if (now->type() != old.type() || now->type_name() != old.type_name())
      changes.push_back(fmt::format("{}.{} has another type", name, old.name()));
    if (now->label() != old.label()) changes.push_back(fmt::format("{}.{} has another cardinality", name, old.name()));
    if (now->has_oneof_index() != old.has_oneof_index())
      changes.push_back(fmt::format("{}.{} moved into or out of a oneof", name, old.name()));
  }
  for (const auto& range : before.reserved_range())
    for (int number = range.start(); number < range.end(); ++number)
      if (field_of(after, number) != nullptr) changes.push_back(fmt::format("{}: number {} was reserved", name, number));
}

void compare(const std::string& name, const EnumDescriptorProto& before, const EnumDescriptorProto& after,
             std::vector<std::string>& changes) {
  for (const auto& old : before.value()) {
    const google::protobuf::EnumValueDescriptorProto* now = nullptr;
    for (const auto& value : after.value())
      if (value.number() == old.number()) now = &value;
    if (now == nullptr) {
      if (!is_reserved(after, old.number())) changes.push_back(fmt::format("{}.{} is gone and not reserved", name, old.name()));
    } else if (now->name() != old.name()) {
      changes.push_back(fmt::format("{}: {} is now called {}", name, old.name(), now->name()));
    }
  }
}

}  // namespace

std::vector<std::string> breaking_changes(const FileDescriptorSet& before, const FileDescriptorSet& after) {
  const Schema old = schema_of(before), now = schema_of(after);
  std::vector<std::string> changes;
  for (const auto& [name, message] : old.messages) {
    const auto found = now.messages.find(name);
    if (found == now.messages.end())
      changes.push_back(fmt::format("message {} is gone", name));
    else
      compare(name, *message, *found->second, changes);
  }
  for (const auto& [name, item] : old.enums) {
    const auto found = now.enums.find(name);
    if (found == now.enums.end())
      changes.push_back(fmt::format("enum {} is gone", name));
    else
      compare(name, *item, *found->second, changes);
  }
  return changes;
}

}  // namespace gouji::contract
