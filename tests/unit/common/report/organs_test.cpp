#include "common/report/organs.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace gouji {
namespace {

TEST(Organs, OfTheProjectAreRead) {
  std::ifstream file("deploy/organs.json", std::ios::binary);
  const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto organs = OrganDirectory::parse(json);
  ASSERT_TRUE(organs) << organs.error().message;
  ASSERT_NE(organs->by_name("许昌市人民政府"), nullptr);
  EXPECT_EQ(organs->by_name("许昌市人民政府")->id, "411000-gov");
  EXPECT_EQ(organs->by_name("許昌市人民政府"), organs->by_id("411000-gov"));
  EXPECT_EQ(organs->by_name("市人民政府"), nullptr);
  EXPECT_EQ(organs->digest().size(), 64u);
  EXPECT_GT(organs->divisions().all().size(), 3000u);
}

TEST(Organs, ReportEveryMistakeAtOnce) {
  const auto organs = OrganDirectory::parse(
      R"({"source":"s","organs":[{"id":"a/b","name":"甲市人民政府","division":"1"},{"id":"c","name":"","division":"110000"},
          {"id":"d","name":"乙市人民政府","division":"110000","successor":"nobody"},{"id":"e","name":"乙市人民政府","division":"120000"},
          7],
          "divisions":{"110000":"北京市","11":"甲市",
            "130000":"", "110000":"北京市"}})");
  ASSERT_FALSE(organs);
  const std::string& message = organs.error().message;
  for (const char* part : {"date", "organs[0] (甲市人民政府): \"id\"", "\"division\"", "organs[1]", "nobody", "two organs",
                           "line 3: organs[4]: must be an object", "line 4: divisions.11: a code", "line 5: divisions.130000: the name",
                           "the code stands twice", "not among the divisions: 120000", "line 2: organs[2] (乙市人民政府): \"successor\""}) {
    EXPECT_NE(message.find(part), message.npos) << part << " in " << message;
  }
}

TEST(Organs, RefuseWhatIsNoJson) {
  for (const char* json : {"", "[]", "{", "{\"organs\":3}"}) EXPECT_FALSE(OrganDirectory::parse(json)) << json;
}

TEST(Organs, AreNoneInAnEmptyDirectory) {
  EXPECT_EQ(OrganDirectory::empty().by_name("许昌市人民政府"), nullptr);
  EXPECT_TRUE(OrganDirectory::empty().organs().empty());
}

}  // namespace
}  // namespace gouji
