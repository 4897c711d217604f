#include "services/gouji/log_copy.h"

#include <cstdio>
#include <set>

#include <fmt/format.h>
#include <unistd.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "services/crawler/io/blob_store.h"
#include "services/gouji/backtest_diff.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/log_access.h"
#include "services/parser/io/blob_reader.h"

namespace gouji::command {
namespace {

using eventlog::EventLog;
using eventlog::StoredRecord;

constexpr std::size_t kBatch = 500;
// ce_ids of the raw topic are held in memory, some 100 bytes each.
constexpr std::size_t kRecordsMax = 20'000'000;

std::string id_of(const Record& record) {
  return std::string(eventlog::find_header(record, "ce_id").value_or(""));
}

Result<std::set<std::string>> ids_in(EventLog& log, std::string_view topic) {
  std::set<std::string> ids;
  GOUJI_TRY(read_topic(log, topic, [&ids](const StoredRecord& stored) -> Result<void> {
    if (ids.size() >= kRecordsMax) return fatal(ErrorCode::kTooLarge, fmt::format("more than {} records: copy by topic tools of the broker", kRecordsMax));
    ids.insert(id_of(stored.record));
    return ok();
  }));
  return ids;
}

class Copy {
 public:
  Copy(EventLog& from, EventLog& to, const CopyRequest& request) : from_(from), to_(to), request_(request) {}

  Result<void> run() {
    GOUJI_ASSIGN(appender_, to_.open_appender());
    GOUJI_ASSIGN(known_, ids_in(to_, eventlog::kRawTopic));
    GOUJI_TRY(read_topic(from_, eventlog::kRawTopic, [this](const StoredRecord& stored) { return take(stored); }));
    GOUJI_TRY(flush());
    GOUJI_TRY(copy_waivers());
    return check();
  }
  std::int64_t copied = 0, left_out = 0, blobs = 0, waivers = 0, waiting = 0;

 private:
  Result<void> take(const StoredRecord& stored) {
    // The raw topic may repeat a record under its ce_id, and a replayed dead letter does: once is enough.
    if (!source_ids_.insert(id_of(stored.record)).second) return ok();
    if (known_.contains(id_of(stored.record))) {
      ++left_out;
      return ok();
    }
    GOUJI_TRY(copy_blobs(stored));
    batch_.push_back({std::string(eventlog::kRawTopic), std::nullopt, stored.record});
    ++copied;
    return batch_.size() < kBatch ? ok() : flush();
  }

  Result<void> copy_blobs(const StoredRecord& stored) {
    GOUJI_ASSIGN(const events::RawEvent event, events::decode_raw(stored.record));
    const auto* report = std::get_if<RawReport>(&event);
    if (report == nullptr) return ok();
    GOUJI_TRY(copy_blob(report->body));
    for (const Content& attachment : report->attachments) GOUJI_TRY(copy_blob(attachment));
    return ok();
  }

  Result<void> copy_blob(const Content& content) {
    if (content.reference.empty()) return ok();
    if (request_.blobs_to.empty())
      return fatal(ErrorCode::kBadArgument, fmt::format("{} 在大文件目录里，请用 --blobs-to 指明复制到哪里 / lies in the content-addressed store: "
                                                        "say with --blobs-to where its copy goes", content.reference));
    if (!store_) {
      GOUJI_ASSIGN(auto store, crawler::BlobStore::open(request_.blobs_to));
      store_.emplace(std::move(store));
    }
    GOUJI_ASSIGN(const std::string bytes, parser::read_blob(request_.from.data + "/blobs", content.reference));
    GOUJI_ASSIGN(const std::string reference, store_->put(bytes));
    if (reference != content.reference) return fatal(ErrorCode::kDigestMismatch, content.reference);
    ++blobs;
    return ok();
  }

  Result<void> flush() {
    if (!batch_.empty()) GOUJI_TRY(appender_->append(batch_));
    batch_.clear();
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{} + {}", copied, left_out);
    return ok();
  }

  Result<void> copy_waivers() {
    GOUJI_ASSIGN(const auto wanted, read_current(from_, eventlog::kWaiverTopic));
    GOUJI_ASSIGN(const auto there, read_current(to_, eventlog::kWaiverTopic));
    GOUJI_ASSIGN(const auto open_here, read_open_anomalies(from_));
    GOUJI_ASSIGN(const auto open_there, read_open_anomalies(to_));
    GOUJI_ASSIGN(const std::int32_t partitions, to_.partitions(eventlog::kWaiverTopic));
    for (const auto& [key, record] : wanted) {
      if (const auto found = there.find(key); found != there.end() && found->second.value == record.value) continue;
      // A waiver that comes before its anomaly is refused there.
      if (!open_there.contains(key)) {
        waiting += open_here.contains(key) ? 1 : 0;
        continue;
      }
      GOUJI_ASSIGN(const Waiver waiver, events::decode_waiver(record));
      // The validator looks for it beside the organ's reports.
      const std::int32_t partition = eventlog::partition_of(waiver.key.organ_id, partitions);
      batch_.push_back({std::string(eventlog::kWaiverTopic), partition, record});
      ++waivers;
    }
    return flush();
  }

  Result<void> check() {
    GOUJI_ASSIGN(const auto there, ids_in(to_, eventlog::kRawTopic));
    std::int64_t missing = 0;
    for (const std::string& id : source_ids_)
      if (!there.contains(id)) ++missing;
    if (missing == 0) return ok();
    return fatal(ErrorCode::kLogUnavailable, fmt::format("{} 条记录没有到达，请再运行一次 / {} records did not arrive, run it again", missing, missing));
  }

  EventLog& from_;
  EventLog& to_;
  const CopyRequest& request_;
  std::unique_ptr<eventlog::Appender> appender_;
  std::optional<crawler::BlobStore> store_;
  std::set<std::string> known_, source_ids_;
  std::vector<eventlog::Outgoing> batch_;
};

// Of a report what its rules said: the failed ones, by rule and instance.
using Failed = std::set<std::pair<std::string, std::string>>;
Result<std::map<std::string, Failed>> reports_in(EventLog& log) {
  GOUJI_ASSIGN(const auto current, read_current(log, eventlog::kReportCurrentTopic));
  std::map<std::string, Failed> reports;
  for (const auto& [key, record] : current) {
    GOUJI_ASSIGN(const Verdict verdict, events::decode_verdict(record));
    Failed& failed = reports[key];
    for (const RuleResult& result : verdict.results)
      if (result.status == RuleStatus::kFailed) failed.emplace(result.rule, result.instance);
  }
  return reports;
}

Result<void> check_choice(const LogChoice& from, const LogChoice& to) {
  if (!to.log.empty() && to.log != log_text(from)) return ok();
  return fatal(ErrorCode::kBadArgument, fmt::format("--to {}：请写明另一个日志 / name another log than {}", to.log, log_text(from)));
}

}  // namespace

Result<int> copy_log(const CopyRequest& request) {
  GOUJI_TRY(check_choice(request.from, request.to));
  GOUJI_ASSIGN(const auto from, open_log(request.from, eventlog::LocalMode::kReader));
  GOUJI_ASSIGN(const auto to, open_log(request.to, eventlog::LocalMode::kAppend));
  Copy copy(*from, *to, request);
  GOUJI_TRY(copy.run());
  fmt::print("原始记录 raw records: {} 条复制 copied, {} 条已在 there before；大文件 blobs {}；豁免 waivers {}。全部已到 / all of them are there\n", copy.copied,
             copy.left_out, copy.blobs, copy.waivers);
  if (copy.waiting > 0)
    fmt::print("豁免 {} 条要等目标算出它们的异常：处理完后再运行一次 / {} waivers wait until the target has found their anomalies: when it has "
               "caught up, run this again\n", copy.waiting, copy.waiting);
  return kOk;
}

Result<int> compare_logs(const LogChoice& from, const LogChoice& to) {
  GOUJI_TRY(check_choice(from, to));
  GOUJI_ASSIGN(const auto before, open_log(from, eventlog::LocalMode::kReader));
  GOUJI_ASSIGN(const auto after, open_log(to, eventlog::LocalMode::kReader));
  GOUJI_ASSIGN(const auto old_reports, reports_in(*before));
  GOUJI_ASSIGN(const auto new_reports, reports_in(*after));
  std::int64_t different = 0;
  const auto say = [&different](std::string_view key, std::string_view what) {
    fmt::print("{}  {}\n", key, what);
    ++different;
  };
  for (const auto& [key, failed] : old_reports) {
    const auto found = new_reports.find(key);
    if (found == new_reports.end())
      say(key, "只在前者 / only in the first");
    else if (found->second != failed)
      say(key, "核对结果不同 / other results");
  }
  for (const auto& [key, failed] : new_reports)
    if (!old_reports.contains(key)) say(key, "只在后者 / only in the second");
  GOUJI_ASSIGN(const auto old_anomalies, read_open_anomalies(*before));
  GOUJI_ASSIGN(const auto new_anomalies, read_open_anomalies(*after));
  for (const Difference& difference : differences(old_anomalies, new_anomalies))
    say(difference.shown().id, to_string(difference.kind));
  fmt::print(stderr, "报告 reports {} / {}，未结异常 open anomalies {} / {}，不同 differences {}\n", old_reports.size(), new_reports.size(),
             old_anomalies.size(), new_anomalies.size(), different);
  return different == 0 ? kOk : kFindings;
}

}  // namespace gouji::command
