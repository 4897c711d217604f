#include "services/crawler/io/warc_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <functional>
#include <utility>

#include "common/text/ascii.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kStep = 64 * 1024;
constexpr std::size_t kFieldBytesMax = 64 * 1024;
constexpr std::string_view kEnd = "\r\n\r\n";

Error malformed(std::string message) { return invalid_input(ErrorCode::kMalformed, std::move(message)); }

// Takes a record's bytes as they are unpacked: fields first, then the block and the line ends behind it.
class RecordBuilder {
 public:
  explicit RecordBuilder(std::int64_t block_bytes_max) : block_bytes_max_(block_bytes_max) {}

  Result<void> add(std::string_view bytes) {
    if (!has_fields_) {
      head_.append(bytes);
      const auto end = head_.find(kEnd);
      if (end == std::string::npos) return head_.size() > kFieldBytesMax ? Result<void>(malformed("a record without an end of its fields")) : ok();
      has_fields_ = true;
      const std::string rest = head_.substr(end + kEnd.size());
      head_.resize(end + 2);
      GOUJI_TRY(read_fields());
      return add_block(rest);
    }
    return add_block(bytes);
  }

  Result<WarcRecord> finish(std::int64_t offset, std::int64_t length) {
    if (!has_fields_ || record_.block_bytes != content_length_ || tail_ != kEnd) return malformed("a record that is not as long as it says");
    record_.offset = offset;
    record_.length = length;
    return std::move(record_);
  }

 private:
  Result<void> read_fields() {
    std::string_view rest = head_;
    if (!rest.starts_with("WARC/1.")) return malformed("no WARC record");
    rest.remove_prefix(rest.find("\r\n") + 2);
    while (!rest.empty()) {
      const auto end = rest.find("\r\n");
      const auto colon = rest.find(':');
      if (end == std::string_view::npos || colon >= end) return malformed("a field without a name");
      std::string_view value = rest.substr(colon + 1, end - colon - 1);
      value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
      record_.fields.push_back({std::string(rest.substr(0, colon)), std::string(value)});
      rest.remove_prefix(end + 2);
    }
    const std::string_view length = record_.field("Content-Length");
    const auto [end, code] = std::from_chars(length.data(), length.data() + length.size(), content_length_);
    if (code != std::errc() || end != length.data() + length.size() || content_length_ < 0) return malformed("a record without a length");
    return ok();
  }

  Result<void> add_block(std::string_view bytes) {
    const auto left = static_cast<std::size_t>(content_length_ - record_.block_bytes);
    const std::string_view of_block = bytes.substr(0, std::min(left, bytes.size()));
    record_.block_bytes += static_cast<std::int64_t>(of_block.size());
    const auto room = static_cast<std::size_t>(block_bytes_max_) - record_.block.size();
    record_.block.append(of_block.substr(0, std::min(room, of_block.size())));
    tail_.append(bytes.substr(of_block.size()));
    return tail_.size() <= kEnd.size() ? ok() : Result<void>(malformed("bytes behind the end of a record"));
  }

  std::int64_t block_bytes_max_;
  std::string head_, tail_;
  bool has_fields_ = false;
  std::int64_t content_length_ = 0;
  WarcRecord record_;
};

using ReadMore = std::function<Result<std::string_view>()>;  // empty at the end

// Unpacks one member; zlib checks its CRC and size.
Result<std::optional<WarcRecord>> unpack(const ReadMore& read_more, std::int64_t offset, std::int64_t block_bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return fatal(ErrorCode::kInternal, "zlib cannot be started");
  const struct Ender {
    z_stream& stream;
    ~Ender() { inflateEnd(&stream); }
  } ender{stream};
  RecordBuilder record(block_bytes_max);
  std::string out(kStep, '\0');
  std::int64_t taken = 0;
  while (true) {
    GOUJI_ASSIGN(const std::string_view in, read_more());
    if (in.empty()) return taken == 0 ? Result<std::optional<WarcRecord>>(std::nullopt) : malformed("the record ends too early");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream.avail_in = static_cast<uInt>(in.size());
    int code = Z_OK;
    while (code == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)) {
      stream.next_out = reinterpret_cast<Bytef*>(out.data());
      stream.avail_out = static_cast<uInt>(out.size());
      code = inflate(&stream, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return malformed("a record that cannot be unpacked");
      GOUJI_TRY(record.add(std::string_view(out).substr(0, out.size() - stream.avail_out)));
    }
    taken += static_cast<std::int64_t>(in.size() - stream.avail_in);
    if (code != Z_STREAM_END) continue;
    GOUJI_ASSIGN(WarcRecord whole, record.finish(offset, taken));
    return std::optional<WarcRecord>(std::move(whole));
  }
}

}  // namespace

std::string_view WarcRecord::field(std::string_view name) const {
  for (const WarcField& field : fields) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

HttpBlock split_http(std::string_view block) {
  const auto end = block.find(kEnd);
  if (end == std::string_view::npos) return {block, {}};
  return {block.substr(0, end + kEnd.size()), block.substr(end + kEnd.size())};
}

WarcReader::WarcReader(int file, std::string path, std::int64_t block_bytes_max)
    : file_(file), path_(std::move(path)), block_bytes_max_(block_bytes_max) {}
WarcReader::WarcReader(WarcReader&& other) noexcept
    : file_(std::exchange(other.file_, -1)), path_(std::move(other.path_)), block_bytes_max_(other.block_bytes_max_), offset_(other.offset_) {}
WarcReader::~WarcReader() {
  if (file_ >= 0) ::close(file_);
}

Result<WarcReader> WarcReader::open(const std::string& path, std::int64_t block_bytes_max) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return unavailable(ErrorCode::kUnreadable, path + ": " + std::strerror(errno));
  return WarcReader(file, path, block_bytes_max);
}

Result<std::optional<WarcRecord>> WarcReader::next() {
  std::string buffer(kStep, '\0');
  std::int64_t at = offset_;
  const auto read_more = [&]() -> Result<std::string_view> {
    const ssize_t size = ::pread(file_, buffer.data(), buffer.size(), at);
    if (size < 0) return unavailable(ErrorCode::kUnreadable, path_ + ": " + std::strerror(errno));
    at += size;
    return std::string_view(buffer).substr(0, static_cast<std::size_t>(size));
  };
  auto record = unpack(read_more, offset_, block_bytes_max_);
  if (!record) return with_context(path_ + " at " + std::to_string(offset_), std::move(record).error());
  if (*record) offset_ += (*record)->length;
  return record;
}

Result<WarcRecord> read_warc_member(std::string_view member, std::int64_t block_bytes_max) {
  std::string_view left = member;
  const auto read_more = [&left]() -> Result<std::string_view> {
    const std::string_view step = left.substr(0, kStep);
    left.remove_prefix(step.size());
    return step;
  };
  GOUJI_ASSIGN(auto record, unpack(read_more, 0, block_bytes_max));
  if (!record) return malformed("no record at all");
  if (static_cast<std::size_t>(record->length) != member.size()) return malformed("bytes behind the record");
  return std::move(*record);
}

}  // namespace gouji::crawler
