// What the crawler fetched: the plain form of the events RawReport and RawWithdrawn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/report/reading.h"

namespace gouji {

// Bytes of a document or attachment: inline, or by reference "cas://sha256/<hex>" into the
// content-addressed store when body and attachments together exceed kInlineBytesMax.
inline constexpr std::size_t kInlineBytesMax = 512 * 1024;
// Larger content is refused wherever it turns up.
inline constexpr std::int64_t kContentBytesMax = 64LL * 1024 * 1024;

// The record that holds an exchange as it came over the wire, in the crawler's archive.
struct WarcPosition {
  std::string file;         // "gouji-20261121200501-00000.warc.gz", in the archive's folder
  std::int64_t offset = 0;  // of the record's gzip member
  std::int64_t length = 0;  // of the member
  std::string record_id;    // "<urn:uuid:...>"
  std::string digest;       // of the payload as received: "sha256:<hex>"
  friend bool operator==(const WarcPosition&, const WarcPosition&) = default;
};

struct Content {
  std::string name;        // file name or last path segment; never used as a path
  std::string url;         // of an attachment; empty for the body
  std::string media_type;  // as declared by server or file name; a hint
  std::string sha256;      // hex, of the original bytes
  std::int64_t size = 0;   // of the original bytes
  std::string bytes;       // the original bytes; empty when `reference` is set
  std::string reference;
  std::optional<WarcPosition> warc = std::nullopt;  // nothing where no archive is kept
};

struct HttpHeader {
  std::string name;
  std::string value;
};

struct RawReport {
  std::string location_id;
  std::string source_id;
  std::int64_t fetch_sequence = 0;  // 1, 2, ... of this location's raw events
  std::string url;                  // canonical URL, or file:///absolute/path
  std::string final_url;
  UnixMillis fetched_at = 0;
  std::int32_t http_status = 0;  // 0 for files
  std::vector<HttpHeader> headers;
  Content body;
  std::vector<Content> attachments;
  std::string payload_digest;  // SHA-256 hex over body and attachment digests in order
  std::vector<Hint> hints;
};

enum class WithdrawalReason : std::uint8_t { kUnspecified, kGone, kFileDeleted };

struct RawWithdrawn {
  std::string location_id;
  std::string source_id;
  std::int64_t fetch_sequence = 0;
  std::string url;
  UnixMillis seen_at = 0;
  WithdrawalReason reason = WithdrawalReason::kUnspecified;
};

// SHA-256 hex over the digests of the body and of its attachments, in order.
std::string payload_digest(const Content& body, const std::vector<Content>& attachments);

}  // namespace gouji
