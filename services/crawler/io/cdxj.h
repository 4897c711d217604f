// The index of one WARC file: a CDXJ line for each response and revisit, sorted, so that a capture is
// found by address and time without reading the archive.
#pragma once

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

}  // namespace gouji::crawler
