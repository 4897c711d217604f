// Input that is wrong, foreign or of another version: each is refused, with a reason that names the
// thing, where it belongs (dead letter or end of the process), or taken for what it says. Messages are
// damaged as bytes, because the codecs write none that is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <optional>

#include "common/events/codec.h"
#include "services/validator/core/rules.h"
#include "services/validator/settings.h"
#include "services/validator/validate_stage.h"
#include "tests/support/recording_context.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_folder.h"

namespace gouji::validator {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing_support::RecordingContext;

// --- protobuf's encoding, as much of it as damage needs -------------------------------------------

struct Field {
  int number = 0;
  int type = 0;             // 0 a number, 2 bytes
  std::uint64_t value = 0;
  std::string bytes;
};
using Fields = std::vector<Field>;

std::uint64_t take_varint(std::string_view& from) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !from.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(from.front());
    from.remove_prefix(1);
    value |= std::uint64_t{byte & 127U} << shift;
    if (byte < 128) break;
  }
  return value;
}

void add_varint(std::uint64_t value, std::string& to) {
  for (; value >= 128; value >>= 7U) to.push_back(static_cast<char>(value | 128U));
  to.push_back(static_cast<char>(value));
}

Fields fields_of(std::string_view bytes) {
  Fields fields;
  while (!bytes.empty()) {
    const std::uint64_t tag = take_varint(bytes);
    Field field{static_cast<int>(tag >> 3U), static_cast<int>(tag & 7U), take_varint(bytes), ""};
    if (field.type == 2) {
      field.bytes = bytes.substr(0, field.value);
      bytes.remove_prefix(field.value);
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

std::string bytes_of(const Fields& fields) {
  std::string bytes;
  for (const Field& field : fields) {
    add_varint(static_cast<std::uint64_t>(field.number) << 3U | static_cast<std::uint64_t>(field.type), bytes);
    add_varint(field.type == 2 ? field.bytes.size() : field.value, bytes);
    bytes += field.bytes;
  }
  return bytes;
}

using Edit = std::function<void(Fields&)>;

// Edits the message at the end of the path; of several fields of one number the second where there is one.
Edit in(std::vector<int> path, Edit edit) {
  if (path.empty()) return edit;
  const int number = path.front();
  path.erase(path.begin());
  return [number, inner = in(path, edit)](Fields& fields) {
    std::vector<Field*> found;
    for (Field& field : fields)
      if (field.number == number) found.push_back(&field);
    ASSERT_FALSE(found.empty()) << number;
    Fields message = fields_of(found[found.size() > 1 ? 1 : 0]->bytes);
    inner(message);
    found[found.size() > 1 ? 1 : 0]->bytes = bytes_of(message);
  };
}

Edit drop(int number) {
  return [=](Fields& fields) { std::erase_if(fields, [=](const Field& field) { return field.number == number; }); };
}
Edit set(int number, std::uint64_t value) {
  return [=](Fields& fields) {
    drop(number)(fields);
    fields.push_back({number, 0, value, ""});
  };
}
Edit set(int number, const std::string& bytes) {
  return [=](Fields& fields) {
    drop(number)(fields);
    fields.push_back({number, 2, 0, bytes});
  };
}
// The packed column without its last entry, of one byte.
Edit shorten(int number) {
  return [=](Fields& fields) {
    for (Field& field : fields)
      if (field.number == number) field.bytes.pop_back();
  };
}

std::string edited(const std::string& bytes, const Edit& edit) {
  Fields fields = fields_of(bytes);
  edit(fields);
  return bytes_of(fields);
}

// --- inputs ---------------------------------------------------------------------------------------

struct Fixture {
  telemetry::Metrics metrics;
  gouji::testing::SimulatedClock clock;
  Telemetry telemetry{metrics, clock};
  ValidateStage stage{telemetry};
  RecordingContext context;

  Result<void> process(const Record& record) { return stage.process({{"gouji.report.parsed.v1", 0}, 7, record}, context); }
};

// Fields of ReportParsed and of what is in it.
constexpr int kKey = 1, kOrganName = 2, kStatus = 4, kTables = 12, kTable = 1, kProvenance = 2, kTableStatus = 2, kEdition = 3,
              kStates = 5, kValues = 6, kScope = 3;
constexpr int kLedgerTables = 11;

events::ParsedReport report() {
  events::ParsedReport report;
  report.reading.key = {"organ", 2022, Scope::kOwn};
  report.reading.year = 2022;
  report.reading.organ_name = "某局";
  report.reading.extractor = "x+1";
  report.reading.content_digest = "c";
  for (const TableId id : gouji::kTables) {
    TableReading& table = report.reading.tables.emplace_back();
    table.table = id;
    table.status = TableStatus::kRead;
    table.cells.assign(form(id, Edition::k2021).size(), Cell::number(0));
    table.where.assign(table.cells.size(), {0, 0, 5, 6});
    table.raw.resize(table.cells.size());
    table.confidence.assign(table.cells.size(), 1000);
    table.witnesses.assign(table.cells.size(), 1);
  }
  report.location_id = "loc";
  report.evidence = {"file:///r", "d", "raw-1", 1'700'000'000'000, "x+1", ""};
  return report;
}

struct MessageCase {
  const char* name;
  Edit edit;
  std::optional<ErrorCode> refused;  // nullopt: it is judged
  const char* reason;
};

TEST(BadInput, OfAMessageIsADeadLetterWithItsReasonOrIsJudged) {
  const std::string cells(175, '\2');
  const MessageCase cases[] = {
      {"unknown form edition", in({kTables, kTable}, set(kEdition, 2023)), ErrorCode::kUnknownVersion, "2023"},
      {"no states", in({kTables, kTable}, drop(kStates)), ErrorCode::kMalformed, "table t3 of edition 2021 has 0 states and 175 values"},
      {"no values", in({kTables, kTable}, drop(kValues)), ErrorCode::kMalformed, "175 states and 0 values, the form has 175"},
      {"a state too few", in({kTables, kTable}, shorten(kStates)), ErrorCode::kMalformed, "174 states and 175 values"},
      {"cells of another edition", in({kTables, kTable}, set(kEdition, 2019)), ErrorCode::kMalformed, "the form has 161 cells"},
      {"cells of an absent table", in({kTables, kTable}, set(kTableStatus, 1)), ErrorCode::kMalformed, "the form has 0 cells"},
      {"a column of places too short", in({kTables, kProvenance}, shorten(3)), ErrorCode::kMalformed, "begins has 174 entries for 175 cells"},
      {"two tables", [](Fields& fields) { fields.erase(std::find_if(fields.begin(), fields.end(), [](const Field& f) { return f.number == kTables; })); },
       ErrorCode::kMalformed, "2 tables"},
      {"a state of a newer schema", in({kTables, kTable}, set(kStates, std::string(175, '\x1f'))), ErrorCode::kUnknownVersion, "31"},
      {"a scope of a newer schema", in({kKey}, set(kScope, 9)), ErrorCode::kUnknownVersion, "9"},
      {"a status of a newer schema", set(kStatus, 9), ErrorCode::kUnknownVersion, "9"},
      {"a value of a blank cell", [&](Fields& fields) {
         in({kTables, kTable}, set(kStates, std::string(175, '\3')))(fields);
         in({kTables, kTable}, set(kValues, cells))(fields);
       }, ErrorCode::kMalformed, "has a value"},
      {"no organ", in({kKey}, drop(1)), ErrorCode::kMalformed, "organ id"},
      {"text that is no UTF-8", set(kOrganName, std::string("\xff\xfe")), ErrorCode::kMalformed, "ReportParsed"},
      {"a field of a newer schema", set(999, std::string("later")), std::nullopt, ""},
      {"no provenance", in({kTables}, drop(kProvenance)), std::nullopt, ""},
  };
  for (const MessageCase& each : cases) {
    SCOPED_TRACE(each.name);
    Fixture f;
    Record record = events::encode(report());
    record.value = edited(*record.value, each.edit);
    const auto done = f.process(record);
    ASSERT_EQ(done.has_value(), !each.refused.has_value()) << (done ? std::string() : done.error().message);
    if (done) {
      EXPECT_FALSE(f.context.emitted.empty());
      continue;
    }
    EXPECT_EQ(done.error().kind, ErrorKind::kInvalidInput);  // which the runner makes a dead letter of class poison
    EXPECT_EQ(done.error().code, *each.refused);
    EXPECT_THAT(done.error().message, HasSubstr(each.reason));
    EXPECT_TRUE(f.context.emitted.empty());
  }
}

TEST(BadInput, OfForeignTypeOrWithoutAValueIsRefused) {
  Fixture f;
  Record record = events::encode(report());
  record.value.reset();
  EXPECT_EQ(f.process(record).error().kind, ErrorKind::kInvalidInput);
  Record foreign = events::encode(report());
  for (Header& header : foreign.headers)
    if (header.name == "ce_type") header.value = "gouji.report.parsed.v2";
  EXPECT_EQ(f.process(foreign).error().code, ErrorCode::kUnknownVersion);
  EXPECT_THAT(f.process(foreign).error().message, HasSubstr("gouji.report.parsed.v2"));
}

// Sums that no longer fit are not decided; none of them passes or fails by accident.
TEST(BadInput, OfFiguresNearTheLimitOfTheirTypeIsNotDecided) {
  for (const std::int64_t huge : {INT64_MAX, INT64_MAX - 1, INT64_MIN, INT64_MIN + 1, INT64_MAX / 2 + 1}) {
    Fixture f;
    events::ParsedReport wrong = report();
    for (Cell& cell : wrong.reading.tables[1].cells) cell = Cell::number(huge);
    for (Cell& cell : wrong.reading.tables[2].cells) cell = Cell::number(huge);
    const auto done = f.process(events::encode(wrong));
    ASSERT_TRUE(done) << done.error().message;
    const auto verdict = events::decode_verdict(f.context.emitted.at(0).record);
    ASSERT_TRUE(verdict);
    for (const RuleResult& result : verdict->results)
      if (result.rule == "T3.OUTCOME_SUM" || result.rule == "T4.SUM") {
        EXPECT_EQ(result.status, RuleStatus::kNotApplicable) << result.rule << " " << huge;
        EXPECT_EQ(result.reason, "OVERFLOW");
      }
  }
}

// --- ledger ---------------------------------------------------------------------------------------

struct LedgerCase {
  const char* name;
  Edit edit;
  bool is_read;
  const char* reason;
};

TEST(BadInput, OfALedgerThatCannotBeReadStopsAndNamesTheReport) {
  Fixture first;
  ASSERT_TRUE(first.process(events::encode(report())));
  const std::string key = "organ/2022/OWN";
  const std::string entry = *first.context.state().get(key);
  const LedgerCase cases[] = {
      {"of a newer schema, with a field more", set(999, std::string("later")), true, ""},
      {"of an older schema, without document results and sketch", [](Fields& fields) { drop(15)(fields), drop(16)(fields), drop(17)(fields); }, true, ""},
      {"of a newer schema, with a status more", in({kLedgerTables}, set(kTableStatus, 9)), false, "9 is not known to this version"},
      {"with columns that contradict each other", in({kLedgerTables}, shorten(kValues)), false, "175 states and 174 values"},
  };
  for (const LedgerCase& each : cases) {
    SCOPED_TRACE(each.name);
    Fixture f;
    f.context.state().put(key, edited(entry, each.edit));
    events::ParsedReport changed = report();
    changed.reading.tables[1].cells[0] = Cell::number(5);
    changed.evidence.raw_digest = "d2";
    changed.reading.content_digest = "c2";
    const auto done = f.process(events::encode(changed));
    eventlog::KeyedState restored;
    restored.restore(key, edited(entry, each.edit));
    EXPECT_EQ(f.stage.keys_to_work_on(restored).empty(), each.is_read);
    ASSERT_EQ(done.has_value(), each.is_read) << (done ? std::string() : done.error().message);
    if (done) {
      const auto verdict = events::decode_verdict(f.context.emitted.at(0).record);
      EXPECT_EQ(verdict->version, 2);
      continue;
    }
    EXPECT_EQ(done.error().kind, ErrorKind::kFatal);
    EXPECT_THAT(done.error().message, AllOf(HasSubstr(key), HasSubstr(each.reason)));
    EXPECT_EQ(f.stage.work_on(key, 0, f.context).error().kind, ErrorKind::kFatal);
  }
}

// --- files ----------------------------------------------------------------------------------------

TEST(BadInput, OfASeveritiesFileNamesTheFileAndEveryLine) {
  const gouji::testing::TempFolder folder;
  const std::string path = folder.file("severities");
  std::ofstream(path) << "# ours\nT2.UNIT info\nT2.UNITS = info\nS.FEE = severe\nS.YEAR = info\nS.YEAR = info\n";
  const auto read = load_severities(path);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kFatal);
  EXPECT_THAT(read.error().message, AllOf(HasSubstr(path), HasSubstr("line 2: "), HasSubstr("line 3: there is no rule T2.UNITS"),
                                          HasSubstr("line 4: \"severe\""), HasSubstr("line 6: rule S.YEAR stands there twice")));
  EXPECT_THAT(load_severities(path + ".gone").error().message, HasSubstr(path + ".gone"));
}

TEST(BadInput, OfTheRulesNamesEveryLine) {
  const std::pair<const char*, std::vector<const char*>> cases[] = {
      {"{\"version\": 1,\n \"rules\": [\n  {\"id\": \"T3.X\",\n }]}", {"line 4: no JSON"}},
      {"{\"version\": 1,\n \"rules\": [{}]", {"line 2: no JSON"}},
      {"", {"line 1: no JSON"}},
      {"{\"version\": 1,\n \"rules\": \"all\"}", {"line 2: \"rules\""}},
      {"{\"rules\": [\n {\"id\": \"A\", \"severity\": \"fatal\"},\n {},\n {\"id\": \"A\"}]}",
       {"version must be", "line 2, rule A: severity", "line 2, rule A: notice", "line 3, rule : id is missing", "line 4, rule A: stands on line 2"}}};
  for (const auto& [json, parts] : cases) {
    const auto rules = RuleSet::parse(json);
    ASSERT_FALSE(rules) << json;
    for (const char* part : parts) EXPECT_THAT(rules.error().message, HasSubstr(part)) << json;
  }
}

}  // namespace
}  // namespace gouji::validator
