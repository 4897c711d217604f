#include "common/eventlog/local/local_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "tests/support/record_of.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/common/eventlog/local/open_local.h"

namespace gouji::testing {
namespace {

using namespace eventlog;  // NOLINT: the tests are about nothing else
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Changes the file behind the log's back.
void meddle(const std::string& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST(LocalLog, CreatesFolderAndFilesForItsOwnerAlone) {
  const TempFolder folder;
  const std::string path = folder.file("a/b/log.db");
  const auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t");
  EXPECT_EQ(mode_of(folder.file("a/b")), 0700);
  for (const char* companion : {"", "-wal", "-shm", ".lock"}) EXPECT_EQ(mode_of(path + companion), 0600) << companion;
}

TEST(LocalLog, RefusesASecondOwnerAndNamesTheFirst) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  auto log = open_as(path, LocalMode::kOwner);
  const auto second = try_open(path, LocalMode::kOwner);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kLogLocked);
  EXPECT_EQ(second.error().kind, ErrorKind::kFatal);
  EXPECT_THAT(second.error().message, HasSubstr("pid " + std::to_string(::getpid())));
  log.reset();
  EXPECT_TRUE(try_open(path, LocalMode::kOwner).has_value());
}

TEST(LocalLog, IsFreeAgainWhenItsOwnerWasKilled) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto log = try_open(path, LocalMode::kOwner);
    ::kill(::getpid(), SIGKILL);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(try_open(path, LocalMode::kOwner).has_value());
}

TEST(LocalLog, SaysThatThereIsNoneToRead) {
  const TempFolder folder;
  for (const LocalMode mode : {LocalMode::kReader, LocalMode::kAppend}) {
    const auto log = try_open(folder.file("none.db"), mode);
    ASSERT_FALSE(log.has_value());
    EXPECT_EQ(log.error().code, ErrorCode::kLogUnavailable);
    EXPECT_THAT(log.error().message, HasSubstr("none.db"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.file("none.db")));
  // One that is just being made is not there yet.
  std::ofstream(folder.file("empty.db")).flush();
  EXPECT_EQ(try_open(folder.file("empty.db"), LocalMode::kReader).error().code, ErrorCode::kLogUnavailable);
}

TEST(LocalLog, LetsReadersReadWhileTheOwnerWrites) {
  const TempFolder folder;
  const auto owner = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*owner, "t");
  append(*owner, {to("t", 0, "a")});
  const auto reader = open_as(folder.file("log.db"), LocalMode::kReader);
  EXPECT_THAT(values_of(read_all(*reader, {"t", 0})), ElementsAre("a"));
  append(*owner, {to("t", 0, "b")});
  EXPECT_THAT(values_of(read_all(*reader, {"t", 0})), ElementsAre("a", "b"));
  EXPECT_EQ(reader->open_appender().error().code, ErrorCode::kBadArgument);
  EXPECT_EQ(reader->open_stage_log({"g", "t", {"t"}, std::nullopt}).error().code, ErrorCode::kBadArgument);
  EXPECT_FALSE(reader->create_topic({}).has_value());
}

// A log that was deleted and made anew, or put back from a copy: who has the old file open reads a file that nobody
// can see any more, and never hears of the new one.
TEST(LocalLog, LetsReadersFollowThePathToTheFileThatStandsThereNow) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  auto owner = open_as(path, LocalMode::kOwner);
  create(*owner, "t");
  append(*owner, {to("t", 0, "a")});
  const auto reader = open_as(path, LocalMode::kReader);
  EXPECT_THAT(values_of(read_all(*reader, {"t", 0})), ElementsAre("a"));
  owner.reset();
  std::filesystem::rename(path, folder.file("old.db"));
  const auto gone = reader->read({"t", 0}, 0, {});
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, ErrorCode::kLogUnavailable);
  owner = open_as(path, LocalMode::kOwner);
  create(*owner, "another");  // another id than before
  create(*owner, "t", 2);
  append(*owner, {to("t", 0, "b")});
  EXPECT_THAT(values_of(read_all(*reader, {"t", 0})), ElementsAre("b"));
  EXPECT_EQ(*reader->partitions("t"), 2);
  auto waited = std::async(std::launch::async, [&] { reader->wait_for_append(std::chrono::seconds(20)); });
  append(*owner, {to("t", 0, "c")});
  waited.get();
  EXPECT_THAT(values_of(read_all(*reader, {"t", 0})), ElementsAre("b", "c"));
}

TEST(LocalLog, TakesAppendsOfAnotherProcessAndWakesTheOwner) {
  const TempFolder folder;
  const auto owner = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*owner, "t");
  auto stage = std::move(*owner->open_stage_log({"g", "t", {"t"}, std::nullopt}));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  const auto other = open_as(folder.file("log.db"), LocalMode::kAppend);
  auto polled = std::async(std::launch::async, [&] { return stage->poll(std::chrono::seconds(20), {}); });
  append(*other, {to("t", 0, "from elsewhere")});
  const auto records = polled.get();
  ASSERT_TRUE(records.has_value());
  EXPECT_THAT(values_of(*records), ElementsAre("from elsewhere"));
  EXPECT_FALSE(other->open_stage_log({"g", "t", {"t"}, std::nullopt}).has_value());
}

TEST(LocalLog, RefusesAFileOfANewerProgram) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  open_as(path, LocalMode::kOwner).reset();
  meddle(path, "PRAGMA user_version=2");
  for (const LocalMode mode : {LocalMode::kOwner, LocalMode::kReader, LocalMode::kAppend}) {
    const auto log = try_open(path, mode);
    ASSERT_FALSE(log.has_value());
    EXPECT_EQ(log.error().code, ErrorCode::kUnknownVersion);
    EXPECT_THAT(log.error().message, HasSubstr("log format 2, this program knows 1"));
  }
}

TEST(LocalLog, RefusesWhatIsNoLog) {
  const TempFolder folder;
  std::ofstream(folder.file("text.db")) << std::string(10'000, 'x');
  meddle(folder.file("other.db"), "CREATE TABLE t(a); PRAGMA application_id=7");
  for (const char* name : {"text.db", "other.db"}) {
    for (const LocalMode mode : {LocalMode::kOwner, LocalMode::kReader}) {
      const auto log = try_open(folder.file(name), mode);
      ASSERT_FALSE(log.has_value()) << name;
      EXPECT_EQ(log.error().code, ErrorCode::kLogCorrupt) << name;
      EXPECT_THAT(log.error().message, HasSubstr(name));
    }
  }
}

TEST(LocalLog, FinishesACreationThatWasInterrupted) {
  const TempFolder folder;
  std::ofstream(folder.file("log.db")).close();
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "t");
}

TEST(LocalLog, FindsADamagedRecordOnReadAndInVerify) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t", 2);
  append(*log, {to("t", 1, "good")});
  append(*log, {to("t", 1, "bad")});
  EXPECT_TRUE(verify_local_log(path)->problems.empty());
  log.reset();
  meddle(path, "UPDATE records SET value=x'00' WHERE offset=2");
  log = open_as(path, LocalMode::kOwner);
  const auto batch = log->read({"t", 1}, 1, {});
  ASSERT_FALSE(batch.has_value());
  EXPECT_EQ(batch.error().code, ErrorCode::kLogCorrupt);
  EXPECT_EQ(batch.error().kind, ErrorKind::kFatal);
  EXPECT_THAT(batch.error().message, HasSubstr("record 2 of topic t, partition 1"));
  const auto verdict = verify_local_log(path);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_EQ(verdict->records_checked, 2);
  EXPECT_THAT(verdict->problems, ElementsAre(HasSubstr("topic t, partition 1, offset 2: the checksum")));
}

TEST(LocalLog, FindsARecordThatStandsInTheWrongPlace) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t", 2);
  append(*log, {to("t", 0, "a")});
  log.reset();
  meddle(path, "UPDATE records SET partition_id=2");
  EXPECT_THAT(verify_local_log(path)->problems,
              ElementsAre(HasSubstr("checksum"), HasSubstr("beyond the end of the partition")));
}

TEST(LocalLog, FindsBoundsThatContradictEachOther) {
  const std::pair<const char*, const char*> cases[] = {
      {"UPDATE partitions SET low=99", "its end is not behind its beginning"},
      {"UPDATE partitions SET low=1", "a record stands before the beginning"},
      {"INSERT INTO offsets VALUES('g', 1, 77, 0)", "group g has read beyond the end"},
      {"UPDATE topics SET partitions=3", "partitions are missing"},
  };
  for (const auto& [statement, words] : cases) {
    const TempFolder folder;
    const std::string path = folder.file("log.db");
    auto log = open_as(path, LocalMode::kOwner);
    create(*log, "t");
    append(*log, {to("t", 0, "a"), to("t", 0, "b")});
    log.reset();
    EXPECT_TRUE(verify_local_log(path)->problems.empty());
    meddle(path, statement);
    EXPECT_THAT(verify_local_log(path)->problems, ::testing::Contains(HasSubstr(words))) << statement;
  }
}

TEST(LocalLog, RefusesATopicWhosePartitionsAreNotAsManyAsItSays) {
  for (const char* statement : {"UPDATE topics SET partitions=3", "UPDATE partitions SET partition=5 WHERE partition=0"}) {
    const TempFolder folder;
    const std::string path = folder.file("log.db");
    auto log = open_as(path, LocalMode::kOwner);
    create(*log, "t", 2);
    log.reset();
    meddle(path, statement);
    log = open_as(path, LocalMode::kOwner);
    const auto batch = log->read({"t", 1}, 0, {});
    ASSERT_FALSE(batch.has_value()) << statement;
    EXPECT_EQ(batch.error().code, ErrorCode::kLogCorrupt);
    EXPECT_THAT(batch.error().message, HasSubstr("log verify"));
  }
}

TEST(LocalLog, FindsStructuralDamage) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t");
  for (int i = 0; i < 50; ++i) append(*log, {to("t", 0, std::string(2000, 'v'))});
  log.reset();
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(12 * 4096);
    file << std::string(3 * 4096, '\x5A');
  }
  const auto verdict = verify_local_log(path);
  ASSERT_TRUE(verdict.has_value());
  EXPECT_FALSE(verdict->problems.empty());
}

TEST(LocalLog, TellsWhatIsInTheFile) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  const auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t", 2);
  append(*log, {to("t", 0, "a"), to("t", 0, "b")});
  auto stage = std::move(*log->open_stage_log({"g", "id", {"t"}, std::nullopt}));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  ASSERT_EQ(stage->send_offsets({{{"t", 0}, 1}}), Outcome::kOk);
  ASSERT_EQ(stage->commit(), Outcome::kOk);
  const auto stat = stat_local_log(path);
  ASSERT_TRUE(stat.has_value());
  ASSERT_EQ(stat->partitions.size(), 2U);
  EXPECT_EQ(stat->partitions[0].records, 2);
  EXPECT_EQ(stat->partitions[0].end, 3);
  EXPECT_EQ(stat->partitions[1].records, 0);
  ASSERT_EQ(stat->offsets.size(), 1U);
  EXPECT_EQ(stat->offsets[0].offset, 1);
  EXPECT_GT(stat->wal_bytes + stat->file_bytes, 0);
}

TEST(LocalLog, SaysWhichTopicIsMissing) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  create(*log, "t");
  EXPECT_THAT(log->open_stage_log({"g", "id", {"absent"}, std::nullopt}).error().message, HasSubstr("topic absent"));
  auto stage = std::move(*log->open_stage_log({"g", "id", {"t"}, std::nullopt}));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  ASSERT_EQ(stage->begin(), Outcome::kOk);
  EXPECT_EQ(stage->append(to("absent", 0, "x")), Outcome::kFatal);
  EXPECT_THAT(stage->last_error(), HasSubstr("topic absent"));
  EXPECT_EQ(stage->append(to("t", 7, "x")), Outcome::kAbortable);
}

TEST(LocalLog, RefusesEveryWriteAfterTheDiskWasFull) {
  const TempFolder folder;
  const std::string path = folder.file("log.db");
  const auto log = open_as(path, LocalMode::kOwner);
  create(*log, "t");
  append(*log, {to("t", 0, "before")});
  auto stage = std::move(*log->open_stage_log({"g", "id", {"t"}, std::nullopt}));
  ASSERT_EQ(stage->open_producer(), Outcome::kOk);
  const auto transact = [&](std::size_t bytes) {
    EXPECT_EQ(stage->begin(), Outcome::kOk);
    EXPECT_EQ(stage->append(to("t", 0, std::string(bytes, 'x'))), Outcome::kOk);
    const Outcome outcome = stage->commit();
    EXPECT_TRUE(outcome == Outcome::kOk || stage->abort() == Outcome::kOk);
    return outcome;
  };
  // Files of this process may not grow any more: SQLite meets a failing write.
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = ::signal(SIGXFSZ, SIG_IGN);
  struct rlimit tight = before;
  tight.rlim_cur = std::filesystem::file_size(path + "-wal") + 8192;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const Outcome full = transact(500'000);
  const std::string error = stage->last_error();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(full, Outcome::kFatal) << error;
  EXPECT_THAT(error, HasSubstr("log.db"));
  EXPECT_EQ(transact(10), Outcome::kFatal);  // though there is room again
  EXPECT_THAT(values_of(read_all(*log, {"t", 0})), ElementsAre("before"));
}

TEST(LocalLog, ServesSeveralStagesAtOnce) {
  const TempFolder folder;
  const auto log = open_as(folder.file("log.db"), LocalMode::kOwner);
  constexpr int kStages = 3;
  constexpr int kRecords = 200;
  for (int i = 0; i < kStages; ++i) create(*log, "t" + std::to_string(i));
  std::vector<std::thread> threads;
  for (int i = 0; i < kStages; ++i) {
    threads.emplace_back([&log, i] {
      const std::string mine = "t" + std::to_string(i);
      const std::string next = "t" + std::to_string((i + 1) % kStages);
      auto stage = std::move(*log->open_stage_log({"g" + mine, mine, {mine}, std::nullopt}));
      EXPECT_EQ(stage->open_producer(), Outcome::kOk);
      for (int n = 0; n < kRecords; ++n) {
        EXPECT_TRUE(stage->poll(std::chrono::milliseconds(0), {}).has_value());
        EXPECT_EQ(stage->begin(), Outcome::kOk);
        EXPECT_EQ(stage->append(to(next, 0, std::to_string(n))), Outcome::kOk);
        EXPECT_EQ(stage->commit(), Outcome::kOk);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kStages; ++i) {
    const auto values = values_of(read_all(*log, {"t" + std::to_string(i), 0}));
    ASSERT_EQ(values.size(), static_cast<std::size_t>(kRecords));
    for (int n = 0; n < kRecords; ++n) EXPECT_EQ(values[static_cast<std::size_t>(n)], std::to_string(n));
  }
}

}  // namespace
}  // namespace gouji::testing
