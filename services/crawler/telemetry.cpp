#include "services/crawler/telemetry.h"

#include "common/telemetry/log.h"

namespace gouji::crawler {

namespace {

constexpr std::chrono::seconds kHeartbeatLimit{180};  // a fetch, a batch on a slow disk
constexpr std::string_view kLoop = "crawler";
constexpr std::string_view kCondition = "crawler.log";

std::string label_of(std::string_view text) { return std::string(text); }

constexpr std::pair<Change, std::string_view> kEventTypes[] = {
    {Change::kNew, "new"}, {Change::kChanged, "changed"}, {Change::kReturned, "returned"}, {Change::kWithdrawn, "withdrawn"}};
constexpr std::pair<SourceState, std::string_view> kStates[] = {
    {SourceState::kActive, "active"}, {SourceState::kDegraded, "degraded"}, {SourceState::kBlocked, "blocked"}};

std::string_view name_of(Change change) {
  for (const auto& [known, name] : kEventTypes) {
    if (known == change) return name;
  }
  return "same";
}

std::string_view name_of(SourceState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return "active";
}

}  // namespace

Telemetry::Telemetry(telemetry::Metrics& metrics, telemetry::Health& health, const Clock& clock) : health_(health), clock_(clock) {
  for (const SourceKind kind : kSourceKinds) {
    const std::string source = label_of(to_string(kind));
    for (const FetchClass result : kFetchClasses) {
      fetches_[kind].emplace(result, metrics.counter("gouji_crawler_fetches_total", "Attempts to read a document or list, by how they ended.",
                                                     {{"source", source}, {"result", label_of(to_string(result))}}));
    }
    bytes_.emplace(kind, metrics.counter("gouji_crawler_bytes_total", "Bytes of documents and lists that were read.", {{"source", source}}));
    last_success_.emplace(kind, metrics.gauge("gouji_crawler_last_success_timestamp_seconds", "When a source of this kind was last read in full.", {{"source", source}}));
  }
  for (const FetchClass result : kFetchClasses) {
    const telemetry::Labels reason = {{"reason", label_of(to_string(result))}};
    refused_.emplace(result, metrics.counter("gouji_crawler_refused_total", "Documents that are not taken until they change.", reason));
    postponed_.emplace(result, metrics.counter("gouji_crawler_postponed_total", "Documents and lists that began to fail and are tried again.", reason));
  }
  for (const auto& [change, type] : kEventTypes) {
    events_.emplace(change, metrics.counter("gouji_crawler_events_total", "Events written to the outbox, by type.", {{"type", label_of(type)}}));
  }
  for (const auto& [state, name] : kStates) {
    sources_.emplace(state, metrics.gauge("gouji_crawler_sources", "Sources by state.", {{"state", label_of(name)}}));
  }
  unchanged_ = metrics.counter("gouji_crawler_unchanged_total", "Documents that were read and were what was published before.");
  passed_over_ = metrics.counter("gouji_crawler_passed_over_total", "Things in sources that are no documents: loops, pipes, rows of lists that are not accepted.");
  published_ = metrics.counter("gouji_crawler_published_total", "Events that the log has acknowledged.");
  publish_failures_ = metrics.counter("gouji_crawler_publish_failures_total", "Batches that the log could not take; they are sent again.");
  outbox_rows_ = metrics.gauge("gouji_crawler_outbox_rows", "Events that wait for the log.");
  outbox_bytes_ = metrics.gauge("gouji_crawler_outbox_bytes", "Bytes of the events that wait for the log.");
  health_.expect_heartbeat(kLoop, kHeartbeatLimit);
  health_.expect_ready(kCondition);
  health_.set_ready(kCondition, true);
}

void Telemetry::heartbeat() { health_.beat(kLoop); }

void Telemetry::document(const DocumentSeen& seen) {
  if (seen.change == Change::kSame) unchanged_.add();
  const auto event = events_.find(seen.change);
  if (event == events_.end()) return;
  event->second.add();
  telemetry::log_info("crawler.event", {{"change", label_of(name_of(seen.change))}, {"address", seen.address},
                                        {"location", seen.location_id}, {"sequence", std::to_string(seen.sequence)}});
}

void Telemetry::fetched(SourceKind kind, FetchClass result, std::int64_t bytes) {
  fetches_.at(kind).at(result).add();
  bytes_.at(kind).add(bytes);
}

void Telemetry::refused(FetchClass why, std::string_view message) {
  refused_.at(why).add();
  telemetry::log_warning("crawler.refused", {{"reason", label_of(to_string(why))}, {"message", label_of(message)}});
}

void Telemetry::postponed(FetchClass why, std::string_view message) {
  postponed_.at(why).add();
  telemetry::log_warning("crawler.postponed", {{"reason", label_of(to_string(why))}, {"message", label_of(message)}});
}

void Telemetry::passed_over(std::string_view message) {
  passed_over_.add();
  telemetry::log_info("crawler.passed_over", {{"message", label_of(message)}});
}

void Telemetry::source(SourceKind kind, const SourceHealth& health) {
  if (health.state == SourceState::kActive) last_success_.at(kind).set_seconds(static_cast<double>(clock_.unix_millis()) / 1000.0);
  const std::lock_guard guard(mutex_);
  const auto [known, is_new] = states_.emplace(health.source_id, health.state);
  if (!is_new && known->second == health.state) return;
  if (!is_new) sources_.at(known->second).add(-1);
  known->second = health.state;
  sources_.at(health.state).add(1);
  if (is_new && health.state == SourceState::kActive) return;
  telemetry::log_info("crawler.source", {{"source", health.source_id}, {"state", label_of(name_of(health.state))}, {"reason", health.reason}, {"message", health.message}});
}

void Telemetry::outbox(const OutboxSize& size) {
  outbox_rows_.set(size.rows);
  outbox_bytes_.set(size.bytes);
}

void Telemetry::published(std::int64_t records) {
  published_.add(records);
  health_.set_ready(kCondition, true);
}

void Telemetry::publish_failed(const Error& error, std::chrono::milliseconds next_try) {
  publish_failures_.add();
  health_.set_ready(kCondition, false);
  telemetry::log_warning("crawler.publish_failed", {{"code", label_of(to_string(error.code))}, {"message", error.message}, {"next_try_ms", std::to_string(next_try.count())}});
}

}  // namespace gouji::crawler
