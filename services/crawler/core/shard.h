// Which of several crawlers fetches from a host: each host belongs to exactly one of them, so that
// no host is asked by two, and they need nothing in common but this configuration.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/core/result.h"

namespace gouji::crawler {

struct Shard {
  std::uint32_t index = 0;  // 0…count - 1
  std::uint32_t count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};

// "0/4". kFatal BAD_SETTINGS says what is wrong with it.
Result<Shard> parse_shard(std::string_view text);
// By SHA-256 of the host's name, which is the same everywhere and for ever.
bool owns(const Shard& shard, std::string_view host);

}  // namespace gouji::crawler
