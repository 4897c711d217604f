#include "common/core/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace gouji {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return invalid_input(ErrorCode::kBadArgument, "odd");
  return value / 2;
}

Result<std::string> quarter(int value) {
  GOUJI_ASSIGN(const int once, half(value));
  GOUJI_ASSIGN(const int twice, half(once));
  GOUJI_TRY(half(twice * 2));
  return std::to_string(twice);
}

TEST(Result, CarriesTheValueThroughOrStopsAtTheFirstError) {
  EXPECT_EQ(*quarter(12), "3");
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_EQ(quarter(5).error().code, ErrorCode::kBadArgument);
}

TEST(Result, HoldsWhatCanOnlyBeMoved) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(7); };
  const auto result = make();
  ASSERT_TRUE(result);
  EXPECT_EQ(**result, 7);
}

TEST(Result, OfNothingIsGoodByDefault) {
  EXPECT_TRUE(ok());
  const Result<void> bad = fatal(ErrorCode::kInternal, "x");
  EXPECT_FALSE(bad);
}

}  // namespace
}  // namespace gouji
