// What portals answer instead of the page that was asked for, and what the crawler reads in articles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/crawler/core/article.h"
#include "services/crawler/core/fingerprint.h"
#include "services/crawler/core/page_gate.h"
#include "services/crawler/core/portal_file.h"

namespace gouji::crawler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kUrl = "http://a.cn/zwgk/202401/t20240115_1.html";

PageAnswer article(const std::string& body, const Portal& portal = {}, std::int32_t status = 200) {
  PageRequest request;
  request.purpose = PagePurpose::kArticle;
  request.url = request.final_url = kUrl;
  request.status = status;
  request.media_type = "text/html";
  request.body = body;
  return read_page(portal, request);
}

std::string page(const std::string& content, const std::string& head = "") {
  return "<html><head><meta charset=utf-8>" + head + "</head><body><div class=nav><a href=/>首页</a></div><div class=TRS_Editor>" + content + "</div></body></html>";
}

std::string long_text() {
  std::string text;
  for (int i = 0; i < 80; ++i) text += "<p>本机关依申请公开政府信息工作情况如下，第" + std::to_string(i) + "项。</p>";
  return text;
}

TEST(Gate, TellsFaultsFromPages) {
  const std::pair<std::string, PageClass> cases[] = {
      {"<html><body><script>document.cookie='__jsl_clearance=1';location.href='/x'</script></body></html>", PageClass::kChallenge},
      {"<script>var a='C3VK=abc';</script>", PageClass::kChallenge},
      {"<title>安全验证</title><p>请完成验证</p>", PageClass::kChallenge},
      {"<p>请开启JavaScript并刷新该页</p>", PageClass::kChallenge},
      {"<title>404</title>", PageClass::kSoft404},
      {"<title>提示</title><p>您访问的页面不存在</p>", PageClass::kSoft404},
      {"<p>该信息已被删除</p><p>您要查看的信息已被删除或下线</p>", PageClass::kSoft404},
      {"<title>502 Bad Gateway</title>", PageClass::kServerError},
      {"<h1>系统维护中</h1>", PageClass::kServerError},
      {"<p>java.lang.NullPointerException</p>", PageClass::kServerError},
      {"<p>访问过于频繁，请稍后再试</p>", PageClass::kThrottled},
      {"<p>您的请求已被拦截</p>", PageClass::kBlocked},
      {"<title>用户登录</title><form><input type=password></form>", PageClass::kLogin},
      {"<p>请先登录</p>", PageClass::kLogin},
      {"<html></html>", PageClass::kEmptyShell},
      {"<div id=app></div><script src=app.js></script>", PageClass::kEmptyShell},
      {"   ", PageClass::kEmptyShell},
      {"\xFF\xD8\xFF jpeg", PageClass::kWrongType},
  };
  for (const auto& [body, expected] : cases) {
    const PageAnswer answer = article(body);
    EXPECT_EQ(to_string(answer.page_class), to_string(expected)) << body << "\n" << answer.why;
    EXPECT_FALSE(answer.why.empty());
  }
}

TEST(Gate, LeavesPagesWithContentAloneWhateverWordsAreInThem) {
  const std::string words = "<p>请登录系统提交申请。您访问的页面不存在时请联系我们。系统维护。404。访问过于频繁。C3VK= 安全验证</p>";
  EXPECT_EQ(article(page(long_text() + words)).page_class, PageClass::kOk);
  EXPECT_EQ(article(page(long_text(), "<title>2023年政府信息公开工作年度报告</title><script>if(m)location.href='/m/';</script>")).page_class, PageClass::kOk);
  EXPECT_EQ(article(page("<p>报告全文见附件</p><a href=x.pdf>附件</a>")).page_class, PageClass::kOk);
  EXPECT_EQ(article("<p>某局年报（图片版）</p><img src=1.jpg>").page_class, PageClass::kOk);
}

TEST(Gate, GoesByStatusFirst) {
  const std::string good = page(long_text());
  for (const auto& [status, expected] : std::initializer_list<std::pair<int, PageClass>>{{404, PageClass::kGone}, {410, PageClass::kGone}, {429, PageClass::kThrottled}, {503, PageClass::kThrottled},
           {500, PageClass::kServerError}, {403, PageClass::kBlocked}, {401, PageClass::kBlocked}, {521, PageClass::kChallenge}, {412, PageClass::kChallenge}, {512, PageClass::kChallenge}}) {
    EXPECT_EQ(article(good, {}, status).page_class, expected) << status;
  }
}

TEST(Gate, FollowsPagesThatOnlyLeadOn) {
  const PageAnswer refresh = article("<meta http-equiv=Refresh content=\"0; url='../new.html'\">");
  EXPECT_EQ(refresh.page_class, PageClass::kHop) << refresh.why;
  EXPECT_EQ(refresh.hop, "http://a.cn/zwgk/new.html");
  EXPECT_EQ(article("<script>window.location.href=\"/x/y.html\";</script>").hop, "http://a.cn/x/y.html");
  EXPECT_NE(article("<meta http-equiv=refresh content='60;url=/x'>").page_class, PageClass::kHop);
  EXPECT_EQ(article("<script>location.href='" + kUrl + "'</script>").page_class, PageClass::kChallenge);
  EXPECT_NE(article("<script>location.href='javascript:alert(1)'</script>").page_class, PageClass::kHop);
}

TEST(Gate, KnowsFrontPagesAndWhatPortalsAreKnownToSay) {
  EXPECT_TRUE(is_front_page(kUrl, "http://a.cn/"));
  EXPECT_TRUE(is_front_page(kUrl, "https://a.cn/index.html"));
  EXPECT_FALSE(is_front_page(kUrl, "http://a.cn/zwgk/index.html"));
  EXPECT_FALSE(is_front_page("http://a.cn/", "http://a.cn/"));
  const auto portal = parse_portal(R"({"schema":1,"id":"p","hosts":["a.cn"],"documents":["http://a.cn/x"],"article":{"must_match":"信息公开"},
    "gate":{"home_title":"某局门户","soft404":"走丢了"},"challenge":{"status":[418],"regex":"wafx"}})", "p.json");
  ASSERT_TRUE(portal) << portal.error().message;
  EXPECT_EQ(article("<title>某局门户</title>" + long_text(), *portal).page_class, PageClass::kHomePage);
  EXPECT_EQ(article("<p>页面走丢了</p>" + std::string(40, ' '), *portal).page_class, PageClass::kSoft404);
  EXPECT_EQ(article("<p>x wafx</p>", *portal).page_class, PageClass::kChallenge);
  EXPECT_EQ(article("x", *portal, 418).page_class, PageClass::kChallenge);
  EXPECT_EQ(article("<div class=nav>政府信息公开</div><div id=zoom>" + std::string("<p>今天天气晴朗，适合出游，欢迎光临本站。</p>") + "</div>", *portal).page_class, PageClass::kUnexpected);
}

TEST(Article, IsTheDocumentItselfWhenItIsNoPage) {
  EXPECT_EQ(article("%PDF-1.7 …").page_class, PageClass::kOk);
  EXPECT_EQ(article("PK\x03\x04").article.text_digest, "");
}

TEST(Article, ReadsMetadataOfAnySpelling) {
  const ArticleReading a = article(page(long_text(), "<meta name=articletitle content='甲局年报'><META NAME=PUBDATE CONTENT='2024-01-15 09:30:00'><meta name=ContentSource content=甲局><meta content=1304000009 name=SiteIDCode>")).article;
  EXPECT_EQ(a.title, "甲局年报");
  EXPECT_EQ(a.date, "2024-01-15");
  EXPECT_EQ(a.source, "甲局");
  EXPECT_EQ(a.site_id, "1304000009");
  EXPECT_EQ(article(page("<p>发布时间： 2023年3月1日 来源：某局</p>" + long_text())).article.date, "2023-03-01");
  EXPECT_EQ(article(page(long_text())).article.date, "2024-01-15");  // of the address
  EXPECT_EQ(article(page(long_text(), "<title>某某市商务局2023年政府信息公开年度报告_某某市人民政府</title>")).article.title, "某某市商务局2023年政府信息公开年度报告");
  EXPECT_EQ(day_of_address("http://a.cn/web/20240115093000123/index.shtml"), "2024-01-15");
  EXPECT_EQ(day_of_address("http://a.cn/art/2025/1/24/art_1_2.html"), "2025-01-24");
  EXPECT_EQ(day_of_address("http://a.cn/content/54279.html"), "");
}

TEST(Article, HasOneDigestWhateverThePageAroundItDoes) {
  const auto digest = [](const std::string& content, const std::string& around = "") { return article(around + page(content)).article.text_digest; };
  const std::string text = long_text();
  EXPECT_EQ(digest(text), digest(text, "<div>今天是2024年2月3日 访问量 1234</div>"));
  EXPECT_EQ(digest("<p>浏览次数：<span>35</span></p>" + text), digest("<p>浏览次数：<span>36</span></p>" + text));
  EXPECT_EQ(digest("<p>【字体：大 中 小】</p>" + text + "<p>打印本页</p>"), digest(text));
  EXPECT_EQ(digest(text), digest("<div>" + text + "</div>\n\n"));
  EXPECT_NE(digest(text), digest(text + "<p>补充。</p>"));
  EXPECT_NE(digest(text + "<img src=a.jpg>"), digest(text + "<img src=b.jpg>"));
  EXPECT_NE(digest("<table><tr><td></td><td>5</td></tr></table>" + text), digest("<table><tr><td>5</td><td></td></tr></table>" + text));
}

TEST(Article, HasNearFingerprintsForNearTexts) {
  const std::uint64_t a = article(page(long_text())).article.simhash, b = article(page(long_text() + "<p>更正一处。</p>")).article.simhash;
  EXPECT_LE(bits_apart(a, b), 6);
  EXPECT_GT(bits_apart(a, simhash("另外一份完全不同的文件，说的是别的事情，与上面的没有任何关系。")), 12);
}

TEST(Article, FindsAttachmentsSevenWays) {
  const auto attached = [](const std::string& content) {
    std::vector<std::string> urls;
    for (const PageAttachment& attachment : article(page("<p>2023年政府信息公开工作年度报告</p>" + content)).article.attachments) urls.push_back(attachment.url);
    return urls;
  };
  EXPECT_THAT(attached("<a href='./P020240115.pdf'>全文</a>"), ElementsAre("http://a.cn/zwgk/202401/P020240115.pdf"));
  EXPECT_THAT(attached("<a href='/d/downfile.jsp?filename=1a.docx&amp;showname=x'>下载</a>"), ElementsAre("http://a.cn/d/downfile.jsp?filename=1a.docx&showname=x"));
  EXPECT_THAT(attached("<iframe src='/x.pdf'></iframe>"), ElementsAre("http://a.cn/x.pdf"));
  EXPECT_THAT(attached("<a href='/pdfjs/viewer.html?file=/u/x.pdf'>在线阅读</a>"), ElementsAre("http://a.cn/u/x.pdf"));
  EXPECT_THAT(attached("<span onclick=\"window.open('/u/y.doc')\">下载</span>"), ElementsAre("http://a.cn/u/y.doc"));
  EXPECT_THAT(attached("<div data-file=\"/u/z.ofd\"></div>"), ElementsAre("http://a.cn/u/z.ofd"));
  EXPECT_THAT(attached("<script>var u = '/u/s.xlsx';</script>"), ElementsAre("http://a.cn/u/s.xlsx"));
  EXPECT_THAT(attached("<a href='/_content/download.jsp?wbfileid=17'>附件【年报】</a>"), ElementsAre("http://a.cn/_content/download.jsp?wbfileid=17"));
  EXPECT_THAT(attached("<a href='/f.pdf'>依申请公开申请表</a><p>正文</p>"), IsEmpty());
}

}  // namespace
}  // namespace gouji::crawler
