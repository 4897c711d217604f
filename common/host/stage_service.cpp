#include "common/host/stage_service.h"

#include <cstdio>

#include <fmt/format.h>

#include "common/host/stage_host.h"
#include "common/runtime/settings_file.h"
#include "common/runtime/stop_signal.h"
#include "common/runtime/system_clock.h"
#include "common/telemetry/admin_server.h"
#include "common/telemetry/log.h"

namespace gouji::host {
namespace {

using runtime::SettingKind;

constexpr std::size_t kFileBytesMax = 1024 * 1024;

int fail(const Error& error) {
  telemetry::log_error("service.failed", {{"code", std::string(to_string(error.code))}, {"message", error.message}});
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return exit_code_of(error);
}

int serve(const StageService& service, const runtime::Settings& settings) {
  runtime::StopSignal stop(settings.duration("shutdown_limit"));
  const runtime::SystemClock clock;
  telemetry::Metrics metrics;
  telemetry::Health health(clock);
  auto admin = telemetry::AdminServer::start(settings.text("admin"), metrics, health);
  if (!admin) return fail(admin.error());
  auto log = open_log_of(settings);
  if (!log) return fail(log.error());
  const auto topics = topics_of(settings);
  if (!topics) return fail(topics.error());
  if (const auto checked = check_topics(**log, *topics); !checked) return fail(checked.error());
  auto stage = service.make_stage({settings, metrics, clock});
  if (!stage) return fail(stage.error());
  StageHostOptions options{service.program, settings.text("ordinal"), std::nullopt, service.version, service.outputs, breaker_of(settings)};
  if (!settings.text("group_instance_id").empty()) options.instance_id = settings.text("group_instance_id");
  StageHost host(**log, **stage, clock, metrics, health, options);
  if (const auto started = host.start(); !started) return fail(started.error());
  stop.on_stop([&] {
    health.shut_down();
    host.request_stop();
  });
  telemetry::log_info("service.started", {{"admin", (*admin)->address()}, {"log", std::string((*log)->address())}});
  const eventlog::RunnerEnd end = host.join();
  stop.forget_actions();
  telemetry::log_info("service.ended", {{"reason", host.end_reason()}});
  return exit_code_of(end);
}

}  // namespace

telemetry::LogLevel log_level_of(const std::string& name) {
  if (name == "debug") return telemetry::LogLevel::kDebug;
  if (name == "warning") return telemetry::LogLevel::kWarning;
  return name == "error" ? telemetry::LogLevel::kError : telemetry::LogLevel::kInfo;
}

std::vector<runtime::SettingSpec> common_settings(const std::string& admin_default) {
  return {
      {"log", SettingKind::kText, "", "事件日志的地址：kafka:主机:端口[,…] 或 local:路径",
       "address of the event log: kafka:HOST:PORT[,…] or local:PATH"},
      {"kafka", SettingKind::kTextMap, "", "原样交给 librdkafka 的设置（名称=值）",
       "settings passed to librdkafka as they are (name=value)"},
      {"topics", SettingKind::kText, "", "主题文件（默认使用内置的 topics.yaml）",
       "topics file (default: the embedded topics.yaml)"},
      {"admin", SettingKind::kText, admin_default, "/metrics、/healthz、/readyz 的监听地址",
       "address of /metrics, /healthz and /readyz"},
      {"log_level", SettingKind::kText, "info", "debug、info、warning 或 error", "debug, info, warning or error", false, 0, INT64_MAX,
       {"debug", "info", "warning", "error"}},
      {"shutdown_limit", SettingKind::kDuration, "10s", "有序停止的时限，超过则以 75 退出",
       "limit of an orderly stop, then exit code 75"},
      {"ordinal", SettingKind::kText, "0", "同一服务各实例的固定编号，用于事务标识",
       "stable number of this instance, part of its transactional id"},
      {"group_instance_id", SettingKind::kText, "", "Kafka 静态成员标识（可不设）", "static membership on Kafka (optional)"},
  };
}

std::vector<runtime::SettingSpec> stage_settings(const StageService& service) {
  using runtime::SettingKind;
  std::vector<runtime::SettingSpec> specs = common_settings(service.admin_default);
  const std::vector<runtime::SettingSpec> breaker = {
      {"breaker_percent", SettingKind::kInteger, "20", "死信超过这一百分比时停下，不再消费；0 为不停",
       "stops when more than this percentage of the records become dead letters that alert; 0 = never", false, 0, 100},
      {"breaker_records", SettingKind::kInteger, "100", "至少消费这么多条才判断", "judged from this many records on", false, 1, 1'000'000},
      {"breaker_window", SettingKind::kDuration, "5m", "按最近多长时间计算", "over this time", false, 1000, 86'400'000},
  };
  specs.insert(specs.end(), breaker.begin(), breaker.end());
  specs.insert(specs.end(), service.settings.begin(), service.settings.end());
  return specs;
}

std::optional<eventlog::BreakerOptions> breaker_of(const runtime::Settings& settings) {
  if (settings.integer("breaker_percent") == 0) return std::nullopt;
  return eventlog::BreakerOptions{settings.integer("breaker_percent"), settings.integer("breaker_records"),
                                  std::chrono::duration_cast<std::chrono::seconds>(settings.duration("breaker_window"))};
}

Result<std::unique_ptr<eventlog::EventLog>> open_log_of(const runtime::Settings& settings) {
  if (settings.text("log").empty())
    return fatal(ErrorCode::kBadSettings,
                 "没有设置事件日志，请用 --log kafka:HOST:PORT 指定 / no event log is set: name one with --log kafka:HOST:PORT");
  GOUJI_ASSIGN(const eventlog::LogAddress address, eventlog::parse_log_address(settings.text("log")));
  if (!address.is_kafka)
    return fatal(ErrorCode::kBadSettings,
                 fmt::format("{}：分开运行的服务需要 Kafka；在一台机器上请用 gouji run / separate services need Kafka; on one "
                             "machine use gouji run",
                             settings.text("log")));
  eventlog::OpenOptions options;
  options.kafka = settings.map("kafka");
  return eventlog::open_log(address, options);
}

Result<std::vector<eventlog::TopicSpec>> topics_of(const runtime::Settings& settings) {
  const std::string& path = settings.text("topics");
  if (path.empty()) return eventlog::default_topics();
  const auto text = runtime::read_small_file(path, kFileBytesMax);
  if (!text) return with_context("setting topics", text.error());
  auto topics = eventlog::parse_topics(*text);
  if (!topics) return with_context(path, std::move(topics).error());
  return topics;
}

Result<void> check_topics(eventlog::EventLog& log, const std::vector<eventlog::TopicSpec>& wanted) {
  GOUJI_ASSIGN(const std::vector<eventlog::TopicSpec> actual, log.topics());
  const std::vector<std::string> mismatches = eventlog::topic_mismatches(wanted, actual);
  if (mismatches.empty()) return ok();
  std::string message = fmt::format("{}: topics are not as they must be; `gouji topics apply` makes what is missing",
                                    log.address());
  for (const std::string& mismatch : mismatches) message += "\n  " + mismatch;
  return fatal(ErrorCode::kTopicMismatch, message);
}

int exit_code_of(eventlog::RunnerEnd end) {
  switch (end) {
    case eventlog::RunnerEnd::kStopped: return kExitOk;
    case eventlog::RunnerEnd::kFenced: return kExitFenced;
    case eventlog::RunnerEnd::kUnavailable: return kExitUnavailable;
    case eventlog::RunnerEnd::kPoison: return kExitPoison;
    case eventlog::RunnerEnd::kFatal: return kExitCannotCreate;
  }
  return kExitCannotCreate;
}

int exit_code_of(const Error& error) {
  if (error.code == ErrorCode::kFenced) return kExitFenced;
  if (error.kind == ErrorKind::kUnavailable) return kExitUnavailable;
  if (error.code == ErrorCode::kBadSettings || error.code == ErrorCode::kTopicMismatch) return kExitConfig;
  return error.code == ErrorCode::kBadArgument ? kExitUsage : kExitCannotCreate;
}

int run_stage_service(int argc, char** argv, const StageService& service) {
  const std::vector<runtime::SettingSpec> specs = stage_settings(service);
  auto line = runtime::parse_service_flags(argc, argv, service.program, service.summary, specs);
  if (line.exit_code) return *line.exit_code;
  line.sources.environment = runtime::gouji_environment();
  const auto settings = runtime::load_settings(specs, line.sources);
  telemetry::start_log(service.program, settings ? log_level_of(settings->text("log_level")) : telemetry::LogLevel::kInfo);
  if (!settings) return fail(settings.error());
  return serve(service, *settings);
}

}  // namespace gouji::host
