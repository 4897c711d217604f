// gouji evidence write|verify: one anomaly with all that proves it, in a folder.
#include "services/gouji/evidence.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "services/gouji/exit_codes.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"

namespace gouji::command {
namespace {

namespace fs = std::filesystem;

Result<void> write_files(const std::string& folder, const std::map<std::string, std::string>& files) {
  std::error_code code;
  if (fs::exists(folder, code) && !fs::is_empty(folder, code))
    return fatal(ErrorCode::kBadArgument, fmt::format("--out {}：已有内容，请另选目录 / is not empty, choose another folder", folder));
  for (const auto& [name, bytes] : files) {
    const fs::path path = fs::path(folder) / name;
    fs::create_directories(path.parent_path(), code);
    std::ofstream out(path, std::ios::binary);
    out << bytes;
    out.close();
    if (!out) return unavailable(ErrorCode::kUnreadable, fmt::format("{}：无法写入 / cannot be written", path.string()));
  }
  return ok();
}

int write(const EvidenceRequest& request) {
  const auto bundle = gather_evidence(request);
  if (!bundle) return fail("evidence", bundle.error());
  const auto files = bundle_files(*bundle, request.where.data);
  if (!files) return fail("evidence", files.error());
  const std::string folder = request.out.empty() ? "evidence-" + bundle->anomaly.id.substr(0, 12) : request.out;
  if (const auto written = write_files(folder, *files); !written) return fail("evidence", written.error());
  fmt::print("{}\n", folder);
  fmt::print(stderr, "{}\n", fmt::format(fmt::runtime(in(request.language, "已写入 {} 个文件；核对：gouji evidence verify {}", "{} files written; to check them: gouji evidence verify {}")),
                                         files->size(), folder));
  return kOk;
}

std::string_view word_of(EvidenceOutcome outcome, Language language) {
  switch (outcome) {
    case EvidenceOutcome::kHolds: return in(language, "相符", "ok");
    case EvidenceOutcome::kFails: return in(language, "不符", "FAILED");
    case EvidenceOutcome::kSkipped: return in(language, "未查", "skipped");
  }
  return "";
}

void print(const EvidenceCheck& check, const EvidenceRequest& request) {
  if (request.format == "json") {
    static constexpr std::string_view kNames[] = {"HOLDS", "FAILS", "SKIPPED"};
    JsonWriter json;
    json.begin_object().key("outcome").text(kNames[static_cast<std::size_t>(check.outcome)]).key("file").text(check.file);
    json.key("message").begin_object().key("zh").text(check.zh).key("en").text(check.en).end_object().end_object();
    fmt::print("{}\n", json.str());
  } else {
    fmt::print("{}  {}  {}\n", word_of(check.outcome, request.language), check.file, in(request.language, check.zh, check.en));
  }
}

// A folder of WARC files, as below DATA/warc.
bool is_archive(const std::string& folder) {
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    const std::string name = at->path().filename().string();
    if (name.ends_with(".warc.gz") || name.starts_with("manifest-")) return true;
  }
  return false;
}

int verify(const EvidenceRequest& request) {
  std::error_code code;
  const bool is_bundle = fs::exists(fs::path(request.argument) / "anomaly.pb", code) || fs::exists(fs::path(request.argument) / kSumsFile, code);
  const auto checks = !is_bundle && is_archive(request.argument) ? verify_archive(request.argument) : verify_bundle(request.argument);
  if (!checks) return fail("evidence", checks.error());
  std::size_t failed = 0, skipped = 0;
  for (const EvidenceCheck& check : *checks) {
    print(check, request);
    failed += check.outcome == EvidenceOutcome::kFails ? 1 : 0;
    skipped += check.outcome == EvidenceOutcome::kSkipped ? 1 : 0;
  }
  fmt::print(stderr, "{}\n", failed > 0 ? fmt::format(fmt::runtime(in(request.language, "不可信：{} 处不符", "not to be trusted: {} checks failed")), failed)
                             : skipped > 0 ? fmt::format(fmt::runtime(in(request.language, "全部相符；{} 处无法核对，原因见上", "all agree; {} could not be checked, see above")), skipped)
                                           : std::string(in(request.language, "全部相符", "all agree")));
  return failed > 0 ? kFindings : kOk;
}

}  // namespace

int evidence(const EvidenceRequest& request) { return request.action == "write" ? write(request) : verify(request); }

}  // namespace gouji::command
