#include "services/crawler/io/state.h"

#include <mutex>
#include <utility>

#include "services/crawler/io/header_codec.h"
#include "services/crawler/io/process_lock.h"
#include "services/crawler/io/sqlite.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"sql(
CREATE TABLE location(
  id TEXT PRIMARY KEY, source_id TEXT NOT NULL, address TEXT NOT NULL,
  payload_digest TEXT NOT NULL, sequence INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
  missing_since INTEGER NOT NULL, missing_count INTEGER NOT NULL,
  tag TEXT NOT NULL, last_modified TEXT NOT NULL, refused TEXT NOT NULL,
  title TEXT NOT NULL, published_on TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, due_at INTEGER NOT NULL,
  fetches INTEGER NOT NULL, failures INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX location_by_address ON location(source_id, address);
CREATE INDEX location_by_due ON location(source_id, due_at);
CREATE TABLE source(
  id TEXT PRIMARY KEY, address TEXT NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,
  message TEXT NOT NULL, last_attempt_at INTEGER NOT NULL, last_success_at INTEGER NOT NULL,
  documents INTEGER NOT NULL, failures INTEGER NOT NULL, reported_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL, tag TEXT NOT NULL, last_modified TEXT NOT NULL,
  place TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key BLOB, value BLOB,
  headers BLOB NOT NULL, timestamp INTEGER NOT NULL, bytes INTEGER NOT NULL);
PRAGMA user_version = 1;
)sql";

constexpr std::string_view kLocationColumns =
    "id, source_id, address, payload_digest, sequence, withdrawn, missing_since, missing_count, tag, "
    "last_modified, refused, title, published_on, first_seen, last_seen, due_at, fetches, failures";

Location read_location(const Statement& row) {
  Location location;
  location.id = row.text(0);
  location.source_id = row.text(1);
  location.address = row.text(2);
  location.known = {row.text(3), row.integer(4), row.integer(5) != 0, row.integer(6),
                    static_cast<int>(row.integer(7))};
  location.tag = row.text(8);
  location.last_modified = row.text(9);
  location.refused = row.text(10);
  location.title = row.text(11);
  location.published_on = row.text(12);
  location.first_seen = row.integer(13);
  location.last_seen = row.integer(14);
  location.due_at = row.integer(15);
  location.fetches = row.integer(16);
  location.failures = row.integer(17);
  return location;
}

void bind_location(Statement& statement, const Location& location) {
  const Known& known = location.known;
  statement.bind(1, location.id).bind(2, location.source_id).bind(3, location.address);
  statement.bind(4, known.payload_digest).bind(5, known.sequence).bind(6, std::int64_t{known.withdrawn});
  statement.bind(7, known.missing_since).bind(8, std::int64_t{known.missing_count});
  statement.bind(9, location.tag).bind(10, location.last_modified).bind(11, location.refused);
  statement.bind(12, location.title).bind(13, location.published_on);
  statement.bind(14, location.first_seen).bind(15, location.last_seen).bind(16, location.due_at);
  statement.bind(17, location.fetches).bind(18, location.failures);
}

Result<std::int64_t> read_integer(Database& database, std::string_view sql) {
  GOUJI_ASSIGN(auto statement, database.prepare(sql));
  GOUJI_ASSIGN(const bool has_row, statement.step());
  return has_row ? statement.integer(0) : std::int64_t{0};
}

Result<void> prepare_schema(Database& database, const std::string& path) {
  GOUJI_ASSIGN(const auto version, read_integer(database, "PRAGMA user_version"));
  if (version > kSchemaVersion) {
    return fatal(ErrorCode::kUnknownVersion,
                 "state file " + path + " has version " + std::to_string(version) + ", this program knows up to " +
                     std::to_string(kSchemaVersion) + "; use the newer program, or another --data folder");
  }
  GOUJI_TRY(database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000"));
  if (version == kSchemaVersion) return ok();
  GOUJI_ASSIGN(auto transaction, Transaction::begin(database));
  GOUJI_TRY(database.exec(kSchema));
  return transaction.commit();
}

std::int64_t byte_size_of(const Record& record) {
  std::size_t size = record.key.value_or("").size() + record.value.value_or("").size();
  for (const Header& header : record.headers) size += header.name.size() + header.value.value_or("").size();
  return static_cast<std::int64_t>(size);
}

}  // namespace

// Statements are prepared once and live before the connection closes: members die in reverse order.
struct State::Impl {
  ProcessLock lock;
  Database database;
  std::mutex mutex;
  OutboxSize outbox;
  std::optional<Statement> find, upsert_location, upsert_source, insert_event;

  Impl(ProcessLock taken, Database opened) : lock(std::move(taken)), database(std::move(opened)) {}

  Result<void> prepare();
  Result<void> measure_outbox();
  Result<std::vector<Location>> locations(Statement& statement);
  Result<void> check_sequence(const Location& location);
  Result<void> write(const Location& location);
  Result<void> write(const SourceMemory& source);
  Result<void> write(const OutboxRow& event);
};

Result<void> State::Impl::prepare() {
  const std::string columns(kLocationColumns);
  GOUJI_ASSIGN(auto by_id, database.prepare("SELECT " + columns + " FROM location WHERE id = ?1"));
  find.emplace(std::move(by_id));
  GOUJI_ASSIGN(auto location, database.prepare("INSERT OR REPLACE INTO location(" + columns +
                                               ") VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18)"));
  upsert_location.emplace(std::move(location));
  GOUJI_ASSIGN(auto source, database.prepare("INSERT OR REPLACE INTO source VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14)"));
  upsert_source.emplace(std::move(source));
  GOUJI_ASSIGN(auto event, database.prepare("INSERT INTO outbox(topic, key, value, headers, timestamp, bytes) VALUES(?1,?2,?3,?4,?5,?6)"));
  insert_event.emplace(std::move(event));
  return measure_outbox();
}

Result<void> State::Impl::measure_outbox() {
  GOUJI_ASSIGN(auto statement, database.prepare("SELECT count(*), ifnull(sum(bytes), 0) FROM outbox"));
  GOUJI_TRY(statement.step());
  outbox = {statement.integer(0), statement.integer(1)};
  return ok();
}

Result<std::vector<Location>> State::Impl::locations(Statement& statement) {
  std::vector<Location> found;
  while (true) {
    GOUJI_ASSIGN(const bool has_row, statement.step());
    if (!has_row) return found;
    found.push_back(read_location(statement));
  }
}

Result<void> State::Impl::check_sequence(const Location& location) {
  find->bind(1, location.id);
  const auto has_row = find->step();
  const std::int64_t stored = has_row && *has_row ? find->integer(4) : 0;
  find->reset();
  if (!has_row) return has_row.error();
  if (location.known.sequence == stored || location.known.sequence == stored + 1) return ok();
  return fatal(ErrorCode::kInternal, "state of " + location.address + " was changed by somebody else (sequence " +
                                         std::to_string(stored) + ", expected " + std::to_string(location.known.sequence) + ")");
}

Result<void> State::Impl::write(const Location& location) {
  GOUJI_TRY(check_sequence(location));
  bind_location(*upsert_location, location);
  return upsert_location->run();
}

Result<void> State::Impl::write(const SourceMemory& source) {
  const SourceHealth& health = source.health;
  Statement& statement = *upsert_source;
  statement.bind(1, health.source_id).bind(2, health.address).bind(3, std::int64_t{static_cast<std::uint8_t>(health.state)});
  statement.bind(4, health.reason).bind(5, health.message).bind(6, health.last_attempt_at).bind(7, health.last_success_at);
  statement.bind(8, health.documents).bind(9, std::int64_t{health.failures}).bind(10, source.reported_at);
  statement.bind(11, source.due_at).bind(12, source.tag).bind(13, source.last_modified).bind(14, source.place);
  return statement.run();
}

Result<void> State::Impl::write(const OutboxRow& event) {
  Statement& statement = *insert_event;
  statement.bind(1, event.topic);
  if (event.record.key) statement.bind_blob(2, *event.record.key);
  if (event.record.value) statement.bind_blob(3, *event.record.value);
  statement.bind_blob(4, pack_headers(event.record.headers)).bind(5, event.record.timestamp);
  statement.bind(6, byte_size_of(event.record));
  return statement.run();
}

State::State(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
State::~State() = default;

Result<std::unique_ptr<State>> State::open(const std::string& path) {
  GOUJI_ASSIGN(auto lock, ProcessLock::take(path + ".lock", "state file " + path));
  GOUJI_ASSIGN(auto database, Database::open(path));
  GOUJI_TRY(prepare_schema(database, path));
  auto impl = std::make_unique<Impl>(std::move(lock), std::move(database));
  GOUJI_TRY(impl->prepare());
  return std::unique_ptr<State>(new State(std::move(impl)));
}

Result<std::optional<Location>> State::find(std::string_view id) {
  const std::lock_guard guard(impl_->mutex);
  Statement& statement = *impl_->find;
  statement.bind(1, id);
  const auto has_row = statement.step();
  std::optional<Location> found;
  if (has_row && *has_row) found = read_location(statement);
  statement.reset();
  if (!has_row) return has_row.error();
  return found;
}

Result<std::vector<Location>> State::under(std::string_view source_id, std::string_view root) {
  const std::lock_guard guard(impl_->mutex);
  const std::string folder = root == "/" ? std::string(root) : std::string(root) + "/";
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT " + std::string(kLocationColumns) +
                                                       " FROM location WHERE source_id = ?1 AND (address = ?2 OR "
                                                       "(address >= ?3 AND address < ?4)) ORDER BY address"));
  std::string behind = folder;  // the first text that no longer begins with `folder`
  behind.back() = static_cast<char>(behind.back() + 1);
  statement.bind(1, source_id).bind(2, root).bind(3, folder).bind(4, behind);
  return impl_->locations(statement);
}

Result<std::vector<Location>> State::due(std::string_view source_id, UnixMillis now, std::size_t limit) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT " + std::string(kLocationColumns) +
                                                       " FROM location WHERE source_id = ?1 AND due_at <= ?2 "
                                                       "ORDER BY due_at, id LIMIT ?3"));
  statement.bind(1, source_id).bind(2, now).bind(3, static_cast<std::int64_t>(limit));
  return impl_->locations(statement);
}

Result<std::optional<UnixMillis>> State::next_due(std::string_view source_id) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT min(due_at) FROM location WHERE source_id = ?1"));
  statement.bind(1, source_id);
  GOUJI_TRY(statement.step());
  std::optional<UnixMillis> due;
  if (!statement.is_null(0)) due = statement.integer(0);
  return due;
}

Result<SourceMemory> State::source(std::string_view id) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto row, impl_->database.prepare("SELECT * FROM source WHERE id = ?1"));
  row.bind(1, id);
  GOUJI_ASSIGN(const bool has_row, row.step());
  SourceMemory source;
  source.health.source_id = id;
  if (!has_row) return source;
  source.health = {row.text(0),    row.text(1),    static_cast<SourceState>(row.integer(2)), row.text(3), row.text(4),
                   row.integer(5), row.integer(6), row.integer(7), static_cast<std::int32_t>(row.integer(8))};
  source.reported_at = row.integer(9);
  source.due_at = row.integer(10);
  source.tag = row.text(11);
  source.last_modified = row.text(12);
  source.place = row.text(13);
  return source;
}

Result<void> State::commit(const StateChange& change) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto transaction, Transaction::begin(impl_->database));
  for (const Location& location : change.locations) GOUJI_TRY(impl_->write(location));
  if (change.source) GOUJI_TRY(impl_->write(*change.source));
  OutboxSize size = impl_->outbox;
  for (const OutboxRow& event : change.events) {
    GOUJI_TRY(impl_->write(event));
    size.rows += 1;
    size.bytes += byte_size_of(event.record);
  }
  GOUJI_TRY(transaction.commit());
  impl_->outbox = size;
  return ok();
}

Result<std::vector<OutboxRow>> State::outbox(std::size_t rows_max, std::size_t bytes_max) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto row, impl_->database.prepare("SELECT number, topic, key, value, headers, timestamp FROM outbox ORDER BY number LIMIT ?1"));
  row.bind(1, static_cast<std::int64_t>(rows_max));
  std::vector<OutboxRow> rows;
  std::size_t bytes = 0;
  while (bytes < bytes_max) {
    GOUJI_ASSIGN(const bool has_row, row.step());
    if (!has_row) break;
    OutboxRow event{row.integer(0), row.text(1), {}};
    if (!row.is_null(2)) event.record.key = row.text(2);
    if (!row.is_null(3)) event.record.value = row.text(3);
    GOUJI_ASSIGN(event.record.headers, unpack_headers(row.text(4)));
    event.record.timestamp = row.integer(5);
    bytes += static_cast<std::size_t>(byte_size_of(event.record));
    rows.push_back(std::move(event));
  }
  return rows;
}

Result<void> State::acknowledge(std::span<const OutboxRow> sent) {
  if (sent.empty()) return ok();
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("DELETE FROM outbox WHERE number <= ?1"));
  statement.bind(1, sent.back().number);
  GOUJI_TRY(statement.run());
  for (const OutboxRow& row : sent) {
    impl_->outbox.rows -= 1;
    impl_->outbox.bytes -= byte_size_of(row.record);
  }
  return ok();
}

OutboxSize State::outbox_size() const {
  const std::lock_guard guard(impl_->mutex);
  return impl_->outbox;
}

}  // namespace gouji::crawler
