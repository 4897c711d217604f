#include "services/crawler/crawl_stage.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace gouji::crawler {

namespace {

// A wait without news ends after this long, so that the heartbeat goes on.
constexpr std::chrono::milliseconds kTurn{500};

std::vector<eventlog::Outgoing> outgoing_of(const std::vector<OutboxRow>& rows) {
  std::vector<eventlog::Outgoing> records;
  records.reserve(rows.size());
  for (const OutboxRow& row : rows) records.push_back({row.topic, std::nullopt, row.record});
  return records;
}

}  // namespace

Publisher::Publisher(State& state, eventlog::EventLog& log, CrawlerObserver& observer, PublisherOptions options, std::function<void()> failed)
    : state_(state), log_(log), observer_(observer), options_(options), tell_failed_(std::move(failed)), pause_(options.retry_min), thread_([this] { run(); }) {}

Publisher::~Publisher() {
  stop();
  thread_.join();
}

void Publisher::wake() {
  const std::lock_guard guard(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void Publisher::stop() {
  const std::lock_guard guard(mutex_);
  stopping_ = true;
  changed_.notify_all();
}

bool Publisher::has_room() const {
  const OutboxSize size = state_.outbox_size();
  return size.rows < options_.full.rows && size.bytes < options_.full.bytes;
}

bool Publisher::wait_for_room() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !failed_ && !has_room()) {
    observer_.heartbeat();
    changed_.wait_for(lock, kTurn);
  }
  return !stopping_ && !failed_;
}

Result<void> Publisher::drain() {
  std::unique_lock lock(mutex_);
  while (!failed_ && state_.outbox_size().rows > 0) {
    if (stopping_) return unavailable(ErrorCode::kTimeout, "stopped with " + std::to_string(state_.outbox_size().rows) + " events still to be sent; they are kept and sent after the next start");
    observer_.heartbeat();
    changed_.wait_for(lock, kTurn);
  }
  if (failed_) return *failed_;
  return ok();
}

Result<void> Publisher::failure() const {
  const std::lock_guard guard(mutex_);
  if (failed_) return *failed_;
  return ok();
}

void Publisher::run() {
  while (true) {
    wait_for_work();
    {
      const std::lock_guard guard(mutex_);
      if (stopping_ || failed_) return;
    }
    const auto sent = send_batch();
    if (!sent) {
      wait_after(sent.error());
      continue;
    }
    pause_ = options_.retry_min;
    const std::lock_guard guard(mutex_);
    if (*sent) woken_ = true;  // there may be more
    changed_.notify_all();
  }
}

void Publisher::wait_for_work() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || woken_; });
  woken_ = false;
}

// True when a batch was sent, false when the outbox was empty.
Result<bool> Publisher::send_batch() {
  GOUJI_ASSIGN(const auto rows, state_.outbox(options_.batch_rows_max, options_.batch_bytes_max));
  if (rows.empty()) return false;
  if (!appender_) {
    GOUJI_ASSIGN(appender_, log_.open_appender());
  }
  const auto records = outgoing_of(rows);
  GOUJI_TRY(appender_->append(records));
  GOUJI_TRY(state_.acknowledge(rows));
  observer_.published(static_cast<std::int64_t>(rows.size()));
  observer_.outbox(state_.outbox_size());
  return true;
}

void Publisher::wait_after(const Error& error) {
  std::unique_lock lock(mutex_);
  if (error.kind != ErrorKind::kUnavailable) {
    // A record that the log refuses for good would be refused again: a person must look at it.
    failed_ = with_context("outbox", error);
    changed_.notify_all();
    lock.unlock();
    tell_failed_();
    return;
  }
  observer_.publish_failed(error, pause_);
  appender_.reset();
  changed_.wait_for(lock, pause_, [this] { return stopping_; });
  pause_ = std::min(pause_ * 2, options_.retry_max);
  woken_ = true;
}

}  // namespace gouji::crawler
