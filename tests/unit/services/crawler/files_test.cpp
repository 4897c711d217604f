// The file tree and the blob store, on real folders.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/core/digest.h"
#include "services/crawler/io/blob_store.h"
#include "services/crawler/io/file_tree.h"
#include "tests/unit/services/crawler/temporary_folder.h"

namespace gouji::crawler {
namespace {

std::vector<std::string> names_of(const FileTree& tree, const TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const FoundFile& file : tree.files) names.push_back(file.path.substr(folder.path().size() + 1));
  return names;
}

TEST(FileTree, FindsFilesByPathAndPassesHiddenOnesOver) {
  const TemporaryFolder folder;
  folder.write("b.html", "b");
  folder.write("a/deep/c.txt", "c");
  folder.write(".hidden", "x");
  folder.write(".git/config", "x");
  const FileTree tree = read_tree(folder.path(), {});
  EXPECT_TRUE(tree.root_is_there);
  EXPECT_EQ(names_of(tree, folder), (std::vector<std::string>{"a/deep/c.txt", "b.html"}));
  EXPECT_TRUE(tree.problems.empty());
  EXPECT_EQ(tree.folders.size(), 3U);
}

TEST(FileTree, EntersALoopOnceAndSaysSo) {
  const TemporaryFolder folder;
  folder.write("a/b/c.txt", "c");
  std::filesystem::create_directory_symlink(folder / "a", folder / "a/b/again");
  std::filesystem::create_directory_symlink(folder.path(), folder / "0self");
  const FileTree tree = read_tree(folder.path(), {});
  EXPECT_EQ(names_of(tree, folder), (std::vector<std::string>{"a/b/c.txt"}));
  ASSERT_EQ(tree.problems.size(), 2U);
  EXPECT_THAT(tree.problems[0].message, testing::HasSubstr("directory loop"));
  EXPECT_FALSE(tree.problems[0].passes);
}

TEST(FileTree, DoesNotFollowALinkOutOfTheTree) {
  const TemporaryFolder outside, folder;
  outside.write("secret.txt", "s");
  std::filesystem::create_symlink(outside / "secret.txt", folder / "link.txt");
  std::filesystem::create_directory_symlink(outside.path(), folder / "linked");
  const FileTree tree = read_tree(folder.path(), {});
  EXPECT_TRUE(tree.files.empty());
  EXPECT_EQ(tree.problems.size(), 2U);
}

TEST(FileTree, FollowsALinkIntoAHiddenFolderOfTheTree) {
  const TemporaryFolder folder;
  folder.write(".data/report.txt", "r");
  std::filesystem::create_symlink(".data/report.txt", folder / "report.txt");
  EXPECT_EQ(names_of(read_tree(folder.path(), {}), folder), (std::vector<std::string>{"report.txt"}));
}

TEST(FileTree, StopsAtItsLimitsAndSaysThatMoreMayBeThere) {
  const TemporaryFolder folder;
  folder.write("a/b/c/d.txt", "d");
  folder.write("1.txt", "1");
  folder.write("2.txt", "2");
  const FileTree deep = read_tree(folder.path(), {2, 100});
  EXPECT_EQ(deep.unread_folders, (std::set<std::string>{folder / "a/b"}));
  const FileTree many = read_tree(folder.path(), {32, 1});
  EXPECT_EQ(many.files.size(), 1U);
  EXPECT_EQ(many.unread_folders, (std::set<std::string>{folder.path()}));
}

TEST(FileTree, PassesAPipeOver) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const FileTree tree = read_tree(folder.path(), {});
  EXPECT_TRUE(tree.files.empty());
  ASSERT_EQ(tree.problems.size(), 1U);
  EXPECT_FALSE(read_file(folder / "pipe", 100));
}

TEST(FileTree, TellsAGoneRootFromAnUnreadableOne) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_tree(folder / "gone.txt", {}).root_is_gone);
  EXPECT_FALSE(read_tree(folder / "no/such/folder/gone.txt", {}).root_is_gone);
}

TEST(ReadFile, RefusesWhatIsTooLargeAndNamesTheSetting) {
  const TemporaryFolder folder;
  const std::string path = folder.write("big", std::string(11, 'x'));
  EXPECT_EQ(read_file(path, 11)->bytes, std::string(11, 'x'));
  const auto refused = read_file(path, 10);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalidInput);
  EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("document_bytes_max"));
}

TEST(ReadFile, GivesTheTagThatTheTreeGives) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.txt", "a");
  EXPECT_EQ(read_file(path, 10)->tag, read_tree(folder.path(), {}).files.at(0).tag);
}

TEST(FileUrl, EncodesWhatIsNotPlain) {
  EXPECT_EQ(file_url("/a b/年.html"), "file:///a%20b/%E5%B9%B4.html");
  EXPECT_EQ(file_url("/x\xff%"), "file:///x%FF%25");
}

TEST(BlobStore, StoresBytesUnderTheirDigestOnce) {
  const TemporaryFolder folder;
  auto blobs = BlobStore::open(folder / "blobs");
  ASSERT_TRUE(blobs);
  const std::string bytes(700'000, 'z');
  const std::string hex = to_hex(sha256(bytes));
  EXPECT_EQ(*blobs->put(bytes), "cas://sha256/" + hex);
  const std::string path = folder / ("blobs/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2));
  EXPECT_EQ(read_file(path, 1'000'000)->bytes, bytes);
  const std::string tag = read_file(path, 1'000'000)->tag;
  ASSERT_TRUE(blobs->put(bytes));
  EXPECT_EQ(read_file(path, 1'000'000)->tag, tag) << "bytes that are there are left alone";
}

TEST(BlobStore, WritesABlobAgainThatIsNotWhole) {
  const TemporaryFolder folder;
  auto blobs = BlobStore::open(folder / "blobs");
  const std::string hex = to_hex(sha256("content"));
  folder.write("blobs/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2), "cont");
  ASSERT_TRUE(blobs->put("content"));
  EXPECT_EQ(read_file(folder / ("blobs/sha256/" + hex.substr(0, 2) + "/" + hex.substr(2)), 100)->bytes, "content");
}

}  // namespace
}  // namespace gouji::crawler
