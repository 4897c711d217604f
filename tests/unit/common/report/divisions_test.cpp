#include "common/report/divisions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "common/report/json_lines.h"
#include "common/report/organs.h"
#include "common/text/fold.h"

namespace gouji {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

const OrganDirectory& organs() {
  static const OrganDirectory kOrgans = [] {
    std::ifstream file("deploy/organs.json", std::ios::binary);
    const std::string json{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return std::move(*OrganDirectory::parse(json));
  }();
  return kOrgans;
}

// "411003 3" for a unique division whose chain takes three characters; "?" behind the code of one of several.
std::string leading(std::string_view name) {
  const auto found = organs().divisions().leading(fold_label(name));
  if (!found) return "none";
  return found->division->code + (found->is_unique ? " " : "? ") + std::to_string(found->length / 3);
}

TEST(Divisions, AreFoundAtTheBeginningOfAName) {
  EXPECT_EQ(leading("许昌市教育局"), "411000 3");
  EXPECT_EQ(leading("河南省许昌市建安区人民政府"), "411003 9");
  EXPECT_EQ(leading("河南许昌市教育局"), "411000 5");
  EXPECT_EQ(leading("内蒙古自治区教育厅"), "150000 6");
  EXPECT_EQ(leading("广西南宁市教育局"), "450100 5");
  EXPECT_EQ(leading("北京市东城区人民政府"), "110101 6");
  EXPECT_EQ(leading("内蒙古乌兰察布市集宁区"), "150902 11");
  EXPECT_EQ(leading("市教育局"), "none");
  EXPECT_EQ(leading("教育部"), "none");
  EXPECT_EQ(leading(""), "none");
}

TEST(Divisions, OfOneNameAreToldApartByWhatStandsAboveThem) {
  EXPECT_EQ(leading("朝阳区教育局"), "110105? 3");
  EXPECT_EQ(leading("长春市朝阳区教育局"), "220104 6");
  EXPECT_EQ(leading("吉林省朝阳区"), "220104 6");  // the prefecture is left out
  EXPECT_EQ(leading("吉林省吉林市"), "220200 6");
  EXPECT_EQ(leading("海南藏族自治州"), "632500 7");  // not the province and something else
  EXPECT_EQ(leading("海南省教育厅"), "460000 3");
}

TEST(Divisions, AreFoundByNameAndCode) {
  const DivisionTable& table = organs().divisions();
  EXPECT_GE(table.named("鼓楼区").size(), 4U);
  EXPECT_THAT(table.named("没有这个区"), IsEmpty());
  ASSERT_EQ(table.named("河南").size(), 1U);
  EXPECT_EQ(table.full_name(*table.by_code("411003")), "河南省许昌市建安区");
  EXPECT_EQ(table.by_code("419001")->parent, "410000");  // directly under its province
  EXPECT_EQ(table.by_code("999999"), nullptr);
  EXPECT_TRUE(table.lies_in(*table.by_code("411003"), *table.by_code("410000")));
  EXPECT_FALSE(table.lies_in(*table.by_code("410000"), *table.by_code("411003")));
}

TEST(Divisions, OfTheProjectAreSpelledAsTheyFold) {
  for (const Division& division : organs().divisions().all()) EXPECT_EQ(fold_label(division.name), division.name);
}

TEST(JsonLines, SayWhereEntriesBegin) {
  EXPECT_THAT(json_lines("{\"a\": [1,\n {\"x\": [\"]\", 2]},\n\n \"s\"],\n \"b\": {\"k\":\n \"v\",\n \"l\": \"k\"}}"),
              ElementsAre(Pair("a", 1), Pair("a[0]", 1), Pair("a[1]", 2), Pair("a[2]", 4), Pair("b", 5), Pair("b.k", 5), Pair("b.l", 7)));
  for (const char* odd : {"", "}", "]]", "\"", "{\"a", "{\"a\":[", "[[[[", "\"\\"}) json_lines(odd);
}

}  // namespace
}  // namespace gouji
