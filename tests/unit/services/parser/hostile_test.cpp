// Whatever comes in, reading ends, within its limits, and gives an answer that holds together.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "tests/support/seed.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

std::string sample(const char* name) {
  std::ifstream file(std::string("tests/samples/") + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void expect_consistent(const Reading& reading) {
  ASSERT_EQ(reading.tables.size(), 3u);
  EXPECT_LE(reading.claims.size(), 200u);
  EXPECT_EQ(reading.content_digest.size(), 64u);
  for (const TableReading& table : reading.tables) {
    const bool has_cells = table.status == TableStatus::kRead || table.status == TableStatus::kPartial;
    const std::size_t size = has_cells ? form(table.table, table.edition).size() : 0;
    EXPECT_EQ(table.cells.size(), size);
    EXPECT_EQ(table.where.size(), size);
    EXPECT_EQ(table.raw.size(), size);
    EXPECT_EQ(table.confidence.size(), size);
    EXPECT_EQ(table.witnesses.size(), size);
    for (const std::string& raw : table.raw) EXPECT_LE(raw.size(), 64u);
    for (const AlternativeReading& other : table.alternatives) {
      ASSERT_LT(other.cell, table.cells.size());
      EXPECT_EQ(table.cells[other.cell].state, CellState::kUnreadable);
    }
  }
}

std::string damaged(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random); };
  for (std::size_t count = 1 + below(8); count > 0 && text.size() > 10; --count) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min(text.size() - at, below(200) + 1);
    switch (below(5)) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, text.substr(below(text.size()), length)); break;
      case 2: text[at] = static_cast<char>(below(256)); break;
      case 3: text.insert(at, "\t|\n "); break;
      default: text.resize(at); break;
    }
  }
  return text;
}

TEST(Hostile, DamagedReportsGiveAConsistentAnswer) {
  std::mt19937 random(testing::seed());
  const std::string sources[] = {sample("linhe_2021.txt"), sample("qingpuwan_2025.html")};
  for (int round = 0; round < 300; ++round) {
    const ReadOutcome outcome = outcome_of(damaged(sources[static_cast<std::size_t>(round) % 2], random));
    if (const auto* reading = std::get_if<Reading>(&outcome)) expect_consistent(*reading);
  }
}

std::string repeated(std::string_view part, std::size_t bytes) {
  std::string text = "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n二、主动公开政府信息情况\n";
  while (text.size() < bytes) text += part;
  return text;
}

// A reader that looks back or ahead without a limit takes minutes on these.
TEST(Hostile, LongRunsOfOneThingEndSoon) {
  for (const char* part : {"(", "《", "规章 ", "1 ", "| ", "年1月1日", "2021年", "二、", "一、主动公开政府信息情况\n", "规章\n1\n", "属于三类过程信息 1\n",
                           "<table><tr><td>1", "收到申请1件，", "来源：", "结果维持 "}) {
    const ReadOutcome outcome = outcome_of(repeated(part, 400'000));
    if (const auto* reading = std::get_if<Reading>(&outcome)) expect_consistent(*reading);
  }
}

}  // namespace
}  // namespace gouji::parser
