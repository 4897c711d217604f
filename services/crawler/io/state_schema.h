// The tables of the crawler's state, and how files of earlier versions become files of this one.
#pragma once

#include <string>

#include "common/core/result.h"
#include "services/crawler/io/sqlite.h"

namespace gouji::crawler {

inline constexpr std::int64_t kStateVersion = 2;

// Makes the tables, or brings older ones up to date in one transaction. kFatal UNKNOWN_VERSION for a
// file from a newer program.
Result<void> prepare_schema(Database& database, const std::string& path);

}  // namespace gouji::crawler
