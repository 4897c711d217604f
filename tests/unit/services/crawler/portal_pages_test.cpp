// Requests, paging and rows of portals, and the values that later requests need.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/crawler/core/page_gate.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/core/request_template.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A portal with one list; `list` and `more` are JSON members.
Portal portal_with(const std::string& list, const std::string& more = "") {
  const auto portal = parse_portal(R"({"schema":1,"id":"p","hosts":["a.cn","*.b.gov.cn"],"lists":[{"id":"l",)" + list + "}]" + more + "}", "p.json");
  EXPECT_TRUE(portal) << portal.error().message;
  return portal ? *portal : Portal{};
}

constexpr const char* kRows = R"("rows":{"select":"li","fields":{"url":"a@href","title":"a","date":{"from":"row","type":"date"}}})";

PageAnswer read(const Portal& portal, const std::string& body, const std::string& type = "text/html; charset=utf-8") {
  PageRequest request;
  request.cursor.list = "l";
  request.url = request.final_url = "http://a.cn/col/";
  request.media_type = type;
  request.body = body;
  return read_page(portal, request);
}

std::string address_of(const Portal& portal, const ListCursor& cursor, const PageVars& vars = {}) {
  const auto request = make_request(portal, cursor, vars);
  return request ? to_string(request->url) : request.error().message;
}

TEST(Requests, FillVariablesAndLeaveOtherBracesAlone) {
  EXPECT_THAT(variables_of(R"({"pageNo":{page},"x":{vars.q},"y":{ z },"w":{1}})"), ElementsAre("page", "vars.q"));
  const auto text = filled(R"({"a":{page}})", [](const std::string& name) { return std::optional<std::string>(name == "page" ? "3" : "?"); });
  EXPECT_EQ(*text, R"({"a":3})");
}

TEST(Requests, PageByPathParameterAndRecords) {
  const Portal path = portal_with(std::string(R"("request":{"url":"http://a.cn/col/"},"paging":{"kind":"path","next":"index_{n}.html","start":1},)") + kRows);
  ListCursor cursor = first_pages(path, 2025).front();
  EXPECT_EQ(address_of(path, cursor), "http://a.cn/col/");
  cursor.page = 1;
  EXPECT_EQ(address_of(path, cursor), "http://a.cn/col/index_1.html");
  const Portal records = portal_with(std::string(R"("request":{"url":"http://a.cn/d","query":{"s":"{start_record}","e":"{end_record}","q":"年 报&"}},"paging":{"kind":"record_range","page_sizes":[60,20]},)") + kRows);
  cursor = first_pages(records, 2025).front();
  EXPECT_EQ(address_of(records, cursor), "http://a.cn/d?s=1&e=60&q=%E5%B9%B4%20%E6%8A%A5%26");
  cursor.page_size = 1;
  cursor.offset = 37;
  EXPECT_EQ(address_of(records, cursor), "http://a.cn/d?s=38&e=57&q=%E5%B9%B4%20%E6%8A%A5%26");
}

TEST(Requests, PostFormsAndJson) {
  const Portal form = portal_with(std::string(R"("request":{"method":"POST","url":"http://a.cn/s","form":{"p":"{page}"},"headers":{"Referer":"{list}"}},"paging":{"kind":"form","start":0},)") + kRows);
  const auto request = make_request(form, first_pages(form, 2025).front(), {});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->body, "p=0");
  EXPECT_EQ(request->headers[0].value, "http://a.cn/s");
  EXPECT_THAT(request->headers[1].value, HasSubstr("x-www-form-urlencoded"));
}

TEST(Requests, WaitForTheValuesOfTheBootstrapPage) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"{origin}/x","query":{"...":"{vars.q}","id":"{sid}"}},)") + kRows,
                                    R"j(,"vars":{"from":"http://a.cn/i","values":{"q":{"regex":"Q=(.*?);","decode":["single_to_double_quotes","json"]},"sid":{"regex":"S=(\\d+)"}}})j");
  const ListCursor cursor = first_pages(portal, 2025).front();
  EXPECT_THAT(address_of(portal, cursor), HasSubstr("{vars.q} has no members yet"));
  PageRequest page;
  page.purpose = PagePurpose::kVars;
  page.url = page.final_url = "http://a.cn/i";
  page.body = "<script>Q={'a':'1 2','b':3};S=77</script>";
  const PageAnswer answer = read_page(portal, page);
  EXPECT_EQ(answer.vars, (PageVars{{"q.a", "1 2"}, {"q.b", "3"}, {"sid", "77"}}));
  EXPECT_EQ(address_of(portal, cursor, answer.vars), "http://a.cn/x?a=1%202&b=3&id=77");
}

TEST(Requests, TryEveryReportYearOfAColumn) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/{year}/{report_year}/"},"backfill_years":4,)") + kRows);
  const auto recent = first_pages(portal, 2025);
  ASSERT_THAT(recent, SizeIs(2));
  EXPECT_EQ(address_of(portal, recent[0]), "http://a.cn/2025/2024/");
  EXPECT_EQ(address_of(portal, recent[1]), "http://a.cn/2024/2023/");
  EXPECT_THAT(first_pages(portal, 2025, Reach::kBackfill), SizeIs(4));
}

PageAnswer rows_of(std::int64_t seen, const std::string& digest) {
  PageAnswer answer;
  answer.list.rows_seen = seen;
  answer.list.rows.resize(static_cast<std::size_t>(seen), PageRow{"http://a.cn/x", "t", "2020-01-01", "", {}});
  answer.list.rows_digest = digest;
  return answer;
}

TEST(Paging, EndsForEveryReasonThatPortalsGive) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/d?p={page}"},"paging":{"kind":"param"},"max_pages":3,)") + kRows);
  const ListCursor first = first_pages(portal, 2025).front();
  WalkFacts facts{"", 1, false, ""};
  const PagingStep step = next_page(portal, first, rows_of(10, "a"), facts);
  ASSERT_TRUE(step.next);
  EXPECT_EQ(step.next->page, 1);
  EXPECT_EQ(step.next->offset, 10);
  facts.rows_digest = "a";
  EXPECT_EQ(next_page(portal, *step.next, rows_of(10, "a"), facts).stopped, StopReason::kRepeat);
  EXPECT_EQ(next_page(portal, *step.next, rows_of(0, "b"), facts).stopped, StopReason::kEmpty);
  facts.rows_new = 0;
  EXPECT_EQ(next_page(portal, *step.next, rows_of(10, "b"), facts).stopped, StopReason::kNoNew);
  facts.is_backfill = true;
  EXPECT_EQ(next_page(portal, *step.next, rows_of(10, "b"), facts).stopped, StopReason::kGoesOn);
  facts.oldest_day = "2021-01-01";
  EXPECT_EQ(next_page(portal, *step.next, rows_of(10, "b"), facts).stopped, StopReason::kOlder);
  facts.oldest_day.clear();
  ListCursor third = first;
  third.page = 2;
  EXPECT_EQ(next_page(portal, third, rows_of(10, "b"), facts).stopped, StopReason::kMaxPages);
  PageAnswer missing;
  missing.page_class = PageClass::kGone;
  EXPECT_EQ(next_page(portal, third, missing, facts).stopped, StopReason::kNotFound);
  PageAnswer all = rows_of(10, "c");
  all.list.total = 10;
  EXPECT_EQ(next_page(portal, first, all, facts).stopped, StopReason::kTotal);
}

TEST(Paging, TriesAnotherPageSizeWhenThePortalTakesNone) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/d?p={limit}"},"paging":{"kind":"record_range","page_sizes":[60,20]},)") + kRows);
  const ListCursor first = first_pages(portal, 2025).front();
  PageAnswer empty;
  empty.page_class = PageClass::kEmptyShell;
  const PagingStep step = next_page(portal, first, empty, {});
  ASSERT_TRUE(step.next);
  EXPECT_EQ(address_of(portal, *step.next), "http://a.cn/d?p=20");
  EXPECT_FALSE(next_page(portal, *step.next, empty, {}).next);
}

TEST(Paging, FollowsLinksAndFramesOneHop) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/col/"},"paging":{"kind":"next_link","next_link":"a.next@href"},"follow_iframe":true,"follow":".years a",)") + kRows);
  const PageAnswer answer = read(portal, R"(<iframe src="/f.html"></iframe><iframe src="http://evil.cn/"></iframe><div class=years><a href="2023/">2023</a></div><li><a href="1.html">一</a></li><a class=next href="p2.html">下一页</a>)");
  EXPECT_EQ(answer.list.next, "http://a.cn/col/p2.html");
  EXPECT_THAT(answer.list.follow, ElementsAre("http://a.cn/f.html", "http://a.cn/col/2023/"));
  const PagingStep step = next_page(portal, first_pages(portal, 2025).front(), answer, {"", 1, false, ""});
  EXPECT_EQ(address_of(portal, *step.next), "http://a.cn/col/p2.html");
  ASSERT_THAT(step.follow, SizeIs(2));
  EXPECT_EQ(address_of(portal, step.follow[1]), "http://a.cn/col/2023/");
  EXPECT_THAT(next_page(portal, step.follow[0], answer, {"", 1, false, ""}).follow, IsEmpty());
}

TEST(Rows, AreToldWithTheReasonWhenTheyAreLeftOut) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/col/"},)") + kRows,
                                    R"(,"accept":{"title":"信息公开","title_not":"解读","url":"/col/"})");
  const PageAnswer answer = read(portal, R"j(<li><a href="1.html">信息公开年报</a> 2024-1-5</li><li><a href="1.html">信息公开年报</a></li><li><a href="/x.html">信息公开年报</a></li>
    <li><a href="2.html">信息公开年报解读</a></li><li><a href="http://c.cn/col/">信息公开年报</a></li><li>没有链接</li><li><a href="javascript:go()">信息公开</a></li>
    <li><a href="3.html"></a></li><li><a href="http://x.b.gov.cn/col/9">信息公开年报</a>昨天</li>)j");
  ASSERT_THAT(answer.list.rows, SizeIs(2));
  EXPECT_EQ(answer.list.rows[0].date, "2024-01-05");
  EXPECT_EQ(answer.list.rows_seen, 9);
  EXPECT_EQ(answer.list.dates_unread, 1);
  std::vector<DropReason> reasons;
  for (const DroppedRow& row : answer.list.dropped) reasons.push_back(row.why);
  EXPECT_THAT(reasons, ElementsAre(DropReason::kTwice, DropReason::kUrlRefused, DropReason::kTitleRefused, DropReason::kOtherHost, DropReason::kNoAddress, DropReason::kNoAddress, DropReason::kNoTitle));
}

TEST(Rows, OfJsonTakeOnlyTextsAndNumbers) {
  const Portal portal = portal_with(R"("request":{"url":"http://a.cn/d"},"response":{"format":"json"},
    "rows":{"at":"/d/0","url_template":"http://a.cn/doc/{id}.html","fields":{"title":["/t","/n"],"date":[{"at":"/e","type":"epoch"},{"at":"/e","type":"date"}]}})");
  const PageAnswer answer = read(portal, R"({"d":[[{"id":7,"t":{"a":1},"n":"甲","e":1700000000},{"id":"x y","t":"乙","e":"2023/2/3 10:00"},{"id":9,"t":[],"n":null}]]})", "application/json");
  ASSERT_THAT(answer.list.rows, SizeIs(2)) << answer.why;
  EXPECT_EQ(answer.list.rows[0], (PageRow{"http://a.cn/doc/7.html", "甲", "2023-11-15", "", {}}));
  EXPECT_EQ(answer.list.rows[1], (PageRow{"http://a.cn/doc/x%20y.html", "乙", "2023-02-03", "", {}}));
}

TEST(Rows, OfScriptsExpressionsAndArraysOfHtml) {
  const Portal js = portal_with(R"("request":{"url":"http://a.cn/d"},"response":{"format":"js_var","marker":"var L ="},"rows":{"at":"","fields":{"url":"/u","title":"/t"}})");
  EXPECT_THAT(read(js, "x;var L = [{\"u\":\"/1\",\"t\":\"]}一\"}]; y").list.rows, ElementsAre(PageRow{"http://a.cn/1", "]}一", "", "", {}}));
  const Portal regex = portal_with(R"j("request":{"url":"http://a.cn/d"},"rows":{"regex":"go\\('([^']+)','([^']+)'\\)","fields":{"url":"$1","title":"$2"}})j");
  EXPECT_THAT(read(regex, "<a onclick=\"go('/1','一')\"><a onclick=\"go('/2','二')\">").list.rows, SizeIs(2));
  const Portal array = portal_with(R"j("request":{"url":"http://a.cn/d"},"response":{"format":"json_array_of_html","html_at":"/result"},
    "rows":{"select":"record","fields":{"url":{"select":"a","attr":"href","regex":"url=([^&]+)","decode":[]},"title":"a"}})j");
  EXPECT_THAT(read(array, R"({"result":["<a href='v?url=http://a.cn/9&x=1'>九</a>",5]})").list.rows, ElementsAre(PageRow{"http://a.cn/9", "九", "", "", {}}));
}

TEST(Rows, OfTheSamePageHaveTheSameDigestAndTemplate) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/col/"},)") + kRows);
  const ListReading a = read(portal, "<ul class=l1><li><a href=1>一</a></li></ul>").list, b = read(portal, "<ul class=l2><li><a href=1>一</a></li></ul><p>x").list;
  const ListReading c = read(portal, "<ul class=l1><li><a href=2>一</a></li></ul>").list, d = read(portal, "<div><li><span><a href=1>一</a></span></li></div>").list;
  EXPECT_EQ(a.rows_digest, b.rows_digest);
  EXPECT_EQ(a.fingerprint, b.fingerprint);
  EXPECT_NE(a.rows_digest, c.rows_digest);
  EXPECT_EQ(a.fingerprint, c.fingerprint);
  EXPECT_NE(a.fingerprint, d.fingerprint);
}

TEST(Canonical, SpellingIsOne) {
  const Portal portal = portal_with(std::string(R"("request":{"url":"http://a.cn/col/"},)") + kRows, R"(,"canonical":{"scheme":"https","drop_query":["_","t"],"rewrite":[["_wap\\.html$",".html"]]})");
  const auto once = canonical(portal, *parse_url("http://a.cn/x_wap.html?_=1&a=2&t=3"));
  ASSERT_TRUE(once);
  EXPECT_EQ(to_string(*once), "https://a.cn/x_wap.html?a=2");
  EXPECT_EQ(to_string(*canonical(portal, *parse_url("http://a.cn/x_wap.html?t=3"))), "https://a.cn/x.html");
  EXPECT_EQ(*canonical(portal, *once), *once);
}

TEST(Days, AreReadAsPortalsWriteThem) {
  for (const auto& [text, day] : std::initializer_list<std::pair<const char*, const char*>>{{"[2024-01-05]", "2024-01-05"}, {"2024/1/5 10:00", "2024-01-05"}, {"2024年 1 月5日", "2024-01-05"},
           {"2024-\n01-\n05", "2024-01-05"}, {"2024.02.29", "2024-02-29"}, {"x2023-12-31y", "2023-12-31"}}) {
    EXPECT_EQ(day_in(text).value_or("none"), day) << text;
  }
  for (const char* text : {"2023-02-29", "2024-13-01", "1924-01-01", "2024-1", "20240105", "", "12024-01-05"}) EXPECT_FALSE(day_in(text)) << text;
  EXPECT_EQ(compact_day_in("t20240105_1"), "2024-01-05");
  EXPECT_FALSE(compact_day_in("120240105"));
  EXPECT_EQ(day_of_epoch("1617033600"), "2021-03-30");
  EXPECT_EQ(day_of_epoch("1617033600000"), "2021-03-30");
  EXPECT_EQ(day_of_epoch("1704038400"), "2024-01-01");  // midnight in China
  EXPECT_FALSE(day_of_epoch("5"));
}

}  // namespace
}  // namespace gouji::crawler
