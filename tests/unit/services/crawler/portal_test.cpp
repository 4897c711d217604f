// Portal files, and what the user names as sources.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/events/page_codec.h"
#include "services/crawler/core/pattern.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/sources.h"
#include "services/crawler/worker.h"
#include "tests/unit/services/crawler/temporary_folder.h"

namespace gouji::crawler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
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
  EXPECT_TRUE(is_wanted(*source->portal, source->portal->lists.at(0), "https://jyt.zj.gov.cn/art/1.html", "信息公开工作年度报告"));
  EXPECT_TRUE(is_host_accepted(*source, "www.zj.gov.cn"));
  EXPECT_FALSE(is_host_accepted(*source, "zj.gov.cn.evil.com"));
}

TEST(PortalFile, OfTheFirstFormBecomesOneList) {
  const auto portal = parse_portal(kGood, "p.json");
  ASSERT_TRUE(portal) << portal.error().message;
  ASSERT_THAT(portal->lists, SizeIs(1));
  const ListRule& list = portal->lists[0];
  EXPECT_EQ(list.response.format, ListFormat::kJsonp);
  EXPECT_THAT(list.rows.pointers, ElementsAre("/data/list"));
  EXPECT_EQ(list.rows.url.at(0).pointer, "/link");
  EXPECT_EQ(list.rows.title.at(0).pointer, "/name");
  EXPECT_EQ(list.rows.date.at(0).pointer, "/day");
  EXPECT_TRUE(is_wanted(*portal, list, "https://jyt.zj.gov.cn/art/1.html", "信息公开工作年度报告"));
  EXPECT_FALSE(is_wanted(*portal, list, "https://jyt.zj.gov.cn/art/1.html", "信息公开解读报告"));
  EXPECT_FALSE(is_wanted(*portal, list, "https://jyt.zj.gov.cn/1.html", "信息公开工作年度报告"));
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
  const std::string text = mistakes_of(R"({"kind": "", "url": ""})");
  for (const char* expected : {"/schema: missing", "/id: ", "/kind: ", "/url: "}) EXPECT_THAT(text, HasSubstr(expected));
  EXPECT_THAT(mistakes_of(R"({"schema":1,"id":"a","kind":"list","url":"http://b.cn","format":"json"})"), HasSubstr("/rows/url: missing"));
}

TEST(PortalFile, NamesAMisspeltFamily) {
  for (const char* rest : {"", R"(, "lists": [{"id": "nb", "request": {"url": "http://b.cn/"}}])"}) {
    const std::string text = mistakes_of(R"({"schema": 1, "id": "a", "famly": "trs-static", "hosts": ["b.cn"])" + std::string(rest) + "}");
    EXPECT_THAT(text, HasSubstr("/famly: unknown; did you mean \"family\"?"));
    EXPECT_THAT(text, Not(HasSubstr("/kind")));
  }
}

TEST(PortalFile, SaysWhereItStopsBeingJson) {
  const std::vector<std::pair<std::string_view, std::string_view>> wrong{
      {"{\"schema\": 1,\n \"id\": \"x\"\n \"hosts\": []}", "line 3, column 2: "},  // no comma
      {"{\"schema\": 1,\n}", "line 2, column 1: "},
      {"{\"name\": \"机关\", \"a\": tru}", "line 1, column 21: "},
      {"{\"a\": \"b\n\"}", "line 1, column 9: "},  // a quote is missing
      {"{\"a\": [1, 2}", "line 1, column 12: "},
      {"{} {}", "line 1, column 4: "},
      {"", "line 1, column 1: "}};
  for (const auto& [text, place] : wrong) EXPECT_THAT(mistakes_of(text), HasSubstr("p.json: " + std::string(place) + "not JSON")) << text;
  EXPECT_THAT(mistakes_of(std::string(100'000, '[')), HasSubstr("p.json: line 1, column 1025: not JSON"));
  EXPECT_THAT(mistakes_of("{\"a\": \"\xff\"}"), HasSubstr("p.json: not JSON"));
}

TEST(PortalFile, RefusesWhatIsNoObject) {
  EXPECT_THAT(mistakes_of("{\"schema\": 1,"), HasSubstr("p.json: line 1, column 14: not JSON"));
  EXPECT_THAT(mistakes_of("[1]"), HasSubstr("expected one object"));
  EXPECT_THAT(mistakes_of(R"({"schema":1,"id":"a","kind":"url","url":"http://b.cn","accept":[],"hosts":"x"})"), HasSubstr("/accept: expected an object"));
}

TEST(Patterns, ArePartsOrGlobs) {
  EXPECT_TRUE(is_glob_match("报告", "2024年报告全文"));
  EXPECT_FALSE(is_glob_match("报告", "年报"));
  EXPECT_TRUE(is_glob_match("*信息公开*报告", "某市2024年政府信息公开工作年度报告"));
  EXPECT_FALSE(is_glob_match("信息公开*报告", "某市信息公开报告"));
  EXPECT_TRUE(is_glob_match("a?c", "abc"));
  EXPECT_FALSE(is_glob_match("a?c", "abbc"));
  EXPECT_FALSE(is_glob_match("*a*a*a*a*a*a*a*a*b", std::string(5'000, 'a')));
}

TEST(Worker, AnswersAnythingWithAnAnswer) {
  EXPECT_EQ(events::decode_page_answer(answer_page_request("\xff\xff garbage"))->page_class, PageClass::kUnreadable);
  PageRequest request;
  request.purpose = PagePurpose::kAttachments;
  request.body = "<a href=x.pdf>x</a>";
  request.url = "http://a.cn/";
  const auto answer = events::decode_page_answer(answer_page_request(events::encode(request)));
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->article.attachments, ElementsAre(PageAttachment{"http://a.cn/x.pdf", "x"}));
  request.body += "<p>本年制发件数</p><p>一、本年新收政府信息公开申请数量</p><p>结果维持</p>";  // the report itself
  EXPECT_THAT(events::decode_page_answer(answer_page_request(events::encode(request)))->article.attachments, IsEmpty());
  request.url = "file:///etc";
  EXPECT_EQ(events::decode_page_answer(answer_page_request(events::encode(request)))->page_class, PageClass::kUnreadable);
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
