// A record of the event log: what events are encoded into, and what logs carry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/core/clock.h"

namespace gouji {

struct Header {
  std::string name;
  std::optional<std::string> value;
  friend bool operator==(const Header&, const Header&) = default;
};

// Key and value may be null, which is not the same as empty; a null value on a compacted topic is a
// tombstone. Headers keep their order and may repeat.
struct Record {
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<Header> headers;
  UnixMillis timestamp = 0;  // create time
  friend bool operator==(const Record&, const Record&) = default;
};

}  // namespace gouji
