#include <fmt/format.h>

#include "services/gouji/notify/notify_state_impl.h"

namespace gouji::command {
namespace {

using crawler::Database;
using crawler::ProcessLock;
using crawler::Statement;
using crawler::Transaction;

constexpr std::int64_t kSchemaVersion = 1;
// All of it or nothing; the rest of it where a program died halfway that did not hold to that.
constexpr const char* kSchema = R"sql(
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress(partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, news_from INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS standing(anomaly TEXT PRIMARY KEY, event TEXT NOT NULL, value BLOB NOT NULL, waived_until INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standing_by_waiver ON standing(waived_until) WHERE waived_until > 0;
CREATE TABLE IF NOT EXISTS told(target TEXT, anomaly TEXT, event TEXT NOT NULL, PRIMARY KEY(target, anomaly)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery(
  number INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL, anomaly TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  created_at INTEGER NOT NULL, tries INTEGER NOT NULL, next_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS delivery_by_anomaly ON delivery(target, anomaly, number);
CREATE INDEX IF NOT EXISTS delivery_by_due ON delivery(target, next_at);
CREATE TABLE IF NOT EXISTS alert(
  target TEXT, anomaly TEXT, labels TEXT, annotations TEXT NOT NULL, url TEXT NOT NULL, starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL, event TEXT NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY(target, anomaly, labels)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS alert_by_due ON alert(target, due_at);
PRAGMA user_version = 1;
COMMIT;
)sql";
// Came later. A program that does not know them can use the file all the same, and goes on where the other stopped.
constexpr const char* kMoreTables = R"sql(
CREATE TABLE IF NOT EXISTS mark(partition INTEGER PRIMARY KEY, offset INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS catching_up(partition INTEGER PRIMARY KEY, until INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS heard(anomaly TEXT PRIMARY KEY, event TEXT NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unheard(anomaly TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
)sql";

constexpr std::string_view kAlertColumns = "anomaly, labels, annotations, url, starts_at, ends_at, event";

StoredAlert read_alert(const Statement& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3), row.integer(4), row.integer(5), row.text(6)};
}

Result<void> prepare_file(Database& database, const std::string& path) {
  GOUJI_TRY(database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;"));
  GOUJI_ASSIGN(auto statement, database.prepare("PRAGMA user_version"));
  GOUJI_TRY(statement.step());
  const std::int64_t version = statement.integer(0);
  statement.reset();
  if (version == 0) GOUJI_TRY(database.exec(kSchema));
  if (version <= kSchemaVersion) return database.exec(kMoreTables);
  return fatal(ErrorCode::kUnknownVersion,
               fmt::format("{}：由较新的程序写成（第 {} 版）/ was written by a newer gouji (version {}, known is {})", path, version, version, kSchemaVersion));
}

Result<void> check_log(Database& database, const std::string& path, std::string_view log) {
  GOUJI_ASSIGN(auto find, database.prepare("SELECT value FROM about WHERE name = 'log'"));
  GOUJI_ASSIGN(const bool is_known, find.step());
  if (is_known && find.text(0) == log) {
    // Written at every start: a disk that is full shows before anything is sent that could not be noted.
    find.reset();
    GOUJI_ASSIGN(auto again, database.prepare("UPDATE about SET value = value WHERE name = 'log'"));
    return again.run();
  }
  if (is_known)
    return fatal(ErrorCode::kBadArgument, fmt::format("{}：属于日志 {}，不是 {}；换一个 --data，或移走此文件 / belongs to another log: take another --data, "
                                                      "or move this file away", path, find.text(0), log));
  find.reset();
  GOUJI_ASSIGN(auto insert, database.prepare("INSERT INTO about VALUES('log', ?1)"));
  return insert.bind(1, log).run();
}

}  // namespace

NotifyState::NotifyState(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NotifyState::~NotifyState() = default;

Result<std::unique_ptr<NotifyState>> NotifyState::open(const std::string& path, std::string_view log) {
  GOUJI_ASSIGN(auto lock, ProcessLock::take(path + ".lock", path));
  GOUJI_ASSIGN(auto database, Database::open(path));
  GOUJI_TRY(prepare_file(database, path));
  GOUJI_TRY(check_log(database, path, log));
  return std::unique_ptr<NotifyState>(new NotifyState(std::make_unique<Impl>(std::move(lock), std::move(database))));
}

Result<void> NotifyState::together(const std::function<Result<void>()>& work) {
  const std::scoped_lock guard(impl_->mutex);
  GOUJI_ASSIGN(auto transaction, Transaction::begin(impl_->database));
  GOUJI_TRY(work());
  return transaction.commit();
}

Result<std::optional<std::string>> NotifyState::told(std::string_view target, std::string_view anomaly) {
  GOUJI_ASSIGN(const auto found, impl_->rows<std::string>("SELECT event FROM told WHERE target = ?1 AND anomaly = ?2",
                                                          [&](Statement& row) { row.bind(1, target).bind(2, anomaly); },
                                                          [](const Statement& row) { return row.text(0); }));
  return found.empty() ? std::nullopt : std::optional(found.front());
}

Result<void> NotifyState::set_told(std::string_view target, std::string_view anomaly, std::string_view event) {
  return impl_->run("INSERT OR REPLACE INTO told VALUES(?1, ?2, ?3)", [&](Statement& row) { row.bind(1, target).bind(2, anomaly).bind(3, event); });
}

Result<void> NotifyState::clear_told(std::string_view target, std::string_view anomaly) {
  return impl_->run("DELETE FROM told WHERE target = ?1 AND anomaly = ?2", [&](Statement& row) { row.bind(1, target).bind(2, anomaly); });
}

Result<void> NotifyState::add_delivery(std::string_view target, const Delivery& delivery) {
  return impl_->run("INSERT INTO delivery(target, anomaly, id, body, created_at, tries, next_at) VALUES(?1, ?2, ?3, ?4, ?5, 0, ?5)", [&](Statement& row) {
    row.bind(1, target).bind(2, delivery.anomaly).bind(3, delivery.id).bind(4, delivery.body).bind(5, delivery.created_at);
  });
}

Result<std::vector<StoredAlert>> NotifyState::alerts_of(std::string_view target, std::string_view anomaly) {
  return impl_->rows<StoredAlert>(fmt::format("SELECT {} FROM alert WHERE target = ?1 AND anomaly = ?2 AND ends_at = 0", kAlertColumns),
                                  [&](Statement& row) { row.bind(1, target).bind(2, anomaly); }, read_alert);
}

Result<void> NotifyState::put_alert(std::string_view target, const StoredAlert& alert) {
  return impl_->run("INSERT OR REPLACE INTO alert VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)", [&](Statement& row) {
    row.bind(1, target).bind(2, alert.anomaly).bind(3, alert.labels).bind(4, alert.annotations).bind(5, alert.url);
    row.bind(6, alert.starts_at).bind(7, alert.ends_at).bind(8, alert.event);
  });
}

// Each question follows an index and stops at the limit.
Result<std::vector<Delivery>> NotifyState::due_deliveries(std::string_view target, UnixMillis now, std::size_t limit) {
  for (const std::string_view which : {"tries = 0 AND next_at <= ?2", "tries > 0 AND next_at <= ?2", "next_at > ?2 + 7200000"}) {
    const std::string sql = fmt::format("SELECT number, anomaly, id, body, created_at, tries FROM delivery AS d WHERE target = ?1 AND {} AND NOT EXISTS "
                                        "(SELECT 1 FROM delivery AS e WHERE e.target = ?1 AND e.anomaly = d.anomaly AND e.number < d.number) "
                                        "ORDER BY next_at, number LIMIT ?3", which);
    GOUJI_ASSIGN(auto found, impl_->rows<Delivery>(sql, [&](Statement& row) { row.bind(1, target).bind(2, now).bind(3, static_cast<std::int64_t>(limit)); },
                                                   [](const Statement& row) {
                                                     return Delivery{row.integer(0), row.text(1), row.text(2), row.text(3), row.integer(4), row.integer(5)};
                                                   }));
    if (!found.empty()) return found;
  }
  return std::vector<Delivery>();
}

Result<void> NotifyState::delivered(const std::vector<std::int64_t>& numbers) {
  return together([&]() -> Result<void> {
    for (const std::int64_t number : numbers) GOUJI_TRY(impl_->run("DELETE FROM delivery WHERE number = ?1", [&](Statement& row) { row.bind(1, number); }));
    return ok();
  });
}

Result<void> NotifyState::try_again(std::int64_t number, UnixMillis at) {
  return impl_->run("UPDATE delivery SET tries = tries + 1, next_at = ?2 WHERE number = ?1", [&](Statement& row) { row.bind(1, number).bind(2, at); });
}

Result<std::vector<StoredAlert>> NotifyState::due_alerts(std::string_view target, UnixMillis now, std::size_t limit) {
  for (const std::string_view which : {"due_at <= ?2", "due_at > ?2 + 600000"}) {
    GOUJI_ASSIGN(auto found, impl_->rows<StoredAlert>(fmt::format("SELECT {} FROM alert WHERE target = ?1 AND {} ORDER BY due_at LIMIT ?3", kAlertColumns, which),
                                                      [&](Statement& row) { row.bind(1, target).bind(2, now).bind(3, static_cast<std::int64_t>(limit)); }, read_alert));
    if (!found.empty()) return found;
  }
  return std::vector<StoredAlert>();
}

Result<void> NotifyState::posted(std::string_view target, const std::vector<StoredAlert>& alerts, UnixMillis next) {
  return together([&]() -> Result<void> {
    for (const StoredAlert& alert : alerts) {
      const auto bind = [&](Statement& row) {
        row.bind(1, target).bind(2, alert.anomaly).bind(3, alert.labels).bind(4, alert.ends_at).bind(5, alert.event);
      };
      constexpr std::string_view kSame = "WHERE target = ?1 AND anomaly = ?2 AND labels = ?3 AND ends_at = ?4 AND event = ?5";
      if (alert.ends_at != 0) GOUJI_TRY(impl_->run(fmt::format("DELETE FROM alert {}", kSame), bind));
      else GOUJI_TRY(impl_->run(fmt::format("UPDATE alert SET due_at = {} {}", next, kSame), bind));
    }
    return ok();
  });
}

Result<Waiting> NotifyState::waiting(std::string_view target) {
  GOUJI_ASSIGN(const auto found, impl_->rows<Waiting>("SELECT count(*), coalesce(min(created_at), 0) FROM delivery WHERE target = ?1",
                                                      [&](Statement& row) { row.bind(1, target); },
                                                      [](const Statement& row) { return Waiting{row.integer(0), row.integer(1)}; }));
  return found.front();
}

Result<void> NotifyState::keep_targets(const std::vector<std::string>& names) {
  return together([&]() -> Result<void> {
    for (const char* table : {"told", "delivery", "alert"}) {
      GOUJI_ASSIGN(const auto there, impl_->rows<std::string>(fmt::format("SELECT DISTINCT target FROM {}", table), [](Statement&) {},
                                                              [](const Statement& row) { return row.text(0); }));
      for (const std::string& target : there) {
        bool is_kept = false;
        for (const std::string& name : names) is_kept |= name == target;
        if (!is_kept) GOUJI_TRY(impl_->run(fmt::format("DELETE FROM {} WHERE target = ?1", table), [&](Statement& row) { row.bind(1, target); }));
      }
    }
    return ok();
  });
}

}  // namespace gouji::command
