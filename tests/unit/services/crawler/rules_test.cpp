// robots.txt, statuses, Retry-After, schedules.
#include <gtest/gtest.h>

#include "services/crawler/core/http_rules.h"
#include "services/crawler/core/robots.h"
#include "services/crawler/core/schedule.h"

namespace gouji::crawler {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

Robots robots(std::string_view text) { return Robots::parse(text, "GoujiCrawler"); }

TEST(Robots, AllowsEverythingWithoutARule) {
  EXPECT_TRUE(robots("").is_allowed("/x"));
  EXPECT_TRUE(robots("User-agent: *\nDisallow:\n").is_allowed("/x"));
  EXPECT_FALSE(Robots::disallow_all().is_allowed("/x"));
}

TEST(Robots, LetsTheLongestRuleWinAndATieAllow) {
  const Robots rules = robots("User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /c\nAllow: /c\n");
  EXPECT_FALSE(rules.is_allowed("/a/x"));
  EXPECT_TRUE(rules.is_allowed("/a/b/x"));
  EXPECT_TRUE(rules.is_allowed("/c"));
  EXPECT_TRUE(rules.is_allowed("/d"));
}

TEST(Robots, TakesItsOwnGroupsBeforeTheGeneralOne) {
  const std::string_view text = "user-agent: *\ndisallow: /\n\nUser-Agent: other\nUser-agent: goujicrawler/1.0\nDisallow: /own\nUser-agent: x\nDisallow: /x\n";
  EXPECT_TRUE(robots(text).is_allowed("/any"));
  EXPECT_FALSE(robots(text).is_allowed("/own"));
  EXPECT_TRUE(robots(text).is_allowed("/x"));
}

TEST(Robots, JoinsGroupsOfOneName) {
  const Robots rules = robots("User-agent: GoujiCrawler\nDisallow: /a\nUser-agent: z\nDisallow: /z\nUser-agent: GoujiCrawler\nDisallow: /b\n");
  EXPECT_FALSE(rules.is_allowed("/a"));
  EXPECT_FALSE(rules.is_allowed("/b"));
  EXPECT_TRUE(rules.is_allowed("/z"));
}

TEST(Robots, UnderstandsWildcardsAnchorsAndComments) {
  const Robots rules = robots("\xef\xbb\xbfUser-agent: * # all\r\nDisallow: /*.pdf$\rDisallow: /a*b # between\nDisallow: /年\n");
  EXPECT_FALSE(rules.is_allowed("/x/y.pdf"));
  EXPECT_TRUE(rules.is_allowed("/x/y.pdf?z"));
  EXPECT_FALSE(rules.is_allowed("/a123b4"));
  EXPECT_TRUE(rules.is_allowed("/a123"));
  EXPECT_FALSE(rules.is_allowed("/%E5%B9%B4/x"));
  EXPECT_TRUE(rules.is_allowed("/robots.txt"));
}

TEST(HttpRules, ClassifiesStatuses) {
  const std::pair<int, FetchClass> cases[] = {{200, FetchClass::kOk}, {304, FetchClass::kNotModified}, {404, FetchClass::kGone}, {410, FetchClass::kGone},
                                              {429, FetchClass::kThrottled}, {503, FetchClass::kThrottled}, {500, FetchClass::kHttpError}, {403, FetchClass::kHttpError},
                                              {412, FetchClass::kHttpError}, {521, FetchClass::kHttpError}, {204, FetchClass::kHttpError}, {206, FetchClass::kHttpError}};
  for (const auto& [status, expected] : cases) EXPECT_EQ(class_of_status(status), expected) << status;
}

TEST(HttpRules, CallsOnlyAbsenceAndContentMoreThanATransientFault) {
  for (const FetchClass result : kFetchClasses) {
    const bool says_something = result == FetchClass::kOk || result == FetchClass::kNotModified || result == FetchClass::kGone;
    EXPECT_EQ(sight_of(result) != Sight::kTransient, says_something) << to_string(result);
  }
}

TEST(HttpRules, ReadsRetryAfter) {
  const UnixMillis now = 1'445'412'420'000;  // Wed, 21 Oct 2015 07:27:00 GMT
  EXPECT_EQ(retry_after("120", now), seconds{120});
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now), seconds{60});
  EXPECT_EQ(retry_after("Wed, 21 Oct 2015 07:20:00 GMT", now), seconds{0});
  EXPECT_EQ(retry_after("99999999", now), hours{24});
  for (const char* text : {"", "-1", "soon", "1.5", "Wed, 31 Feb 2015 07:28:00 GMT", "99999999999999999999"}) EXPECT_EQ(retry_after(text, now), std::nullopt) << text;
}

TEST(HttpRules, CleansHeaderValues) {
  EXPECT_EQ(clean_header_value("  a\r\nSet-Cookie: b\x01 "), "aSet-Cookie: b");
  EXPECT_EQ(clean_header_value(std::string(10'000, 'x')).size(), 4'096U);
  EXPECT_EQ(clean_header_value("\xff"), "\xef\xbf\xbd");
}

TEST(Schedule, WaitsLongerWithEveryFailureButNotForEver) {
  const auto wait = [](std::int64_t failures) {
    return next_look({FetchClass::kTimeout, 1'000, 1, failures, std::nullopt}, SourceKind::kList, hours{1}) - 1'000;
  };
  EXPECT_EQ(wait(1), 30'000);
  EXPECT_EQ(wait(2), 60'000);
  EXPECT_EQ(wait(1'000'000), milliseconds{hours{6}}.count());
}

TEST(Schedule, WaitsAtLeastAsLongAsTheServerAsks) {
  EXPECT_EQ(next_look({FetchClass::kThrottled, 0, 1, 1, hours{10}}, SourceKind::kUrl, hours{1}), milliseconds{hours{10}}.count());
  EXPECT_EQ(next_listing({FetchClass::kThrottled, 0, 0, 1, hours{10}}, hours{1}), milliseconds{hours{10}}.count());
}

TEST(Schedule, VerifiesDocumentsOfListsLessAndLessOften) {
  const auto wait = [](std::int64_t fetches) { return next_look({FetchClass::kOk, 0, fetches, 0, std::nullopt}, SourceKind::kList, hours{1}); };
  EXPECT_EQ(wait(1), milliseconds{hours{1}}.count());
  EXPECT_EQ(wait(2), milliseconds{hours{24}}.count());
  EXPECT_EQ(wait(100), milliseconds{hours{2'160}}.count());
  EXPECT_EQ(next_look({FetchClass::kNotModified, 0, 100, 0, std::nullopt}, SourceKind::kUrl, hours{1}), milliseconds{hours{1}}.count());
}

TEST(Schedule, LooksAgainFarEnoughApartForAWithdrawal) {
  EXPECT_GT(next_look({FetchClass::kGone, 0, 1, 0, std::nullopt}, SourceKind::kUrl, hours{1}), milliseconds{hours{24}}.count());
}

}  // namespace
}  // namespace gouji::crawler
