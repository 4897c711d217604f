#include "services/gouji/reparse.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/events/envelope.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/log_access.h"
#include "services/parser/core/report_identity.h"
#include "services/parser/worker.h"

namespace gouji::command {
namespace {

using eventlog::EventLog;
using eventlog::StoredRecord;

constexpr std::size_t kBatchRecords = 100;
constexpr std::size_t kBatchBytes = 4 * 1024 * 1024;

bool is_selected(const ReparseSelection& selection, const ReportKey& key) {
  if (!selection.organ.empty() && key.organ_id.find(selection.organ) == std::string::npos) return false;
  return !selection.year || key.year == *selection.year;
}

bool is_in_time(const ReparseSelection& selection, UnixMillis fetched_at) {
  return (!selection.since || fetched_at >= *selection.since) && (!selection.until || fetched_at < *selection.until);
}

class Reparse {
 public:
  Reparse(EventLog& log, const ReparseOrder& order, const std::function<void(const ReparseItem&)>& told) : log_(log), order_(order), told_(told) {}

  Result<ReparseSummary> run() {
    GOUJI_TRY(select());
    GOUJI_TRY(read_offsets());
    if (!order_.dry_run) {
      GOUJI_ASSIGN(appender_, log_.open_appender());
    }
    GOUJI_TRY(find_waiting());
    GOUJI_TRY(read_topic(log_, eventlog::kRawTopic, [this](const StoredRecord& record) { return take(record); }));
    GOUJI_TRY(flush());
    summary_.missing = static_cast<std::int64_t>(wanted_.size());
    return summary_;
  }

 private:
  // What the parser's state says of the locations: the record that it took last, by its ce_id.
  Result<void> select() {
    GOUJI_ASSIGN(const auto state, read_state(log_, eventlog::kParserStateTopic));
    for (const auto& [id, record] : state) {
      GOUJI_ASSIGN(ParserLocation location, events::decode_parser_location(*record.value));
      if (location.key.organ_id.empty() || !is_selected(order_.selection, location.key)) continue;  // withdrawn, or another's
      if (location.extractor == order_.extractor) {
        ++summary_.current;
      } else {
        std::string raw_id = location.raw_id;
        wanted_.emplace(std::move(raw_id), std::move(location));
      }
    }
    return ok();
  }

  Result<void> read_offsets() {
    GOUJI_ASSIGN(const auto committed, log_.committed_offsets());
    for (const eventlog::CommittedOffset& offset : committed)
      if (offset.group == order_.group) read_until_[offset.at] = offset.offset;
    return ok();
  }

  // A record that the parser has not reached yet: an earlier call, or the crawler, has put it there.
  Result<void> find_waiting() {
    return read_topic(log_, eventlog::kRawTopic, [this](const StoredRecord& record) -> Result<void> {
      const auto offset = read_until_.find(record.at);
      const bool is_waiting = offset == read_until_.end() || record.offset >= offset->second;
      if (!is_waiting) return ok();
      const auto id = eventlog::find_header(record.record, "ce_id");
      if (id && wanted_.erase(std::string(*id)) > 0) ++summary_.waiting;
      return ok();
    });
  }

  Result<void> take(const StoredRecord& record) {
    const auto id = eventlog::find_header(record.record, "ce_id");
    const auto found = id ? wanted_.find(std::string(*id)) : wanted_.end();
    if (found == wanted_.end()) return ok();
    const ParserLocation location = std::move(found->second);
    wanted_.erase(found);
    GOUJI_ASSIGN(const events::RawEvent event, events::decode_raw(record.record));
    const auto* report = std::get_if<RawReport>(&event);
    if (report == nullptr || !is_in_time(order_.selection, report->fetched_at)) return ok();
    ++summary_.appended;
    told_({location.key, report->url, location.extractor});
    if (order_.dry_run) return ok();
    batch_bytes_ += record.record.value ? record.record.value->size() : 0;
    batch_.push_back({record.at.topic, record.at.partition, record.record});
    return batch_.size() < kBatchRecords && batch_bytes_ < kBatchBytes ? ok() : flush();
  }

  Result<void> flush() {
    if (batch_.empty()) return ok();
    GOUJI_TRY(appender_->append(batch_));
    batch_.clear();
    batch_bytes_ = 0;
    return ok();
  }

  EventLog& log_;
  const ReparseOrder& order_;
  const std::function<void(const ReparseItem&)>& told_;
  std::map<std::string, ParserLocation> wanted_;  // by ce_id of the raw record
  std::map<eventlog::TopicPartition, std::int64_t> read_until_;
  std::unique_ptr<eventlog::Appender> appender_;
  std::vector<eventlog::Outgoing> batch_;
  std::size_t batch_bytes_ = 0;
  ReparseSummary summary_;
};

Result<std::optional<UnixMillis>> time_of(std::string_view option, const std::string& text) {
  if (text.empty()) return std::optional<UnixMillis>();
  const auto time = events::from_rfc3339(text.size() == 10 ? text + "T00:00:00Z" : text);
  if (!time)
    return fatal(ErrorCode::kBadArgument, fmt::format("{} {}：应为 2026-01-31 或 2026-01-31T08:00:00Z / a day or a time is expected", option, text));
  return std::optional(*time);
}

Result<ReparseOrder> order_of(const ReparseRequest& request) {
  ReparseOrder order;
  order.extractor = parser::this_extractor();
  order.group = "gouji-parser";
  order.dry_run = request.dry_run;
  order.selection.organ = request.organ;
  // A name stands for its id.
  if (const auto id = parser::organ_id(request.organ, parser::embedded_organs()); id && !request.organ.empty()) order.selection.organ = *id;
  order.selection.year = request.year;
  GOUJI_ASSIGN(order.selection.since, time_of("--since", request.since));
  GOUJI_ASSIGN(order.selection.until, time_of("--until", request.until));
  return order;
}

}  // namespace

Result<ReparseSummary> reparse_documents(EventLog& log, const ReparseOrder& order, const std::function<void(const ReparseItem&)>& told) {
  return Reparse(log, order, told).run();
}

int reparse(const ReparseRequest& request) {
  const auto order = order_of(request);
  if (!order) return fail("reparse", order.error());
  auto log = open_log(request.where, request.dry_run ? eventlog::LocalMode::kReader : eventlog::LocalMode::kAppend);
  if (!log) return fail("reparse", log.error());
  const auto summary = reparse_documents(**log, *order, [](const ReparseItem& item) {
    fmt::print("{}  {}  {}\n", to_string(item.key), item.url, item.extractor);
  });
  if (!summary) return fail("reparse", summary.error());
  fmt::print(stderr, "{}重新解析 {} 份；已由本版本解析 {} 份，已在排队 {} 份，原文已过保留期 {} 份\n{}{} to be read again; {} read by this version already, {} waiting, {} no longer in the log\n",
             request.dry_run ? "将" : "", summary->appended, summary->current, summary->waiting, summary->missing, request.dry_run ? "would be: " : "",
             summary->appended, summary->current, summary->waiting, summary->missing);
  return kOk;
}

}  // namespace gouji::command
