// A bundle of evidence: one folder that proves one anomaly by itself, to somebody who has neither the
// log nor this installation. docs/evidence.md says what is in it and what `verify` holds it against.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/record.h"
#include "common/core/result.h"
#include "common/events/codec.h"
#include "common/report/verdict.h"
#include "services/gouji/commands.h"

namespace gouji::command {

// Names within a bundle.
inline constexpr std::string_view kSumsFile = "SHA256SUMS";
inline constexpr std::string_view kAboutFile = "evidence.json";
inline constexpr std::string_view kReadmeFile = "README.txt";

// The events behind one document.
struct EvidenceReport {
  std::string folder;  // "report", or "other-2020" for the year that a finding compares with
  Record raw;
  Record parsed;
  RawReport report;    // of `raw`, the contents' bytes filled in where they could be had
  events::ParsedReport reading;
};

// All that stands in a bundle, read from a log or from the bundle itself.
struct EvidenceBundle {
  Record anomaly_record;
  std::optional<Record> verdict_record;
  Anomaly anomaly;
  std::vector<EvidenceReport> reports;  // that of the anomaly first
};

// "body.html", "attachment-2.pdf": by their bytes, never by what a server called them.
std::string content_file(const RawReport& report, std::size_t content);
// The body, then the attachments.
std::vector<const Content*> contents_of(const RawReport& report);
// The protobuf files of a bundle, with what they are of.
Record bare_record(std::string value, std::string type);
// What a record says, for people: without the bytes of contents, which stand beside it.
Result<std::string> view_of(std::string_view topic, const Record& record);

// Cells that the anomaly is about, of its own report: operands and changes, once each.
std::vector<std::string> cells_of(const Anomaly& anomaly);

// From the log and the data folder. kFatal NOT_FOUND or BAD_ARGUMENT where the id is none or several.
Result<EvidenceBundle> gather_evidence(const EvidenceRequest& request);
// The files of a bundle by name, SHA256SUMS last. `warnings` of what could not be had go to stderr.
Result<std::map<std::string, std::string>> bundle_files(const EvidenceBundle& bundle, const std::string& data_folder);

enum class EvidenceOutcome : std::uint8_t { kHolds, kFails, kSkipped };
struct EvidenceCheck {
  EvidenceOutcome outcome = EvidenceOutcome::kHolds;
  std::string file;  // that is at fault, or was looked at
  std::string zh, en;
};
// Every check in turn; kFatal NOT_FOUND when the folder is no bundle.
Result<std::vector<EvidenceCheck>> verify_bundle(const std::string& folder);
// Of an archive folder: files and manifests.
Result<std::vector<EvidenceCheck>> verify_archive(const std::string& folder);

}  // namespace gouji::command
