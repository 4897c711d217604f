// Whether a list still looks like itself. A portal that changes its layout gives fewer rows, or rows
// of another shape: that is an alarm, and nothing is taken for withdrawn because of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gouji::crawler {

// What is remembered of a list's shape.
struct ListShape {
  std::int64_t rows_milli = 0;   // accepted rows, exponentially weighted, in thousandths; 0 = none yet
  std::string fingerprint;       // of the template; empty = none yet
  std::string new_fingerprint;   // one that differs, while it is not yet believed
  std::int64_t seen = 0;         // listings in a row with it
  friend bool operator==(const ListShape&, const ListShape&) = default;
};

struct Listing {
  std::int64_t rows = 0;           // accepted
  std::int64_t rows_min = 1;       // of the portal file
  std::int64_t undated = 0;        // rows whose date cannot be read, where the portal file reads dates
  std::string fingerprint;         // empty = not known
  bool is_complete = true;         // all pages were read: the number of rows means something
};

enum class Drift : std::uint8_t { kNone, kFewRows, kRowsDropped, kUndated, kTemplate };
std::string_view to_string(Drift drift);  // "none", "few_rows", ...: a metric label

struct DriftVerdict {
  Drift drift = Drift::kNone;
  ListShape shape;      // to remember
  std::string message;  // for people, with the numbers; empty without drift
};

// A drop is a loss of more than 70 % against the average, which learns only from listings without
// drift. Another template is told three listings long and then believed.
DriftVerdict judge_listing(const ListShape& known, const Listing& listing);

}  // namespace gouji::crawler
