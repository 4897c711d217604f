// Addresses: URLs in one spelling, and the guard of network addresses.
#include <gtest/gtest.h>

#include <arpa/inet.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "services/crawler/core/address_guard.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {
namespace {

std::string canonical(std::string_view text) {
  const auto url = parse_url(text);
  return url ? to_string(*url) : "refused";
}

TEST(Url, HasOneSpelling) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"http://Example.GOV.cn", "http://example.gov.cn/"},
      {"HTTPS://a.cn:443/b", "https://a.cn/b"},
      {"http://a.cn:8080/b", "http://a.cn:8080/b"},
      {"http://a.cn/./x/../y/", "http://a.cn/y/"},
      {"http://a.cn/../../etc", "http://a.cn/etc"},
      {"http://a.cn/%7euser/%e5%b9%b4", "http://a.cn/~user/%E5%B9%B4"},
      {"http://a.cn/年报?q=年", "http://a.cn/%E5%B9%B4%E6%8A%A5?q=%E5%B9%B4"},
      {"  http://a.cn/x#part\n", "http://a.cn/x"},
      {"http://a.cn/x?", "http://a.cn/x"},
      {"http://a.cn?b=1&a=2", "http://a.cn/?b=1&a=2"},
      {"http://a.cn./x", "http://a.cn/x"},
      {"http://[2001:DB8::1]:80/", "http://[2001:db8::1]/"},
      {"http://a.cn/50%", "http://a.cn/50%25"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(canonical(text), expected) << text;
}

TEST(Url, RefusesWhatProgramsReadDifferently) {
  for (const std::string_view text : {"", "a.cn", "ftp://a.cn/", "file:///etc/passwd", "http:a.cn", "http:///x", "http://a\\@b.cn/",
                                      "http://user@b.cn/", "http://a.cn:0/", "http://a.cn:65536/", "http://a.cn:8x/", "http://a cn/",
                                      "http://a.cn/\x01", "http://年.cn/", "http://a..cn/", "http://[::1", "http://%31.cn/", "javascript:alert(1)",
                                      "http://a.cn/a\tb", "gopher://a.cn/"}) {
    EXPECT_EQ(canonical(text), "refused") << text;
  }
  EXPECT_EQ(canonical("http://a.cn/" + std::string(3'000, 'x')), "refused");
}

TEST(Url, ResolvesLinksAgainstTheirPage) {
  const Url base = *parse_url("https://a.cn/b/c/index.html?p=1");
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"d.html", "https://a.cn/b/c/d.html"}, {"./d.html", "https://a.cn/b/c/d.html"}, {"../d.html", "https://a.cn/b/d.html"},
      {"/d.html", "https://a.cn/d.html"},    {"//b.cn/d", "https://b.cn/d"},          {"?p=2", "https://a.cn/b/c/index.html?p=2"},
      {"http://c.cn", "http://c.cn/"},       {"", "https://a.cn/b/c/index.html?p=1"}, {"#top", "https://a.cn/b/c/index.html?p=1"},
      {"../../../../x", "https://a.cn/x"},
  };
  for (const auto& [reference, expected] : cases) {
    const auto url = resolve(base, reference);
    ASSERT_TRUE(url) << reference;
    EXPECT_EQ(to_string(*url), expected) << reference;
  }
  EXPECT_FALSE(resolve(base, "javascript:void(0)"));
  EXPECT_FALSE(resolve(base, "mailto:a@b.cn"));
  EXPECT_FALSE(resolve(base, "//user@b.cn/"));
}

std::uint64_t seed() {
  const char* given = std::getenv("GOUJI_TEST_SEED");
  const std::uint64_t value = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "GOUJI_TEST_SEED=" << value << std::endl;
  return value;
}

TEST(Url, IsStableUnderReadingItsOwnSpelling) {
  std::mt19937_64 random(seed());
  const std::string_view parts[] = {"http://", "https://", "a", "B.cn", ":80", ":", "/", "..", ".", "%41", "%", "%zz", "?", "#", "@", "[", "]", "\\", "年", " ", "&x=1", "//", "~", "'"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text = i % 2 == 0 ? "http://a.cn" : "";
    for (std::uint64_t n = random() % 12; n > 0; --n) text += parts[random() % std::size(parts)];
    const auto url = parse_url(text);
    if (!url) continue;
    const auto again = parse_url(to_string(*url));
    ASSERT_TRUE(again) << text;
    ASSERT_EQ(*again, *url) << text;
    ASSERT_TRUE(resolve(*url, to_string(*url))) << text;
  }
}

TEST(IpAddress, ReadsPlainFormsOnly) {
  for (const char* text : {"0.0.0.0", "255.255.255.255", "1.2.3.4", "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "64:ff9b::10.0.0.1", "1::"}) {
    const auto address = parse_ip(text);
    ASSERT_TRUE(address) << text;
    std::array<std::uint8_t, 16> expected{};
    ASSERT_EQ(::inet_pton(address->is_v6 ? AF_INET6 : AF_INET, text, expected.data()), 1);
    EXPECT_EQ(address->bytes, expected) << text;
  }
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "256.1.1.1", "0x7f.0.0.1", "2130706433", "1.2.3.4 ", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1%eth0", "12345::", "1:", ":1", "1::2::3", "::1.2.3", "1.2.3.4::"}) {
    EXPECT_FALSE(parse_ip(text)) << text;
  }
}

TEST(Cidr, RefusesBitsBehindThePrefix) {
  EXPECT_TRUE(parse_cidr("10.0.0.0/8"));
  EXPECT_TRUE(parse_cidr("10.1.2.3"));
  EXPECT_FALSE(parse_cidr("10.1.0.0/8"));
  EXPECT_FALSE(parse_cidr("10.0.0.0/33"));
  EXPECT_FALSE(parse_cidr("10.0.0.0/"));
  EXPECT_FALSE(parse_cidr("nonsense"));
}

TEST(AddressGuard, RefusesEveryKindOfAddressThatIsNotPublic) {
  const AddressGuard guard({});
  for (const char* text : {
           "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254",
           "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
           "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
           "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1",
           "100::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1",
           "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "4000::1", "5f00::1", "8000::1"}) {
    EXPECT_FALSE(guard.is_allowed(*parse_ip(text))) << text;
  }
}

TEST(AddressGuard, LetsPublicAddressesThrough) {
  const AddressGuard guard({});
  for (const char* text : {"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "172.15.255.255",
                           "172.32.0.0", "192.0.1.0", "192.167.255.255", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2400:3200::1", "2606:4700::1111",
                           "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(guard.is_allowed(*parse_ip(text))) << text;
  }
}

TEST(AddressGuard, OpensOnlyTheBlocksThatAreNamed) {
  const AddressGuard guard({*parse_cidr("127.0.0.0/8"), *parse_cidr("fd00::/8")});
  EXPECT_TRUE(guard.is_allowed(*parse_ip("127.9.9.9")));
  EXPECT_TRUE(guard.is_allowed(*parse_ip("::ffff:127.0.0.1")));
  EXPECT_TRUE(guard.is_allowed(*parse_ip("fd00::1")));
  EXPECT_FALSE(guard.is_allowed(*parse_ip("10.0.0.1")));
  EXPECT_FALSE(guard.is_allowed(*parse_ip("64:ff9b::127.0.0.1")));
  EXPECT_FALSE(guard.is_allowed(*parse_ip("fc00::1")));
}

// An independent reading of the IPv4 registry: first octets compared one by one.
bool is_public_v4(std::uint32_t a) {
  const std::uint32_t b0 = a >> 24, b1 = a >> 16 & 255, b2 = a >> 8 & 255;
  if (b0 == 0 || b0 == 10 || b0 == 127 || b0 >= 224) return false;
  if (b0 == 100 && b1 >= 64 && b1 <= 127) return false;
  if (b0 == 169 && b1 == 254) return false;
  if (b0 == 172 && b1 >= 16 && b1 <= 31) return false;
  if (b0 == 192 && ((b1 == 0 && (b2 == 0 || b2 == 2)) || (b1 == 31 && b2 == 196) || (b1 == 52 && b2 == 193) || (b1 == 88 && b2 == 99) || b1 == 168 || (b1 == 175 && b2 == 48))) return false;
  if (b0 == 198 && (b1 == 18 || b1 == 19 || (b1 == 51 && b2 == 100))) return false;
  return !(b0 == 203 && b1 == 0 && b2 == 113);
}

TEST(AddressGuard, AgreesWithAnIndependentReadingInEveryEmbedding) {
  std::mt19937_64 random(seed());
  const AddressGuard guard({});
  const std::uint32_t edges[] = {0x0a000000, 0x64400000, 0x7f000000, 0xa9fe0000, 0xac100000, 0xc0000000, 0xc0a80000, 0xc6120000, 0xcb007100, 0xe0000000};
  for (int i = 0; i < 50'000; ++i) {
    auto a = static_cast<std::uint32_t>(random());
    if (i % 3 == 0) a = edges[random() % std::size(edges)] + static_cast<std::uint32_t>(random() % 512) - 256;
    IpAddress v4, mapped{true, {}}, nat{true, {}}, six{true, {}};
    for (std::size_t k = 0; k < 4; ++k) v4.bytes[k] = mapped.bytes[12 + k] = nat.bytes[12 + k] = six.bytes[2 + k] = static_cast<std::uint8_t>(a >> (24 - 8 * k));
    mapped.bytes[10] = mapped.bytes[11] = 0xff;
    nat.bytes[1] = 0x64, nat.bytes[2] = 0xff, nat.bytes[3] = 0x9b;
    six.bytes[0] = 0x20, six.bytes[1] = 0x02;
    ASSERT_EQ(guard.is_allowed(v4), is_public_v4(a)) << to_string(v4);
    ASSERT_EQ(guard.is_allowed(mapped), is_public_v4(a)) << to_string(mapped);
    ASSERT_FALSE(guard.is_allowed(nat)) << to_string(nat);
    ASSERT_FALSE(guard.is_allowed(six)) << to_string(six);
  }
}

TEST(Cidr, ContainsExactlyTheAddressesWithItsPrefix) {
  std::mt19937_64 random(seed());
  for (int i = 0; i < 20'000; ++i) {
    Cidr block;
    IpAddress address;
    block.base.is_v6 = address.is_v6 = random() % 2 == 0;
    const std::size_t size = address.is_v6 ? 16 : 4;
    for (std::size_t k = 0; k < size; ++k) block.base.bytes[k] = address.bytes[k] = static_cast<std::uint8_t>(random());
    block.prefix = static_cast<int>(random() % (size * 8 + 1));
    const std::size_t flipped = random() % (size * 8);
    address.bytes[flipped / 8] ^= static_cast<std::uint8_t>(0x80 >> flipped % 8);
    ASSERT_EQ(contains(block, address), static_cast<int>(flipped) >= block.prefix);
  }
}

}  // namespace
}  // namespace gouji::crawler
