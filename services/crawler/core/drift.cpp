#include "services/crawler/core/drift.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kBelievedAfter = 3;
constexpr std::int64_t kMilli = 1'000;

// Old weight 3, new weight 1.
std::int64_t average(std::int64_t before, std::int64_t rows) { return before == 0 ? rows * kMilli : (3 * before + rows * kMilli) / 4; }

bool is_drop(std::int64_t rows_milli, std::int64_t rows) { return rows * kMilli * 10 < rows_milli * 3; }

// Learns the fingerprint; true while it is new and not believed.
bool is_strange(ListShape& shape, const std::string& fingerprint) {
  if (fingerprint.empty() || fingerprint == shape.fingerprint) {
    shape.new_fingerprint.clear();
    shape.seen = 0;
    return false;
  }
  if (shape.fingerprint.empty()) {
    shape.fingerprint = fingerprint;
    return false;
  }
  shape.seen = fingerprint == shape.new_fingerprint ? shape.seen + 1 : 1;
  shape.new_fingerprint = fingerprint;
  if (shape.seen <= kBelievedAfter) return true;
  shape.fingerprint = fingerprint;
  shape.new_fingerprint.clear();
  shape.seen = 0;
  return false;
}

}  // namespace

std::string_view to_string(Drift drift) {
  switch (drift) {
    case Drift::kNone:
      return "none";
    case Drift::kFewRows:
      return "few_rows";
    case Drift::kRowsDropped:
      return "rows_dropped";
    case Drift::kUndated:
      return "undated";
    case Drift::kTemplate:
      return "template";
  }
  return "none";
}

DriftVerdict judge_listing(const ListShape& known, const Listing& listing) {
  DriftVerdict verdict{Drift::kNone, known, ""};
  const std::string rows = std::to_string(listing.rows);
  if (listing.rows < listing.rows_min) {
    verdict.drift = Drift::kFewRows;
    verdict.message = rows + " rows are accepted, its portal file expects at least " + std::to_string(listing.rows_min);
  } else if (listing.is_complete && is_drop(known.rows_milli, listing.rows)) {
    verdict.drift = Drift::kRowsDropped;
    verdict.message = rows + " rows are accepted, " + std::to_string(known.rows_milli / kMilli) + " were usual";
  } else if (listing.undated * 5 > listing.rows) {
    verdict.drift = Drift::kUndated;
    verdict.message = std::to_string(listing.undated) + " of " + rows + " rows have a date that cannot be read";
  }
  if (verdict.drift != Drift::kNone) return verdict;
  if (is_strange(verdict.shape, listing.fingerprint)) {
    verdict.drift = Drift::kTemplate;
    verdict.message = "the page has another template than before; look whether its rows are still the right ones";
  } else if (listing.is_complete) {
    verdict.shape.rows_milli = average(known.rows_milli, listing.rows);
  }
  return verdict;
}

}  // namespace gouji::crawler
