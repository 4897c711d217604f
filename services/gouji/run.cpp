#include <cstdio>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "common/host/stage_service.h"
#include "common/runtime/settings.h"
#include "common/runtime/stop_signal.h"
#include "common/telemetry/log.h"
#include "services/gouji/commands.h"
#include "services/gouji/console.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/log_access.h"
#include "services/gouji/pipeline.h"

namespace gouji::command {
namespace {

constexpr std::chrono::milliseconds kStopLimit{15'000};
constexpr std::chrono::milliseconds kLook{200};

// Follows the topics on a thread of its own while the pipeline works.
class ConsoleThread {
 public:
  ConsoleThread(Console& console, eventlog::EventLog& log)
      : thread_([&console, &log](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            const auto printed = console.print_new();
            if (!printed || !*printed) log.wait_for_append(kLook);
          }
        }) {}

 private:
  std::jthread thread_;
};

void print_summary(const ConsoleCounts& counts, std::int64_t failures, Language language) {
  fmt::print(stderr, "{}\n",
             fmt::format(fmt::runtime(in(language, "报告 {} 份，异常 {} 项，不是报告 {} 份，无法读取 {} 份，来源或文件取不到 {} 处",
                                         "{} reports, {} anomalies, {} not reports, {} unreadable, {} not fetched")),
                         counts.reports, counts.anomalies, counts.not_reports, counts.poison, failures));
  if (counts.reports + counts.judged_again + counts.anomalies + counts.not_reports + counts.poison == 0)
    fmt::print(stderr, "{}\n", in(language, "没有新的或有变化的报告；用 gouji list 查看未结异常",
                                  "nothing new and nothing changed; see gouji list for open anomalies"));
}

Result<int> follow_pipeline(const RunRequest& request, const std::shared_ptr<Pipeline>& pipeline) {
  GOUJI_ASSIGN(Console console, Console::open(pipeline->log(), request.language));
  GOUJI_TRY(pipeline->start());
  fmt::print(stderr, "{}http://{}/metrics\n", in(request.language, "指标：", "metrics: "), pipeline->admin_address());
  std::int64_t failures = 0;
  {
    const ConsoleThread follow(console, pipeline->log());
    if (request.once) {
      GOUJI_ASSIGN(failures, pipeline->run_once());
    } else {
      GOUJI_TRY(pipeline->watch());
    }
  }
  GOUJI_TRY(console.print_new());
  print_summary(console.counts(), failures, request.language);
  return request.once && console.counts().poison + failures > 0 ? kNotRead : kOk;
}

Result<int> work(const RunRequest& request, runtime::StopSignal& stop) {
  GOUJI_ASSIGN(auto opened, Pipeline::open(request));
  const std::shared_ptr<Pipeline> pipeline = std::move(opened);
  // The signal may come when all is done.
  stop.on_stop([weak = std::weak_ptr(pipeline)] {
    if (const auto running = weak.lock()) running->stop();
  });
  const Result<int> result = follow_pipeline(request, pipeline);
  const auto end = pipeline->stage_end();
  if (result || !end || *end == eventlog::RunnerEnd::kUnavailable) return result;
  // A stage that could not go on ends the command as it would end its service.
  fail("run", result.error());
  return host::exit_code_of(*end);
}

// What the console says is enough for people, so the log begins with warnings unless told otherwise.
Result<telemetry::LogLevel> wanted_log_level() {
  const auto environment = runtime::gouji_environment();
  const auto found = environment.find("GOUJI_LOG_LEVEL");
  if (found == environment.end() || found->second.empty()) return telemetry::LogLevel::kWarning;
  for (const std::string_view known : {"debug", "info", "warning", "error"})
    if (found->second == known) return host::log_level_of(found->second);
  return fatal(ErrorCode::kBadSettings, fmt::format("GOUJI_LOG_LEVEL: '{}' is not one of debug, info, warning, error", found->second));
}

}  // namespace

int run(const RunRequest& request) {
  runtime::StopSignal stop(kStopLimit);
  const auto level = wanted_log_level();
  if (!level) return fail("run", level.error());
  telemetry::start_log("gouji", *level);
  RunRequest wanted = request;
  if (wanted.sources.empty()) wanted.sources = {"tests/samples"};
  const Result<int> result = work(wanted, stop);
  return result ? *result : fail("run", result.error());
}

}  // namespace gouji::command
