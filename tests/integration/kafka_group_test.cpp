// Several members of one group, and what happens to one that was left behind.
#include <algorithm>
#include <set>

#include "tests/support/kafka/kafka_broker.h"
#include "tests/support/kafka/kafka_workload.h"
#include "tests/support/kafka/pass_through.h"

namespace gouji::eventlog {
namespace {

using namespace gouji::testing;
using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Notes what it is told, and which of the two.
struct Notes final : RebalanceListener {
  void assigned(const std::vector<TopicPartition>& partitions) override {
    owned.insert(partitions.begin(), partitions.end());
    ++assignments;
  }
  void revoked(const std::vector<TopicPartition>& partitions, bool was_lost) override {
    for (const TopicPartition& at : partitions) owned.erase(at);
    if (was_lost) ++lost;
    ++revocations;
  }
  std::set<TopicPartition> owned;
  int assignments = 0;
  int revocations = 0;
  int lost = 0;
};

TEST(KafkaGroup, DividesThePartitionsBetweenItsMembersAndGivesThemBack) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 4);
  const std::string group = new_name("gouji-group");
  Notes first_notes;
  Notes second_notes;
  auto first = open_stage(*log, input, group);
  first->set_listener(first_notes);
  const auto turn = [&](StageLog& stage) { EXPECT_TRUE(stage.poll(milliseconds(20), {})); };
  ASSERT_TRUE(becomes_true([&] { return turn(*first), first_notes.owned.size() == 4; }));

  auto second = open_stage(*log, input, group);
  second->set_listener(second_notes);
  ASSERT_TRUE(becomes_true([&] {
    turn(*first);
    turn(*second);
    return first_notes.owned.size() == 2 && second_notes.owned.size() == 2;
  }));
  std::set<TopicPartition> both = first_notes.owned;
  both.insert(second_notes.owned.begin(), second_notes.owned.end());
  EXPECT_EQ(both.size(), 4U);
  EXPECT_EQ(first->assignment().size(), 2U);
  EXPECT_EQ(first_notes.revocations, 1);
  EXPECT_EQ(first_notes.lost, 0);

  second->close();
  EXPECT_TRUE(second_notes.owned.empty());
  ASSERT_TRUE(becomes_true([&] { return turn(*first), first_notes.owned.size() == 4; }));
}

TEST(KafkaGroup, LosesAndDoublesNothingWhileStagesJoinAndLeave) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 4);
  const std::string output = new_topic(*log, 4);
  PassOptions options{bootstrap, input, output, new_name("gouji-group"), "0", 50};
  append_numbers(*log, input, 0, 2'000);
  PassThread first(options);
  ASSERT_TRUE(becomes_true([&] { return first.run().observer().records_ > 100; }));

  PassOptions other = options;
  other.ordinal = "1";
  {
    PassThread second(other);
    append_numbers(*log, input, 2'000, 4'000);
    ASSERT_TRUE(becomes_true([&] { return second.run().observer().records_ > 100; }));
    EXPECT_EQ(second.stop(), RunnerEnd::kStopped);
  }
  append_numbers(*log, input, 4'000, 4'500);
  EXPECT_TRUE(becomes_true([&] { return read_numbers(*log, output).size() >= 4'500; }));
  EXPECT_EQ(first.stop(), RunnerEnd::kStopped);
  EXPECT_EQ(read_numbers(*log, output), numbers(0, 4'500));
}

TEST(KafkaGroup, FencesAZombieWithTheSameTransactionalId) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 1);
  const std::string output = new_topic(*log, 1);
  append_numbers(*log, input, 0, 1);
  const std::string id = new_name("stage");
  auto zombie = open_stage(*log, input, "", id);
  ASSERT_EQ(zombie->open_producer(), Outcome::kOk);
  ASSERT_EQ(poll_until(*zombie, 1).size(), 1U);
  ASSERT_EQ(zombie->begin(), Outcome::kOk);
  ASSERT_EQ(zombie->append({output, 0, {"k", "zombie", {}, 1}}), Outcome::kOk);
  auto heir = open_stage(*log, input, "", id);
  ASSERT_EQ(heir->open_producer(), Outcome::kOk) << heir->last_error();

  Outcome outcome = zombie->send_offsets({{{input, 0}, 1}});
  if (outcome == Outcome::kOk) outcome = zombie->commit();
  if (outcome == Outcome::kAbortable) outcome = zombie->abort();
  EXPECT_EQ(outcome, Outcome::kFenced) << to_string(outcome) << zombie->last_error();
  EXPECT_TRUE(zombie->committed({{input, 0}})->empty());
  ASSERT_EQ(heir->begin(), Outcome::kOk);
  ASSERT_EQ(heir->append({output, 0, {"k", "heir", {}, 1}}), Outcome::kOk);
  ASSERT_EQ(heir->commit(), Outcome::kOk) << heir->last_error();
  EXPECT_TRUE(becomes_true([&] { return read_numbers(*log, output) == std::vector<std::string>{"heir"}; }));
}

// The broker itself takes such offsets: the transaction would commit what another member works on.
TEST(KafkaGroup, SendsNoOffsetsWithoutMembershipOrForForeignPartitions) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 1);
  auto stage = open_stage(*log, input);
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  EXPECT_EQ(stage->send_offsets({{{input, 0}, 1}}), Outcome::kAbortable);
  EXPECT_THAT(stage->last_error(), HasSubstr("no member"));
  ASSERT_EQ(stage->abort(), Outcome::kOk) << stage->last_error();

  ASSERT_TRUE(becomes_true([&] {
    EXPECT_TRUE(stage->poll(milliseconds(20), {}));
    return !stage->assignment().empty();
  }));
  if (stage->in_doubt()) {
    ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  }
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  EXPECT_EQ(stage->send_offsets({{{input, 7}, 1}}), Outcome::kAbortable);
  EXPECT_THAT(stage->last_error(), HasSubstr("not assigned"));
  EXPECT_EQ(stage->abort(), Outcome::kOk) << stage->last_error();
}

TEST(KafkaGroup, EndsWithAnErrorWhenAnotherProcessTakesItsStaticMembership) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  StageLogOptions options;
  options.group = new_name("gouji-group");
  options.transactional_id = new_name("stage");
  options.inputs = {new_topic(*log, 1)};
  options.instance_id = "0";
  auto first = std::move(*log->open_stage_log(options));
  ASSERT_TRUE(becomes_true([&] {
    EXPECT_TRUE(first->poll(milliseconds(20), {}));
    return !first->assignment().empty();
  }));
  auto second = std::move(*log->open_stage_log(options));
  std::optional<Error> error;
  EXPECT_TRUE(becomes_true([&] {
    EXPECT_TRUE(second->poll(milliseconds(20), {}));
    if (auto polled = first->poll(milliseconds(20), {}); !polled) error = polled.error();
    return error.has_value();
  }));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::kFatal);
  EXPECT_EQ(error->code, ErrorCode::kFenced);
}

TEST(KafkaGroup, KeepsThePartitionsOfAStaticMemberThatRestartsWithinTheSessionTimeout) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap, {{"session.timeout.ms", "30000"}});
  StageLogOptions options;
  options.group = new_name("gouji-group");
  options.inputs = {new_topic(*log, 4)};
  const auto open = [&](const std::string& ordinal, Notes& notes) {
    options.transactional_id = options.group + "-" + ordinal;
    options.instance_id = ordinal;
    auto stage = std::move(*log->open_stage_log(options));
    stage->set_listener(notes);
    return stage;
  };
  const auto turn = [&](StageLog& stage) { EXPECT_TRUE(stage.poll(milliseconds(20), {})); };
  Notes stays;
  Notes leaves;
  auto first = open("0", stays);
  auto second = open("1", leaves);
  ASSERT_TRUE(becomes_true([&] {
    turn(*first);
    turn(*second);
    return stays.owned.size() == 2 && leaves.owned.size() == 2;
  }));
  const std::set<TopicPartition> owned = leaves.owned;
  const int assignments = stays.assignments;
  second->close();
  second.reset();
  Notes back;
  second = open("1", back);
  ASSERT_TRUE(becomes_true([&] {
    turn(*first);
    turn(*second);
    return !back.owned.empty();
  }));
  EXPECT_EQ(back.owned, owned);
  EXPECT_EQ(stays.assignments, assignments) << "the other member was disturbed";
}

TEST(KafkaGroup, SeeksAPausedPartitionAndReadsThereWhenItIsResumed) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 1);
  append_numbers(*log, input, 0, 10);
  auto stage = open_stage(*log, input);
  ASSERT_EQ(poll_until(*stage, 10).size(), 10U);
  const TopicPartition at{input, 0};
  stage->pause({at});
  ASSERT_TRUE(stage->seek({{at, 4}}));
  ASSERT_TRUE(stage->poll(milliseconds(300), {})->empty());
  stage->resume({at});
  const auto records = poll_until(*stage, 6);
  ASSERT_EQ(records.size(), 6U);
  EXPECT_EQ(records.front().offset, 4);
}

TEST(KafkaGroup, StartsWhereTheListenerSeeksDuringAssignment) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  const std::string input = new_topic(*log, 1);
  append_numbers(*log, input, 0, 10);
  struct Seeker final : RebalanceListener {
    void assigned(const std::vector<TopicPartition>& partitions) override {
      EXPECT_TRUE(stage->seek({{partitions.front(), 7}}));
    }
    void revoked(const std::vector<TopicPartition>&, bool) override {}
    StageLog* stage = nullptr;
  } seeker;
  auto stage = open_stage(*log, input);
  seeker.stage = stage.get();
  stage->set_listener(seeker);
  const auto records = poll_until(*stage, 3);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records.front().offset, 7);
  stage->close();
}

TEST(KafkaGroup, NamesAnInputThatIsNotThere) {
  GOUJI_SHARED_KAFKA(bootstrap);
  const auto log = open_kafka(bootstrap);
  auto stage = open_stage(*log, "gouji.nowhere");
  std::string message;
  EXPECT_TRUE(becomes_true([&] {
    const auto polled = stage->poll(milliseconds(100), {});
    if (!polled) message = polled.error().message;
    return !polled && polled.error().kind == ErrorKind::kUnavailable;
  }));
  EXPECT_THAT(message, HasSubstr("gouji.nowhere"));
}

}  // namespace
}  // namespace gouji::eventlog
