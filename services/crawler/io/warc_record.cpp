#include "services/crawler/io/warc_record.h"

#include <libdeflate.h>

#include <array>
#include <chrono>
#include <memory>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "common/core/check.h"
#include "common/core/digest.h"

namespace gouji::crawler {

namespace {

// Higher levels cost several times as much for a tenth of the size.
constexpr int kPackingLevel = 1;
constexpr int kStoring = 0;
// Below this a packed copy is made in any case: a head is text, whatever its body is.
constexpr std::size_t kAlwaysPacked = 4'096;

std::tm utc(UnixMillis at) { return fmt::gmtime(static_cast<std::time_t>(at / 1'000)); }

std::string packed(std::string_view bytes, int level) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  GOUJI_CHECK(compressor != nullptr);
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  const std::size_t size = libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size());
  GOUJI_CHECK(size > 0);
  out.resize(size);
  return out;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

}  // namespace

std::string warc_date(UnixMillis at) { return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", utc(at), at % 1'000); }

std::string warc_stamp(UnixMillis at) { return fmt::format("{:%Y%m%d%H%M%S}", utc(at)); }

std::string warc_digest(std::string_view bytes) { return "sha256:" + to_hex(sha256(bytes)); }

std::string warc_lines(const std::vector<WarcField>& fields) {
  std::string lines;
  for (const WarcField& field : fields) lines += one_line(field.name) + ": " + one_line(field.value) + "\r\n";
  return lines;
}

bool looks_compressed(std::string_view bytes) {
  static constexpr std::array<std::string_view, 9> kBeginnings = {
      "\x1f\x8b", "PK\x03\x04", "\x89PNG", "\xff\xd8\xff", "\x28\xb5\x2f\xfd", "7z\xbc\xaf", "Rar!", "BZh", "\xfd" "7zXZ"};
  for (const std::string_view beginning : kBeginnings) {
    if (bytes.starts_with(beginning)) return true;
  }
  return false;
}

std::string warc_member(const std::vector<WarcField>& fields, std::string_view head, std::string_view body) {
  std::string block;
  block.reserve(head.size() + body.size());
  block.append(head).append(body);
  std::vector<WarcField> all = fields;
  all.push_back({"WARC-Block-Digest", warc_digest(block)});
  all.push_back({"Content-Length", std::to_string(block.size())});
  const std::string record = "WARC/1.1\r\n" + warc_lines(all) + "\r\n" + block + "\r\n\r\n";
  return packed(record, body.size() > kAlwaysPacked && looks_compressed(body) ? kStoring : kPackingLevel);
}

}  // namespace gouji::crawler
