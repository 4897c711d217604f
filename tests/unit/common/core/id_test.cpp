#include "common/core/id.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

TEST(HashId, DependsOnWhereOneFieldEnds) {
  EXPECT_EQ(hash_id({"ab", "c"}), hash_id({"ab", "c"}));
  EXPECT_NE(hash_id({"ab", "c"}), hash_id({"a", "bc"}));
  EXPECT_NE(hash_id({"ab", ""}), hash_id({"ab"}));
  EXPECT_EQ(hash_id({"ab"}).size(), 32U);
}

// The value is fixed for ever: stored ids depend on it.
TEST(HashId, NeverChanges) {
  EXPECT_EQ(hash_id({"files", "/r.html"}), "e9cac68187fbd41bd656cdab7de04f63");
  EXPECT_EQ(location_id("files", "/r.html"), hash_id({"files", "/r.html"}));
}

TEST(Uuid5, HasTheFormVersionAndVariantOfRfc9562) {
  const std::string id = uuid5({"x"});
  ASSERT_EQ(id.size(), 36U);
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) EXPECT_EQ(id[dash], '-');
  EXPECT_EQ(id[14], '5');
  EXPECT_NE(std::string_view("89ab").find(id[19]), std::string_view::npos);
}

TEST(Uuid5, NeverChanges) { EXPECT_EQ(uuid5({"a"}), "42c7c1b1-588b-5b77-b8de-cb6c449b4ec3"); }

}  // namespace
}  // namespace gouji
