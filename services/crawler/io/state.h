// The crawler's memory, one SQLite file: what is known of every location and source, and the outbox
// of events that the log has not acknowledged yet. A location's change and its event are one
// transaction, so a crash between any two lines loses nothing and repeats nothing but sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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
#include "services/crawler/core/drift.h"
#include "services/crawler/core/host_pace.h"

namespace gouji::crawler {

// One address of a document.
struct Location {
  std::string id;
  std::string source_id;
  std::string address;  // canonical URL, or an absolute path
  Known known;
  std::string tag;            // of a file: its size, times and inode, which vouch for "unchanged"
  std::string refused;        // why it was last refused; empty when it was not. Keeps a refusal from being told twice
  std::string title;          // of the list row that names it
  std::string published_on;
  std::string organ;          // empty where the row names none
  UnixMillis first_seen = 0;
  UnixMillis last_seen = 0;
  UnixMillis listed_at = 0;   // when a list last named it; 0 = no list does
  std::int64_t fetches = 0;
};

// What a list says of a document. Written alone, so that it does not meet what a fetch of the same
// document writes.
struct ListedRow {
  std::string location_id;
  std::string title;
  std::string published_on;
  std::string organ;
  UnixMillis listed_at = 0;
};

// What an address is fetched for.
enum class UrlKind : std::uint8_t { kVar = 1, kList = 2, kArticle = 3, kAttachment = 4 };

// One address of the frontier.
struct UrlRow {
  std::int64_t id = 0;        // of State::new_url_id()
  std::string source_id;      // Location::source_id of what it leads to
  UrlKind kind = UrlKind::kArticle;
  std::string address;        // canonical URL; of kList and kVar any name that is one source's own
  std::string host;           // whose turn it takes
  std::string location_id;    // of kArticle, and of the page that a kAttachment belongs to
  UnixMillis due_at = 0;
  UnixMillis looked_at = 0;   // last
  std::int64_t interval = 0;  // of kList, milliseconds; 0 = none yet
  std::int64_t leases = 0;    // fetches that began and of which no end is known
  std::string tag;            // ETag
  std::string last_modified;
  std::string digest;         // of kList: of its accepted rows; else of the body
  std::int64_t fetches = 0;   // that went well
  std::int64_t failures = 0;  // in a row
  std::string result;         // of the last attempt: to_string(FetchClass), or "drift" of a kList
  std::string cursor;         // of kList: where a backfill goes on, or that a walk has not come to its end
  ListShape shape;            // of kList
  friend bool operator==(const UrlRow&, const UrlRow&) = default;
};

struct HostRow {
  std::string name;
  HostPace::Memory pace;
};

// robots.txt of one origin, as fetched.
struct RobotsRow {
  std::string origin;
  UnixMillis fetched_at = 0;
  UnixMillis expires_at = 0;
  bool is_known = false;  // false: it could not be had, and nothing older is known
  std::string text;
};

// What is remembered of a source beside its health.
struct SourceMemory {
  SourceHealth health;
  UnixMillis reported_at = 0;  // of the last health event
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
  std::vector<Location> locations;  // title, day, organ and listed_at are taken from new ones alone
  std::vector<ListedRow> listed;
  std::vector<SourceMemory> sources;
  std::vector<OutboxRow> events;  // `number` is assigned
  std::vector<UrlRow> urls;
  std::vector<HostRow> hosts;
  std::vector<RobotsRow> robots;
  bool is_empty() const {
    return locations.empty() && listed.empty() && sources.empty() && events.empty() && urls.empty() && hosts.empty() && robots.empty();
  }
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
  // Locations of `source_id` that had an event, in no order.
  Result<std::vector<Location>> documents_of(std::string_view source_id);
  // Those of them that are not withdrawn and that a list named, but none since.
  Result<std::int64_t> count_unlisted(std::string_view source_id, UnixMillis since);
  // Another location with the same text, the one seen first.
  Result<std::optional<std::string>> with_text(std::string_view text_digest, std::string_view but_not_id);
  Result<SourceMemory> source(std::string_view id);

  // Every row, in no order; `take` must not call this state.
  Result<void> each_url(const std::function<void(UrlRow)>& take);
  Result<void> each_host(const std::function<void(HostRow)>& take);
  Result<std::optional<UrlRow>> url(std::int64_t id);
  Result<std::optional<UrlRow>> find_url(std::string_view source_id, UrlKind kind, std::string_view address);
  Result<std::vector<UrlRow>> urls_of(std::string_view source_id, UrlKind kind);
  Result<std::vector<UrlRow>> attachments_of(std::string_view location_id);
  Result<std::optional<RobotsRow>> robots(std::string_view origin);
  // A number that no address has had.
  std::int64_t new_url_id();
  // Notes that fetches begin, so that an address which takes the process down with it is found out.
  Result<void> lease(std::span<const std::int64_t> urls);

  // Durable when it returns: against the end of the process, and with events against that of the machine.
  // Refuses (kFatal INTERNAL) a location whose sequence is not the stored one or the next: somebody else wrote.
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
