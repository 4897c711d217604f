#include "services/crawler/io/header_codec.h"

#include <cstdint>
#include <optional>

namespace gouji::crawler {

namespace {

void put_text(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((size >> shift) & 0xff));
  out.append(text);
}

// Takes a text off the front of `bytes`; nullopt when they end early.
std::optional<std::string> take_text(std::string_view& bytes) {
  if (bytes.size() < 4) return std::nullopt;
  std::uint32_t size = 0;
  for (unsigned i = 0; i < 4; ++i) size |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  bytes.remove_prefix(4);
  if (bytes.size() < size) return std::nullopt;
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(size);
  return text;
}

std::optional<Header> take_header(std::string_view& bytes) {
  auto name = take_text(bytes);
  if (!name || bytes.empty()) return std::nullopt;
  const bool has_value = bytes.front() == 1;
  bytes.remove_prefix(1);
  if (!has_value) return Header{std::move(*name), std::nullopt};
  auto value = take_text(bytes);
  if (!value) return std::nullopt;
  return Header{std::move(*name), std::move(value)};
}

}  // namespace

std::string pack_headers(const std::vector<Header>& headers) {
  std::string out;
  for (const Header& header : headers) {
    put_text(out, header.name);
    out.push_back(header.value ? '\1' : '\0');
    if (header.value) put_text(out, *header.value);
  }
  return out;
}

Result<std::vector<Header>> unpack_headers(std::string_view bytes) {
  std::vector<Header> headers;
  while (!bytes.empty()) {
    auto header = take_header(bytes);
    if (!header) return fatal(ErrorCode::kLogCorrupt, "outbox row with headers that end early");
    headers.push_back(std::move(*header));
  }
  return headers;
}

}  // namespace gouji::crawler
