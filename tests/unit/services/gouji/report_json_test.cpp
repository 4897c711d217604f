// The contract of `gouji check --format json`, field by field, read with a JSON parser.
#include "services/gouji/report_json.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace gouji::command {
namespace {

Reading reading() {
  Reading reading;
  reading.key = {"411000-gov", 2019, Scope::kAggregate};
  reading.organ_name = "许昌市人民政府";
  reading.year = 2019;
  reading.media_type = "text/html";
  for (const TableId id : kTables) {
    TableReading table;
    table.table = id;
    table.edition = id == TableId::kT4 ? Edition::k2021 : Edition::k2019;
    table.status = TableStatus::kRead;
    const std::size_t n = form(id, table.edition).size();
    table.cells.assign(n, Cell::number(7));
    table.where.assign(n, {0, 0, 10, 12});
    table.raw.assign(n, "7");
    table.confidence.assign(n, 950);
    table.witnesses.assign(n, 1);
    reading.tables.push_back(table);
  }
  reading.tables[1].cells[0] = {CellState::kUnreadable, 0};
  reading.tables[1].alternatives = {{0, 3, "grid"}, {0, 8, "anchors"}};
  reading.tables[0].money_unit = MoneyUnit::kWanYuan;
  reading.tables[0].cells.back() = Cell::number(26'019'538'75);
  reading.claims = {{"共收到807件", 807, "件", false, "申请", {{"t3.new.total"}}, {0, 0, 5, 8}}};
  return reading;
}

CheckedDocument document() {
  CheckedDocument document;
  document.source = "report.html";
  document.sha256 = "ab";
  document.outcome = reading();
  Verdict verdict;
  verdict.key = reading().key;
  verdict.rule_set = "1+abc";
  verdict.results = {{"T3.BALANCE", "total", RuleStatus::kFailed, "", Severity::kError, {{"t3.new.total", Cell::number(90)}}, 2},
                     {"T4.SUM", "reconsideration", RuleStatus::kNotApplicable, "BLANK_TOTAL", Severity::kError, {}, {}}};
  verdict.derived = {{"t3.new.natural_person", 3}};
  Anomaly anomaly;
  anomaly.id = "id";
  anomaly.key = verdict.key;
  anomaly.findings = {{"T3.BALANCE", "total"}, {"T3.ROW_SUM", "new"}, {"T3.ROW_SUM", "other"}};
  anomaly.explanations = {{{{"t3.total.total", Cell::number(90), 98}}, Mechanism::kDigitChanged}};
  anomaly.unique = true;
  anomaly.message_zh = "错";
  anomaly.message_en = "wrong";
  document.judgement.verdicts = {verdict};
  document.judgement.transitions = {anomaly};
  return document;
}

struct Json {
  explicit Json(const std::string& text) : root(parser.parse(text)) {}
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view text(const char* pointer) { return root.at_pointer(pointer).get_string().value(); }
  std::int64_t number(const char* pointer) { return root.at_pointer(pointer).get_int64().value(); }
  bool is_null(const char* pointer) { return root.at_pointer(pointer).value().is_null(); }
};

TEST(CheckJson, SaysWhatTheContractSays) {
  Json json(check_json(document()));
  EXPECT_EQ(json.text("/source"), "report.html");
  EXPECT_EQ(json.text("/status"), "PARSED");
  EXPECT_TRUE(json.is_null("/reason"));
  EXPECT_EQ(json.text("/report/organ"), "许昌市人民政府");
  EXPECT_EQ(json.number("/report/year"), 2019);
  EXPECT_EQ(json.text("/report/scope"), "AGGREGATE");
  EXPECT_EQ(json.text("/report/key"), "411000-gov/2019/AGGREGATE");
  EXPECT_EQ(json.text("/tables/t3/status"), "READ");
  EXPECT_EQ(json.text("/tables/t3/edition"), "2019");
  EXPECT_EQ(json.number("/cells/t3.new.total/value"), 7);
  EXPECT_EQ(json.number("/cells/t3.new.total/where/bytes/1"), 12);
  EXPECT_EQ(json.root.at_pointer("/cells/t3.new.total/confidence").get_double().value(), 0.95);
  EXPECT_EQ(json.number("/claims/0/value"), 807);
  EXPECT_EQ(json.text("/claims/0/readings/0"), "t3.new.total");
  EXPECT_EQ(json.text("/verdict/results/0/status"), "FAILED");
  EXPECT_EQ(json.number("/verdict/results/0/cells/t3.new.total"), 90);
  EXPECT_EQ(json.number("/verdict/results/0/difference"), 2);
  EXPECT_EQ(json.text("/verdict/results/1/reason"), "BLANK_TOTAL");
}

TEST(CheckJson, GivesMoneyAsADecimalStringInItsUnit) {
  Json json(check_json(document()));
  EXPECT_EQ(json.text("/cells/t2.procurement.amount/value"), "2601.953875");
  EXPECT_EQ(json.text("/cells/t2.procurement.amount/unit"), "万元");
}

TEST(CheckJson, GivesTheFigureAsPrintedWhereNoUnitIsStated) {
  CheckedDocument without = document();
  std::get<Reading>(without.outcome).tables[0].money_unit = MoneyUnit::kNotStated;
  Json json(check_json(without));
  EXPECT_EQ(json.text("/cells/t2.procurement.amount/value"), "2601.953875");
  EXPECT_TRUE(json.is_null("/cells/t2.procurement.amount/unit"));
}

TEST(CheckJson, KeepsReadAndDerivedValuesApart) {
  Json json(check_json(document()));
  EXPECT_EQ(json.text("/cells/t3.new.natural_person/state"), "UNREADABLE");
  EXPECT_TRUE(json.is_null("/cells/t3.new.natural_person/value"));
  EXPECT_EQ(json.number("/cells/t3.new.natural_person/readings/1/value"), 8);
  EXPECT_EQ(json.number("/cells/t3.new.natural_person/derived"), 3);
}

TEST(CheckJson, NamesEachRuleOfAnAnomalyOnce) {
  Json json(check_json(document()));
  EXPECT_EQ(json.root.at_pointer("/anomalies/0/rules").get_array().value().size(), 2U);
  EXPECT_EQ(json.text("/anomalies/0/kind"), "ARITHMETIC");
  EXPECT_EQ(json.number("/anomalies/0/explanations/0/changes/0/proposed"), 98);
  EXPECT_EQ(json.text("/anomalies/0/explanations/0/mechanism"), "DIGIT_CHANGED");
  EXPECT_EQ(json.text("/anomalies/0/message/zh"), "错");
}

TEST(CheckJson, OfARefusalHasAReasonAndNothingElse) {
  CheckedDocument refused;
  refused.source = "x";
  refused.outcome = Refusal{RefusalClass::kNotAReport, {"NOTICE", "m"}};
  Json json(check_json(refused));
  EXPECT_EQ(json.text("/status"), "NOT_A_REPORT");
  EXPECT_EQ(json.text("/reason/code"), "NOTICE");
  EXPECT_TRUE(json.is_null("/report"));
  EXPECT_TRUE(json.is_null("/verdict"));
  refused.outcome = Refusal{RefusalClass::kPoison, {"EMPTY", "m"}};
  EXPECT_EQ(Json(check_json(refused)).text("/status"), "REJECTED");
}

TEST(CheckJson, SaysNullForAnOrganOrYearThatTheDocumentDoesNotName) {
  CheckedDocument unknown = document();
  std::get<Reading>(unknown.outcome).organ_name.reset();
  std::get<Reading>(unknown.outcome).year.reset();
  Json json(check_json(unknown));
  EXPECT_TRUE(json.is_null("/report/organ"));
  EXPECT_TRUE(json.is_null("/report/year"));
}

}  // namespace
}  // namespace gouji::command
