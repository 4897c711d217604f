#include "services/crawler/telemetry.h"

#include <algorithm>

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

constexpr std::pair<ExpectationState, std::string_view> kExpectations[] = {
    {ExpectationState::kAwaited, "awaited"}, {ExpectationState::kSeen, "seen"}, {ExpectationState::kLate, "late"},
    {ExpectationState::kOverdue, "overdue"}, {ExpectationState::kGone, "gone"}};
constexpr Drift kDrifts[] = {Drift::kFewRows, Drift::kRowsDropped, Drift::kUndated, Drift::kTemplate};
constexpr std::string_view kStateCondition = "crawler.state";

int newest_year(const std::vector<Expectation>& all) {
  int year = 0;
  for (const Expectation& one : all) year = std::max<int>(year, one.year);
  return year;
}

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
    last_success_[kind].gauge = metrics.gauge("gouji_crawler_last_success_timestamp_seconds", "When a source of this kind was last read in full.", {{"source", source}});
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
  for (const Drift drift : kDrifts) {
    drifts_.emplace(drift, metrics.counter("gouji_crawler_drift_total", "Lists that began to look unlike themselves, by how.", {{"kind", label_of(to_string(drift))}}));
  }
  for (const auto& [state, name] : kExpectations) {
    for (const bool is_current : {true, false}) {
      expectations_.emplace(std::pair(is_current, state), metrics.gauge("gouji_crawler_expectations", "Reports that are owed, by how they do; current: of the year now due.",
                                                                        {{"state", label_of(name)}, {"period", is_current ? "current" : "past"}}));
    }
  }
  fetch_seconds_ = metrics.histogram("gouji_crawler_fetch_seconds", "Requests to hosts, each redirect one.", {0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60});
  waiting_ = metrics.gauge("gouji_crawler_queue_waiting", "Addresses in the schedule, due or not.");
  due_ = metrics.gauge("gouji_crawler_queue_due", "Addresses that are due and wait for their host.");
  lag_ = metrics.gauge("gouji_crawler_queue_lag_seconds", "How long the longest of them has been due.");
  in_flight_ = metrics.gauge("gouji_crawler_in_flight", "Requests in flight.");
  resting_ = metrics.gauge("gouji_crawler_hosts", "Hosts by their circuit breaker.", {{"breaker", "open"}});
  awake_ = metrics.gauge("gouji_crawler_hosts", "Hosts by their circuit breaker.", {{"breaker", "closed"}});
  chrome_changes_ = metrics.counter("gouji_crawler_chrome_changes_total", "Pages with other bytes and the same text; no event.");
  health_.expect_ready(kStateCondition);
  health_.set_ready(kStateCondition, true);
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
  if (seen.change == Change::kChrome) chrome_changes_.add();
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
  const std::lock_guard guard(mutex_);
  LastSuccess& last = last_success_.at(kind);
  last.at = std::max(last.at, health.last_success_at);
  if (last.at > 0) last.gauge.set_seconds(static_cast<double>(last.at) / 1000.0);
  count_expectations(health);
  const auto [known, is_new] = states_.emplace(health.source_id, health.state);
  if (!is_new && known->second == health.state) return;
  if (!is_new) sources_.at(known->second).add(-1);
  known->second = health.state;
  sources_.at(health.state).add(1);
  if (is_new && health.state == SourceState::kActive) return;
  telemetry::log_info("crawler.source", {{"source", health.source_id}, {"state", label_of(name_of(health.state))}, {"reason", health.reason}, {"message", health.message}});
}

void Telemetry::count_expectations(const SourceHealth& health) {
  if (health.expectations.empty() && !expected_.contains(health.source_id)) return;
  auto& known = expected_[health.source_id];
  // The newest year is the one now due; with the next listing of a new year it becomes a past one.
  const auto add = [&](const std::vector<Expectation>& all, std::int64_t n) {
    for (const Expectation& one : all) expectations_.at({one.year == newest_year(all), one.state}).add(n);
  };
  add(known, -1);
  known = health.expectations;
  add(known, 1);
}

void Telemetry::drifted(std::string_view source_id, Drift drift) {
  drifts_.at(drift).add();
  telemetry::log_warning("crawler.drift", {{"source", label_of(source_id)}, {"kind", label_of(to_string(drift))}});
}

void Telemetry::hop(std::chrono::milliseconds took) { fetch_seconds_.observe(static_cast<double>(took.count()) / 1000.0); }

void Telemetry::frontier(const FrontierFacts& facts) {
  waiting_.set(static_cast<std::int64_t>(facts.waiting));
  due_.set(static_cast<std::int64_t>(facts.due));
  lag_.set(std::chrono::floor<std::chrono::seconds>(facts.longest).count());
  in_flight_.set(static_cast<std::int64_t>(facts.in_flight));
  resting_.set(static_cast<std::int64_t>(facts.resting));
  awake_.set(static_cast<std::int64_t>(facts.hosts - facts.resting));
}

void Telemetry::state_writable(bool is_writable, std::string_view message) {
  health_.set_ready(kStateCondition, is_writable);
  if (is_writable) {
    telemetry::log_info("crawler.state_writable", {});
  } else {
    telemetry::log_error("crawler.state_not_writable", {{"message", label_of(message)}});
  }
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
