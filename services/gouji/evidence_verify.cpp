// Holds a bundle of evidence against itself, and against parser and rules of this build where they
// are those that spoke.
#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/eventlog/topics.h"
#include "common/text/ascii.h"
#include "common/text/charset.h"
#include "gouji/version.h"
#include "services/crawler/core/content_decoding.h"
#include "services/crawler/io/warc_manifest.h"
#include "services/crawler/io/warc_reader.h"
#include "services/gouji/cell_words.h"
#include "services/gouji/check_documents.h"
#include "services/gouji/evidence.h"
#include "services/gouji/io/argument_file.h"
#include "services/parser/core/sniff.h"
#include "services/parser/service.h"
#include "services/parser/worker.h"

namespace gouji::command {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 1'000;
constexpr std::uintmax_t kFileBytesMax = 256ULL << 20;

using Files = std::map<std::string, std::string>;

class Verification {
 public:
  explicit Verification(Files files) : files_(std::move(files)) {}
  std::vector<EvidenceCheck> run();

 private:
  void holds(std::string file, std::string zh, std::string en) { add(EvidenceOutcome::kHolds, std::move(file), std::move(zh), std::move(en)); }
  void fails(std::string file, std::string zh, std::string en) { add(EvidenceOutcome::kFails, std::move(file), std::move(zh), std::move(en)); }
  void skips(std::string file, std::string zh, std::string en) { add(EvidenceOutcome::kSkipped, std::move(file), std::move(zh), std::move(en)); }
  void add(EvidenceOutcome outcome, std::string file, std::string zh, std::string en) {
    checks_.push_back({outcome, std::move(file), std::move(zh), std::move(en)});
  }
  const std::string* file(const std::string& name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
  }
  // Unless one of the files behind a check has failed already, which says enough.
  bool is_sound(const std::string& name) const {
    return std::none_of(checks_.begin(), checks_.end(), [&](const EvidenceCheck& check) { return check.outcome == EvidenceOutcome::kFails && check.file == name; });
  }

  void check_sums();
  bool read_records();
  std::optional<EvidenceReport> read_report(const std::string& folder);
  void take_contents(EvidenceReport& report);
  void check_chain();
  void check_archive_record(const EvidenceReport& report, std::size_t content);
  void check_views();
  void check_cells();
  void check_reading(const EvidenceReport& report, const parser::DocumentReader& reader);
  void check_rules();

  Files files_;
  EvidenceBundle bundle_;
  std::vector<EvidenceCheck> checks_;
};

void Verification::check_sums() {
  const std::string sums_name(kSumsFile);
  const std::string* sums = file(sums_name);
  if (sums == nullptr) return fails(sums_name, "缺少这个文件", "is missing");
  std::set<std::string> listed;
  std::size_t sound = 0;
  for (std::string_view rest = *sums; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.size() < 67 || line.substr(64, 2) != "  ") {
      fails(sums_name, fmt::format("有一行不成格式：{}", line.substr(0, 80)), "a line that is none");
      continue;
    }
    const std::string name(line.substr(66));
    listed.insert(name);
    const std::string* bytes = file(name);
    if (bytes == nullptr) {
      fails(name, "缺少这个文件", "is missing");
    } else if (to_hex(sha256(*bytes)) != line.substr(0, 64)) {
      fails(name, "与 SHA256SUMS 中的摘要不符（两者之一被改过）", "is not what SHA256SUMS says; one of the two was changed");
    } else {
      ++sound;
    }
  }
  for (const auto& [name, bytes] : files_) {
    if (name != kSumsFile && !listed.contains(name)) fails(name, "不在 SHA256SUMS 中", "is not listed in SHA256SUMS");
  }
  holds(sums_name, fmt::format("{} 个文件的 SHA-256 相符", sound), fmt::format("the SHA-256 of {} files agree", sound));
}

// The contents' bytes come from the files beside the record: what somebody looks at is what is checked.
void Verification::take_contents(EvidenceReport& report) {
  std::vector<Content*> contents{&report.report.body};
  for (Content& attachment : report.report.attachments) contents.push_back(&attachment);
  for (std::size_t i = 0; i < contents.size(); ++i) {
    const std::string beginning = report.folder + (i == 0 ? "/body." : fmt::format("/attachment-{}.", i));
    for (const auto& [name, bytes] : files_) {
      if (!name.starts_with(beginning) || name.ends_with(".warc.gz")) continue;
      contents[i]->bytes = bytes;
      if (to_hex(sha256(bytes)) == contents[i]->sha256) {
        holds(name, "与采集事件记载的摘要相符", "is what the event of the fetch says");
      } else {
        fails(name, "与采集事件（raw.pb）记载的摘要不符", "is not what the event of the fetch (raw.pb) says");
      }
    }
  }
}

std::optional<EvidenceReport> Verification::read_report(const std::string& folder) {
  const std::string raw_name = folder + "/raw.pb", parsed_name = folder + "/parsed.pb";
  if (file(raw_name) == nullptr || file(parsed_name) == nullptr) {
    fails(file(raw_name) == nullptr ? raw_name : parsed_name, "缺少这个文件", "is missing");
    return std::nullopt;
  }
  EvidenceReport report;
  report.folder = folder;
  report.raw = bare_record(*file(raw_name), std::string(events::kRawType));
  report.parsed = bare_record(*file(parsed_name), std::string(events::kParsedType));
  auto raw = events::decode_raw(report.raw);
  auto parsed = events::decode_parsed(report.parsed);
  if (!raw) fails(raw_name, "不能解码", "cannot be decoded: " + raw.error().message);
  if (!parsed) fails(parsed_name, "不能解码", "cannot be decoded: " + parsed.error().message);
  if (!raw || !parsed) return std::nullopt;
  report.report = std::move(std::get<RawReport>(*raw));
  report.reading = std::move(std::get<events::ParsedReport>(*parsed));
  take_contents(report);
  return report;
}

bool Verification::read_records() {
  const std::string* anomaly = file("anomaly.pb");
  if (anomaly == nullptr) {
    fails("anomaly.pb", "缺少这个文件", "is missing");
    return false;
  }
  bundle_.anomaly_record = bare_record(*anomaly, {});
  auto decoded = events::decode_anomaly(bundle_.anomaly_record);
  if (!decoded) {
    fails("anomaly.pb", "不能解码", "cannot be decoded: " + decoded.error().message);
    return false;
  }
  bundle_.anomaly = std::move(*decoded);
  if (const std::string* verdict = file("verdict.pb")) bundle_.verdict_record = bare_record(*verdict, std::string(events::kVerdictType));
  std::vector<std::string> folders{"report"};
  for (const auto& [name, bytes] : files_) {
    const std::string folder = name.substr(0, name.find('/'));
    if (folder.starts_with("other-") && folder != name && folder != folders.back()) folders.push_back(folder);
  }
  for (const std::string& folder : folders) {
    auto report = read_report(folder);
    if (report) bundle_.reports.push_back(std::move(*report));
    else if (folder == "report") return false;
  }
  return true;
}

// Anomaly → reading → fetch: each names the one before by an id that is computed from it.
void Verification::check_chain() {
  for (const EvidenceReport& report : bundle_.reports) {
    const std::string id = events::raw_id(report.report);
    const std::string digest = payload_digest(report.report.body, report.report.attachments);
    if (digest != report.report.payload_digest) fails(report.folder + "/raw.pb", "总摘要与各部分不符", "its payload digest is not that of its contents");
    if (report.reading.evidence.raw_id != id || report.reading.evidence.raw_digest != digest)
      fails(report.folder + "/parsed.pb", "解析结果不出自这次采集（raw.pb）", "is not the reading of this fetch (raw.pb)");
  }
  const EvidenceReport& own = bundle_.reports.front();
  const bool is_own = bundle_.anomaly.evidence.raw_id == events::raw_id(own.report) && bundle_.anomaly.evidence.raw_digest == own.report.payload_digest &&
                      bundle_.anomaly.key == own.reading.reading.key;
  if (is_own) holds("anomaly.pb", "异常所指正是 report/ 中的采集和解析", "speaks of the fetch and the reading in report/");
  else fails("anomaly.pb", "异常所指的不是 report/ 中的采集", "speaks of another fetch than that in report/");
}

// Content-Encoding of an HTTP head; empty where it has none.
std::string encoding_of(std::string_view head) {
  static constexpr std::string_view kName = "\ncontent-encoding:";
  const auto at = ascii_lower(head).find(kName);
  if (at == std::string::npos) return {};
  std::string value(head.substr(at + kName.size(), head.find('\r', at + 1) - at - kName.size()));
  value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

void Verification::check_archive_record(const EvidenceReport& report, std::size_t index) {
  const Content& content = *contents_of(report.report)[index];
  const std::string beginning = report.folder + (index == 0 ? "/body." : fmt::format("/attachment-{}.", index));
  const auto found = std::find_if(files_.begin(), files_.end(), [&](const auto& one) { return one.first.starts_with(beginning) && one.first.ends_with(".warc.gz"); });
  if (found == files_.end()) {
    if (content.warc) fails(beginning + "….warc.gz", "采集事件提到的存档记录不在包内", "the record of the archive that the event names is not here");
    else skips(report.folder, "没有请求应答存档（这次采集未存档）", "no record of an archive: none was kept of this fetch");
    return;
  }
  const std::string& name = found->first;
  auto record = crawler::read_warc_member(found->second, static_cast<std::int64_t>(kFileBytesMax));
  if (!record) return fails(name, "不是完整的 WARC 记录", "is no whole WARC record: " + record.error().message);
  const crawler::HttpBlock http = crawler::split_http(record->block);
  const bool names_it = content.warc && record->field("WARC-Record-ID") == content.warc->record_id && record->field("WARC-Payload-Digest") == content.warc->digest;
  const std::string& address = index != 0 ? content.url : report.report.final_url.empty() ? report.report.url : report.report.final_url;
  if (!names_it) return fails(name, "不是采集事件所指的记录", "is not the record that the event of the fetch names");
  if (record->field("WARC-Block-Digest") != crawler::warc_digest(record->block)) return fails(name, "记录内容与其摘要不符", "its block is not what its digest says");
  if (record->field("WARC-Type") != "response") return skips(name, "是重访记录，不含正文", "is a revisit: the payload stands in an earlier record");
  if (content.warc->digest != crawler::warc_digest(http.body)) return fails(name, "应答正文与其摘要不符", "its payload is not what its digest says");
  if (record->field("WARC-Target-URI") != address) return fails(name, "地址与采集事件不符", "is of another address than the event");
  const auto unpacked = crawler::decode_content(encoding_of(http.head), std::string(http.body), {static_cast<std::int64_t>(kFileBytesMax)});
  if (unpacked && *unpacked == content.bytes) return holds(name, "应答正文就是这份文件", "its payload is this very document");
  fails(name, "应答正文不是这份文件", "its payload is another document");
}

// What can be made from the records again must be what stands there.
void Verification::check_views() {
  const std::string* about = file(std::string(kAboutFile));
  const std::string mine = fmt::format("\"gouji\":\"{}\"", version());
  if (about == nullptr || about->find(mine) == std::string::npos)
    return skips(std::string(kAboutFile), "由其他版本写成，未重新生成比对", "was written by another version, not made again");
  const auto made = bundle_files(bundle_, {});
  if (!made) return fails(std::string(kAboutFile), "不能重新生成", "cannot be made again: " + made.error().message);
  std::size_t same = 0;
  for (const auto& [name, bytes] : *made) {
    const std::string* here = file(name);
    if (name == kSumsFile || !(name.ends_with(".json") || name.ends_with(".txt")) || name.find("/body.") != std::string::npos || name.find("/attachment-") != std::string::npos) continue;
    if (here != nullptr && *here == bytes) ++same;
    else fails(name, "与包内记录（*.pb）所载不符", "does not say what the records (*.pb) say");
  }
  holds(std::string(kAboutFile), fmt::format("{} 个说明文件与记录一致", same), fmt::format("{} files for people say what the records say", same));
}

// Without tags and blanks, so that a figure broken by markup is still one figure.
std::string bare(std::string_view text) {
  std::string out;
  bool is_tag = false;
  for (const char c : text) {
    if (c == '<') is_tag = true;
    if (!is_tag && static_cast<unsigned char>(c) > ' ') out.push_back(c);
    if (c == '>') is_tag = false;
  }
  return out;
}

void Verification::check_cells() {
  const EvidenceReport& own = bundle_.reports.front();
  const auto contents = contents_of(own.report);
  const std::string name = "report/" + content_file(own.report, 0);
  std::size_t found = 0, elsewhere = 0;
  for (const std::string& id : cells_of(bundle_.anomaly)) {
    const CellPlace place = find_cell(own.reading.reading, id);
    if (place.table == nullptr || place.table->cells.empty()) continue;
    const Where& where = place.table->where[place.cell];
    const std::string raw = bare(place.table->raw[place.cell]);
    const auto part = static_cast<std::size_t>(where.part);
    const auto format = part < contents.size() ? parser::sniff(contents[part]->bytes) : parser::Format::kBinary;
    const bool is_text = format == parser::Format::kHtml || format == parser::Format::kText;
    if (raw.empty() || !is_text || where.page != 0 || where.begin < 0 || where.end <= where.begin || where.end > static_cast<std::int64_t>(contents[part]->bytes.size())) {
      ++elsewhere;
      continue;
    }
    const std::string_view bytes = std::string_view(contents[part]->bytes).substr(static_cast<std::size_t>(where.begin), static_cast<std::size_t>(where.end - where.begin));
    const auto charset = decide_charset(contents[part]->bytes, {own.reading.reading.charset});
    const std::string text = charset ? decode_text(bytes, {charset->charset, 0, false, charset->is_damaged}) : std::string(bytes);
    if (bare(text).find(raw) != std::string::npos) ++found;
    else if (text.find('&') != std::string::npos) ++elsewhere;
    else fails(name, fmt::format("{} 的值“{}”不在所记位置", id, raw), fmt::format("{} does not stand where it was read: \"{}\"", id, raw));
  }
  if (found > 0) holds(name, fmt::format("{} 个单元格的值就在原始字节的所记位置", found), fmt::format("{} cells stand in the bytes where they were read", found));
  if (elsewhere > 0)
    skips(name, fmt::format("{} 个单元格的位置不是可直接比对的文字（空白、PDF、Office 等）", elsewhere), fmt::format("{} cells have no place in plain bytes (blank, PDF, office files)", elsewhere));
}

bool has_same_cells(const Reading& a, const Reading& b) {
  if (a.key != b.key || a.tables.size() != b.tables.size()) return false;
  for (std::size_t i = 0; i < a.tables.size(); ++i)
    if (a.tables[i].cells != b.tables[i].cells || a.tables[i].raw != b.tables[i].raw) return false;
  return true;
}

void Verification::check_reading(const EvidenceReport& report, const parser::DocumentReader& reader) {
  const std::string name = report.folder + "/parsed.pb";
  if (parser::this_extractor() != report.reading.evidence.extractor)
    return skips(name, "由其他版本的解析器读出：" + report.reading.evidence.extractor, "was read by another version of the parser: " + report.reading.evidence.extractor);
  events::ReadRequest request;
  request.body = report.report.body.bytes;
  request.attachments = report.report.attachments;
  for (Content& attachment : request.attachments) attachment.reference.clear();
  request.media_type = report.report.body.media_type;
  request.url = report.report.final_url.empty() ? report.report.url : report.report.final_url;
  request.location_id = report.report.location_id;
  request.hints = report.report.hints;
  const auto outcome = reader(request);
  if (!outcome) return skips(name, "未能重新解析", "could not be read again: " + outcome.error().message);
  const auto* reading = std::get_if<Reading>(&*outcome);
  if (reading == nullptr || !has_same_cells(*reading, report.reading.reading))
    return fails(name, "重新解析原始字节，结果不同", "the same parser reads something else in these bytes");
  holds(name, "重新解析原始字节，各表各单元格相同", "the same parser reads the same cells in these bytes");
}

void Verification::check_rules() {
  if (validator::rule_set_version() != bundle_.anomaly.evidence.rule_set)
    return skips("anomaly.pb", "由其他版本的规则得出：" + bundle_.anomaly.evidence.rule_set, "comes from another version of the rules: " + bundle_.anomaly.evidence.rule_set);
  CheckLedger ledger;
  bool is_there = false;
  // Other years first: they are what this report is compared with.
  for (auto report = bundle_.reports.rbegin(); report != bundle_.reports.rend(); ++report) {
    CheckedDocument document;
    document.source = report->reading.location_id;
    document.sha256 = report->report.payload_digest;
    document.outcome = report->reading.reading;
    const auto judgement = judge_document(document, ledger);
    for (const Anomaly& anomaly : judgement.transitions)
      is_there = is_there || (anomaly.key == bundle_.anomaly.key && anomaly.findings == bundle_.anomaly.findings && anomaly.cells_digest == bundle_.anomaly.cells_digest);
  }
  if (is_there) holds("anomaly.pb", "重新核对，得出同一异常", "the same rules find the same anomaly");
  else fails("anomaly.pb", "重新核对，没有这项异常", "the same rules do not find this anomaly");
}

std::vector<EvidenceCheck> Verification::run() {
  check_sums();
  if (!read_records()) return std::move(checks_);
  check_chain();
  for (const EvidenceReport& report : bundle_.reports)
    for (std::size_t i = 0; i < contents_of(report.report).size(); ++i) check_archive_record(report, i);
  check_views();
  check_cells();
  runtime::WorkerPoolOptions options;
  options.kind = parser::kWorkerKind;
  options.workers = 1;
  auto pool = runtime::WorkerPool::create(options);
  auto programs = parser::programs_of_environment();
  if (pool && programs) {
    const parser::DocumentReader reader = parser::reader_over(**pool, std::move(*programs));
    for (const EvidenceReport& report : bundle_.reports) check_reading(report, reader);
  } else {
    skips("report/parsed.pb", "不能启动解析进程，未重新解析", "no worker process can be started: not read again");
  }
  check_rules();
  return std::move(checks_);
}

Result<Files> read_files(const std::string& folder) {
  Files files;
  std::error_code code;
  for (fs::recursive_directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    if (at->is_directory() && !at->is_symlink()) continue;
    const std::string name = fs::relative(at->path(), folder).string();
    if (!at->is_regular_file() || at->is_symlink() || at->file_size() > kFileBytesMax || files.size() >= kFilesMax)
      return invalid_input(ErrorCode::kTooLarge, fmt::format("{}/{}：不是普通文件，或太大、太多 / no plain file, too large or too many", folder, name));
    GOUJI_ASSIGN(files[name], read_argument(at->path().string(), kFileBytesMax));
  }
  if (code) return fatal(ErrorCode::kNotFound, fmt::format("{}：{}", folder, code.message()));
  return files;
}

}  // namespace

Result<std::vector<EvidenceCheck>> verify_bundle(const std::string& folder) {
  const fs::path root(folder);
  std::error_code code;
  if (!fs::exists(root / kSumsFile, code) && !fs::exists(root / "anomaly.pb", code) && !fs::exists(root / kAboutFile, code))
    return fatal(ErrorCode::kNotFound, fmt::format("{}：不是证据包，也不是存档目录 / neither a bundle of evidence nor an archive", folder));
  GOUJI_ASSIGN(Files files, read_files(folder));
  return Verification(std::move(files)).run();
}

Result<std::vector<EvidenceCheck>> verify_archive(const std::string& folder) {
  GOUJI_ASSIGN(const auto found, crawler::check_manifests(folder));
  std::vector<EvidenceCheck> checks;
  for (const std::string& name : found.changed) checks.push_back({EvidenceOutcome::kFails, name, "被改过，或与清单链不符", "was changed, or breaks the chain of manifests"});
  for (const std::string& name : found.missing) checks.push_back({EvidenceOutcome::kSkipped, name, "已不在（可能按保留期删除）", "is gone; perhaps its retention was over"});
  checks.push_back({EvidenceOutcome::kHolds, folder, fmt::format("{} 份清单、{} 个存档文件相符", found.manifests, found.files),
                    fmt::format("{} manifests and {} files agree", found.manifests, found.files)});
  return checks;
}

}  // namespace gouji::command
