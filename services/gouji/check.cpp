#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

#include "common/runtime/system_clock.h"
#include "services/gouji/check_documents.h"
#include "services/gouji/check_output.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/waivers_file.h"
#include "services/validator/settings.h"

namespace gouji::command {
namespace {

// What every document of a run is judged with.
struct Bench {
  const CheckRequest& request;
  const DocumentSource& source;
  const CheckLedger& before;
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
Result<CheckLedger> ledger_before(const CheckRequest& request, const DocumentSource& source) {
  CheckLedger ledger;
  if (request.previous.empty()) return ledger;
  GOUJI_ASSIGN(const auto files, DocumentSource::expand({request.previous}));
  for (const std::string& file : files) {
    const CheckedDocument previous = source.read(file);
    if (const auto* refusal = std::get_if<Refusal>(&previous.outcome))
      return fatal(ErrorCode::kBadArgument, fmt::format("--previous {}: {}: {}", file, refusal->reason.code,
                                                        refusal->reason.message));
    judge_document(previous, ledger);
  }
  return ledger;
}

struct Tally {
  bool findings = false;
  bool not_read = false;
};

void write(const std::string& out) {
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

CheckedDocument check_one(const Bench& bench, const std::string& file, Tally& tally) {
  CheckedDocument document = bench.source.read(file);
  if (const auto* reading = std::get_if<Reading>(&document.outcome)) {
    CheckLedger ledger = bench.before;
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

bool is_colourful() { return isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

}  // namespace

int check(const CheckRequest& request) {
  if (const auto done = validator::load_severities(request.severities); !done) return fail(done.error());
  const auto files = DocumentSource::expand(request.files);
  if (!files) return fail(files.error());
  if (files->empty()) return fail(fatal(ErrorCode::kNotFound, "没有可检查的文件 / nothing to check there"));
  // The organ, year and scope that the user names are those of the documents, not of --previous.
  const auto source = DocumentSource::create({request.organ, request.year, request.scope});
  if (!source) return fail(source.error());
  const auto plain = DocumentSource::create({request.organ, std::nullopt, request.scope});
  if (!plain) return fail(plain.error());
  const auto before = ledger_before(request, **plain);
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
  if (tally.not_read) return kNotRead;
  return tally.findings ? kFindings : kOk;
}

}  // namespace gouji::command
