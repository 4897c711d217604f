#include "services/gouji/pipeline.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/host/stage_host.h"
#include "common/host/stage_service.h"
#include "gouji/version.h"
#include "services/crawler/crawler.h"
#include "services/crawler/sources.h"
#include "services/crawler/telemetry.h"
#include "services/crawler/worker.h"
#include "services/gouji/log_access.h"
#include "services/parser/service.h"
#include "services/validator/service.h"
#include "services/validator/settings.h"

namespace gouji::command {
namespace {

constexpr std::string_view kParserGroup = "gouji-parser";
constexpr std::string_view kValidatorGroup = "gouji-validator";
constexpr std::chrono::milliseconds kLook{100};

// Of a local log the topics are made as needed; on Kafka somebody decides about them.
Result<void> prepare_topics(eventlog::EventLog& log, bool is_kafka) {
  if (!is_kafka) {
    GOUJI_ASSIGN(const auto actual, log.topics());
    for (const eventlog::TopicSpec& wanted : eventlog::default_topics()) {
      bool is_there = false;
      for (const eventlog::TopicSpec& topic : actual) is_there |= topic.name == wanted.name;
      if (!is_there) GOUJI_TRY(log.create_topic(wanted));
    }
  }
  return host::check_topics(log, eventlog::default_topics());
}

// The variables of these settings. Others may be for the services that run beside this process.
std::map<std::string, std::string> environment_of(const std::vector<runtime::SettingSpec>& specs) {
  const auto all = runtime::gouji_environment();
  std::map<std::string, std::string> known;
  for (const runtime::SettingSpec& spec : specs) {
    std::string name = "GOUJI_" + spec.name;
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (const auto found = all.find(name); found != all.end()) known.insert(*found);
  }
  return known;
}

// A folder that is read once may hold anything: there the breaker would only get in the way.
host::StageHostOptions options_of(std::string_view group, std::vector<std::string> outputs, bool once) {
  return {std::string(group), "0", std::nullopt, std::string(version()), std::move(outputs),
          once ? std::nullopt : std::optional(eventlog::BreakerOptions{})};
}

}  // namespace

// In the order in which they are made; destroyed in reverse.
struct Pipeline::Parts {
  runtime::SystemClock clock;
  telemetry::Metrics metrics;
  telemetry::Health health{clock};
  std::unique_ptr<telemetry::AdminServer> admin;
  std::unique_ptr<eventlog::EventLog> log;
  std::unique_ptr<eventlog::Stage> parse_stage, validate_stage;
  std::unique_ptr<host::StageHost> parser, validator;
  std::unique_ptr<runtime::WorkerPool> list_pool;
  std::unique_ptr<crawler::WorkerPageReader> pages;
  std::unique_ptr<crawler::Telemetry> crawler_telemetry;
  std::unique_ptr<crawler::Crawler> crawler;
  std::atomic<bool> stopping{false};

  std::optional<Error> ended_stage() const;
  Result<void> open_log_and_admin(const RunRequest& request);
  Result<void> open_stages(const RunRequest& request);
  Result<void> open_crawler(const RunRequest& request);
};

Result<void> Pipeline::Parts::open_log_and_admin(const RunRequest& request) {
  std::error_code error;
  std::filesystem::create_directories(request.where.data, error);
  if (error)
    return fatal(ErrorCode::kUnreadable,
                 fmt::format("--data {}：无法建立 / cannot be made: {}", request.where.data, error.message()));
  GOUJI_ASSIGN(log, open_log(request.where, eventlog::LocalMode::kOwner));
  GOUJI_TRY(prepare_topics(*log, log->address().starts_with("kafka:")));
  GOUJI_ASSIGN(admin, telemetry::AdminServer::start(request.admin, metrics, health));
  return ok();
}

Result<void> Pipeline::Parts::open_stages(const RunRequest& request) {
  GOUJI_ASSIGN(const parser::ProgramRunner programs, parser::programs_of_environment());
  GOUJI_ASSIGN(parse_stage, parser::make_stage({request.where.data + "/blobs", 2, programs}, metrics));
  GOUJI_TRY(validator::load_severities(request.severities));
  validate_stage = validator::make_stage(metrics, clock);
  parser = std::make_unique<host::StageHost>(*log, *parse_stage, clock, metrics, health,
                                             options_of(kParserGroup, parser::service().outputs, request.once));
  validator = std::make_unique<host::StageHost>(*log, *validate_stage, clock, metrics, health,
                                                options_of(kValidatorGroup, validator::service().outputs, request.once));
  return ok();
}

Result<void> Pipeline::Parts::open_crawler(const RunRequest& request) {
  runtime::SettingSources sources;
  sources.environment = environment_of(crawler::setting_specs());
  if (!request.allow_net.empty())
    sources.flags.emplace_back("allow_net", fmt::format("{}", fmt::join(request.allow_net, ",")));
  GOUJI_ASSIGN(const auto settings, runtime::load_settings(crawler::setting_specs(), sources));
  GOUJI_ASSIGN(crawler::CrawlerSettings crawl, crawler::read_settings(settings, request.where.data));
  crawl.version = version();
  GOUJI_ASSIGN(auto wanted, crawler::sources_from(request.sources));
  GOUJI_ASSIGN(list_pool, runtime::WorkerPool::create(crawler::worker_options()));
  pages = std::make_unique<crawler::WorkerPageReader>(*list_pool);
  crawler_telemetry = std::make_unique<crawler::Telemetry>(metrics, health, clock);
  GOUJI_ASSIGN(crawler, crawler::Crawler::open(std::move(crawl), std::move(wanted),
                                               {*log, clock, *crawler_telemetry, *pages}));
  return ok();
}

// Nobody has asked the stages to stop: one that has ended could not go on.
std::optional<Error> Pipeline::Parts::ended_stage() const {
  for (const host::StageHost* stage : {parser.get(), validator.get()})
    if (stage->has_ended()) return unavailable(ErrorCode::kLogUnavailable, stage->end_reason());
  return std::nullopt;
}

Pipeline::Pipeline(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Pipeline::~Pipeline() {
  stop();
  parts_->crawler.reset();
  if (parts_->parser) parts_->parser->request_stop();
  if (parts_->validator) parts_->validator->request_stop();
}

Result<std::unique_ptr<Pipeline>> Pipeline::open(const RunRequest& request) {
  auto parts = std::make_unique<Parts>();
  GOUJI_TRY(parts->open_log_and_admin(request));
  GOUJI_TRY(parts->open_crawler(request));
  GOUJI_TRY(parts->open_stages(request));
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(parts)));
}

eventlog::EventLog& Pipeline::log() { return *parts_->log; }

std::string Pipeline::admin_address() const { return parts_->admin->address(); }

void Pipeline::stop() {
  parts_->stopping.store(true);
  parts_->health.shut_down();
  if (parts_->crawler) parts_->crawler->stop();
}

// Parser first: only when it has taken everything is the validator's input complete.
Result<void> Pipeline::wait_until_through() {
  const std::pair<host::StageHost*, std::pair<std::string_view, std::string_view>> stages[] = {
      {parts_->parser.get(), {kParserGroup, eventlog::kRawTopic}},
      {parts_->validator.get(), {kValidatorGroup, eventlog::kParsedTopic}},
      {parts_->validator.get(), {kValidatorGroup, eventlog::kWaiverTopic}}};
  for (const auto& [stage, reads] : stages) {
    while (!parts_->stopping.load()) {
      if (stage->has_ended()) return unavailable(ErrorCode::kLogUnavailable, stage->end_reason());
      GOUJI_ASSIGN(const std::int64_t behind, lag_of(*parts_->log, reads.first, reads.second));
      if (behind == 0) break;
      parts_->log->wait_for_append(kLook);
    }
  }
  return wait_until_at_rest();
}

// The validator may have its state to work through as well, after a change of the rules. On Kafka another
// instance may have the partitions, and their work.
Result<void> Pipeline::wait_until_at_rest() {
  if (!parts_->log->address().starts_with("local:")) return ok();
  const auto since = parts_->clock.monotonic();
  while (!parts_->stopping.load() && parts_->validator->idle_as_of() <= since) {
    if (parts_->validator->has_ended()) return unavailable(ErrorCode::kLogUnavailable, parts_->validator->end_reason());
    parts_->log->wait_for_append(kLook);
  }
  return ok();
}

std::optional<eventlog::RunnerEnd> Pipeline::stage_end() const {
  for (const host::StageHost* stage : {parts_->parser.get(), parts_->validator.get()})
    if (stage->has_ended()) return stage->end();
  return std::nullopt;
}

Result<void> Pipeline::start() {
  GOUJI_TRY(parts_->parser->start());
  return parts_->validator->start();
}

Result<std::int64_t> Pipeline::run_once() {
  GOUJI_ASSIGN(const crawler::CrawlSummary summary, parts_->crawler->run_once());
  GOUJI_TRY(wait_until_through());
  return summary.failures;
}

// A crawler without its stages would go on for nobody: it ends with them.
Result<void> Pipeline::watch() {
  std::jthread guard([this](const std::stop_token& done) {
    while (!done.stop_requested() && !parts_->ended_stage()) parts_->log->wait_for_append(kLook);
    if (!done.stop_requested()) parts_->crawler->stop();
  });
  GOUJI_TRY(parts_->crawler->run());
  guard.request_stop();
  guard.join();
  if (auto error = parts_->ended_stage()) return std::move(*error);
  return ok();
}

}  // namespace gouji::command
