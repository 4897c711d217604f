#include "common/eventlog/kafka/kafka_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/eventlog/kafka/kafka_admin.h"
#include "common/eventlog/kafka/kafka_record.h"

namespace gouji::eventlog {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{15'000};
constexpr std::size_t kFewRecords = 10;

milliseconds left(steady_clock::time_point deadline) {
  const auto rest = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
  return std::max(rest, milliseconds(0));
}

// Errors that librdkafka mends by itself: it reconnects and fetches on.
bool is_passing(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::unique_ptr<KafkaReader>> KafkaReader::open(const KafkaSettings& settings) {
  std::unique_ptr<KafkaReader> reader(new KafkaReader);
  GOUJI_ASSIGN(reader->client_, KafkaClient::open(RD_KAFKA_CONSUMER, settings));
  return reader;
}

KafkaReader::~KafkaReader() {
  if (client_) rest();
}

Result<ReadBatch> KafkaReader::read(const TopicPartition& at, std::int64_t from,
                                    const ReadLimits& limits) {
  const std::scoped_lock lock(mutex_);
  if (from < 0) return fatal(ErrorCode::kBadArgument, fmt::format("offset {} is below 0", from));
  if (!position_ || *position_ != Position{at, from}) GOUJI_TRY(go_to({at, from}));
  auto batch = read_on(at, from, limits);
  // Whoever asks for a few records does not read on: nothing is fetched ahead for them.
  if (!batch || limits.records_max <= kFewRecords) rest();
  return batch;
}

Result<ReadBatch> KafkaReader::read_on(const TopicPartition& at, std::int64_t from,
                                       const ReadLimits& limits) {
  const auto deadline = steady_clock::now() + kPatience;
  ReadBatch batch;
  batch.next = from;
  bytes_ = 0;
  if (held_) {
    StoredRecord held = std::move(*held_);
    held_.reset();
    if (!take(batch, std::move(held), limits)) return batch;
  }
  while (true) {
    GOUJI_ASSIGN(const Step step_taken, step(batch, at, left(deadline)));
    if (step_taken == Step::kOutOfRange) return read_from_first(at, from, limits);
    if (step_taken == Step::kEnd) {
      rest();
      return batch;
    }
    if (step_taken == Step::kRecord && !take(batch, std::move(*read_), limits)) return batch;
    if (steady_clock::now() < deadline) continue;
    if (!batch.records.empty()) return batch;
    return client_->error(RD_KAFKA_RESP_ERR__TIMED_OUT,
                          fmt::format("read {} [{}] from offset {}", at.topic, at.partition, from));
  }
}

Result<KafkaReader::Step> KafkaReader::step(ReadBatch& batch, const TopicPartition& at,
                                            milliseconds wait) {
  const RdMessage message(rd_kafka_consumer_poll(client_->get(), static_cast<int>(wait.count())));
  if (!message) return Step::kNothing;
  switch (message->err) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      read_ = stored_record(message.get(), at.topic);
      return Step::kRecord;
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      batch.next = std::max(batch.next, message->offset);
      return Step::kEnd;
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return Step::kOutOfRange;
    default:
      if (is_passing(message->err)) return Step::kNothing;
      return client_->error(message->err, fmt::format("read {} [{}] as group gouji.reader", at.topic,
                                                      at.partition));
  }
}

// False when the batch is full.
bool KafkaReader::take(ReadBatch& batch, StoredRecord record, const ReadLimits& limits) {
  const std::size_t bytes = byte_size(record.record);
  if (!batch.records.empty() && bytes_ + bytes > limits.bytes_max) {
    batch.next = record.offset;
    position_->next = batch.next;
    held_ = std::move(record);
    return false;
  }
  bytes_ += bytes;
  batch.next = record.offset + 1;
  position_->next = batch.next;
  batch.records.push_back(std::move(record));
  return batch.records.size() < limits.records_max && bytes_ < limits.bytes_max;
}

// `from` is below the first record that retention has left, or beyond the end.
Result<ReadBatch> KafkaReader::read_from_first(const TopicPartition& at, std::int64_t from,
                                               const ReadLimits& limits) {
  rest();
  GOUJI_ASSIGN(const Offsets first, list_offsets(*client_, {{at, RD_KAFKA_OFFSET_SPEC_EARLIEST}},
                                                 Isolation::kUncommitted));
  const std::int64_t begin = first.at(at);
  if (from >= begin) {
    ReadBatch batch;
    batch.next = from;
    return batch;
  }
  GOUJI_TRY(go_to({at, begin}));
  return read_on(at, begin, limits);
}

Result<void> KafkaReader::go_to(const Position& position) {
  rest();
  const RdPartitions list = make_partitions(Offsets{{position.at, position.next}});
  const auto code = rd_kafka_assign(client_->get(), list.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return client_->error(code, fmt::format("read {} [{}]", position.at.topic,
                                            position.at.partition));
  }
  position_ = position;
  return ok();
}

// Without an assignment nothing is fetched ahead.
void KafkaReader::rest() {
  if (position_) rd_kafka_assign(client_->get(), nullptr);
  position_.reset();
  held_.reset();
}

}  // namespace gouji::eventlog
