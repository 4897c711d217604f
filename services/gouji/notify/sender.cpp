#include "services/gouji/notify/sender.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "services/gouji/notify/chat.h"
#include "services/gouji/notify/message.h"

namespace gouji::command {
namespace {

constexpr std::chrono::milliseconds kLook{1'000};
constexpr std::chrono::milliseconds kBackoffMax{300'000};
constexpr std::size_t kAlertsAtOnce = 50;
constexpr UnixMillis kRepostAfter = 60'000;
constexpr UnixMillis kRefusedAlert = 300'000;
constexpr UnixMillis kGiveUpAfter = 7LL * 86'400'000;
// Both: a clock that jumps ahead gives nothing up.
constexpr std::int64_t kGiveUpTries = 50;
// What a receiver refuses again and again holds back nothing but the same anomaly.
constexpr std::chrono::milliseconds kRefusedMax{3'600'000};
// More than so many words that wait for a group are said together.
constexpr std::size_t kSinglesMax = 3;
constexpr std::size_t kTogetherMax = 50;

// A robot that is told too much too fast is silent for some time.
std::chrono::milliseconds rest_of(TargetShape shape) {
  if (!is_chat(shape)) return std::chrono::milliseconds{1'000};
  return shape == TargetShape::kDingtalk ? std::chrono::minutes{10} : std::chrono::minutes{1};
}

}  // namespace

std::chrono::milliseconds backoff(std::int64_t failures) {
  return std::min(kBackoffMax, std::chrono::milliseconds{1'000} * (std::int64_t{1} << std::clamp<std::int64_t>(failures - 1, 0, 20)));
}

Sender::Sender(NotifyTarget target, Parts parts) : target_(std::move(target)), parts_(parts), poster_(stopping_), together_max_(kTogetherMax) {
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
  GOUJI_TRY(note());
  if (parts_.clock.monotonic() < not_before_) return false;
  return target_.shape == TargetShape::kAlertmanager ? post_alerts() : post_deliveries();
}

Result<void> Sender::note() {
  if (!unnoted_) return ok();
  GOUJI_TRY(unnoted_());
  unnoted_ = nullptr;
  return ok();
}

Refusal Sender::ask(const NotifyTarget& target, const std::string& id, const std::string& body, UnixMillis now) {
  const SignedPost post = sign(target, id, body, now);
  if (is_chat(target_.shape)) pace_.take(parts_.clock.monotonic());
  const auto answer = poster_.post(post.url, post.headers, post.body);
  const Refusal refusal = answer ? refusal_of(target_, answer->status, answer->body) : Refusal{Refusal::Kind::kReceiver, answer.error().message};
  if (refusal.kind == Refusal::Kind::kNone) {
    failures_ = 0;
    return refusal;
  }
  if (!answer && stopping_) return refusal;
  parts_.telemetry.failed(target_.name, id, refusal.text);
  if (refusal.kind == Refusal::Kind::kMessage) return refusal;
  auto wait = backoff(++failures_);
  if (refusal.kind == Refusal::Kind::kTooFast) wait = std::max(wait, rest_of(target_.shape));
  if (answer && answer->retry_after) wait = std::max<std::chrono::milliseconds>(wait, *answer->retry_after);
  not_before_ = parts_.clock.monotonic() + wait;
  return refusal;
}

Result<bool> Sender::post_alerts() {
  const UnixMillis now = parts_.clock.unix_millis();
  GOUJI_ASSIGN(const auto alerts, parts_.state.due_alerts(target_.name, now, std::min(kAlertsAtOnce, together_max_)));
  if (alerts.empty()) return false;
  std::string body = "[";
  for (const StoredAlert& alert : alerts) {
    if (body.size() > 1) body += ",";
    const UnixMillis ends_at = alert.ends_at != 0 ? alert.ends_at : now + target_.hold_seconds * 1'000;
    body += alert_json({alert.labels, alert.annotations, alert.url}, alert.starts_at, ends_at);
  }
  NotifyTarget api = target_;
  api.url += (api.url.ends_with('/') ? "api/v2/alerts" : "/api/v2/alerts");
  const Refusal refusal = ask(api, alerts.front().event, body + "]", now);
  // A batch is refused for one bad alert: it is halved until that one is found, which waits while the others go on.
  if (refusal.kind == Refusal::Kind::kMessage && alerts.size() > 1) {
    together_max_ = alerts.size() / 2;
    return true;
  }
  together_max_ = refusal.kind == Refusal::Kind::kMessage ? kTogetherMax : std::min(kTogetherMax, together_max_ * 2);
  if (refusal.kind == Refusal::Kind::kMessage) {
    GOUJI_TRY(parts_.state.posted(target_.name, alerts, now + kRefusedAlert));
    return true;
  }
  if (refusal.kind != Refusal::Kind::kNone) return false;
  unnoted_ = [this, alerts, now] { return parts_.state.posted(target_.name, alerts, now + kRepostAfter); };
  parts_.telemetry.delivered(target_.name, static_cast<std::int64_t>(alerts.size()), 0, parts_.clock.unix_millis());
  GOUJI_TRY(note());
  return true;
}

Result<bool> Sender::post_deliveries() {
  const UnixMillis now = parts_.clock.unix_millis();
  if (!is_chat(target_.shape)) {
    GOUJI_ASSIGN(const auto deliveries, parts_.state.due_deliveries(target_.name, now, 1));
    return deliveries.empty() ? Result<bool>(false) : post_one(deliveries.front(), now);
  }
  if (!pace_.allows(parts_.clock.monotonic())) return false;
  GOUJI_ASSIGN(const auto deliveries, parts_.state.due_deliveries(target_.name, now, kTogetherMax));
  if (deliveries.empty()) return false;
  // What was refused once is said alone, and so is what a receiver that fails is asked with.
  const bool is_alone = deliveries.size() <= kSinglesMax || deliveries.front().tries > 0 || failures_ > 0 || together_max_ < 2;
  if (!is_alone) return post_together(deliveries, now);
  GOUJI_ASSIGN(const bool is_over, post_one(deliveries.front(), now));
  if (is_over) together_max_ = kTogetherMax;
  return is_over;
}

Result<bool> Sender::post_one(const Delivery& delivery, UnixMillis now) {
  const Refusal refusal = ask(target_, delivery.id, delivery.body, now);
  if (refusal.kind == Refusal::Kind::kNone) {
    unnoted_ = [this, number = delivery.number] { return parts_.state.delivered({number}); };
    parts_.telemetry.delivered(target_.name, 1, delivery.created_at, parts_.clock.unix_millis());
    GOUJI_TRY(note());
    return true;
  }
  if (stopping_) return false;
  if (now - delivery.created_at > kGiveUpAfter && delivery.tries >= kGiveUpTries) {
    parts_.telemetry.given_up(target_.name, delivery.id, refusal.text);
    GOUJI_TRY(parts_.state.delivered({delivery.number}));
    return true;
  }
  const bool is_for_itself = refusal.kind == Refusal::Kind::kMessage;
  const auto wait = is_for_itself ? std::min(kRefusedMax, backoff(delivery.tries + 1) * 12) : backoff(delivery.tries + 1);
  // Too much too fast says nothing about this one.
  if (refusal.kind != Refusal::Kind::kTooFast) GOUJI_TRY(parts_.state.try_again(delivery.number, now + wait.count()));
  return is_for_itself;
}

Result<bool> Sender::post_together(const std::vector<Delivery>& deliveries, UnixMillis now) {
  GOUJI_ASSIGN(const Waiting waiting, parts_.state.waiting(target_.name));
  std::vector<std::string> bodies;
  for (const Delivery& delivery : deliveries)
    if (bodies.size() < together_max_) bodies.push_back(delivery.body);
  const ChatDigest digest = chat_digest(target_, bodies, static_cast<std::size_t>(waiting.rows));
  const Refusal refusal = ask(target_, deliveries.front().id, digest.body, now);
  if (refusal.kind == Refusal::Kind::kMessage) together_max_ = digest.taken / 2;
  if (refusal.kind != Refusal::Kind::kNone) return refusal.kind == Refusal::Kind::kMessage;
  together_max_ = std::min(kTogetherMax, together_max_ * 2);
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < digest.taken; ++i) {
    numbers.push_back(deliveries[i].number);
    parts_.telemetry.delivered(target_.name, 1, deliveries[i].created_at, parts_.clock.unix_millis());
  }
  unnoted_ = [this, numbers] { return parts_.state.delivered(numbers); };
  GOUJI_TRY(note());
  return true;
}

}  // namespace gouji::command
