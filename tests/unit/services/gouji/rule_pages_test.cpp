// The committed pages of docs/rules are those that the rules make.
#include "services/gouji/rule_pages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace gouji::command {
namespace {

std::filesystem::path folder() {
  for (const char* root : {".", "..", "../.."})
    if (std::filesystem::exists(std::filesystem::path(root) / "docs" / "rules")) return std::filesystem::path(root) / "docs" / "rules";
  return {};
}

TEST(RulePages, AreCurrent) {
  ASSERT_FALSE(folder().empty()) << "docs/rules is not there";
  const auto pages = rule_pages();
  for (const auto& [name, text] : pages) {
    std::ifstream file(folder() / name, std::ios::binary);
    const std::string committed{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    EXPECT_EQ(committed, text) << name << ": run gouji rules docs docs/rules";
  }
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    EXPECT_TRUE(pages.contains(entry.path().filename().string())) << entry.path() << " belongs to no rule";
}

}  // namespace
}  // namespace gouji::command
