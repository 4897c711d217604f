// A pass-through stage over the local log, against bare SQLite that reads, inserts and moves an
// offset in transactions of the same size, in the same run. Goal: at least 70 % of it.
//
// items_per_second of both is records; the argument is the number of records in a transaction. The
// issue's figure: GOUJI_BENCH_RECORDS=600000 eventlog_bench --benchmark_filter='/1000'
// rss_tenth_mb and rss_end_mb: memory of the process when a tenth was through, and all.
//
// restore: the state of a stage read back from its changelog, compacted, of GOUJI_BENCH_KEYS keys.
#include <benchmark/benchmark.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "common/core/check.h"
#include "common/eventlog/changelog.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"
#include "tests/support/record_of.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the benchmark is about nothing else

constexpr std::size_t kValueBytes = 1024;

std::int64_t number_from(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoll(text, nullptr, 10);
}
const std::int64_t kRecords = number_from("GOUJI_BENCH_RECORDS", 20'000);
const std::int64_t kKeys = number_from("GOUJI_BENCH_KEYS", 100'000);

double resident_mb() {
  std::ifstream file("/proc/self/statm");
  std::int64_t pages = 0;
  file >> pages >> pages;
  return static_cast<double>(pages * ::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::unique_ptr<EventLog> owned_log(const std::string& path) {
  OpenOptions options;
  options.mode = LocalMode::kOwner;
  auto log = open_local_log({false, path, {}}, options);
  GOUJI_CHECK(log.has_value());
  return std::move(*log);
}

class PassThrough final : public Stage {
 public:
  std::string_view name() const override { return "pass-through"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override { return std::nullopt; }
  Result<void> process(const StoredRecord& stored, StageContext& context) override {
    context.emit({"out", stored.at.partition, stored.record});
    return ok();
  }

 private:
  std::vector<std::string> inputs_{"in"};
};

std::unique_ptr<EventLog> filled_log(const std::string& path) {
  auto log = owned_log(path);
  for (const char* name : {"in", "out", "in.dlq.g"}) {
    TopicSpec spec;
    spec.name = name;
    GOUJI_CHECK(log->create_topic(spec).has_value());
  }
  const std::vector<Outgoing> batch(1000, to("in", 0, std::string(kValueBytes, 'v')));
  auto appender = std::move(*log->open_appender());
  for (std::int64_t n = 0; n < kRecords; n += 1000) GOUJI_CHECK(appender->append(batch).has_value());
  return log;
}

double seconds_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

void stage_over_local_log(benchmark::State& state) {
  for ([[maybe_unused]] const auto round : state) {
    const TempFolder folder;
    const auto log = filled_log(folder.file("log.db"));
    auto stage_log = std::move(*log->open_stage_log({"g", "bench", {"in"}, std::nullopt}));
    const runtime::SystemClock clock;
    StageObserver observer;
    PassThrough stage;
    StageRunnerOptions options;
    options.group = "g";
    options.transaction_records_max = static_cast<std::size_t>(state.range(0));
    options.transaction_age_max = std::chrono::seconds(10);
    StageRunner runner(*log, *stage_log, stage, clock, observer, options);
    // The last append left a gap of one behind it.
    const std::int64_t all = *log->end_offset({"in", 0}, Isolation::kCommitted) - 1;
    std::int64_t done = 0;
    double tenth = 0;
    const auto began = std::chrono::steady_clock::now();
    while (done < all) {
      GOUJI_CHECK(runner.step());
      const auto offsets = log->committed_offsets();
      done = offsets->empty() ? 0 : offsets->front().offset;
      if (tenth == 0 && done * 10 >= all) tenth = resident_mb();
    }
    state.SetIterationTime(seconds_since(began));
    state.counters["rss_tenth_mb"] = tenth;
    state.counters["rss_end_mb"] = resident_mb();
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void run_sql(sqlite3* handle, const std::string& sql) {
  GOUJI_CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
}

sqlite3* filled_sqlite(const std::string& path) {
  sqlite3* handle = nullptr;
  GOUJI_CHECK(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  run_sql(handle,
          std::string("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
          "CREATE TABLE record(id INTEGER PRIMARY KEY, tp, off, ts, key BLOB, value BLOB);"
          "CREATE UNIQUE INDEX at ON record(tp, off);"
          "CREATE TABLE next(tp INTEGER PRIMARY KEY, off); INSERT INTO next VALUES(0, 0);"
          "BEGIN; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<") + std::to_string(kRecords - 1) + ")"
          " INSERT INTO record(tp, off, ts, key, value) SELECT 0, i, i, x'6B', randomblob(1024) FROM n; COMMIT");
  return handle;
}

sqlite3_stmt* prepare(sqlite3* handle, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  GOUJI_CHECK(sqlite3_prepare_v2(handle, sql, -1, &statement, nullptr) == SQLITE_OK);
  return statement;
}

void copy_one(sqlite3_stmt* row, sqlite3_stmt* insert, std::int64_t offset) {
  const std::string key(static_cast<const char*>(sqlite3_column_blob(row, 1)), static_cast<std::size_t>(sqlite3_column_bytes(row, 1)));
  const std::string value(static_cast<const char*>(sqlite3_column_blob(row, 2)), static_cast<std::size_t>(sqlite3_column_bytes(row, 2)));
  sqlite3_bind_int64(insert, 1, offset);
  sqlite3_bind_int64(insert, 2, sqlite3_column_int64(row, 0));
  sqlite3_bind_blob64(insert, 3, key.data(), key.size(), nullptr);
  sqlite3_bind_blob64(insert, 4, value.data(), value.size(), nullptr);
  GOUJI_CHECK(sqlite3_step(insert) == SQLITE_DONE);
  sqlite3_reset(insert);
}

void bare_sqlite(benchmark::State& state) {
  for ([[maybe_unused]] const auto round : state) {
    const TempFolder folder;
    sqlite3* handle = filled_sqlite(folder.file("bare.db"));
    sqlite3_stmt* select = prepare(handle, "SELECT ts, key, value FROM record WHERE tp=0 AND off>=? ORDER BY off LIMIT ?");
    sqlite3_stmt* insert = prepare(handle, "INSERT INTO record(tp, off, ts, key, value) VALUES(1, ?, ?, ?, ?)");
    sqlite3_stmt* move = prepare(handle, "UPDATE next SET off=? WHERE tp=0");
    const auto began = std::chrono::steady_clock::now();
    for (std::int64_t next = 0; next < kRecords;) {
      run_sql(handle, "BEGIN IMMEDIATE");
      sqlite3_bind_int64(select, 1, next);
      sqlite3_bind_int64(select, 2, state.range(0));
      while (sqlite3_step(select) == SQLITE_ROW) copy_one(select, insert, next++);
      sqlite3_reset(select);
      sqlite3_bind_int64(move, 1, next);
      GOUJI_CHECK(sqlite3_step(move) == SQLITE_DONE);
      sqlite3_reset(move);
      run_sql(handle, "COMMIT");
    }
    state.SetIterationTime(seconds_since(began));
    for (sqlite3_stmt* statement : {select, insert, move}) sqlite3_finalize(statement);
    sqlite3_close(handle);
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

// A changelog of a million keys and 1.2 million changes, compacted as far as the settings ask.
void restore(benchmark::State& state) {
  const TempFolder folder;
  const auto log = owned_log(folder.file("log.db"));
  TopicSpec spec;
  spec.name = "state";
  spec.compacted = true;
  GOUJI_CHECK(log->create_topic(spec).has_value());
  auto appender = std::move(*log->open_appender());
  for (std::int64_t n = 0; n < kKeys + kKeys / 5;) {
    std::vector<Outgoing> changes;
    for (int i = 0; i < 5000 && n < kKeys + kKeys / 5; ++i, ++n)
      changes.push_back(state_change({"state", 0}, "organ/" + std::to_string(n % kKeys), std::string(500, 's'), 0));
    GOUJI_CHECK(appender->append(changes).has_value());
  }
  const runtime::SystemClock clock;
  StageObserver observer;
  for ([[maybe_unused]] const auto round : state) {
    const auto began = std::chrono::steady_clock::now();
    const auto restored = restore_state(*log, {"state", 0}, clock, observer);
    GOUJI_CHECK(restored.has_value() && static_cast<std::int64_t>(restored->state.committed().size()) == kKeys);
    state.SetIterationTime(seconds_since(began));
    state.counters["rss_end_mb"] = resident_mb();
  }
  state.SetItemsProcessed(state.iterations() * kKeys);
}

// How long an append waits while a long compaction goes on beside it.
void append_beside_compaction(benchmark::State& state) {
  const TempFolder folder;
  const auto log = owned_log(folder.file("log.db"));
  TopicSpec spec;
  spec.name = "state";
  spec.compacted = true;
  GOUJI_CHECK(log->create_topic(spec).has_value());
  auto appender = std::move(*log->open_appender());
  for (int n = 0; n < 100; ++n) {
    std::vector<Outgoing> changes;
    for (int i = 0; i < 2000; ++i)
      changes.push_back(state_change({"state", 0}, "organ/" + std::to_string(i), std::string(4000, 's'), 0));
    GOUJI_CHECK(appender->append(changes).has_value());
  }
  std::atomic<bool> is_done{false};
  std::thread caretaker([&] {
    const MaintenanceLimits limits{20, std::chrono::milliseconds(20), std::chrono::milliseconds(20)};
    while (!is_done && !maintain_local_log(*log, runtime::SystemClock().unix_millis(), limits)->is_done) {
    }
  });
  const std::vector<Outgoing> one{{"state", 0, record_of("other", "v")}};
  std::vector<double> waits;
  for ([[maybe_unused]] const auto round : state) {
    const auto began = std::chrono::steady_clock::now();
    GOUJI_CHECK(appender->append(one).has_value());
    waits.push_back(seconds_since(began) * 1e3);
    state.SetIterationTime(waits.back() / 1e3);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  is_done = true;
  caretaker.join();
  std::sort(waits.begin(), waits.end());
  state.counters["p50_ms"] = waits[waits.size() / 2];
  state.counters["p99_ms"] = waits[waits.size() * 99 / 100];
  state.counters["max_ms"] = waits.back();
}

BENCHMARK(bare_sqlite)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond)->UseManualTime();
BENCHMARK(stage_over_local_log)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond)->UseManualTime();

BENCHMARK(restore)->Unit(benchmark::kSecond)->UseManualTime()->Iterations(1);
BENCHMARK(append_beside_compaction)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(400);

}  // namespace
}  // namespace gouji::testing
