#include "tests/bench/scoreboard/truth.h"

#include <simdjson.h>

#include <utility>
#include <vector>

#include "common/core/decimal.h"

namespace gouji::scoreboard {
namespace {

namespace json = simdjson::ondemand;

std::string row_key(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kRows = {
      {"规章", "regulations"},      {"规范性文件", "normative_documents"}, {"行政规范性文件", "normative_documents"},
      {"行政许可", "licences"},     {"其他对外", "other_services"},        {"其他对外管理服务事项", "other_services"},
      {"行政处罚", "penalties"},    {"行政强制", "coercive_measures"},     {"收费", "fees"},
      {"行政事业性收费", "fees"},   {"采购", "procurement"},               {"政府集中采购", "procurement"},
      {"cin", "carried_in"},        {"r1", "granted"},                     {"r2", "partly_granted"},
      {"r6", "other"},              {"tot", "total"},                      {"cout", "carried_out"},
      {"r3_", "denied."},           {"r4_", "unavailable."},               {"r5_", "not_processed."},
      {"r6_", "other."}};
  if (const auto found = kRows.find(name); found != kRows.end()) return std::string(found->second);
  if (const auto found = kRows.find(name.substr(0, 3)); found != kRows.end() && name.size() == 4) {
    return std::string(found->second) + std::string(name.substr(3));
  }
  return std::string(name);
}

std::string trimmed(std::string_view token) {
  const std::size_t end = token.find_last_not_of(" \r\n\t");
  return std::string(token.substr(0, end == token.npos ? 0 : end + 1));
}

TrueCell number(std::string_view text, CellType type) {
  const Result<Decimal> value = parse_decimal(text);
  if (!value) return {Mark::kText, 0};
  if (type == CellType::kMoney) return {Mark::kNumber, fen_from_wan_yuan(*value).value_or(0)};
  return {Mark::kNumber, value->unscaled};
}

TrueCell cell(json::value value, CellType type) {
  if (value.is_null()) return {Mark::kBlank, 0};
  if (value.type() == json::json_type::number) return number(trimmed(value.raw_json_token()), type);
  if (value.type() != json::json_type::object) return {Mark::kText, 0};
  json::object object = value.get_object();
  std::string_view amount;
  if (object["amount"].get_string().get(amount) == simdjson::SUCCESS) return number(amount, type);
  return {Mark::kText, 0};
}

// The values of one row in the form's columns; a surplus stays out.
void add_row(TrueTable& table, const Form& form, const std::string& row, json::array values) {
  std::size_t at = 0;
  std::vector<std::pair<std::string, CellType>> columns;
  for (const FormCell& place : form.cells()) {
    const std::string prefix = std::string(to_string(form.table())) + "." + row + ".";
    if (place.id.starts_with(prefix)) columns.emplace_back(place.id, place.type);
  }
  for (json::value value : values) {
    if (at >= columns.size()) break;
    const TrueCell seen = cell(value, columns[at].second);
    if (value.type() != json::json_type::string) table.cells[columns[at].first] = seen;
    ++at;
  }
}

void add_table4(TrueTable& table, json::array values) {
  const Form& form = gouji::form(TableId::kT4, Edition::k2021);
  std::size_t at = 0;
  for (json::value value : values) {
    if (at < form.size()) table.cells[form.cells()[at].id] = cell(value, CellType::kCount);
    ++at;
  }
}

void read_grid(json::object root, Truth& truth) {
  for (json::field field : root) {
    const std::string key(std::string_view(field.unescaped_key()));
    json::value value = field.value();
    if (key == "id") truth.id = std::string(std::string_view(value.get_string()));
    if (key == "agency") truth.organ = std::string(std::string_view(value.get_string()));
    if (key == "layout") truth.layout = std::string(std::string_view(value.get_string()));
    if (key == "source") truth.source = std::string(std::string_view(value.get_string()));
    if (key == "year") truth.year = std::int64_t(value.get_int64());
    if (key == "t4") add_table4(truth.tables["t4"], value.get_array());
    if (key != "t2" && key != "t3") continue;
    const TableId id = key == "t2" ? TableId::kT2 : TableId::kT3;
    TrueTable& table = truth.tables[key];
    std::map<std::string, std::string> rows;
    for (json::field row : value.get_object()) {
      const std::string name(std::string_view(row.unescaped_key()));
      rows[name] = std::string(std::string_view(simdjson::to_json_string(row.value())));
    }
    const bool is_older = key == "t2" ? rows.contains("采购") : rows.contains("r6");
    table.edition = is_older ? Edition::k2019 : Edition::k2021;
    for (const auto& [name, text] : rows) {
      simdjson::padded_string padded(text);
      json::parser parser;
      json::document document = parser.iterate(padded);
      add_row(table, form(id, *table.edition), row_key(name), document.get_array());
    }
  }
}

void read_table2(json::object object, TrueTable& table) {
  for (json::field field : object) {
    const std::string_view key = field.unescaped_key();
    json::value value = field.value();
    if (key == "edition" && value.type() == json::json_type::number) {
      table.edition = value.get_int64() == 2019 ? Edition::k2019 : Edition::k2021;
    }
    if (key != "cells" || !table.edition) continue;
    for (json::field row : value.get_object()) {
      const std::string name(std::string_view(row.unescaped_key()));
      add_row(table, form(TableId::kT2, *table.edition), row_key(name),
              row.value().get_object()["values"].get_array());
    }
  }
}

void read_excerpt(json::object root, Truth& truth) {
  for (json::field field : root) {
    const std::string key(std::string_view(field.unescaped_key()));
    json::value value = field.value();
    if (value.is_null()) continue;
    if (key == "id") truth.id = std::string(std::string_view(value.get_string()));
    if (key == "kind") truth.is_pre_2019 = std::string_view(value.get_string()) == "pre_2019_report";
    if (key == "agency") truth.organ = std::string(std::string_view(value.get_string()));
    if (key == "report_year") truth.year = std::int64_t(value.get_int64());
    if (key == "table2_status") truth.table2_status = std::string(std::string_view(value.get_string()));
    if (key == "table2") read_table2(value.get_object(), truth.tables["t2"]);
    if (key != "table3_rows") continue;
    for (json::field row : value.get_object()) {
      const std::string name(std::string_view(row.unescaped_key()));
      add_row(truth.tables["t3"], form(TableId::kT3, Edition::k2021), row_key(name),
              row.value().get_array());
    }
  }
}

Result<Truth> read_with(std::string_view text, void (*read)(json::object, Truth&)) {
  Truth truth;
  try {
    const simdjson::padded_string padded(text);
    json::parser parser;
    json::document document = parser.iterate(padded);
    read(document.get_object(), truth);
  } catch (const simdjson::simdjson_error& error) {
    return invalid_input(ErrorCode::kMalformed, std::string("truth: ") + error.what());
  }
  return truth;
}

}  // namespace

Result<Truth> truth_of_grid(std::string_view json) { return read_with(json, read_grid); }

Result<Truth> truth_of_excerpt(std::string_view json) { return read_with(json, read_excerpt); }

}  // namespace gouji::scoreboard
