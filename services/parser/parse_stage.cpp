#include "services/parser/parse_stage.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "services/parser/core/read.h"

namespace gouji::parser {
namespace {

using eventlog::StoredRecord;

// Documents a thread and batch, and so a transaction. A slow one takes twice ten seconds at worst, and as long as its
// programs may run: few of them end within the limit of the heartbeat. While they are quick a batch may be larger, because
// on Kafka the end of a transaction costs as much as several documents.
constexpr std::size_t kPreparedMin = 2;
constexpr std::size_t kPreparedMax = 16;
constexpr std::chrono::milliseconds kIsQuick{500};
constexpr std::chrono::seconds kIsSlow{2};
// None is begun after this, or while the prose that is held is more; what is left is read one by one.
constexpr std::chrono::seconds kBeginWithin{10};
constexpr std::size_t kProseBytesMax = 8 * 1024 * 1024;

std::size_t prose_bytes(const Result<ReadOutcome>& answer) {
  const auto* reading = answer ? std::get_if<Reading>(&*answer) : nullptr;
  std::size_t bytes = 0;
  if (reading != nullptr)
    for (const auto& section : reading->sections) bytes += section.text.size();
  return bytes;
}
// Documents in memory at once: the largest alone, or many small ones.
constexpr std::int64_t kDocumentBytesMax = 40LL * 1024 * 1024;

Result<std::optional<ParserLocation>> location_in(const eventlog::KeyedState& state, const std::string& id) {
  const std::string* bytes = state.get(id);
  if (bytes == nullptr) return std::optional<ParserLocation>();
  auto location = events::decode_parser_location(*bytes);
  // State is our own writing: what does not decode is damage, not bad input.
  if (!location)
    return fatal(ErrorCode::kLogCorrupt, fmt::format("state of location {}: {}", id, location.error().message));
  return std::optional(std::move(*location));
}

void emit(eventlog::StageContext& context, Record record) {
  context.emit({std::string(eventlog::kParsedTopic), std::nullopt, std::move(record)});
}

Error refusal_error(const Refusal& refusal) {
  const auto code =
      refusal.refusal_class == RefusalClass::kNotAReport ? ErrorCode::kNotAReport : ErrorCode::kUnreadable;
  return invalid_input(code, fmt::format("{}: {}", refusal.reason.code, refusal.reason.message));
}

}  // namespace

ParseStage::ParseStage(DocumentReader reader, BlobReader blobs, Telemetry& telemetry, ParseStageOptions options)
    : reader_(std::move(reader)),
      blobs_(std::move(blobs)),
      telemetry_(telemetry),
      options_(std::move(options)),
      inputs_{std::string(eventlog::kRawTopic)},
      budget_(kDocumentBytesMax) {}

std::optional<std::string> ParseStage::state_topic() const { return std::string(eventlog::kParserStateTopic); }

Result<ReadOutcome> ParseStage::read(const RawReport& report) const {
  std::int64_t size = report.body.size;
  for (const Content& attachment : report.attachments) size += attachment.size;
  if (size > static_cast<std::int64_t>(kInputBytesMax))  // before anything is loaded
    return ReadOutcome(Refusal{RefusalClass::kPoison,
                               {"TOO_LARGE", fmt::format("{} bytes, at most {} are read", size, kInputBytesMax)}});
  const DocumentBudget::Share share(budget_, size);
  const auto bytes_of = [this](const Content& content) -> Result<std::string> {
    if (content.reference.empty()) return content.bytes;
    return blobs_(content.reference);
  };
  events::ReadRequest request;
  GOUJI_ASSIGN(request.body, bytes_of(report.body));
  for (Content attachment : report.attachments) {
    GOUJI_ASSIGN(attachment.bytes, bytes_of(attachment));
    attachment.reference.clear();
    request.attachments.push_back(std::move(attachment));
  }
  request.media_type = report.body.media_type;
  request.url = report.final_url.empty() ? report.url : report.final_url;
  request.location_id = report.location_id;
  request.hints = report.hints;
  return reader_(request);
}

std::size_t ParseStage::prepares_at_once() const { return options_.threads * (kPreparedMin << doublings_); }

// Reads the batch's documents in parallel. Whether an answer is used is decided in process(), so a
// document that state would have skipped costs time and nothing else.
void ParseStage::prepare(std::span<const StoredRecord> batch) {
  prepared_.clear();
  if (batch.size() < 2 || options_.threads < 2) return;
  std::vector<std::optional<Result<ReadOutcome>>> answers(batch.size());
  std::atomic<std::size_t> next{0}, held{0};
  const auto began = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::steady_clock::now() - began; };
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1); i < batch.size() && elapsed() < kBeginWithin && held < kProseBytesMax; i = next.fetch_add(1)) {
      auto event = events::decode_raw(batch[i].record);
      if (!event) continue;
      if (const auto* report = std::get_if<RawReport>(&*event)) held += prose_bytes(answers[i].emplace(read(*report)));
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < options_.threads; ++i) threads.emplace_back(work);
  work();
  threads.clear();
  if (elapsed() > kIsSlow) doublings_ = 0;
  else if (elapsed() < kIsQuick && batch.size() >= prepares_at_once() && (kPreparedMin << doublings_) < kPreparedMax) ++doublings_;
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (answers[i]) prepared_.emplace(Place{batch[i].at, batch[i].offset}, std::move(*answers[i]));
}

Result<void> ParseStage::process(const StoredRecord& record, eventlog::StageContext& context) {
  GOUJI_ASSIGN(events::RawEvent event, events::decode_raw(record.record));
  if (const auto* withdrawn = std::get_if<RawWithdrawn>(&event))
    return take_withdrawal(*withdrawn, context);
  return take_report(std::move(std::get<RawReport>(event)), record, context);
}

Result<void> ParseStage::take_report(RawReport report, const StoredRecord& record, eventlog::StageContext& context) {
  GOUJI_ASSIGN(const std::optional<ParserLocation> known, location_in(context.state(), report.location_id));
  if (known && (report.fetch_sequence < known->fetch_sequence ||
                (report.fetch_sequence == known->fetch_sequence && known->extractor == options_.extractor))) {
    telemetry_.already_taken();
    return ok();
  }
  // An answer serves once: a record that comes again, because a file was missing, is read again.
  auto prepared = prepared_.extract(Place{record.at, record.offset});
  GOUJI_ASSIGN(ReadOutcome outcome, prepared ? std::move(prepared.mapped()) : read(report));
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    telemetry_.refused(refusal->refusal_class);
    return refusal_error(*refusal);
  }
  events::ParsedReport parsed{std::move(std::get<Reading>(outcome)), report.location_id, report.fetch_sequence, {}};
  parsed.evidence = {report.url, report.payload_digest, events::raw_id(report), report.fetched_at, options_.extractor, ""};
  parsed.reading.extractor = options_.extractor;
  if (known && !known->key.organ_id.empty() && known->key != parsed.reading.key)
    emit(context, events::encode(events::WithdrawnReport{known->key, report.location_id, report.fetch_sequence,
                                                         "KEY_CHANGED", parsed.evidence}));
  context.state().put(report.location_id,
                      events::encode(ParserLocation{report.location_id, parsed.reading.key, report.fetch_sequence,
                                                    options_.extractor, parsed.evidence.raw_id}));
  telemetry_.parsed(parsed.reading);
  emit(context, events::encode(parsed));
  return ok();
}

Result<void> ParseStage::take_withdrawal(const RawWithdrawn& withdrawn, eventlog::StageContext& context) {
  const std::string raw_id = events::raw_id(withdrawn);
  GOUJI_ASSIGN(const std::optional<ParserLocation> known, location_in(context.state(), withdrawn.location_id));
  if (known && withdrawn.fetch_sequence <= known->fetch_sequence) {
    telemetry_.already_taken();
    return ok();
  }
  const Evidence evidence{withdrawn.url, "", raw_id, withdrawn.seen_at, options_.extractor, ""};
  if (known && !known->key.organ_id.empty())
    emit(context, events::encode(events::WithdrawnReport{known->key, withdrawn.location_id, withdrawn.fetch_sequence,
                                                         "WITHDRAWN", evidence}));
  context.state().put(withdrawn.location_id, events::encode(ParserLocation{withdrawn.location_id, {},
                                                                           withdrawn.fetch_sequence,
                                                                           options_.extractor, raw_id}));
  telemetry_.withdrawn();
  return ok();
}

}  // namespace gouji::parser
