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
// Topics seldom grow, and on Kafka each question is a request.
constexpr std::chrono::seconds kCountEvery{60};
constexpr eventlog::ReadLimits kBatch{200, 4 * 1024 * 1024};

bool has_ended(const Anomaly& anomaly) { return anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted; }

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
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    const eventlog::TopicPartition at{std::string(eventlog::kAnomalyTopic), partition};
    GOUJI_ASSIGN(const auto known, parts_.state.progress(partition));
    GOUJI_ASSIGN(const std::int64_t begin, parts_.log.begin_offset(at));
    GOUJI_ASSIGN(const std::int64_t end, parts_.log.end_offset(at, eventlog::Isolation::kCommitted));
    const NotifyState::Progress progress = known.value_or(NotifyState::Progress{begin, is_news ? begin : end});
    progress_.push_back(progress);
    if (!known) {
      GOUJI_TRY(parts_.state.set_progress(partition, progress));
    } else if (known->next > end) {
      return fatal(ErrorCode::kBadArgument, fmt::format("{}/{}：已读到 {}，而日志只到 {}：日志被换过；移走 notify.db / the log ends before what was read: "
                                                        "it is another one; move notify.db away", at.topic, partition, known->next, end));
    }
  }
  counted_at_ = parts_.clock.monotonic();
  // Receivers with a wider or narrower filter than before: their alerts follow at once.
  return parts_.state.each_standing([&](const Standing& standing) -> Result<void> {
    const auto anomaly = anomaly_of(standing.value);
    if (!anomaly) return ok();
    for (const NotifyTarget& target : targets_)
      if (target.shape == TargetShape::kAlertmanager) GOUJI_TRY(decide_alert(target, *anomaly, standing.event));
    return ok();
  });
}

Result<bool> Notifier::take() {
  GOUJI_TRY(count_partitions());
  bool is_any = false;
  for (std::int32_t partition = 0; partition < static_cast<std::int32_t>(progress_.size()); ++partition) {
    GOUJI_ASSIGN(const bool some, take_partition(partition));
    is_any |= some;
  }
  GOUJI_TRY(end_waivers());
  return is_any;
}

Result<void> Notifier::count_partitions() {
  if (parts_.clock.monotonic() - counted_at_ < kCountEvery) return ok();
  GOUJI_ASSIGN(const std::int32_t partitions, parts_.log.partitions(eventlog::kAnomalyTopic));
  if (partitions != static_cast<std::int32_t>(progress_.size()))
    return fatal(ErrorCode::kInternal, "a partition was added to the topic of anomalies; start again");
  counted_at_ = parts_.clock.monotonic();
  return ok();
}

Result<bool> Notifier::take_partition(std::int32_t partition) {
  NotifyState::Progress& progress = progress_[static_cast<std::size_t>(partition)];
  GOUJI_ASSIGN(const eventlog::ReadBatch batch, parts_.log.read({std::string(eventlog::kAnomalyTopic), partition}, progress.next, kBatch));
  if (batch.next <= progress.next) return false;
  const auto work = [&]() -> Result<void> {
    for (const eventlog::StoredRecord& record : batch.records) GOUJI_TRY(take_record(record, record.offset >= progress.news_from));
    return parts_.state.set_progress(partition, {batch.next, progress.news_from});
  };
  GOUJI_TRY(parts_.state.together(work));
  progress.next = batch.next;
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
  if (has_ended(*anomaly)) {
    GOUJI_TRY(parts_.state.fall(anomaly->id));
  } else {
    const bool is_waived = anomaly->is_waived(parts_.clock.unix_millis());
    GOUJI_TRY(parts_.state.stand({anomaly->id, event, record.record.value.value_or(""), is_waived ? anomaly->waiver->expires_at : 0}));
  }
  for (const NotifyTarget& target : targets_) GOUJI_TRY(decide(target, *anomaly, event, is_news));
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
  if (target.shape == TargetShape::kAlertmanager) return decide_alert(target, anomaly, event);
  return is_news ? decide_webhook(target, anomaly, event) : ok();
}

// An alert is its labels: when they change, the one with the old ones has ended.
Result<void> Notifier::decide_alert(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event) {
  const UnixMillis now = parts_.clock.unix_millis();
  const bool is_wanted = wants(target.filter, anomaly, now);
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

Result<void> Notifier::decide_webhook(const NotifyTarget& target, const Anomaly& anomaly, const std::string& event) {
  const UnixMillis now = parts_.clock.unix_millis();
  GOUJI_ASSIGN(const auto told, parts_.state.told(target.name, anomaly.id));
  const bool is_wanted = wants(target.filter, anomaly, now);
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
