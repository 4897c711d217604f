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
#include "services/parser/core/ocr/merge_readings.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/core/prose.h"
#include "services/parser/core/report_identity.h"
#include "services/parser/core/sections.h"
#include "services/parser/core/tables.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kTitleBytesMax = 400;

std::string hint_of(const Input& input, std::string_view field) {
  for (const Hint& hint : input.hints) {
    if (hint.field == field) return hint.value;
  }
  return {};
}

std::vector<std::string> digests_of(const std::vector<Attachment>& attachments) {
  std::vector<std::string> digests;
  for (const Attachment& attachment : attachments) digests.push_back(to_hex(sha256(attachment.bytes)));
  return digests;
}

std::string media_type_of(const Document& document) {
  if (document.format == "html") return "text/html";
  if (document.format == "text") return "text/plain";
  return document.format == "json" ? "application/json" : document.format;
}

bool stands_in_text(const TableReading& table) {
  return table.status == TableStatus::kRead || table.status == TableStatus::kPartial ||
         table.status == TableStatus::kUnreadable;
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

void add_warnings(const Document& document, Reading& reading) {
  if (document.charset_conflict) {
    reading.warnings.push_back({"CHARSET_CONFLICT", "", "编码声明与内容不符 / declared charset and bytes disagree", {}});
  }
  for (const std::string& limit : document.limits) {
    reading.warnings.push_back({"LIMIT_REACHED", "", "超出限制 / cut at a limit: " + limit, {}});
  }
}

std::vector<Aid> aids_of(const Input& input, std::int32_t part) {
  std::vector<Aid> aids;
  std::copy_if(input.aids.begin(), input.aids.end(), std::back_inserter(aids),
               [&](const Aid& aid) { return aid.part == part; });
  for (Aid& aid : aids) {
    if (aid.program != Program::kOcr || aid.output.empty()) continue;
    const auto recognised = parse_ocr_output(aid.output);
    if (recognised) continue;
    aid.output.clear();
    aid.failure = Reason{"OCR_FAILED", "识别程序的输出无法读取 / " + recognised.error().message};
  }
  return aids;
}

const Reason* failure_of(const std::vector<Aid>& aids) {
  for (const Aid& aid : aids) {
    if (aid.failure) return &*aid.failure;
  }
  return nullptr;
}

class Interpreter {
 public:
  Interpreter(const Input& input, const OrganDirectory& organs, const Document& document)
      : input_(input), organs_(organs), document_(document), sections_(find_sections(document)),
        front_(read_front_matter(document, sections_)), prose_(read_prose(document, sections_)) {}

  // The same document as the second OCR reader sees it; outlives the interpreter.
  void add_witness(const Document& document) { witness_ = &document; }

  ReadOutcome run() {
    ReportIdentity identity =
        decide_identity({document_, front_, prose_, input_.hints, input_.location_id}, organs_);
    Reading reading;
    reading.tables = read_tables(document_, sections_, identity.year);
    if (witness_ != nullptr) {
      const std::vector<TableReading> seen = read_tables(*witness_, find_sections(*witness_), identity.year);
      reading.tables = merge_readings({reading.tables, kOcrReaderNames[0]}, {seen, kOcrReaderNames[1]});
    }
    const GenreEvidence genre{front_, sections_, prose_,
                              std::any_of(reading.tables.begin(), reading.tables.end(), stands_in_text),
                              std::any_of(identity.votes.begin(), identity.votes.end(), is_period)};
    if (auto reason = why_not_a_report(genre)) return Refusal{RefusalClass::kNotAReport, *std::move(reason)};
    fill(reading, std::move(identity));
    reading.pre_2019 = is_pre_2019(genre, reading.year, reading.published_on);
    if (reading.pre_2019) {
      leave_tables_out(reading.tables);
    } else {
      reading.claims = read_claims(document_, prose_, reading.tables);
      reading.reason = why_partial(reading);
      if (reading.reason) reading.status = ReadingStatus::kPartial;
    }
    return reading;
  }

  // Of a document that could not be looked at, or not all of it: what hints and text say of it.
  Reading without_tables() {
    Reading reading;
    for (const TableId id : {TableId::kT2, TableId::kT3, TableId::kT4}) {
      TableReading table;
      table.table = id;
      table.status = TableStatus::kNotInText;
      reading.tables.push_back(std::move(table));
    }
    fill(reading, decide_identity({document_, front_, prose_, input_.hints, input_.location_id}, organs_));
    return reading;
  }

 private:
  // The best title; where titles of other years stand around it, the best of the report's year.
  const Title* own_title(std::optional<std::int32_t> year) const {
    const auto same = std::find_if(front_.titles.begin(), front_.titles.end(), [&](const Title& title) { return year && title.parts.year == year; });
    if (same != front_.titles.end()) return &*same;
    return front_.titles.empty() ? nullptr : &front_.titles.front();
  }

  void fill(Reading& reading, ReportIdentity identity) {
    reading.key = std::move(identity.key);
    reading.organ_name = std::move(identity.organ_name);
    reading.year = identity.year;
    reading.votes = std::move(identity.votes);
    reading.warnings = std::move(identity.warnings);
    if (const Title* const title = own_title(reading.year)) reading.title = std::string(utf8_prefix(title->text, kTitleBytesMax));
    reading.media_type = media_type_of(document_);
    reading.charset = document_.charset;
    reading.published_on = front_.published_on.empty() ? find_date(hint_of(input_, "published_on")) : front_.published_on;
    reading.sections = section_texts(document_, sections_);
    reading.content_digest = content_digest(document_, front_, sections_, digests_of(input_.attachments));
    add_warnings(document_, reading);
  }

  const Input& input_;
  const OrganDirectory& organs_;
  const Document& document_;
  const Document* witness_ = nullptr;
  SectionMap sections_;
  FrontMatter front_;
  std::vector<Sentence> prose_;
};

}  // namespace

ReadAnswer read_or_need(const Input& input, const OrganDirectory& organs) {
  const std::string charset = hint_of(input, "charset");
  const std::vector<Aid> aids = aids_of(input, 0);
  ExtractOutcome extracted = extract({input.bytes, input.media_type, charset, aids});
  if (auto* need = std::get_if<Need>(&extracted)) return std::move(*need);
  if (auto* reason = std::get_if<Reason>(&extracted)) return Refusal{RefusalClass::kPoison, std::move(*reason)};
  const Document& document = std::get<Document>(extracted);
  const Reason* const failure = failure_of(aids);
  Interpreter interpreter(input, organs, document);
  const bool is_recognised = std::any_of(aids.begin(), aids.end(), [](const Aid& aid) {
    return aid.program == Program::kOcr && !aid.output.empty();
  });
  std::optional<Document> second;
  if (is_recognised) {
    ExtractOutcome other = extract({input.bytes, input.media_type, charset, aids, OcrReader::kDigits});
    if (auto* found = std::get_if<Document>(&other)) interpreter.add_witness(second.emplace(std::move(*found)));
  }
  ReadOutcome outcome = interpreter.run();
  // What could not be looked at may be the report: it is never called a look-alike.
  if (failure != nullptr && std::holds_alternative<Refusal>(outcome))
    outcome = interpreter.without_tables();
  if (auto* refusal = std::get_if<Refusal>(&outcome)) return std::move(*refusal);
  Reading& reading = std::get<Reading>(outcome);
  if (failure != nullptr) {
    reading.status = ReadingStatus::kPartial;
    reading.reason = *failure;
  }
  return std::move(reading);
}

Aid not_installed(const Need& need) {
  const std::string name(to_string(need.program));
  return {need.program, need.part, {},
          Reason{name + "_NOT_INSTALLED", "未安装所需的外部程序 / an outside program is not installed: " + name}};
}

Reason programs_exhausted() {
  return {"PROGRAMS_EXHAUSTED", "外部程序无助于读取 / no outside program helps"};
}

ReadOutcome read(const Input& input, const OrganDirectory& organs) {
  Input asked = input;
  for (int i = 0; i <= kNeedsMax; ++i) {
    ReadAnswer answer = read_or_need(asked, organs);
    if (auto* reading = std::get_if<Reading>(&answer)) return std::move(*reading);
    if (auto* refusal = std::get_if<Refusal>(&answer)) return std::move(*refusal);
    asked.aids.push_back(not_installed(std::get<Need>(answer)));
  }
  return Refusal{RefusalClass::kPoison, programs_exhausted()};
}

std::string extractor_version(std::string_view build_version, const OrganDirectory& organs) {
  const std::string data = to_hex(sha256(forms_digest() + organs.digest())).substr(0, 12);
  return std::string(build_version) + "+" + data;
}

}  // namespace gouji::parser
