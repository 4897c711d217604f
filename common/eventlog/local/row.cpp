#include "common/eventlog/local/row.h"

#include <array>
#include <optional>

#include "common/core/digest.h"

namespace gouji::eventlog {

namespace {

constexpr std::uint32_t kNullLength = 0xFFFFFFFF;

void put_length(std::string& out, std::uint32_t length) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(length >> shift & 0xFF));
}

void put_bytes(std::string& out, std::string_view bytes) {
  put_length(out, static_cast<std::uint32_t>(bytes.size()));
  out += bytes;
}

Error malformed() { return invalid_input(ErrorCode::kMalformed, "headers are not of the local log's form"); }

// Takes one length-prefixed string off the front; a null one is nullopt.
Result<std::optional<std::string>> take_bytes(std::string_view& rest) {
  if (rest.size() < 4) return malformed();
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    length |= static_cast<std::uint32_t>(static_cast<unsigned char>(rest[i])) << (8 * i);
  }
  rest.remove_prefix(4);
  if (length == kNullLength) return std::optional<std::string>();
  if (rest.size() < length) return malformed();
  std::optional<std::string> taken(rest.substr(0, length));
  rest.remove_prefix(length);
  return taken;
}

std::uint32_t crc_of_number(std::int64_t number, std::uint32_t seed) {
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xFF);
  }
  return crc32c({bytes.data(), bytes.size()}, seed);
}

std::uint32_t crc_of_nullable(const std::optional<std::string>& bytes, std::uint32_t seed) {
  const std::uint32_t crc = crc_of_number(bytes ? static_cast<std::int64_t>(bytes->size()) : -1, seed);
  return bytes ? crc32c(*bytes, crc) : crc;
}

}  // namespace

std::string encode_headers(const std::vector<Header>& headers) {
  std::string out;
  for (const Header& header : headers) {
    put_bytes(out, header.name);
    if (header.value) {
      put_bytes(out, *header.value);
    } else {
      put_length(out, kNullLength);
    }
  }
  return out;
}

Result<std::vector<Header>> decode_headers(std::string_view bytes) {
  std::vector<Header> headers;
  while (!bytes.empty()) {
    GOUJI_ASSIGN(auto name, take_bytes(bytes));
    if (!name) return malformed();
    GOUJI_ASSIGN(auto value, take_bytes(bytes));
    headers.push_back({std::move(*name), std::move(value)});
  }
  return headers;
}

std::uint32_t payload_crc(const Record& record, std::string_view encoded_headers) {
  std::uint32_t crc = crc_of_number(record.timestamp, 0);
  crc = crc_of_nullable(record.key, crc);
  crc = crc_of_nullable(record.value, crc);
  return crc32c(encoded_headers, crc);
}

std::uint32_t row_crc(std::uint32_t payload_crc, std::int64_t partition_id, std::int64_t offset) {
  return crc_of_number(offset, crc_of_number(partition_id, payload_crc));
}

}  // namespace gouji::eventlog
