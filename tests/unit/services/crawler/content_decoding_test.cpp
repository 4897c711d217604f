#include "services/crawler/core/content_decoding.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace gouji::crawler {
namespace {

constexpr DecodingLimits kLimits{16 * 1024 * 1024, 100, 1024 * 1024};

std::string deflated(const std::string& text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.erase(std::min<std::size_t>(stream.total_out, out.size()));
  deflateEnd(&stream);
  return out;
}
std::string gzipped(const std::string& text) { return deflated(text, MAX_WBITS + 16); }

std::string zstd_of(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string page() {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "<li>政府信息公开 " + std::to_string(i * 7'919) + "</li>";
  return text;
}

// "hello, hello, hello" as brotli writes it.
const std::string kBrotliHello("\x1b\x12\x00\xf8\x8d\x94\x6e\xde\x44\x09\x52\x86\x96\x6c\x2c\x6f\x11\x4f\x24\xd0\x71\x00", 22);

TEST(ContentDecoding, UndoesEveryEncodingThatIsAskedFor) {
  EXPECT_EQ(*decode_content("", "x", kLimits), "x");
  EXPECT_EQ(*decode_content("identity", "x", kLimits), "x");
  EXPECT_EQ(*decode_content("gzip", gzipped(page()), kLimits), page());
  EXPECT_EQ(*decode_content(" X-GZip", gzipped(page()), kLimits), page());
  EXPECT_EQ(*decode_content("deflate", deflated(page(), MAX_WBITS), kLimits), page());
  EXPECT_EQ(*decode_content("deflate", deflated(page(), -MAX_WBITS), kLimits), page()) << "without its header";
  EXPECT_EQ(*decode_content("zstd", zstd_of(page()), kLimits), page());
  EXPECT_EQ(*decode_content("br", kBrotliHello, kLimits), "hello, hello, hello");
  EXPECT_EQ(*decode_content("gzip, zstd", zstd_of(gzipped(page())), kLimits), page());
  EXPECT_EQ(*decode_content("gzip", gzipped("a") + gzipped("b"), kLimits), "ab");
  EXPECT_EQ(*decode_content("gzip", gzipped("a") + "padding", kLimits), "a");
  EXPECT_EQ(*decode_content("gzip", "", kLimits), "");
}

TEST(ContentDecoding, RefusesWhatIsNotWhole) {
  for (const auto& [encoding, whole] : {std::pair{"gzip", gzipped(page())}, std::pair{"deflate", deflated(page(), MAX_WBITS)}, std::pair{"zstd", zstd_of(page())}, std::pair{"br", kBrotliHello}}) {
    for (const std::size_t size : {std::size_t{1}, whole.size() / 2, whole.size() - 1}) {
      const auto decoded = decode_content(encoding, whole.substr(0, size), kLimits);
      ASSERT_FALSE(decoded) << encoding << " " << size;
      EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed);
    }
  }
  for (const char* encoding : {"gzip", "deflate", "br", "zstd", "compress", "gzip,gzip,gzip"}) {
    EXPECT_EQ(decode_content(encoding, "no such thing at all", kLimits).error().code, ErrorCode::kMalformed) << encoding;
  }
}

TEST(ContentDecoding, StopsABombAtItsLimits) {
  const std::string zeros(64 * 1024 * 1024, '\0');
  for (const auto& [encoding, bomb] : {std::pair{"gzip", gzipped(zeros)}, std::pair{"zstd", zstd_of(zeros)}, std::pair{"gzip, gzip", gzipped(gzipped(zeros))}}) {
    const auto decoded = decode_content(encoding, bomb, kLimits);
    ASSERT_FALSE(decoded) << encoding;
    EXPECT_EQ(decoded.error().code, ErrorCode::kTooLarge) << decoded.error().message;
  }
  EXPECT_EQ(decode_content("gzip", gzipped(std::string(1'001, 'x')), {1'000, 100, 1'000'000}).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(decode_content("gzip", gzipped(std::string(1'000, 'x')), {1'000, 100, 1'000'000}));
}

}  // namespace
}  // namespace gouji::crawler
