// The index of one WARC file: a CDXJ line for each response and revisit, sorted, so that a capture is
// found by address and time without reading the archive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/crawler/io/warc_reader.h"

namespace gouji::crawler {

// "cn,gov,example)/path?query": the host turned round, so that a portal's lines stand together.
// For an address that cannot be read, the address itself.
std::string cdxj_key(std::string_view url);

// The line of a record in `file`, with its line end; nothing for records that are not looked up.
std::optional<std::string> cdxj_line(const WarcRecord& record, std::string_view file);

// What a line says of a capture; nothing for a line that is none.
struct CdxjEntry {
  std::string url, digest, file;
  std::int64_t offset = 0;
  bool is_revisit = false;
};
std::optional<CdxjEntry> cdxj_entry(std::string_view line);

}  // namespace gouji::crawler
