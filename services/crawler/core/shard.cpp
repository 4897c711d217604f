#include "services/crawler/core/shard.h"

#include <charconv>
#include <string>

#include "common/core/digest.h"

namespace gouji::crawler {

namespace {

constexpr std::uint32_t kCrawlersMax = 1'024;

}  // namespace

Result<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  const bool has_slash = index.ec == std::errc{} && index.ptr != end && *index.ptr == '/';
  const auto count = has_slash ? std::from_chars(index.ptr + 1, end, shard.count) : std::from_chars_result{end, std::errc::invalid_argument};
  if (count.ec == std::errc{} && count.ptr == end && shard.count >= 1 && shard.count <= kCrawlersMax && shard.index < shard.count) return shard;
  return fatal(ErrorCode::kBadSettings, "shard: expected i/N with 0 <= i < N <= " + std::to_string(kCrawlersMax) + ", such as 0/4; got \"" +
                                            std::string(text.substr(0, 40)) + "\"");
}

bool owns(const Shard& shard, std::string_view host) {
  if (shard.count == 1) return true;
  const auto digest = sha256(host);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<std::uint8_t>(digest[i]);
  return number % shard.count == shard.index;
}

}  // namespace gouji::crawler
