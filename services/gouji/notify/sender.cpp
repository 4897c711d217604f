#include "services/gouji/notify/sender.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "services/gouji/notify/message.h"

namespace gouji::command {
namespace {

constexpr std::chrono::milliseconds kLook{1'000};
constexpr std::chrono::milliseconds kBackoffMax{300'000};
constexpr std::size_t kAlertsAtOnce = 50;
constexpr UnixMillis kRepostAfter = 60'000;
constexpr UnixMillis kGiveUpAfter = 7LL * 86'400'000;
// What a receiver refuses again and again holds back nothing but the same anomaly.
constexpr std::chrono::milliseconds kRefusedMax{3'600'000};

bool is_refused_for_itself(const Result<HttpAnswer>& answer) {
  return answer && answer->status >= 400 && answer->status < 500 && answer->status != 401 && answer->status != 403 && answer->status != 404 &&
         answer->status != 408 && answer->status != 429;
}

}  // namespace

std::chrono::milliseconds backoff(std::int64_t failures) {
  return std::min(kBackoffMax, std::chrono::milliseconds{1'000} * (std::int64_t{1} << std::clamp<std::int64_t>(failures - 1, 0, 20)));
}

Sender::Sender(NotifyTarget target, Parts parts) : target_(std::move(target)), parts_(parts), poster_(stopping_) {
  parts_.health.expect_heartbeat("notify-" + target_.name, std::chrono::seconds{60});
}

Sender::~Sender() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

void Sender::start() {
  thread_ = std::thread([this] { run(); });
}

void Sender::wake() {
  const std::scoped_lock lock(mutex_);
  is_woken_ = true;
  idle_ = false;
  woken_.notify_all();
}

std::string Sender::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

void Sender::run() {
  while (!stopping_) {
    parts_.health.beat("notify-" + target_.name);
    const auto posted = post_some();
    if (!posted && posted.error().kind == ErrorKind::kFatal) {
      const std::scoped_lock lock(mutex_);
      failure_ = posted.error().message;
      return;
    }
    if (!posted) parts_.telemetry.failed(target_.name, "", posted.error().message);
    if (!posted || !*posted) pause();
  }
}

// Until something is new, or a second is over.
void Sender::pause() {
  const auto waiting = parts_.state.waiting(target_.name);
  if (waiting) parts_.telemetry.waiting(target_.name, *waiting);
  std::unique_lock lock(mutex_);
  if (!is_woken_) idle_ = waiting && waiting->rows == 0 && failures_ == 0;
  woken_.wait_for(lock, kLook, [this] { return is_woken_ || stopping_; });
  is_woken_ = false;
}

Result<bool> Sender::post_some() {
  if (parts_.clock.monotonic() < not_before_) return false;
  return target_.shape == TargetShape::kAlertmanager ? post_alerts() : post_delivery();
}

// After an attempt: whether it was taken. Sets when the next one may be.
Result<bool> Sender::took(const std::string& refusal, const Result<HttpAnswer>& answer, const std::string& what) {
  if (answer && refusal.empty()) {
    failures_ = 0;
    return true;
  }
  parts_.telemetry.failed(target_.name, what, answer ? refusal : answer.error().message);
  if (is_refused_for_itself(answer)) return false;
  failures_ += 1;
  auto wait = backoff(failures_);
  if (answer && answer->retry_after) wait = std::max<std::chrono::milliseconds>(wait, *answer->retry_after);
  not_before_ = parts_.clock.monotonic() + wait;
  return false;
}

Result<bool> Sender::post_alerts() {
  const UnixMillis now = parts_.clock.unix_millis();
  GOUJI_ASSIGN(const auto alerts, parts_.state.due_alerts(target_.name, now, kAlertsAtOnce));
  if (alerts.empty()) return false;
  std::string body = "[";
  for (const StoredAlert& alert : alerts) {
    if (body.size() > 1) body += ",";
    const UnixMillis ends_at = alert.ends_at != 0 ? alert.ends_at : now + target_.hold_seconds * 1'000;
    body += alert_json({alert.labels, alert.annotations, alert.url}, alert.starts_at, ends_at);
  }
  NotifyTarget api = target_;
  api.url += (api.url.ends_with('/') ? "api/v2/alerts" : "/api/v2/alerts");
  const SignedPost post = sign(api, alerts.front().event, body + "]", now);
  const auto answer = poster_.post(post.url, post.headers, post.body);
  GOUJI_ASSIGN(const bool is_taken, took(answer ? refusal_of(target_, answer->status, answer->body) : "", answer, alerts.front().event));
  if (!is_taken) {
    // Alertmanager refuses a batch for one bad alert: nothing else may starve behind it.
    if (is_refused_for_itself(answer)) not_before_ = parts_.clock.monotonic() + backoff(++failures_);
    return false;
  }
  GOUJI_TRY(parts_.state.posted(target_.name, alerts, now + kRepostAfter));
  parts_.telemetry.delivered(target_.name, static_cast<std::int64_t>(alerts.size()), 0, parts_.clock.unix_millis());
  return true;
}

Result<bool> Sender::post_delivery() {
  const UnixMillis now = parts_.clock.unix_millis();
  GOUJI_ASSIGN(const auto delivery, parts_.state.due_delivery(target_.name, now));
  if (!delivery) return false;
  const SignedPost post = sign(target_, delivery->id, delivery->body, now);
  const auto answer = poster_.post(post.url, post.headers, post.body);
  if (!answer && stopping_) return false;
  const std::string refusal = answer ? refusal_of(target_, answer->status, answer->body) : "";
  GOUJI_ASSIGN(const bool is_taken, took(refusal, answer, delivery->id));
  if (is_taken) {
    GOUJI_TRY(parts_.state.delivered(delivery->number));
    parts_.telemetry.delivered(target_.name, 1, delivery->created_at, parts_.clock.unix_millis());
    return true;
  }
  if (now - delivery->created_at > kGiveUpAfter) {
    parts_.telemetry.given_up(target_.name, delivery->id, answer ? refusal : answer.error().message);
    GOUJI_TRY(parts_.state.delivered(delivery->number));
    return true;
  }
  const auto wait = is_refused_for_itself(answer) ? std::min(kRefusedMax, backoff(delivery->tries + 1) * 12) : backoff(delivery->tries + 1);
  GOUJI_TRY(parts_.state.try_again(delivery->number, now + wait.count()));
  return is_refused_for_itself(answer);
}

}  // namespace gouji::command
