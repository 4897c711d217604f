// What `gouji notify` says to whom, without a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "common/core/digest.h"
#include "common/report/calendar.h"
#include "common/text/percent.h"
#include "services/gouji/notify/filter.h"
#include "services/gouji/notify/message.h"
#include "services/gouji/notify/notify_state.h"
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
  hostile.organ_name = "<!channel> [点此](https://evil.example) @all *x*\n## y";
  for (const TargetShape shape : {TargetShape::kSlack, TargetShape::kWecom, TargetShape::kDingtalk}) {
    NotifyTarget target;
    target.shape = shape;
    const std::string body = webhook_body(target, {hostile, "event-1", true});
    EXPECT_THAT(body, Not(HasSubstr("<!channel>")));
    if (shape == TargetShape::kSlack) continue;
    for (const char* mark : {"](", "@all", "*x*", "## y"}) EXPECT_THAT(body, Not(HasSubstr(mark)));
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
  EXPECT_EQ(refusal_of(robot, 200, R"({"errcode":0,"errmsg":"ok"})"), "");
  EXPECT_THAT(refusal_of(robot, 200, R"({"errcode":310000,"errmsg":"sign not match"})"), HasSubstr("310000"));
  EXPECT_NE(refusal_of(robot, 200, "<html>"), "");
  NotifyTarget generic;
  EXPECT_EQ(refusal_of(generic, 204, ""), "");
  EXPECT_THAT(refusal_of(generic, 500, "down\nnow"), HasSubstr("HTTP 500 down now"));
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
  gouji::testing::TempFolder folder;
  std::unique_ptr<NotifyState> state;
};

TEST(NotifyState, HoldsBackALaterWordOnTheSameAnomalyOnly) {
  StateGround ground;
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("a", "1")));
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("a", "2")));
  ASSERT_TRUE(ground.state->add_delivery("t", ground.delivery("b", "3")));
  const auto first = ground.state->due_delivery("t", 100);
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->id, "1");
  ASSERT_TRUE(ground.state->try_again((*first)->number, 1'000));
  EXPECT_EQ((*ground.state->due_delivery("t", 100))->id, "3");
  EXPECT_EQ((*ground.state->due_delivery("t", 1'000))->id, "3");
  ASSERT_TRUE(ground.state->delivered((*first)->number));
  EXPECT_EQ((*ground.state->due_delivery("t", 100))->id, "2");
  EXPECT_EQ(ground.state->waiting("t")->rows, 2);
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
