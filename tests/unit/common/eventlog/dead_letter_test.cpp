#include "common/eventlog/dead_letter.h"

#include <gtest/gtest.h>

namespace gouji::eventlog {
namespace {

const DeadLetterFacts kFacts{"g", "parser", "1.0", 3, 1'700'000'000'123};

TEST(DeadLetter, GoesToTheTopicOfInputAndGroupByItsKey) {
  const StoredRecord stored{{"in", 4}, 17, {"key", "value", {}, 5}};
  const Outgoing letter = dead_letter_of(stored, invalid_input(ErrorCode::kMalformed, "bad"), kFacts);
  EXPECT_EQ(letter.topic, "in.dlq.g");
  EXPECT_FALSE(letter.partition.has_value());
  EXPECT_EQ(find_header(letter.record, "dlq_offset"), "17");
  EXPECT_EQ(find_header(letter.record, "dlq_attempts"), "3");
  EXPECT_EQ(find_header(letter.record, "dlq_first_failed_at"), "2023-11-14T22:13:20.123Z");
}

TEST(DeadLetter, CutsTheMessageAtTheEndOfACharacter) {
  const StoredRecord stored{{"in", 0}, 0, {}};
  std::string message = "x";
  for (int i = 0; i < 500; ++i) message += "政";
  const Outgoing letter = dead_letter_of(stored, invalid_input(ErrorCode::kMalformed, message), kFacts);
  EXPECT_EQ(find_header(letter.record, "dlq_error_message"), message.substr(0, 1 + 3 * 341));
}

TEST(DeadLetter, LeavesOutAValueThatDoesNotFitBesideItsHeaders) {
  const StoredRecord stored{{"in", 0}, 0, {"k", std::string(kRecordBytesMax - 10, 'v'), {}, 0}};
  const Outgoing letter = dead_letter_of(stored, invalid_input(ErrorCode::kMalformed, "bad"), kFacts);
  EXPECT_FALSE(letter.record.value.has_value());
  EXPECT_EQ(find_header(letter.record, "dlq_value_omitted"), std::to_string(kRecordBytesMax - 10));
  EXPECT_LE(byte_size(letter.record), kRecordBytesMax);
}

TEST(DeadLetter, IsReplayedAsTheRecordItWas) {
  StoredRecord stored{{"in", 4}, 17, {"key", "value", {{"ce_id", "7"}, {"mine", "x"}}, 5}};
  const Outgoing letter = dead_letter_of(stored, invalid_input(ErrorCode::kMalformed, "bad"), kFacts);
  const StoredRecord at_rest{{letter.topic, 2}, 9, letter.record};
  const auto origin = origin_of(at_rest);
  ASSERT_TRUE(origin.has_value());
  EXPECT_EQ(origin->at, stored.at);
  EXPECT_EQ(origin->offset, 17);
  Outgoing replay = replay_of(at_rest, origin->at.topic);
  EXPECT_EQ(replay.topic, "in");
  EXPECT_EQ(find_header(replay.record, "dlq_replayed_from"), "in.dlq.g/2/9");
  EXPECT_EQ(find_header(replay.record, "dlq_replayed"), "true");
  replay.record.headers.resize(replay.record.headers.size() - 2);
  EXPECT_EQ(replay.record, stored.record);
}

TEST(DeadLetter, KnowsWhatIsNone) {
  for (const std::vector<Header>& headers : std::vector<std::vector<Header>>{
           {}, {{"dlq_topic", "in"}}, {{"dlq_topic", "in"}, {"dlq_partition", "4"}, {"dlq_offset", "1x"}},
           {{"dlq_topic", "in"}, {"dlq_partition", "-4"}, {"dlq_offset", "1"}}, {{"dlq_topic", ""}, {"dlq_partition", "4"}, {"dlq_offset", "1"}}})
    EXPECT_FALSE(origin_of({{"in.dlq.g", 0}, 0, {"k", "v", headers, 0}}).has_value());
}

}  // namespace
}  // namespace gouji::eventlog
