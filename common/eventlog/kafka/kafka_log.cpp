#include "common/eventlog/kafka/kafka_log.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "common/core/check.h"
#include "common/eventlog/kafka/kafka_admin.h"
#include "common/eventlog/kafka/kafka_appender.h"
#include "common/eventlog/kafka/kafka_reader.h"
#include "common/eventlog/kafka/kafka_stage_log.h"

namespace gouji::eventlog {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kMetadataMs = 5'000;
constexpr std::string_view kGroupPrefix = "gouji-";
constexpr milliseconds kLookFirst{50};
constexpr milliseconds kLookLast{250};
constexpr std::size_t kWatchedMax = 1'000;

class KafkaLog final : public EventLog {
 public:
  KafkaLog(std::string bootstrap, KafkaSettings common, std::unique_ptr<KafkaReader> reader)
      : address_("kafka:" + std::move(bootstrap)),
        common_(std::move(common)),
        reader_(std::move(reader)) {}

  std::string_view address() const override { return address_; }

  Result<std::vector<TopicSpec>> topics() override { return list_topics(reader_->client()); }
  Result<void> create_topic(const TopicSpec& spec) override {
    return gouji::eventlog::create_topic(reader_->client(), spec);
  }
  Result<std::int32_t> partitions(std::string_view topic) override {
    GOUJI_ASSIGN(const KafkaTopic found, reader_->client().topic(std::string(topic), kMetadataMs));
    return found.partitions;
  }

  Result<ReadBatch> read(const TopicPartition& at, std::int64_t from,
                         const ReadLimits& limits) override {
    auto batch = reader_->read(at, from, limits);
    if (batch && batch->records.empty()) watch(at, batch->next);
    return batch;
  }

  Result<std::int64_t> begin_offset(const TopicPartition& at) override {
    return offset(at, RD_KAFKA_OFFSET_SPEC_EARLIEST, Isolation::kUncommitted);
  }
  Result<std::int64_t> end_offset(const TopicPartition& at, Isolation isolation) override {
    return offset(at, RD_KAFKA_OFFSET_SPEC_LATEST, isolation);
  }
  Result<std::int64_t> offset_at(const TopicPartition& at, UnixMillis time) override {
    GOUJI_ASSIGN(const std::int64_t found,
                 offset(at, std::max<UnixMillis>(time, 0), Isolation::kCommitted));
    if (found >= 0) return found;
    return end_offset(at, Isolation::kCommitted);
  }

  Result<std::vector<CommittedOffset>> committed_offsets() override {
    GOUJI_ASSIGN(const std::vector<std::string> groups,
                 list_groups(reader_->client(), kGroupPrefix));
    std::vector<CommittedOffset> all;
    for (const std::string& group : groups) {
      GOUJI_ASSIGN(const Offsets offsets, group_offsets(reader_->client(), group));
      for (const auto& [at, next] : offsets) all.push_back({group, at, next});
    }
    return all;
  }

  void wait_for_append(milliseconds wait) override;

  Result<std::unique_ptr<Appender>> open_appender() override {
    GOUJI_TRY(make_conf(appender_settings(common_)));
    return std::unique_ptr<Appender>(
        std::make_unique<KafkaAppender>(appender_settings(common_)));
  }
  Result<std::unique_ptr<StageLog>> open_stage_log(const StageLogOptions& options) override {
    return KafkaStageLog::open(common_, options);
  }

 private:
  Result<std::int64_t> offset(const TopicPartition& at, std::int64_t spec, Isolation isolation) {
    GOUJI_ASSIGN(const Offsets offsets, list_offsets(reader_->client(), {{at, spec}}, isolation));
    const auto found = offsets.find(at);
    if (found == offsets.end()) {
      return reader_->client().error(RD_KAFKA_RESP_ERR__BAD_MSG, "offsets of " + at.topic);
    }
    return found->second;
  }

  void watch(const TopicPartition& at, std::int64_t end) {
    const std::scoped_lock lock(mutex_);
    if (watched_.size() < kWatchedMax || watched_.contains(at)) watched_[at] = end;
  }
  bool has_grown(const Offsets& ends);

  const std::string address_;
  const KafkaSettings common_;
  const std::unique_ptr<KafkaReader> reader_;
  std::mutex mutex_;
  Offsets watched_;  // guarded: partitions read to their end, and that end
};

// Kafka tells nobody about new records but who fetches them, so the ends of what was read are asked.
void KafkaLog::wait_for_append(milliseconds wait) {
  const auto deadline = steady_clock::now() + wait;
  Offsets ends;
  {
    const std::scoped_lock lock(mutex_);
    ends = watched_;
  }
  for (milliseconds step = kLookFirst; !has_grown(ends); step = std::min(step * 5 / 4, kLookLast)) {
    const auto left = deadline - steady_clock::now();
    if (left <= left.zero()) return;
    std::this_thread::sleep_for(std::min<steady_clock::duration>(left, step));
  }
}

bool KafkaLog::has_grown(const Offsets& ends) {
  if (ends.empty()) return false;
  Offsets wanted;
  for (const auto& [at, end] : ends) wanted[at] = RD_KAFKA_OFFSET_SPEC_LATEST;
  const auto now = list_offsets(reader_->client(), wanted, Isolation::kCommitted);
  if (!now) return false;
  return std::any_of(now->begin(), now->end(), [&](const auto& entry) {
    const auto before = ends.find(entry.first);
    return before != ends.end() && entry.second > before->second;
  });
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_kafka_log(const LogAddress& address,
                                                 const OpenOptions& options) {
  GOUJI_CHECK(address.is_kafka);
  GOUJI_ASSIGN(const KafkaSettings user, user_settings(options));
  KafkaSettings common = common_settings(address.bootstrap, options.client_id, user);
  GOUJI_ASSIGN(auto reader, KafkaReader::open(reader_settings(common)));
  return std::unique_ptr<EventLog>(
      std::make_unique<KafkaLog>(address.bootstrap, std::move(common), std::move(reader)));
}

}  // namespace gouji::eventlog
