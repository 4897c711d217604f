#include "services/gouji/reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/core/id.h"
#include "services/crawler/attachments.h"
#include "services/parser/core/read.h"
#include "services/parser/core/sniff.h"
#include "services/parser/service.h"
#include "services/parser/worker.h"

namespace gouji::command {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 100'000;

Refusal poison(std::string code, std::string message) {
  return {RefusalClass::kPoison, {std::move(code), std::move(message)}};
}

// One byte more than the limit is enough to know that it is exceeded.
std::string read_limited(std::istream& in) {
  std::string bytes;
  std::vector<char> part(1 << 16);
  while (bytes.size() <= parser::kInputBytesMax && in) {
    in.read(part.data(), static_cast<std::streamsize>(part.size()));
    bytes.append(part.data(), static_cast<std::size_t>(in.gcount()));
  }
  return bytes;
}

void add_directory(const fs::path& folder, std::vector<std::string>& files) {
  std::vector<std::string> found;
  std::error_code error;
  // Symbolic links to directories are not followed, so a loop cannot be entered.
  for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
       it != end && found.size() < kFilesMax; it.increment(error)) {
    const bool is_hidden = it->path().filename().string().starts_with('.');
    if (is_hidden && it->is_directory(error)) it.disable_recursion_pending();
    if (!is_hidden && it->is_regular_file(error)) found.push_back(it->path().string());
  }
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
}

}  // namespace

Result<std::unique_ptr<DocumentSource>> DocumentSource::create(UserHints hints) {
  runtime::WorkerPoolOptions options;
  options.kind = parser::kWorkerKind;
  options.workers = 1;
  GOUJI_ASSIGN(auto pool, runtime::WorkerPool::create(options));
  GOUJI_ASSIGN(parser::ProgramRunner programs, parser::programs_of_environment());
  return std::unique_ptr<DocumentSource>(new DocumentSource(std::move(pool), std::move(programs), std::move(hints)));
}

DocumentSource::DocumentSource(std::unique_ptr<runtime::WorkerPool> pool, parser::ProgramRunner programs, UserHints hints)
    : pool_(std::move(pool)), reader_(parser::reader_over(*pool_, std::move(programs))), hints_(std::move(hints)) {}

Result<std::vector<std::string>> DocumentSource::expand(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  std::string missing;
  for (const std::string& argument : arguments) {
    std::error_code error;
    if (argument == "-") {
      files.push_back(argument);
    } else if (fs::is_directory(argument, error)) {
      add_directory(argument, files);
    } else if (fs::exists(argument, error)) {
      files.push_back(argument);
    } else {
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", argument);
    }
  }
  if (!missing.empty())
    return fatal(ErrorCode::kNotFound, fmt::format("{}：文件不存在 / no such file", missing));
  return files;
}

ReadOutcome DocumentSource::outcome_of(const std::string& file, std::string bytes) const {
  if (bytes.size() > parser::kInputBytesMax)
    return poison("TOO_LARGE", fmt::format("超过 {} 字节 / more than {} bytes", parser::kInputBytesMax, parser::kInputBytesMax));
  events::ReadRequest request;
  if (file != "-") request.attachments = attachments_of(file, bytes);
  request.body = std::move(bytes);
  request.url = file == "-" ? std::string() : fs::path(file).filename().string();
  request.location_id = location_id("check", file);
  if (!hints_.organ.empty()) request.hints.push_back({"organ", hints_.organ, "user"});
  if (hints_.year) request.hints.push_back({"year", std::to_string(*hints_.year), "user"});
  if (!hints_.scope.empty()) request.hints.push_back({"scope", hints_.scope, "user"});
  auto outcome = reader_(request);
  if (outcome) {
    if (auto* reading = std::get_if<Reading>(&*outcome)) reading->extractor = parser::this_extractor();
    return std::move(*outcome);
  }
  return poison(std::string(to_string(outcome.error().code)), outcome.error().message);
}

std::vector<Content> DocumentSource::attachments_of(const std::string& file, const std::string& bytes) const {
  if (parser::sniff(bytes) != parser::Format::kHtml) return {};
  if (!list_pool_) {
    auto pool = runtime::WorkerPool::create(crawler::worker_options());
    if (!pool) return {};
    list_pool_ = std::move(*pool);
  }
  std::error_code error;
  const fs::path path = fs::canonical(file, error);
  if (error) return {};
  crawler::WorkerPageReader pages(*list_pool_);
  crawler::FileAttachments attachments(pages, path.parent_path().string(), [](const std::string& message) { fmt::print(stderr, "gouji check: {}\n", message); });
  std::vector<Content> contents = attachments.read(path.string(), bytes, "text/html");
  for (Content& content : contents) {
    content.sha256 = to_hex(sha256(content.bytes));
    content.size = static_cast<std::int64_t>(content.bytes.size());
  }
  return contents;
}

CheckedDocument DocumentSource::read(const std::string& file) const {
  CheckedDocument document;
  document.source = file;
  std::string bytes;
  if (file == "-") {
    bytes = read_limited(std::cin);
  } else {
    std::ifstream in(file, std::ios::binary);
    if (!in) {
      document.outcome = poison("UNREADABLE", "无法打开 / cannot be opened");
      return document;
    }
    bytes = read_limited(in);
  }
  document.sha256 = to_hex(sha256(bytes));
  document.media_type = media_type(parser::sniff(bytes));
  document.outcome = outcome_of(file, std::move(bytes));
  return document;
}

}  // namespace gouji::command
