#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "common/report/calendar.h"
#include "common/runtime/settings_file.h"
#include "common/runtime/stop_signal.h"
#include "common/runtime/system_clock.h"
#include "common/telemetry/admin_server.h"
#include "common/telemetry/log.h"
#include "gouji/version.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/log_access.h"
#include "services/gouji/notify/message.h"
#include "services/gouji/notify/notifier.h"
#include "services/gouji/notify/refusal.h"
#include "services/gouji/notify/sender.h"

namespace gouji::command {
namespace {

constexpr std::chrono::milliseconds kStopLimit{20'000};
// How long to wait for what another process or Kafka does not tell at once; and where somebody waits for the end.
constexpr std::chrono::milliseconds kLook{2'000};
constexpr std::chrono::milliseconds kLookOnce{100};
constexpr std::chrono::milliseconds kRetry{1'000};
constexpr int kOpenAnewAfter = 2;
constexpr std::chrono::seconds kOnceLimit{60};
constexpr std::size_t kFileMax = 1024 * 1024;

// Reads what stands in files of their own, and gathers what cannot be used.
class Secrets {
 public:
  void read(const NotifyTarget& target, const char* member, const std::string& path, std::string& into) {
    if (path.empty()) return;
    auto text = runtime::read_small_file(path, kFileMax);
    if (!text) return mistake(target, member, text.error().message);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    if (text->empty()) return mistake(target, member, fmt::format("{}：空文件 / is empty", path));
    into = std::move(*text);
  }
  void mistake(const NotifyTarget& target, const char* member, const std::string& message) {
    mistakes_.push_back(fmt::format("{}: {}: {}", target.name, member, message));
  }
  Result<void> all() const {
    if (mistakes_.empty()) return ok();
    return fatal(ErrorCode::kBadSettings, fmt::format("{}", fmt::join(mistakes_, "\n")));
  }

 private:
  std::vector<std::string> mistakes_;
};

Result<void> read_secrets(std::vector<NotifyTarget>& targets) {
  Secrets secrets;
  for (NotifyTarget& target : targets) {
    secrets.read(target, "secret_file", target.secret_file, target.secret);
    secrets.read(target, "bearer_file", target.bearer_file, target.bearer);
    secrets.read(target, "url_file", target.url_file, target.url);
    if (target.url_file.empty() || target.url.empty()) continue;
    if (const auto good = check_target_url(target.url); !good)
      secrets.mistake(target, "url_file", fmt::format("{}: {}", target.url_file, good.error().message));
  }
  return secrets.all();
}

Result<std::vector<NotifyTarget>> targets_of(const NotifyRequest& request) {
  std::vector<NotifyTarget> targets;
  if (!request.targets.empty()) {
    const auto text = runtime::read_small_file(request.targets, kFileMax);
    if (!text) return fatal(ErrorCode::kBadArgument, text.error().message);
    GOUJI_ASSIGN(targets, parse_targets(*text, request.targets));
  }
  for (std::size_t i = 0; i < request.alertmanagers.size(); ++i) {
    GOUJI_ASSIGN(NotifyTarget target, alertmanager_target(request.alertmanagers[i], i));
    for (const NotifyTarget& other : targets)
      if (other.name == target.name) return fatal(ErrorCode::kBadArgument, fmt::format("{}：文件中已有此名 / the file has that name already", target.name));
    targets.push_back(std::move(target));
  }
  if (targets.empty()) return fatal(ErrorCode::kBadArgument, "没有接收方：用 --targets FILE 或 --alertmanager URL / no receiver: give --targets or --alertmanager");
  GOUJI_TRY(read_secrets(targets));
  return targets;
}

// An anomaly of a made-up organ, opened and settled at once.
Anomaly test_anomaly(UnixMillis now) {
  Anomaly anomaly;
  anomaly.id = "test";
  anomaly.key = {"test", year_due(now), Scope::kOwn};
  anomaly.version = 1;
  anomaly.findings = {{"T3.ROW_SUM", "new"}};
  Explanation explanation;
  explanation.changes.push_back({"t3.new.total", Cell::number(90), 98});
  anomaly.explanations.push_back(explanation);
  anomaly.unique = true;
  anomaly.organ_name = "（测试）某某市某某局";
  anomaly.message_zh = "这是 gouji notify --test 发出的测试通知，不涉及任何机关。";
  anomaly.message_en = "A test sent by gouji notify --test; no organ is meant.";
  anomaly.evidence.url = "https://example.org/test";
  anomaly.opened_at = now;
  return anomaly;
}

int send_tests(const std::vector<NotifyTarget>& targets) {
  const UnixMillis now = runtime::SystemClock().unix_millis();
  const std::atomic<bool> stopping{false};
  int code = kOk;
  for (const NotifyTarget& target : targets) {
    HttpClient poster(stopping);
    const Anomaly anomaly = test_anomaly(now);
    NotifyTarget to = target;
    std::string body = webhook_body(target, {anomaly, fmt::format("test-{}", now), true});
    if (target.shape == TargetShape::kAlertmanager) {
      to.url += to.url.ends_with('/') ? "api/v2/alerts" : "/api/v2/alerts";
      body = "[" + alert_json(alert_of(anomaly), now - 1'000, now + 60'000) + "]";
    }
    const SignedPost post = sign(to, fmt::format("test-{}", now), body, now);
    const auto answer = poster.post(post.url, post.headers, post.body);
    const std::string refusal = answer ? refusal_of(target, answer->status, answer->body).text : answer.error().message;
    fmt::print("{}  {}\n", target.name, refusal.empty() ? "已送达 / delivered" : "未送达 / not delivered: " + refusal);
    if (!refusal.empty()) code = kNotRead;
  }
  return code;
}

// A log that was replaced may have no topics yet.
bool is_final(const Error& error) { return error.kind == ErrorKind::kFatal && error.code != ErrorCode::kNotFound; }

// The parts of the running service.
class NotifyService {
 public:
  NotifyService(const NotifyRequest& request, std::vector<NotifyTarget> targets)
      : request_(request), targets_(std::move(targets)), telemetry_(metrics_, names_of(targets_)) {
    telemetry::set_build_info(metrics_, {std::string(version()), "", ""});
    health_.expect_heartbeat("notify", std::chrono::seconds{60});
    health_.expect_ready("notify");
  }

  Result<int> work(runtime::StopSignal& stop) {
    std::error_code error;
    std::filesystem::create_directories(request_.where.data, error);
    GOUJI_ASSIGN(state_, NotifyState::open(request_.where.data + "/notify.db", log_text(request_.where)));
    GOUJI_TRY(open());
    GOUJI_ASSIGN(admin_, telemetry::AdminServer::start(request_.admin, metrics_, health_));
    fmt::print(stderr, "指标 / metrics: http://{}/metrics\n", admin_->address());
    for (const NotifyTarget& target : targets_) {
      senders_.push_back(std::make_unique<Sender>(target, Sender::Parts{*state_, telemetry_, health_, clock_}));
      senders_.back()->start();
    }
    for (;;) {
      GOUJI_ASSIGN(const std::optional<int> code, follow(stop));
      if (code) return *code;
      const auto opened = open();
      if (!opened && is_final(opened.error())) return opened.error();
    }
  }

 private:
  static std::vector<std::string> names_of(const std::vector<NotifyTarget>& targets) {
    std::vector<std::string> names;
    for (const NotifyTarget& target : targets) names.push_back(target.name);
    return names;
  }

  Result<void> open() {
    notifier_.reset();
    log_.reset();
    GOUJI_ASSIGN(log_, open_log(request_.where, eventlog::LocalMode::kReader));
    auto notifier = std::make_unique<Notifier>(targets_, Notifier::Parts{*log_, *state_, telemetry_, clock_});
    GOUJI_TRY(notifier->prepare(request_.from == "start"));
    notifier_ = std::move(notifier);
    return ok();
  }

  // How it ended; nullopt: the log is to be opened anew.
  Result<std::optional<int>> follow(runtime::StopSignal& stop) {
    const auto begin = clock_.monotonic();
    int failures = 0;  // in a row
    while (!stop.requested()) {
      health_.beat("notify");
      const Result<bool> took = notifier_ ? notifier_->take() : unavailable(ErrorCode::kLogUnavailable, "the log is not open");
      if (!took && is_final(took.error())) return took.error();
      health_.set_ready("notify", static_cast<bool>(took));
      if (!took) {
        telemetry::log_warning("notify.log_unavailable", {{"error", took.error().message}});
        stop.wait_for(kRetry);
        // A client of Kafka does not get over a topic that was made anew.
        if (++failures >= kOpenAnewAfter) return std::optional<int>();
        continue;
      }
      failures = 0;
      if (*took)
        for (const auto& sender : senders_) sender->wake();
      if (const auto broken = failed(); !broken.empty()) return fatal(ErrorCode::kInternal, broken);
      if (*took) continue;
      if (request_.once && is_idle()) return std::optional<int>(kOk);
      if (request_.once && clock_.monotonic() - begin > kOnceLimit) return not_delivered();
      log_->wait_for_append(request_.once ? kLookOnce : kLook);
    }
    health_.shut_down();
    return std::optional<int>(kOk);
  }

  std::string failed() const {
    for (const auto& sender : senders_)
      if (const std::string failure = sender->failure(); !failure.empty()) return failure;
    return {};
  }

  bool is_idle() const {
    for (const auto& sender : senders_)
      if (!sender->is_idle()) return false;
    return true;
  }

  Result<std::optional<int>> not_delivered() {
    for (const NotifyTarget& target : targets_) {
      GOUJI_ASSIGN(const Waiting waiting, state_->waiting(target.name));
      if (waiting.rows > 0) fmt::print(stderr, "{}：还有 {} 条未送达，下次再送 / {} deliveries wait for the next run\n", target.name, waiting.rows, waiting.rows);
    }
    return std::optional<int>(kNotRead);
  }

  const NotifyRequest& request_;
  std::vector<NotifyTarget> targets_;
  runtime::SystemClock clock_;
  telemetry::Metrics metrics_;
  telemetry::Health health_{clock_};
  NotifyTelemetry telemetry_;
  std::unique_ptr<eventlog::EventLog> log_;
  std::unique_ptr<NotifyState> state_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<telemetry::AdminServer> admin_;
  std::vector<std::unique_ptr<Sender>> senders_;
};

}  // namespace

int notify(const NotifyRequest& request) {
  const auto targets = targets_of(request);
  if (!targets) return fail("notify", targets.error());
  if (request.check) {
    for (const NotifyTarget& target : *targets) fmt::print("{}  {}\n", target.name, target.url_file.empty() ? target.url : target.url_file);
    return kOk;
  }
  if (request.test) return send_tests(*targets);
  runtime::StopSignal stop(kStopLimit);
  telemetry::start_log("gouji-notify", telemetry::LogLevel::kInfo);
  NotifyService service(request, *targets);
  const Result<int> result = service.work(stop);
  return result ? *result : fail("notify", result.error());
}

}  // namespace gouji::command
