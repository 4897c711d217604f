#include "services/crawler/io/warc_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/runtime/descriptor.h"
#include "services/crawler/io/cdxj.h"
#include "services/crawler/io/warc_reader.h"

namespace gouji::crawler {

namespace {

// Enough of a block for its HTTP head.
constexpr std::int64_t kHeadBytesMax = 256 * 1024;

runtime::Descriptor open_file(const std::string& path, int flags) {
  return runtime::Descriptor(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600));
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return warc_error(to);
  return ok();
}

Result<void> cut(const std::string& path, std::int64_t size) {
  const runtime::Descriptor file = open_file(path, O_WRONLY);
  if (file.get() < 0 || ::ftruncate(file.get(), size) != 0 || ::fsync(file.get()) != 0) return warc_error(path);
  return ok();
}

struct Scan {
  std::int64_t records = 0;
  std::int64_t end = 0;  // of the last whole record
  std::vector<std::string> lines;
};

Result<Scan> scan(const std::string& path, const std::string& final_name) {
  GOUJI_ASSIGN(auto reader, WarcReader::open(path, kHeadBytesMax));
  Scan found;
  while (true) {
    auto record = reader.next();
    if (!record && record.error().kind != ErrorKind::kInvalidInput) return std::move(record).error();
    if (!record || !*record) return found;
    found.records += 1;
    found.end = reader.offset();
    if (auto line = cdxj_line(**record, final_name)) found.lines.push_back(std::move(*line));
  }
}

std::string without(std::string_view name, std::string_view ending) { return std::string(name.substr(0, name.size() - ending.size())); }

}  // namespace

Error warc_error(const std::string& path) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT;
  return unavailable(full ? ErrorCode::kDiskFull : ErrorCode::kUnreadable,
                     "archive " + path + ": " + std::strerror(code) + (full ? "; free space on its disk" : ""));
}

Result<std::vector<std::string>> names_ending(const std::string& folder, std::string_view ending) {
  std::vector<std::string> names;
  std::error_code code;
  for (std::filesystem::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    std::string name = at->path().filename().string();
    if (name.ends_with(ending)) names.push_back(std::move(name));
  }
  if (code) return unavailable(ErrorCode::kUnreadable, "archive " + folder + ": " + code.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> sync_warc_folder(const std::string& folder) {
  const runtime::Descriptor file = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (file.get() < 0 || ::fsync(file.get()) != 0) return warc_error(folder);
  return ok();
}

Result<void> write_whole_file(const std::string& folder, const std::string& name, std::string_view bytes) {
  const std::string path = folder + "/" + name, part = path + ".part";
  {
    const runtime::Descriptor file = open_file(part, O_WRONLY | O_CREAT | O_TRUNC);
    if (file.get() < 0) return warc_error(part);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return warc_error(part);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file.get()) != 0) return warc_error(part);
  }
  GOUJI_TRY(rename_file(part, path));
  return sync_warc_folder(folder);
}

Result<void> finish_warc(const std::string& folder, const std::string& open_name, std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  std::string index;
  for (const std::string& line : lines) index += line;
  const std::string base = without(open_name, kOpenEnding);
  // The index comes first: a file with its final name always has one.
  GOUJI_TRY(write_whole_file(folder, base + ".cdxj", index));
  GOUJI_TRY(rename_file(folder + "/" + open_name, folder + "/" + base + std::string(kWarcEnding)));
  return sync_warc_folder(folder);
}

Result<std::vector<WarcRepair>> repair_warc_folder(const std::string& folder) {
  std::vector<WarcRepair> repairs;
  GOUJI_ASSIGN(const auto names, names_ending(folder, kOpenEnding));
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return warc_error(path);
    if (!S_ISREG(status.st_mode)) return fatal(ErrorCode::kUnreadable, "archive " + path + ": not a file");
    const std::string final_name = without(name, ".open");
    GOUJI_ASSIGN(Scan found, scan(path, final_name));
    const std::int64_t cut_bytes = status.st_size - found.end;
    if (cut_bytes > 0) GOUJI_TRY(cut(path, found.end));
    if (found.records == 0) {
      if (::unlink(path.c_str()) != 0) return warc_error(path);
    } else {
      GOUJI_TRY(finish_warc(folder, name, std::move(found.lines)));
    }
    repairs.push_back({final_name, found.records, cut_bytes});
  }
  return repairs;
}

}  // namespace gouji::crawler
