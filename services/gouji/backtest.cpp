// `gouji rules backtest`: what the rules (and with --reparse the parser) of this build would make of
// a log or of a folder, against what is open now. Nothing is written but a temporary log.
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/host/stage_host.h"
#include "common/runtime/system_clock.h"
#include "gouji/version.h"
#include "services/gouji/backtest_diff.h"
#include "services/gouji/check_documents.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/report_words.h"
#include "services/parser/service.h"
#include "services/validator/service.h"

namespace gouji::command {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLook{50};
constexpr std::size_t kCopyBatch = 500;
constexpr std::size_t kAgainstBytesMax = 1024 * 1024 * 1024;

class TemporaryFolder {
 public:
  static Result<TemporaryFolder> make() {
    std::string name = (fs::temp_directory_path() / "gouji-backtest-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      return fatal(ErrorCode::kUnreadable, fmt::format("{}：无法建立 / cannot be made", name));
    return TemporaryFolder(name);
  }
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Topics as in the source, so that every record keeps its partition.
Result<void> create_topics(eventlog::EventLog& source, eventlog::EventLog& trial) {
  GOUJI_ASSIGN(const auto actual, source.topics());
  for (eventlog::TopicSpec wanted : eventlog::default_topics()) {
    for (const eventlog::TopicSpec& topic : actual)
      if (topic.name == wanted.name) wanted.partitions = topic.partitions;
    GOUJI_TRY(trial.create_topic(wanted));
  }
  return ok();
}

Result<std::int64_t> copy_topic(eventlog::EventLog& source, eventlog::EventLog& trial, std::string_view topic) {
  GOUJI_ASSIGN(const auto appender, trial.open_appender());
  std::vector<eventlog::Outgoing> batch;
  std::int64_t copied = 0;
  const auto flush = [&]() -> Result<void> {
    if (!batch.empty()) GOUJI_TRY(appender->append(batch));
    copied += static_cast<std::int64_t>(batch.size());
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{} {}", topic, copied);
    batch.clear();
    return ok();
  };
  GOUJI_TRY(read_topic(source, topic, [&](const eventlog::StoredRecord& stored) -> Result<void> {
    batch.push_back({stored.at.topic, stored.at.partition, stored.record});
    return batch.size() < kCopyBatch ? ok() : flush();
  }));
  GOUJI_TRY(flush());
  if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\n");
  return copied;
}

Result<void> run_until_through(host::StageHost& stage, eventlog::EventLog& log, std::string_view group, std::string_view input) {
  GOUJI_TRY(stage.start());
  while (true) {
    if (stage.has_ended()) return unavailable(ErrorCode::kLogUnavailable, stage.end_reason());
    GOUJI_ASSIGN(const std::int64_t behind, lag_of(log, group, input));
    if (behind == 0) return ok();
    log.wait_for_append(kLook);
  }
}

// This build's stages over a copy of the log's documents.
Result<OpenAnomalies> judged_again(eventlog::EventLog& source, const BacktestRequest& request) {
  GOUJI_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
  LogChoice where;
  where.data = folder.path();
  GOUJI_ASSIGN(const auto trial, open_log(where, eventlog::LocalMode::kOwner));
  GOUJI_TRY(create_topics(source, *trial));
  GOUJI_TRY(copy_topic(source, *trial, eventlog::kWaiverTopic));
  GOUJI_TRY(copy_topic(source, *trial, request.reparse ? eventlog::kRawTopic : eventlog::kParsedTopic));
  const runtime::SystemClock clock;
  telemetry::Metrics metrics;
  telemetry::Health health{clock};
  if (request.reparse) {
    GOUJI_ASSIGN(const parser::ProgramRunner programs, parser::programs_of_environment());
    GOUJI_ASSIGN(const auto stage, parser::make_stage({request.where.data + "/blobs", 2, programs}, metrics));
    host::StageHost parser(*trial, *stage, clock, metrics, health, {"gouji-parser", "0", std::nullopt, std::string(version()), parser::service().outputs, std::nullopt});
    GOUJI_TRY(run_until_through(parser, *trial, "gouji-parser", eventlog::kRawTopic));
  }
  const auto stage = validator::make_stage(metrics, clock);
  host::StageHost validator(*trial, *stage, clock, metrics, health, {"gouji-validator", "0", std::nullopt, std::string(version()), validator::service().outputs, std::nullopt});
  GOUJI_TRY(run_until_through(validator, *trial, "gouji-validator", eventlog::kParsedTopic));
  return read_open_anomalies(*trial);
}

struct BeforeAndAfter {
  OpenAnomalies before, after;
  std::map<std::string, RuleCounts> history;
};

Result<BeforeAndAfter> over_log(const BacktestRequest& request) {
  GOUJI_ASSIGN(const auto source, open_log(request.where, eventlog::LocalMode::kReader));
  BeforeAndAfter out;
  GOUJI_ASSIGN(out.before, read_open_anomalies(*source));
  GOUJI_ASSIGN(out.after, judged_again(*source, request));
  GOUJI_TRY(read_topic(*source, eventlog::kAnomalyTopic, [&out](const eventlog::StoredRecord& stored) -> Result<void> {
    GOUJI_ASSIGN(const Anomaly transition, events::decode_anomaly(stored.record));
    count_transition(out.history, transition);
    return ok();
  }));
  return out;
}

Result<BeforeAndAfter> over_documents(const BacktestRequest& request) {
  const auto text = read_argument(request.against, kAgainstBytesMax);
  if (!text) return with_context("--against", text.error());
  BeforeAndAfter out;
  GOUJI_ASSIGN(out.before, anomalies_of_check_json(*text));
  GOUJI_TRY(check_documents(request.sources, [&](const CheckedDocument& document) {
    for (const Anomaly& anomaly : document.judgement.transitions) out.after.insert_or_assign(anomaly.id, anomaly);
  }));
  return out;
}

std::string difference_line(const Difference& difference, const BacktestRequest& request) {
  const Anomaly& anomaly = difference.shown();
  if (request.format == "json") {
    JsonWriter json;
    json.begin_object().key("difference").text(to_string(difference.kind)).key("id").text(anomaly.id);
    json.key("organ").text(anomaly.organ_name).key("year").number(anomaly.key.year);
    json.key("rule").text(anomaly.findings.empty() ? "" : anomaly.findings.front().rule);
    json.key("severity").text(to_string(anomaly.severity)).key("fault").text(to_string(anomaly.fault));
    if (difference.kind == DifferenceKind::kChanged)
      json.key("was").begin_object().key("severity").text(to_string(difference.before.severity)).key("fault").text(to_string(difference.before.fault)).end_object();
    json.key("message").begin_object().key("zh").text(anomaly.message_zh).key("en").text(anomaly.message_en).end_object();
    return json.end_object().str() + "\n";
  }
  constexpr std::string_view kSigns[] = {"+", "~", "-"};
  std::string was;
  if (difference.kind == DifferenceKind::kChanged && difference.before.severity != anomaly.severity)
    was = fmt::format("{} → ", severity_word(difference.before.severity, request.language));
  return fmt::format("{} {} [{}{}] {} {}  {}\n", kSigns[static_cast<std::size_t>(difference.kind)], anomaly.id.substr(0, 12), was,
                     severity_word(anomaly.severity, request.language), anomaly.organ_name, anomaly.key.year,
                     in(request.language, anomaly.message_zh, anomaly.message_en));
}

// The history goes before what the change would do.
void print_counts(const BeforeAndAfter& found, const std::vector<Difference>& changes) {
  auto counts = count_by_rule(found.before, found.after, changes);
  for (const auto& [rule, past] : found.history) {
    counts[rule].opened = past.opened;
    counts[rule].resolved = past.resolved;
    counts[rule].retracted = past.retracted;
  }
  fmt::print(stderr, "{:<20} {:>8} {:>8} {:>9} | {:>8} {:>8} {:>8} {:>8} {:>8}\n", "rule", "opened", "resolved", "retracted", "before", "after",
             "added", "changed", "removed");
  for (const auto& [rule, count] : counts)
    fmt::print(stderr, "{:<20} {:>8} {:>8} {:>9} | {:>8} {:>8} {:>8} {:>8} {:>8}\n", rule, count.opened, count.resolved, count.retracted,
               count.before, count.after, count.added, count.changed, count.removed);
}

}  // namespace

int backtest(const BacktestRequest& request) {
  if (request.sources.empty() != request.against.empty())
    return fail("rules backtest", fatal(ErrorCode::kBadArgument, "文件要与 --against（此前 gouji check --format json 的输出）一起给出 / "
                                                                 "FILE and --against (what gouji check --format json wrote before) go together"));
  const auto found = request.sources.empty() ? over_log(request) : over_documents(request);
  if (!found) return fail("rules backtest", found.error());
  const std::vector<Difference> changes = differences(found->before, found->after);
  for (const Difference& difference : changes) {
    const std::string line = difference_line(difference, request);
    std::fwrite(line.data(), 1, line.size(), stdout);
  }
  print_counts(*found, changes);
  return changes.empty() ? kOk : kFindings;
}

}  // namespace gouji::command
