// A pass-through stage over Kafka against a bare loop of librdkafka: consume, produce, offsets and
// commit in transactions of 100 ms, on the same broker in the same run. Time runs from the first
// record to the last commit. GOUJI_BENCH_RECORDS changes the 200,000 records of 1 KB.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>

#include "common/core/check.h"
#include "common/eventlog/changelog.h"
#include "common/eventlog/kafka/kafka_client.h"
#include "common/runtime/system_clock.h"
#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"
#include "tests/support/kafka/pass_through.h"

namespace gouji::eventlog {
namespace {

using namespace gouji::testing;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kValueBytes = 1'024;
const StageRunnerOptions kBatch;  // the same for both

int record_count() {
  const char* given = std::getenv("GOUJI_BENCH_RECORDS");
  return given == nullptr ? 200'000 : std::atoi(given);
}

Record sample(int number) {
  const std::string text = std::to_string(number);
  std::string value(kValueBytes, 'v');
  std::minstd_rand random(static_cast<std::uint32_t>(number) + 1);
  for (std::size_t i = 0; i < value.size(); i += i % 64 == 31 ? 33 : 1) {
    value[i] = static_cast<char>('0' + random() % 64);  // half of each line: it compresses as text does
  }
  return {text, value, {{"ce_id", text}, {"ce_type", "gouji.report.raw.v1"}, {"ce_source", "bench"}}, 1'700'000'000'000};
}

// The broker and the input, filled once.
struct Workload {
  Workload() {
    auto address = shared_kafka();
    GOUJI_CHECK(address.has_value());
    bootstrap = *address;
    log = open_kafka(bootstrap);
    input = new_topic(*log, 1);
    std::printf("input %s\n", input.c_str());  // kafka_compare.sh goes on with it
    auto appender = std::move(*log->open_appender());
    for (int i = 0; i < record_count();) {
      std::vector<Outgoing> records;
      for (int end = std::min(i + 5'000, record_count()); i < end; ++i) records.push_back({input, 0, sample(i)});
      GOUJI_CHECK(appender->append(records).has_value());
    }
  }
  std::string bootstrap;
  std::unique_ptr<EventLog> log;
  std::string input;
};

Workload& workload() {
  static Workload one;
  return one;
}

class BareLoop {
 public:
  BareLoop(const std::string& bootstrap, const std::string& input, const std::string& output) : input_(input) {
    StageLogOptions options;
    options.group = new_name("gouji-bare");
    options.transactional_id = new_name("bare");
    const KafkaSettings common = common_settings(bootstrap, "bare", {});
    consumer_ = std::move(*KafkaClient::open(RD_KAFKA_CONSUMER, stage_consumer_settings(common, options)));
    producer_ = std::move(*KafkaClient::open(RD_KAFKA_PRODUCER, stage_producer_settings(common, options)));
    output_ = std::move(producer_->topic(output, 10'000)->handle);
    check(rd_kafka_init_transactions(producer_->get(), 30'000));
    const RdPartitions topics = make_partitions(std::vector<TopicPartition>{{input, RD_KAFKA_PARTITION_UA}});
    GOUJI_CHECK(rd_kafka_subscribe(consumer_->get(), topics.get()) == RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  ~BareLoop() {
    rd_kafka_consumer_close(consumer_->get());
    output_.reset();
  }

  std::chrono::duration<double> run(int records) {
    std::optional<steady_clock::time_point> began;
    for (int done = 0; done < records;) {
      const RdMessage message(rd_kafka_consumer_poll(consumer_->get(), 50));
      if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (!began) began = steady_clock::now();
        pass(message.get());
        ++done;
      }
      rd_kafka_poll(producer_->get(), 0);
      if (in_transaction_ > 0 && (is_due() || done == records)) commit();
    }
    return steady_clock::now() - *began;
  }

 private:
  static void check(rd_kafka_error_t* raw) {
    const RdError error(raw);
    GOUJI_CHECK(!error);
  }
  bool is_due() const {
    return in_transaction_ >= kBatch.transaction_records_max || bytes_ >= kBatch.transaction_bytes_max ||
           steady_clock::now() - since_ >= kBatch.transaction_age_max;
  }
  void pass(const rd_kafka_message_t* message) {
    if (in_transaction_ == 0) {
      check(rd_kafka_begin_transaction(producer_->get()));
      since_ = steady_clock::now();
    }
    rd_kafka_headers_t* headers = nullptr;
    GOUJI_CHECK(rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__QUEUE_FULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"  // inside librdkafka's macros
    while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      code = rd_kafka_producev(producer_->get(), RD_KAFKA_V_RKT(output_.get()), RD_KAFKA_V_PARTITION(0),
                               RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(message->key, message->key_len),
                               RD_KAFKA_V_VALUE(message->payload, message->len),
                               RD_KAFKA_V_HEADERS(rd_kafka_headers_copy(headers)), RD_KAFKA_V_END);
      if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) rd_kafka_poll(producer_->get(), 10);
    }
#pragma GCC diagnostic pop
    GOUJI_CHECK(code == RD_KAFKA_RESP_ERR_NO_ERROR);
    ++in_transaction_;
    bytes_ += 2 * (message->len + message->key_len);  // in and out, as the runner counts them
    next_ = message->offset + 1;
  }
  void commit() {
    const RdPartitions offsets = make_partitions(Offsets{{{input_, 0}, next_}});
    const RdGroupMetadata member(rd_kafka_consumer_group_metadata(consumer_->get()));
    check(rd_kafka_send_offsets_to_transaction(producer_->get(), offsets.get(), member.get(), -1));
    check(rd_kafka_commit_transaction(producer_->get(), -1));
    in_transaction_ = 0;
    bytes_ = 0;
  }

  std::string input_;
  std::unique_ptr<KafkaClient> consumer_;
  std::unique_ptr<KafkaClient> producer_;
  RdTopic output_;
  std::size_t in_transaction_ = 0;
  std::size_t bytes_ = 0;
  std::int64_t next_ = 0;
  steady_clock::time_point since_;
};

void bare_loop(benchmark::State& state) {
  Workload& work = workload();
  for (auto _ : state) {
    BareLoop loop(work.bootstrap, work.input, new_topic(*work.log, 1));
    state.SetIterationTime(loop.run(record_count()).count());
  }
  state.SetItemsProcessed(state.iterations() * record_count());
}

void stage_runner(benchmark::State& state) {
  Workload& work = workload();
  for (auto _ : state) {
    PassOptions options{work.bootstrap, work.input, new_topic(*work.log, 1), new_name("gouji-bench")};
    PassRun run(options);
    std::optional<steady_clock::time_point> began;
    steady_clock::time_point turn = steady_clock::now();
    while (run.observer().records_ < record_count()) {
      GOUJI_CHECK(run.runner().step());
      if (!began && run.has_taken()) began = turn;
      turn = steady_clock::now();
    }
    state.SetIterationTime(std::chrono::duration<double>(steady_clock::now() - *began).count());
    run.runner().stop();
    run.runner().run();
  }
  state.SetItemsProcessed(state.iterations() * record_count());
}

// The state of a stage, GOUJI_BENCH_KEYS keys of 500 bytes and every fifth of them twice, read back from its changelog.
void restore(benchmark::State& state) {
  const char* given = std::getenv("GOUJI_BENCH_KEYS");
  const int keys = given == nullptr ? 100'000 : std::atoi(given);
  const auto address = shared_kafka();
  GOUJI_CHECK(address.has_value());
  const auto log = open_kafka(*address);
  const TopicPartition changelog{new_topic(*log, 1), 0};
  const auto appender = std::move(*log->open_appender());
  for (int i = 0; i < keys + keys / 5;) {
    std::vector<Outgoing> records;
    for (int end = std::min(i + 5'000, keys + keys / 5); i < end; ++i)
      records.push_back(state_change(changelog, "key-" + std::to_string(i % keys), sample(i).value->substr(0, 500), 1));
    GOUJI_CHECK(appender->append(records).has_value());
  }
  const runtime::SystemClock clock;
  StageObserver observer;
  for (auto _ : state) {
    const auto began = steady_clock::now();
    const auto restored = restore_state(*log, changelog, clock, observer);
    GOUJI_CHECK(restored.has_value() && restored->state.committed().size() == static_cast<std::size_t>(keys));
    state.SetIterationTime(std::chrono::duration<double>(steady_clock::now() - began).count());
  }
}

// A broker that has just started compiles itself; whoever comes first would pay for it.
void warm_up(benchmark::State& state) {
  for (auto _ : state) {
    Workload& work = workload();
    BareLoop loop(work.bootstrap, work.input, new_topic(*work.log, 1));
    loop.run(record_count());
  }
}

BENCHMARK(warm_up)->Iterations(2)->Unit(benchmark::kMillisecond);
BENCHMARK(bare_loop)->UseManualTime()->Iterations(1)->Repetitions(3)->Unit(benchmark::kMillisecond);
BENCHMARK(restore)->UseManualTime()->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(stage_runner)->UseManualTime()->Iterations(1)->Repetitions(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gouji::eventlog
