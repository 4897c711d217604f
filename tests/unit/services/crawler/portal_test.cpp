// Portal files, list pages, and what the user names as sources.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/events/worker_codec.h"
#include "services/crawler/core/list_page.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/sources.h"
#include "services/crawler/worker.h"
#include "tests/unit/services/crawler/temporary_folder.h"

namespace gouji::crawler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kGood = R"({"schema": 1, "id": "cn-33-zj-jyt", "kind": "list", "url": "https://jyt.zj.gov.cn/col/",
  "hosts": ["*.zj.gov.cn"], "organ": "浙江省教育厅", "year": 2024, "scope": "OWN", "interval": "2h", "format": "json",
  "accept": {"title": ["信息公开*报告"], "title_not": ["解读"], "url": ["/art/"]},
  "rows": {"pointer": "/data/list", "url": "/link", "title": "/name", "date": "/day"}})";

std::string mistakes_of(std::string_view text) {
  const auto source = parse_portal_file(text, "p.json");
  return source ? "none" : source.error().message;
}

TEST(PortalFile, BecomesASource) {
  const auto source = parse_portal_file(kGood, "p.json");
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(source->id, "cn-33-zj-jyt");
  EXPECT_EQ(source->location_source, "cn-33-zj-jyt");
  EXPECT_EQ(source->kind, SourceKind::kList);
  EXPECT_EQ(source->address, "https://jyt.zj.gov.cn/col/");
  EXPECT_EQ(source->interval, std::chrono::hours{2});
  ASSERT_THAT(source->hints, SizeIs(3));
  EXPECT_EQ(source->hints[0].value, "浙江省教育厅");
  EXPECT_EQ(source->hints[1].value, "2024");
  EXPECT_EQ(source->hints[2].origin, "portal_file");
  EXPECT_EQ(source->list, (ListRules{"json", {"信息公开*报告"}, {"解读"}, {"/art/"}, "/data/list", "/link", "/name", "/day"}));
  EXPECT_TRUE(is_host_accepted(*source, "www.zj.gov.cn"));
  EXPECT_FALSE(is_host_accepted(*source, "zj.gov.cn.evil.com"));
}

TEST(PortalFile, KeepsToTheHostOfItsAddressWithoutHosts) {
  const auto source = parse_portal_file(R"({"schema":1,"id":"a","kind":"url","url":"http://b.cn/x"})", "p.json");
  ASSERT_TRUE(source);
  EXPECT_TRUE(is_host_accepted(*source, "b.cn"));
  EXPECT_FALSE(is_host_accepted(*source, "c.cn"));
}

TEST(PortalFile, NamesAllItsMistakesAtOnceWithPlaceAndHint) {
  const std::string text = mistakes_of(R"({"schema": 2, "id": "Über", "kind": "lst", "url": "ftp://x", "organn": "a", "year": "2024",
    "interval": "soon", "scope": "MINE", "format": "xml", "accept": {"titel": []}, "rows": {"url": "no"}, "zzz": 1, "year": 3})");
  for (const char* expected : {"p.json: /schema: expected a whole number 1…1", "/id: expected a name", "/kind: expected \"list\" or \"url\"", "/url: address \"ftp://x\"",
                               "/organn: unknown; did you mean \"organ\"?", "/year: expected a whole number", "/year: is there twice", "/interval: expected a time", "/scope: expected",
                               "/format: expected", "/accept/titel: unknown; did you mean \"title\"?", "/rows/url: expected a JSON pointer", "/zzz: unknown; known are schema id"}) {
    EXPECT_THAT(text, HasSubstr(expected));
  }
}

TEST(PortalFile, SaysWhatIsMissing) {
  const std::string text = mistakes_of("{}");
  for (const char* expected : {"/schema: missing", "/id: ", "/kind: ", "/url: "}) EXPECT_THAT(text, HasSubstr(expected));
  EXPECT_THAT(mistakes_of(R"({"schema":1,"id":"a","kind":"list","url":"http://b.cn","format":"json"})"), HasSubstr("/rows/url: missing"));
}

TEST(PortalFile, RefusesWhatIsNoObject) {
  EXPECT_THAT(mistakes_of("{\"schema\": 1,"), HasSubstr("p.json: not JSON"));
  EXPECT_THAT(mistakes_of("[1]"), HasSubstr("expected one object"));
  EXPECT_THAT(mistakes_of(R"({"schema":1,"id":"a","kind":"url","url":"http://b.cn","accept":[],"hosts":"x"})"), HasSubstr("/accept: expected an object"));
}

TEST(Patterns, ArePartsOrGlobs) {
  EXPECT_TRUE(matches("报告", "2024年报告全文"));
  EXPECT_FALSE(matches("报告", "年报"));
  EXPECT_TRUE(matches("*信息公开*报告", "某市2024年政府信息公开工作年度报告"));
  EXPECT_FALSE(matches("信息公开*报告", "某市信息公开报告"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a?c", "abbc"));
  EXPECT_FALSE(matches("*a*a*a*a*a*a*a*a*b", std::string(5'000, 'a')));
}

const Url kBase = *parse_url("http://a.cn/col/index.html");

TEST(ListPage, ReadsHtmlRowsWithTitleAndDate) {
  const auto page = read_list(R"html(<html><meta charset=utf-8><ul>
    <li><a href="./t1.html">某市2023年政府信息公开工作年度报告</a><span>2024-01-31</span></li>
    <li><span>2023年1月9日</span><a href="/col/t2.html">某市2022年  政府信息公开工作年度报告</a></li>
    <li><a href="t1.html">某市2023年政府信息公开工作年度报告</a></li>
    <li><a href="t3.html">年报解读：信息公开报告</a></li><li><a href="javascript:void(0)">信息公开报告</a></li>
    <li><a href="http://evil.cn/x">联系我们</a></li></ul>)html", "text/html", kBase, {"html", {"信息公开"}, {"解读"}, {}, "", "", "", ""});
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_THAT(page->documents, SizeIs(2));
  EXPECT_EQ(page->documents[0], (ListedDocument{"http://a.cn/col/t1.html", "某市2023年政府信息公开工作年度报告", "2024-01-31"}));
  EXPECT_EQ(page->documents[1].url, "http://a.cn/col/t2.html");
  EXPECT_EQ(page->documents[1].title, "某市2022年 政府信息公开工作年度报告");
  EXPECT_THAT(page->documents[1].date, HasSubstr("2023年1月9"));
}

TEST(ListPage, ReadsJsonRowsByPointer) {
  const ListRules rules{"json", {}, {}, {}, "/data/0/rows", "/link", "/info/title", "/time"};
  const auto page = read_list(R"(callback({"data": [{"rows": [{"link": "/x/1.html", "info": {"title": "一"}, "time": 1700000000}, {"link": "2.html", "info": [], "time": null}, {"nolink": 1}, 7]}]});)",
                              "application/json", kBase, rules);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_THAT(page->documents, ElementsAre(ListedDocument{"http://a.cn/x/1.html", "一", "1700000000"}, ListedDocument{"http://a.cn/col/2.html", "", ""}));
}

TEST(ListPage, RefusesJsonWithoutTheArray) {
  const ListRules rules{"json", {}, {}, {}, "/rows", "/link", "", ""};
  for (const char* text : {"{\"rows\": 1}", "{}", "not json", "", "[", "{\"rows\": {}}"}) EXPECT_FALSE(read_list(text, "", kBase, rules)) << text;
}

TEST(ListPage, StopsAtItsLimitAndSaysSo) {
  std::string text = "[";
  for (std::size_t i = 0; i <= kListedMax; ++i) text += (i == 0 ? "" : ",") + std::string("{\"u\":\"/") + std::to_string(i) + "\"}";
  const auto page = read_list(text + "]", "", kBase, {"json", {}, {}, {}, "", "/u", "", ""});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->documents, SizeIs(kListedMax));
  EXPECT_TRUE(page->cut);
}

TEST(Worker, AnswersAnythingWithAnAnswer) {
  EXPECT_FALSE(events::decode_list_answer(answer_list_request("\xff\xff garbage"))->error.empty());
  events::ListRequest request;
  request.body = "<a href=x.html>x</a>";
  request.url = "http://a.cn/";
  request.format = "html";
  const auto answer = events::decode_list_answer(answer_list_request(events::encode(request)));
  ASSERT_TRUE(answer);
  ASSERT_THAT(answer->rows, SizeIs(1));
  EXPECT_EQ(answer->rows[0].url, "http://a.cn/x.html");
  request.url = "file:///etc";
  EXPECT_FALSE(events::decode_list_answer(answer_list_request(events::encode(request)))->error.empty());
}

TEST(SourceArguments, TellFilesAddressesAndPortalFilesApart) {
  const TemporaryFolder folder;
  const auto sources = sources_from({folder.write("a.html", "x"), folder.path(), "HTTP://a.cn", folder.write("p.json", kGood), folder.write("report.json", "{\"x\":1}"), folder.path() + "/."});
  ASSERT_TRUE(sources) << sources.error().message;
  ASSERT_THAT(*sources, SizeIs(5));
  EXPECT_EQ((*sources)[0].address, folder / "a.html");
  EXPECT_EQ((*sources)[1].kind, SourceKind::kFiles);
  EXPECT_EQ((*sources)[2].address, "http://a.cn/");
  EXPECT_EQ((*sources)[3].kind, SourceKind::kList);
  EXPECT_EQ((*sources)[4].kind, SourceKind::kFiles);
}

TEST(SourceArguments, NameEveryMistakeOfEveryArgument) {
  const TemporaryFolder folder;
  const std::string portal = folder.write("p.json", kGood);
  const auto sources = sources_from({"/no/such/file", "ftp://a.cn/x", folder.write("bad.json", "{\"schema\":1}"), portal, folder.write("twin.json", kGood), "/dev/null"});
  ASSERT_FALSE(sources);
  for (const char* expected : {"/no/such/file", "only http:// and https://", "bad.json: /id", "is there twice", "neither a file nor a directory"}) {
    EXPECT_THAT(sources.error().message, HasSubstr(expected));
  }
  EXPECT_EQ(sources.error().code, ErrorCode::kBadSettings);
}

}  // namespace
}  // namespace gouji::crawler
