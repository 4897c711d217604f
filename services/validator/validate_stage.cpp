#include "services/validator/validate_stage.h"

#include <algorithm>

#include <fmt/format.h>

#include "common/eventlog/topics.h"

namespace gouji::validator {
namespace {

using eventlog::StageContext;
using eventlog::StoredRecord;

// Everything that comes of a record goes to the partition of that record: input, outputs and state
// have one partition count, so all of an organ stays in order in one place.
struct Output {
  StageContext& context;
  std::int32_t partition;

  void send(std::string_view topic, Record record) const {
    context.emit({std::string(topic), partition, std::move(record)});
  }
};

// What the ids of the outputs follow from. One raw event may lead to several inputs (a withdrawal and
// a report, or a second reading), so it is the input's own ce_id; a record of a producer that sets
// none is named by its place.
std::string input_id_of(const StoredRecord& record) {
  const std::string id = events::read_envelope(record.record).id;
  return id.empty() ? fmt::format("{}/{}/{}", record.at.topic, record.at.partition, record.offset) : id;
}

Arrival arrival_of(events::ParsedEvent event, const StoredRecord& record) {
  Arrival arrival;
  arrival.input_offset = record.offset;
  if (auto* withdrawn = std::get_if<events::WithdrawnReport>(&event)) {
    arrival.withdrawn = true;
    arrival.reading.key = withdrawn->key;
    arrival.location_id = withdrawn->location_id;
    arrival.fetch_sequence = withdrawn->fetch_sequence;
    arrival.evidence = withdrawn->evidence;
  } else {
    auto& report = std::get<events::ParsedReport>(event);
    arrival.reading = std::move(report.reading);
    arrival.location_id = report.location_id;
    arrival.fetch_sequence = report.fetch_sequence;
    arrival.evidence = report.evidence;
  }
  arrival.payload_digest = arrival.evidence.raw_digest;
  arrival.seen_at = arrival.evidence.fetched_at;
  return arrival;
}

// The same input may be judged again by the same rules: after other rules or severities were in force
// in between. What is said then has an id of its own.
std::string id_of_evaluation(const Judgement& judgement, const ReportKey& key, const std::string& input_id) {
  for (const Verdict& verdict : judgement.verdicts)
    if (verdict.key == key && verdict.evaluation > 1) return fmt::format("{}#{}", input_id, verdict.evaluation);
  return input_id;
}

void send_verdicts(const Judgement& judgement, const std::string& input_id, const Output& out) {
  int ordinal = 0;
  for (const Verdict& verdict : judgement.verdicts) {
    const std::string id = id_of_evaluation(judgement, verdict.key, input_id);
    out.send(eventlog::kVerdictTopic, events::encode(verdict, id, ordinal));
    out.send(eventlog::kReportCurrentTopic, events::encode_current(verdict, id, ordinal));
    ++ordinal;
  }
}

void send_anomalies(const Judgement& judgement, const std::string& input_id, const Output& out) {
  int ordinal = 0;
  for (const Anomaly& anomaly : judgement.transitions) {
    const std::string id = id_of_evaluation(judgement, anomaly.key, input_id);
    const Record event = events::encode(anomaly, id, ordinal);
    out.send(eventlog::kAnomalyTopic, event);
    const bool is_closed =
        anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted;
    out.send(eventlog::kAnomalyCurrentTopic,
             is_closed ? events::anomaly_tombstone(anomaly.id, events::read_envelope(event))
                       : events::encode_current(anomaly, id, ordinal));
    ++ordinal;
  }
}

void send(const Judgement& judgement, const std::string& input_id, const Output& out) {
  send_verdicts(judgement, input_id, out);
  send_anomalies(judgement, input_id, out);
  for (const LedgerChange& change : judgement.ledger) {
    if (change.entry)
      out.context.state().put(to_string(change.key), events::encode(*change.entry));
    else
      out.context.state().erase(to_string(change.key));
  }
}

Error damaged(const std::string& key, const Error& error) {
  return fatal(ErrorCode::kLogCorrupt, fmt::format("ledger of {}: {}", key, error.message));
}

// The ledger and the documents behind it, as judge() asks for them. What goes wrong is found out
// afterwards: a judgement made without it is thrown away.
class Archive {
 public:
  Archive(StageContext& context, std::int32_t partition)
      : context_(context), at_{std::string(eventlog::kParsedTopic), partition} {}

  History history() {
    return [this](const ReportKey& key) -> std::optional<LedgerEntry> {
      const std::string* bytes = context_.state().get(to_string(key));
      if (bytes == nullptr) return std::nullopt;
      auto entry = events::decode_ledger_entry(*bytes);
      if (entry) return std::move(*entry);
      error_ = damaged(to_string(key), entry.error());
      return std::nullopt;
    };
  }
  Reread reread() {
    return [this](std::int64_t offset) -> std::optional<Arrival> {
      auto record = context_.read(at_, offset);
      if (!record) error_ = record.error();
      if (!record || !*record) return std::nullopt;
      auto event = events::decode_parsed((*record)->record);
      if (!event) return std::nullopt;  // written by something newer
      last_id_ = input_id_of(**record);
      return arrival_of(std::move(*event), **record);
    };
  }
  const std::optional<Error>& error() const { return error_; }
  // ce_id of the document that was read again last.
  const std::string& last_id() const { return last_id_; }

 private:
  StageContext& context_;
  const eventlog::TopicPartition at_;
  std::optional<Error> error_;
  std::string last_id_;
};

// A tombstone names its report in the subject, for its value cannot.
Result<WaiverArrival> waiver_of(const StoredRecord& record) {
  WaiverArrival arrival;
  arrival.seen_at = record.record.timestamp;
  if (!record.record.value) {
    const auto key = report_key_from(events::read_envelope(record.record).subject);
    if (!key) return invalid_input(ErrorCode::kMalformed, "waiver: a record without value must name its report in ce_subject");
    arrival.key = *key;
    arrival.anomaly_id = record.record.key.value_or("");
    return arrival;
  }
  GOUJI_ASSIGN(Waiver waiver, events::decode_waiver(record.record));
  arrival.key = std::move(waiver.key);
  arrival.anomaly_id = std::move(waiver.anomaly_id);
  arrival.waiver = LedgerWaiver{std::move(waiver.reason), std::move(waiver.author), waiver.created_at, waiver.expires_at,
                                std::move(waiver.cells_digest)};
  return arrival;
}

}  // namespace

ValidateStage::ValidateStage(Telemetry& telemetry)
    : telemetry_(telemetry), inputs_{std::string(eventlog::kParsedTopic), std::string(eventlog::kWaiverTopic)} {}

std::optional<std::string> ValidateStage::state_topic() const { return std::string(eventlog::kValidatorStateTopic); }

std::vector<std::string> ValidateStage::copartitioned_outputs() const {
  return {std::string(eventlog::kVerdictTopic), std::string(eventlog::kReportCurrentTopic),
          std::string(eventlog::kAnomalyTopic), std::string(eventlog::kAnomalyCurrentTopic)};
}

Result<void> ValidateStage::process(const StoredRecord& record, StageContext& context) {
  Archive archive(context, record.at.partition);
  Judgement judgement;
  const bool is_waiver = record.at.topic == eventlog::kWaiverTopic;
  if (is_waiver) {
    GOUJI_ASSIGN(const WaiverArrival arrival, waiver_of(record));
    auto judged = judge_waiver(archive.history(), arrival, archive.reread());
    if (archive.error()) return *archive.error();
    if (!judged) return judged.error();
    judgement = std::move(*judged);
  } else {
    GOUJI_ASSIGN(events::ParsedEvent event, events::decode_parsed(record.record));
    judgement = judge(archive.history(), arrival_of(std::move(event), record), archive.reread());
    if (archive.error()) return *archive.error();
  }
  send(judgement, input_id_of(record), {context, record.at.partition});
  if (is_waiver)
    telemetry_.changed(judgement);
  else
    telemetry_.judged(judgement);
  return ok();
}

std::vector<std::string> ValidateStage::keys_to_work_on(const eventlog::KeyedState& state) {
  std::vector<std::string> keys;
  for (const auto& [key, bytes] : state.committed())
    // An entry that cannot be read is worked on as well, and stops the stage there with its reason.
    if (const auto entry = events::decode_ledger_entry(bytes); !entry || is_behind_rules(*entry)) keys.push_back(key);
  // Years in order, so that each is compared with what today's rules say of the one before.
  std::sort(keys.begin(), keys.end());
  return keys;
}

Result<void> ValidateStage::work_on(const std::string& key, std::int32_t partition, StageContext& context) {
  GOUJI_ASSIGN(const ReportKey report, report_key_from(key));
  Archive archive(context, partition);
  const Judgement judgement = judge_again(archive.history(), report, archive.reread());
  if (archive.error()) return *archive.error();
  // Without the document the ids follow from the key and the rules.
  send(judgement, archive.last_id().empty() ? key : archive.last_id(), {context, partition});
  telemetry_.changed(judgement);
  return ok();
}

void ValidateStage::state_restored(std::int32_t partition, const eventlog::KeyedState& state) {
  telemetry_.forget(partition);
  for (const auto& [key, bytes] : state.committed())
    if (const auto entry = events::decode_ledger_entry(bytes)) telemetry_.ledger_changed(partition, key, &*entry);
}

void ValidateStage::state_committing(std::int32_t partition, const eventlog::KeyedState& state) {
  telemetry_.expire();
  for (const auto& [key, bytes] : state.staged()) {
    if (!bytes) {
      telemetry_.ledger_changed(partition, key, nullptr);
    } else if (const auto entry = events::decode_ledger_entry(*bytes)) {
      telemetry_.ledger_changed(partition, key, &*entry);
    }
  }
}

void ValidateStage::state_dropped(std::int32_t partition) { telemetry_.forget(partition); }

}  // namespace gouji::validator
