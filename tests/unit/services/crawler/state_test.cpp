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

StateChange events(std::vector<OutboxRow> rows) {
  StateChange change;
  change.events = std::move(rows);
  return change;
}

TEST(State, GivesBackWhatWasCommittedAfterReopening) {
  const TemporaryFolder folder;
  SourceMemory memory;
  memory.health = {"s", "/a", SourceState::kDegraded, "WHY", "message", 1, 2, 3, 4, {}, 0};
  memory.place = "7";
  {
    const auto state = State::open(folder / "crawler.db");
    ASSERT_TRUE(state) << state.error().message;
    Location location = location_at("/a/b", 1);
    location.tag = "t";
    location.title = "标题";
    ASSERT_TRUE((*state)->commit({{location}, {}, {memory}, {event_of("k")}, {}, {}, {}}));
  }
  const auto state = State::open(folder / "crawler.db");
  ASSERT_TRUE(state);
  const auto found = (*state)->find("id of /a/b");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->title, "标题");
  EXPECT_EQ((*found)->tag, "t");
  EXPECT_EQ((*found)->known, (Known{"aa", 1, false, 0, 0, ""}));
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
  ASSERT_TRUE((*state)->commit(events({event_of("1"), event_of("2"), event_of("3")})));
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
  ASSERT_TRUE((*state)->commit(events({event_of("1"), event_of("2")})));
  EXPECT_EQ((*state)->outbox(10, 1)->size(), 1U);
}

TEST(State, RefusesASequenceThatSkips) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  const auto skipped = (*state)->commit({{location_at("/a", 2)}, {}, {}, {event_of("k")}, {}, {}, {}});
  ASSERT_FALSE(skipped);
  EXPECT_EQ(skipped.error().kind, ErrorKind::kFatal);
  EXPECT_EQ((*state)->outbox_size().rows, 0) << "nothing of a refused change may stay";
  EXPECT_TRUE((*state)->outbox(10, 1'000)->empty());
  ASSERT_TRUE((*state)->commit({{location_at("/a", 1)}, {}, {}, {}, {}, {}, {}}));
  ASSERT_TRUE((*state)->commit({{location_at("/a", 2)}, {}, {}, {}, {}, {}, {}}));
}

TEST(State, FindsTheLocationsUnderARootAndNoNeighbours) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  ASSERT_TRUE((*state)->commit({{location_at("/a", 1), location_at("/a/b", 1), location_at("/a/c/d", 1),
                                 location_at("/ab", 1), location_at("/a!", 1)}, {}, {}, {}, {}, {}, {}}));
  const auto found = (*state)->under("files", "/a");
  std::vector<std::string> under;
  for (const Location& location : *found) under.push_back(location.address);
  EXPECT_EQ(under, (std::vector<std::string>{"/a", "/a/b", "/a/c/d"}));
  EXPECT_EQ((*state)->under("files", "/")->size(), 5U);
  EXPECT_TRUE((*state)->under("web", "/a")->empty());
}

UrlRow url_at(std::int64_t id, const std::string& address) {
  UrlRow row;
  row.id = id;
  row.source_id = "s";
  row.kind = UrlKind::kList;
  row.address = address;
  row.host = "a.example";
  row.location_id = "l";
  row.due_at = 1;
  row.looked_at = 2;
  row.interval = 3;
  row.tag = "t";
  row.last_modified = "m";
  row.digest = "d";
  row.fetches = 4;
  row.failures = 5;
  row.result = "ok";
  row.cursor = "c";
  row.shape = {6, "f", "n", 7};
  return row;
}

TEST(State, KeepsTheFrontierOverARestart) {
  const TemporaryFolder folder;
  const HostRow host{"a.example", {1, 2, 3, 4, 5, 6, 7, 8}};
  {
    const auto state = State::open(folder / "crawler.db");
    ASSERT_TRUE(state);
    StateChange change;
    change.urls = {url_at((*state)->new_url_id(), "/1"), url_at((*state)->new_url_id(), "/2")};
    change.hosts = {host};
    change.robots = {{"http://a.example", 1, 2, true, "User-agent: *"}};
    ASSERT_TRUE((*state)->commit(change));
    ASSERT_TRUE((*state)->lease(std::vector<std::int64_t>{2}));
  }
  const auto state = State::open(folder / "crawler.db");
  EXPECT_EQ((*state)->new_url_id(), 3);
  UrlRow second = url_at(2, "/2");
  second.leases = 1;
  EXPECT_EQ(*(*state)->url(1), url_at(1, "/1"));
  EXPECT_EQ(*(*state)->find_url("s", UrlKind::kList, "/2"), second) << "a fetch that never ended is remembered";
  EXPECT_EQ(*(*state)->find_url("s", UrlKind::kArticle, "/2"), std::nullopt);
  std::vector<HostRow> hosts;
  ASSERT_TRUE((*state)->each_host([&](HostRow row) { hosts.push_back(std::move(row)); }));
  ASSERT_EQ(hosts.size(), 1U);
  EXPECT_EQ(hosts[0].pace, host.pace);
  const auto robots = (*state)->robots("http://a.example");
  ASSERT_TRUE(robots && *robots);
  EXPECT_EQ((*robots)->text, "User-agent: *");
  EXPECT_TRUE((*robots)->is_known);
  std::size_t urls = 0;
  ASSERT_TRUE((*state)->each_url([&](const UrlRow&) { ++urls; }));
  EXPECT_EQ(urls, 2U);
}

TEST(State, LetsAListChangeATitleWithoutTouchingWhatAFetchWrites) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  Location location = location_at("/a", 1);
  location.title = "旧";
  ASSERT_TRUE((*state)->commit({{location}, {}, {}, {}, {}, {}, {}}));
  ASSERT_TRUE((*state)->commit({{}, {{location.id, "新", "2024-01-20", "某局", 7}}, {}, {}, {}, {}, {}}));
  location.known.sequence = 2;
  ASSERT_TRUE((*state)->commit({{location}, {}, {}, {}, {}, {}, {}}));
  const auto found = (*state)->find(location.id);
  EXPECT_EQ((*found)->title, "新");
  EXPECT_EQ((*found)->organ, "某局");
  EXPECT_EQ((*found)->listed_at, 7);
  EXPECT_EQ((*found)->known.sequence, 2);
}

TEST(State, FindsAnotherLocationWithTheSameText) {
  const TemporaryFolder folder;
  const auto state = State::open(folder / "crawler.db");
  Location first = location_at("/a", 1), second = location_at("/b", 1);
  first.known.text_digest = second.known.text_digest = "t";
  first.first_seen = 2;
  second.first_seen = 1;
  ASSERT_TRUE((*state)->commit({{first, second}, {}, {}, {}, {}, {}, {}}));
  EXPECT_EQ(*(*state)->with_text("t", first.id), second.id);
  EXPECT_EQ(*(*state)->with_text("t", second.id), first.id);
  EXPECT_EQ(*(*state)->with_text("", first.id), std::nullopt);
}

// A file as the first version wrote it.
constexpr const char* kVersionOne = R"sql(
CREATE TABLE location(
  id TEXT PRIMARY KEY, source_id TEXT NOT NULL, address TEXT NOT NULL,
  payload_digest TEXT NOT NULL, sequence INTEGER NOT NULL, withdrawn INTEGER NOT NULL,
  missing_since INTEGER NOT NULL, missing_count INTEGER NOT NULL,
  tag TEXT NOT NULL, last_modified TEXT NOT NULL, refused TEXT NOT NULL,
  title TEXT NOT NULL, published_on TEXT NOT NULL,
  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, due_at INTEGER NOT NULL,
  fetches INTEGER NOT NULL, failures INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX location_by_address ON location(source_id, address);
CREATE INDEX location_by_due ON location(source_id, due_at);
CREATE TABLE source(
  id TEXT PRIMARY KEY, address TEXT NOT NULL, state INTEGER NOT NULL, reason TEXT NOT NULL,
  message TEXT NOT NULL, last_attempt_at INTEGER NOT NULL, last_success_at INTEGER NOT NULL,
  documents INTEGER NOT NULL, failures INTEGER NOT NULL, reported_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL, tag TEXT NOT NULL, last_modified TEXT NOT NULL,
  place TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox(
  number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key BLOB, value BLOB,
  headers BLOB NOT NULL, timestamp INTEGER NOT NULL, bytes INTEGER NOT NULL);
INSERT INTO location VALUES('id of /a','files','/a','aa',3,0,0,0,'tag','','','','',1,2,0,4,0);
INSERT INTO location VALUES('w','portal-a','http://a.example/1','bb',2,1,0,0,'"e"','m','','标题','2024-01-20',1,2,77,5,1);
INSERT INTO source VALUES('files:/','/',0,'','',1,2,3,0,5,0,'','','dev');
INSERT INTO source VALUES('portal-a','https://b.example/list',1,'WHY','m',11,2,9,4,5,88,'"l"','lm','');
INSERT INTO outbox(topic, key, value, headers, timestamp, bytes) VALUES('t', 'k', 'v', x'', 1, 2);
PRAGMA user_version = 1;
)sql";

void make_file(const std::string& path, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

TEST(State, BringsAFileOfTheFirstVersionUpToDateAndLosesNothing) {
  const TemporaryFolder folder;
  make_file(folder / "crawler.db", kVersionOne);
  for (int round = 0; round < 2; ++round) {
    const auto state = State::open(folder / "crawler.db");
    ASSERT_TRUE(state) << state.error().message;
    const auto file = (*state)->find("id of /a"), page = (*state)->find("w");
    ASSERT_TRUE(file && *file && page && *page);
    EXPECT_EQ((*file)->tag, "tag");
    EXPECT_EQ((*file)->known, (Known{"aa", 3, false, 0, 0, ""}));
    EXPECT_EQ((*page)->title, "标题");
    EXPECT_EQ((*page)->known, (Known{"bb", 2, true, 0, 0, ""}));
    const auto article = (*state)->find_url("portal-a", UrlKind::kArticle, "http://a.example/1");
    ASSERT_TRUE(article && *article);
    EXPECT_EQ((*article)->due_at, 77);
    EXPECT_EQ((*article)->tag, "\"e\"");
    EXPECT_EQ((*article)->host, "a.example");
    EXPECT_EQ((*article)->location_id, "w");
    EXPECT_EQ((*article)->fetches, 5);
    const auto list = (*state)->find_url("portal-a", UrlKind::kList, "https://b.example/list");
    ASSERT_TRUE(list && *list);
    EXPECT_EQ((*list)->due_at, 88);
    EXPECT_EQ((*list)->host, "b.example");
    EXPECT_EQ((*state)->source("files:/")->place, "dev");
    EXPECT_EQ((*state)->source("portal-a")->health.reason, "WHY");
    EXPECT_EQ((*state)->outbox_size().rows, 1);
    std::size_t urls = 0;
    ASSERT_TRUE((*state)->each_url([&](const UrlRow&) { ++urls; }));
    EXPECT_EQ(urls, 2U) << "files are no addresses of the frontier";
  }
}

// And the program that wrote it can go on with the file afterwards.
TEST(State, AddsAColumnThatTheFirstFilesOfThisVersionHadNot) {
  const TemporaryFolder folder;
  const std::string path = folder / "crawler.db";
  ASSERT_TRUE(State::open(path));
  make_file(path, "ALTER TABLE location DROP COLUMN organ");
  Location location;
  location.id = "a";
  location.organ = "某市水利局";
  {
    const auto state = State::open(path);
    ASSERT_TRUE(state) << state.error().message;
    StateChange change;
    change.locations = {location};
    ASSERT_TRUE((*state)->commit(change));
    EXPECT_EQ((**(*state)->find("a")).organ, location.organ);
  }
  make_file(path,
            "INSERT INTO location(id, source_id, address, payload_digest, text_digest, sequence, withdrawn, missing_since, missing_count, tag, "
            "refused, title, published_on, first_seen, last_seen, listed_at, fetches) VALUES('b','','','','',0,0,0,0,'','','','',0,0,0,0)");
  const auto state = State::open(path);
  ASSERT_TRUE(state);
  EXPECT_EQ((**(*state)->find("a")).organ, location.organ);
  EXPECT_EQ((**(*state)->find("b")).organ, "");
}

TEST(State, RefusesAFileFromANewerProgram) {
  const TemporaryFolder folder;
  const std::string path = folder / "crawler.db";
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "PRAGMA user_version = 3", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  const auto state = State::open(path);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, ErrorCode::kUnknownVersion);
  EXPECT_THAT(state.error().message, testing::HasSubstr("has version 3, this program knows up to 2"));
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
