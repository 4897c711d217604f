// The crawler's metrics and log lines, by name. Label sets are closed and exist from the start.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/clock.h"
#include "common/telemetry/admin_server.h"
#include "common/telemetry/metrics.h"
#include "services/crawler/observer.h"

namespace gouji::crawler {

class Telemetry : public CrawlerObserver {
 public:
  // All of them outlive this. Heartbeats go to `health` as "crawler"; ready when the log took the
  // last batch, or nothing waits.
  Telemetry(telemetry::Metrics& metrics, telemetry::Health& health, const Clock& clock);

  void heartbeat() override;
  void document(const DocumentSeen& seen) override;
  void fetched(SourceKind kind, FetchClass result, std::int64_t bytes) override;
  void refused(FetchClass why, std::string_view message) override;
  void postponed(FetchClass why, std::string_view message) override;
  void passed_over(std::string_view message) override;
  void source(SourceKind kind, const SourceHealth& health) override;
  void drifted(std::string_view source_id, Drift drift) override;
  void hop(std::chrono::milliseconds took) override;
  void frontier(const FrontierFacts& facts) override;
  void state_writable(bool is_writable, std::string_view message) override;
  void outbox(const OutboxSize& size) override;
  void published(std::int64_t records) override;
  void publish_failed(const Error& error, std::chrono::milliseconds next_try) override;

 private:
  telemetry::Health& health_;
  const Clock& clock_;
  std::map<SourceKind, std::map<FetchClass, telemetry::Counter>> fetches_;
  std::map<SourceKind, telemetry::Counter> bytes_;
  void count_expectations(const SourceHealth& health);

  struct LastSuccess {
    telemetry::Gauge gauge;
    UnixMillis at = 0;
  };
  std::map<FetchClass, telemetry::Counter> refused_, postponed_;
  std::map<Change, telemetry::Counter> events_;
  std::map<Drift, telemetry::Counter> drifts_;
  telemetry::Histogram fetch_seconds_;
  telemetry::Gauge waiting_, due_, lag_, in_flight_, resting_, awake_;
  telemetry::Counter chrome_changes_, unchanged_, passed_over_, published_, publish_failures_;
  telemetry::Gauge outbox_rows_, outbox_bytes_;
  std::mutex mutex_;
  std::map<SourceKind, LastSuccess> last_success_;  // guarded
  std::map<std::string, SourceState> states_;  // guarded; by source
  std::map<SourceState, telemetry::Gauge> sources_;
  std::map<std::string, std::vector<Expectation>> expected_;  // guarded; by source
  std::map<std::pair<bool, ExpectationState>, telemetry::Gauge> expectations_;  // by whether the year is the one now due
};

}  // namespace gouji::crawler
