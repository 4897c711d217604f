#include "services/crawler/io/state.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/unit/services/crawler/temporary_folder.h"

namespace gouji::crawler {
namespace {

Location location_at(const std::string& address, std::int64_t sequence) {
  Location location;
  location.id = "id of " + address;
  location.source_id = "files";
  location.address = address;
  location.known.sequence = sequence;
  location.known.payload_digest = "aa";
  return location;
}

OutboxRow event_of(const std::string& key) {
  return {0, "topic", Record{key, std::string("v\0v", 3), {{"ce_id", key}, {"empty", ""}, {"null", std::nullopt}}, 42}};
}

TEST(State, GivesBackWhatWasCommittedAfterReopening) {
  const TemporaryFolder folder;
  SourceMemory memory;
  memory.health = {"s", "/a", SourceState::kDegraded, "WHY", "message", 1, 2, 3, 4};
  memory.place = "7";
  {
    const auto state = State::open(folder / "crawler.db");
    ASSERT_TRUE(state) << state.error().message;
    Location location = location_at("/a/b", 1);
    location.tag = "t";
    location.title = "标题";
    ASSERT_TRUE((*state)->commit({{location}, memory, {event_of("k")}}));
  }
  const auto state = State::open(folder / "crawler.db");
  ASSERT_TRUE(state);
  const auto found = (*state)->find("id of /a/b");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->title, "标题");
  EXPECT_EQ((*found)->tag, "t");
  EXPECT_EQ((*found)->known, (Known{"aa", 1, false, 0, 0}));
  EXPECT_EQ((*state)->source("s")->health.message, "message");
  EXPECT_EQ((*state)->source("s")->place, "7");
  const auto rows = (*state)->outbox(10, 1'000);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().record, event_of("k").record);
  EXPECT_EQ((*state)->outbox_size().rows, 1);
}

TEST(State, SendsTheOutboxInOrderAndForgetsWhatIsAcknowledged) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  ASSERT_TRUE((*state)->commit({{}, {}, {event_of("1"), event_of("2"), event_of("3")}}));
  const auto first = (*state)->outbox(2, 1'000);
  ASSERT_EQ(first->size(), 2U);
  EXPECT_EQ(first->back().record.key, "2");
  ASSERT_TRUE((*state)->acknowledge(*first));
  const auto rest = (*state)->outbox(10, 1'000);
  ASSERT_EQ(rest->size(), 1U);
  EXPECT_EQ(rest->front().record.key, "3");
  ASSERT_TRUE((*state)->acknowledge(*rest));
  EXPECT_EQ((*state)->outbox_size().rows, 0);
  EXPECT_EQ((*state)->outbox_size().bytes, 0);
}

TEST(State, LimitsABatchOfTheOutboxByBytesButGivesAtLeastOneRow) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  ASSERT_TRUE((*state)->commit({{}, {}, {event_of("1"), event_of("2")}}));
  EXPECT_EQ((*state)->outbox(10, 1)->size(), 1U);
}

TEST(State, RefusesASequenceThatSkips) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  const auto skipped = (*state)->commit({{location_at("/a", 2)}, {}, {event_of("k")}});
  ASSERT_FALSE(skipped);
  EXPECT_EQ(skipped.error().kind, ErrorKind::kFatal);
  EXPECT_EQ((*state)->outbox_size().rows, 0) << "nothing of a refused change may stay";
  EXPECT_TRUE((*state)->outbox(10, 1'000)->empty());
  ASSERT_TRUE((*state)->commit({{location_at("/a", 1)}, {}, {}}));
  ASSERT_TRUE((*state)->commit({{location_at("/a", 2)}, {}, {}}));
}

TEST(State, FindsTheLocationsUnderARootAndNoNeighbours) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  ASSERT_TRUE((*state)->commit({{location_at("/a", 1), location_at("/a/b", 1), location_at("/a/c/d", 1),
                                 location_at("/ab", 1), location_at("/a!", 1)}, {}, {}}));
  const auto found = (*state)->under("files", "/a");
  std::vector<std::string> under;
  for (const Location& location : *found) under.push_back(location.address);
  EXPECT_EQ(under, (std::vector<std::string>{"/a", "/a/b", "/a/c/d"}));
  EXPECT_EQ((*state)->under("files", "/")->size(), 5U);
  EXPECT_TRUE((*state)->under("web", "/a")->empty());
}

TEST(State, GivesDueLocationsTheLongestOverdueFirst) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  Location late = location_at("/late", 0), later = location_at("/later", 0), future = location_at("/future", 0);
  late.due_at = 20;
  later.due_at = 10;
  future.due_at = 1'000;
  ASSERT_TRUE((*state)->commit({{late, later, future}, {}, {}}));
  const auto due = (*state)->due("files", 100, 10);
  ASSERT_EQ(due->size(), 2U);
  EXPECT_EQ(due->front().address, "/later");
  EXPECT_EQ(*(*state)->next_due("files"), 10);
  EXPECT_EQ(*(*state)->next_due("web"), std::nullopt);
}

TEST(State, RefusesAFileFromANewerProgram) {
  const TemporaryFolder folder;
  const std::string path = folder / "crawler.db";
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "PRAGMA user_version = 2", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  const auto state = State::open(path);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, ErrorCode::kUnknownVersion);
  EXPECT_THAT(state.error().message, testing::HasSubstr("has version 2, this program knows up to 1"));
}

TEST(State, RefusesAFileThatIsNoDatabase) {
  const TemporaryFolder folder;
  const auto state = State::open(folder.write("crawler.db", std::string(5'000, 'x')));
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, ErrorCode::kLogCorrupt);
}

TEST(State, RefusesASecondOwnerAndNamesTheFirst) {
  const TemporaryFolder folder;
  const auto first = State::open(folder / "crawler.db");
  ASSERT_TRUE(first);
  const auto second = State::open(folder / "crawler.db");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kLogLocked);
  EXPECT_THAT(second.error().message, testing::HasSubstr("process " + std::to_string(::getpid())));
}

}  // namespace
}  // namespace gouji::crawler
