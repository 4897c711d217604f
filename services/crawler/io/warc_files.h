// The files of an archive folder: "NAME.warc.gz.open" while it is written, "NAME.warc.gz" with
// "NAME.cdxj" afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/crawler/io/warc.h"

namespace gouji::crawler {

inline constexpr std::string_view kWarcEnding = ".warc.gz";
inline constexpr std::string_view kOpenEnding = ".warc.gz.open";

// The error of the last call on `path`: kUnavailable DISK_FULL or UNREADABLE.
Error warc_error(const std::string& path);

// Names in the folder that end in `ending`, sorted.
Result<std::vector<std::string>> names_ending(const std::string& folder, std::string_view ending);

Result<void> sync_warc_folder(const std::string& folder);

// Writes a small file under its final name at once: all of it, or nothing.
Result<void> write_whole_file(const std::string& folder, const std::string& name, std::string_view bytes);

// Gives "NAME.warc.gz.open" (whole records, on disk) its index and its final name. `lines` are the
// index' lines in any order.
Result<void> finish_warc(const std::string& folder, const std::string& open_name, std::vector<std::string> lines);

// Cuts what is torn off the end of each open file, then finishes it; a file without a whole record
// goes.
Result<std::vector<WarcRepair>> repair_warc_folder(const std::string& folder);

}  // namespace gouji::crawler
