#include "common/eventlog/local/stage_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/core/check.h"

namespace gouji::eventlog {

namespace {

// A transaction is held in memory until it is committed. One that is larger is aborted; the runner
// then takes its records one by one.
constexpr std::size_t kTransactionBytesMax = 64 * 1024 * 1024;

Result<std::int64_t> next_epoch(SqliteConnection& connection, const std::string& transactional_id) {
  SqliteQuery row = connection.query(
      "INSERT INTO producers(transactional_id, epoch) VALUES(?, 0)"
      " ON CONFLICT(transactional_id) DO UPDATE SET epoch=epoch+1 RETURNING epoch");
  GOUJI_ASSIGN(const bool has_row, row.bind_text(transactional_id).next());
  GOUJI_CHECK(has_row);
  const std::int64_t epoch = row.integer(0);
  GOUJI_TRY(row.run());
  return epoch;
}

}  // namespace

Result<std::unique_ptr<StageLog>> LocalStageLog::open(std::shared_ptr<LocalStore> store,
                                                      const StageLogOptions& options) {
  if (options.group.empty() || options.transactional_id.empty() || options.inputs.empty()) {
    return fatal(ErrorCode::kBadArgument, "a stage needs a group, a transactional id and inputs");
  }
  GOUJI_ASSIGN(auto reader, store->open_reader());
  for (const std::string& input : options.inputs) GOUJI_TRY(store->catalog().find(*reader, input));
  return std::unique_ptr<StageLog>(new LocalStageLog(std::move(store), std::move(reader), options));
}

Outcome LocalStageLog::outcome_of(const Error& error) {
  last_error_ = error.message;
  if (error.code == ErrorCode::kFenced) return Outcome::kFenced;
  switch (error.kind) {
    case ErrorKind::kInvalidInput: return Outcome::kAbortable;
    case ErrorKind::kUnavailable: return Outcome::kRetriable;
    case ErrorKind::kFatal: return Outcome::kFatal;
  }
  return Outcome::kFatal;
}

Outcome LocalStageLog::open_producer() {
  clear_transaction();
  std::int64_t epoch = -1;
  const auto opened = store_->write([&](SqliteConnection& connection) -> Result<void> {
    GOUJI_ASSIGN(epoch, next_epoch(connection, options_.transactional_id));
    return ok();
  });
  if (!opened) return outcome_of(opened.error());
  epoch_ = epoch;
  return Outcome::kOk;
}

Result<void> LocalStageLog::join() {
  std::vector<TopicPartition> partitions;
  std::vector<Input> inputs;
  for (const std::string& name : options_.inputs) {
    GOUJI_ASSIGN(const auto topic, store_->catalog().find(*reader_, name));
    for (std::int32_t partition = 0; partition < topic->spec.partitions; ++partition) {
      const std::int64_t id = topic->partition_ids[static_cast<std::size_t>(partition)];
      inputs.push_back({{name, partition}, id, 0, false});
      partitions.push_back({name, partition});
    }
  }
  GOUJI_ASSIGN(const Offsets offsets, committed(partitions));
  for (Input& input : inputs) {
    const auto known = offsets.find(input.at);
    if (known != offsets.end()) input.position = known->second;
  }
  inputs_ = std::move(inputs);
  has_joined_ = true;
  if (listener_ != nullptr) listener_->assigned(partitions);
  return ok();
}

Result<std::vector<StoredRecord>> LocalStageLog::sweep(const ReadLimits& limits) {
  std::vector<StoredRecord> records;
  ReadLimits left = limits;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    Input& input = inputs_[(sweep_from_ + i) % inputs_.size()];
    if (input.is_paused) continue;
    const std::size_t before = records.size();
    GOUJI_TRY(read_rows(*reader_, {input.at, input.partition_id, input.position}, left, records));
    if (records.size() > before) input.position = records.back().offset + 1;
    if (left.records_max == 0) break;
  }
  sweep_from_ = (sweep_from_ + 1) % inputs_.size();
  return records;
}

Result<std::vector<StoredRecord>> LocalStageLog::poll(std::chrono::milliseconds wait, const ReadLimits& limits) {
  if (!has_joined_) GOUJI_TRY(join());
  const auto deadline = std::chrono::steady_clock::now() + wait;
  for (;;) {
    // The version is taken before the sweep, so that an append during it is not missed.
    const std::uint64_t version = store_->changes().version();
    if (may_have_more_ || version != version_seen_) {
      GOUJI_ASSIGN(auto records, sweep(limits));
      version_seen_ = version;
      may_have_more_ = !records.empty();
      if (!records.empty()) return records;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::vector<StoredRecord>();
    store_->changes().wait_beyond(version_seen_, left);
  }
}

std::vector<TopicPartition> LocalStageLog::assignment() const {
  std::vector<TopicPartition> partitions;
  for (const Input& input : inputs_) partitions.push_back(input.at);
  return partitions;
}

Result<Offsets> LocalStageLog::committed(const std::vector<TopicPartition>& partitions) {
  Offsets offsets;
  for (const TopicPartition& at : partitions) {
    GOUJI_ASSIGN(const std::int64_t id, store_->catalog().partition_id(*reader_, at.topic, at.partition));
    SqliteQuery row = reader_->query("SELECT offset FROM offsets WHERE group_name=? AND partition_id=?");
    GOUJI_ASSIGN(const bool found, row.bind_text(options_.group).bind(id).next());
    if (found) offsets.emplace(at, row.integer(0));
  }
  return offsets;
}

LocalStageLog::Input* LocalStageLog::find(const TopicPartition& at) {
  const auto found = std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& input) { return input.at == at; });
  return found == inputs_.end() ? nullptr : &*found;
}

Result<void> LocalStageLog::seek(const Offsets& positions) {
  for (const auto& [at, offset] : positions) {
    Input* input = find(at);
    if (input == nullptr) {
      return fatal(ErrorCode::kBadArgument, fmt::format("{} partition {} is not assigned", at.topic, at.partition));
    }
    input->position = offset;
  }
  may_have_more_ = true;
  return ok();
}

void LocalStageLog::set_paused(const std::vector<TopicPartition>& partitions, bool is_paused) {
  for (const TopicPartition& at : partitions) {
    if (Input* input = find(at)) input->is_paused = is_paused;
  }
  may_have_more_ = true;
}

void LocalStageLog::pause(const std::vector<TopicPartition>& partitions) { set_paused(partitions, true); }
void LocalStageLog::resume(const std::vector<TopicPartition>& partitions) { set_paused(partitions, false); }

Outcome LocalStageLog::begin() {
  GOUJI_CHECK(epoch_ >= 0 && !is_begun_);
  is_begun_ = true;
  return Outcome::kOk;
}

Outcome LocalStageLog::append(const Outgoing& outgoing) {
  GOUJI_CHECK(is_begun_);
  const auto topic = store_->catalog().find(*reader_, outgoing.topic);
  if (!topic) return outcome_of(topic.error());
  auto row = prepare_row(**topic, outgoing);
  if (!row) return outcome_of(row.error());
  if (rows_bytes_ + row->bytes > kTransactionBytesMax) {
    return outcome_of(invalid_input(
        ErrorCode::kTooLarge, fmt::format("a transaction of more than {} bytes", kTransactionBytesMax)));
  }
  rows_bytes_ += row->bytes;
  rows_.push_back(std::move(*row));
  return Outcome::kOk;
}

Outcome LocalStageLog::send_offsets(const Offsets& next) {
  GOUJI_CHECK(is_begun_);
  for (const auto& [at, offset] : next) offsets_[at] = offset;
  return Outcome::kOk;
}

Result<void> LocalStageLog::check_epoch(SqliteConnection& connection) {
  SqliteQuery row = connection.query("SELECT epoch FROM producers WHERE transactional_id=?");
  GOUJI_ASSIGN(const bool found, row.bind_text(options_.transactional_id).next());
  if (found && row.integer(0) == epoch_) return ok();
  return fatal(ErrorCode::kFenced,
               fmt::format("transactional id {}: a newer incarnation has opened it", options_.transactional_id));
}

Result<void> LocalStageLog::write_offsets(SqliteConnection& connection, UnixMillis now) {
  for (const auto& [at, offset] : offsets_) {
    GOUJI_ASSIGN(const std::int64_t id, store_->catalog().partition_id(connection, at.topic, at.partition));
    SqliteQuery row = connection.query(
        "INSERT INTO offsets(group_name, partition_id, offset, committed_at) VALUES(?,?,?,?)"
        " ON CONFLICT(group_name, partition_id) DO UPDATE SET offset=excluded.offset,"
        " committed_at=excluded.committed_at");
    GOUJI_TRY(row.bind_text(options_.group).bind(id).bind(offset).bind(now).run());
  }
  return ok();
}

Outcome LocalStageLog::commit() {
  GOUJI_CHECK(is_begun_);
  const UnixMillis now = wall_clock_millis();
  const auto written = store_->write([&](SqliteConnection& connection) -> Result<void> {
    GOUJI_TRY(check_epoch(connection));
    GOUJI_TRY(insert_rows(connection, rows_, now));
    return write_offsets(connection, now);
  });
  if (!written) return outcome_of(written.error());
  clear_transaction();
  return Outcome::kOk;
}

Outcome LocalStageLog::abort() {
  clear_transaction();
  return Outcome::kOk;
}

void LocalStageLog::clear_transaction() {
  is_begun_ = false;
  rows_.clear();
  rows_bytes_ = 0;
  offsets_.clear();
}

void LocalStageLog::close() { clear_transaction(); }

}  // namespace gouji::eventlog
