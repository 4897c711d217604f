// The parser as a stage: raw reports in, ReportParsed and ReportWithdrawn out. Reading itself runs in
// worker processes; this class decodes, asks, and keeps what was last taken from each location.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/stage.h"
#include "common/events/codec.h"
#include "common/events/worker_codec.h"
#include "services/parser/document_budget.h"
#include "services/parser/telemetry.h"

namespace gouji::parser {

// Reads one document in a worker process. Thread-safe; blocks until the answer is there. A worker
// that dies twice on the document is kInvalidInput.
using DocumentReader = std::function<Result<ReadOutcome>(const events::ReadRequest&)>;
// The bytes of "cas://sha256/<hex>", checked against the digest. kUnavailable BLOB_MISSING.
using BlobReader = std::function<Result<std::string>(const std::string& reference)>;

struct ParseStageOptions {
  std::string extractor;    // version of the reader: an equal fetch sequence is read again when it changes
  std::size_t threads = 2;  // documents of a batch that are read at the same time
};

class ParseStage : public eventlog::Stage {
 public:
  // `telemetry` outlives the stage.
  ParseStage(DocumentReader reader, BlobReader blobs, Telemetry& telemetry, ParseStageOptions options);

  std::string_view name() const override { return "parser"; }
  const std::vector<std::string>& inputs() const override { return inputs_; }
  std::optional<std::string> state_topic() const override;
  std::size_t prepares_at_once() const override;
  void prepare(std::span<const eventlog::StoredRecord> batch) override;
  Result<void> process(const eventlog::StoredRecord& record, eventlog::StageContext& context) override;

 private:
  using Place = std::pair<eventlog::TopicPartition, std::int64_t>;

  Result<ReadOutcome> read(const RawReport& report) const;
  Result<void> take_report(RawReport report, const eventlog::StoredRecord& record, eventlog::StageContext& context);
  Result<void> take_withdrawal(const RawWithdrawn& withdrawn, eventlog::StageContext& context);

  const DocumentReader reader_;
  const BlobReader blobs_;
  Telemetry& telemetry_;
  const ParseStageOptions options_;
  const std::vector<std::string> inputs_;
  // Answers for records of the batch in hand; bounded by the batch, emptied by the next one.
  std::map<Place, Result<ReadOutcome>> prepared_;
  unsigned doublings_ = 0;  // of the batch, while documents are quick
  mutable DocumentBudget budget_;
};

}  // namespace gouji::parser
