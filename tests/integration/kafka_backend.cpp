// The suite of promises that both logs keep, against a real broker.
#include "tests/integration/eventlog_conformance.h"
#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"

namespace gouji::testing {

namespace {

class KafkaBackend final : public LogBackend {
 public:
  explicit KafkaBackend(std::string bootstrap) : bootstrap_(std::move(bootstrap)) {}

  std::unique_ptr<eventlog::EventLog> open() override { return open_kafka(bootstrap_); }
  std::string unique(const std::string& name) override { return prefix_ + "-" + name; }
  bool maintain(eventlog::EventLog&, UnixMillis) override { return false; }
  void settle(eventlog::EventLog& log, const eventlog::TopicPartition& at) override {
    EXPECT_TRUE(becomes_true([&] {
      return *log.end_offset(at, eventlog::Isolation::kCommitted) ==
             *log.end_offset(at, eventlog::Isolation::kUncommitted);
    }));
  }

 private:
  const std::string bootstrap_;
  const std::string prefix_ = new_name("gouji");
};

std::unique_ptr<LogBackend> make_backend() {
  const auto bootstrap = shared_kafka();
  if (bootstrap) return std::make_unique<KafkaBackend>(*bootstrap);
  // Only a tool that is missing may be a skip: a broker that does not start is a failure.
  if (is_required() || bootstrap.error().code != ErrorCode::kNotFound) ADD_FAILURE() << bootstrap.error().message;
  std::cout << bootstrap.error().message << std::endl;
  return nullptr;
}

INSTANTIATE_TEST_SUITE_P(Kafka, EventLogConformance,
                         ::testing::Values(LogBackendFactory(&make_backend)),
                         [](const auto&) { return std::string("log"); });

}  // namespace

}  // namespace gouji::testing
