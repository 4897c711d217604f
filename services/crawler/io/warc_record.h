// One record of a WARC file (WARC/1.1, ISO 28500:2017) as bytes: fields, block, and the gzip member
// around both (annex D of the standard: one member a record). No file is touched here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"

namespace gouji::crawler {

// A field of a record, or of a block of type application/warc-fields.
struct WarcField {
  std::string name;
  std::string value;
  friend bool operator==(const WarcField&, const WarcField&) = default;
};

// "2026-11-21T20:05:01.123Z"
std::string warc_date(UnixMillis at);
// "20261121200501", for file names and indexes.
std::string warc_stamp(UnixMillis at);
// "sha256:" and 64 hex digits.
std::string warc_digest(std::string_view bytes);

// "name: value" lines; characters that would end a line become blanks.
std::string warc_lines(const std::vector<WarcField>& fields);

// A whole record as one gzip member. Content-Length and WARC-Block-Digest are added here. A block
// whose `body` is compressed already is stored as it is: packing it again costs time and gains nothing.
std::string warc_member(const std::vector<WarcField>& fields, std::string_view head, std::string_view body);

// Whether bytes begin like something that is compressed (gzip, zip, png, jpeg, zstd, …).
bool looks_compressed(std::string_view bytes);

}  // namespace gouji::crawler
