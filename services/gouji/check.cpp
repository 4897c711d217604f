#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

#include "common/runtime/system_clock.h"
#include "services/gouji/check_documents.h"
#include "services/gouji/check_output.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/report_words.h"
#include "services/gouji/waivers_file.h"
#include "services/validator/settings.h"

namespace gouji::command {
namespace {

// What --previous gave: a ledger that each document sees, and whose reports they were.
struct Before {
  CheckLedger ledger;
  std::vector<ReportKey> keys;
  std::string words;  // 临河市水利局 2021
};

// What every document of a run is judged with.
struct Bench {
  const CheckRequest& request;
  const DocumentSource& source;
  const Before& before;
  const std::vector<FileWaiver>& waivers;
  UnixMillis now;
};

// Only waivers that hold today are put on their anomalies.
void put_waivers(CheckedDocument& document, const Bench& bench) {
  for (Anomaly& anomaly : document.judgement.transitions) {
    anomaly.waiver = find_waiver(bench.waivers, anomaly);
    if (!anomaly.is_waived(bench.now)) anomaly.waiver.reset();
  }
}

bool reaches(const CheckedDocument& document, std::optional<Severity> limit, UnixMillis now) {
  if (!limit) return false;
  const Verdict* verdict = verdict_of(document.judgement);
  for (const Anomaly& anomaly : document.judgement.transitions)
    if (verdict != nullptr && anomaly.key == verdict->key && anomaly.severity >= *limit && !anomaly.is_waived(now)) return true;
  return false;
}

int fail(const Error& error) {
  fmt::print(stderr, "gouji check: {}\n", error.message);
  return exit_code_of(error);
}

void print_progress(std::size_t done, std::size_t of) {
  if (of >= 20 && isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{}/{}{}", done, of, done == of ? "\n" : "");
}

// The previous report is judged first; each document sees it and nothing of the other documents.
Result<Before> read_before(const CheckRequest& request, const DocumentSource& source) {
  Before before;
  if (request.previous.empty()) return before;
  GOUJI_ASSIGN(const auto files, DocumentSource::expand({request.previous}));
  if (files.empty()) return fatal(ErrorCode::kNotFound, fmt::format("--previous {}：目录中没有文件 / no file in this folder", request.previous));
  for (const std::string& file : files) {
    const CheckedDocument previous = source.read(file);
    if (const auto* refusal = std::get_if<Refusal>(&previous.outcome))
      return fatal(ErrorCode::kBadArgument, fmt::format("--previous {}：{}", file, reason_line(refusal->reason, request.language)));
    const auto& reading = std::get<Reading>(previous.outcome);
    before.keys.push_back(reading.key);
    before.words += fmt::format("{}{} {}", before.words.empty() ? "" : ", ", reading.organ_name.value_or("?"),
                                reading.year ? std::to_string(*reading.year) : "?");
    judge_document(previous, before.ledger);
  }
  return before;
}

bool is_year_before(const Before& before, const ReportKey& key) {
  return std::any_of(before.keys.begin(), before.keys.end(), [&](const ReportKey& previous) {
    return key.is_identified() && previous.organ_id == key.organ_id && previous.year + 1 == key.year;
  });
}

struct Tally {
  bool findings = false;
  bool not_read = false;
  bool previous_was_used = false;
};

void write(const std::string& out) {
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

CheckedDocument check_one(const Bench& bench, const std::string& file, Tally& tally) {
  CheckedDocument document = bench.source.read(file);
  if (const auto* reading = std::get_if<Reading>(&document.outcome)) {
    CheckLedger ledger = bench.before.ledger;
    tally.previous_was_used |= is_year_before(bench.before, reading->key);
    ledger.erase(reading->key);  // an earlier draft of this report is not its history
    document.judgement = judge_document(document, ledger);
    tally.not_read |= reading->status != ReadingStatus::kParsed;
    put_waivers(document, bench);
    tally.findings |= reaches(document, bench.request.fail_on, bench.now);
  } else {
    tally.not_read = true;
  }
  return document;
}

int end_of(const CheckRequest& request, const Before& before, const Tally& tally) {
  const bool is_useless = !request.previous.empty() && !tally.previous_was_used;
  if (is_useless)
    fmt::print(stderr, "gouji check: --previous {}{}\n", request.previous,
               fmt::format(fmt::runtime(in(request.language, "（{}）：不是所核对报告的上一年度报告，没有用上；请核对机关和年度",
                                           " ({}): not the report of the year before, so nothing was compared with it; mind organ and year")), before.words));
  if (tally.not_read) return kNotRead;
  if (tally.findings) return kFindings;
  return is_useless ? kUsage : kOk;
}

bool is_colourful() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace

int check(const CheckRequest& request) {
  if (const auto done = validator::load_severities(request.severities); !done) return fail(done.error());
  const auto files = DocumentSource::expand(request.files);
  if (!files) return fail(files.error());
  if (files->empty()) return fail(fatal(ErrorCode::kNotFound, fmt::format("{}：目录中没有文件 / no file in this folder", fmt::join(request.files, ", "))));
  // The organ, year and scope that the user names are those of the documents, not of --previous.
  const auto source = DocumentSource::create({request.organ, request.year, request.scope});
  if (!source) return fail(source.error());
  const auto plain = DocumentSource::create({request.organ, std::nullopt, request.scope});
  if (!plain) return fail(plain.error());
  const auto before = read_before(request, **plain);
  if (!before) return fail(before.error());
  const auto waivers = load_waivers(request.waivers);
  if (!waivers) return fail(waivers.error());
  const Bench bench{request, **source, *before, *waivers, runtime::SystemClock().unix_millis()};
  Tally tally;
  const auto output = check_output(request.format, request.language, is_colourful());
  write(output->begin());
  for (std::size_t i = 0; i < files->size(); ++i) {
    write(output->document(check_one(bench, (*files)[i], tally)));
    print_progress(i + 1, files->size());
  }
  write(output->end());
  return end_of(request, *before, tally);
}

}  // namespace gouji::command
