// What `gouji notify` says to whom, without a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <functional>
#include <map>

#include "common/core/digest.h"
#include "common/report/calendar.h"
#include "common/text/percent.h"
#include "common/text/utf8.h"
#include "services/crawler/io/sqlite.h"
#include "services/gouji/notify/chat.h"
#include "services/gouji/notify/filter.h"
#include "services/gouji/notify/message.h"
#include "services/gouji/notify/notify_state.h"
#include "services/gouji/notify/pace.h"
#include "services/gouji/notify/refusal.h"
#include "services/gouji/notify/sender.h"
#include "services/gouji/notify/signature.h"
#include "services/gouji/notify/targets.h"
#include "tests/support/temp_folder.h"

namespace gouji::command {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr UnixMillis kNow = 1'769'904'000'000;  // 2026-02-01T00:00:00Z

Anomaly anomaly() {
  Anomaly made;
  made.id = "a1";
  made.key = {"330100-jyj", 2025, Scope::kOwn};
  made.version = 1;
  made.fault = Fault::kPublisher;
  made.findings = {{"T3.BALANCE", "total"}, {"T3.ROW_SUM", "new"}};
  Explanation explanation;
  explanation.changes.push_back({"t3.new.total", Cell::number(90), 98});
  made.explanations.push_back(explanation);
  made.unique = true;
  made.organ_name = "某市教育局";
  made.message_zh = "本年新收与办理结果不符";
  made.message_en = "the totals differ";
  made.evidence.url = "https://example.org/report.html";
  made.opened_at = kNow - 1000;
  return made;
}

TEST(Signature, HoldsTheVectorsOfRfc4231) {
  const auto mac = [](std::string_view key, std::string_view text) { return to_hex(hmac_sha256(key, text)); };
  EXPECT_EQ(mac(std::string(20, '\x0b'), "Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(mac("Jefe", "what do ya want for nothing?"), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(mac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Signature, WritesBase64OfEveryLength) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(percent_encoded("a+/=~"), "a%2B%2F%3D~");
}

TEST(Calendar, TurnsTheYearInChina) {
  EXPECT_EQ(year_due(1'767'196'799'999), 2024);  // 2025-12-31T15:59:59.999Z: a moment before midnight there
  EXPECT_EQ(year_due(1'767'196'800'000), 2025);
}

struct FilterCase {
  const char* name;
  std::function<void(NotifyFilter&, Anomaly&)> change;
  bool is_wanted;
};

TEST(Filter, TakesErrorsOfTheCurrentYearThatAreNotOurOwn) {
  const FilterCase cases[] = {
      {"as it is", [](NotifyFilter&, Anomaly&) {}, true},
      {"a warning", [](NotifyFilter&, Anomaly& a) { a.severity = Severity::kWarning; }, false},
      {"a warning that is asked for", [](NotifyFilter& f, Anomaly& a) { f.severity = a.severity = Severity::kWarning; }, true},
      {"misread", [](NotifyFilter&, Anomaly& a) { a.fault = Fault::kExtraction; }, false},
      {"last year's", [](NotifyFilter&, Anomaly& a) { a.key.year = 2024; }, false},
      {"last year's, all years", [](NotifyFilter& f, Anomaly& a) { a.key.year = 2024; f.all_years = true; }, true},
      {"another year than those named", [](NotifyFilter& f, Anomaly&) { f.years = {2023}; }, false},
      {"year not known", [](NotifyFilter&, Anomaly& a) { a.key.year = 0; }, true},
      {"division", [](NotifyFilter& f, Anomaly&) { f.divisions = {"33"}; }, true},
      {"unlisted organ's division", [](NotifyFilter& f, Anomaly& a) { a.key.organ_id = "name:330102:某局"; f.divisions = {"3301"}; }, true},
      {"another division", [](NotifyFilter& f, Anomaly&) { f.divisions = {"32", "3302"}; }, false},
      {"part of the organ's name", [](NotifyFilter& f, Anomaly&) { f.organs = {"教育"}; }, true},
      {"another organ", [](NotifyFilter& f, Anomaly&) { f.organs = {"公安"}; }, false},
      {"rule", [](NotifyFilter& f, Anomaly&) { f.rules = {"T3.ROW_SUM"}; }, true},
      {"beginning of a rule", [](NotifyFilter& f, Anomaly&) { f.rules = {"T3.*"}; }, true},
      {"a rule is no beginning", [](NotifyFilter& f, Anomaly&) { f.rules = {"T3"}; }, false},
      {"resolved", [](NotifyFilter&, Anomaly& a) { a.transition = Transition::kResolved; }, false},
      {"retracted", [](NotifyFilter&, Anomaly& a) { a.transition = Transition::kRetracted; }, false},
      {"waived", [](NotifyFilter&, Anomaly& a) { a.waiver = Waiver{}; }, false},
      {"waived until yesterday", [](NotifyFilter&, Anomaly& a) { a.waiver = Waiver{}; a.waiver->expires_at = kNow - 1; }, true},
  };
  for (const FilterCase& each : cases) {
    NotifyFilter filter;
    Anomaly made = anomaly();
    each.change(filter, made);
    EXPECT_EQ(wants(filter, made, kNow), each.is_wanted) << each.name;
  }
}

TEST(Targets, ReadsAFileWithEverythingInIt) {
  const auto targets = parse_targets(R"({"schema": 1,
    "alertmanagers": [{"name": "am", "url": "http://127.0.0.1:9093", "hold": 600, "filter": {"severity": "warning"}}],
    "webhooks": [{"name": "hz", "url_file": "/run/secrets/hz", "shape": "wecom", "lang": "en", "secret_file": "/s",
                  "filter": {"divisions": ["3301"], "rules": ["T3.*"], "years": [2025], "faults": ["EXTRACTION"]}}]})", "t.json");
  ASSERT_TRUE(targets) << targets.error().message;
  ASSERT_EQ(targets->size(), 2u);
  EXPECT_EQ((*targets)[0].shape, TargetShape::kAlertmanager);
  EXPECT_EQ((*targets)[0].hold_seconds, 600);
  EXPECT_EQ((*targets)[0].filter.severity, Severity::kWarning);
  EXPECT_EQ((*targets)[1].shape, TargetShape::kWecom);
  EXPECT_EQ((*targets)[1].language, Language::kEnglish);
  EXPECT_EQ((*targets)[1].filter.years, std::vector<std::int32_t>{2025});
  EXPECT_EQ((*targets)[1].filter.faults, std::vector<Fault>{Fault::kExtraction});
}

TEST(Targets, NamesAllMistakesWithTheirPlaces) {
  const auto targets = parse_targets(R"({"schema": 2, "more": 1,
    "alertmanagers": [{"name": "x", "url": "http://user@host", "hold": 5, "shape": "slack"}],
    "webhooks": [{"name": "x", "url": "http://a b", "shape": "fax"}, {"url": "http://a", "url_file": "/b", "name": "y"}, 7]})", "t.json");
  ASSERT_FALSE(targets);
  for (const char* place : {"/schema", "/more", "/alertmanagers/0/url", "/alertmanagers/0/hold", "/alertmanagers/0/shape", "/webhooks/0/name",
                            "/webhooks/0/url", "/webhooks/0/shape", "/webhooks/1/url", "/webhooks/2"})
    EXPECT_THAT(targets.error().message, HasSubstr(std::string("t.json: ") + place));
  const auto twice = parse_targets(R"({"schema": 1, "webhooks": [{"name": "x", "url": "http://a", "url": "http://b"}]})", "t.json");
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("/webhooks/0/url"));
  EXPECT_FALSE(parse_targets("{", "t.json"));
  EXPECT_FALSE(parse_targets(R"({"schema": 1})", "t.json"));
}

TEST(Message, SaysWhereAndWhatInEveryShape) {
  for (const TargetShape shape : {TargetShape::kGeneric, TargetShape::kSlack, TargetShape::kWecom, TargetShape::kDingtalk, TargetShape::kFeishu}) {
    NotifyTarget target;
    target.shape = shape;
    const std::string body = webhook_body(target, {anomaly(), "event-1", true});
    for (const char* part : {"某市教育局", "2025", "90", "98", "https://example.org/report.html", "T3.BALANCE"}) EXPECT_THAT(body, HasSubstr(part));
  }
}

TEST(Message, LetsNoDocumentWriteLinksOrMentions) {
  Anomaly hostile = anomaly();
  hostile.organ_name = "<!channel> [点此](https://evil.example) @all *x*\n## y <at user_id=\"all\">";
  for (const TargetShape shape : {TargetShape::kSlack, TargetShape::kWecom, TargetShape::kDingtalk, TargetShape::kFeishu}) {
    NotifyTarget target;
    target.shape = shape;
    const std::string body = webhook_body(target, {hostile, "event-1", true});
    EXPECT_THAT(body, Not(HasSubstr("<!channel>")));
    EXPECT_THAT(body, Not(HasSubstr("<at ")));
    if (shape == TargetShape::kSlack || shape == TargetShape::kFeishu) continue;
    for (const char* mark : {"[点此]", "](https://evil", "@all", "*x*", "## y"}) EXPECT_THAT(body, Not(HasSubstr(mark)));
  }
}

TEST(Message, MakesAnAlertWithoutWhatPrometheusWouldRefuse) {
  Anomaly made = anomaly();
  made.evidence.url = "file:///srv/某.html";
  const Alert alert = alert_of(made);
  EXPECT_EQ(alert.labels, R"({"alertname":"ReportAnomaly","anomaly_id":"a1","fault":"PUBLISHER","organ":"330100-jyj","rule":"T3.BALANCE",)"
                          R"("scope":"OWN","severity":"error","year":"2025"})");
  const std::string json = alert_json(alert, kNow, kNow + 60'000);
  EXPECT_THAT(json, HasSubstr(R"("startsAt":"2026-02-01T00:00:00)"));
  EXPECT_THAT(json, Not(HasSubstr("generatorURL")));
}

TEST(Message, KnowsARefusalThatComesWithStatus200) {
  NotifyTarget robot;
  robot.shape = TargetShape::kDingtalk;
  EXPECT_EQ(refusal_of(robot, 200, R"({"errcode":0,"errmsg":"ok"})").text, "");
  EXPECT_THAT(refusal_of(robot, 200, R"({"errcode":310000,"errmsg":"sign not match"})").text, HasSubstr("310000"));
  EXPECT_NE(refusal_of(robot, 200, "<html>").text, "");
  NotifyTarget generic;
  EXPECT_EQ(refusal_of(generic, 204, "").text, "");
  EXPECT_THAT(refusal_of(generic, 500, "down\nnow").text, HasSubstr("HTTP 500 down now"));
}

TEST(Message, TellsTheKindsOfRefusalApart) {
  using Kind = Refusal::Kind;
  const auto kind = [](TargetShape shape, long status, const char* answer) {
    NotifyTarget target;
    target.shape = shape;
    return refusal_of(target, status, answer).kind;
  };
  EXPECT_EQ(kind(TargetShape::kGeneric, 200, ""), Kind::kNone);
  EXPECT_EQ(kind(TargetShape::kGeneric, 429, ""), Kind::kTooFast);
  for (const long status : {302L, 401L, 403L, 404L, 410L, 500L, 503L}) EXPECT_EQ(kind(TargetShape::kGeneric, status, ""), Kind::kReceiver) << status;
  for (const long status : {400L, 413L, 422L}) EXPECT_EQ(kind(TargetShape::kGeneric, status, ""), Kind::kMessage) << status;
  EXPECT_EQ(kind(TargetShape::kWecom, 200, R"({"errcode":45009,"errmsg":"api freq out of limit"})"), Kind::kTooFast);
  EXPECT_EQ(kind(TargetShape::kWecom, 200, R"({"errcode":40058,"errmsg":"markdown.content exceed max length 4096"})"), Kind::kMessage);
  EXPECT_EQ(kind(TargetShape::kWecom, 200, R"({"errcode":93000,"errmsg":"invalid webhook url"})"), Kind::kReceiver);
  EXPECT_EQ(kind(TargetShape::kDingtalk, 200, R"({"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"})"), Kind::kTooFast);
  EXPECT_EQ(kind(TargetShape::kDingtalk, 200, R"({"errcode":310000,"errmsg":"sign not match"})"), Kind::kReceiver);
  EXPECT_EQ(kind(TargetShape::kFeishu, 200, R"({"code":11232,"msg":"frequency limited"})"), Kind::kTooFast);
  EXPECT_EQ(kind(TargetShape::kFeishu, 400, R"({"code":99991400,"msg":"request trigger frequency limit"})"), Kind::kTooFast);
  EXPECT_EQ(kind(TargetShape::kFeishu, 400, R"({"code":19001,"msg":"param invalid: incoming webhook access token invalid"})"), Kind::kReceiver);
  EXPECT_EQ(kind(TargetShape::kFeishu, 200, R"({"code":9499,"msg":"Bad Request"})"), Kind::kMessage);
}

// The whole text that a robot gets, by shape.
std::string said(const NotifyTarget& target, const std::string& body) {
  const std::map<TargetShape, const char*> places = {{TargetShape::kSlack, "/text"}, {TargetShape::kWecom, "/markdown/content"},
                                                     {TargetShape::kDingtalk, "/markdown/text"}, {TargetShape::kFeishu, "/content/text"}};
  simdjson::dom::parser parser;
  std::string_view text;
  EXPECT_EQ(parser.parse(body).at_pointer(places.at(target.shape)).get(text), simdjson::SUCCESS) << body;
  return std::string(text);
}

NotifyTarget robot(TargetShape shape) {
  NotifyTarget target;
  target.shape = shape;
  return target;
}

constexpr std::array kChats = {TargetShape::kSlack, TargetShape::kWecom, TargetShape::kDingtalk, TargetShape::kFeishu};

TEST(Chat, TellsWhatToDoAndWhereToRead) {
  EXPECT_EQ(said(robot(TargetShape::kWecom), webhook_body(robot(TargetShape::kWecom), {anomaly(), "e", true})),
            "【勾稽异常】某市教育局 2025\n本年新收与办理结果不符\n改正后各式成立：\n"
            "- 表三“一、本年新收政府信息公开申请数量 × 总计”：90 → 98\n"
            "处理：请对照原文核实。确有错误的，更正后重新公布，本条随之了结；核实无误的，凭编号登记豁免（gouji waive add）。\n"
            "[原文](https://example.org/report.html)\n级别：错误　规则：T3.BALANCE T3.ROW_SUM　编号：a1");
  Anomaly over = anomaly();
  over.transition = Transition::kResolved;
  over.message_zh = "“总计”一列第一项加第二项等于第三项加第四项：所指的问题在第 2 版中已不存在。";
  EXPECT_EQ(said(robot(TargetShape::kSlack), webhook_body(robot(TargetShape::kSlack), {over, "e", false})),
            "【勾稽异常已了结】某市教育局 2025\n“总计”一列第一项加第二项等于第三项加第四项：所指的问题在第 2 版中已不存在。\n原文：https://example.org/report.html\n"
            "级别：错误　规则：T3.BALANCE T3.ROW_SUM　编号：a1");
}

TEST(Chat, MakesNoLinkOfWhatWouldEndIt) {
  Anomaly made = anomaly();
  made.evidence.url = "https://example.org/a(1)~b#x?y=[z]&w=|";
  EXPECT_THAT(said(robot(TargetShape::kDingtalk), webhook_body(robot(TargetShape::kDingtalk), {made, "e", true})),
              HasSubstr("[原文](https://example.org/a%281%29~b#x?y=%5Bz%5D&w=%7C)\n"));
}

TEST(Chat, StaysBelowTheLimitsOfTheRobotsAndCutsNoCharacter) {
  Anomaly large = anomaly();
  large.message_zh.clear();
  for (int i = 0; i < 5'000; ++i) large.message_zh += "某一列各项之和不等于总计；";
  for (const TargetShape shape : kChats) {
    const std::string body = webhook_body(robot(shape), {large, "e", true});
    const std::string text = said(robot(shape), body);
    EXPECT_LE(text.size(), shape == TargetShape::kWecom ? 4'096u : 16'000u);
    EXPECT_LE(body.size(), 20'000u);
    EXPECT_TRUE(is_utf8(text));
    for (const char* part : {"某市教育局", "90 → 98", "https://example.org/report.html", "a1", "…"}) EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(Chat, SaysManyThingsTogetherAsFarAsThereIsRoom) {
  for (const TargetShape shape : kChats) {
    std::vector<std::string> bodies;
    for (int i = 0; i < 50; ++i) {
      Anomaly made = anomaly();
      made.organ_name = "第" + std::to_string(i) + "局";
      bodies.push_back(webhook_body(robot(shape), {made, "e", true}));
    }
    const ChatDigest digest = chat_digest(robot(shape), bodies, 120);
    const std::string text = said(robot(shape), digest.body);
    EXPECT_GE(digest.taken, 10u);
    EXPECT_LE(text.size(), shape == TargetShape::kWecom ? 4'096u : 16'000u);
    EXPECT_THAT(text, HasSubstr("【勾稽】" + std::to_string(digest.taken) + " 条通知，另有 " + std::to_string(120 - digest.taken) + " 条待发"));
    for (std::size_t i = 0; i < digest.taken; ++i) EXPECT_THAT(text, HasSubstr("第" + std::to_string(i) + "局"));
    EXPECT_THAT(text, Not(HasSubstr("第" + std::to_string(digest.taken) + "局")));
    EXPECT_THAT(text, HasSubstr("https://example.org/report.html"));
    EXPECT_THAT(text, HasSubstr("本年新收与办理结果不符"));
  }
}

TEST(Pace, NeverSaysMoreThanTwentyThingsInAMinute) {
  Pace pace;
  std::vector<std::chrono::milliseconds> said_at;
  for (std::chrono::milliseconds now{1'000}; now < std::chrono::minutes{10}; now += std::chrono::milliseconds{100})
    if (pace.allows(now) && (now < std::chrono::minutes{3} || now > std::chrono::minutes{5})) {
      pace.take(now);
      said_at.push_back(now);
    }
  for (std::size_t i = 20; i < said_at.size(); ++i) EXPECT_GE(said_at[i] - said_at[i - 20], std::chrono::seconds{60});
  EXPECT_GE(said_at.size(), 100u);
  EXPECT_EQ(said_at[4], std::chrono::milliseconds{1'000} + std::chrono::milliseconds{400});
}

TEST(Backoff, DoublesUpToFiveMinutes) {
  EXPECT_EQ(backoff(1), std::chrono::seconds{1});
  EXPECT_EQ(backoff(2), std::chrono::seconds{2});
  EXPECT_EQ(backoff(9), std::chrono::seconds{256});
  EXPECT_EQ(backoff(10), std::chrono::seconds{300});
  EXPECT_EQ(backoff(1'000'000), std::chrono::seconds{300});
}

struct StateGround {
  StateGround() {
    auto opened = NotifyState::open(folder.file("notify.db"), "local:x");
    EXPECT_TRUE(opened) << opened.error().message;
    state = std::move(*opened);
  }
  Delivery delivery(const std::string& about, const std::string& id) {
    Delivery made;
    made.anomaly = about;
    made.id = id;
    made.body = "{}";
    made.created_at = 10;
    return made;
  }
  std::vector<std::string> due(UnixMillis now) {
    std::vector<std::string> ids;
    const auto deliveries = state->due_deliveries("t", now, 10);
    for (const Delivery& each : *deliveries) ids.push_back(each.id);
    return ids;
  }
  gouji::testing::TempFolder folder;
  std::unique_ptr<NotifyState> state;
};

TEST(NotifyState, HoldsBackALaterWordOnTheSameAnomalyOnly) {
  StateGround ground;
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("a", "1")));
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("a", "2")));
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("b", "3")));
  EXPECT_EQ(ground.due(100), (std::vector<std::string>{"1", "3"}));
  const std::int64_t first = ground.state->due_deliveries("t", 100, 1)->front().number;
  ASSERT_TRUE(ground.state->try_again(first, 1'000));
  EXPECT_EQ(ground.due(100), std::vector<std::string>{"3"});
  EXPECT_EQ(ground.due(1'000), std::vector<std::string>{"3"});
  ASSERT_TRUE(ground.state->delivered({first}));
  EXPECT_EQ(ground.due(100), (std::vector<std::string>{"2", "3"}));
  EXPECT_EQ(ground.state->waiting("t")->rows, 2);
}

// Otherwise everything would wait until the clock has caught up, and Alertmanager take the silence for an end.
TEST(NotifyState, WaitsForNoClockThatWasPutBack) {
  StateGround ground;
  constexpr UnixMillis kDay = 86'400'000;
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("a", "1")));
  ASSERT_TRUE(ground.state->try_again(ground.state->due_deliveries("t", kDay, 1)->front().number, kDay + 3'600'000));
  EXPECT_TRUE(ground.due(kDay).empty());
  EXPECT_EQ(ground.due(0), std::vector<std::string>{"1"});
  const StoredAlert alert{"a", "{}", "{}", "", 1, 0, "event-1"};
  ASSERT_TRUE(ground.state->put_alert("am", alert));
  ASSERT_TRUE(ground.state->posted("am", {alert}, kDay + 60'000));
  EXPECT_TRUE(ground.state->due_alerts("am", kDay, 10)->empty());
  EXPECT_EQ(ground.state->due_alerts("am", 0, 10)->size(), 1u);
}

TEST(NotifyState, AsksFirstWithWhatWasNotTriedYet) {
  StateGround ground;
  for (const char* id : {"1", "2", "3"}) ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery(id, id)));
  ASSERT_TRUE(ground.state->try_again(ground.state->due_deliveries("t", 100, 1)->front().number, 50));
  EXPECT_EQ(ground.due(100), (std::vector<std::string>{"2", "3"}));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(ground.state->delivered({ground.state->due_deliveries("t", 100, 1)->front().number}));
  EXPECT_EQ(ground.due(100), std::vector<std::string>{"1"});
}

// Files of the program before this one, and such as died while they were made.
TEST(NotifyState, TakesAFileThatWasHalfMade) {
  const gouji::testing::TempFolder folder;
  {
    auto database = crawler::Database::open(folder.file("notify.db"));
    ASSERT_TRUE(database && database->exec("CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"));
  }
  EXPECT_TRUE(NotifyState::open(folder.file("notify.db"), "local:x"));
}

TEST(NotifyState, ForgetsAnEndedAlertOnceItIsPostedAndNotWhatChangedMeanwhile) {
  StateGround ground;
  const StoredAlert alert{"a", "{}", "{}", "", 1, 0, "event-1"};
  ASSERT_TRUE(ground.state->put_alert("am", alert));
  ASSERT_EQ(ground.state->due_alerts("am", 5, 10)->size(), 1u);
  StoredAlert ended = alert;
  ended.ends_at = 9;
  ended.event = "event-2";
  ASSERT_TRUE(ground.state->put_alert("am", ended));
  // The answer to the first post comes only now.
  ASSERT_TRUE(ground.state->posted("am", {alert}, 60'000));
  ASSERT_EQ(ground.state->due_alerts("am", 5, 10)->size(), 1u);
  ASSERT_TRUE(ground.state->posted("am", {ended}, 60'000));
  EXPECT_TRUE(ground.state->due_alerts("am", 100'000, 10)->empty());
}

TEST(NotifyState, UndoesAllOfWhatFailsHalfway) {
  StateGround ground;
  const auto result = ground.state->together([&]() -> Result<void> {
    EXPECT_TRUE(ground.state->set_progress(0, {7, 0}));
    EXPECT_TRUE(ground.state->add_delivery("t", ground.delivery("a", "1")));
    return unavailable(ErrorCode::kTimeout, "no");
  });
  EXPECT_FALSE(result);
  EXPECT_FALSE(*ground.state->progress(0));
  EXPECT_EQ(ground.state->waiting("t")->rows, 0);
}

TEST(NotifyState, IsHeldByOneProcessAndBelongsToOneLog) {
  StateGround ground;
  EXPECT_FALSE(NotifyState::open(ground.folder.file("notify.db"), "local:x"));
  ground.state.reset();
  const auto other = NotifyState::open(ground.folder.file("notify.db"), "kafka:y:9092");
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("local:x"));
}

}  // namespace
}  // namespace gouji::command
