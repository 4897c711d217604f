// What a bundle of evidence is made of: gathered from the log and the data folder, and written down.
#include <algorithm>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/eventlog/topics.h"
#include "common/text/ascii.h"
#include "gouji/version.h"
#include "services/crawler/io/warc_reader.h"
#include "services/gouji/cell_words.h"
#include "services/gouji/evidence.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/parser/core/sniff.h"
#include "services/parser/io/blob_reader.h"

namespace gouji::command {
namespace {

constexpr std::int64_t kMemberBytesMax = 256LL << 20;

Error bad(std::string message) { return fatal(ErrorCode::kBadArgument, std::move(message)); }

// The newest record that says what is wrong, of the one anomaly whose id begins like this.
Result<std::pair<Record, Anomaly>> find_anomaly(eventlog::EventLog& log, const std::string& id) {
  std::map<std::string, std::pair<Record, Anomaly>> found;
  GOUJI_TRY(read_topic(log, eventlog::kAnomalyTopic, [&](const eventlog::StoredRecord& stored) -> Result<void> {
    GOUJI_ASSIGN(Anomaly anomaly, events::decode_anomaly(stored.record));
    const bool says_what = anomaly.transition == Transition::kOpened || anomaly.transition == Transition::kChanged;
    if (says_what && anomaly.id.starts_with(id)) found.insert_or_assign(anomaly.id, std::pair(stored.record, std::move(anomaly)));
    return ok();
  }));
  if (found.empty()) return fatal(ErrorCode::kNotFound, fmt::format("{}：没有这样的异常 / there is no such anomaly", id));
  if (found.size() > 1) return bad(fmt::format("{}：符合 {} 项，请多写几位 / {} anomalies match, write more of it", id, found.size(), found.size()));
  return std::move(found.begin()->second);
}

// Years of other reports that the anomaly names: "2020:t3.carried_out.total".
std::set<std::int32_t> other_years(const Anomaly& anomaly) {
  std::set<std::int32_t> years;
  const auto add = [&years](std::string_view cell) {
    if (cell.size() > 5 && cell[4] == ':' && cell.find_first_not_of("0123456789") == 4) years.insert(std::stoi(std::string(cell.substr(0, 4))));
  };
  for (const RuleResult& result : anomaly.results)
    for (const Operand& operand : result.operands) add(operand.cell);
  for (const Explanation& explanation : anomaly.explanations)
    for (const std::string& support : explanation.supported_by) add(support);
  years.erase(anomaly.key.year);
  return years;
}

struct Wanted {
  std::string folder;
  std::string raw_id;
};

Result<std::vector<Wanted>> wanted_of(eventlog::EventLog& log, EvidenceBundle& bundle) {
  std::vector<Wanted> wanted{{"report", bundle.anomaly.evidence.raw_id}};
  GOUJI_ASSIGN(const auto current, read_current(log, eventlog::kReportCurrentTopic));
  const auto own = current.find(to_string(bundle.anomaly.key));
  if (own != current.end()) bundle.verdict_record = own->second;
  for (const std::int32_t year : other_years(bundle.anomaly)) {
    std::optional<Verdict> best;
    for (const auto& [key, record] : current) {
      if (!key.starts_with(bundle.anomaly.key.organ_id + "/" + std::to_string(year) + "/")) continue;
      GOUJI_ASSIGN(Verdict verdict, events::decode_verdict(record));
      if (!best || verdict.key.scope == bundle.anomaly.key.scope) best = std::move(verdict);
    }
    if (best) wanted.push_back({"other-" + std::to_string(year), best->evidence.raw_id});
  }
  return wanted;
}

Result<void> fill_contents(RawReport& report, const std::string& data_folder) {
  std::vector<Content*> contents{&report.body};
  for (Content& attachment : report.attachments) contents.push_back(&attachment);
  for (Content* content : contents) {
    if (content->reference.empty()) continue;
    GOUJI_ASSIGN(content->bytes, parser::read_blob(data_folder + "/blobs", content->reference));
  }
  return ok();
}

Result<void> find_records(eventlog::EventLog& log, const std::vector<Wanted>& wanted, EvidenceBundle& bundle) {
  std::map<std::string, Record> raw;
  std::map<std::string, std::pair<Record, events::ParsedReport>> parsed;
  const auto is_wanted = [&wanted](std::string_view id) { return std::any_of(wanted.begin(), wanted.end(), [&](const Wanted& one) { return one.raw_id == id; }); };
  GOUJI_TRY(read_topic(log, eventlog::kRawTopic, [&](const eventlog::StoredRecord& stored) -> Result<void> {
    const auto id = eventlog::find_header(stored.record, "ce_id");
    if (id && is_wanted(*id)) raw.insert_or_assign(std::string(*id), stored.record);
    return ok();
  }));
  GOUJI_TRY(read_topic(log, eventlog::kParsedTopic, [&](const eventlog::StoredRecord& stored) -> Result<void> {
    if (stored.record.key != bundle.anomaly.key.organ_id) return ok();
    GOUJI_ASSIGN(events::ParsedEvent event, events::decode_parsed(stored.record));
    auto* report = std::get_if<events::ParsedReport>(&event);
    if (report == nullptr || !is_wanted(report->evidence.raw_id)) return ok();
    // Read more than once: the reading that the anomaly speaks of.
    const auto known = parsed.find(report->evidence.raw_id);
    if (known != parsed.end() && known->second.second.evidence.extractor == bundle.anomaly.evidence.extractor) return ok();
    std::string id = report->evidence.raw_id;
    parsed.insert_or_assign(std::move(id), std::pair(stored.record, std::move(*report)));
    return ok();
  }));
  for (const Wanted& one : wanted) {
    const auto of_raw = raw.find(one.raw_id);
    const auto of_parsed = parsed.find(one.raw_id);
    if (of_raw == raw.end() || of_parsed == parsed.end())
      return fatal(ErrorCode::kNotFound, fmt::format("{}（{}）的{}已不在日志中，可能已过保留期 / is no longer in the log, its retention may be over", one.folder,
                                                     one.raw_id, of_raw == raw.end() ? "原始记录 raw record" : "解析结果 reading"));
    GOUJI_ASSIGN(events::RawEvent event, events::decode_raw(of_raw->second));
    auto* report = std::get_if<RawReport>(&event);
    if (report == nullptr) return fatal(ErrorCode::kMalformed, one.raw_id + ": not a raw report");
    bundle.reports.push_back({one.folder, of_raw->second, of_parsed->second.first, std::move(*report), of_parsed->second.second});
  }
  return ok();
}

std::string extension_of(std::string_view bytes) {
  const std::string name = ascii_lower(parser::to_string(parser::sniff(bytes)));
  if (name == "text") return "txt";
  return name.empty() || name == "empty" || name == "binary" ? "bin" : name;
}

// A content's record of the archive as it stands there, byte for byte.
Result<std::string> archived(const std::string& data_folder, const WarcPosition& position) {
  if (position.length <= 0 || position.length > kMemberBytesMax || position.offset < 0 || position.file.find('/') != std::string::npos)
    return invalid_input(ErrorCode::kMalformed, "the position in the archive makes no sense");
  for (const char* ending : {"", ".open"}) {
    std::ifstream file(data_folder + "/warc/" + position.file + ending, std::ios::binary);
    if (!file) continue;
    std::string member(static_cast<std::size_t>(position.length), '\0');
    file.seekg(position.offset);
    file.read(member.data(), position.length);
    if (file.gcount() == position.length) return member;
  }
  return unavailable(ErrorCode::kUnreadable, fmt::format("{}/warc/{} cannot be read at {}", data_folder, position.file, position.offset));
}

void write_where(JsonWriter& json, const Where& where) {
  json.begin_object();
  if (where.part != 0) json.key("attachment").number(where.part);
  if (where.page != 0) {
    json.key("page").number(where.page).key("box").begin_array();
    for (const std::int32_t edge : {where.left, where.top, where.right, where.bottom}) json.number(edge);
    json.end_array();
  } else if (where.end > where.begin) {
    json.key("bytes").begin_array().number(where.begin).number(where.end).end_array();
  }
  json.end_object();
}

void write_cells(JsonWriter& json, const EvidenceBundle& bundle) {
  const Reading& reading = bundle.reports.front().reading.reading;
  json.key("cells").begin_array();
  for (const std::string& id : cells_of(bundle.anomaly)) {
    const CellPlace place = find_cell(reading, id);
    if (place.table == nullptr || place.table->cells.empty()) continue;
    json.begin_object().key("cell").text(id).key("wording").text(form(place.table->table, place.table->edition).wording(place.cell));
    json.key("state").text(to_string(place.table->cells[place.cell].state)).key("raw").text(place.table->raw[place.cell]);
    json.key("where");
    write_where(json, place.table->where[place.cell]);
    json.end_object();
  }
  json.end_array();
}

void write_content(JsonWriter& json, const std::string& file, const Content& content) {
  json.begin_object().key("file").text(file).key("url").text(content.url).key("media_type").text(content.media_type);
  json.key("size").number(content.size).key("sha256").text(content.sha256).key("archive");
  if (content.warc) {
    json.begin_object().key("file").text(content.warc->file).key("offset").number(content.warc->offset);
    json.key("length").number(content.warc->length).key("record_id").text(content.warc->record_id).key("digest").text(content.warc->digest).end_object();
  } else {
    json.null();
  }
  json.end_object();
}

std::string about(const EvidenceBundle& bundle) {
  JsonWriter json;
  const Anomaly& anomaly = bundle.anomaly;
  json.begin_object().key("format").number(1).key("gouji").text(version()).key("anomaly").text(anomaly.id);
  json.key("report").text(to_string(anomaly.key)).key("organ").text(anomaly.organ_name);
  json.key("version").number(anomaly.version).key("extractor").text(anomaly.evidence.extractor).key("rule_set").text(anomaly.evidence.rule_set);
  json.key("sentences").begin_object().key("zh").text(anomaly.message_zh).key("en").text(anomaly.message_en).end_object();
  json.key("rules").begin_array();
  for (const Finding& finding : anomaly.findings) json.begin_object().key("rule").text(finding.rule).key("instance").text(finding.instance).end_object();
  json.end_array();
  write_cells(json, bundle);
  json.key("documents").begin_array();
  for (const EvidenceReport& report : bundle.reports) {
    json.begin_object().key("folder").text(report.folder).key("report").text(to_string(report.reading.reading.key));
    json.key("url").text(report.report.url).key("final_url").text(report.report.final_url).key("fetched_at").text(events::to_rfc3339(report.report.fetched_at));
    json.key("http_status").number(report.report.http_status).key("payload_digest").text(report.report.payload_digest).key("raw_id").text(events::raw_id(report.report));
    json.key("contents").begin_array();
    const auto contents = contents_of(report.report);
    for (std::size_t i = 0; i < contents.size(); ++i) write_content(json, content_file(report.report, i), *contents[i]);
    json.end_array().end_object();
  }
  return json.end_array().end_object().str() + "\n";
}

std::string readme(const EvidenceBundle& bundle) {
  return fmt::format(
      "勾稽证据包\n\n机关：{}\n报告：{}\n异常：{}\n说明：{}\n来源：{}\n采集：{}\n\n"
      "report/ 是这份报告采集时的原始字节（body.*、attachment-*）、当时的请求应答记录（*.warc.gz，WARC/1.1）、采集事件 raw.* 和解析结果 parsed.*；\n"
      "other-年度/ 是跨年核对时用到的另一年报告。anomaly.*、verdict.* 是异常与核对结论，evidence.json 是摘要。\n"
      "核对：sha256sum -c SHA256SUMS；或 gouji evidence verify 本目录（不需要日志，也不联网）。\n\n"
      "Bundle of evidence of Gouji\n\n{}\n"
      "report/ holds the document's bytes as fetched, the exchange with the server (*.warc.gz), the event of the fetch and the reading;\n"
      "other-YEAR/ a report of another year that the anomaly compares with. To check it: sha256sum -c SHA256SUMS, or\n"
      "gouji evidence verify on this folder, which needs neither the log nor a network.\n",
      bundle.anomaly.organ_name, to_string(bundle.anomaly.key), bundle.anomaly.id, bundle.anomaly.message_zh, bundle.reports.front().report.url,
      events::to_rfc3339(bundle.reports.front().report.fetched_at), bundle.anomaly.message_en);
}

Result<void> add_report(std::map<std::string, std::string>& files, const EvidenceReport& report, const std::string& data_folder) {
  const std::string folder = report.folder + "/";
  files[folder + "raw.pb"] = report.raw.value.value_or("");
  GOUJI_ASSIGN(files[folder + "raw.json"], view_of(eventlog::kRawTopic, report.raw));
  files[folder + "parsed.pb"] = report.parsed.value.value_or("");
  GOUJI_ASSIGN(files[folder + "parsed.json"], view_of(eventlog::kParsedTopic, report.parsed));
  const auto contents = contents_of(report.report);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const std::string name = folder + content_file(report.report, i);
    files[name] = contents[i]->bytes;
    if (data_folder.empty() || !contents[i]->warc) continue;
    auto member = archived(data_folder, *contents[i]->warc);
    if (member) {
      files[name + ".warc.gz"] = std::move(*member);
    } else {
      fmt::print(stderr, "gouji evidence: {}\n", member.error().message);
    }
  }
  return ok();
}

}  // namespace

std::vector<const Content*> contents_of(const RawReport& report) {
  std::vector<const Content*> contents{&report.body};
  for (const Content& attachment : report.attachments) contents.push_back(&attachment);
  return contents;
}

std::string content_file(const RawReport& report, std::size_t content) {
  const std::string extension = "." + extension_of(contents_of(report)[content]->bytes);
  return content == 0 ? "body" + extension : fmt::format("attachment-{}{}", content, extension);
}

Record bare_record(std::string value, std::string type) {
  Record record;
  record.value = std::move(value);
  if (!type.empty()) record.headers.push_back({"ce_type", std::move(type)});
  return record;
}

Result<std::string> view_of(std::string_view topic, const Record& record) {
  Record shown = record;
  if (topic == eventlog::kRawTopic) {
    GOUJI_ASSIGN(events::RawEvent event, events::decode_raw(record));
    auto& report = std::get<RawReport>(event);
    report.body.bytes.clear();
    for (Content& attachment : report.attachments) attachment.bytes.clear();
    shown = events::encode(report);
  }
  GOUJI_ASSIGN(std::string json, events::value_json(topic, shown));
  return json + "\n";
}

std::vector<std::string> cells_of(const Anomaly& anomaly) {
  std::set<std::string> cells;
  for (const RuleResult& result : anomaly.results)
    for (const Operand& operand : result.operands) cells.insert(operand.cell);
  for (const Explanation& explanation : anomaly.explanations)
    for (const Change& change : explanation.changes) cells.insert(change.cell);
  std::erase_if(cells, [](const std::string& cell) { return cell.find(':') != std::string::npos; });
  return {cells.begin(), cells.end()};
}

Result<EvidenceBundle> gather_evidence(const EvidenceRequest& request) {
  GOUJI_ASSIGN(const auto log, open_log(request.where, eventlog::LocalMode::kReader));
  EvidenceBundle bundle;
  GOUJI_ASSIGN(auto found, find_anomaly(*log, request.argument));
  bundle.anomaly_record = std::move(found.first);
  bundle.anomaly = std::move(found.second);
  GOUJI_ASSIGN(const auto wanted, wanted_of(*log, bundle));
  GOUJI_TRY(find_records(*log, wanted, bundle));
  for (EvidenceReport& report : bundle.reports) GOUJI_TRY(fill_contents(report.report, request.where.data));
  return bundle;
}

Result<std::map<std::string, std::string>> bundle_files(const EvidenceBundle& bundle, const std::string& data_folder) {
  std::map<std::string, std::string> files;
  files["anomaly.pb"] = bundle.anomaly_record.value.value_or("");
  GOUJI_ASSIGN(files["anomaly.json"], view_of(eventlog::kAnomalyTopic, bundle.anomaly_record));
  if (bundle.verdict_record) {
    files["verdict.pb"] = bundle.verdict_record->value.value_or("");
    GOUJI_ASSIGN(files["verdict.json"], view_of(eventlog::kReportCurrentTopic, *bundle.verdict_record));
  }
  for (const EvidenceReport& report : bundle.reports) GOUJI_TRY(add_report(files, report, data_folder));
  files[std::string(kAboutFile)] = about(bundle);
  files[std::string(kReadmeFile)] = readme(bundle);
  std::string sums;
  for (const auto& [name, bytes] : files) sums += to_hex(sha256(bytes)) + "  " + name + "\n";
  files[std::string(kSumsFile)] = std::move(sums);
  return files;
}

}  // namespace gouji::command
