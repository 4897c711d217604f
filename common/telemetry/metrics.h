// Metrics for Prometheus. A service lists its metrics in one file (services/*/telemetry.h) and keeps
// the handles; names and label sets are closed and exist, at zero, before the first event.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gouji::telemetry {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Handles are cheap to copy and live as long as their Metrics; every method is thread-safe.
class Counter {
 public:
  void add(std::int64_t n = 1) const;
  std::int64_t value() const;

 private:
  friend class Metrics;
  void* counter_ = nullptr;
};

class Gauge {
 public:
  void set(std::int64_t value) const;
  void set_seconds(double seconds_since_epoch) const;
  void add(std::int64_t n) const;
  std::int64_t value() const;

 private:
  friend class Metrics;
  void* gauge_ = nullptr;
};

class Histogram {
 public:
  void observe(double value) const;

 private:
  friend class Metrics;
  void* histogram_ = nullptr;
};

// The registry of one process. The same name and labels give the same handle; the same name with
// another type or help is a bug.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter counter(std::string_view name, std::string_view help, const Labels& labels = {});
  Gauge gauge(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram histogram(std::string_view name, std::string_view help, const std::vector<double>& buckets,
                      const Labels& labels = {});
  // For series of partitions that moved away.
  void remove_gauge(std::string_view name, const Labels& labels);

  // Prometheus text format 0.0.4 of everything, with process_* metrics.
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What is running: gouji_build_info{version,librdkafka,git} 1. An empty text is a part that this
// program does not have.
struct BuildInfo {
  std::string version;
  std::string librdkafka;
  std::string git;
};
void set_build_info(Metrics& metrics, const BuildInfo& info);

// Buckets in seconds from 1 ms to 60 s.
const std::vector<double>& latency_buckets();

}  // namespace gouji::telemetry
