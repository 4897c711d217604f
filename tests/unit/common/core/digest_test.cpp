#include "common/core/digest.h"

#include <gtest/gtest.h>

#include <random>

namespace gouji {
namespace {

TEST(Sha256, GivesThePublishedVectors) {  // FIPS 180-4 examples
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, InPartsIsTheSameAsInOnePiece) {
  Sha256Stream stream;
  stream.add("a");
  stream.add("");
  stream.add("bc");
  EXPECT_EQ(to_hex(stream.finish()), to_hex(sha256("abc")));
}

TEST(Hex, GoesThereAndBackAndRefusesTheRest) {
  EXPECT_EQ(*from_hex(to_hex(std::string("\x00\xff\x10", 3))), std::string("\x00\xff\x10", 3));
  for (const char* text : {"0", "0G", "AB", "0x"}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Crc32c, GivesThePublishedVectors) {  // RFC 3720, appendix B.4
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43U);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
  EXPECT_EQ(crc32c(""), 0U);
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstructionAndInParts) {
  std::mt19937 random(7);
  for (std::size_t size = 0; size < 70; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_EQ(crc32c(bytes), crc32c_portable(bytes)) << size;
    const std::string_view view(bytes);
    EXPECT_EQ(crc32c(view.substr(size / 3), crc32c(view.substr(0, size / 3))), crc32c(bytes)) << size;
  }
}

}  // namespace
}  // namespace gouji
