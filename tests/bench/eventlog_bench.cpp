// A pass-through stage over the local log, against bare SQLite that reads, inserts and moves an
// offset in transactions of the same size, in the same run. Goal: at least half of it.
//
// items_per_second of both is records; the argument is the number of records in a transaction.
#include <benchmark/benchmark.h>
#include <sqlite3.h>

#include <chrono>
#include <string>

#include "common/core/check.h"
#include "common/eventlog/local/local_log.h"
#include "common/eventlog/stage_runner.h"
#include "common/runtime/system_clock.h"
#include "tests/support/record_of.h"
#include "tests/support/temp_folder.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the benchmark is about nothing else

constexpr std::int64_t kRecords = 20'000;
constexpr std::size_t kValueBytes = 1024;

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
  OpenOptions options;
  options.mode = LocalMode::kOwner;
  auto log = open_local_log({false, path, {}}, options);
  GOUJI_CHECK(log.has_value());
  for (const char* name : {"in", "out", "in.dlq.g"}) {
    TopicSpec spec;
    spec.name = name;
    GOUJI_CHECK((*log)->create_topic(spec).has_value());
  }
  const std::vector<Outgoing> batch(1000, to("in", 0, std::string(kValueBytes, 'v')));
  auto appender = std::move(*(*log)->open_appender());
  for (std::int64_t n = 0; n < kRecords; n += 1000) GOUJI_CHECK(appender->append(batch).has_value());
  return std::move(*log);
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
    const std::int64_t all = read_all(*log, {"in", 0}).back().offset + 1;
    const auto began = std::chrono::steady_clock::now();
    while (log->committed_offsets()->empty() || log->committed_offsets()->front().offset < all) {
      GOUJI_CHECK(runner.step());
    }
    state.SetIterationTime(seconds_since(began));
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
}

void run_sql(sqlite3* handle, const char* sql) {
  GOUJI_CHECK(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

sqlite3* filled_sqlite(const std::string& path) {
  sqlite3* handle = nullptr;
  GOUJI_CHECK(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  run_sql(handle,
          "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000;"
          "CREATE TABLE record(id INTEGER PRIMARY KEY, tp, off, ts, key BLOB, value BLOB);"
          "CREATE UNIQUE INDEX at ON record(tp, off);"
          "CREATE TABLE next(tp INTEGER PRIMARY KEY, off); INSERT INTO next VALUES(0, 0);"
          "BEGIN; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<19999)"
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

BENCHMARK(bare_sqlite)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond)->UseManualTime();
BENCHMARK(stage_over_local_log)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond)->UseManualTime();

}  // namespace
}  // namespace gouji::testing
