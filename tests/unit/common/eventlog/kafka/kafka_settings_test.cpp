#include "common/eventlog/kafka/kafka_settings.h"

#include <array>
#include <fstream>

#include "tests/support/temp_folder.h"

namespace gouji::eventlog {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const StageLogOptions kStage{"gouji-parser", "parser-gouji-parser-0", {"in"}, "0"};

KafkaSettings common() { return common_settings("broker:9092", "gouji-parser", {}); }

// What librdkafka holds after it has taken the settings.
std::string read_back(const KafkaSettings& settings, const std::string& name) {
  const auto conf = make_conf(settings);
  if (!conf) return conf.error().message;
  std::array<char, 256> value{};
  std::size_t size = value.size();
  if (rd_kafka_conf_get(conf->get(), name.c_str(), value.data(), &size) != RD_KAFKA_CONF_OK) return "unknown";
  return value.data();
}

void expect_all(const KafkaSettings& settings, const KafkaSettings& expected) {
  for (const auto& [name, value] : expected) EXPECT_EQ(read_back(settings, name), value) << name;
}

TEST(KafkaSettings, OfEveryClientCarryAddressNameAndKeepAlive) {
  expect_all(common(), {{"bootstrap.servers", "broker:9092"},
                        {"client.id", "gouji-parser"},
                        {"socket.nagle.disable", "true"},
                        {"socket.keepalive.enable", "true"},
                        {"reconnect.backoff.max.ms", "5000"},
                        {"statistics.interval.ms", "5000"},
                        {"allow.auto.create.topics", "false"}});
}

TEST(KafkaSettings, OfAStagesConsumerLeaveTheOffsetsToTheTransaction) {
  expect_all(stage_consumer_settings(common(), kStage), {{"group.id", "gouji-parser"},
                                                         {"group.instance.id", "0"},
                                                         {"enable.auto.commit", "false"},
                                                         {"enable.auto.offset.store", "false"},
                                                         {"isolation.level", "read_committed"},
                                                         {"check.crcs", "true"},
                                                         {"session.timeout.ms", "45000"},
                                                         {"heartbeat.interval.ms", "3000"},
                                                         {"max.poll.interval.ms", "300000"},
                                                         {"partition.assignment.strategy", "range"},
                                                         {"queued.max.messages.kbytes", "16384"}});
}

TEST(KafkaSettings, OfAStagesProducerAreTransactional) {
  expect_all(stage_producer_settings(common(), kStage), {{"transactional.id", "parser-gouji-parser-0"},
                                                         {"enable.idempotence", "true"},
                                                         {"transaction.timeout.ms", "60000"},
                                                         {"retry.backoff.ms", "20"},
                                                         {"socket.timeout.ms", "60000"},
                                                         {"message.max.bytes", std::to_string(kWireBytesMax)},
                                                         {"queue.buffering.max.kbytes", "32768"},
                                                         {"linger.ms", "5"},
                                                         {"compression.codec", "lz4"}});
}

TEST(KafkaSettings, OfAnAppenderAreIdempotentAndPatient) {
  expect_all(appender_settings(common()), {{"enable.idempotence", "true"},
                                           {"message.max.bytes", std::to_string(kWireBytesMax)},
                                           {"queue.buffering.max.kbytes", "65536"},
                                           {"linger.ms", "50"},
                                           {"compression.codec", "zstd"}});
}

TEST(KafkaSettings, OfAReaderSeeCommittedRecordsOnly) {
  expect_all(reader_settings(common()),
             {{"isolation.level", "read_committed"}, {"enable.partition.eof", "true"}, {"enable.auto.commit", "false"}});
}

TEST(KafkaSettings, LetAUserChangeWhatDeliveryDoesNotDependOn) {
  const auto user = user_settings({.kafka = {{"linger.ms", "17"}, {"security.protocol", "ssl"}}});
  ASSERT_TRUE(user) << user.error().message;
  const auto settings = stage_producer_settings(common_settings("b:1", "c", *user), kStage);
  EXPECT_EQ(settings.at("linger.ms"), "17");
  EXPECT_EQ(settings.at("security.protocol"), "ssl");
}

TEST(KafkaSettings, RefuseAllMistakesAtOnceAndNameThem) {
  const auto user = user_settings({.kafka = {{"enable.idempotence", "false"},
                                             {"isolation.level", "read_uncommitted"},
                                             {"no.such.setting", "1"},
                                             {"linger.ms", "soon"}}});
  ASSERT_FALSE(user);
  EXPECT_EQ(user.error().code, ErrorCode::kBadSettings);
  for (const char* name : {"enable.idempotence", "isolation.level", "no.such.setting", "linger.ms", "soon"}) {
    EXPECT_THAT(user.error().message, HasSubstr(name));
  }
}

TEST(KafkaSettings, TakeSecretsFromFilesOnly) {
  testing::TempFolder folder;
  std::ofstream(folder.file("password")) << "hush-hush\n";
  const auto from_file = user_settings({.kafka = {{"sasl.password.file", folder.file("password")}}});
  ASSERT_TRUE(from_file) << from_file.error().message;
  EXPECT_EQ(from_file->at("sasl.password"), "hush-hush");
  EXPECT_FALSE(from_file->contains("sasl.password.file"));

  const auto plain = user_settings({.kafka = {{"sasl.password", "hush-hush"}, {"ssl.key.password", "quiet"}}});
  ASSERT_FALSE(plain);
  EXPECT_THAT(plain.error().message, HasSubstr("sasl.password.file"));
  EXPECT_THAT(plain.error().message, Not(HasSubstr("hush")));
  EXPECT_THAT(plain.error().message, Not(HasSubstr("quiet")));

  const auto missing = user_settings({.kafka = {{"sasl.password.file", folder.file("nothing")}}});
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr(folder.file("nothing")));
}

}  // namespace
}  // namespace gouji::eventlog
