// The crawler's memory, one SQLite file: what is known of every location and source, and the outbox
// of events that the log has not acknowledged yet. A location's change and its event are one
// transaction, so a crash between any two lines loses nothing and repeats nothing but sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/record.h"
#include "common/core/result.h"
#include "common/report/source_health.h"
#include "services/crawler/core/decision.h"

namespace gouji::crawler {

// One address of a document.
struct Location {
  std::string id;
  std::string source_id;
  std::string address;  // canonical URL, or an absolute path
  Known known;
  std::string tag;            // ETag, or a file's size, times and inode: vouches for "unchanged"
  std::string last_modified;  // of HTTP
  std::string refused;        // why it was last refused; empty when it was not. Keeps a refusal from being told twice
  std::string title;          // of the list row that names it
  std::string published_on;
  UnixMillis first_seen = 0;
  UnixMillis last_seen = 0;
  UnixMillis due_at = 0;      // of HTTP: when to fetch next
  std::int64_t fetches = 0;
  std::int64_t failures = 0;  // in a row
};

// What is remembered of a source beside its health.
struct SourceMemory {
  SourceHealth health;
  UnixMillis reported_at = 0;  // of the last health event
  UnixMillis due_at = 0;
  std::string tag;             // of a list page
  std::string last_modified;
  std::string place;           // of files: the device that held the root at the last success
};

struct OutboxRow {
  std::int64_t number = 0;  // rising; the order of sending
  std::string topic;
  Record record;
};

struct OutboxSize {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;
};

// What one commit changes; all of it or nothing.
struct StateChange {
  std::vector<Location> locations;
  std::optional<SourceMemory> source;
  std::vector<OutboxRow> events;  // `number` is assigned
};

// Thread-safe. One process at a time: a lock file beside the state file holds the owner's pid.
class State {
 public:
  // kFatal UNKNOWN_VERSION for a file from a newer program, LOG_LOCKED when another process has it.
  static Result<std::unique_ptr<State>> open(const std::string& path);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<std::optional<Location>> find(std::string_view id);
  // Locations of `source_id` whose address is `root` or lies under it, by address.
  Result<std::vector<Location>> under(std::string_view source_id, std::string_view root);
  // Locations of `source_id` that are due, the longest overdue first.
  Result<std::vector<Location>> due(std::string_view source_id, UnixMillis now, std::size_t limit);
  // The earliest due time of a source's locations.
  Result<std::optional<UnixMillis>> next_due(std::string_view source_id);
  Result<SourceMemory> source(std::string_view id);

  // Durable when it returns. Refuses (kFatal INTERNAL) a location whose sequence is not the stored
  // one or the next: somebody else wrote.
  Result<void> commit(const StateChange& change);

  Result<std::vector<OutboxRow>> outbox(std::size_t rows_max, std::size_t bytes_max);
  // Forgets the rows, which must be the first ones of the outbox: the log has them.
  Result<void> acknowledge(std::span<const OutboxRow> sent);
  OutboxSize outbox_size() const;

 private:
  struct Impl;
  explicit State(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::crawler
