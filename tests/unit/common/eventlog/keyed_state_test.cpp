#include <gtest/gtest.h>

#include "common/eventlog/stage.h"

namespace gouji::eventlog {
namespace {

TEST(KeyedState, ShowsStagedChangesAndThrowsThemAway) {
  KeyedState state;
  state.restore("a", "1");
  state.put("a", "2");
  state.put("b", "1");
  EXPECT_EQ(*state.get("a"), "2");
  state.discard_staged();
  EXPECT_EQ(*state.get("a"), "1");
  EXPECT_EQ(state.get("b"), nullptr);
  EXPECT_TRUE(state.staged().empty());
}

TEST(KeyedState, AppliesTheLastChangeOfEachKey) {
  KeyedState state;
  state.restore("gone", "x");
  state.put("a", "1");
  state.put("a", "2");
  state.erase("gone");
  EXPECT_EQ(state.get("gone"), nullptr);
  EXPECT_EQ(state.staged().size(), 2U);
  state.apply_staged();
  EXPECT_EQ(*state.get("a"), "2");
  EXPECT_EQ(state.committed().size(), 1U);
  EXPECT_TRUE(state.staged().empty());
}

TEST(KeyedState, TakesBackOnlyWhatCameAfterTheMark) {
  KeyedState state;
  state.restore("c", "0");
  state.put("a", "1");
  state.mark();
  state.put("a", "2");
  state.put("a", "3");
  state.put("b", "1");
  state.erase("c");
  state.put("b", "2");
  state.roll_back_to_mark();
  EXPECT_EQ(*state.get("a"), "1");
  EXPECT_EQ(state.get("b"), nullptr);
  EXPECT_EQ(*state.get("c"), "0");
  EXPECT_EQ(state.staged().size(), 1U);
  state.put("b", "new");
  EXPECT_EQ(*state.get("b"), "new");
}

TEST(KeyedState, KnowsTheLargestChangeSinceTheMark) {
  KeyedState state;
  state.put("a", std::string(100, 'x'));
  state.mark();
  EXPECT_EQ(state.largest_since_mark(), 0U);
  state.put("key", "value");
  state.erase("k");
  EXPECT_EQ(state.largest_since_mark(), 8U);
}

TEST(KeyedState, RestoresTombstones) {
  KeyedState state;
  state.restore("a", "1");
  state.restore("a", std::nullopt);
  EXPECT_EQ(state.get("a"), nullptr);
}

}  // namespace
}  // namespace gouji::eventlog
