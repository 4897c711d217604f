#include "services/crawler/io/state_rows.h"

namespace gouji::crawler {

Location read_location(const Statement& row) {
  Location location;
  location.id = row.text(0);
  location.source_id = row.text(1);
  location.address = row.text(2);
  location.known = {row.text(3), row.integer(5), row.integer(6) != 0, row.integer(7), static_cast<int>(row.integer(8)), row.text(4)};
  location.tag = row.text(9);
  location.refused = row.text(10);
  location.title = row.text(11);
  location.published_on = row.text(12);
  location.first_seen = row.integer(13);
  location.last_seen = row.integer(14);
  location.listed_at = row.integer(15);
  location.fetches = row.integer(16);
  location.organ = row.text(17);
  return location;
}

void bind_location(Statement& statement, const Location& location) {
  const Known& known = location.known;
  statement.bind(1, location.id).bind(2, location.source_id).bind(3, location.address);
  statement.bind(4, known.payload_digest).bind(5, known.text_digest).bind(6, known.sequence).bind(7, std::int64_t{known.withdrawn});
  statement.bind(8, known.missing_since).bind(9, std::int64_t{known.missing_count});
  statement.bind(10, location.tag).bind(11, location.refused).bind(12, location.title).bind(13, location.published_on);
  statement.bind(14, location.first_seen).bind(15, location.last_seen).bind(16, location.listed_at).bind(17, location.fetches);
  statement.bind(18, location.organ);
}

UrlRow read_url(const Statement& row) {
  UrlRow url;
  url.id = row.integer(0);
  url.source_id = row.text(1);
  url.kind = static_cast<UrlKind>(row.integer(2));
  url.address = row.text(3);
  url.host = row.text(4);
  url.location_id = row.text(5);
  url.due_at = row.integer(6);
  url.looked_at = row.integer(7);
  url.interval = row.integer(8);
  url.leases = row.integer(9);
  url.tag = row.text(10);
  url.last_modified = row.text(11);
  url.digest = row.text(12);
  url.fetches = row.integer(13);
  url.failures = row.integer(14);
  url.result = row.text(15);
  url.cursor = row.text(16);
  url.shape = {row.integer(17), row.text(18), row.text(19), row.integer(20)};
  return url;
}

void bind_url(Statement& statement, const UrlRow& url) {
  statement.bind(1, url.id).bind(2, url.source_id).bind(3, std::int64_t{static_cast<std::uint8_t>(url.kind)}).bind(4, url.address);
  statement.bind(5, url.host).bind(6, url.location_id).bind(7, url.due_at).bind(8, url.looked_at).bind(9, url.interval);
  statement.bind(10, url.leases).bind(11, url.tag).bind(12, url.last_modified).bind(13, url.digest).bind(14, url.fetches);
  statement.bind(15, url.failures).bind(16, url.result).bind(17, url.cursor).bind(18, url.shape.rows_milli);
  statement.bind(19, url.shape.fingerprint).bind(20, url.shape.new_fingerprint).bind(21, url.shape.seen);
}

SourceMemory read_source(const Statement& row) {
  SourceMemory source;
  source.health = {row.text(0),    row.text(1),    static_cast<SourceState>(row.integer(2)), row.text(3), row.text(4),
                   row.integer(5), row.integer(6), row.integer(7), static_cast<std::int32_t>(row.integer(8)), {}, row.integer(11)};
  source.reported_at = row.integer(9);
  source.place = row.text(10);
  return source;
}

void bind_source(Statement& statement, const SourceMemory& source) {
  const SourceHealth& health = source.health;
  statement.bind(1, health.source_id).bind(2, health.address).bind(3, std::int64_t{static_cast<std::uint8_t>(health.state)});
  statement.bind(4, health.reason).bind(5, health.message).bind(6, health.last_attempt_at).bind(7, health.last_success_at);
  statement.bind(8, health.documents).bind(9, std::int64_t{health.failures}).bind(10, source.reported_at).bind(11, source.place).bind(12, health.unlisted);
}

HostRow read_host(const Statement& row) {
  return {row.text(0),
          {row.integer(1), row.integer(2), static_cast<int>(row.integer(3)), static_cast<int>(row.integer(4)), row.integer(5),
           row.integer(6), row.integer(7), row.integer(8)}};
}

void bind_host(Statement& statement, const HostRow& host) {
  const HostPace::Memory& pace = host.pace;
  statement.bind(1, host.name).bind(2, pace.latency_us).bind(3, pace.penalty_us).bind(4, std::int64_t{pace.faults});
  statement.bind(5, std::int64_t{pace.openings}).bind(6, pace.open_until).bind(7, pace.rest_until).bind(8, pace.budget_day).bind(9, pace.budget_used);
}

RobotsRow read_robots(const Statement& row) { return {row.text(0), row.integer(1), row.integer(2), row.integer(3) != 0, row.text(4)}; }

void bind_robots(Statement& statement, const RobotsRow& robots) {
  statement.bind(1, robots.origin).bind(2, robots.fetched_at).bind(3, robots.expires_at).bind(4, std::int64_t{robots.is_known}).bind_blob(5, robots.text);
}

}  // namespace gouji::crawler
