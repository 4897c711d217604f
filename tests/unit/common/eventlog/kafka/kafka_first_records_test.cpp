// The first records of a partition while it changes its leader, on librdkafka's mock cluster: like a
// real broker that knows nothing of the producer, it takes whatever sequence number comes first.
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>  // after the other

#include <string>
#include <vector>

#include "common/eventlog/kafka/kafka_appender.h"
#include "common/eventlog/kafka/kafka_client.h"
#include "common/eventlog/kafka/kafka_log.h"
#include "common/eventlog/kafka/kafka_producer.h"
#include "common/eventlog/kafka/kafka_settings.h"

namespace gouji::eventlog {
namespace {

constexpr std::int16_t kProduceKey = 0;
constexpr int kRoundTripMs = 50;
constexpr int kRecords = 5;

using MockCluster = RdOwner<rd_kafka_mock_cluster_t, rd_kafka_mock_cluster_destroy>;

// Every record is a request of its own; the first request is refused, those behind it are not.
class KafkaFirstRecords : public ::testing::Test {
 protected:
  KafkaFirstRecords()
      : host_(std::move(*KafkaClient::open(RD_KAFKA_PRODUCER, {}))), cluster_(rd_kafka_mock_cluster_new(host_->get(), 1)) {
    rd_kafka_mock_topic_create(cluster_.get(), "t", 1, 1);
    rd_kafka_mock_broker_set_rtt(cluster_.get(), 1, kRoundTripMs);
    rd_kafka_mock_push_request_errors(cluster_.get(), kProduceKey, 1, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
    options_.kafka = {{"linger.ms", "0"}, {"batch.num.messages", "1"}};
    log_ = std::move(*open_kafka_log({true, "", bootstrap()}, options_));
  }

  std::string bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_.get()); }

  static std::vector<Outgoing> records() {
    std::vector<Outgoing> made;
    for (int i = 0; i < kRecords; ++i) made.push_back({"t", 0, {"k", std::to_string(i), {}, 1}});
    return made;
  }

  void expect_all_in_order() {
    const auto batch = log_->read({"t", 0}, 0, {});
    ASSERT_TRUE(batch) << batch.error().message;
    ASSERT_EQ(batch->records.size(), static_cast<std::size_t>(kRecords));
    for (int i = 0; i < kRecords; ++i) EXPECT_EQ(batch->records[static_cast<std::size_t>(i)].record.value, std::to_string(i));
  }

  std::unique_ptr<KafkaClient> host_;
  MockCluster cluster_;
  OpenOptions options_;
  std::unique_ptr<EventLog> log_;
};

TEST_F(KafkaFirstRecords, AreWrittenBeforeTheAppenderSaysSo) {
  const auto appender = std::move(*log_->open_appender());
  const auto appended = appender->append(records());
  ASSERT_TRUE(appended) << appended.error().message;
  expect_all_in_order();
}

TEST_F(KafkaFirstRecords, OfATransactionAreWrittenWhenItIsCommitted) {
  const StageLogOptions options{"group", "id", {"in"}, std::nullopt};
  const auto settings = stage_producer_settings(common_settings(bootstrap(), "test", *user_settings(options_)), options);
  const auto producer = std::move(*KafkaProducer::open(settings, true));
  ASSERT_EQ(producer->init("group"), Outcome::kOk) << producer->last_error();
  ASSERT_EQ(producer->begin(), Outcome::kOk) << producer->last_error();
  for (const Outgoing& record : records()) ASSERT_EQ(producer->append(record), Outcome::kOk) << producer->last_error();
  ASSERT_EQ(producer->commit(), Outcome::kOk) << producer->last_error();
  expect_all_in_order();
}

// Were more requests under way, the refused records would be told from the others.
TEST_F(KafkaFirstRecords, AreNotTakenForWrittenWhereRequestsOvertakeOneAnother) {
  auto settings = appender_settings(common_settings(bootstrap(), "test", *user_settings(options_)));
  settings.insert_or_assign("max.in.flight", "5");
  KafkaAppender appender(settings);
  const auto appended = appender.append(records());
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().kind, ErrorKind::kUnavailable);
  ASSERT_TRUE(appender.append(records()));  // again, by a new producer: the caller's part
}

}  // namespace
}  // namespace gouji::eventlog
