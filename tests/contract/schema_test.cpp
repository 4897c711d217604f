// The contracts against their baseline: what subscribers built yesterday must go on working.
// After an additive change the baseline is made anew with tests/contract/update_baseline.sh.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>

#include "tests/contract/breaking_changes.h"

namespace gouji::contract {
namespace {

using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorSet;

FileDescriptorSet load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromIstream(&file)) << path;
  return set;
}

FileDescriptorSet baseline() { return load("proto/baseline/gouji.v1.binpb"); }

DescriptorProto& message_in(FileDescriptorSet& set, const std::string& name) {
  for (auto& file : *set.mutable_file())
    for (auto& message : *file.mutable_message_type())
      if (message.name() == name) return message;
  throw std::runtime_error("no message " + name);
}

FieldDescriptorProto& field_in(DescriptorProto& message, const std::string& name) {
  for (auto& field : *message.mutable_field())
    if (field.name() == name) return field;
  throw std::runtime_error("no field " + name);
}

void remove_field(DescriptorProto& message, const std::string& name) {
  for (int i = 0; i < message.field_size(); ++i)
    if (message.field(i).name() == name) return message.mutable_field()->DeleteSubrange(i, 1);
}

TEST(Schema, HasNoBreakingChangeAgainstItsBaseline) {
  EXPECT_THAT(breaking_changes(baseline(), load(GOUJI_DESCRIPTORS)), testing::IsEmpty());
}

struct Edit {
  const char* name;
  std::function<void(FileDescriptorSet&)> apply;
};

class BreakingEdit : public testing::TestWithParam<Edit> {};

TEST_P(BreakingEdit, IsRefused) {
  FileDescriptorSet edited = baseline();
  GetParam().apply(edited);
  EXPECT_THAT(breaking_changes(baseline(), edited), testing::Not(testing::IsEmpty()));
}

INSTANTIATE_TEST_SUITE_P(
    Schema, BreakingEdit,
    testing::Values(
        Edit{"FieldDeleted", [](auto& set) { remove_field(message_in(set, "Anomaly"), "severity"); }},
        Edit{"FieldRenamed", [](auto& set) { field_in(message_in(set, "Anomaly"), "id").set_name("anomaly_id"); }},
        Edit{"TypeChanged",
             [](auto& set) { field_in(message_in(set, "Table"), "values").set_type(FieldDescriptorProto::TYPE_INT64); }},
        Edit{"CountMadeDouble",
             [](auto& set) { field_in(message_in(set, "Change"), "proposed").set_type(FieldDescriptorProto::TYPE_DOUBLE); }},
        Edit{"NumberReused",
             [](auto& set) {
               auto& message = message_in(set, "RawReport");
               remove_field(message, "url");
               field_in(message, "final_url").set_number(4);
             }},
        Edit{"CardinalityChanged",
             [](auto& set) {
               field_in(message_in(set, "ReportVerdict"), "results").set_label(FieldDescriptorProto::LABEL_OPTIONAL);
             }},
        Edit{"MessageDeleted",
             [](auto& set) {
               for (auto& file : *set.mutable_file())
                 for (int i = 0; i < file.message_type_size(); ++i)
                   if (file.message_type(i).name() == "ReportWithdrawn") file.mutable_message_type()->DeleteSubrange(i--, 1);
             }},
        Edit{"EnumValueRenamed",
             [](auto& set) {
               for (auto& file : *set.mutable_file())
                 for (auto& item : *file.mutable_enum_type())
                   if (item.name() == "Fault") item.mutable_value(1)->set_name("FAULT_SOURCE");
             }},
        Edit{"EnumValueDeleted",
             [](auto& set) {
               for (auto& file : *set.mutable_file())
                 for (auto& item : *file.mutable_enum_type())
                   if (item.name() == "Transition") item.mutable_value()->RemoveLast();
             }},
        Edit{"OptionalityChanged",
             [](auto& set) { field_in(message_in(set, "RuleResult"), "difference").clear_oneof_index(); }}),
    [](const auto& edit) { return edit.param.name; });

TEST(Schema, MayGrow) {
  FileDescriptorSet edited = baseline();
  auto* field = message_in(edited, "Anomaly").add_field();
  field->set_name("a_new_fact");
  field->set_number(900);
  field->set_type(FieldDescriptorProto::TYPE_STRING);
  field->set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  EXPECT_THAT(breaking_changes(baseline(), edited), testing::IsEmpty());
}

TEST(Schema, MayDropAFieldWhoseNumberAndNameAreReserved) {
  FileDescriptorSet edited = baseline();
  auto& message = message_in(edited, "RawReport");
  remove_field(message, "warc_position");
  auto* range = message.add_reserved_range();
  range->set_start(13);
  range->set_end(14);
  message.add_reserved_name("warc_position");
  EXPECT_THAT(breaking_changes(baseline(), edited), testing::IsEmpty());
}

TEST(Schema, HasNoFloatingPoint) {
  const auto published = baseline();
  for (const auto& file : published.file())
    for (const auto& message : file.message_type())
      for (const auto& field : message.field())
        EXPECT_TRUE(field.type() != FieldDescriptorProto::TYPE_DOUBLE && field.type() != FieldDescriptorProto::TYPE_FLOAT)
            << message.name() << "." << field.name();
}

}  // namespace
}  // namespace gouji::contract
