#include "services/crawler/io/warc.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "common/core/id.h"
#include "common/text/ascii.h"
#include "services/crawler/io/cdxj.h"
#include "services/crawler/io/warc_files.h"
#include "services/crawler/io/warc_manifest.h"

namespace gouji::crawler {

namespace {

constexpr std::string_view kIdenticalPayload = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
constexpr std::string_view kNotModified = "http://netpreserve.org/warc/1.1/revisit/server-not-modified";
// So many files of one second are enough for any number of crawlers in one folder.
constexpr int kSerialMax = 99'999;

Result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return warc_error(path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok();
}

// The head for readers of HTTP/1.1: HTTP/2 has no status line of its own, and the body stands here
// without the transfer encoding that the header would promise.
std::string archived_head(std::string_view head) {
  std::string out;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const std::string_view line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + 2);
    if (out.empty() && line.starts_with("HTTP/") && !line.starts_with("HTTP/1")) {
      const auto space = line.find(' ');
      out += "HTTP/1.1" + std::string(space == std::string_view::npos ? "" : line.substr(space)) + "\r\n";
    } else if (ascii_lower(line.substr(0, 18)) == "transfer-encoding:") {
      out += "X-Archive-Orig-" + std::string(line) + "\r\n";
    } else {
      out += std::string(line) + "\r\n";
    }
  }
  return out.ends_with("\r\n\r\n") ? out : out + "\r\n";
}

// As ALPN spells it.
std::string protocol_id(std::string_view protocol) {
  const std::string name = ascii_lower(protocol);
  return name == "http/2" ? "h2" : name == "http/3" ? "h3" : name;
}

bool is_not_modified(std::string_view head) { return head.substr(0, head.find("\r\n")).find(" 304") != std::string_view::npos; }

// "2026" of "gouji-20261121200501-00000.warc.gz".
std::string_view year_of(std::string_view file) {
  const auto serial = file.rfind('-');
  const auto stamp = serial == std::string_view::npos ? serial : file.rfind('-', serial - 1);
  return stamp == std::string_view::npos ? std::string_view() : file.substr(stamp + 1, 4);
}

// The profile of a revisit; empty for a response.
std::string_view profile_of(const WarcExchange& exchange, const std::string& digest, std::string_view file) {
  if (!exchange.earlier || year_of(exchange.earlier->file) != year_of(file)) return {};
  if (is_not_modified(exchange.response_head)) return kNotModified;
  // An empty body is cheap to keep and proves nothing by its digest.
  return exchange.body.empty() || !exchange.truncated.empty() || digest != exchange.earlier->digest ? std::string_view() : kIdenticalPayload;
}

}  // namespace

struct WarcWriter::Impl {
  WarcOptions options;
  const Clock& clock;
  std::vector<WarcRepair> repairs;
  int file = -1;
  std::string name;  // with ".open"
  std::int64_t size = 0;
  UnixMillis opened_at = 0;
  bool is_dirty = false;
  bool is_broken = false;
  std::vector<std::string> lines;
  std::int64_t written = 0;

  Impl(WarcOptions with, const Clock& time) : options(std::move(with)), clock(time) {}
  ~Impl() {
    if (file >= 0) ::close(file);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::string path() const { return options.folder + "/" + name; }
  std::string final_name() const { return name.substr(0, name.size() - std::strlen(".open")); }
  std::string record_id(std::int64_t offset, std::string_view kind) const {
    return "<urn:uuid:" + uuid5({name, std::to_string(offset), kind, std::to_string(opened_at)}) + ">";
  }
  bool is_old() const {
    const UnixMillis age = clock.unix_millis() - opened_at;
    return age >= options.file_age_max.count() || age < -options.file_age_max.count();
  }
  Result<void> start_file();
  Result<void> append(const std::string& bytes);
  Result<void> finish_file();
  std::vector<WarcField> common_fields(const WarcExchange& exchange, std::string_view type, const std::string& id) const;
};

Result<void> WarcWriter::Impl::start_file() {
  const UnixMillis now = clock.unix_millis();
  GOUJI_TRY(seal_days(options.folder, now));
  for (int serial = 0; serial <= kSerialMax && file < 0; ++serial) {
    const std::string base = fmt::format("{}-{}-{:05}", options.prefix, warc_stamp(now), serial);
    struct stat status {};
    if (::lstat((options.folder + "/" + base + std::string(kWarcEnding)).c_str(), &status) == 0) continue;
    name = base + std::string(kOpenEnding);
    file = ::open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 && errno != EEXIST) return warc_error(path());
  }
  if (file < 0) return unavailable(ErrorCode::kUnreadable, "archive " + options.folder + ": no free file name");
  size = 0;
  opened_at = now;
  lines.clear();
  GOUJI_TRY(sync_warc_folder(options.folder));
  std::vector<WarcField> fields{{"WARC-Type", "warcinfo"},
                                {"WARC-Record-ID", record_id(0, "warcinfo")},
                                {"WARC-Date", warc_date(now)},
                                {"WARC-Filename", final_name()},
                                {"Content-Type", "application/warc-fields"}};
  std::vector<WarcField> info = options.info;
  info.push_back({"format", "WARC File Format 1.1"});
  info.push_back({"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"});
  const auto begun = append(warc_member(fields, "", warc_lines(info)));
  if (!begun) {
    ::close(std::exchange(file, -1));
    ::unlink(path().c_str());
  }
  return begun;
}

Result<void> WarcWriter::Impl::append(const std::string& bytes) {
  const auto done = write_all(file, bytes, path());
  if (!done) {
    // Half a record must not stay in front of the next one.
    is_broken = ::ftruncate(file, size) != 0 || ::lseek(file, size, SEEK_SET) != size;
    return done;
  }
  size += static_cast<std::int64_t>(bytes.size());
  written += static_cast<std::int64_t>(bytes.size());
  is_dirty = true;
  return ok();
}

Result<void> WarcWriter::Impl::finish_file() {
  if (file < 0) return ok();
  // What a failed sync leaves on the disk is not known, and a second one would not say.
  is_broken = is_broken || ::fsync(file) != 0;
  if (is_broken) return fatal(ErrorCode::kUnreadable, "archive " + path() + " is not safe on its disk; look at the disk and start again");
  ::close(std::exchange(file, -1));
  is_dirty = false;
  return finish_warc(options.folder, name, std::exchange(lines, {}));
}

std::vector<WarcField> WarcWriter::Impl::common_fields(const WarcExchange& exchange, std::string_view type, const std::string& id) const {
  std::vector<WarcField> fields{{"WARC-Type", std::string(type)},
                                {"WARC-Record-ID", id},
                                {"WARC-Date", warc_date(exchange.at)},
                                {"WARC-Target-URI", exchange.url}};
  if (!exchange.ip_address.empty()) fields.push_back({"WARC-IP-Address", exchange.ip_address});
  if (!exchange.protocol.empty()) fields.push_back({"WARC-Protocol", protocol_id(exchange.protocol)});
  fields.push_back({"WARC-Warcinfo-ID", record_id(0, "warcinfo")});
  return fields;
}

WarcWriter::WarcWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WarcWriter::~WarcWriter() = default;

Result<std::unique_ptr<WarcWriter>> WarcWriter::open(WarcOptions options, const Clock& clock) {
  if (::mkdir(options.folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return fatal(ErrorCode::kUnreadable, "archive " + options.folder + ": " + std::strerror(errno));
  }
  auto impl = std::make_unique<Impl>(std::move(options), clock);
  GOUJI_ASSIGN(impl->repairs, repair_warc_folder(impl->options.folder));
  GOUJI_TRY(seal_days(impl->options.folder, clock.unix_millis()));
  return std::unique_ptr<WarcWriter>(new WarcWriter(std::move(impl)));
}

const std::vector<WarcRepair>& WarcWriter::repairs() const { return impl_->repairs; }
std::int64_t WarcWriter::bytes_written() const { return impl_->written; }

Result<WarcPosition> WarcWriter::write(const WarcExchange& exchange) {
  Impl& warc = *impl_;
  if (warc.is_broken) return fatal(ErrorCode::kUnreadable, "archive " + warc.path() + " is closed after an error of its disk");
  if (warc.file >= 0 && (warc.size >= warc.options.file_bytes_max || warc.is_old())) GOUJI_TRY(warc.finish_file());
  if (warc.file < 0) GOUJI_TRY(warc.start_file());

  const std::string own_digest = warc_digest(exchange.body);
  const std::string_view profile = profile_of(exchange, own_digest, warc.name);
  const bool is_revisit = !profile.empty();
  const std::string id = warc.record_id(warc.size, "response");
  auto fields = warc.common_fields(exchange, is_revisit ? "revisit" : "response", id);
  const std::string digest = is_revisit ? exchange.earlier->digest : own_digest;
  fields.push_back({"WARC-Payload-Digest", digest});
  if (is_revisit) {
    fields.push_back({"WARC-Profile", std::string(profile)});
    fields.push_back({"WARC-Refers-To", exchange.earlier->record_id});
    fields.push_back({"WARC-Refers-To-Target-URI", exchange.earlier->url});
    fields.push_back({"WARC-Refers-To-Date", warc_date(exchange.earlier->at)});
  }
  if (!exchange.truncated.empty()) fields.push_back({"WARC-Truncated", exchange.truncated});
  fields.push_back({"Content-Type", "application/http;msgtype=response"});
  const std::string head = archived_head(exchange.response_head);
  std::string members = warc_member(fields, head, is_revisit ? std::string_view() : exchange.body);
  const WarcPosition position{warc.final_name(), warc.size, static_cast<std::int64_t>(members.size()), id, digest};

  auto request = warc.common_fields(exchange, "request", warc.record_id(warc.size, "request"));
  request.push_back({"WARC-Concurrent-To", id});
  request.push_back({"Content-Type", "application/http;msgtype=request"});
  members += warc_member(request, exchange.request_head, exchange.request_body);
  if (!exchange.metadata.empty()) {
    auto metadata = warc.common_fields(exchange, "metadata", warc.record_id(warc.size, "metadata"));
    metadata.push_back({"WARC-Concurrent-To", id});
    metadata.push_back({"Content-Type", "application/warc-fields"});
    members += warc_member(metadata, "", warc_lines(exchange.metadata));
  }
  GOUJI_TRY(warc.append(members));
  WarcRecord indexed{position.offset, position.length, std::move(fields), head, 0};
  if (auto line = cdxj_line(indexed, warc.final_name())) warc.lines.push_back(std::move(*line));
  return position;
}

Result<void> WarcWriter::sync() {
  Impl& warc = *impl_;
  if (warc.file < 0) return ok();
  if (warc.is_old()) return warc.finish_file();
  if (!warc.is_dirty) return ok();
  if (warc.is_broken || ::fdatasync(warc.file) != 0) {
    warc.is_broken = true;
    return fatal(ErrorCode::kUnreadable, "archive " + warc.path() + " is not safe on its disk; look at the disk and start again");
  }
  warc.is_dirty = false;
  return ok();
}

Result<void> WarcWriter::close() { return impl_->finish_file(); }

}  // namespace gouji::crawler
