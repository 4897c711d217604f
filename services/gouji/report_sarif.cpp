#include "services/gouji/report_sarif.h"

#include <string_view>

#include <fmt/format.h>

#include "gouji/version.h"
#include "services/gouji/cell_words.h"
#include "services/gouji/report_words.h"
#include "services/gouji/suspects.h"
#include "services/validator/core/rules.h"

namespace gouji::command {
namespace {

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kInfo: break;
  }
  return "note";
}

void write_message(JsonWriter& json, std::string_view text) {
  json.key("message").begin_object().key("text").text(text).end_object();
}

void write_artifact_location(JsonWriter& json, const CheckedDocument& document) {
  json.key("artifactLocation").begin_object().key("uri").text(uri_of(document.source)).end_object();
}

bool has_bytes(const Where& where) { return where.part == 0 && where.page == 0 && where.end > where.begin; }

void write_region(JsonWriter& json, std::string_view name, const Where& where) {
  json.key(name).begin_object().key("byteOffset").number(where.begin);
  json.key("byteLength").number(where.end - where.begin).end_object();
}

Where where_of(const CheckedDocument& document, std::string_view cell) {
  const CellPlace place = find_cell(std::get<Reading>(document.outcome), cell);
  if (place.table == nullptr || place.cell >= place.table->where.size()) return {};
  return place.table->where[place.cell];
}

void write_location(JsonWriter& json, const CheckedDocument& document, std::string_view cell, Language language) {
  const Where where = where_of(document, cell);
  json.begin_object().key("physicalLocation").begin_object();
  write_artifact_location(json, document);
  if (has_bytes(where)) write_region(json, "region", where);
  json.end_object().key("logicalLocations").begin_array().begin_object().key("fullyQualifiedName").text(cell);
  json.end_object().end_array();
  std::string words = cell_words(document, cell, language);
  if (where.page != 0) words += fmt::format("，{}", place_words(where, language));
  write_message(json, words);
  json.end_object();
}

// The cells that the best explanation changes; else the first operand of each failed rule.
std::vector<std::string> cells_of(const Anomaly& anomaly) {
  std::vector<std::string> out;
  if (!anomaly.explanations.empty())
    for (const Change& change : anomaly.explanations.front().changes) out.push_back(change.cell);
  if (out.empty())
    for (const RuleResult& result : anomaly.results)
      if (!result.operands.empty() && result.operands.front().cell.find(':') == std::string::npos)
        out.push_back(result.operands.front().cell);
  return out;
}

// Only where the figure stands in the document's own bytes for every cell.
void write_fix(JsonWriter& json, const CheckedDocument& document, const Anomaly& anomaly, Language language) {
  if (!anomaly.unique || anomaly.explanations.empty()) return;
  const Explanation& only = anomaly.explanations.front();
  for (const Change& change : only.changes)
    if (!has_bytes(where_of(document, change.cell)) || !change.reported.is_number()) return;
  json.key("fixes").begin_array().begin_object().key("description").begin_object().key("text");
  json.text(mechanism_word(only.mechanism, language)).end_object();
  json.key("artifactChanges").begin_array().begin_object();
  write_artifact_location(json, document);
  json.key("replacements").begin_array();
  for (const Change& change : only.changes) {
    json.begin_object();
    write_region(json, "deletedRegion", where_of(document, change.cell));
    json.key("insertedContent").begin_object().key("text").text(std::to_string(change.proposed)).end_object().end_object();
  }
  json.end_array().end_object().end_array().end_object().end_array();
}

void write_rules(JsonWriter& json, Language language) {
  json.key("rules").begin_array();
  for (const validator::Rule& rule : validator::rule_set().rules()) {
    json.begin_object().key("id").text(rule.id).key("shortDescription").begin_object().key("text");
    json.text(in(language, rule.applies_zh, rule.applies_en)).end_object();
    json.key("fullDescription").begin_object().key("text").text(rule.notice + "：" + rule.wording).end_object();
    json.key("defaultConfiguration").begin_object().key("level").text(level_of(rule.severity)).end_object().end_object();
  }
  json.end_array();
}

}  // namespace

std::string uri_of(const std::string& path) {
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                          std::string_view("/-._~").find(c) != std::string_view::npos;
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

SarifLog::SarifLog(Language language) : language_(language) {
  results_.begin_array();
  artifacts_.begin_array();
  notifications_.begin_array();
}

void SarifLog::add(const CheckedDocument& document) {
  artifacts_.begin_object().key("location").begin_object().key("uri").text(uri_of(document.source)).end_object();
  artifacts_.key("hashes").begin_object().key("sha-256").text(document.sha256).end_object().end_object();
  const auto* reading = std::get_if<Reading>(&document.outcome);
  const Reason* reason = nullptr;
  if (reading == nullptr)
    reason = &std::get<Refusal>(document.outcome).reason;
  else if (reading->reason)
    reason = &*reading->reason;
  if (reason != nullptr) {
    notifications_.begin_object().key("level").text("warning").key("descriptor").begin_object().key("id");
    notifications_.text(reason->code).end_object();
    write_message(notifications_, document.source + ": " + reason->message);
    notifications_.end_object();
  }
  for (const Anomaly* anomaly : anomalies_of(document)) add_result(document, *anomaly);
}

void SarifLog::add_result(const CheckedDocument& document, const Anomaly& anomaly) {
  JsonWriter& json = results_;
  json.begin_object().key("ruleId").text(anomaly.findings.empty() ? "" : anomaly.findings.front().rule);
  json.key("level").text(level_of(anomaly.severity));
  write_message(json, in(language_, anomaly.message_zh, anomaly.message_en));
  json.key("locations").begin_array();
  const std::vector<std::string> cells = cells_of(anomaly);
  for (const std::string& cell : cells) write_location(json, document, cell, language_);
  if (cells.empty()) {
    json.begin_object().key("physicalLocation").begin_object();
    write_artifact_location(json, document);
    json.end_object().end_object();
  }
  json.end_array();
  json.key("partialFingerprints").begin_object().key("goujiAnomalyId/v1").text(anomaly.id).end_object();
  write_fix(json, document, anomaly, language_);
  json.key("properties").begin_object().key("fault").text(to_string(anomaly.fault)).key("unique").boolean(anomaly.unique);
  json.key("exhaustive").boolean(anomaly.exhaustive).key("explanations").number(static_cast<std::int64_t>(anomaly.explanations.size()));
  json.end_object().end_object();
}

std::string SarifLog::json() {
  JsonWriter json;
  json.begin_object().key("$schema").text("https://json.schemastore.org/sarif-2.1.0.json").key("version").text("2.1.0");
  json.key("runs").begin_array().begin_object().key("tool").begin_object().key("driver").begin_object();
  json.key("name").text("gouji").key("version").text(version());
  write_rules(json, language_);
  json.end_object().end_object();
  json.key("language").text(in(language_, "zh-CN", "en"));
  json.key("invocations").begin_array().begin_object().key("executionSuccessful").boolean(true);
  json.key("toolExecutionNotifications").raw(notifications_.end_array().str()).end_object().end_array();
  json.key("artifacts").raw(artifacts_.end_array().str());
  json.key("results").raw(results_.end_array().str());
  return json.end_object().end_array().end_object().str();
}

}  // namespace gouji::command
