// The consumer in Python, which shares no code with the programs, reads what the contracts encode.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <optional>

#include "common/events/codec.h"
#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"

namespace gouji::eventlog {
namespace {

using namespace gouji::testing;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kMissing = 77;

struct Consumed {
  int code = 0;
  std::string text;  // standard output and error
};

Consumed consume(const std::string& bootstrap, const std::string& topic) {
  const std::string command =
      "tests/e2e/consume.py --unique --bootstrap " + bootstrap + " --topic " + topic + " 2>&1";
  std::FILE* output = popen(command.c_str(), "r");
  Consumed consumed;
  std::array<char, 4096> piece{};
  while (std::fgets(piece.data(), static_cast<int>(piece.size()), output) != nullptr) consumed.text += piece.data();
  consumed.code = WEXITSTATUS(pclose(output));
  return consumed;
}

Record health_event() {
  SourceHealth health;
  health.source_id = "beijing";
  return events::encode(health);
}

TEST(KafkaConsumer, ShowsCommittedEventsAndFindsThemRight) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 2);
  auto stage = open_stage(*log, new_topic(*log, 1));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->append({topic, 0, {"aborted", "x", {}, 1}}), Outcome::kOk);
  ASSERT_EQ(stage->abort(), Outcome::kOk) << stage->last_error();
  auto appender = std::move(*log->open_appender());
  const std::vector<Outgoing> records = {{topic, 1, health_event()}};
  ASSERT_TRUE(appender->append(records));

  const Consumed consumed = consume(bootstrap, topic);
  if (consumed.code == kMissing) GTEST_SKIP() << consumed.text;
  EXPECT_EQ(consumed.code, 0) << consumed.text;
  EXPECT_THAT(consumed.text, HasSubstr("\"ce_type\": \"gouji.source.health.v1\""));
  EXPECT_THAT(consumed.text, HasSubstr("\"source_id\": \"beijing\""));
  EXPECT_THAT(consumed.text, Not(HasSubstr("aborted")));
}

TEST(KafkaConsumer, NamesEachRecordThatBreaksAPromise) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string topic = new_topic(*log, 1);
  Record no_id = health_event();
  std::erase_if(no_id.headers, [](const Header& header) { return header.name == "ce_id"; });
  Record torn = health_event();
  torn.value = "\x0a\xff";
  auto appender = std::move(*log->open_appender());
  const std::vector<Outgoing> records = {{topic, 0, no_id}, {topic, 0, torn}, {topic, 0, health_event()}};
  ASSERT_TRUE(appender->append(records));

  const Consumed consumed = consume(bootstrap, topic);
  if (consumed.code == kMissing) GTEST_SKIP() << consumed.text;
  EXPECT_EQ(consumed.code, 1) << consumed.text;
  EXPECT_THAT(consumed.text, HasSubstr("offset 0: ce_id"));
  EXPECT_THAT(consumed.text, HasSubstr("offset 1: the value does not decode"));
  EXPECT_THAT(consumed.text, HasSubstr("offset 2: ce_id"));
  EXPECT_THAT(consumed.text, HasSubstr("comes twice"));
}

}  // namespace
}  // namespace gouji::eventlog
