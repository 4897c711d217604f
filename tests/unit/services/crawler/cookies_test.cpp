// Cookies that go back to the host that set them, and to no other.
#include "services/crawler/core/cookies.h"

#include <gtest/gtest.h>

namespace gouji::crawler {
namespace {

constexpr UnixMillis kNow = 1'705'809'600'000;  // 2024-01-21

Url url(std::string_view text) { return *parse_url(text); }
bool learn(CookieJar& jar, std::string_view address, const std::string& line) { return jar.learn(url(address), {{"Set-Cookie", line}}, kNow); }

struct Case {
  const char *set_at, *line, *asked_at, *expected;
};

TEST(Cookies, GoBackByHostPathAndScheme) {
  for (const auto& [set_at, line, asked_at, expected] : {
           Case{"http://a.gov.cn/", "a=1", "http://a.gov.cn/x", "a=1"},
           Case{"http://a.gov.cn/", "a = 1 ; Path = /x", "http://a.gov.cn/x", "a=1"},
           Case{"http://a.gov.cn/", "a=1; path=/x", "http://a.gov.cn/xy", ""},
           Case{"http://a.gov.cn/", "a=1; path=/x", "http://a.gov.cn/x/y", "a=1"},
           Case{"http://a.gov.cn/x/y", "a=1", "http://a.gov.cn/z", ""},
           Case{"http://a.gov.cn/x/y", "a=1", "http://a.gov.cn/x/z", "a=1"},
           Case{"http://a.gov.cn/", "a=1", "http://b.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Domain=gov.cn", "http://b.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Domain=.GOV.cn", "http://a.gov.cn/", "a=1"},
           Case{"http://a.gov.cn/", "a=1; Domain=b.gov.cn", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Domain=b.gov.cn", "http://b.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Domain=v.cn", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1", "http://x.a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Secure", "https://a.gov.cn/", ""},
           Case{"https://a.gov.cn/", "a=1; Secure", "https://a.gov.cn/", "a=1"},
           Case{"https://a.gov.cn/", "a=1; Secure", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Max-Age=0", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=1; Expires=Fri, 21 Oct 2044 07:28:00 GMT", "http://a.gov.cn/", "a=1"},
           Case{"http://a.gov.cn/", "=1", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "", "http://a.gov.cn/", ""},
           Case{"http://a.gov.cn/", "a=b=c; ;;=;x", "http://a.gov.cn/", "a=b=c"},
       }) {
    CookieJar jar;
    learn(jar, set_at, line);
    EXPECT_EQ(jar.header_for(url(asked_at)), expected) << line << " at " << asked_at;
  }
}

TEST(Cookies, TellWhatIsNew) {
  CookieJar jar;
  EXPECT_TRUE(learn(jar, "http://a.gov.cn/", "a=1"));
  EXPECT_FALSE(learn(jar, "http://a.gov.cn/", "a=1"));
  EXPECT_TRUE(learn(jar, "http://a.gov.cn/", "a=2"));
  EXPECT_TRUE(learn(jar, "http://a.gov.cn/", "b=1"));
  EXPECT_EQ(jar.header_for(url("http://a.gov.cn/")), "a=2; b=1");
  EXPECT_FALSE(learn(jar, "http://a.gov.cn/", "a=2; Max-Age=-1"));
  EXPECT_EQ(jar.header_for(url("http://a.gov.cn/")), "b=1");
}

TEST(Cookies, AreBounded) {
  CookieJar jar;
  for (int i = 0; i < 1'000; ++i) learn(jar, "http://a.gov.cn/", "n" + std::to_string(i) + "=" + std::string(900, 'x'));
  EXPECT_FALSE(learn(jar, "http://a.gov.cn/", "large=" + std::string(5'000, 'x')));
  EXPECT_LE(jar.header_for(url("http://a.gov.cn/")).size(), 8'192U);
}

}  // namespace
}  // namespace gouji::crawler
