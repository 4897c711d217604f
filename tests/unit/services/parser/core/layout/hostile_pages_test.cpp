#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <string>

#include "tests/support/seed.h"
#include "tests/unit/services/parser/core/layout/page_writer.h"

namespace gouji::parser::testing {
namespace {

constexpr std::size_t kGlyphs = 1'000'000;
constexpr std::size_t kRulings = 100'000;

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  float below(float bound) { return std::uniform_real_distribution<float>(0, bound)(engine_); }
  char32_t character() { return std::uniform_int_distribution<char32_t>(0x4E00, 0x9FFF)(engine_); }

 private:
  std::mt19937 engine_;
};

Page random_page(Random& random, std::size_t glyphs, std::size_t rulings) {
  Page page{1, 600, 840, {}, {}, {}};
  for (std::size_t i = 0; i < glyphs; ++i) {
    const float left = random.below(590), top = random.below(830);
    page.glyphs.push_back({i % 3 == 0 ? U'0' + static_cast<char32_t>(i % 10) : random.character(), {left, top, left + 10, top + 10}, i % 7 == 0});
  }
  for (std::size_t i = 0; i < rulings; ++i) {
    const float left = random.below(590), top = random.below(830), length = random.below(300);
    page.rulings.push_back({i % 2 == 0 ? Box{left, top, left + length, top + 1} : Box{left, top, left + 1, top + length}});
  }
  return page;
}

TEST(HostilePages, AMillionCharactersAndAHundredThousandRulesAreLaidOut) {
  Random random(gouji::testing::seed());
  EXPECT_FALSE(lay_out({random_page(random, kGlyphs, kRulings)}).text.empty());
}

TEST(HostilePages, AMillionFiguresInRowsAndColumnsAreLaidOut) {
  Page page{1, 14'400, 14'400, {}, {}, {}};
  for (std::size_t i = 0; i < kGlyphs; ++i) {
    const float left = static_cast<float>(i % 1000) * 14, top = static_cast<float>(i / 1000) * 14;
    page.glyphs.push_back({U'1', {left, top, left + 5, top + 10}, false});
  }
  EXPECT_FALSE(lay_out({page}).text.empty());
}

TEST(HostilePages, LabelsAroundAMillionRowsAreLaidOut) {
  Page page{1, 600, 20'000, {}, {}, {}};
  for (std::size_t i = 0; i < kGlyphs / 4; ++i) {
    const float top = static_cast<float>(i) * 0.07F;
    page.glyphs.push_back({0x4E00 + static_cast<char32_t>(i % 20'000), {50, top, 60, top + 10}, false});
    for (const float left : {200.F, 300.F, 400.F}) page.glyphs.push_back({U'1', {left, top, left + 5, top + 10}, false});
  }
  EXPECT_FALSE(lay_out({page}).text.empty());
}

TEST(HostilePages, ManySmallTablesAreLaidOut) {
  PageWriter writer(1, 14'400, 14'400);
  for (std::size_t i = 0; i < kRulings / 6; ++i) {
    const float left = static_cast<float>(i % 120) * 110, top = static_cast<float>(i / 120) * 100;
    writer.rules({left, left + 40, left + 80}, {top, top + 40, top + 80}).text(left + 5, top + 5, "甲1");
  }
  const Document document = laid_out({writer});
  EXPECT_LE(document.grids.size(), LayoutLimits().page_tables);
  EXPECT_FALSE(document.limits.empty());
}

TEST(HostilePages, PlacesThatAreNoNumbersAreLeftOut) {
  PageWriter writer;
  Page page = writer.text(100, 100, "甲乙丙").rules({100, 200, 300}, {50, 60}).page();
  for (const float side : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), 1e30F}) {
    page.glyphs.push_back({U'坏', {side, 100, 200, 110}, false});
    page.rulings.push_back({{100, side, 300, side}});
    page.pictures.push_back({{side, side, side, side}});
  }
  page.width = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(lay_out({page}).text.find("坏"), std::string::npos);
}

TEST(HostilePages, EveryCharacterStandsInTheTextExactlyOnce) {
  Random random(gouji::testing::seed());
  for (int round = 0; round < 200; ++round) {
    Page page = random_page(random, 0, static_cast<std::size_t>(random.below(40)));
    const auto count = static_cast<std::size_t>(random.below(300));
    for (std::size_t i = 0; i < count; ++i) {
      const float left = random.below(590), top = random.below(830), size = 6 + random.below(10);
      page.glyphs.push_back({0x4E00 + static_cast<char32_t>(i), {left, top, left + size, top + size}, false});
    }
    const Document document = lay_out({page});
    std::multiset<char32_t> met;
    for (std::size_t at = 0; at < document.text.size();) {
      const CodePoint point = code_point_at(document.text, at);
      if (point.value >= 0x4E00 && point.value < 0x9FFF) met.insert(point.value);
      at += point.length;
    }
    ASSERT_EQ(met.size(), count);
    ASSERT_EQ(std::set<char32_t>(met.begin(), met.end()).size(), count);
  }
}

}  // namespace
}  // namespace gouji::parser::testing
