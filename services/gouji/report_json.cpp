#include "services/gouji/report_json.h"

#include <fmt/format.h>

#include "common/core/decimal.h"
#include "services/gouji/json_writer.h"

namespace gouji::command {
namespace {

void write_where(JsonWriter& json, const Where& where) {
  json.begin_object();
  if (where.part != 0) json.key("part").number(where.part);
  if (where.page != 0) {
    json.key("page").number(where.page).key("box").begin_array();
    for (const std::int32_t side : {where.left, where.top, where.right, where.bottom}) json.number(side);
    json.end_array();
  } else if (where.end > where.begin) {
    json.key("bytes").begin_array().number(where.begin).number(where.end).end_array();
  }
  json.end_object();
}

// 1/1000 as the decimal that the contract shows: 1000 -> 1.0, 950 -> 0.95.
std::string per_mille(std::uint16_t value) {
  std::string digits = fmt::format("{}.{:03}", value / 1000, value % 1000);
  while (digits.ends_with("00") || (digits.ends_with('0') && digits[digits.size() - 2] != '.')) digits.pop_back();
  return digits;
}

bool is_money(const Form& table_form, std::uint16_t cell) { return table_form.cells()[cell].type == CellType::kMoney; }

void write_value(JsonWriter& json, const TableReading& table, const Form& table_form, std::uint16_t i) {
  json.key("value");
  if (!table.cells[i].is_number())
    json.null();
  else if (is_money(table_form, i))
    json.text(printed_value(table, i));
  else
    json.number(table.cells[i].value);
  if (!is_money(table_form, i)) return;
  json.key("unit");
  if (table.money_unit == MoneyUnit::kWanYuan)
    json.text("万元");
  else
    json.null();
}

void write_cell(JsonWriter& json, const TableReading& table, const Form& table_form, std::uint16_t i,
                const Verdict* verdict) {
  json.key(table_form.cells()[i].id).begin_object();
  json.key("state").text(to_string(table.cells[i].state));
  write_value(json, table, table_form, i);
  json.key("raw").text(i < table.raw.size() ? table.raw[i] : "");
  json.key("where");
  write_where(json, i < table.where.size() ? table.where[i] : Where{});
  json.key("confidence").raw(per_mille(i < table.confidence.size() ? table.confidence[i] : 0));
  bool has_readings = false;
  for (const AlternativeReading& other : table.alternatives) {
    if (other.cell != i) continue;
    if (!has_readings) json.key("readings").begin_array();
    has_readings = true;
    json.begin_object().key("value").number(other.value).key("reader").text(other.reader).end_object();
  }
  if (has_readings) json.end_array();
  if (verdict != nullptr)
    for (const DerivedValue& derived : verdict->derived)
      if (derived.cell == table_form.cells()[i].id) json.key("derived").number(derived.value);
  json.end_object();
}

void write_tables(JsonWriter& json, const Reading& reading, const Verdict* verdict) {
  json.key("tables").begin_object();
  for (const TableReading& table : reading.tables) {
    json.key(to_string(table.table)).begin_object().key("status").text(to_string(table.status)).key("edition");
    if (table.status == TableStatus::kRead || table.status == TableStatus::kPartial)
      json.text(to_string(table.edition));
    else
      json.null();
    json.end_object();
  }
  json.end_object().key("cells").begin_object();
  for (const TableReading& table : reading.tables) {
    const Form& table_form = form(table.table, table.edition);
    for (std::size_t i = 0; i < table.cells.size(); ++i)
      write_cell(json, table, table_form, static_cast<std::uint16_t>(i), verdict);
  }
  json.end_object();
}

void write_attachments(JsonWriter& json, const Reading& reading) {
  if (reading.attachments.empty()) return;
  json.key("attachments").begin_array();
  for (const AttachmentRead& attachment : reading.attachments)
    json.begin_object().key("name").text(attachment.name).key("sha256").text(attachment.sha256).key("used").boolean(attachment.is_used).end_object();
  json.end_array();
}

void write_claims(JsonWriter& json, const Reading& reading) {
  json.key("claims").begin_array();
  for (const Claim& claim : reading.claims) {
    json.begin_object().key("text").text(claim.text).key("value").number(claim.value).key("unit").text(claim.unit);
    json.key("hedged").boolean(claim.hedged).key("readings").begin_array();
    for (const auto& cells : claim.readings) json.text(fmt::format("{}", fmt::join(cells, "+")));
    json.end_array().key("where");
    write_where(json, claim.where);
    json.end_object();
  }
  json.end_array();
}

void write_operand_value(JsonWriter& json, const Cell& cell) {
  if (cell.is_number())
    json.number(cell.value);
  else
    json.null();
}

void write_verdict(JsonWriter& json, const Verdict* verdict) {
  json.key("verdict");
  if (verdict == nullptr) {
    json.null();
    return;
  }
  json.begin_object().key("rule_set").text(verdict->rule_set).key("results").begin_array();
  for (const RuleResult& result : verdict->results) {
    json.begin_object().key("rule").text(result.rule).key("instance").text(result.instance);
    json.key("status").text(to_string(result.status)).key("severity").text(to_string(result.severity));
    if (result.status == RuleStatus::kNotApplicable) json.key("reason").text(result.reason);
    if (result.status == RuleStatus::kFailed) {
      json.key("cells").begin_object();
      for (const Operand& operand : result.operands) {
        json.key(operand.cell);
        write_operand_value(json, operand.value);
      }
      json.end_object();
      if (result.difference) json.key("difference").number(*result.difference);
    }
    json.end_object();
  }
  json.end_array().end_object();
}

void write_explanations(JsonWriter& json, const Anomaly& anomaly) {
  json.key("explanations").begin_array();
  for (const Explanation& explanation : anomaly.explanations) {
    json.begin_object().key("changes").begin_array();
    for (const Change& change : explanation.changes) {
      json.begin_object().key("cell").text(change.cell).key("reported");
      write_operand_value(json, change.reported);
      json.key("proposed").number(change.proposed).end_object();
    }
    json.end_array().key("mechanism").text(to_string(explanation.mechanism)).key("supported_by").begin_array();
    for (const std::string& name : explanation.supported_by) json.text(name);
    json.end_array().end_object();
  }
  json.end_array();
}

void write_anomalies(JsonWriter& json, const validator::Judgement& judgement, const Verdict* verdict) {
  json.key("anomalies").begin_array();
  for (const Anomaly& anomaly : judgement.transitions) {
    if (verdict == nullptr || anomaly.key != verdict->key) continue;
    json.begin_object().key("id").text(anomaly.id).key("kind").text(to_string(anomaly.category));
    json.key("severity").text(to_string(anomaly.severity)).key("fault").text(to_string(anomaly.fault));
    json.key("values").text(anomaly.cells_digest).key("waived").boolean(anomaly.waiver.has_value());
    json.key("rules").begin_array();
    for (std::size_t i = 0; i < anomaly.findings.size(); ++i)
      if (i == 0 || anomaly.findings[i].rule != anomaly.findings[i - 1].rule) json.text(anomaly.findings[i].rule);
    json.end_array().key("findings").begin_array();
    for (const Finding& finding : anomaly.findings)
      json.begin_object().key("rule").text(finding.rule).key("instance").text(finding.instance).end_object();
    json.end_array().key("unique").boolean(anomaly.unique).key("exhaustive").boolean(anomaly.exhaustive);
    write_explanations(json, anomaly);
    json.key("message").begin_object().key("zh").text(anomaly.message_zh).key("en").text(anomaly.message_en);
    json.end_object().end_object();
  }
  json.end_array();
}

void write_reason(JsonWriter& json, const std::optional<Reason>& reason) {
  json.key("reason");
  if (!reason) {
    json.null();
    return;
  }
  json.begin_object().key("code").text(reason->code).key("message").text(reason->message).end_object();
}

void write_report(JsonWriter& json, const Reading& reading) {
  json.key("report").begin_object().key("organ");
  if (reading.organ_name)
    json.text(*reading.organ_name);
  else
    json.null();
  json.key("year");
  if (reading.year)
    json.number(*reading.year);
  else
    json.null();
  json.key("scope").text(to_string(reading.key.scope)).key("key").text(to_string(reading.key)).end_object();
}

}  // namespace

std::string printed_value(const TableReading& table, std::uint16_t cell) {
  const Cell& value = table.cells[cell];
  if (!value.is_number()) return {};
  if (is_money(form(table.table, table.edition), cell)) return wan_yuan_from_fen(value.value);
  return std::to_string(value.value);
}

std::string_view status_of(const ReadOutcome& outcome) {
  if (const auto* refusal = std::get_if<Refusal>(&outcome))
    return refusal->refusal_class == RefusalClass::kNotAReport ? "NOT_A_REPORT" : "REJECTED";
  return std::get<Reading>(outcome).status == ReadingStatus::kParsed ? "PARSED" : "PARTIAL";
}

const Verdict* verdict_of(const validator::Judgement& judgement) {
  return judgement.verdicts.empty() ? nullptr : &judgement.verdicts.front();
}

std::string check_json(const CheckedDocument& document) {
  JsonWriter json;
  const auto* reading = std::get_if<Reading>(&document.outcome);
  json.begin_object().key("source").text(document.source).key("sha256").text(document.sha256);
  json.key("media_type").text(reading != nullptr ? reading->media_type : document.media_type);
  json.key("status").text(status_of(document.outcome));
  if (reading == nullptr) {
    write_reason(json, std::get<Refusal>(document.outcome).reason);
    json.key("report").null().key("tables").begin_object().end_object().key("cells").begin_object().end_object();
    json.key("claims").begin_array().end_array().key("verdict").null().key("anomalies").begin_array().end_array();
    return json.end_object().str();
  }
  const Verdict* verdict = verdict_of(document.judgement);
  write_reason(json, reading->reason);
  write_report(json, *reading);
  write_attachments(json, *reading);
  write_tables(json, *reading, verdict);
  write_claims(json, *reading);
  write_verdict(json, verdict);
  write_anomalies(json, document.judgement, verdict);
  return json.end_object().str();
}

}  // namespace gouji::command
