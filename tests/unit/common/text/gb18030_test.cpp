#include "common/text/gb18030.h"

#include <gtest/gtest.h>
#include <iconv.h>

#include <optional>
#include <random>
#include <string>

#include "tests/support/seed.h"

namespace gouji {
namespace {

// What the iconv of this host makes of one character; nullopt where it refuses.
class Iconv {
 public:
  Iconv() : handle_(iconv_open("UTF-8", "GB18030")) {}
  ~Iconv() { iconv_close(handle_); }
  std::optional<std::string> operator()(std::string bytes) const {
    char buffer[16];
    char *in = bytes.data(), *out = buffer;
    std::size_t in_left = bytes.size(), out_left = sizeof buffer;
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    if (iconv(handle_, &in, &in_left, &out, &out_left) != 0) return std::nullopt;
    return std::string(buffer, sizeof buffer - out_left);
  }

 private:
  iconv_t handle_;
};

std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (int value : values) bytes.push_back(static_cast<char>(value));
  return bytes;
}

void expect_as_iconv(const Iconv& iconv, const std::string& bytes) {
  const std::optional<std::string> expected = iconv(bytes);
  const CodePoint found = gb18030_at(bytes, 0);
  ASSERT_EQ(found.is_valid, expected.has_value()) << ::testing::PrintToString(bytes);
  if (!expected) return;
  ASSERT_EQ(found.length, bytes.size());
  ASSERT_EQ(utf8_from_gb18030(bytes), *expected) << ::testing::PrintToString(bytes);
}

TEST(Gb18030, EveryTwoByteCodeIsReadAsIconvReadsIt) {
  const Iconv iconv;
  for (int lead = 0x81; lead <= 0xFE; ++lead) {
    for (int trail = 0x40; trail <= 0xFF; ++trail) {
      if (trail >= 0x80 || trail < 0x7F) expect_as_iconv(iconv, bytes_of({lead, trail}));
    }
  }
}

TEST(Gb18030, EveryFourByteCodeIsReadAsIconvReadsIt) {
  const Iconv iconv;
  for (int first = 0x81; first <= 0xFE; ++first) {
    for (int second = 0x30; second <= 0x39; ++second) {
      for (int third = 0x81; third <= 0xFE; ++third) {
        // All codes of the basic plane, and one of ten beyond.
        for (int fourth = 0x30; fourth <= 0x39; fourth += first <= 0x84 ? 1 : 9) {
          expect_as_iconv(iconv, bytes_of({first, second, third, fourth}));
        }
      }
    }
  }
}

TEST(Gb18030, ErrorsTakeOneByteAndTheTextGoesOn) {
  EXPECT_EQ(utf8_from_gb18030("a\x80z"), "a\uFFFDz");
  EXPECT_EQ(utf8_from_gb18030("\xD6"), "\uFFFD");
  EXPECT_EQ(utf8_from_gb18030("\xD6\xD0\xFF\xD6\xD0"), "中\uFFFD中");
  EXPECT_EQ(utf8_from_gb18030("\xD6<td>"), "\uFFFD<td>");
  EXPECT_EQ(utf8_from_gb18030("\x81\x30\x81"), "\uFFFD0\uFFFD");
}

TEST(Gb18030, WorstCaseErrorsDoNotOverrunTheBuffer) {
  const std::string errors(10'000, '\xFF');
  EXPECT_EQ(utf8_from_gb18030(errors).size(), 30'000U);
}

TEST(Gb18030, AnyBytesBecomeValidUtf8) {
  std::mt19937 random(testing::seed());
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    EXPECT_TRUE(is_utf8(utf8_from_gb18030(bytes)));
  }
}

// What every character says for itself, one behind the other.
std::string one_by_one(const std::string& bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const CodePoint next = gb18030_at(bytes, at);
    append_utf8(text, next.value);
    at += next.length;
  }
  return text;
}

TEST(Gb18030, ALongTextIsReadAsItsCharactersAre) {
  std::string bytes;
  for (int lead = 0x80; lead <= 0xFF; ++lead) {
    for (int trail = 0x40; trail <= 0xFF; ++trail) bytes += bytes_of({lead, trail});
  }
  EXPECT_EQ(utf8_from_gb18030(bytes), one_by_one(bytes));
}

TEST(Gb18030, MixedAndDamagedTextIsReadAsItsCharactersAre) {
  std::mt19937 random(testing::seed());
  for (int i = 0; i < 3'000; ++i) {
    std::string bytes;
    for (std::size_t parts = random() % 60; parts > 0; --parts) {
      switch (random() % 5) {
        case 0: bytes += std::string(random() % 100, static_cast<char>('a' + random() % 26)); break;
        case 1: bytes += bytes_of({static_cast<int>(random() % 256)}); break;
        case 2: bytes += bytes_of({0x81, 0x30, 0x81, static_cast<int>(0x30 + random() % 10)}); break;
        default:
          for (std::size_t n = random() % 40; n > 0; --n) bytes += bytes_of({static_cast<int>(0xB0 + random() % 0x48), static_cast<int>(0xA1 + random() % 0x5E)});
      }
    }
    ASSERT_EQ(utf8_from_gb18030(bytes), one_by_one(bytes)) << ::testing::PrintToString(bytes);
    std::size_t characters = 0, errors = 0;
    for (std::size_t at = 0; at < bytes.size();) {
      const CodePoint next = gb18030_at(bytes, at);
      if ((bytes[at] & 0x80) != 0) ++(next.is_valid ? characters : errors);
      at += next.length;
    }
    const Gb18030Fit fit = gb18030_fit(bytes, bytes.size());
    ASSERT_EQ(fit.characters, characters) << ::testing::PrintToString(bytes);
    ASSERT_EQ(fit.errors, errors) << ::testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace gouji
