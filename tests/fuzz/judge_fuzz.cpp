// The validator on readings that no parser would make: numbers near 2^63, columns of sizes that
// contradict each other, years and organs at random, several documents after each other. It must
// not crash, every explanation must make its equations hold, and a repeat must say nothing new.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>

#include "common/report/identity.h"
#include "services/validator/core/diagnosis.h"
#include "services/validator/core/judge.h"

namespace gouji::validator {
namespace {

// The input as a supply of small decisions; zeros when it is used up.
class Supply {
 public:
  Supply(const std::uint8_t* bytes, std::size_t size) : next_(bytes), end_(bytes + size) {}
  bool is_empty() const { return next_ == end_; }
  unsigned below(unsigned most) { return byte() % most; }
  std::int64_t number() {
    const unsigned kind = below(8);
    if (kind < 4) return static_cast<std::int64_t>(byte()) % 13;
    if (kind == 4) return static_cast<std::int64_t>(byte()) * 100 + byte();
    if (kind == 5) return INT64_MAX - byte();
    if (kind == 6) return INT64_MIN + byte();
    return (std::int64_t{1} << below(63)) - byte();
  }
  std::string text() {
    static constexpr std::array<const char*, 8> kTexts{"", "organ", "2021", "total", "清河镇人民政府", "2022-01-15", "ROW_OVERLONG", "t3.new.total"};
    return kTexts[below(8)];
  }

 private:
  std::uint8_t byte() { return next_ == end_ ? 0 : *next_++; }
  const std::uint8_t* next_;
  const std::uint8_t* end_;
};

TableReading table_from(Supply& supply, TableId id) {
  TableReading table;
  table.table = supply.below(16) == 0 ? static_cast<TableId>(supply.below(3)) : id;
  table.status = static_cast<TableStatus>(supply.below(8) < 6 ? 1 + supply.below(2) : supply.below(5));
  table.edition = supply.below(2) == 0 ? Edition::k2019 : Edition::k2021;
  table.money_unit = static_cast<MoneyUnit>(supply.below(2));
  std::size_t size = form(table.table, table.edition).size();
  if (supply.below(16) == 0) size = supply.below(200);
  for (std::size_t i = 0; i < size; ++i) {
    const bool is_number = supply.below(8) != 0;
    table.cells.push_back(is_number ? Cell::number(supply.number()) : Cell{static_cast<CellState>(supply.below(6)), 0});
    if (!table.cells.back().is_number()) table.cells.back().value = 0;
  }
  table.raw.resize(supply.below(200), supply.text());
  table.witnesses.resize(supply.below(200), static_cast<std::uint8_t>(supply.below(4)));
  for (unsigned left = supply.below(4); left > 0; --left)
    table.alternatives.push_back({static_cast<std::uint16_t>(supply.below(256)), supply.number(), "other"});
  for (unsigned left = supply.below(3); left > 0; --left) table.notes.push_back({supply.text(), supply.text(), supply.text(), {}});
  return table;
}

Reading reading_from(Supply& supply) {
  Reading reading;
  reading.key = {supply.below(4) == 0 ? "other" : "organ", static_cast<std::int32_t>(supply.below(5) == 0 ? 0 : 2018 + supply.below(8)),
                 static_cast<Scope>(supply.below(4))};
  if (supply.below(2) == 0) reading.organ_name = supply.text();
  if (supply.below(2) == 0) reading.year = static_cast<std::int32_t>(2018 + supply.below(8));
  reading.pre_2019 = supply.below(12) == 0;
  reading.published_on = supply.text();
  reading.content_digest = std::to_string(supply.below(4));
  reading.extractor = supply.text();
  for (const TableId id : kTables) reading.tables.push_back(table_from(supply, id));
  for (unsigned left = supply.below(8); left > 0; --left)
    reading.sections.push_back({static_cast<std::int32_t>(supply.below(9)) - 1, supply.text(), supply.text(), {}});
  for (unsigned left = supply.below(3); left > 0; --left)
    reading.claims.push_back({supply.text(), supply.number(), "件", supply.below(2) == 0, supply.text(), {{supply.text()}, {"t4.reconsideration.total"}}, {}});
  for (unsigned left = supply.below(3); left > 0; --left) reading.votes.push_back({"year", supply.text(), "title", 1, {}});
  return reading;
}

void check(bool is_right) {
  if (!is_right) std::abort();
}

// Equations whose cells are all numbers hold once the first explanation is taken over.
void check_explanations(const TableReading& table) {
  const Form& of = form(table.table, table.edition);
  if (table.cells.size() != of.size()) return;
  for (const Diagnosis& diagnosis : diagnose({&of, table.status, table.cells}, {})) {
    check(!diagnosis.unique || (diagnosis.exhaustive && diagnosis.explanations.size() == 1));
    for (const Explanation& explanation : diagnosis.explanations) {
      std::vector<Cell> cells = table.cells;
      for (const Change& change : explanation.changes) {
        check(change.proposed >= 0);
        cells[of.find(change.cell).value()] = Cell::number(change.proposed);
      }
      for (const std::size_t equation : diagnosis.equations) check(residual(identities(of)[equation], cells).value_or(0) == 0);
    }
  }
}

void judge_all(Supply& supply) {
  std::map<ReportKey, LedgerEntry> ledger;
  const History history = [&](const ReportKey& key) {
    const auto found = ledger.find(key);
    return found == ledger.end() ? std::nullopt : std::optional(found->second);
  };
  for (std::int64_t arrived = 1; arrived <= 4 && !supply.is_empty(); ++arrived) {
    Arrival arrival;
    arrival.reading = reading_from(supply);
    arrival.withdrawn = supply.below(8) == 0;
    arrival.location_id = supply.text();
    arrival.payload_digest = std::to_string(supply.below(4));
    arrival.fetch_sequence = static_cast<std::int64_t>(supply.below(6));
    arrival.input_offset = arrived;
    arrival.seen_at = arrived;
    for (const bool is_repeat : {false, true}) {
      const Judgement judgement = judge(history, arrival);
      check(!is_repeat || (judgement.transitions.empty() && judgement.verdicts.empty()));
      for (const LedgerChange& change : judgement.ledger) {
        if (change.entry) ledger[change.key] = *change.entry;
        else ledger.erase(change.key);
      }
    }
    for (const TableReading& table : arrival.reading.tables) check_explanations(table);
  }
}

}  // namespace
}  // namespace gouji::validator

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  gouji::validator::Supply supply(bytes, size);
  gouji::validator::judge_all(supply);
  return 0;
}
