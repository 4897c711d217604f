#include "services/parser/core/read.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/core/digest.h"
#include "common/text/utf8.h"
#include "services/parser/core/claims.h"
#include "services/parser/core/content_digest.h"
#include "services/parser/core/extract.h"
#include "services/parser/core/front_matter.h"
#include "services/parser/core/genre.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/core/part.h"
#include "services/parser/core/report_identity.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kTitleBytesMax = 400;
constexpr std::size_t kNoteBytesMax = 200;
// Attachments behind these are not looked into.
constexpr std::size_t kAttachmentsMax = 16;

std::string hint_of(const Input& input, std::string_view field) {
  for (const Hint& hint : input.hints) {
    if (hint.field == field) return hint.value;
  }
  return {};
}

std::vector<std::string> digests_of(const std::vector<AttachmentRead>& attachments) {
  std::vector<std::string> digests;
  for (const AttachmentRead& attachment : attachments) digests.push_back(attachment.sha256);
  return digests;
}

std::string media_type_of(const Document& document) {
  if (document.format == "html") return "text/html";
  if (document.format == "text") return "text/plain";
  if (document.format == "doc") return "application/msword";
  if (document.format == "docx") return std::string(media_type(Format::kDocx));
  if (document.format == "xlsx") return std::string(media_type(Format::kXlsx));
  if (document.format == "rtf") return std::string(media_type(Format::kRtf));
  if (document.format == "ofd") return std::string(media_type(Format::kOfd));
  return document.format == "json" ? "application/json" : document.format;
}

// Why a report is PARTIAL: the first table that is not whole, and how many are not.
std::optional<Reason> why_partial(const Reading& reading) {
  std::string tables;
  bool is_unreadable = false;
  for (const TableReading& table : reading.tables) {
    if (table.status == TableStatus::kRead) continue;
    if (!tables.empty()) tables += ", ";
    tables += std::string(to_string(table.table)) + " " + std::string(to_string(table.status));
    is_unreadable = is_unreadable || table.status == TableStatus::kUnreadable;
  }
  if (tables.empty()) return std::nullopt;
  return Reason{is_unreadable ? "TABLE_UNREADABLE" : "TABLE_INCOMPLETE",
                "表格未能完整读取 / tables not read in full: " + tables};
}

bool is_period(const Vote& vote) { return vote.field == "year" && vote.source.starts_with("period"); }

void leave_tables_out(std::vector<TableReading>& tables) {
  for (TableReading& table : tables) {
    const TableId id = table.table;
    table = TableReading{};
    table.table = id;
  }
}

void add_warnings(const Part& part, std::vector<ReadingNote>& warnings) {
  const Where where{part.number};
  if (part.document.charset_conflict) {
    warnings.push_back({"CHARSET_CONFLICT", "", "编码声明与内容不符 / declared charset and bytes disagree", where});
  }
  if (!part.next_report.empty()) {
    warnings.push_back({"SEVERAL_REPORTS", "", "文件含多份报告，只读取第一份 / only the first report of several is read; the next one: " + part.next_report, where});
  }
  for (const std::string& limit : part.document.limits) {
    warnings.push_back({"LIMIT_REACHED", "", "超出限制 / cut at a limit: " + limit, where});
  }
}

Reason no_report() {
  return {"NO_REPORT", "没有年度报告的标题、章节、表格或统计数据 / nothing of an annual report: no title, section, table or figures"};
}

bool is_ocr(const Aid& aid) { return aid.program == Program::kOcr; }

// The aids of a part; what a program printed beside its format counts as a failure of it.
std::vector<Aid> aids_of(const Input& input, std::int32_t part) {
  std::vector<Aid> aids;
  std::copy_if(input.aids.begin(), input.aids.end(), std::back_inserter(aids),
               [&](const Aid& aid) { return aid.part == part; });
  for (Aid& aid : aids) {
    if (!is_ocr(aid) || aid.output.empty()) continue;
    const auto recognised = parse_ocr_output(aid.output);
    if (recognised) continue;
    aid.output.clear();
    aid.failure = Reason{"OCR_FAILED", "识别程序的输出无法读取 / " + recognised.error().message};
  }
  return aids;
}

// One report: its page, and its attachments where the page lacks something.
class Interpreter {
 public:
  Interpreter(const Input& input, const OrganDirectory& organs) : input_(input), organs_(organs) {}

  ReadAnswer run() {
    ReadOutcome outcome = read();
    if (need_) return *std::move(need_);
    if (auto* refusal = std::get_if<Refusal>(&outcome)) return std::move(*refusal);
    return std::get<Reading>(std::move(outcome));
  }

 private:
  ReadOutcome read() {
    parts_.reserve(1 + kAttachmentsMax);
    std::optional<Reason> unread = take_body();
    if (need_) return Refusal{};
    if (unread && input_.attachments.empty()) return Refusal{RefusalClass::kPoison, *std::move(unread)};
    std::optional<Reason> refused = parts_.empty() ? no_report() : why_refused(parts_.front(), identity_.votes);
    if (parts_.empty() || !parts_.front().has_whole_tables()) {
      if (auto refusal = take_attachments(refused)) return *std::move(refusal);
    }
    // What could not be looked at may be the report: it is never called a look-alike.
    if (refused && !unseen_ && !refused_alone_is_report(*refused)) return refusal_of(*std::move(refused), unread);
    if (parts_.empty()) return Refusal{RefusalClass::kPoison, *std::move(unread)};
    if (unread) warn("BODY_UNREADABLE", 0, unread->code);
    return reading();
  }

  using Extracted = std::variant<Part, Reason>;

  Extracted extract_part(Source source, std::int32_t number) {
    const std::vector<Aid> aids = aids_of(input_, number);
    source.aids = aids;
    ExtractOutcome extracted = extract(source);
    if (auto* need = std::get_if<Need>(&extracted)) {
      need->part = number;
      if (!need_) need_ = std::move(*need);
      return Reason{"PROGRAM_NEEDED", ""};
    }
    if (auto* reason = std::get_if<Reason>(&extracted)) return std::move(*reason);
    Part part(std::move(std::get<Document>(extracted)), number);
    const auto ocr = std::find_if(aids.begin(), aids.end(), is_ocr);
    if (ocr == aids.end()) return part;
    if (ocr->failure && !unseen_) unseen_ = ocr->failure;
    source.ocr_reader = OcrReader::kDigits;
    ExtractOutcome second = ocr->output.empty() ? ExtractOutcome() : extract(source);
    if (auto* witness = std::get_if<Document>(&second); witness != nullptr && !ocr->output.empty())
      part.add_witness(std::move(*witness));
    return part;
  }

  IdentityEvidence evidence_of(const Part& part, bool has_hints) const {
    return {part.document, part.front, part.prose, has_hints ? input_.hints : no_hints_, input_.location_id, part.number};
  }

  void identify() {
    std::vector<IdentityEvidence> evidence;
    for (const Part& part : parts_) evidence.push_back(evidence_of(part, &part == &parts_.front()));
    identity_ = decide_identity(evidence, organs_);
  }

  // Why the body cannot be read.
  std::optional<Reason> take_body() {
    const std::string charset = hint_of(input_, "charset");
    Extracted body = extract_part({input_.bytes, input_.media_type, charset}, 0);
    if (auto* reason = std::get_if<Reason>(&body)) return std::move(*reason);
    parts_.push_back(std::move(std::get<Part>(body)));
    identify();
    parts_.front().read_tables(identity_.year);
    return std::nullopt;
  }

  // Reads the attachments that belong to the report; a refusal when they are reports of several organs
  // or years.
  std::optional<Refusal> take_attachments(const std::optional<Reason>& refused) {
    for (std::size_t i = 0; i < std::min(input_.attachments.size(), kAttachmentsMax); ++i) {
      const Attachment& attachment = input_.attachments[i];
      const auto number = static_cast<std::int32_t>(i + 1);
      Extracted extracted = extract_part({attachment.bytes, attachment.media_type, {}}, number);
      if (need_) return std::nullopt;
      if (const auto* reason = std::get_if<Reason>(&extracted)) {
        warn("ATTACHMENT_UNREADABLE", number, attachment.name + ": " + reason->code);
        if (!unread_attachment_) unread_attachment_ = *reason;
        continue;
      }
      if (!take_part(std::move(std::get<Part>(extracted)), refused.has_value())) return several_reports();
    }
    return std::nullopt;
  }

  // False when a page that is no report itself has reports of several organs or years attached.
  bool take_part(Part part, bool body_is_no_report) {
    const std::vector<IdentityEvidence> alone{evidence_of(part, false)};
    const ReportIdentity identity = decide_identity(alone, organs_);
    part.read_tables(identity_.year ? identity_.year : identity.year);
    const bool is_report = !why_refused(part, identity.votes) && part.has_figures();
    if (!part.has_table() && part.sections.marks().empty()) return true;  // something else: a form to apply with, a list
    if (!body_is_no_report && are_different_reports(identity_, identity)) {
      warn("ATTACHMENT_OF_OTHER_REPORT", part.number, input_.attachments[static_cast<std::size_t>(part.number) - 1].name);
      return true;
    }
    if (body_is_no_report && is_report) {
      if (attached_ && are_different_reports(*attached_, identity)) return false;
      if (!attached_) attached_ = identity;
    }
    if (body_is_no_report && !is_report) return true;  // a blank form
    parts_.push_back(std::move(part));
    identify();
    return true;
  }

  static Refusal several_reports() {
    return {RefusalClass::kNotAReport,
            {"SEVERAL_REPORTS", "附件是多个机关或年度的报告 / reports of several organs or years are attached"}};
  }

  // A page that only carries the report: a line with a link, or a notice that publishes it.
  bool refused_alone_is_report(const Reason& refused) const {
    return attached_ && (refused.code == "NO_REPORT" || refused.code == "NOTICE_ABOUT_REPORTS");
  }

  Refusal refusal_of(Reason refused, const std::optional<Reason>& unread) const {
    if (unread) return {RefusalClass::kPoison, *unread};
    // The report may be in what could not be read.
    if (refused.code == "NO_REPORT" && unread_attachment_) return {RefusalClass::kPoison, *unread_attachment_};
    return {RefusalClass::kNotAReport, std::move(refused)};
  }

  static GenreEvidence genre_of(const Part& part, const std::vector<Vote>& votes) {
    return {part.front, part.sections, part.prose, part.has_table(), part.has_figures(), std::any_of(votes.begin(), votes.end(), is_period)};
  }

  static std::optional<Reason> why_refused(const Part& part, const std::vector<Vote>& votes) {
    return why_not_a_report(genre_of(part, votes));
  }

  // The part that has the prose: the one with most sections, the body among equals.
  const Part& prose_part() const {
    return *std::max_element(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
      return a.sections.marks().size() < b.sections.marks().size();
    });
  }

  Reading reading() {
    Reading reading;
    const Part& prose = prose_part();
    reading.tables = choose_tables(parts_);
    // Not seen is not the same as not there.
    for (TableReading& table : reading.tables)
      if (unseen_ && table.status == TableStatus::kAbsent) table.status = TableStatus::kNotInText;
    fill(reading, prose);
    reading.pre_2019 = is_pre_2019(genre_of(prose, identity_.votes), reading.year, reading.published_on);
    if (reading.pre_2019) {
      leave_tables_out(reading.tables);
    } else {
      reading.claims = read_claims(prose.document, prose.prose, reading.tables);
      reading.reason = why_partial(reading);
      if (unseen_ && (reading.reason || is_body_unseen())) reading.reason = unseen_;
      if (reading.reason) reading.status = ReadingStatus::kPartial;
    }
    return reading;
  }

  bool is_body_unseen() const {
    return std::any_of(input_.aids.begin(), input_.aids.end(), [](const Aid& aid) { return is_ocr(aid) && aid.part == 0 && aid.failure; });
  }

  // The best title; where titles of other years stand around it, the best of the report's year.
  static const Title* own_title(const FrontMatter& front, std::optional<std::int32_t> year) {
    const auto same = std::find_if(front.titles.begin(), front.titles.end(), [&](const Title& title) { return year && title.parts.year == year; });
    if (same != front.titles.end()) return &*same;
    return front.titles.empty() ? nullptr : &front.titles.front();
  }

  void fill(Reading& reading, const Part& prose) {
    reading.key = std::move(identity_.key);
    reading.organ_name = std::move(identity_.organ_name);
    reading.year = identity_.year;
    const Part& first = parts_.front();
    for (const Part* part : {&first, &prose}) {
      const Title* const title = own_title(part->front, reading.year);
      if (title != nullptr && reading.title.empty()) reading.title = std::string(utf8_prefix(title->text, kTitleBytesMax));
      if (reading.published_on.empty()) reading.published_on = part->front.published_on;
    }
    if (reading.published_on.empty()) reading.published_on = find_date(hint_of(input_, "published_on"));
    reading.media_type = media_type_of(first.document);
    reading.charset = first.document.charset;
    reading.sections = section_texts(prose.document, prose.sections);
    reading.attachments = attachments_read();
    reading.content_digest = content_digest(first.document, first.front, first.sections, digests_of(reading.attachments));
    reading.warnings = std::move(identity_.warnings);
    reading.warnings.insert(reading.warnings.end(), warnings_.begin(), warnings_.end());
    for (const Part& part : parts_) add_warnings(part, reading.warnings);
    reading.votes = identity_.votes;
  }

  std::vector<AttachmentRead> attachments_read() const {
    std::vector<AttachmentRead> read;
    for (const Attachment& attachment : input_.attachments) {
      const auto number = static_cast<std::int32_t>(read.size() + 1);
      const bool is_used = std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.number == number; });
      read.push_back({attachment.name, attachment.url, to_hex(sha256(attachment.bytes)), is_used});
    }
    return read;
  }

  void warn(std::string code, std::int32_t part, std::string_view text) {
    warnings_.push_back({std::move(code), "", std::string(utf8_prefix(text, kNoteBytesMax)), Where{part}});
  }

  const Input& input_;
  const OrganDirectory& organs_;
  const std::vector<Hint> no_hints_;
  std::vector<Part> parts_;  // the body first, if it can be read; then what the attachments add
  ReportIdentity identity_;  // of all parts together
  std::optional<ReportIdentity> attached_;  // of the first report that is attached to a page that is none
  std::optional<Reason> unread_attachment_;
  std::optional<Need> need_;      // of the first part that cannot be read without a program
  std::optional<Reason> unseen_;  // why a picture, or some pages, could not be looked at
  std::vector<ReadingNote> warnings_;
};

}  // namespace

ReadAnswer read_or_need(const Input& input, const OrganDirectory& organs) { return Interpreter(input, organs).run(); }

Aid failed(const Need& need, std::string code, std::string why) {
  return {need.program, need.part, {}, Reason{std::string(to_string(need.program)) + "_" + std::move(code), std::move(why)}};
}

Aid not_installed(const Need& need) {
  return failed(need, "NOT_INSTALLED", "未安装所需的外部程序 / an outside program is not installed: " + std::string(to_string(need.program)));
}

ReadOutcome read(const Input& input, const OrganDirectory& organs) {
  Input asked = input;
  for (int i = 0; i < kNeedsMax; ++i) {
    ReadAnswer answer = read_or_need(asked, organs);
    if (auto* reading = std::get_if<Reading>(&answer)) return std::move(*reading);
    if (auto* refusal = std::get_if<Refusal>(&answer)) return std::move(*refusal);
    asked.aids.push_back(not_installed(std::get<Need>(answer)));
  }
  return Refusal{RefusalClass::kPoison, programs_exhausted()};
}

Reason programs_exhausted() {
  return {"PROGRAMS_EXHAUSTED", "外部程序无助于读取 / no outside program helps"};
}

std::string extractor_version(std::string_view build_version, const OrganDirectory& organs) {
  const std::string data = to_hex(sha256(forms_digest() + organs.digest())).substr(0, 12);
  return std::string(build_version) + "+" + data;
}

}  // namespace gouji::parser
