// gouji portal sniff: the family of a page, and a draft to begin with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "services/crawler/core/portal_file.h"
#include "services/gouji/io/argument_file.h"
#include "services/gouji/portal.h"

namespace gouji::command {
namespace {

std::string sample(const std::string& name) {
  const auto bytes = read_argument((std::filesystem::path(GOUJI_SOURCE_DIR) / "deploy/portals/samples" / name).string(), 1'000'000);
  EXPECT_TRUE(bytes) << name;
  return bytes ? *bytes : "";
}

TEST(PortalSniff, KnowsTheSystemsByTheirPages) {
  const std::pair<const char*, const char*> cases[] = {{"trs-static-list.html", "trs-static"},     {"hanweb-jpage-column.html", "hanweb-jpage"}, {"hanweb-jpaas-column.html", "hanweb-jpaas"},
                                                       {"hanweb-xxgk-list.html", "hanweb-xxgk"},   {"gkmlpt-index.html", "gkmlpt"},              {"ucap-column.html", "ucap"},
                                                       {"lonsun-public-list.html", "lonsun-public"}, {"epoint-common.js", "epoint"},             {"search-list.json", "search"}};
  for (const auto& [file, family] : cases) {
    const auto guesses = sniff_family(sample(file), "");
    ASSERT_FALSE(guesses.empty()) << file;
    EXPECT_EQ(guesses.front().family->name, family) << file;
    EXPECT_FALSE(guesses.front().evidence.empty());
  }
  EXPECT_TRUE(sniff_family("<p>今天</p>", "http://a.cn/").empty());
  EXPECT_EQ(sniff_family("", "http://a.cn/gkmlpt/index").front().family->name, "gkmlpt");
}

TEST(PortalSniff, DraftsAFileThatTheParserTakes) {
  const auto url = crawler::parse_url("http://WWW.a-b.gov.cn/col/col12/index.html");
  ASSERT_TRUE(url);
  for (const crawler::Family& family : crawler::families()) {
    const std::string draft = draft_portal({&family, {}}, *url);
    const auto portal = crawler::parse_portal(draft, "draft");
    // A value that only a person can know is an empty text in the draft, and named as a mistake.
    EXPECT_TRUE(portal) << draft << portal.error().message;
    EXPECT_EQ(portal ? portal->id : "", "www.a-b.gov.cn");
  }
}

}  // namespace
}  // namespace gouji::command
