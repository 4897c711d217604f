#include "services/crawler/service.h"

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/topics.h"
#include "common/host/stage_service.h"
#include "common/runtime/stop_signal.h"
#include "common/runtime/system_clock.h"
#include "common/telemetry/admin_server.h"
#include "common/telemetry/log.h"
#include "gouji/version.h"
#include "services/crawler/crawler.h"
#include "services/crawler/settings.h"
#include "services/crawler/sources.h"
#include "services/crawler/telemetry.h"

namespace gouji::crawler {

namespace {

int fail(const Error& error) {
  telemetry::log_error("service.failed", {{"code", std::string(to_string(error.code))}, {"message", error.message}});
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return host::exit_code_of(error);
}

// What is asked for; every mistake of sources and settings at once.
Result<std::pair<CrawlerSettings, std::vector<Source>>> plan_from(const runtime::Settings& settings) {
  auto crawl = read_settings(settings, settings.text("data"));
  auto wanted = sources_from(settings.list("sources"));
  std::string mistakes = crawl ? "" : crawl.error().message + "\n";
  if (!wanted) mistakes += wanted.error().message + "\n";
  if (wanted && wanted->empty()) mistakes += "没有来源，请用 --sources 指定 / no source is named: name one with --sources\n";
  if (mistakes.empty()) return std::pair(std::move(*crawl), std::move(*wanted));
  mistakes.pop_back();
  return fatal(ErrorCode::kBadSettings, mistakes);
}

// The crawler looks only at the topics that it writes.
Result<void> check_own_topics(eventlog::EventLog& log, const runtime::Settings& settings) {
  GOUJI_ASSIGN(auto topics, host::topics_of(settings));
  std::erase_if(topics, [](const eventlog::TopicSpec& topic) { return topic.name != eventlog::kRawTopic && topic.name != eventlog::kSourceHealthTopic; });
  return host::check_topics(log, topics);
}

Result<void> serve(const runtime::Settings& settings) {
  runtime::StopSignal stop(settings.duration("shutdown_limit"));
  const runtime::SystemClock clock;
  telemetry::Metrics metrics;
  telemetry::Health health(clock);
  GOUJI_ASSIGN(auto plan, plan_from(settings));
  auto& [crawl, wanted] = plan;
  crawl.version = version();
  GOUJI_ASSIGN(const auto admin, telemetry::AdminServer::start(settings.text("admin"), metrics, health));
  GOUJI_ASSIGN(const auto log, host::open_log_of(settings));
  GOUJI_TRY(check_own_topics(*log, settings));
  GOUJI_ASSIGN(const auto pool, runtime::WorkerPool::create(worker_options()));
  WorkerPageReader pages(*pool);
  Telemetry observer(metrics, health, clock);
  GOUJI_ASSIGN(const auto crawler, Crawler::open(std::move(crawl), std::move(wanted), {*log, clock, observer, pages}));
  stop.on_stop([&] {
    health.shut_down();
    crawler->stop();
  });
  telemetry::log_info("service.started", {{"admin", admin->address()}, {"log", std::string(log->address())}});
  auto ended = crawler->run();
  stop.forget_actions();
  return ended;
}

}  // namespace

std::vector<runtime::SettingSpec> service_settings() {
  using runtime::SettingKind;
  std::vector<runtime::SettingSpec> specs = host::common_settings("127.0.0.1:9465");
  specs.push_back({"sources", SettingKind::kTextList, "", "来源：文件、目录、网址或门户文件", "sources: files, directories, addresses, portal files"});
  specs.push_back({"data", SettingKind::kText, "gouji-data", "状态与大文件的目录（crawler.db、blobs/）", "folder of the state and of large documents (crawler.db, blobs/)"});
  const auto own = setting_specs();
  specs.insert(specs.end(), own.begin(), own.end());
  return specs;
}

int run_service(int argc, char** argv) {
  const auto specs = service_settings();
  auto line = runtime::parse_service_flags(argc, argv, "gouji-crawler", "采集报告并写入事件日志 / fetches reports into the event log", specs);
  if (line.exit_code) return *line.exit_code;
  line.sources.environment = runtime::gouji_environment();
  const auto settings = runtime::load_settings(specs, line.sources);
  telemetry::start_log("gouji-crawler", settings ? host::log_level_of(settings->text("log_level")) : telemetry::LogLevel::kInfo);
  if (!settings) return fail(settings.error());
  const auto served = serve(*settings);
  return served ? host::kExitOk : fail(served.error());
}

}  // namespace gouji::crawler
