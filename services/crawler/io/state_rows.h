// Between the rows of the state's tables and the plain structs.
#pragma once

#include <string_view>

#include "services/crawler/io/sqlite.h"
#include "services/crawler/io/state.h"

namespace gouji::crawler {

// In the order of the read and bind functions.
inline constexpr std::string_view kLocationColumns =
    "id, source_id, address, payload_digest, text_digest, sequence, withdrawn, missing_since, missing_count, tag, "
    "refused, title, published_on, first_seen, last_seen, listed_at, fetches, organ";
inline constexpr std::string_view kUrlColumns =
    "id, source_id, kind, address, host, location_id, due_at, looked_at, interval, leases, tag, last_modified, digest, "
    "fetches, failures, result, cursor, rows_milli, fingerprint, new_fingerprint, fingerprint_seen";

Location read_location(const Statement& row);
void bind_location(Statement& statement, const Location& location);
UrlRow read_url(const Statement& row);
void bind_url(Statement& statement, const UrlRow& url);
SourceMemory read_source(const Statement& row);
void bind_source(Statement& statement, const SourceMemory& source);
HostRow read_host(const Statement& row);
void bind_host(Statement& statement, const HostRow& host);
RobotsRow read_robots(const Statement& row);
void bind_robots(Statement& statement, const RobotsRow& robots);

}  // namespace gouji::crawler
