// The whole pipeline in one process: how it ends when a part of it cannot go on.
#include "services/gouji/pipeline.h"

#include <gtest/gtest.h>

#include "common/eventlog/topics.h"
#include "tests/support/temp_folder.h"

namespace gouji::command {
namespace {

TEST(Pipeline, EndsWithTheErrorOfAStageThatCannotGoOn) {
  const testing::TempFolder data;
  const testing::TempFolder source;
  RunRequest request;
  request.where.data = data.path().string();
  request.sources = {source.path().string()};
  auto pipeline = Pipeline::open(request);
  ASSERT_TRUE(pipeline) << pipeline.error().message;
  ASSERT_TRUE((*pipeline)->start());
  // A newer incarnation fences the parser, which notices with its next transaction.
  auto heir = (*pipeline)->log().open_stage_log(
      {"gouji-parser", "gouji-parser-0", {std::string(eventlog::kRawTopic)}, std::nullopt});
  ASSERT_TRUE(heir) << heir.error().message;
  auto appender = (*pipeline)->log().open_appender();
  ASSERT_TRUE(appender);
  const auto append_poison = [&] {
    const std::vector<eventlog::Outgoing> poison{
        {std::string(eventlog::kRawTopic), 0, {"k", "no raw report", {}, 1}}};
    ASSERT_TRUE((*appender)->append(poison));
  };
  append_poison();
  // The parser has opened its producer once its first letter is there.
  const eventlog::TopicPartition letters{eventlog::dead_letter_topic(eventlog::kRawTopic, "gouji-parser"), 0};
  const auto has_letter = [&] {
    const auto partitions = (*pipeline)->log().partitions(letters.topic);
    for (std::int32_t i = 0; i < partitions.value_or(0); ++i)
      if (const auto batch = (*pipeline)->log().read({letters.topic, i}, 0, {}); batch && !batch->records.empty()) return true;
    return false;
  };
  for (int i = 0; i < 600 && !has_letter(); ++i) (*pipeline)->log().wait_for_append(std::chrono::milliseconds(50));
  ASSERT_TRUE(has_letter());
  ASSERT_EQ((*heir)->open_producer(), eventlog::Outcome::kOk);
  append_poison();
  const auto watched = (*pipeline)->watch();
  ASSERT_FALSE(watched);
  EXPECT_NE(watched.error().message.find("newer incarnation"), std::string::npos) << watched.error().message;
}

}  // namespace
}  // namespace gouji::command
