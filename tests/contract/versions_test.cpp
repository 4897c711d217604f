// Old and new side by side. Records of every kind, as versions of the project wrote them, are read by
// today's code; so are the same as an older writer would send them, that knows only the baseline, and as
// a newer one would, with fields and enum values that nobody knows yet.
//
// After an additive change keep a folder more:
//   GOUJI_GOLDEN_FROM=PATH/log.db versions_test --gtest_filter=Golden.AreWritten*
// with a log of this version that holds records of every kind, into tests/contract/golden/<VERSION>.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "common/eventlog/dead_letter.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/runtime/system_clock.h"
#include "common/telemetry/metrics.h"
#include "services/validator/service.h"
#include "tests/contract/golden_record.h"
#include "tests/support/record_of.h"
#include "tests/support/recording_context.h"

namespace gouji::contract {
namespace {

namespace pb = google::protobuf;

constexpr int kNewField = 1800;
constexpr int kNewEnumValue = 180;

std::vector<GoldenRecord> all_golden() {
  std::vector<GoldenRecord> all;
  for (const auto& version : std::filesystem::directory_iterator("tests/contract/golden"))
    for (GoldenRecord& golden : golden_records(version.path().string())) {
      golden.name = version.path().filename().string() + "/" + golden.name;
      all.push_back(std::move(golden));
    }
  return all;
}

// What the record is to today's code, or why it is nothing to it.
Result<void> decode(const GoldenRecord& golden) {
  const Record& record = golden.record;
  const std::string& topic = golden.topic;
  const std::string_view value = *record.value;
  const auto done = [](const auto& result) { return result ? ok() : Result<void>(result.error()); };
  if (topic == eventlog::kRawTopic) return done(events::decode_raw(record));
  if (topic == eventlog::kParsedTopic) return done(events::decode_parsed(record));
  if (topic == eventlog::kVerdictTopic || topic == eventlog::kReportCurrentTopic) return done(events::decode_verdict(record));
  if (topic == eventlog::kAnomalyTopic || topic == eventlog::kAnomalyCurrentTopic) return done(events::decode_anomaly(record));
  if (topic == eventlog::kWaiverTopic) return done(events::decode_waiver(record));
  if (topic == eventlog::kSourceHealthTopic) return done(events::decode_source_health(record));
  if (topic == eventlog::kValidatorStateTopic) return done(events::decode_ledger_entry(value));
  if (topic == eventlog::kParserStateTopic) return done(events::decode_parser_location(value));
  return fatal(ErrorCode::kInternal, "no decoder for " + topic);
}

std::string message_of(const GoldenRecord& golden) {
  static const std::map<std::string, std::string, std::less<>> kByTopic{
      {std::string(eventlog::kVerdictTopic), "ReportVerdict"},    {std::string(eventlog::kReportCurrentTopic), "ReportVerdict"},
      {std::string(eventlog::kAnomalyTopic), "Anomaly"},          {std::string(eventlog::kAnomalyCurrentTopic), "Anomaly"},
      {std::string(eventlog::kWaiverTopic), "Waiver"},            {std::string(eventlog::kSourceHealthTopic), "SourceHealth"},
      {std::string(eventlog::kValidatorStateTopic), "LedgerEntry"},       {std::string(eventlog::kParserStateTopic), "ParserLocation"}};
  if (const auto found = kByTopic.find(golden.topic); found != kByTopic.end()) return found->second;
  const std::string type(eventlog::find_header(golden.record, "ce_type").value_or(""));
  if (golden.topic == eventlog::kRawTopic) return type.ends_with("withdrawn.v1") ? "RawWithdrawn" : "RawReport";
  return type.ends_with("withdrawn.v1") ? "ReportWithdrawn" : "ReportParsed";
}

pb::FileDescriptorSet baseline() {
  std::ifstream file("proto/baseline/gouji.v1.binpb", std::ios::binary);
  pb::FileDescriptorSet set;
  EXPECT_TRUE(set.ParseFromIstream(&file));
  return set;
}

void grow(pb::DescriptorProto& message) {
  const auto add = [&](int number, pb::FieldDescriptorProto::Type type, pb::FieldDescriptorProto::Label label) {
    pb::FieldDescriptorProto* field = message.add_field();
    field->set_name("new_field_" + std::to_string(number));
    field->set_number(number);
    field->set_type(type);
    field->set_label(label);
  };
  add(kNewField, pb::FieldDescriptorProto::TYPE_STRING, pb::FieldDescriptorProto::LABEL_OPTIONAL);
  add(kNewField + 1, pb::FieldDescriptorProto::TYPE_SINT64, pb::FieldDescriptorProto::LABEL_REPEATED);
  add(kNewField + 2, pb::FieldDescriptorProto::TYPE_FIXED64, pb::FieldDescriptorProto::LABEL_OPTIONAL);
  for (auto& nested : *message.mutable_nested_type()) grow(nested);
}

// The schema of a made-up next version.
pb::FileDescriptorSet next_version() {
  pb::FileDescriptorSet set = baseline();
  for (auto& file : *set.mutable_file()) {
    if (file.package() != "gouji.v1") continue;
    for (auto& message : *file.mutable_message_type()) grow(message);
    for (auto& item : *file.mutable_enum_type()) {
      auto* value = item.add_value();
      value->set_name(item.value(0).name() + "_NEW");
      value->set_number(kNewEnumValue);
    }
  }
  return set;
}

class Writer {
 public:
  explicit Writer(const pb::FileDescriptorSet& set) {
    for (const auto& file : set.file()) EXPECT_NE(pool_.BuildFile(file), nullptr) << file.name();
  }
  std::unique_ptr<pb::Message> parse(const GoldenRecord& golden) {
    const pb::Descriptor* type = pool_.FindMessageTypeByName("gouji.v1." + message_of(golden));
    EXPECT_NE(type, nullptr) << golden.name;
    std::unique_ptr<pb::Message> message(factory_.GetPrototype(type)->New());
    EXPECT_TRUE(message->ParseFromString(*golden.record.value)) << golden.name;
    return message;
  }

 private:
  pb::DescriptorPool pool_;
  pb::DynamicMessageFactory factory_{&pool_};
};

// Calls `visit` for the message and every message inside it.
template <typename Visit>
void walk(pb::Message& message, Visit visit) {
  visit(message);
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) walk(*reflection.MutableMessage(&message, field), visit);
    for (int i = 0; field->is_repeated() && i < reflection.FieldSize(message, field); ++i)
      walk(*reflection.MutableRepeatedMessage(&message, field, i), visit);
  }
}

GoldenRecord as_an_older_writer_sends(const GoldenRecord& golden) {
  static Writer older(baseline());
  const auto message = older.parse(golden);
  message->DiscardUnknownFields();
  GoldenRecord sent = golden;
  sent.record.value = message->SerializeAsString();
  return sent;
}

GoldenRecord as_a_newer_writer_sends(const GoldenRecord& golden) {
  static Writer newer(next_version());
  const auto message = newer.parse(golden);
  walk(*message, [](pb::Message& one) {
    const pb::Descriptor& type = *one.GetDescriptor();
    const pb::Reflection& reflection = *one.GetReflection();
    if (type.FindFieldByNumber(kNewField) == nullptr) return;
    reflection.SetString(&one, type.FindFieldByNumber(kNewField), "news");
    reflection.AddInt64(&one, type.FindFieldByNumber(kNewField + 1), -7);
    reflection.SetUInt64(&one, type.FindFieldByNumber(kNewField + 2), 7);
  });
  GoldenRecord sent = golden;
  sent.record.value = message->SerializeAsString();
  sent.record.headers.push_back({"ce_newextension", "news"});
  return sent;
}

std::string json_of(const GoldenRecord& golden) { return events::value_json(golden.topic, golden.record).value_or("nothing"); }

TEST(Golden, HoldEveryKindOfRecord) {
  std::map<std::string, int> kinds;
  for (const GoldenRecord& golden : all_golden()) ++kinds[golden.topic + " " + message_of(golden)];
  EXPECT_EQ(kinds.size(), 12U);
}

TEST(Golden, AreReadToday) {
  for (const GoldenRecord& golden : all_golden()) {
    const auto decoded = decode(golden);
    EXPECT_TRUE(decoded.has_value()) << golden.name << ": " << decoded.error().message;
  }
}

TEST(Golden, OfAnOlderWriterAreRead) {
  for (const GoldenRecord& golden : all_golden()) {
    const GoldenRecord sent = as_an_older_writer_sends(golden);
    const auto decoded = decode(sent);
    EXPECT_TRUE(decoded.has_value()) << golden.name << ": " << decoded.error().message;
    EXPECT_EQ(json_of(sent), json_of(golden)) << golden.name;
  }
}

TEST(Golden, OfANewerWriterAreReadAndMeanTheSame) {
  for (const GoldenRecord& golden : all_golden()) {
    const GoldenRecord sent = as_a_newer_writer_sends(golden);
    EXPECT_GT(sent.record.value->size(), golden.record.value->size()) << golden.name;
    const auto decoded = decode(sent);
    EXPECT_TRUE(decoded.has_value()) << golden.name << ": " << decoded.error().message;
    EXPECT_EQ(json_of(sent), json_of(golden)) << golden.name;
  }
}

// One enum field after the other set to a value that this version does not know.
TEST(Golden, WithAnUnknownEnumValueAreRefusedAndNeverGuessed) {
  Writer writer(baseline());
  int refused = 0;
  std::vector<std::string> taken;
  for (const GoldenRecord& golden : all_golden()) {
    for (int target = 0, seen = 1; target < seen; ++target) {
      const auto message = writer.parse(golden);
      seen = 0;
      std::string where;
      walk(*message, [&](pb::Message& one) {
        std::vector<const pb::FieldDescriptor*> set;
        one.GetReflection()->ListFields(one, &set);
        for (const pb::FieldDescriptor* field : set) {
          if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_ENUM || seen++ != target) continue;
          if (field->is_repeated()) one.GetReflection()->SetRepeatedEnumValue(&one, field, 0, kNewEnumValue);
          if (!field->is_repeated()) one.GetReflection()->SetEnumValue(&one, field, kNewEnumValue);
          where = field->full_name();
        }
      });
      if (where.empty()) break;
      GoldenRecord sent = golden;
      sent.record.value = message->SerializeAsString();
      const auto decoded = decode(sent);
      if (decoded) {
        taken.push_back(golden.name + " " + where);
        continue;
      }
      EXPECT_EQ(decoded.error().kind, ErrorKind::kInvalidInput) << golden.name << " " << where;
      ++refused;
    }
  }
  EXPECT_THAT(taken, ::testing::IsEmpty());
  EXPECT_GT(refused, 50);
}

TEST(Golden, PassThroughDeadLettersAndReplayWithWhatNobodyKnows) {
  for (const GoldenRecord& golden : all_golden()) {
    const GoldenRecord sent = as_a_newer_writer_sends(golden);
    const eventlog::StoredRecord stored{{golden.topic, 0}, 3, sent.record};
    const auto letter = eventlog::dead_letter_of(stored, invalid_input(ErrorCode::kUnknownVersion, "newer"), {"g", "s", "1"});
    const auto replay = eventlog::replay_of({{letter.topic, 0}, 0, letter.record}, golden.topic);
    EXPECT_EQ(replay.record.value, sent.record.value) << golden.name;
    EXPECT_EQ(eventlog::find_header(replay.record, "ce_newextension"), "news") << golden.name;
  }
}

// What the validator makes of a report does not depend on who sent it.
TEST(Golden, OfEitherWriterAreJudgedAlike) {
  int judged = 0;
  for (const GoldenRecord& golden : all_golden()) {
    if (golden.topic != eventlog::kParsedTopic) continue;
    std::vector<std::vector<std::string>> outputs;
    std::vector<GoldenRecord> variants{golden};
    variants.push_back(as_an_older_writer_sends(golden));
    variants.push_back(as_a_newer_writer_sends(golden));
    for (const GoldenRecord& sent : variants) {
      telemetry::Metrics metrics;
      const runtime::SystemClock clock;
      const auto stage = validator::make_stage(metrics, clock);
      testing_support::RecordingContext context;
      const auto processed = stage->process({{golden.topic, 0}, 0, sent.record}, context);
      EXPECT_TRUE(processed.has_value()) << golden.name << ": " << processed.error().message;
      std::vector<std::string> emitted;
      for (const eventlog::Outgoing& out : context.emitted)
        emitted.push_back(out.topic + " " + std::string(eventlog::find_header(out.record, "ce_id").value_or("")) + " " +
                          events::value_json(out.topic, out.record).value_or("nothing"));
      outputs.push_back(std::move(emitted));
    }
    EXPECT_EQ(outputs[0], outputs[1]) << golden.name;
    EXPECT_EQ(outputs[0], outputs[2]) << golden.name;
    judged += outputs[0].empty() ? 0 : 1;
  }
  EXPECT_GE(judged, 1);
}

TEST(Golden, AreWrittenAsTheyAreRead) {
  for (const GoldenRecord& golden : all_golden()) {
    const GoldenRecord again = golden_record_of(golden.name, text_of(golden));
    EXPECT_EQ(again.record, golden.record) << golden.name;
  }
  const char* from = std::getenv("GOUJI_GOLDEN_FROM");
  if (from == nullptr) return;
  auto log = eventlog::open_local_log({false, from, {}}, {});
  ASSERT_TRUE(log.has_value()) << log.error().message;
  std::map<std::string, GoldenRecord> smallest;
  const auto topics = (*log)->topics();
  ASSERT_TRUE(topics.has_value());
  for (const auto& spec : *topics) {
    if (spec.name.find(".dlq.") != std::string::npos) continue;
    for (std::int32_t p = 0; p < spec.partitions; ++p) {
      for (const auto& stored : gouji::testing::read_all(**log, {spec.name, p})) {
        if (!stored.record.value) continue;
        GoldenRecord golden{{}, spec.name, stored.record};
        const bool is_state = spec.name == eventlog::kValidatorStateTopic || spec.name == eventlog::kParserStateTopic;
        if (is_state && stored.record.key->starts_with("next:")) continue;
        const bool is_large = stored.record.value->size() < 1000 && spec.name == eventlog::kParsedTopic &&
                              message_of(golden) == "ReportParsed";  // one with tables is wanted
        golden.name = spec.name + "." + message_of(golden);
        const auto found = smallest.find(golden.name);
        if (is_large || (found != smallest.end() && found->second.record.value->size() <= stored.record.value->size())) continue;
        smallest.insert_or_assign(golden.name, golden);
      }
    }
  }
  std::ifstream version_file("VERSION");
  std::string version;
  version_file >> version;
  const std::string folder = "tests/contract/golden/" + version;
  std::filesystem::create_directories(folder);
  for (const auto& [name, golden] : smallest) std::ofstream(folder + "/" + name + ".record") << text_of(golden);
}

}  // namespace
}  // namespace gouji::contract
