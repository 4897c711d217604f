#include "common/core/error.h"

#include <gtest/gtest.h>

#include <set>

namespace gouji {
namespace {

TEST(Error, GetsContextInFront) {
  const Error error = with_context("file.yaml", unavailable(ErrorCode::kTimeout, "no answer"));
  EXPECT_EQ(error.message, "file.yaml: no answer");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.code, ErrorCode::kTimeout);
}

// Names are metric labels and dead-letter headers.
TEST(ErrorCode, HasANameOfItsOwnForEveryValue) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const std::string_view name = to_string(static_cast<ErrorCode>(code));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace gouji
