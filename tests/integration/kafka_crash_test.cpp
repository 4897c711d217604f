// Stages and brokers that are killed: what was committed is neither lost nor doubled.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "common/core/check.h"
#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"
#include "tests/support/kafka/pass_through.h"
#include "tests/support/seed.h"

extern char** environ;

namespace gouji::eventlog {
namespace {

using namespace gouji::testing;
using std::chrono::milliseconds;

constexpr int kRecordsARound = 400;

// A pass-through stage in a process of its own.
class Child {
 public:
  explicit Child(const PassOptions& options) {
    std::array<std::string, 7> words = {
        GOUJI_PASS_THROUGH, options.bootstrap, options.input,
        options.output,     options.group,     options.ordinal,
        std::to_string(options.transaction_records_max)};
    std::array<char*, 8> pointers{};
    for (std::size_t i = 0; i < words.size(); ++i) pointers[i] = words[i].data();
    GOUJI_CHECK(posix_spawn(&pid_, pointers[0], nullptr, nullptr, pointers.data(), environ) == 0);
  }
  ~Child() { kill_9(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void send(int signal) const { kill(pid_, signal); }
  void kill_9() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

int rounds() {
  if (const char* given = std::getenv("GOUJI_TEST_ROUNDS")) return std::atoi(given);
  return std::getenv("GOUJI_TEST_LONG") != nullptr ? 100 : 6;
}

std::int64_t high_end(EventLog& log, const std::string& topic) {
  std::int64_t sum = 0;
  for (std::int32_t p = 0; p < *log.partitions(topic); ++p) {
    sum += *log.end_offset({topic, p}, Isolation::kUncommitted);
  }
  return sum;
}

// Each round: more input, a stage that is killed at a random moment after it has written something.
TEST(KafkaCrash, LosesAndDoublesNothingWhenAStageIsKilled) {
  GOUJI_OWN_KAFKA(broker);
  const auto log = open_kafka(broker.bootstrap());
  const PassOptions options{broker.bootstrap(), new_topic(*log, 2), new_topic(*log, 2),
                            new_name("gouji-group"), "0", 25};
  std::mt19937 random(seed());
  int kills_in_the_middle = 0;
  int total = 0;
  for (int round = 0; round < rounds(); ++round) {
    append_numbers(*log, options.input, total, total + kRecordsARound);
    total += kRecordsARound;
    const std::int64_t before = high_end(*log, options.output);
    Child child(options);
    ASSERT_TRUE(becomes_true([&] { return high_end(*log, options.output) > before; }));
    const auto moment = std::chrono::steady_clock::now() +
                        milliseconds(std::uniform_int_distribution<int>(0, 400)(random));
    std::this_thread::sleep_until(moment);  // the moment is what is random here
    child.kill_9();
    if (read_numbers(*log, options.output).size() < static_cast<std::size_t>(total)) {
      ++kills_in_the_middle;
    }
  }
  {
    Child last(options);
    EXPECT_TRUE(becomes_true([&] {
      return read_numbers(*log, options.output).size() >= static_cast<std::size_t>(total);
    }));
  }
  EXPECT_EQ(read_numbers(*log, options.output), numbers(0, total));
  EXPECT_GT(kills_in_the_middle, rounds() / 3) << "too few kills hit: nothing is proved";
  std::cout << rounds() << " kills, " << kills_in_the_middle << " in the middle, " << total
            << " records" << std::endl;
}

TEST(KafkaCrash, GoesOnWhenTheBrokerIsKilledAndComesBack) {
  GOUJI_OWN_KAFKA(broker);
  const auto log = open_kafka(broker.bootstrap());
  PassOptions options{broker.bootstrap(), new_topic(*log, 2), new_topic(*log, 2),
                      new_name("gouji-group"), "0", 25};
  options.settings = {{"transaction.timeout.ms", "60000"}};  // longer than the outage
  append_numbers(*log, options.input, 0, 3'000);
  PassThread stage(options);
  ASSERT_TRUE(becomes_true([&] { return stage.run().observer().records_ > 200; }));
  ASSERT_TRUE(broker.tell("kill"));
  ASSERT_TRUE(broker.tell("start"));
  append_numbers(*log, options.input, 3'000, 3'500);
  EXPECT_TRUE(becomes_true([&] { return read_numbers(*log, options.output).size() >= 3'500; }));
  EXPECT_EQ(read_numbers(*log, options.output), numbers(0, 3'500));
  EXPECT_EQ(stage.stop(), RunnerEnd::kStopped) << stage.run().runner().end_reason();
  std::cout << stage.run().observer().aborts_ << " aborts, " << stage.run().observer().recreated_
            << " new producers" << std::endl;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// What is read ahead and what waits to be written are bounded: 16 MiB and 32 MiB (kafka_settings.cpp).
TEST(KafkaCrash, HoldsItsMemoryWhileTheBrokerStandsStillAndGoesOnAfterwards) {
  constexpr int kRecords = 20'000;
  constexpr std::size_t kValueBytes = 2'048;
  constexpr std::size_t kGrowthMax = 120'000'000;
  GOUJI_OWN_KAFKA(broker);
  const auto log = open_kafka(broker.bootstrap());
  PassOptions options{broker.bootstrap(), new_topic(*log, 2), new_topic(*log, 2), new_name("gouji-group")};
  options.settings = {{"transaction.timeout.ms", "60000"}};
  {
    auto appender = std::move(*log->open_appender());
    for (int begin = 0; begin < kRecords; begin += 1'000) {
      std::vector<Outgoing> records;
      for (const std::string& number : numbers(begin, begin + 1'000)) {
        records.push_back({options.input, std::nullopt, {number, number + std::string(kValueBytes, ' '), {}, 1}});
      }
      ASSERT_TRUE(appender->append(records));
    }
  }
  PassThread stage(options);
  ASSERT_TRUE(becomes_true([&] { return stage.run().observer().records_ > 100; }));
  const std::size_t before = resident_bytes();
  std::size_t most = before;
  ASSERT_TRUE(broker.tell("pause"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (std::chrono::steady_clock::now() < until) {
    most = std::max(most, resident_bytes());
    std::this_thread::sleep_for(milliseconds(50));  // the length is what is tested
  }
  const std::int64_t taken = stage.run().observer().records_;
  ASSERT_TRUE(broker.tell("resume"));
  EXPECT_LT(taken, kRecords) << "it was through before the broker stood still: nothing is proved";
  EXPECT_LT(most - before, kGrowthMax);
  EXPECT_TRUE(becomes_true([&] { return stage.run().observer().records_ >= kRecords; }));
  EXPECT_EQ(stage.stop(), RunnerEnd::kStopped) << stage.run().runner().end_reason();
  EXPECT_TRUE(becomes_true([&] { return read_numbers(*log, options.output).size() >= kRecords; }));
  EXPECT_EQ(read_numbers(*log, options.output).size(), kRecords);
  std::cout << "grew by " << (most - before) / 1'000'000 << " MB in 5 s without a broker" << std::endl;
}

// Nothing can be said of a commit during which the broker stood still for longer than a second.
TEST(KafkaCrash, IsInDoubtAfterACommitThatTookLong) {
  GOUJI_OWN_KAFKA(broker);
  const auto log = open_kafka(broker.bootstrap());
  const std::string output = new_topic(*log, 1);
  auto stage = open_stage(*log, output);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  for (const bool stands_still : {false, true, false}) {
    ASSERT_EQ(stage->begin(), Outcome::kOk) << stage->last_error();
    ASSERT_EQ(stage->append({output, 0, {"k", "v", {}, 1}}), Outcome::kOk);
    std::thread waker;
    if (stands_still) {
      ASSERT_TRUE(broker.tell("pause"));
      waker = std::thread([&] {
        std::this_thread::sleep_for(milliseconds(1'500));  // the length is what is tested
        EXPECT_TRUE(broker.tell("resume"));
      });
    }
    EXPECT_EQ(stage->commit(), Outcome::kOk) << stage->last_error();
    if (waker.joinable()) waker.join();
    EXPECT_EQ(stage->in_doubt(), stands_still);
    if (!stands_still) continue;
    EXPECT_EQ(stage->begin(), Outcome::kUnknown);
    ASSERT_EQ(stage->open_producer(), Outcome::kOk) << stage->last_error();
    EXPECT_FALSE(stage->in_doubt());
  }
  EXPECT_TRUE(becomes_true([&] { return read_numbers(*log, output).size() == 3; }));
}

}  // namespace
}  // namespace gouji::eventlog
