#include "common/events/codec.h"

#include <gtest/gtest.h>

#include <tuple>

#include "common/core/digest.h"
#include "common/events/worker_codec.h"

namespace gouji::events {
namespace {

RawReport raw_report(std::string body) {
  RawReport report;
  report.location_id = "loc";
  report.source_id = "files";
  report.fetch_sequence = 3;
  report.url = "file:///r.html";
  report.fetched_at = 1'700'000'000'000;
  report.body.name = "r.html";
  report.body.sha256 = to_hex(sha256(body));
  report.body.size = static_cast<std::int64_t>(body.size());
  report.body.bytes = std::move(body);
  report.body.warc = WarcPosition{"gouji-20260101000000-00000.warc.gz", 120, 900, "<urn:uuid:1>", "sha256:00"};
  report.payload_digest = payload_digest(report.body, {});
  report.hints = {{"organ", "某市", "portal_file"}};
  return report;
}

TableReading table_of(TableId id, Edition edition) {
  TableReading table;
  table.table = id;
  table.edition = edition;
  table.status = TableStatus::kRead;
  const std::size_t n = form(id, edition).size();
  for (std::size_t i = 0; i < n; ++i) {
    table.cells.push_back(i % 7 == 3 ? Cell{CellState::kBlank, 0} : Cell::number(static_cast<std::int64_t>(i) * 1000 - 5));
    table.where.push_back({0, 0, static_cast<std::int64_t>(i) * 10, static_cast<std::int64_t>(i) * 10 + 3});
    table.raw.push_back(std::to_string(i));
    table.confidence.push_back(1000);
    table.witnesses.push_back(2);
  }
  return table;
}

ParsedReport parsed_report() {
  ParsedReport report;
  report.reading.key = {"411000-gov", 2019, Scope::kAggregate};
  report.reading.organ_name = "许昌市人民政府";
  report.reading.year = 2019;
  report.reading.tables = {table_of(TableId::kT2, Edition::k2019), table_of(TableId::kT3, Edition::k2021),
                           table_of(TableId::kT4, Edition::k2021)};
  report.reading.tables[1].alternatives = {{4, 17, "anchors"}};
  report.reading.tables[1].notes = {{"EXTRA_ROW", "new", "x", {0, 0, 1, 2}}};
  report.reading.claims = {{"共807件", 807, "件", true, "申请", {{"t3.new.total"}}, {0, 0, 5, 8}}};
  report.reading.sections = {{1, "一、总体情况", "文字", {}}};
  report.reading.attachments = {{"附件.pdf", "https://a.example/1.pdf", "aa", true}};
  report.location_id = "loc";
  report.fetch_sequence = 3;
  report.evidence = {"file:///r", "digest", "raw-1", 1'700'000'000'000, "x+1", ""};
  return report;
}

TEST(RawCodec, GivesTheOriginalBytesBack) {
  for (const std::string& body : {std::string(), std::string("\0\xff", 2), std::string(100'000, 'a')}) {
    const RawReport report = raw_report(body);
    const Record record = encode(report);
    EXPECT_EQ(record.key, "loc");
    const auto event = decode_raw(record);
    ASSERT_TRUE(event) << event.error().message;
    const auto& read = std::get<RawReport>(*event);
    EXPECT_EQ(read.body.bytes, body);
    EXPECT_EQ(read.hints.at(0).value, "某市");
    EXPECT_EQ(read.fetch_sequence, 3);
    EXPECT_EQ(read.body.warc, report.body.warc);
  }
}

TEST(RawCodec, CompressesWhereThatIsSmaller) {
  EXPECT_LT(encode(raw_report(std::string(100'000, 'a'))).value->size(), 1'000U);
}

TEST(RawCodec, GivesTheSameIdForTheSameFetchAndAnotherForTheNext) {
  RawReport report = raw_report("x");
  const std::string id = raw_id(report);
  EXPECT_EQ(id, raw_id(report));
  report.fetch_sequence = 4;
  EXPECT_NE(id, raw_id(report));
}

TEST(RawCodec, RefusesBytesThatAreNotARawReport) {
  Record record = encode(raw_report("x"));
  record.value = "\xff\xff\xff";
  EXPECT_EQ(decode_raw(record).error().code, ErrorCode::kMalformed);
  record.value = std::nullopt;
  EXPECT_EQ(decode_raw(record).error().kind, ErrorKind::kInvalidInput);
}

TEST(RawCodec, RefusesAnEventOfAnotherType) {
  Record record = encode(raw_report("x"));
  for (Header& header : record.headers)
    if (header.name == "ce_type") header.value = "gouji.report.raw.v9";
  EXPECT_EQ(decode_raw(record).error().code, ErrorCode::kUnknownVersion);
}

TEST(ParsedCodec, KeepsTablesProvenanceAndClaims) {
  const ParsedReport report = parsed_report();
  const Record record = encode(report);
  EXPECT_EQ(record.key, "411000-gov");
  const auto event = decode_parsed(record);
  ASSERT_TRUE(event) << event.error().message;
  const auto& read = std::get<ParsedReport>(*event).reading;
  EXPECT_EQ(read.key, report.reading.key);
  for (std::size_t t = 0; t < 3; ++t) {
    EXPECT_EQ(read.tables[t].cells, report.reading.tables[t].cells);
    EXPECT_EQ(read.tables[t].where, report.reading.tables[t].where);
    EXPECT_EQ(read.tables[t].raw, report.reading.tables[t].raw);
    EXPECT_EQ(read.tables[t].confidence, report.reading.tables[t].confidence);
    EXPECT_EQ(read.tables[t].witnesses, report.reading.tables[t].witnesses);
  }
  EXPECT_EQ(read.tables[1].alternatives.at(0).value, 17);
  EXPECT_EQ(read.tables[1].notes.at(0).code, "EXTRA_ROW");
  EXPECT_EQ(read.claims.at(0).readings, report.reading.claims.at(0).readings);
  EXPECT_TRUE(read.claims.at(0).hedged);
  ASSERT_EQ(read.attachments.size(), 1U);
  EXPECT_EQ(read.attachments[0].name, "附件.pdf");
  EXPECT_EQ(read.attachments[0].url, "https://a.example/1.pdf");
  EXPECT_EQ(read.attachments[0].sha256, "aa");
  EXPECT_TRUE(read.attachments[0].is_used);
}

TEST(ParsedCodec, KeepsEveryStateAndTheLargestValues) {
  ParsedReport report = parsed_report();
  std::vector<Cell>& cells = report.reading.tables[1].cells;
  std::size_t at = 0;
  for (const CellState state : {CellState::kAbsent, CellState::kBlank, CellState::kNil, CellState::kText, CellState::kUnreadable})
    cells[at++] = {state, 0};
  for (const std::int64_t value : {INT64_MIN, INT64_MAX, std::int64_t{-1}, std::int64_t{0}, std::int64_t{64}}) cells[at++] = Cell::number(value);
  const auto event = decode_parsed(encode(report));
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(std::get<ParsedReport>(*event).reading.tables[1].cells, cells);
}

TEST(ParsedCodec, RefusesColumnsOfAnotherSizeThanTheForm) {
  ParsedReport report = parsed_report();
  report.reading.tables[1].cells.pop_back();
  EXPECT_EQ(decode_parsed(encode(report)).error().code, ErrorCode::kMalformed);
}

TEST(ParsedCodec, RefusesAValueWhereTheStateIsNotNumber) {
  ParsedReport report = parsed_report();
  report.reading.tables[0].cells[0] = {CellState::kBlank, 5};
  EXPECT_EQ(decode_parsed(encode(report)).error().code, ErrorCode::kMalformed);
}

TEST(ParsedCodec, RefusesTwoTables) {
  ParsedReport report = parsed_report();
  report.reading.tables.pop_back();
  EXPECT_FALSE(decode_parsed(encode(report)));
}

TEST(ParsedCodec, CarriesAWithdrawal) {
  const WithdrawnReport withdrawn{{"o", 2020, Scope::kOwn}, "loc", 9, "KEY_CHANGED", {"u", "", "raw-2", 5, "x", ""}};
  const auto event = decode_parsed(encode(withdrawn));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<WithdrawnReport>(*event).key, withdrawn.key);
  EXPECT_EQ(std::get<WithdrawnReport>(*event).reason, "KEY_CHANGED");
}

Anomaly anomaly() {
  Anomaly anomaly;
  anomaly.id = "abc";
  anomaly.key = {"o", 2020, Scope::kUnknown};
  anomaly.version = 2;
  anomaly.transition = Transition::kChanged;
  anomaly.findings = {{"T3.BALANCE", "total"}};
  anomaly.results = {{"T3.BALANCE", "total", RuleStatus::kFailed, "", Severity::kError,
                      {{"t3.new.total", Cell::number(5)}, {"t3.total.total", {CellState::kBlank, 0}}}, -2}};
  anomaly.explanations = {{{{"t3.new.total", Cell::number(5), 7}}, Mechanism::kDigitChanged, {}}};
  anomaly.unique = true;
  anomaly.message_zh = "句子";
  anomaly.evidence = {"u", "d", "raw", 5, "x", "1+abc"};
  return anomaly;
}

TEST(AnomalyCodec, KeepsEverything) {
  const Record record = encode(anomaly(), "raw", 0);
  EXPECT_EQ(read_envelope(record).type, "gouji.anomaly.changed.v1");
  EXPECT_EQ(record.key, "o");
  const auto read = decode_anomaly(record);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->findings, anomaly().findings);
  EXPECT_EQ(read->results.at(0).difference, -2);
  EXPECT_EQ(read->results.at(0).operands.at(1).value.state, CellState::kBlank);
  EXPECT_EQ(read->explanations.at(0).changes.at(0).proposed, 7);
  EXPECT_EQ(read->message_zh, "句子");
}

TEST(AnomalyCodec, KeysTheSnapshotByAnomalyAndItsTombstoneLikewise) {
  EXPECT_EQ(encode_current(anomaly(), "raw", 0).key, "abc");
  const Record gone = anomaly_tombstone("abc", read_envelope(encode(anomaly(), "raw", 0)));
  EXPECT_EQ(gone.key, "abc");
  EXPECT_FALSE(gone.value);
}

TEST(VerdictCodec, CarriesTablesInTheSnapshotOnly) {
  Verdict verdict;
  verdict.key = {"o", 2020, Scope::kOwn};
  verdict.version = 3;
  verdict.results = {{"T4.SUM", "reconsideration", RuleStatus::kNotApplicable, "BLANK_TOTAL", Severity::kError, {}, {}}};
  verdict.changed_cells = {{"t4.a.b", Cell::number(1), {CellState::kNil, 0}}};
  verdict.tables = {table_of(TableId::kT4, Edition::k2021)};
  const auto event = decode_verdict(encode(verdict, "raw", 0));
  ASSERT_TRUE(event);
  EXPECT_TRUE(event->tables.empty());
  EXPECT_EQ(event->results.at(0).reason, "BLANK_TOTAL");
  EXPECT_EQ(event->changed_cells.at(0).after.state, CellState::kNil);
  const auto current = decode_verdict(encode_current(verdict, "raw", 0));
  ASSERT_TRUE(current);
  EXPECT_EQ(current->tables.at(0).cells, verdict.tables.at(0).cells);
}

// Results are written without protobuf's classes, and read with them.
TEST(VerdictCodec, CarriesEveryFieldOfAResult) {
  Verdict verdict;
  verdict.key = {"o", 2020, Scope::kOwn};
  verdict.rule_set = "1+ab";
  const RuleResult failed{"T3.ROW_SUM", "legal_service_organization", RuleStatus::kFailed, "BLANK_AS_ZERO", Severity::kWarning,
                          {{"t3.granted.total", Cell::number(INT64_MIN)}, {"2019:t3.carried_out.total", {CellState::kBlank, 0}},
                           {std::string(300, 'c'), Cell::number(INT64_MAX)}}, -27};
  verdict.results = {failed, {}, failed};
  verdict.results[1].difference = 0;
  verdict.derived = {{"t3.new.total", 5}};
  const auto event = decode_verdict(encode(verdict, "raw", 0));
  ASSERT_TRUE(event) << event.error().message;
  ASSERT_EQ(event->results.size(), 3u);
  EXPECT_EQ(event->rule_set, "1+ab");
  EXPECT_EQ(event->derived.at(0).value, 5);
  for (std::size_t i = 0; i < 3; ++i) {
    const RuleResult& read = event->results[i];
    const RuleResult& written = verdict.results[i];
    EXPECT_EQ(std::tie(read.rule, read.instance, read.status, read.reason, read.severity, read.difference),
              std::tie(written.rule, written.instance, written.status, written.reason, written.severity, written.difference));
    ASSERT_EQ(read.operands.size(), written.operands.size());
    for (std::size_t k = 0; k < read.operands.size(); ++k) {
      EXPECT_EQ(read.operands[k].cell, written.operands[k].cell);
      EXPECT_EQ(read.operands[k].value, written.operands[k].value);
    }
  }
}

TEST(AnomalyCodec, CarriesWhatSpeaksForAnExplanation) {
  Anomaly anomaly;
  anomaly.id = "abc";
  anomaly.key = {"o", 2020, Scope::kOwn};
  anomaly.explanations = {{{{"t3.new.total", Cell::number(4), 5}}, Mechanism::kDigitChanged, {"claim:共5件", "reader:poppler"}}};
  const auto read = decode_anomaly(encode(anomaly, "raw", 0));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->explanations.at(0).supported_by, anomaly.explanations[0].supported_by);
}

TEST(LedgerCodec, KeepsEverythingWithinTwoKibibytesWhenClean) {
  LedgerEntry entry;
  entry.key = {"411000-gov", 2019, Scope::kAggregate};
  entry.version = 1;
  for (const TableReading& table : parsed_report().reading.tables)
    entry.tables.push_back({table.table, table.status, table.edition, table.money_unit, table.cells});
  entry.locations = {{"loc", std::string(64, 'a'), std::string(64, 'b'), 0, 7, 12, {{"t3.new.total", Cell::number(4)}}}};
  entry.sketch = {std::vector<std::uint32_t>(96, 0xFEDCBA98U), "0123456789abcdef", 2000};
  entry.evidence = {"https://example.gov.cn/art/2020/1/31/art_1_2.html", std::string(64, 'a'), "raw", 5, "x", "1+abc"};
  const std::string bytes = encode(entry);
  EXPECT_LE(bytes.size(), 2048U);
  const auto read = decode_ledger_entry(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->tables.at(1).cells, entry.tables.at(1).cells);
  EXPECT_EQ(read->locations.at(0).fetch_sequence, 7);
  EXPECT_EQ(read->locations.at(0).parsed_offset, 12);
  EXPECT_EQ(read->locations.at(0).differing.at(0).value.value, 4);
  EXPECT_EQ(read->sketch.minima, entry.sketch.minima);
  EXPECT_EQ(read->sketch.numbers, entry.sketch.numbers);
  EXPECT_EQ(read->locations.at(0).payload_digest, entry.locations.at(0).payload_digest);
}

// An entry that an older version wrote holds none of the newer fields.
TEST(LedgerCodec, ReadsWhatAnOlderVersionWrote) {
  LedgerEntry entry;
  entry.key = {"411000-gov", 2019, Scope::kOwn};
  entry.version = 2;
  entry.locations = {{"loc", "p", "c", 0, 3, -1, {}}};
  entry.anomalies.push_back({"id", true, {{"T4.SUM", "reconsideration"}}, "f", Severity::kError, Fault::kUndecided, "T4.SUM", 1, 5, "", {}});
  const auto read = decode_ledger_entry(encode(entry));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->locations.at(0).parsed_offset, -1);
  EXPECT_TRUE(read->sketch.minima.empty());
  EXPECT_TRUE(read->departed.empty());
  EXPECT_FALSE(read->anomalies.at(0).waiver.has_value());
  EXPECT_FALSE(read->anomalies.at(0).is_waived(1));
}

TEST(LedgerCodec, RefusesASketchThatIsCutOff) {
  LedgerEntry entry;
  entry.key = {"411000-gov", 2019, Scope::kOwn};
  entry.sketch = {{0x01020304U}, "n", 900};
  std::string bytes = encode(entry);
  // The field's length and its message's, both one byte less.
  const std::size_t at = bytes.find(std::string("\x0A\x04\x04\x03\x02\x01", 6));
  ASSERT_NE(at, std::string::npos);
  bytes[at + 1] = 3;
  bytes.erase(at + 2, 1);
  bytes[at - 1] = static_cast<char>(bytes[at - 1] - 1);
  const auto read = decode_ledger_entry(bytes);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kInvalidInput);
}

TEST(WaiverCodec, KeepsAWaiverAndNamesTheReportOfATombstone) {
  const Waiver waiver{"abc", {"411000-gov", 2019, Scope::kOwn}, "已核实", "张三", 5, 9, "0123456789abcdef"};
  const Record record = encode(waiver);
  EXPECT_EQ(record.key, "abc");
  const auto read = decode_waiver(record);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->key, waiver.key);
  EXPECT_EQ(read->reason, "已核实");
  EXPECT_EQ(read->expires_at, 9);
  EXPECT_EQ(read->cells_digest, waiver.cells_digest);
  const Record gone = waiver_tombstone("abc", waiver.key, 7);
  EXPECT_FALSE(gone.value);
  EXPECT_EQ(read_envelope(gone).subject, "411000-gov/2019/OWN");
  EXPECT_FALSE(decode_waiver(Record{"abc", "\xff\xff", {}, 0}));
}

TEST(AnomalyCodec, CarriesItsWaiverAndSaysFaultAndSeverityInHeaders) {
  Anomaly waived = anomaly();
  waived.cells_digest = "0123456789abcdef";
  waived.waiver = Waiver{waived.id, waived.key, "已核实", "张三", 5, 0, waived.cells_digest};
  const Record record = encode(waived, "raw", 0);
  const auto read = decode_anomaly(record);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->waiver->author, "张三");
  EXPECT_EQ(read->cells_digest, waived.cells_digest);
  const auto header = [&](std::string_view name) {
    for (const Header& each : record.headers)
      if (each.name == name) return each.value.value_or("");
    return std::string();
  };
  EXPECT_EQ(header("ce_fault"), to_string(waived.fault));
  EXPECT_EQ(header("ce_severity"), to_string(waived.severity));
}

TEST(WorkerCodec, CarriesReadingAndRefusal) {
  const auto reading = decode_read_answer(encode(ReadAnswer(parsed_report().reading)));
  ASSERT_TRUE(reading);
  EXPECT_EQ(std::get<Reading>(*reading).key, parsed_report().reading.key);
  const auto refusal = decode_read_answer(encode(ReadAnswer(Refusal{RefusalClass::kNotAReport, {"LOOK_ALIKE", "m"}})));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(std::get<Refusal>(*refusal).reason.code, "LOOK_ALIKE");
  EXPECT_FALSE(decode_read_answer(""));
}

std::string joined(const RequestFrame& frame) {
  std::string bytes = frame.head;
  for (const std::string_view document : frame.documents) bytes += document;
  return bytes;
}

TEST(WorkerCodec, CarriesWhatIsNeededAndWhatCameOfIt) {
  const auto answer = decode_read_answer(encode(ReadAnswer(Need{Program::kOcr, "a picture", {2, 7}, 1})));
  ASSERT_TRUE(answer);
  const Need& need = std::get<Need>(*answer);
  EXPECT_EQ(need.program, Program::kOcr);
  EXPECT_EQ(need.why, "a picture");
  EXPECT_EQ(need.pages, (std::vector<std::int32_t>{2, 7}));
  EXPECT_EQ(need.part, 1);
  ReadRequest request;
  request.body = "a page";
  request.attachments = {{"a.pdf", "", "application/pdf", "", 0, "%PDF", ""}, {"empty.doc", "", "", "", 0, "", ""}};
  const std::vector<Aid> aids = {{Program::kSoffice, 0, "PK", std::nullopt}, {Program::kOcr, 1, "", Reason{"OCR_TIMEOUT", "m"}}};
  const std::string frame = joined(encode(request, aids));
  const auto read = decode_read_request(frame);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->body, "a page");
  EXPECT_EQ(read->body.data(), frame.data() + (frame.size() - 12));  // where it lies in the frame
  ASSERT_EQ(read->attachments.size(), 2U);
  EXPECT_EQ(read->attachments[0].name, "a.pdf");
  EXPECT_EQ(read->attachments[0].bytes, "%PDF");
  EXPECT_EQ(read->attachments[1].bytes, "");
  ASSERT_EQ(read->aids.size(), 2U);
  EXPECT_EQ(read->aids[0].output, "PK");
  EXPECT_FALSE(read->aids[0].failure);
  EXPECT_EQ(read->aids[1].part, 1);
  EXPECT_EQ(read->aids[1].failure.value().code, "OCR_TIMEOUT");
}

TEST(WorkerCodec, RefusesARequestThatIsCutOff) {
  ReadRequest request;
  request.body = "a page";
  const std::string frame = joined(encode(request));
  ASSERT_TRUE(decode_read_request(frame));
  for (std::size_t size = 0; size < frame.size(); ++size) EXPECT_FALSE(decode_read_request(frame.substr(0, size))) << size;
}

TEST(WorkerCodec, RefusesPagesThatCannotBe) {
  for (const std::int32_t page : {0, -1, kNeedPageMax + 1})
    EXPECT_FALSE(decode_read_answer(encode(ReadAnswer(Need{Program::kOcr, "", {page}, 0})))) << page;
  EXPECT_FALSE(decode_read_answer(encode(ReadAnswer(Need{Program::kOcr, "", {}, -1}))));
  EXPECT_FALSE(decode_read_answer(
      encode(ReadAnswer(Need{Program::kOcr, "", std::vector<std::int32_t>(kNeedPagesMax + 1, 1), 0}))));
}

TEST(ValueJson, PrintsByTypeByTopicAndAsNullForATombstone) {
  EXPECT_NE(value_json("x", encode(anomaly(), "raw", 0))->find("\"message_zh\":\"句子\""), std::string::npos);
  Record record = encode_current(anomaly(), "raw", 0);
  record.headers.clear();
  EXPECT_NE(value_json("gouji.anomaly.current.v1", record)->find("\"id\":\"abc\""), std::string::npos);
  record.value = std::nullopt;
  EXPECT_EQ(*value_json("gouji.anomaly.current.v1", record), "null");
  EXPECT_FALSE(value_json("unknown", Record{"k", "v", {}, 0}));
}

}  // namespace
}  // namespace gouji::events
