#include "common/eventlog/kafka/kafka_stage_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

#include "common/core/check.h"
#include "common/eventlog/kafka/kafka_outcome.h"
#include "common/eventlog/kafka/kafka_record.h"

namespace gouji::eventlog {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kCommittedMs = 15'000;
constexpr int kSeekMs = 5'000;
constexpr int kSeekPauseMs = 20;
constexpr int kProbeMs = 1'000;

bool contains(const std::vector<TopicPartition>& partitions, const TopicPartition& at) {
  return std::find(partitions.begin(), partitions.end(), at) != partitions.end();
}

}  // namespace

KafkaStageLog::KafkaStageLog(const KafkaSettings& common, const StageLogOptions& options)
    : options_(options),
      consumer_settings_(stage_consumer_settings(common, options)),
      producer_settings_(stage_producer_settings(common, options)) {}

Result<std::unique_ptr<StageLog>> KafkaStageLog::open(const KafkaSettings& common,
                                                      const StageLogOptions& options) {
  std::unique_ptr<KafkaStageLog> log(new KafkaStageLog(common, options));
  KafkaCallbacks callbacks;
  callbacks.notice_cut_off = true;
  callbacks.rebalance = [self = log.get()](rd_kafka_resp_err_t code,
                                           const rd_kafka_topic_partition_list_t* partitions) {
    self->rebalance(code, partitions);
  };
  GOUJI_ASSIGN(log->consumer_, KafkaClient::open(RD_KAFKA_CONSUMER, log->consumer_settings_,
                                                 std::move(callbacks)));
  // A mistake in the producer's settings shows at start, not at the first transaction.
  GOUJI_ASSIGN(log->producer_, KafkaProducer::open(log->producer_settings_, options.doubts));
  return std::unique_ptr<StageLog>(std::move(log));
}

KafkaStageLog::~KafkaStageLog() {
  listener_ = nullptr;  // it need not live longer than close()
  close();
}

// --- the producer --------------------------------------------------------------------------------

Outcome KafkaStageLog::keep(Outcome outcome) {
  if (outcome != Outcome::kOk) last_error_ = producer_->last_error();
  return outcome;
}

Outcome KafkaStageLog::open_producer() {
  if (producer_ready_) producer_.reset();
  producer_ready_ = false;
  if (!producer_) {
    auto opened = KafkaProducer::open(producer_settings_, options_.doubts);
    if (!opened) {
      last_error_ = opened.error().message;
      return Outcome::kFatal;
    }
    producer_ = std::move(*opened);
  }
  const Outcome outcome = keep(producer_->init(options_.group));
  producer_ready_ = outcome == Outcome::kOk;
  // Only a retriable init can be called again on the same instance.
  if (outcome != Outcome::kOk && outcome != Outcome::kRetriable) producer_.reset();
  return outcome;
}

Outcome KafkaStageLog::begin() {
  GOUJI_CHECK(producer_ready_);
  return keep(producer_->begin());
}

Outcome KafkaStageLog::append(const Outgoing& outgoing) {
  GOUJI_CHECK(producer_ready_);
  return keep(producer_->append(outgoing));
}

// The broker refuses offsets of an old generation, but takes those of a client that says it is no
// member at all. A consumer that has just lost its membership says that until it has joined again,
// so it is stopped here.
Outcome KafkaStageLog::send_offsets(const Offsets& next) {
  GOUJI_CHECK(producer_ready_);
  const RdGroupMetadata member(rd_kafka_consumer_group_metadata(consumer_->get()));
  if (!member || rd_kafka_consumer_group_metadata_generation_id(member.get()) < 0 ||
      *rd_kafka_consumer_group_metadata_member_id(member.get()) == '\0') {
    last_error_ = fmt::format("send_offsets: no member of group {} now", options_.group);
    return Outcome::kAbortable;
  }
  for (const auto& [at, offset] : next) {
    if (contains(assignment_, at)) continue;
    last_error_ = fmt::format("send_offsets: {} [{}] is not assigned", at.topic, at.partition);
    return Outcome::kAbortable;
  }
  return keep(producer_->send_offsets(next, member.get()));
}

Outcome KafkaStageLog::commit() {
  GOUJI_CHECK(producer_ready_);
  return keep(producer_->commit());
}

Outcome KafkaStageLog::abort() {
  GOUJI_CHECK(producer_ready_);
  return keep(producer_->abort());
}

// --- the consumer --------------------------------------------------------------------------------

Result<std::vector<StoredRecord>> KafkaStageLog::poll(milliseconds wait, const ReadLimits& limits) {
  GOUJI_CHECK(!closed_);
  GOUJI_TRY(join());
  if (producer_ready_) producer_->serve();
  batch_.clear();
  batch_bytes_ = 0;
  if (!pending_) fill(wait, limits);
  if (!batch_.empty()) {
    consumer_->clear_cut_off();
    return std::exchange(batch_, {});
  }
  if (pending_) return *std::exchange(pending_, std::nullopt);
  GOUJI_TRY(check_reachable(wait));
  return std::vector<StoredRecord>{};
}

Result<void> KafkaStageLog::join() {
  if (joined_) return ok();
  std::vector<TopicPartition> inputs;
  for (const std::string& topic : options_.inputs) {
    inputs.push_back({topic, RD_KAFKA_PARTITION_UA});
  }
  const RdPartitions list = make_partitions(inputs);
  const auto code = rd_kafka_subscribe(consumer_->get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return consumer_->error(code, fmt::format("join group {}", options_.group));
  }
  joined_ = true;
  return ok();
}

void KafkaStageLog::fill(milliseconds wait, const ReadLimits& limits) {
  const auto deadline = steady_clock::now() + wait;
  // What is held of paused partitions must not keep the others, or the group, waiting.
  bool has_room = take_held(limits);
  while (has_room && !pending_ && batch_.size() < limits.records_max &&
         batch_bytes_ < limits.bytes_max) {
    const auto rest = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
    const int timeout =
        batch_.empty() ? static_cast<int>(std::max(rest, milliseconds(0)).count()) : 0;
    const RdMessage message(rd_kafka_consumer_poll(consumer_->get(), timeout));
    if (!message) return;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      take_error(message.get());
    } else {
      has_room = take(stored_record(message.get(), rd_kafka_topic_name(message->rkt)), limits);
    }
  }
}

// False when the batch is full.
bool KafkaStageLog::take_held(const ReadLimits& limits) {
  bool has_room = true;
  std::deque<StoredRecord> held = std::exchange(held_, {});
  for (StoredRecord& record : held) {
    if (!has_room || paused_.contains(record.at)) {
      held_.push_back(std::move(record));
    } else {
      has_room = take(std::move(record), limits);
    }
  }
  return has_room;
}

bool KafkaStageLog::take(StoredRecord record, const ReadLimits& limits) {
  const std::size_t bytes = byte_size(record.record);
  if (!batch_.empty() && batch_bytes_ + bytes > limits.bytes_max) {
    held_.push_back(std::move(record));
    return false;
  }
  batch_bytes_ += bytes;
  batch_.push_back(std::move(record));
  return true;
}

void KafkaStageLog::take_error(const rd_kafka_message_t* message) {
  const char* text = rd_kafka_message_errstr(message);
  const std::string of =
      message->rkt == nullptr
          ? ""
          : fmt::format(", {} [{}]", rd_kafka_topic_name(message->rkt), message->partition);
  const std::string what = fmt::format("poll of group {}{}: {}", options_.group, of, text);
  switch (message->err) {
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:  // the next poll joins again
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      consumer_->note(text);
      return;
    case RD_KAFKA_RESP_ERR__FATAL: {
      std::array<char, 512> reason{};
      const auto code = rd_kafka_fatal_error(consumer_->get(), reason.data(), reason.size());
      pending_ = consumer_->error(code, fmt::format("{} ({})", what, reason.data()));
      pending_->kind = ErrorKind::kFatal;
      return;
    }
    default:
      pending_ = consumer_->error(message->err, what);
      // A broker that has just come back does not know its topics for a moment.
      if (pending_->code == ErrorCode::kNotFound) pending_->kind = ErrorKind::kUnavailable;
  }
}

// librdkafka says once that no broker is left, and says nothing when one comes back.
Result<void> KafkaStageLog::check_reachable(milliseconds wait) {
  if (!consumer_->is_cut_off()) return ok();
  const rd_kafka_metadata_t* raw = nullptr;
  const int timeout = std::clamp(static_cast<int>(wait.count()), 1, kProbeMs);
  const auto code = rd_kafka_metadata(consumer_->get(), 0, nullptr, &raw, timeout);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return consumer_->error(code, "no broker can be reached; check the address of the log and "
                                  "that Kafka runs");
  }
  rd_kafka_metadata_destroy(raw);
  consumer_->clear_cut_off();
  return ok();
}

Result<Offsets> KafkaStageLog::committed(const std::vector<TopicPartition>& partitions) {
  const RdPartitions list = make_partitions(partitions);
  const auto code = rd_kafka_committed(consumer_->get(), list.get(), kCommittedMs);
  const std::string what = fmt::format("committed offsets of group {}", options_.group);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return consumer_->error(code, what);
  Offsets offsets;
  for (int i = 0; i < list->cnt; ++i) {
    const rd_kafka_topic_partition_t& at = list->elems[i];
    if (at.err != RD_KAFKA_RESP_ERR_NO_ERROR) return consumer_->error(at.err, what);
    if (at.offset >= 0) offsets[{at.topic, at.partition}] = at.offset;
  }
  return offsets;
}

Result<void> KafkaStageLog::seek(const Offsets& positions) {
  Offsets assigned;
  for (const auto& [at, offset] : positions) {
    if (assigning_) {
      starts_[at] = offset;
      continue;
    }
    if (!contains(assignment_, at)) {
      return fatal(ErrorCode::kBadArgument,
                   fmt::format("seek: {} [{}] is not assigned", at.topic, at.partition));
    }
    assigned[at] = offset;
  }
  if (assigned.empty()) return ok();
  std::vector<TopicPartition> moved;
  for (const auto& [at, offset] : assigned) moved.push_back(at);
  forget_records(moved);
  return seek_assigned(assigned);
}

Result<void> KafkaStageLog::seek_assigned(const Offsets& positions) {
  // A partition that was assigned a moment ago is not ready to be sought yet.
  const auto deadline = steady_clock::now() + milliseconds(kSeekMs);
  while (true) {
    const RdPartitions list = make_partitions(positions);
    const RdError error(rd_kafka_seek_partitions(consumer_->get(), list.get(), kSeekMs));
    auto code = error ? rd_kafka_error_code(error.get()) : RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int i = 0; i < list->cnt && code == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
      code = list->elems[i].err;
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return ok();
    if (steady_clock::now() > deadline) return consumer_->error(code, "seek");
    const RdQueue idle(rd_kafka_queue_new(consumer_->get()));
    const RdEvent none(rd_kafka_queue_poll(idle.get(), kSeekPauseMs));
  }
}

void KafkaStageLog::pause(const std::vector<TopicPartition>& partitions) {
  std::vector<TopicPartition> fresh;
  for (const TopicPartition& at : partitions) {
    if (paused_.insert(at).second) fresh.push_back(at);
  }
  if (assigning_ || fresh.empty()) return;
  const RdPartitions list = make_partitions(fresh);
  rd_kafka_pause_partitions(consumer_->get(), list.get());
}

// Only what was paused: resuming a running partition moves it back to an old position.
void KafkaStageLog::resume(const std::vector<TopicPartition>& partitions) {
  std::vector<TopicPartition> stopped;
  for (const TopicPartition& at : partitions) {
    if (paused_.erase(at) > 0) stopped.push_back(at);
  }
  if (assigning_ || stopped.empty()) return;
  const RdPartitions list = make_partitions(stopped);
  rd_kafka_resume_partitions(consumer_->get(), list.get());
}

// --- rebalance -----------------------------------------------------------------------------------

// Runs inside poll() and close(), called from C: nothing may be thrown through it.
void KafkaStageLog::rebalance(rd_kafka_resp_err_t code,
                              const rd_kafka_topic_partition_list_t* partitions) {
  try {
    const std::vector<TopicPartition> concerned = partitions_of(partitions);
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      assign(concerned);
    } else {
      revoke(concerned);
    }
  } catch (const std::exception& exception) {
    pending_ = fatal(ErrorCode::kInternal, fmt::format("rebalance: {}", exception.what()));
    rd_kafka_assign(consumer_->get(), nullptr);
  }
}

void KafkaStageLog::assign(const std::vector<TopicPartition>& partitions) {
  assignment_ = partitions;
  starts_.clear();
  paused_.clear();
  assigning_ = true;
  if (listener_ != nullptr) listener_->assigned(partitions);
  assigning_ = false;
  Offsets positions;
  for (const TopicPartition& at : partitions) {
    const auto start = starts_.find(at);
    positions[at] = start == starts_.end() ? RD_KAFKA_OFFSET_INVALID : start->second;
  }
  const RdPartitions list = make_partitions(positions);
  const auto code = rd_kafka_assign(consumer_->get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) pending_ = consumer_->error(code, "assign");
  const std::vector<TopicPartition> paused(paused_.begin(), paused_.end());
  if (paused.empty()) return;
  const RdPartitions stopped = make_partitions(paused);
  rd_kafka_pause_partitions(consumer_->get(), stopped.get());
}

void KafkaStageLog::revoke(const std::vector<TopicPartition>& partitions) {
  const bool lost = rd_kafka_assignment_lost(consumer_->get()) != 0;
  forget_records(partitions);
  if (listener_ != nullptr) listener_->revoked(partitions, lost);
  assignment_.clear();
  paused_.clear();
  rd_kafka_assign(consumer_->get(), nullptr);
}

// Records that are read but not returned yet belong to whoever owns the partition next.
void KafkaStageLog::forget_records(const std::vector<TopicPartition>& partitions) {
  const auto concerned = [&](const StoredRecord& record) {
    return contains(partitions, record.at);
  };
  std::erase_if(held_, concerned);
  std::erase_if(batch_, concerned);
}

void KafkaStageLog::close() {
  if (closed_) return;
  closed_ = true;
  rd_kafka_consumer_close(consumer_->get());
  producer_.reset();
  consumer_.reset();
}

}  // namespace gouji::eventlog
