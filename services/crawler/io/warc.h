// The archive of what portals answered: WARC/1.1 files, one gzip member a record, so that each event
// can be proven by the bytes as they came over the wire. docs/evidence.md says what a reader finds.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "common/report/raw_report.h"
#include "services/crawler/io/warc_record.h"

namespace gouji::crawler {

struct WarcOptions {
  std::string folder;            // made when missing; mode 0700
  std::string prefix = "gouji";  // of file names: letters, digits and '-'
  std::int64_t file_bytes_max = 1LL << 30;
  std::chrono::milliseconds file_age_max{86'400'000};
  std::vector<WarcField> info;   // of the warcinfo record: software, robots, portal files
};

// An earlier capture of the same address, as its position and the exchange had it.
struct WarcReference {
  std::string url;
  UnixMillis at = 0;
  std::string record_id;
  std::string digest;
  std::string file;  // WarcPosition::file
};

// One request and its answer. Redirects are exchanges of their own.
struct WarcExchange {
  std::string url;
  UnixMillis at = 0;          // of the request
  std::string ip_address;     // that was connected to
  std::string protocol;       // "HTTP/1.1", "h2"
  std::string request_head;   // request line and headers as sent, with the blank line
  std::string request_body;   // of a form that is posted
  std::string response_head;  // status line and headers as received, with the blank line
  std::string_view body;      // as received: content encoding kept, transfer encoding taken off
  std::string truncated;      // "length", "time", "disconnect" when the body was cut; else empty
  std::optional<WarcReference> earlier;
  std::vector<WarcField> metadata;  // what was decided: list row, charset, class; empty = no record
};

// What an unclean end left and what was done about it.
struct WarcRepair {
  std::string file;
  std::int64_t records = 0;    // that are whole and kept
  std::int64_t cut_bytes = 0;  // behind the last of them
};

// One thread. After an error of write() nothing of that exchange is in the file; after one of sync()
// or close() nothing more is written, and the next open() repairs.
class WarcWriter {
 public:
  // Repairs and closes what an earlier run left open, seals the days that are over
  // (warc_manifest.h). The clock outlives this. kFatal when the folder cannot be used.
  static Result<std::unique_ptr<WarcWriter>> open(WarcOptions options, const Clock& clock);
  ~WarcWriter();
  WarcWriter(const WarcWriter&) = delete;
  WarcWriter& operator=(const WarcWriter&) = delete;

  const std::vector<WarcRepair>& repairs() const;

  // Writes response (or revisit, when the answer is 304 or its body is that of `earlier` and that is
  // in a file of the same year: archives are deleted by the year), request and metadata. The position
  // is that of the response; what is there is safe after sync().
  // kUnavailable DISK_FULL or UNREADABLE; kFatal after a failed sync.
  Result<WarcPosition> write(const WarcExchange& exchange);
  // Makes everything that was written durable (fdatasync); cheap when there is nothing. Closes a
  // file that is old enough.
  Result<void> sync();
  // Closes the file: sorted index, final name.
  Result<void> close();
  std::int64_t bytes_written() const;  // since open

 private:
  struct Impl;
  explicit WarcWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gouji::crawler
