// Pages with attachments, on a portal and in files: one event, and a change of either is a change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "services/crawler/core/url.h"
#include "services/crawler/io/file_tree.h"
#include "tests/support/crawler_ground.h"

namespace gouji::crawler {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing_support::answer;
using testing_support::html;
using testing_support::PortalRequest;

struct Ground : CrawlerGround {
  void once_page() { once("/p/page.html"); }
};

std::string page(std::string_view links) { return "<h1>某市2023年政府信息公开工作年度报告</h1><p>" + std::string(links) + "</p>"; }

std::vector<std::string> bytes_of(const RawReport& report) {
  std::vector<std::string> bytes;
  for (const Content& content : report.attachments) bytes.push_back(content.bytes);
  return bytes;
}

TEST(CrawlerAttachments, TravelWithTheirPage) {
  Ground ground;
  ground.portal.on("/p/page.html", html(page("<a href='a.pdf'>附件1</a><a href='/f/b.doc'>附件2</a>")));
  ground.portal.on("/p/a.pdf", answer(200, "AAA", {"Content-Type: application/pdf"}));
  ground.portal.on("/f/b.doc", answer(200, "BBB"));
  ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  const RawReport report = ground.log.reports()[0];
  EXPECT_THAT(bytes_of(report), ElementsAre("AAA", "BBB"));
  EXPECT_EQ(report.attachments[0].name, "a.pdf");
  EXPECT_EQ(report.attachments[0].url, ground.portal.url("/p/a.pdf"));
  EXPECT_EQ(report.attachments[0].media_type, "application/pdf");
  EXPECT_EQ(report.payload_digest, payload_digest(report.body, report.attachments));
}

TEST(CrawlerAttachments, AreAskedForAgainAlthoughTheirPageDidNotChange) {
  Ground ground;
  ground.portal.on("/p/page.html", [](const PortalRequest& request) {
    if (request.headers.contains("if-none-match")) return answer(304, "");
    return html(page("<a href='a.pdf'>附件</a>"), {"ETag: \"v1\""});
  });
  ground.portal.on("/p/a.pdf", answer(200, "one"));
  ground.once_page();
  ground.once_page();
  EXPECT_THAT(ground.log.reports(), SizeIs(1));  // looked at twice, the same both times
  ground.portal.on("/p/a.pdf", answer(200, "two"));
  ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(2));
  EXPECT_EQ(ground.log.reports()[1].fetch_sequence, 2);
  EXPECT_THAT(bytes_of(ground.log.reports()[1]), ElementsAre("two"));
}

TEST(CrawlerAttachments, ObeyTheRulesForEveryAddress) {
  Ground ground;
  ground.portal.on("/robots.txt", answer(200, "User-agent: *\nDisallow: /secret/\n"));
  ground.portal.on("/p/page.html",
                   html(page("<a href='/secret/a.pdf'>1</a><a href='gone.pdf'>2</a><a href='http://169.254.169.254/b.pdf'>3</a><a href='c.pdf'>4</a>")));
  ground.portal.on("/secret/a.pdf", answer(200, "no"));
  ground.portal.on("/p/c.pdf", answer(200, "yes"));
  ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_THAT(bytes_of(ground.log.reports()[0]), ElementsAre("yes"));
  EXPECT_THAT(ground.portal.requests("/secret/a.pdf"), IsEmpty());
  EXPECT_THAT(ground.seen.messages("passed over"), SizeIs(3));
}

TEST(CrawlerAttachments, OfAPortalComeFromItsHostsOnly) {
  Ground ground;
  ground.portal.on("/list/", html("<a href='/p/page.html'>2023年报告</a>"));
  const std::string other = "http://localhost:" + std::to_string(ground.portal.port()) + "/p/a.pdf";
  ground.portal.on("/p/page.html", html(page("<a href='" + other + "'>附件</a>")));
  ground.portal.on("/p/a.pdf", answer(200, "AAA"));
  ground.once({ground.list("/list/")});
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_THAT(ground.log.reports()[0].attachments, IsEmpty());
}

TEST(CrawlerAttachments, ThatFailForAPassingReasonPostponeTheReport) {
  Ground ground;
  ground.portal.on("/p/page.html", html(page("<a href='a.pdf'>附件</a>")));
  ground.portal.on("/p/a.pdf", answer(500, "later"));
  ground.once_page();
  EXPECT_THAT(ground.log.reports(), IsEmpty());
  ground.portal.on("/p/a.pdf", answer(200, "AAA"));
  ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_EQ(ground.log.reports()[0].fetch_sequence, 1);
}

TEST(CrawlerAttachments, ThatKeepFailingAreLeftOutAtLast) {
  Ground ground;
  ground.portal.on("/p/page.html", html(page("<a href='a.pdf'>附件</a>")));
  ground.portal.on("/p/a.pdf", answer(500, "never"));
  for (int i = 0; i < 4 && ground.log.reports().empty(); ++i) ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_THAT(ground.log.reports()[0].attachments, IsEmpty());
}

TEST(CrawlerAttachments, OfSomeSizeGoToTheStoreTogetherWithTheirPage) {
  Ground ground;
  ground.portal.on("/p/page.html", html(page("<a href='a.pdf'>附件</a>")));
  ground.portal.on("/p/a.pdf", answer(200, std::string(kInlineBytesMax, 'x')));
  ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  const RawReport report = ground.log.reports()[0];
  EXPECT_THAT(report.body.reference, HasSubstr("cas://sha256/"));
  ASSERT_THAT(report.attachments, SizeIs(1));
  EXPECT_EQ(report.attachments[0].reference, "cas://sha256/" + report.attachments[0].sha256);
  EXPECT_EQ(report.attachments[0].size, static_cast<std::int64_t>(kInlineBytesMax));
}

TEST(CrawlerAttachments, AboveTheLimitAreLeftOut) {
  Ground ground;
  ground.portal.on("/p/page.html", html(page("<a href='a.pdf'>附件</a><a href='b.pdf'>附件</a>")));
  ground.portal.on("/p/a.pdf", answer(200, std::string(17 << 20, 'x')));
  ground.portal.on("/p/b.pdf", answer(200, "BBB"));
  ground.once_page();
  ASSERT_THAT(ground.log.reports(), SizeIs(1));
  EXPECT_THAT(bytes_of(ground.log.reports()[0]), ElementsAre("BBB"));
}

TEST(CrawlerAttachments, OfAFileLieBesideIt) {
  Ground ground;
  const std::string path = ground.in.write("r/page.html", page("<a href='附件/表 1.pdf'>附件</a><a href='../../out.pdf'>附件2</a><a href='missing.pdf'>附件3</a>"));
  const std::string attachment = ground.in.write("r/附件/表 1.pdf", "AAA");
  ground.data.write("out.pdf", "secret");
  const auto report_of_page = [&]() -> std::vector<RawReport> {
    std::vector<RawReport> found;
    for (RawReport& report : ground.log.reports())
      if (report.url == file_url(path)) found.push_back(std::move(report));
    return found;
  };
  ground.once({files_source(ground.in.path())});
  ASSERT_THAT(report_of_page(), SizeIs(1));
  EXPECT_THAT(bytes_of(report_of_page()[0]), ElementsAre("AAA"));
  EXPECT_EQ(report_of_page()[0].attachments[0].url, file_url(attachment));
  EXPECT_EQ(report_of_page()[0].attachments[0].name, "表 1.pdf");
  // A while later the tags are safe; then only a change is read.
  for (const char* content : {"AAA", "BBB", "BBB"}) {
    ground.in.write("r/附件/表 1.pdf", content);
    ground.clock.advance(std::chrono::seconds{10});
    ground.once({files_source(ground.in.path())});
  }
  ASSERT_THAT(report_of_page(), SizeIs(2));
  EXPECT_THAT(bytes_of(report_of_page()[1]), ElementsAre("BBB"));
  const std::size_t reads = ground.seen.count("fetched files ok");
  ground.once({files_source(ground.in.path())});
  EXPECT_EQ(ground.seen.count("fetched files ok"), reads);  // nothing is read while everything is as it was
  // What was missing comes: the page is another document.
  ground.in.write("r/missing.pdf", "CCC");
  ground.once({files_source(ground.in.path())});
  ASSERT_THAT(report_of_page(), SizeIs(3));
  EXPECT_THAT(bytes_of(report_of_page()[2]), ElementsAre("BBB", "CCC"));
}

TEST(CrawlerAttachments, OfAFileAreNotReadThroughALinkOutOfTheFolder) {
  Ground ground;
  ground.in.write("r/page.html", page("<a href='a.pdf'>附件</a>"));
  ground.data.write("secret.pdf", "secret");
  std::filesystem::create_symlink(ground.data / "secret.pdf", ground.in / "r/a.pdf");
  ground.once({files_source(ground.in.path())});
  for (const RawReport& report : ground.log.reports()) EXPECT_THAT(report.attachments, IsEmpty());
  EXPECT_THAT(ground.seen.messages("passed over"), Contains(HasSubstr("does not lie under")));
}

}  // namespace
}  // namespace gouji::crawler
