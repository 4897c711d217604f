#include "services/crawler/io/state.h"

#include <mutex>
#include <utility>

#include "services/crawler/io/header_codec.h"
#include "services/crawler/io/process_lock.h"
#include "services/crawler/io/sqlite.h"
#include "services/crawler/io/state_rows.h"
#include "services/crawler/io/state_schema.h"

namespace gouji::crawler {

namespace {

std::int64_t byte_size_of(const Record& record) {
  std::size_t size = record.key.value_or("").size() + record.value.value_or("").size();
  for (const Header& header : record.headers) size += header.name.size() + header.value.value_or("").size();
  return static_cast<std::int64_t>(size);
}

std::string parameters(int count) {
  std::string text = "?1";
  for (int i = 2; i <= count; ++i) text += ",?" + std::to_string(i);
  return text;
}

// The row that a bound statement finds, and the statement ready to be bound again.
template <typename Row>
Result<std::optional<Row>> only(Statement& statement, Row (*read)(const Statement&)) {
  const auto has_row = statement.step();
  std::optional<Row> found;
  if (has_row && *has_row) found = read(statement);
  statement.reset();
  if (!has_row) return has_row.error();
  return found;
}

template <typename Row>
Result<std::vector<Row>> all(Statement& statement, Row (*read)(const Statement&)) {
  std::vector<Row> found;
  while (true) {
    GOUJI_ASSIGN(const bool has_row, statement.step());
    if (!has_row) return found;
    found.push_back(read(statement));
  }
}

}  // namespace

// Statements are prepared once and live before the connection closes: members die in reverse order.
struct State::Impl {
  ProcessLock lock;
  Database database;
  mutable std::mutex mutex;
  OutboxSize outbox;
  std::int64_t last_url_id = 0;
  bool is_durable = true;  // against the end of the machine: synchronous=FULL
  std::optional<Statement> find, documents, unlisted, sequence, url, url_by_address, source, robots, text;
  std::optional<Statement> upsert_location, upsert_source, upsert_url, upsert_host, upsert_robots, insert_event, lease, update_listed;

  Impl(ProcessLock taken, Database opened) : lock(std::move(taken)), database(std::move(opened)) {}

  Result<void> prepare(std::optional<Statement>& statement, const std::string& sql);
  Result<void> prepare_all();
  Result<void> measure();
  Result<void> be_durable(bool wanted);
  Result<void> check_sequence(const Location& location);
  Result<void> write(const StateChange& change);
  Result<void> write(const OutboxRow& event);
};

Result<void> State::Impl::prepare(std::optional<Statement>& statement, const std::string& sql) {
  GOUJI_ASSIGN(auto prepared, database.prepare(sql));
  statement.emplace(std::move(prepared));
  return ok();
}

Result<void> State::Impl::prepare_all() {
  const std::string locations(kLocationColumns), urls(kUrlColumns);
  GOUJI_TRY(prepare(find, "SELECT " + locations + " FROM location WHERE id = ?1"));
  GOUJI_TRY(prepare(documents, "SELECT " + locations + " FROM location WHERE source_id = ?1 AND sequence > 0"));
  GOUJI_TRY(prepare(unlisted, "SELECT count(*) FROM location WHERE source_id = ?1 AND sequence > 0 AND withdrawn = 0 AND listed_at > 0 AND listed_at < ?2"));
  GOUJI_TRY(prepare(sequence, "SELECT sequence FROM location WHERE id = ?1"));
  GOUJI_TRY(prepare(text, "SELECT id FROM location WHERE text_digest = ?1 AND text_digest <> '' AND id <> ?2 AND sequence > 0 ORDER BY first_seen LIMIT 1"));
  GOUJI_TRY(prepare(url, "SELECT " + urls + " FROM url WHERE id = ?1"));
  GOUJI_TRY(prepare(url_by_address, "SELECT " + urls + " FROM url WHERE source_id = ?1 AND kind = ?2 AND address = ?3"));
  GOUJI_TRY(prepare(source, "SELECT * FROM source WHERE id = ?1"));
  GOUJI_TRY(prepare(robots, "SELECT * FROM robots WHERE origin = ?1"));
  GOUJI_TRY(prepare(upsert_location, "INSERT INTO location(" + locations + ") VALUES(" + parameters(18) +
                                       ") ON CONFLICT(id) DO UPDATE SET payload_digest=?4, text_digest=?5, sequence=?6, withdrawn=?7, missing_since=?8, "
                                       "missing_count=?9, tag=?10, refused=?11, first_seen=?14, last_seen=?15, fetches=?17"));
  GOUJI_TRY(prepare(update_listed, "UPDATE location SET title = ?2, published_on = ?3, organ = ?4, listed_at = ?5 WHERE id = ?1"));
  GOUJI_TRY(prepare(upsert_url, "INSERT OR REPLACE INTO url(" + urls + ") VALUES(" + parameters(21) + ")"));
  GOUJI_TRY(prepare(upsert_source, "INSERT OR REPLACE INTO source VALUES(" + parameters(12) + ")"));
  GOUJI_TRY(prepare(upsert_host, "INSERT OR REPLACE INTO host VALUES(" + parameters(9) + ")"));
  GOUJI_TRY(prepare(upsert_robots, "INSERT OR REPLACE INTO robots VALUES(" + parameters(5) + ")"));
  GOUJI_TRY(prepare(insert_event, "INSERT INTO outbox(topic, key, value, headers, timestamp, bytes) VALUES(" + parameters(6) + ")"));
  GOUJI_TRY(prepare(lease, "UPDATE url SET leases = leases + 1 WHERE id = ?1"));
  return measure();
}

Result<void> State::Impl::measure() {
  GOUJI_ASSIGN(auto events, database.prepare("SELECT count(*), ifnull(sum(bytes), 0) FROM outbox"));
  GOUJI_TRY(events.step());
  outbox = {events.integer(0), events.integer(1)};
  GOUJI_ASSIGN(auto urls, database.prepare("SELECT ifnull(max(id), 0) FROM url"));
  GOUJI_TRY(urls.step());
  last_url_id = urls.integer(0);
  return ok();
}

// What repeats itself after a power cut needs no wait for the disk.
Result<void> State::Impl::be_durable(bool wanted) {
  if (is_durable == wanted) return ok();
  GOUJI_TRY(database.exec(wanted ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
  is_durable = wanted;
  return ok();
}

Result<void> State::Impl::check_sequence(const Location& location) {
  sequence->bind(1, location.id);
  const auto has_row = sequence->step();
  const std::int64_t stored = has_row && *has_row ? sequence->integer(0) : 0;
  sequence->reset();
  if (!has_row) return has_row.error();
  if (location.known.sequence == stored || location.known.sequence == stored + 1) return ok();
  return fatal(ErrorCode::kInternal, "state of " + location.address + " was changed by somebody else (sequence " +
                                         std::to_string(stored) + ", expected " + std::to_string(location.known.sequence) + ")");
}

Result<void> State::Impl::write(const StateChange& change) {
  for (const Location& location : change.locations) {
    GOUJI_TRY(check_sequence(location));
    bind_location(*upsert_location, location);
    GOUJI_TRY(upsert_location->run());
  }
  for (const ListedRow& row : change.listed) {
    update_listed->bind(1, row.location_id).bind(2, row.title).bind(3, row.published_on).bind(4, row.organ).bind(5, row.listed_at);
    GOUJI_TRY(update_listed->run());
  }
  for (const SourceMemory& memory : change.sources) {
    bind_source(*upsert_source, memory);
    GOUJI_TRY(upsert_source->run());
  }
  for (const UrlRow& row : change.urls) {
    bind_url(*upsert_url, row);
    GOUJI_TRY(upsert_url->run());
  }
  for (const HostRow& row : change.hosts) {
    bind_host(*upsert_host, row);
    GOUJI_TRY(upsert_host->run());
  }
  for (const RobotsRow& row : change.robots) {
    bind_robots(*upsert_robots, row);
    GOUJI_TRY(upsert_robots->run());
  }
  for (const OutboxRow& event : change.events) GOUJI_TRY(write(event));
  return ok();
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
  GOUJI_TRY(impl->prepare_all());
  return std::unique_ptr<State>(new State(std::move(impl)));
}

Result<std::optional<Location>> State::find(std::string_view id) {
  const std::lock_guard guard(impl_->mutex);
  impl_->find->bind(1, id);
  return only(*impl_->find, read_location);
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
  return all(statement, read_location);
}

Result<std::optional<std::string>> State::with_text(std::string_view text_digest, std::string_view but_not_id) {
  const std::lock_guard guard(impl_->mutex);
  impl_->text->bind(1, text_digest).bind(2, but_not_id);
  return only<std::string>(*impl_->text, [](const Statement& row) { return row.text(0); });
}

Result<std::vector<Location>> State::documents_of(std::string_view source_id) {
  const std::lock_guard guard(impl_->mutex);
  impl_->documents->bind(1, source_id);
  auto found = all(*impl_->documents, read_location);
  impl_->documents->reset();
  return found;
}

Result<std::int64_t> State::count_unlisted(std::string_view source_id, UnixMillis since) {
  const std::lock_guard guard(impl_->mutex);
  impl_->unlisted->bind(1, source_id).bind(2, since);
  GOUJI_ASSIGN(const auto count, only<std::int64_t>(*impl_->unlisted, [](const Statement& row) { return row.integer(0); }));
  return count.value_or(0);
}

Result<SourceMemory> State::source(std::string_view id) {
  const std::lock_guard guard(impl_->mutex);
  impl_->source->bind(1, id);
  GOUJI_ASSIGN(auto found, only(*impl_->source, read_source));
  if (found) return std::move(*found);
  SourceMemory source;
  source.health.source_id = id;
  return source;
}

Result<void> State::each_url(const std::function<void(UrlRow)>& take) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT " + std::string(kUrlColumns) + " FROM url"));
  while (true) {
    GOUJI_ASSIGN(const bool has_row, statement.step());
    if (!has_row) return ok();
    take(read_url(statement));
  }
}

Result<void> State::each_host(const std::function<void(HostRow)>& take) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT * FROM host"));
  while (true) {
    GOUJI_ASSIGN(const bool has_row, statement.step());
    if (!has_row) return ok();
    take(read_host(statement));
  }
}

Result<std::optional<UrlRow>> State::url(std::int64_t id) {
  const std::lock_guard guard(impl_->mutex);
  impl_->url->bind(1, id);
  return only(*impl_->url, read_url);
}

Result<std::optional<UrlRow>> State::find_url(std::string_view source_id, UrlKind kind, std::string_view address) {
  const std::lock_guard guard(impl_->mutex);
  impl_->url_by_address->bind(1, source_id).bind(2, std::int64_t{static_cast<std::uint8_t>(kind)}).bind(3, address);
  return only(*impl_->url_by_address, read_url);
}

Result<std::vector<UrlRow>> State::urls_of(std::string_view source_id, UrlKind kind) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT " + std::string(kUrlColumns) + " FROM url WHERE source_id = ?1 AND kind = ?2 ORDER BY id"));
  statement.bind(1, source_id).bind(2, std::int64_t{static_cast<std::uint8_t>(kind)});
  return all(statement, read_url);
}

Result<std::vector<UrlRow>> State::attachments_of(std::string_view location_id) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_ASSIGN(auto statement, impl_->database.prepare("SELECT " + std::string(kUrlColumns) + " FROM url WHERE location_id = ?1 AND kind = 4 ORDER BY id"));
  statement.bind(1, location_id);
  return all(statement, read_url);
}

Result<std::optional<RobotsRow>> State::robots(std::string_view origin) {
  const std::lock_guard guard(impl_->mutex);
  impl_->robots->bind(1, origin);
  return only(*impl_->robots, read_robots);
}

std::int64_t State::new_url_id() {
  const std::lock_guard guard(impl_->mutex);
  return ++impl_->last_url_id;
}

Result<void> State::lease(std::span<const std::int64_t> urls) {
  if (urls.empty()) return ok();
  const std::lock_guard guard(impl_->mutex);
  GOUJI_TRY(impl_->be_durable(false));
  GOUJI_ASSIGN(auto transaction, Transaction::begin(impl_->database));
  for (const std::int64_t id : urls) {
    impl_->lease->bind(1, id);
    GOUJI_TRY(impl_->lease->run());
  }
  return transaction.commit();
}

Result<void> State::commit(const StateChange& change) {
  const std::lock_guard guard(impl_->mutex);
  GOUJI_TRY(impl_->be_durable(!change.events.empty()));
  GOUJI_ASSIGN(auto transaction, Transaction::begin(impl_->database));
  GOUJI_TRY(impl_->write(change));
  GOUJI_TRY(transaction.commit());
  for (const OutboxRow& event : change.events) {
    impl_->outbox.rows += 1;
    impl_->outbox.bytes += byte_size_of(event.record);
  }
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
  // Rows that come back after a power cut are sent again, under the ids that they had.
  GOUJI_TRY(impl_->be_durable(false));
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
