#include "common/eventlog/local/row.h"

#include <gtest/gtest.h>

#include <set>

namespace gouji::eventlog {
namespace {

TEST(Row, KeepsHeadersAsTheyAre) {
  const std::vector<Header> headers{{"a", "1"}, {"", ""}, {"a", std::nullopt}, {"b", std::string("\0x", 2)}};
  const auto decoded = decode_headers(encode_headers(headers));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(*decoded, headers);
  EXPECT_EQ(encode_headers({}), "");
  EXPECT_TRUE(decode_headers("")->empty());
}

TEST(Row, RefusesHeadersThatAreCutAnywhere) {
  const std::string whole = encode_headers({{"name", "value"}});
  for (std::size_t length = 1; length < whole.size(); ++length) {
    EXPECT_FALSE(decode_headers(whole.substr(0, length)).has_value()) << length;
  }
  EXPECT_FALSE(decode_headers(std::string(4, '\xFF') + whole).has_value());  // a name is never null
  EXPECT_FALSE(decode_headers("\xFE\xFF\xFF\xFF").has_value());
}

TEST(Row, ChecksumTellsEveryPartApart) {
  const std::set<std::uint32_t> sums{
      payload_crc({"a", "b", {}, 1}, ""),          payload_crc({"ab", "", {}, 1}, ""),
      payload_crc({"ab", std::nullopt, {}, 1}, ""), payload_crc({std::nullopt, "ab", {}, 1}, ""),
      payload_crc({"a", "b", {}, 2}, ""),          payload_crc({"a", "b", {}, 1}, "h"),
      row_crc(payload_crc({"a", "b", {}, 1}, ""), 1, 2), row_crc(payload_crc({"a", "b", {}, 1}, ""), 2, 1),
  };
  EXPECT_EQ(sums.size(), 8U);
}

}  // namespace
}  // namespace gouji::eventlog
