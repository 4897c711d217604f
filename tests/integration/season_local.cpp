#include <gtest/gtest.h>

#include "common/eventlog/local/local_log.h"
#include "tests/integration/season_log.h"
#include "tests/support/temp_folder.h"

namespace gouji::crawler {

SeasonLogFactory season_log() {
  return [] {
    static const gouji::testing::TempFolder folder;
    eventlog::OpenOptions options;
    options.mode = eventlog::LocalMode::kOwner;
    auto log = eventlog::open_local_log({false, folder.file("log.db"), {}}, options);
    EXPECT_TRUE(log) << log.error().message;
    return log ? std::move(*log) : nullptr;
  };
}

}  // namespace gouji::crawler
