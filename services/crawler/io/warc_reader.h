// Reads records of WARC files back, one gzip member a record. Trusts nothing in them: a file may be
// torn, damaged or made by somebody else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/crawler/io/warc_record.h"

namespace gouji::crawler {

struct WarcRecord {
  std::int64_t offset = 0;  // of its member in the file
  std::int64_t length = 0;  // of the member
  std::vector<WarcField> fields;
  std::string block;        // at most the reader's block_bytes_max of it
  std::int64_t block_bytes = 0;

  // The value of a field, whatever the case of its name; empty when it has none.
  std::string_view field(std::string_view name) const;
};

// A block of HTTP: the head with its blank line, and what follows it.
struct HttpBlock {
  std::string_view head, body;
};
HttpBlock split_http(std::string_view block);

// One thread; owns the open file.
class WarcReader {
 public:
  // kUnavailable UNREADABLE when it cannot be opened. Of larger blocks only the beginning is kept.
  static Result<WarcReader> open(const std::string& path, std::int64_t block_bytes_max);
  WarcReader(WarcReader&& other) noexcept;
  WarcReader& operator=(WarcReader&&) = delete;
  ~WarcReader();

  // Where the next record is read.
  void seek(std::int64_t offset) { offset_ = offset; }
  std::int64_t offset() const { return offset_; }
  // Nothing at the end of the file. kInvalidInput MALFORMED when no whole record stands here (torn,
  // or its check sum or length do not agree); the offset stays where it was.
  Result<std::optional<WarcRecord>> next();

 private:
  WarcReader(int file, std::string path, std::int64_t block_bytes_max);
  int file_;
  std::string path_;
  std::int64_t block_bytes_max_;
  std::int64_t offset_ = 0;
};

// The record of one member's bytes, whole, such as a copy that was kept by itself.
Result<WarcRecord> read_warc_member(std::string_view member, std::int64_t block_bytes_max);

}  // namespace gouji::crawler
