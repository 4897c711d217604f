#include "common/telemetry/metrics.h"

#include <map>
#include <mutex>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "common/core/check.h"
#include "common/telemetry/process_metrics.h"

namespace gouji::telemetry {

namespace {

std::map<std::string, std::string> as_map(const Labels& labels) {
  std::map<std::string, std::string> map(labels.begin(), labels.end());
  GOUJI_CHECK(map.size() == labels.size());
  return map;
}

// The families of one type by name, with what must be the same in every call.
template <typename Metric>
struct Families {
  struct Entry {
    std::string help;
    prometheus::Family<Metric>* family = nullptr;
  };
  std::map<std::string, Entry, std::less<>> by_name;

  template <typename Builder>
  prometheus::Family<Metric>& get(Builder build, std::string_view name, std::string_view help,
                                  prometheus::Registry& registry) {
    const auto found = by_name.find(name);
    if (found != by_name.end()) {
      GOUJI_CHECK(found->second.help == help);
      return *found->second.family;
    }
    auto& family = build().Name(std::string(name)).Help(std::string(help)).Register(registry);
    by_name.emplace(name, Entry{std::string(help), &family});
    return family;
  }
};

}  // namespace

struct Metrics::Impl {
  std::mutex mutex;
  prometheus::Registry registry;
  Families<prometheus::Counter> counters;
  Families<prometheus::Gauge> gauges;
  Families<prometheus::Histogram> histograms;
  std::map<std::string, std::vector<double>, std::less<>> buckets;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  GOUJI_CHECK(!impl_->gauges.by_name.contains(name) && !impl_->histograms.by_name.contains(name));
  Counter handle;
  handle.counter_ =
      &impl_->counters.get(prometheus::BuildCounter, name, help, impl_->registry).Add(as_map(labels));
  return handle;
}

Gauge Metrics::gauge(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  GOUJI_CHECK(!impl_->counters.by_name.contains(name) && !impl_->histograms.by_name.contains(name));
  Gauge handle;
  handle.gauge_ = &impl_->gauges.get(prometheus::BuildGauge, name, help, impl_->registry).Add(as_map(labels));
  return handle;
}

Histogram Metrics::histogram(std::string_view name, std::string_view help, const std::vector<double>& buckets,
                             const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  GOUJI_CHECK(!impl_->counters.by_name.contains(name) && !impl_->gauges.by_name.contains(name));
  const auto known = impl_->buckets.emplace(name, buckets).first;
  GOUJI_CHECK(known->second == buckets);
  Histogram handle;
  handle.histogram_ = &impl_->histograms.get(prometheus::BuildHistogram, name, help, impl_->registry)
                           .Add(as_map(labels), buckets);
  return handle;
}

void Metrics::remove_gauge(std::string_view name, const Labels& labels) {
  const std::lock_guard lock(impl_->mutex);
  const auto found = impl_->gauges.by_name.find(name);
  if (found == impl_->gauges.by_name.end()) return;
  auto& family = *found->second.family;
  const auto wanted = as_map(labels);
  if (family.Has(wanted)) family.Remove(&family.Add(wanted));
}

std::string Metrics::text() const {
  auto families = impl_->registry.Collect();
  append_process_metrics(families);
  return prometheus::TextSerializer().Serialize(families);
}

void Counter::add(std::int64_t n) const {
  GOUJI_CHECK(counter_ != nullptr && n >= 0);
  static_cast<prometheus::Counter*>(counter_)->Increment(static_cast<double>(n));
}

std::int64_t Counter::value() const {
  GOUJI_CHECK(counter_ != nullptr);
  return static_cast<std::int64_t>(static_cast<prometheus::Counter*>(counter_)->Value());
}

void Gauge::set(std::int64_t value) const { set_seconds(static_cast<double>(value)); }

void Gauge::set_seconds(double seconds_since_epoch) const {
  GOUJI_CHECK(gauge_ != nullptr);
  static_cast<prometheus::Gauge*>(gauge_)->Set(seconds_since_epoch);
}

void Gauge::add(std::int64_t n) const {
  GOUJI_CHECK(gauge_ != nullptr);
  static_cast<prometheus::Gauge*>(gauge_)->Increment(static_cast<double>(n));
}

std::int64_t Gauge::value() const {
  GOUJI_CHECK(gauge_ != nullptr);
  return static_cast<std::int64_t>(static_cast<prometheus::Gauge*>(gauge_)->Value());
}

void Histogram::observe(double value) const {
  GOUJI_CHECK(histogram_ != nullptr);
  static_cast<prometheus::Histogram*>(histogram_)->Observe(value);
}

const std::vector<double>& latency_buckets() {
  static const std::vector<double> buckets{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                           0.5,   1,      2.5,   5,    10,    30,   60};
  return buckets;
}

void set_build_info(Metrics& metrics, const BuildInfo& info) {
  metrics
      .gauge("gouji_build_info", "Always 1; the labels say what is running.",
             {{"version", info.version}, {"librdkafka", info.librdkafka}, {"git", info.git}})
      .set(1);
}

}  // namespace gouji::telemetry
