#include "services/crawler/io/state_schema.h"

#include <utility>
#include <vector>

#include "services/crawler/core/url.h"

namespace gouji::crawler {

namespace {

constexpr const char* kLocationAndOutbox = R"sql(
CREATE TABLE location(
  id TEXT PRIMARY KEY, source_id TEXT NOT NULL, address TEXT NOT NULL,
  payload_digest TEXT NOT NULL, text_digest TEXT NOT NULL, sequence INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
  missing_since INTEGER NOT NULL, missing_count INTEGER NOT NULL,
  tag TEXT NOT NULL, refused TEXT NOT NULL, title TEXT NOT NULL, published_on TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, listed_at INTEGER NOT NULL,
  fetches INTEGER NOT NULL, organ TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE INDEX location_by_address ON location(source_id, address);
CREATE INDEX location_by_text ON location(text_digest, first_seen) WHERE text_digest <> '';
CREATE TABLE source(
  id TEXT PRIMARY KEY, address TEXT NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,
  message TEXT NOT NULL, last_attempt_at INTEGER NOT NULL, last_success_at INTEGER NOT NULL,
  documents INTEGER NOT NULL, failures INTEGER NOT NULL, reported_at INTEGER NOT NULL,
  place TEXT NOT NULL, unlisted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key BLOB, value BLOB,
  headers BLOB NOT NULL, timestamp INTEGER NOT NULL, bytes INTEGER NOT NULL);
)sql";

constexpr const char* kFrontier = R"sql(
CREATE TABLE url(
  id INTEGER PRIMARY KEY, source_id TEXT NOT NULL, kind INTEGER NOT NULL, address TEXT NOT NULL,
  host TEXT NOT NULL, location_id TEXT NOT NULL, due_at INTEGER NOT NULL, looked_at INTEGER NOT NULL,
  interval INTEGER NOT NULL, leases INTEGER NOT NULL, tag TEXT NOT NULL, last_modified TEXT NOT NULL,
  digest TEXT NOT NULL, fetches INTEGER NOT NULL, failures INTEGER NOT NULL, result TEXT NOT NULL,
  cursor TEXT NOT NULL, rows_milli INTEGER NOT NULL, fingerprint TEXT NOT NULL,
  new_fingerprint TEXT NOT NULL, fingerprint_seen INTEGER NOT NULL);
CREATE UNIQUE INDEX url_by_address ON url(source_id, kind, address);
CREATE INDEX url_by_location ON url(location_id) WHERE kind = 4;
CREATE TABLE host(
  name TEXT PRIMARY KEY, latency_us INTEGER NOT NULL, penalty_us INTEGER NOT NULL, faults INTEGER NOT NULL,
  openings INTEGER NOT NULL, open_until INTEGER NOT NULL, rest_until INTEGER NOT NULL,
  budget_day INTEGER NOT NULL, budget_used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE robots(
  origin TEXT PRIMARY KEY, fetched_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  is_known INTEGER NOT NULL, text BLOB NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 2;
)sql";

// Version 1 kept the schedule of a page with its location, and that of a list with its source.
constexpr const char* kSetOldAside = R"sql(
DROP INDEX location_by_address;
DROP INDEX location_by_due;
ALTER TABLE location RENAME TO old_location;
ALTER TABLE source RENAME TO old_source;
)sql";

constexpr const char* kCopyOld = R"sql(
INSERT INTO location SELECT id, source_id, address, payload_digest, '', sequence, withdrawn, missing_since,
  missing_count, CASE source_id WHEN 'files' THEN tag ELSE '' END, refused, title, published_on, first_seen,
  last_seen, 0, fetches, '' FROM old_location;
INSERT INTO source SELECT id, address, state, reason, message, last_attempt_at, last_success_at, documents,
  failures, reported_at, place, 0 FROM old_source;
INSERT INTO url SELECT NULL, source_id, 3, address, '', id, due_at, last_seen, 0, 0, tag, last_modified,
  payload_digest, fetches, failures, '', '', 0, '', '', 0 FROM old_location WHERE source_id <> 'files';
INSERT INTO url SELECT NULL, id, 2, address, '', '', due_at, last_attempt_at, 0, 0, tag, last_modified,
  '', 0, failures, '', '', documents * 1000, '', '', 0 FROM old_source
  WHERE id NOT LIKE 'files:%' AND id NOT LIKE 'web:%';
DROP TABLE old_location;
DROP TABLE old_source;
)sql";

// Names each address's host, which version 1 did not.
Result<void> name_hosts(Database& database) {
  GOUJI_ASSIGN(auto addresses, database.prepare("SELECT id, address FROM url"));
  GOUJI_ASSIGN(auto update, database.prepare("UPDATE url SET host = ?1 WHERE id = ?2"));
  std::vector<std::pair<std::int64_t, std::string>> hosts;
  while (true) {
    GOUJI_ASSIGN(const bool has_row, addresses.step());
    if (!has_row) break;
    if (const auto url = parse_url(addresses.text(1))) hosts.emplace_back(addresses.integer(0), url->host);
  }
  for (const auto& [id, host] : hosts) {
    update.bind(1, host).bind(2, id);
    GOUJI_TRY(update.run());
  }
  return ok();
}

// A column that the first files of version 2 had not; programs that do not know it leave it alone.
Result<void> add_organ(Database& database) {
  GOUJI_ASSIGN(auto columns, database.prepare("SELECT count(*) FROM pragma_table_info('location') WHERE name = 'organ'"));
  GOUJI_TRY(columns.step());
  if (columns.integer(0) > 0) return ok();
  return database.exec("ALTER TABLE location ADD COLUMN organ TEXT NOT NULL DEFAULT ''");
}

Result<std::int64_t> version_of(Database& database) {
  GOUJI_ASSIGN(auto statement, database.prepare("PRAGMA user_version"));
  GOUJI_TRY(statement.step());
  return statement.integer(0);
}

}  // namespace

Result<void> prepare_schema(Database& database, const std::string& path) {
  GOUJI_ASSIGN(const auto version, version_of(database));
  if (version > kStateVersion) {
    return fatal(ErrorCode::kUnknownVersion,
                 "state file " + path + " has version " + std::to_string(version) + ", this program knows up to " +
                     std::to_string(kStateVersion) + "; use the newer program, or another --data folder");
  }
  GOUJI_TRY(database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000"));
  if (version == kStateVersion) return add_organ(database);
  GOUJI_ASSIGN(auto transaction, Transaction::begin(database));
  if (version == 1) GOUJI_TRY(database.exec(kSetOldAside));
  GOUJI_TRY(database.exec(kLocationAndOutbox));
  GOUJI_TRY(database.exec(kFrontier));
  if (version == 1) {
    GOUJI_TRY(database.exec(kCopyOld));
    GOUJI_TRY(name_hosts(database));
  }
  return transaction.commit();
}

}  // namespace gouji::crawler
