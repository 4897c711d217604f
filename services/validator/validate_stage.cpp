#include "services/validator/validate_stage.h"

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

void send_verdicts(const Judgement& judgement, const std::string& input_id, const Output& out) {
  int ordinal = 0;
  for (const Verdict& verdict : judgement.verdicts) {
    out.send(eventlog::kVerdictTopic, events::encode(verdict, input_id, ordinal));
    out.send(eventlog::kReportCurrentTopic, events::encode_current(verdict, input_id, ordinal));
    ++ordinal;
  }
}

void send_anomalies(const Judgement& judgement, const std::string& input_id, const Output& out) {
  int ordinal = 0;
  for (const Anomaly& anomaly : judgement.transitions) {
    const Record event = events::encode(anomaly, input_id, ordinal);
    out.send(eventlog::kAnomalyTopic, event);
    const bool is_closed =
        anomaly.transition == Transition::kResolved || anomaly.transition == Transition::kRetracted;
    out.send(eventlog::kAnomalyCurrentTopic,
             is_closed ? events::anomaly_tombstone(anomaly.id, events::read_envelope(event))
                       : events::encode_current(anomaly, input_id, ordinal));
    ++ordinal;
  }
}

}  // namespace

ValidateStage::ValidateStage(Telemetry& telemetry)
    : telemetry_(telemetry), inputs_{std::string(eventlog::kParsedTopic)} {}

std::optional<std::string> ValidateStage::state_topic() const { return std::string(eventlog::kValidatorStateTopic); }

std::vector<std::string> ValidateStage::copartitioned_outputs() const {
  return {std::string(eventlog::kVerdictTopic), std::string(eventlog::kReportCurrentTopic),
          std::string(eventlog::kAnomalyTopic), std::string(eventlog::kAnomalyCurrentTopic)};
}

Result<void> ValidateStage::process(const StoredRecord& record, StageContext& context) {
  GOUJI_ASSIGN(events::ParsedEvent event, events::decode_parsed(record.record));
  std::optional<Error> damage;
  const History history = [&](const ReportKey& key) -> std::optional<LedgerEntry> {
    const std::string* bytes = context.state().get(to_string(key));
    if (bytes == nullptr) return std::nullopt;
    auto entry = events::decode_ledger_entry(*bytes);
    if (entry) return std::move(*entry);
    damage = fatal(ErrorCode::kLogCorrupt, fmt::format("ledger of {}: {}", to_string(key), entry.error().message));
    return std::nullopt;
  };
  const Arrival arrival = arrival_of(std::move(event), record);
  const Judgement judgement = judge(history, arrival);
  if (damage) return *damage;
  const Output out{context, record.at.partition};
  const std::string input_id = input_id_of(record);
  send_verdicts(judgement, input_id, out);
  send_anomalies(judgement, input_id, out);
  for (const LedgerChange& change : judgement.ledger) {
    if (change.entry)
      context.state().put(to_string(change.key), events::encode(*change.entry));
    else
      context.state().erase(to_string(change.key));
  }
  telemetry_.judged(judgement);
  return ok();
}

void ValidateStage::state_restored(std::int32_t partition, const eventlog::KeyedState& state) {
  telemetry_.forget(partition);
  for (const auto& [key, bytes] : state.committed())
    if (const auto entry = events::decode_ledger_entry(bytes)) telemetry_.ledger_changed(partition, key, &*entry);
}

void ValidateStage::state_committing(std::int32_t partition, const eventlog::KeyedState& state) {
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
