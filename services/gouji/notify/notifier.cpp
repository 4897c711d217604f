#include "services/gouji/notify/notifier.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "services/gouji/notify/message.h"

namespace gouji::command {
namespace {

constexpr std::size_t kWaiversAtOnce = 100;
constexpr std::size_t kWordsAtOnce = 200;
// Topics seldom grow and are seldom replaced, and on Kafka each question is a request.
constexpr std::chrono::seconds kLookEvery{60};
// A partition that was compared as short a time ago is not compared again before the next batch.
constexpr std::chrono::seconds kCompareEvery{1};
constexpr UnixMillis kForgottenAfter = 7LL * 86'400'000;
constexpr eventlog::ReadLimits kBatch{200, 4 * 1024 * 1024};

bool has_ended(const Anomaly& anomaly) { return anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted; }

eventlog::TopicPartition place(std::int32_t partition) { return {std::string(eventlog::kAnomalyTopic), partition}; }

Result<Anomaly> anomaly_of(const std::string& value) {
  Record record;
  record.value = value;
  return events::decode_anomaly(record);
}

}  // namespace

Result<void> Notifier::prepare(bool is_news) {
  std::vector<std::string> names;
  for (const NotifyTarget& target : targets_) names.push_back(target.name);
  GOUJI_TRY(parts_.state.keep_targets(names));
  GOUJI_ASSIGN(const std::int32_t partitions, parts_.log.partitions(eventlog::kAnomalyTopic));
  GOUJI_ASSIGN(const bool is_first_start, parts_.state.is_new());
  const auto begin = [&]() -> Result<void> {
    // At a later start a partition that is new has nothing but news.
    for (std::int32_t partition = 0; partition < partitions; ++partition) GOUJI_TRY(begin_partition(partition, is_news || !is_first_start));
    return ok();
  };
  GOUJI_TRY(parts_.state.together(begin));
  GOUJI_ASSIGN(const auto catching_up, parts_.state.catching_up());
  catching_up_ = catching_up;
  // Receivers with a wider or narrower filter than before: their alerts follow at once.
  return parts_.state.each_standing([&](const Standing& standing) -> Result<void> {
    const auto anomaly = anomaly_of(standing.value);
    if (!anomaly) return ok();
    for (const NotifyTarget& target : targets_)
      if (target.shape == TargetShape::kAlertmanager) GOUJI_TRY(decide(target, *anomaly, standing.event, false));
    return ok();
  });
}

Result<void> Notifier::begin_partition(std::int32_t partition, bool is_news) {
  GOUJI_ASSIGN(const auto known, parts_.state.progress(partition));
  GOUJI_ASSIGN(auto mark, parts_.state.mark(partition));
  GOUJI_ASSIGN(const std::int64_t begin, parts_.log.begin_offset(place(partition)));
  GOUJI_ASSIGN(const std::int64_t end, parts_.log.end_offset(place(partition), eventlog::Isolation::kCommitted));
  const NotifyState::Progress progress = known.value_or(NotifyState::Progress{begin, is_news ? begin : end});
  if (!known) GOUJI_TRY(parts_.state.set_progress(partition, progress));
  // A file of a program that kept no marks.
  if (known && !mark && known->next <= end) {
    GOUJI_ASSIGN(mark, last_mark(parts_.log, place(partition), known->next));
    if (mark) GOUJI_TRY(parts_.state.set_mark(partition, *mark));
  }
  positions_.push_back({progress, mark, {}});
  return ok();
}

Result<bool> Notifier::take() {
  GOUJI_TRY(look_after_log());
  bool is_any = false;
  for (std::int32_t partition = 0; partition < static_cast<std::int32_t>(positions_.size()); ++partition) {
    GOUJI_ASSIGN(const bool some, take_partition(partition));
    is_any |= some;
  }
  if (catching_up_ != NotifyState::CatchingUp::kNo) {
    GOUJI_ASSIGN(const bool some, catch_up());
    is_any |= some;
  }
  GOUJI_TRY(end_waivers());
  return is_any;
}

Result<void> Notifier::look_after_log() {
  const auto now = parts_.clock.monotonic();
  if (looked_at_ != std::chrono::nanoseconds{0} && now - looked_at_ < kLookEvery) return ok();
  GOUJI_ASSIGN(const std::int32_t partitions, parts_.log.partitions(eventlog::kAnomalyTopic));
  for (std::int32_t partition = 0; partition < std::min(partitions, static_cast<std::int32_t>(positions_.size())); ++partition) {
    GOUJI_ASSIGN(const std::string why, difference(partition));
    if (why.empty()) continue;
    GOUJI_TRY(start_over(why));
    break;
  }
  if (partitions != static_cast<std::int32_t>(positions_.size()))
    return fatal(ErrorCode::kInternal, "a partition was added to the topic of anomalies; start again");
  GOUJI_TRY(end_unheard());
  looked_at_ = now;
  return ok();
}

Result<std::string> Notifier::difference(std::int32_t partition) {
  Position& position = positions_[static_cast<std::size_t>(partition)];
  GOUJI_ASSIGN(const std::int64_t end, parts_.log.end_offset(place(partition), eventlog::Isolation::kCommitted));
  const std::string name = fmt::format("{}/{}", eventlog::kAnomalyTopic, partition);
  if (position.progress.next > end) return fmt::format("{} ends at {}, and {} was read", name, end, position.progress.next);
  if (!position.mark) return std::string();
  GOUJI_ASSIGN(const bool is_same, still_has(parts_.log, place(partition), *position.mark));
  if (!is_same) return fmt::format("{} has another record at {}", name, position.mark->offset);
  position.compared_at = parts_.clock.monotonic();
  return std::string();
}

Result<void> Notifier::start_over(const std::string& why) {
  GOUJI_ASSIGN(const std::int32_t partitions, parts_.log.partitions(eventlog::kAnomalyTopic));
  std::vector<NotifyState::Bounds> bounds;
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    GOUJI_ASSIGN(const std::int64_t begin, parts_.log.begin_offset(place(partition)));
    GOUJI_ASSIGN(const std::int64_t end, parts_.log.end_offset(place(partition), eventlog::Isolation::kCommitted));
    bounds.push_back({begin, end});
  }
  GOUJI_TRY(parts_.state.start_over(bounds, parts_.clock.unix_millis()));
  positions_.clear();
  for (const NotifyState::Bounds& each : bounds) positions_.push_back({{each.begin, each.begin}, {}, {}});
  GOUJI_ASSIGN(const auto catching_up, parts_.state.catching_up());
  catching_up_ = catching_up;
  GOUJI_ASSIGN(const std::int64_t standing, parts_.state.unheard());
  parts_.telemetry.log_replaced(parts_.log.address(), why, standing);
  return ok();
}

Result<bool> Notifier::take_partition(std::int32_t partition) {
  Position& position = positions_[static_cast<std::size_t>(partition)];
  GOUJI_ASSIGN(const eventlog::ReadBatch batch, parts_.log.read(place(partition), position.progress.next, kBatch));
  if (batch.next <= position.progress.next) return false;
  // Looked at after reading: what was read before the log was replaced is the old one's.
  if (parts_.clock.monotonic() - position.compared_at >= kCompareEvery) {
    GOUJI_ASSIGN(const std::string why, difference(partition));
    if (!why.empty()) {
      GOUJI_TRY(start_over(why));
      return true;
    }
  }
  const NotifyState::Progress next{batch.next, position.progress.news_from};
  const std::optional<LogMark> mark = batch.records.empty() ? position.mark : mark_of(batch.records.back());
  const auto work = [&]() -> Result<void> {
    for (const eventlog::StoredRecord& record : batch.records) GOUJI_TRY(take_record(record, record.offset >= next.news_from));
    if (mark) GOUJI_TRY(parts_.state.set_mark(partition, *mark));
    return parts_.state.set_progress(partition, next);
  };
  GOUJI_TRY(parts_.state.together(work));
  position = {next, mark, parts_.clock.monotonic()};
  parts_.telemetry.read(static_cast<std::int64_t>(batch.records.size()));
  return true;
}

Result<void> Notifier::take_record(const eventlog::StoredRecord& record, bool is_news) {
  const auto anomaly = events::decode_anomaly(record.record);
  if (!anomaly) {
    parts_.telemetry.unreadable(fmt::format("{}/{}/{}", record.at.topic, record.at.partition, record.offset), anomaly.error().message);
    return ok();
  }
  const std::string event(eventlog::find_header(record.record, "ce_id").value_or(anomaly->id));
  const Standing word{anomaly->id, event, record.record.value.value_or(""), 0};
  if (catching_up_ != NotifyState::CatchingUp::kNo) return parts_.state.hear(word);
  GOUJI_ASSIGN(const bool is_recalled, parts_.state.is_unheard(anomaly->id));
  return is_recalled ? recall(word, *anomaly) : take_word(word, *anomaly, is_news);
}

Result<void> Notifier::take_word(const Standing& word, const Anomaly& anomaly, bool is_news) {
  if (has_ended(anomaly)) {
    GOUJI_TRY(parts_.state.fall(anomaly.id));
  } else {
    Standing standing = word;
    standing.waived_until = anomaly.is_waived(parts_.clock.unix_millis()) ? anomaly.waiver->expires_at : 0;
    GOUJI_TRY(parts_.state.stand(standing));
  }
  for (const NotifyTarget& target : targets_) GOUJI_TRY(decide(target, anomaly, word.event, is_news));
  return ok();
}

// The first word of another log on an anomaly that stands by the log before. Where it says the same, whoever was
// told has been told, and whoever was not is not told now.
Result<void> Notifier::recall(const Standing& word, const Anomaly& anomaly) {
  GOUJI_ASSIGN(const auto before, parts_.state.standing(anomaly.id));
  const auto old = before ? anomaly_of(before->value) : Result<Anomaly>(unavailable(ErrorCode::kNotFound, anomaly.id));
  const UnixMillis now = parts_.clock.unix_millis();
  const bool is_known = old && !has_ended(anomaly) && says_the_same(*old, anomaly, now);
  if (is_known)
    for (const NotifyTarget& target : targets_) {
      GOUJI_ASSIGN(const auto told, parts_.state.told(target.name, anomaly.id));
      if (told && wants(target.filter, anomaly, now)) GOUJI_TRY(parts_.state.set_told(target.name, anomaly.id, word.event));
    }
  return take_word(word, anomaly, !is_known);
}

// True when there may be more to do.
Result<bool> Notifier::catch_up() {
  GOUJI_ASSIGN(const auto catching_up, parts_.state.catching_up());
  catching_up_ = catching_up;
  if (catching_up_ != NotifyState::CatchingUp::kHasRead) return false;
  GOUJI_ASSIGN(const auto words, parts_.state.heard(kWordsAtOnce));
  const auto work = [&]() -> Result<void> {
    for (const Standing& word : words) {
      if (const auto anomaly = anomaly_of(word.value)) GOUJI_TRY(recall(word, *anomaly));
      GOUJI_TRY(parts_.state.forget_heard(word.anomaly));
    }
    return words.empty() ? parts_.state.caught_up() : ok();
  };
  GOUJI_TRY(parts_.state.together(work));
  if (words.empty()) catching_up_ = NotifyState::CatchingUp::kNo;
  return true;
}

// What another log has not spoken of for so long is not in it.
Result<void> Notifier::end_unheard() {
  GOUJI_ASSIGN(const auto gone, parts_.state.unheard_since(parts_.clock.unix_millis() - kForgottenAfter, kWaiversAtOnce));
  for (const Standing& standing : gone) {
    const auto work = [&]() -> Result<void> {
      GOUJI_TRY(parts_.state.fall(standing.anomaly));
      const auto anomaly = anomaly_of(standing.value);
      if (!anomaly) return ok();
      for (const NotifyTarget& target : targets_) {
        if (target.shape == TargetShape::kAlertmanager) GOUJI_TRY(decide_alert(target, *anomaly, standing.event + "/gone", false));
        else GOUJI_TRY(decide_webhook(target, *anomaly, standing.event + "/gone", false));
      }
      return ok();
    };
    GOUJI_TRY(parts_.state.together(work));
  }
  return ok();
}

// Nobody publishes that a waiver has ended: the anomaly stands again, as it was.
Result<void> Notifier::end_waivers() {
  GOUJI_ASSIGN(const auto over, parts_.state.waivers_over(parts_.clock.unix_millis(), kWaiversAtOnce));
  for (const Standing& standing : over) {
    const auto work = [&]() -> Result<void> {
      Standing now = standing;
      now.waived_until = 0;
      GOUJI_TRY(parts_.state.stand(now));
      const auto anomaly = anomaly_of(standing.value);
      if (!anomaly) return ok();
      for (const NotifyTarget& target : targets_) GOUJI_TRY(decide(target, *anomaly, standing.event + "/waiver-ended", true));
      return ok();
    };
    GOUJI_TRY(parts_.state.together(work));
  }
  return ok();
}

Result<void> Notifier::decide(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_news) {
  const bool is_wanted = wants(target.filter, anomaly, parts_.clock.unix_millis());
  if (target.shape == TargetShape::kAlertmanager) return decide_alert(target, anomaly, event, is_wanted);
  // Who was told that it stands is told that it is over, whatever is news.
  GOUJI_ASSIGN(const auto told, parts_.state.told(target.name, anomaly.id));
  return is_news || (told && !is_wanted) ? decide_webhook(target, anomaly, event, is_wanted) : ok();
}

// An alert is its labels: when they change, the one with the old ones has ended.
Result<void> Notifier::decide_alert(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_wanted) {
  const UnixMillis now = parts_.clock.unix_millis();
  const Alert alert = alert_of(anomaly);
  GOUJI_ASSIGN(const auto standing, parts_.state.alerts_of(target.name, anomaly.id));
  bool is_there = false;
  for (StoredAlert old : standing) {
    if (is_wanted && old.labels == alert.labels) {
      is_there = old.annotations == alert.annotations;
      continue;
    }
    old.ends_at = std::max(now, old.starts_at + 1);
    old.event = event;
    GOUJI_TRY(parts_.state.put_alert(target.name, old));
  }
  if (!is_wanted || is_there) return ok();
  const UnixMillis starts_at = anomaly.opened_at > 0 ? std::min(anomaly.opened_at, now) : now;
  return parts_.state.put_alert(target.name, {anomaly.id, alert.labels, alert.annotations, alert.generator_url, starts_at, 0, event});
}

Result<void> Notifier::decide_webhook(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event, bool is_wanted) {
  const UnixMillis now = parts_.clock.unix_millis();
  GOUJI_ASSIGN(const auto told, parts_.state.told(target.name, anomaly.id));
  // Told by this very event already, or nothing to tell.
  if (is_wanted ? told == event : !told) return ok();
  if (is_wanted) GOUJI_TRY(parts_.state.set_told(target.name, anomaly.id, event));
  else GOUJI_TRY(parts_.state.clear_told(target.name, anomaly.id));
  Delivery delivery;
  delivery.anomaly = anomaly.id;
  delivery.id = event;
  delivery.body = webhook_body(target, {anomaly, event, is_wanted});
  delivery.created_at = now;
  return parts_.state.add_delivery(target.name, delivery);
}

}  // namespace gouji::command
