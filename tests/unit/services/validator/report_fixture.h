// Readings and arrivals for the tests of the validator.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/decimal.h"
#include "common/report/reading.h"
#include "services/validator/core/judge.h"
#include "tests/support/render_html.h"

namespace gouji::validator::testing {

inline constexpr const char* kGrids[] = {"000", "001", "002", "003", "004", "F002", "F005", "F007", "F009", "F010"};

inline Cell cell_of(const std::string& figure, CellType type) {
  if (figure.empty()) return {CellState::kBlank, 0};
  const auto decimal = parse_decimal(figure);
  if (!decimal) return {CellState::kText, 0};
  if (type == CellType::kMoney) return Cell::number(*fen_from_wan_yuan(*decimal));
  return decimal->scale == 0 ? Cell::number(decimal->unscaled) : Cell{CellState::kText, 0};
}

// Rows in the form's order; a row with a figure too many keeps the form's count and gets a note.
inline TableReading table_of(TableId id, Edition edition, const std::vector<std::vector<std::string>>& rows) {
  TableReading table;
  table.table = id;
  table.edition = id == TableId::kT4 ? Edition::k2021 : edition;
  table.status = TableStatus::kRead;
  const Form& of = form(id, edition);
  std::size_t at = 0;
  for (const FormBlock& block : of.blocks())
    for (const FormRow& row : block.rows) {
      const std::vector<std::string> figures = at < rows.size() ? rows[at] : std::vector<std::string>{};
      ++at;
      if (figures.size() > block.columns.size()) table.notes.push_back({"ROW_OVERLONG", row.key, "", {}});
      for (std::size_t column = 0; column < block.columns.size(); ++column) {
        const std::string figure = column < figures.size() ? figures[column] : "";
        table.cells.push_back(cell_of(figure, block.columns[column].type));
        table.raw.push_back(figure);
      }
    }
  table.where.resize(of.size());
  table.confidence.resize(of.size(), 995);
  table.witnesses.resize(of.size(), 1);
  return table;
}

inline std::vector<std::vector<std::string>> groups_of_five(const std::vector<std::string>& figures) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i + 5 <= figures.size(); i += 5)
    rows.emplace_back(figures.begin() + static_cast<std::ptrdiff_t>(i), figures.begin() + static_cast<std::ptrdiff_t>(i) + 5);
  return rows;
}

inline Reading reading_of(const gouji::testing::ReportFigures& figures) {
  Reading reading;
  reading.key = {"organ", figures.year, Scope::kOwn};
  reading.organ_name = figures.organ;
  reading.year = figures.year;
  reading.extractor = "reader-1";
  for (std::int32_t number = 1; number <= 6; ++number)
    reading.sections.push_back({number, "", number == 6 ? "本年度未收取信息处理费。" : "", {}});
  const auto edition = [](int number) { return number == 2019 ? Edition::k2019 : Edition::k2021; };
  reading.tables.push_back(table_of(TableId::kT2, edition(figures.table2_edition), figures.table2));
  reading.tables.push_back(table_of(TableId::kT3, edition(figures.table3_edition), figures.table3));
  reading.tables.push_back(table_of(TableId::kT4, Edition::k2021, groups_of_five(figures.table4)));
  return reading;
}

// A report without fault.
inline Reading clean_reading(int year = 2021, std::uint32_t seed = 1) {
  const int edition = year >= 2021 ? 2021 : 2019;
  auto figures = gouji::testing::made_up_figures(edition, edition, seed);
  figures.year = year;
  return reading_of(figures);
}

inline Cell& cell(Reading& reading, const std::string& id) {
  for (TableReading& table : reading.tables) {
    const Form& of = form(table.table, table.edition);
    if (!id.starts_with(to_string(table.table))) continue;
    return table.cells.at(of.find(id).value());
  }
  throw std::out_of_range(id);
}

// A report with one wrong cell: `by` too many.
inline Reading with_error(const std::string& id = "t3.granted.natural_person", std::int64_t by = 7) {
  Reading reading = clean_reading();
  cell(reading, id).value += by;
  return reading;
}

// A ledger in memory, and documents that arrive at it.
class Office {
 public:
  Judgement arrive(const Reading& reading, const std::string& content, const std::string& location = "here") {
    Arrival arrival;
    arrival.reading = reading;
    arrival.reading.content_digest = "content of " + content;
    arrival.payload_digest = "payload of " + content;
    return take(std::move(arrival), location);
  }
  Judgement withdraw(const ReportKey& key, const std::string& location = "here") {
    Arrival arrival;
    arrival.reading.key = key;
    arrival.withdrawn = true;
    return take(std::move(arrival), location);
  }
  Judgement take(Arrival arrival, const std::string& location) {
    arrival.location_id = location;
    arrival.input_offset = ++clock_;
    arrival.seen_at = 1'000'000 + clock_;
    arrival.evidence.url = "http://example.test/" + location;
    arrival.evidence.raw_id = "raw-" + std::to_string(clock_);
    documents_[arrival.input_offset] = arrival;
    return store(judge(history(), arrival, reread()));
  }
  // What today's rules say of a report that is there.
  Judgement judge_again(const ReportKey& key) { return store(validator::judge_again(history(), key, reread())); }
  Result<Judgement> waive(const ReportKey& key, const std::string& anomaly_id, std::optional<LedgerWaiver> waiver) {
    auto judgement = judge_waiver(history(), {key, anomaly_id, std::move(waiver), 1'000'000 + ++clock_}, reread());
    if (judgement) judgement = store(std::move(*judgement));
    return judgement;
  }
  void lose_documents() { documents_.clear(); }
  std::optional<LedgerEntry> find(const ReportKey& key) const {
    const auto found = ledger_.find(key);
    return found == ledger_.end() ? std::nullopt : std::optional(found->second);
  }
  LedgerEntry& at(const ReportKey& key) { return ledger_.at(key); }

 private:
  History history() {
    return [this](const ReportKey& key) { return find(key); };
  }
  Reread reread() {
    return [this](std::int64_t offset) -> std::optional<Arrival> {
      const auto found = documents_.find(offset);
      return found == documents_.end() ? std::nullopt : std::optional(found->second);
    };
  }
  Judgement store(Judgement judgement) {
    for (const LedgerChange& change : judgement.ledger) {
      if (change.entry) ledger_[change.key] = *change.entry;
      else ledger_.erase(change.key);
    }
    for (Verdict& verdict : judgement.verdicts) name_shared(verdict);
    return judgement;
  }

  std::map<ReportKey, LedgerEntry> ledger_;
  std::map<std::int64_t, Arrival> documents_;
  std::int64_t clock_ = 0;
};

using Names = std::vector<std::string>;
inline Names transitions(const Judgement& judgement) {
  Names names;
  for (const Anomaly& anomaly : judgement.transitions) names.emplace_back(to_string(anomaly.transition));
  return names;
}

inline bool is_empty(const Judgement& judgement) {
  return judgement.verdicts.empty() && judgement.transitions.empty() && judgement.ledger.empty() && judgement.closed.empty();
}
// Nothing is published; the ledger may note something.
inline bool is_silent(const Judgement& judgement) {
  return judgement.verdicts.empty() && judgement.transitions.empty() && judgement.closed.empty();
}

}  // namespace gouji::validator::testing
