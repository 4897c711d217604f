// A checked document for the tests of the output formats: table 3 holds 1s that do not add up.
#pragma once

#include "services/gouji/report_json.h"

namespace gouji::command {

// One anomaly: t3.new.natural_person says 41, 14 is proposed; unique unless `rivals` adds others.
inline CheckedDocument checked_document(int rivals = 0) {
  Reading reading;
  reading.key = {"411000-gov", 2022, Scope::kOwn};
  reading.organ_name = "许昌市<b>水利局";
  reading.year = 2022;
  reading.media_type = "text/plain";
  for (const TableId id : kTables) {
    TableReading table;
    table.table = id;
    table.status = TableStatus::kRead;
    const std::size_t n = form(id, table.edition).size();
    table.cells.assign(n, Cell::number(0));
    table.where.assign(n, {0, 0, 10, 12});
    table.raw.assign(n, "0");
    reading.tables.push_back(table);
  }
  reading.tables[1].cells[0] = Cell::number(41);
  reading.tables[1].raw[0] = "41";
  CheckedDocument document;
  document.source = "报告 1.txt";
  document.sha256 = "ab";
  document.outcome = reading;
  Anomaly anomaly;
  anomaly.id = "0123456789abcdef";
  anomaly.key = reading.key;
  anomaly.findings = {{"T3.ROW_SUM", "new"}};
  anomaly.results = {{"T3.ROW_SUM", "new", RuleStatus::kFailed, "", Severity::kError, {{"t3.new.natural_person", Cell::number(41)}}, 27}};
  anomaly.explanations = {{{{"t3.new.natural_person", Cell::number(41), 14}}, Mechanism::kDigitsTransposed}};
  for (int i = 0; i < rivals; ++i)
    anomaly.explanations.push_back({{{"t3.new.total", Cell::number(0), i}}, Mechanism::kOther});
  anomaly.unique = rivals == 0;
  anomaly.message_zh = "表三<script>填报 41";
  anomaly.message_en = "table 3 says 41";
  Verdict verdict;
  verdict.key = reading.key;
  verdict.results = {anomaly.results.front(),
                     {"T3.BALANCE", "total", RuleStatus::kPassed, "", Severity::kError, {}, {}},
                     {"T4.SUM", "reconsideration", RuleStatus::kNotApplicable, "BLANK_TOTAL", Severity::kError, {}, {}}};
  document.judgement.verdicts = {verdict};
  document.judgement.transitions = {anomaly};
  return document;
}

}  // namespace gouji::command
