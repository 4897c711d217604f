// What a report costs in the validator, beside a copy of its cells in the same run.
#include <benchmark/benchmark.h>

#include <ctime>

#include <cstring>

#include "common/events/codec.h"
#include "services/validator/core/decoder.h"
#include "services/validator/core/diagnosis.h"
#include "services/validator/core/evaluation.h"
#include "services/validator/core/table_checks.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

Reading wrong_reading(int errors) {
  Reading reading = testing::clean_reading();
  std::vector<Cell>& cells = reading.tables[1].cells;
  std::mt19937 random(11);
  for (int i = 0; i < errors; ++i) cells[random() % cells.size()].value += 3 + static_cast<std::int64_t>(random() % 400);
  return reading;
}

TableView view(const Reading& reading, std::size_t table) {
  const TableReading& of = reading.tables[table];
  return {&form(of.table, of.edition), of.status, of.cells};
}

std::int64_t processor_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void copy_of_the_cells(benchmark::State& state) {
  const Reading reading = testing::clean_reading();
  std::vector<Cell> target(256);
  for (auto _ : state) {
    std::size_t at = 0;
    for (const TableReading& table : reading.tables) {
      std::memcpy(static_cast<void*>(target.data() + at), table.cells.data(), table.cells.size() * sizeof(Cell));
      at += table.cells.size();
    }
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  }
}
BENCHMARK(copy_of_the_cells);

void identities_of_a_clean_report(benchmark::State& state) {
  const Reading reading = testing::clean_reading();
  for (auto _ : state) {
    bool clean = true;
    for (std::size_t table = 1; table < 3; ++table) clean &= is_clean(*view(reading, table).form, reading.tables[table].cells);
    benchmark::DoNotOptimize(clean);
  }
}
BENCHMARK(identities_of_a_clean_report);

// All rules on cells, as outcomes without names.
void rules_on_cells(benchmark::State& state) {
  const Reading reading = testing::clean_reading(state.range(0) == 2019 ? 2019 : 2021);
  std::vector<Outcome> outcomes;
  for (auto _ : state)
    for (std::size_t table = 0; table < 3; ++table) {
      run_checks(*view(reading, table).form, reading.tables[table].cells, {}, outcomes);
      benchmark::DoNotOptimize(outcomes.data());
    }
}
BENCHMARK(rules_on_cells)->Arg(2019)->Arg(2021);

// All in-report rules with their results as strings.
void evaluation_of_a_clean_report(benchmark::State& state) {
  const Reading reading = testing::clean_reading();
  const std::vector<LedgerTable> tables = ledger_tables(reading);
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(reading, tables));
}
BENCHMARK(evaluation_of_a_clean_report);

void judgement_of_a_clean_report(benchmark::State& state) {
  Arrival arrival;
  arrival.reading = testing::clean_reading();
  arrival.location_id = "here";
  const History nothing = [](const ReportKey&) { return std::optional<LedgerEntry>(); };
  for (auto _ : state) benchmark::DoNotOptimize(judge(nothing, arrival));
}
BENCHMARK(judgement_of_a_clean_report);

// Two thousand characters, as a report has them beside its tables; no sentence like another.
std::string prose() {
  std::string text;
  for (int i = 0; i < 40; ++i)
    text += "第" + std::to_string(i) + "项工作按照年度安排推进，全年召开专题会议" + std::to_string(3 + i) + "次，更新栏目" + std::to_string(40 + 7 * i) +
            "条，办理来信来访和电话咨询事项若干，均在规定期限内答复。";
  return text;
}

events::ParsedReport parsed_report(bool has_provenance) {
  events::ParsedReport report;
  report.reading = testing::clean_reading();
  report.location_id = "0123456789abcdef0123456789abcdef";
  report.evidence = {"http://www.example.gov.cn/zwgk/2022/0120/report.html", std::string(64, 'a'),
                     "00000000-0000-5000-8000-000000000000", 1'700'000'000'000, "1.0.0+0123456789abcdef", ""};
  for (TableReading& table : report.reading.tables)
    for (std::size_t i = 0; i < table.where.size(); ++i)
      table.where[i] = {0, 0, static_cast<std::int64_t>(40'000 + 137 * i), static_cast<std::int64_t>(40'003 + 137 * i)};
  if (has_provenance) return report;
  for (TableReading& table : report.reading.tables) {
    table.where.clear();
    table.raw.clear();
    table.confidence.clear();
    table.witnesses.clear();
  }
  return report;
}

// The bytes of a ReportParsed in, those of its ReportVerdict out (record with headers and ce_id), for a
// clean report that is the first of its organ. With or without the cells' provenance in the message, and
// with or without prose, which the rules N and S read. Not counted: the snapshot report.current, which is
// the verdict once more with its tables, the ledger's record, and the log; counted: making the entry.
void report_from_bytes_to_verdict(benchmark::State& state) {
  events::ParsedReport report = parsed_report(state.range(0) == 1);
  if (state.range(1) == 1) report.reading.sections[0].text = prose();
  const Record record = events::encode(report);
  const History nothing = [](const ReportKey&) { return std::optional<LedgerEntry>(); };
  for (auto _ : state) {
    auto event = events::decode_parsed(record);
    Arrival arrival;
    arrival.reading = std::move(std::get<events::ParsedReport>(*event).reading);
    arrival.location_id = std::move(std::get<events::ParsedReport>(*event).location_id);
    arrival.evidence = std::move(std::get<events::ParsedReport>(*event).evidence);
    const Judgement judgement = judge(nothing, arrival);
    benchmark::DoNotOptimize(events::encode(judgement.verdicts.front(), arrival.evidence.raw_id, 0));
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["bytes_in"] = static_cast<double>(record.value->size());
}
BENCHMARK(report_from_bytes_to_verdict)->ArgNames({"provenance", "prose"})->Args({0, 0})->Args({1, 0})->Args({1, 1});

void decoding_of_a_report(benchmark::State& state) {
  const Record record = events::encode(parsed_report(state.range(0) == 1));
  for (auto _ : state) benchmark::DoNotOptimize(events::decode_parsed(record));
}
BENCHMARK(decoding_of_a_report)->ArgName("provenance")->Arg(0)->Arg(1);

void encoding_of_a_verdict(benchmark::State& state) {
  Arrival arrival;
  arrival.reading = testing::clean_reading();
  arrival.location_id = "here";
  const History nothing = [](const ReportKey&) { return std::optional<LedgerEntry>(); };
  const Judgement judgement = judge(nothing, arrival);
  std::size_t bytes = 0;
  for (auto _ : state) {
    const Record record = events::encode(judgement.verdicts.front(), "00000000-0000-5000-8000-000000000000", 0);
    bytes = record.value->size();
    benchmark::DoNotOptimize(bytes);
  }
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["ledger_bytes"] = static_cast<double>(events::encode(*judgement.ledger.front().entry).size());
}
BENCHMARK(encoding_of_a_verdict);

void diagnosis(benchmark::State& state) {
  const Reading reading = wrong_reading(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(diagnose(view(reading, 1), {}));
}
BENCHMARK(diagnosis)->Arg(1)->Arg(2)->Arg(3)->Arg(4)->Arg(6)->Arg(20)->Arg(175);

// A move in one row has the most explanations.
void diagnosis_of_a_move(benchmark::State& state) {
  Reading reading = testing::clean_reading();
  testing::cell(reading, "t3.granted.natural_person").value += 30;
  testing::cell(reading, "t3.granted.research_institution").value += 30;
  testing::cell(reading, "t3.granted.total").value += 60;
  testing::cell(reading, "t3.granted.natural_person").value -= 30;
  testing::cell(reading, "t3.granted.research_institution").value += 30;
  for (auto _ : state) benchmark::DoNotOptimize(diagnose(view(reading, 1), {}));
}
BENCHMARK(diagnosis_of_a_move);

// Half of the cells unread, and errors in the rest.
void diagnosis_with_unread_cells(benchmark::State& state) {
  Reading reading = wrong_reading(3);
  std::mt19937 random(5);
  for (std::int64_t i = 0; i < state.range(0); ++i)
    reading.tables[1].cells[random() % 175] = {CellState::kUnreadable, 0};
  for (auto _ : state) benchmark::DoNotOptimize(diagnose(view(reading, 1), {}));
}
BENCHMARK(diagnosis_with_unread_cells)->Arg(1)->Arg(10)->Arg(40)->Arg(90);

// The slowest of many random kinds of damage.
void worst_diagnosis(benchmark::State& state) {
  std::mt19937 random(3);
  std::vector<Reading> readings;
  for (int i = 0; i < 400; ++i) {
    Reading& reading = readings.emplace_back(testing::clean_reading(2021, static_cast<std::uint32_t>(1 + random() % 50)));
    std::vector<Cell>& cells = reading.tables[1].cells;
    const auto delta = static_cast<std::int64_t>(1 + random() % 3);
    for (auto errors = 1 + random() % 12; errors > 0; --errors) cells[random() % 175].value += random() % 2 == 0 ? delta : delta * 2;
    for (auto unread = random() % 30; unread > 0 && random() % 2 == 0; --unread) cells[random() % 175] = {CellState::kUnreadable, 0};
  }
  // Of each report the quickest run, so that other programs do not count.
  std::vector<std::int64_t> quickest(readings.size(), INT64_MAX);
  for (auto _ : state)
    for (std::size_t at = 0; const Reading& reading : readings) {
      const std::int64_t start = processor_nanoseconds();
      benchmark::DoNotOptimize(diagnose(view(reading, 1), {}));
      quickest[at] = std::min(quickest[at], processor_nanoseconds() - start);
      ++at;
    }
  state.counters["worst_us"] = static_cast<double>(*std::max_element(quickest.begin(), quickest.end())) / 1'000.0;
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(readings.size()));
}
BENCHMARK(worst_diagnosis);

}  // namespace
}  // namespace gouji::validator
