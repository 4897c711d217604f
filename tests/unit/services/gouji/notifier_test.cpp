// What is told when the log is the same, was put back to what it was, or is another one altogether.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "common/telemetry/metrics.h"
#include "services/gouji/notify/notifier.h"
#include "tests/support/memory_log.h"
#include "tests/support/simulated_clock.h"
#include "tests/support/temp_folder.h"

namespace gouji::command {
namespace {

using gouji::testing::MemoryLog;
using gouji::testing::SimulatedClock;
using gouji::testing::TempFolder;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Anomaly anomaly(const std::string& id, Transition transition = Transition::kOpened, int version = 1) {
  Anomaly made;
  made.id = id;
  made.key = {"330100-jyj", 2025, Scope::kOwn};
  made.transition = transition;
  made.version = version;
  made.fault = Fault::kPublisher;
  made.findings = {{"T3.BALANCE", id}};
  made.organ_name = "某市教育局";
  made.message_zh = "本年新收与办理结果不符";
  made.message_en = "the totals differ";
  made.evidence.url = "https://example.org/report.html";
  made.evidence.rule_set = "1";
  return made;
}

class Ground {
 public:
  Ground() {
    NotifyTarget hook;
    hook.name = "hook";
    hook.url = "http://127.0.0.1:1";
    hook.filter.all_years = true;
    NotifyTarget alertmanager = hook;
    alertmanager.name = "am";
    alertmanager.shape = TargetShape::kAlertmanager;
    targets_ = {hook, alertmanager};
    another_log();
    auto opened = NotifyState::open(folder_.file("notify.db"), "local:x");
    EXPECT_TRUE(opened) << opened.error().message;
    state_ = std::move(*opened);
    restart("start");
  }

  // The log that stands at the address from now on.
  void another_log() {
    log_ = std::make_unique<MemoryLog>(clock_);
    eventlog::TopicSpec spec;
    spec.name = eventlog::kAnomalyTopic;
    spec.partitions = 2;
    EXPECT_TRUE(log_->create_topic(spec));
  }
  void write(const Anomaly& anomaly, std::int32_t partition = 0) {
    const auto appender = log_->open_appender();
    const std::vector<eventlog::Outgoing> records{
        {std::string(eventlog::kAnomalyTopic), partition, events::encode(anomaly, "input-" + std::to_string(written_++), 0)}};
    EXPECT_TRUE((*appender)->append(records));
  }
  void restart(const std::string& from = "now") {
    notifier_ = std::make_unique<Notifier>(targets_, Notifier::Parts{*log_, *state_, telemetry_, clock_});
    const auto prepared = notifier_->prepare(from == "start");
    EXPECT_TRUE(prepared) << prepared.error().message;
  }
  // One step; true when there was something.
  bool take() {
    const auto took = notifier_->take();
    EXPECT_TRUE(took) << took.error().message;
    return took && *took;
  }
  void take_all() {
    while (take()) continue;
  }
  // "firing a1", in order, and forgotten.
  std::vector<std::string> told() {
    std::vector<std::string> told;
    for (;;) {
      const auto due = state_->due_deliveries("hook", clock_.unix_millis(), 100);
      if (!due || due->empty()) return told;
      for (const Delivery& each : *due) {
        told.push_back((each.body.find("\"status\":\"firing\"") != std::string::npos ? "firing " : "resolved ") + each.anomaly);
        EXPECT_TRUE(state_->delivered({each.number}));
      }
    }
  }
  std::vector<std::string> alerts() {
    std::vector<std::string> alerts;
    clock_.advance(std::chrono::minutes{2});
    const auto due = state_->due_alerts("am", clock_.unix_millis(), 100);
    for (const StoredAlert& each : *due) alerts.push_back((each.ends_at == 0 ? "firing " : "resolved ") + each.anomaly);
    EXPECT_TRUE(state_->posted("am", *due, clock_.unix_millis() + 60'000));
    return alerts;
  }
  std::int64_t unheard() { return *state_->unheard(); }

  SimulatedClock clock_;

 private:
  TempFolder folder_;
  telemetry::Metrics metrics_;
  NotifyTelemetry telemetry_{metrics_, {"hook", "am"}};
  std::vector<NotifyTarget> targets_;
  std::unique_ptr<MemoryLog> log_;
  std::unique_ptr<NotifyState> state_;
  std::unique_ptr<Notifier> notifier_;
  int written_ = 0;
};

// a1, a2 and a3 stand and were told.
void tell_three(Ground& ground) {
  for (const char* id : {"a1", "a2", "a3"}) ground.write(anomaly(id), id[1] == '3' ? 1 : 0);
  ground.take_all();
  EXPECT_THAT(ground.told(), UnorderedElementsAre("firing a1", "firing a2", "firing a3"));
  EXPECT_THAT(ground.alerts(), UnorderedElementsAre("firing a1", "firing a2", "firing a3"));
}

TEST(Notifier, GoesOnWhereItStoppedWhileTheLogIsTheSame) {
  Ground ground;
  tell_three(ground);
  ground.restart();
  ground.take_all();
  ground.clock_.advance(std::chrono::minutes{5});
  ground.take_all();
  EXPECT_THAT(ground.told(), IsEmpty());
  EXPECT_EQ(ground.unheard(), 0);
  ground.write(anomaly("a1", Transition::kResolved, 2));
  ground.take_all();
  EXPECT_THAT(ground.told(), ElementsAre("resolved a1"));
}

// The log had grown past the place that was read before anybody looked: what stood before that place was never told.
TEST(Notifier, LosesNothingOfAnotherLogThatIsLongerAndTellsNothingTwice) {
  Ground ground;
  tell_three(ground);
  ground.another_log();
  ground.write(anomaly("a4"));                                      // new
  ground.write(anomaly("a1"));                                      // as it was told
  ground.write(anomaly("a5"));                                      // came and went
  ground.write(anomaly("a5", Transition::kResolved, 2));
  Anomaly changed = anomaly("a2", Transition::kChanged, 3);
  changed.message_zh = "另一处不符";
  ground.write(anomaly("a2"));
  ground.write(changed);                                            // other than it was told
  ground.restart();
  ground.take_all();
  EXPECT_THAT(ground.told(), UnorderedElementsAre("firing a4", "firing a2"));
  EXPECT_EQ(ground.unheard(), 1) << "a3";
  EXPECT_THAT(ground.alerts(), UnorderedElementsAre("firing a1", "firing a2", "firing a3", "firing a4"));
  // The rest of the reports are read again: they come one by one.
  ground.write(anomaly("a3", Transition::kOpened, 1), 1);
  ground.take_all();
  EXPECT_THAT(ground.told(), IsEmpty());
  for (const char* id : {"a1", "a2", "a3", "a4"}) ground.write(anomaly(id, Transition::kResolved, 9), id[1] == '3' ? 1 : 0);
  ground.take_all();
  EXPECT_THAT(ground.told(), UnorderedElementsAre("resolved a1", "resolved a2", "resolved a3", "resolved a4"));
  EXPECT_THAT(ground.alerts(), UnorderedElementsAre("resolved a1", "resolved a2", "resolved a3", "resolved a4"));
}

TEST(Notifier, NoticesAnotherLogWhileItRunsWhetherLongerOrShorter) {
  for (const int length : {1, 12}) {
    Ground ground;
    tell_three(ground);
    ground.another_log();
    // The program's own handle follows the address: only the records differ.
    ground.restart();
    for (int i = 0; i < length; ++i) ground.write(anomaly("b" + std::to_string(i)));
    ground.clock_.advance(std::chrono::minutes{2});
    ground.take_all();
    EXPECT_EQ(ground.told().size(), static_cast<std::size_t>(length));
    EXPECT_EQ(ground.unheard(), 3);
  }
}

TEST(Notifier, NoticesACopyOfBeforeThatHasGoneAnotherWay) {
  Ground ground;
  ground.write(anomaly("a1"));
  ground.take_all();
  ground.write(anomaly("a2"));
  ground.write(anomaly("a3"));
  ground.take_all();
  EXPECT_EQ(ground.told().size(), 3u);
  ground.another_log();
  ground.write(anomaly("a1"));
  ground.write(anomaly("c1"));
  ground.write(anomaly("c2"));
  ground.write(anomaly("c3"));
  ground.restart();
  ground.take_all();
  EXPECT_THAT(ground.told(), ElementsAre("firing c1", "firing c2", "firing c3"));
}

// What was told again and again in the new log's past is past.
TEST(Notifier, TellsTheLastWordOfAnotherLogOnly) {
  Ground ground;
  tell_three(ground);
  ground.another_log();
  ground.write(anomaly("a1"));
  ground.write(anomaly("a1", Transition::kResolved, 2));
  ground.write(anomaly("a1", Transition::kOpened, 3));  // opened again: stands as it was told
  ground.write(anomaly("a2"));
  ground.write(anomaly("a2", Transition::kResolved, 2));
  ground.write(anomaly("a3"), 1);
  ground.restart();
  ground.take_all();
  EXPECT_THAT(ground.told(), ElementsAre("resolved a2"));
}

TEST(Notifier, CatchesUpOverARestartAfterEveryStep) {
  Ground ground;
  tell_three(ground);
  ground.another_log();
  for (int i = 0; i < 500; ++i) ground.write(anomaly("b" + std::to_string(i)), i % 2);
  ground.write(anomaly("a1"));
  ground.restart();
  for (bool is_more = true; is_more;) {
    is_more = ground.take();
    ground.restart();
  }
  EXPECT_EQ(ground.told().size(), 500u);
  EXPECT_EQ(ground.unheard(), 2);
}

TEST(Notifier, EndsAfterAWeekWhatAnotherLogDoesNotKnow) {
  Ground ground;
  tell_three(ground);
  ground.another_log();
  ground.write(anomaly("a1"));
  ground.write(anomaly("a2"));
  ground.restart();
  ground.take_all();
  ground.clock_.advance(std::chrono::hours{24 * 6});
  ground.take_all();
  EXPECT_THAT(ground.told(), IsEmpty());
  ground.clock_.advance(std::chrono::hours{25});
  ground.take_all();
  EXPECT_THAT(ground.told(), ElementsAre("resolved a3"));
  EXPECT_THAT(ground.alerts(), UnorderedElementsAre("firing a1", "firing a2", "resolved a3"));
}

// Waivers are in the log: with it they are gone, and what they hid stands again.
TEST(Notifier, TellsWhatStandsAgainBecauseItsWaiverIsGoneWithTheLog) {
  Ground ground;
  ground.write(anomaly("a1"));
  Anomaly waived = anomaly("a1", Transition::kChanged);
  waived.waiver = Waiver{};
  ground.write(waived);
  ground.take_all();
  EXPECT_THAT(ground.told(), ElementsAre("firing a1", "resolved a1"));
  ground.another_log();
  for (int i = 0; i < 3; ++i) ground.write(anomaly("b" + std::to_string(i)));
  ground.write(anomaly("a1"));
  ground.restart();
  ground.take_all();
  EXPECT_THAT(ground.told(), UnorderedElementsAre("firing b0", "firing b1", "firing b2", "firing a1"));
}

}  // namespace
}  // namespace gouji::command
