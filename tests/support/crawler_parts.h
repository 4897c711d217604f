// Logs, clocks and observers for the crawler's tests.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/events/codec.h"
#include "common/eventlog/log.h"
#include "common/runtime/system_clock.h"
#include "services/crawler/crawler.h"

namespace gouji::crawler {

// A log that can only be appended to; `store` says what appending does.
class AppendOnlyLog : public eventlog::EventLog {
 public:
  using Store = std::function<Result<void>(std::span<const eventlog::Outgoing>)>;
  explicit AppendOnlyLog(Store store) : store_(std::move(store)) {}

  std::string_view address() const override { return "test:"; }
  Result<std::vector<eventlog::TopicSpec>> topics() override { return no(); }
  Result<void> create_topic(const eventlog::TopicSpec&) override { return no(); }
  Result<std::int32_t> partitions(std::string_view) override { return no(); }
  Result<eventlog::ReadBatch> read(const eventlog::TopicPartition&, std::int64_t, const eventlog::ReadLimits&) override { return no(); }
  Result<std::int64_t> begin_offset(const eventlog::TopicPartition&) override { return no(); }
  Result<std::int64_t> end_offset(const eventlog::TopicPartition&, eventlog::Isolation) override { return no(); }
  Result<std::int64_t> offset_at(const eventlog::TopicPartition&, UnixMillis) override { return no(); }
  Result<std::vector<eventlog::CommittedOffset>> committed_offsets() override { return no(); }
  void wait_for_append(std::chrono::milliseconds) override {}
  Result<std::unique_ptr<eventlog::StageLog>> open_stage_log(const eventlog::StageLogOptions&) override { return no(); }
  Result<std::unique_ptr<eventlog::Appender>> open_appender() override { return std::unique_ptr<eventlog::Appender>(new Writer(store_)); }

 private:
  class Writer : public eventlog::Appender {
   public:
    explicit Writer(Store& store) : store_(store) {}
    Result<void> append(std::span<const eventlog::Outgoing> records) override { return store_(records); }

   private:
    Store& store_;
  };
  static Error no() { return fatal(ErrorCode::kInternal, "this log is only for appending"); }
  Store store_;
};

// Keeps what is appended; fails as long as it is told to.
class MemoryLog : public AppendOnlyLog {
 public:
  MemoryLog() : AppendOnlyLog([this](std::span<const eventlog::Outgoing> records) { return take(records); }) {}

  std::atomic<bool> is_down = false;

  std::vector<eventlog::Outgoing> records() const {
    const std::lock_guard guard(mutex_);
    return records_;
  }
  std::vector<events::RawEvent> raw() const {
    std::vector<events::RawEvent> events;
    for (const auto& outgoing : records()) {
      if (outgoing.topic != eventlog::kRawTopic) continue;
      auto event = events::decode_raw(outgoing.record);
      EXPECT_TRUE(event) << event.error().message;
      if (event) events.push_back(std::move(*event));
    }
    return events;
  }
  std::vector<RawReport> reports() const {
    std::vector<RawReport> reports;
    for (auto& event : raw()) {
      if (auto* report = std::get_if<RawReport>(&event)) reports.push_back(std::move(*report));
    }
    return reports;
  }
  std::vector<RawWithdrawn> withdrawals() const {
    std::vector<RawWithdrawn> withdrawals;
    for (auto& event : raw()) {
      if (auto* withdrawn = std::get_if<RawWithdrawn>(&event)) withdrawals.push_back(*withdrawn);
    }
    return withdrawals;
  }
  std::vector<SourceHealth> health() const {
    std::vector<SourceHealth> found;
    for (const auto& outgoing : records()) {
      if (outgoing.topic == eventlog::kSourceHealthTopic) found.push_back(*events::decode_source_health(outgoing.record));
    }
    return found;
  }

 private:
  Result<void> take(std::span<const eventlog::Outgoing> records) {
    if (is_down) return unavailable(ErrorCode::kLogUnavailable, "the test says that the log is down");
    const std::lock_guard guard(mutex_);
    records_.insert(records_.end(), records.begin(), records.end());
    return ok();
  }
  mutable std::mutex mutex_;
  std::vector<eventlog::Outgoing> records_;
};

// Waits for a condition instead of sleeping; false when it does not come true.
inline bool eventually(const std::function<bool()>& condition, std::chrono::seconds limit = std::chrono::seconds{20}) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
    ::usleep(1'000);
  }
  return true;
}

// Real time, moved forward by hand.
class ShiftedClock : public Clock {
 public:
  UnixMillis unix_millis() const override { return real_.unix_millis() + shift_ + jumped_; }
  std::chrono::nanoseconds monotonic() const override { return real_.monotonic() + std::chrono::milliseconds{shift_}; }
  void advance(std::chrono::milliseconds by) { shift_ += by.count(); }
  // As somebody sets the wall clock: the other one goes on.
  void jump(std::chrono::milliseconds by) { jumped_ += by.count(); }

 private:
  runtime::SystemClock real_;
  std::atomic<UnixMillis> shift_ = 0, jumped_ = 0;
};

// Counts and keeps what it is told.
class Recording : public CrawlerObserver {
 public:
  void document(const DocumentSeen& seen) override { add("document " + std::to_string(static_cast<int>(seen.change)), seen.address); }
  void fetched(SourceKind kind, FetchClass result, std::int64_t) override {
    add("fetched " + std::string(to_string(kind)) + " " + std::string(to_string(result)), "");
  }
  void refused(FetchClass why, std::string_view message) override { add("refused " + std::string(to_string(why)), message); }
  void postponed(FetchClass why, std::string_view message) override { add("postponed " + std::string(to_string(why)), message); }
  void passed_over(std::string_view message) override { add("passed over", message); }
  void drifted(std::string_view source_id, Drift drift) override { add("drifted " + std::string(to_string(drift)), source_id); }
  void source(SourceKind, const SourceHealth& health) override {
    add("source", health.reason + " since " + std::to_string(health.last_success_at) + ", " + std::to_string(health.expectations.size()) + " owed");
  }
  void state_writable(bool is_writable, std::string_view message) override { add(is_writable ? "state writable" : "state stuck", message); }
  void published(std::int64_t records) override { published_ += records; }
  void publish_failed(const Error& error, std::chrono::milliseconds) override { add("publish failed", error.message); }

  std::size_t count(const std::string& what) const {
    const std::lock_guard guard(mutex_);
    const auto found = told_.find(what);
    return found == told_.end() ? 0 : found->second.size();
  }
  std::vector<std::string> messages(const std::string& what) const {
    const std::lock_guard guard(mutex_);
    const auto found = told_.find(what);
    return found == told_.end() ? std::vector<std::string>{} : found->second;
  }
  std::int64_t published_records() const { return published_; }

 private:
  void add(const std::string& what, std::string_view message) {
    const std::lock_guard guard(mutex_);
    told_[what].emplace_back(message);
  }
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> told_;
  std::atomic<std::int64_t> published_ = 0;
};

// Reads pages in this process: what the worker does, without the worker.
class DirectPageReader : public PageReader {
 public:
  Result<PageAnswer> read_page(const PageRequest& request) override { return events::decode_page_answer(answer_page_request(events::encode(request))); }
};

inline std::uint64_t test_seed() {
  const char* given = std::getenv("GOUJI_TEST_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "GOUJI_TEST_SEED=" << seed << std::endl;
  return seed;
}

}  // namespace gouji::crawler
