#include "services/parser/core/ocr/picture_tables.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

constexpr std::int32_t kTolerance = 6;

PixelBox across(std::int32_t y, std::int32_t from, std::int32_t to) { return {from, y, to, y + 2}; }
PixelBox down(std::int32_t x, std::int32_t from, std::int32_t to) { return {x, from, x + 2, to}; }

// Three columns and two rows of 100 x 50.
PictureLines ruled() {
  PictureLines lines;
  for (const std::int32_t y : {10, 60, 110}) lines.horizontal.push_back(across(y, 10, 312));
  for (const std::int32_t x : {10, 110, 210, 310}) lines.vertical.push_back(down(x, 10, 112));
  return lines;
}

TEST(PictureTables, CellsStandBetweenLinesByRowThenColumn) {
  const auto tables = find_picture_tables(ruled(), kTolerance);
  ASSERT_EQ(tables.size(), 1U);
  ASSERT_EQ(tables[0].cells.size(), 6U);
  EXPECT_EQ(tables[0].cells[0], (PixelBox{11, 11, 111, 61}));
  EXPECT_EQ(tables[0].cells[5], (PixelBox{211, 61, 311, 111}));
  EXPECT_FALSE(tables[0].is_open_above);
  EXPECT_FALSE(tables[0].is_open_below);
}

TEST(PictureTables, ALineThatIsMissingBetweenTwoBoxesMakesOneCell) {
  PictureLines lines = ruled();
  lines.vertical[1] = down(110, 60, 112);  // not in the first row
  const auto tables = find_picture_tables(lines, kTolerance);
  ASSERT_EQ(tables.size(), 1U);
  ASSERT_EQ(tables[0].cells.size(), 5U);
  EXPECT_EQ(tables[0].cells[0], (PixelBox{11, 11, 211, 61}));
}

TEST(PictureTables, ARegionThatIsNoRectangleFallsApartIntoItsBoxes) {
  PictureLines lines = ruled();
  lines.vertical[1] = down(110, 60, 112);
  lines.horizontal[1] = across(60, 110, 312);  // nor under the first cell: an L of three boxes
  const auto tables = find_picture_tables(lines, kTolerance);
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].cells.size(), 6U);
}

TEST(PictureTables, ATableThatThePageEndCutIsClosedAndSaysSo) {
  PictureLines lines = ruled();
  lines.horizontal.pop_back();
  const auto tables = find_picture_tables(lines, kTolerance);
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].cells.size(), 6U);
  EXPECT_TRUE(tables[0].is_open_below);
  EXPECT_FALSE(tables[0].is_open_above);
}

TEST(PictureTables, BordersDrawnTwiceAreOneLine) {
  PictureLines lines = ruled();
  for (PixelBox line : ruled().vertical) {
    line.left += 4;
    line.right += 4;
    lines.vertical.push_back(line);
  }
  const auto tables = find_picture_tables(lines, kTolerance);
  ASSERT_EQ(tables.size(), 1U);
  EXPECT_EQ(tables[0].cells.size(), 6U);
}

TEST(PictureTables, WhatDoesNotTouchIsATableOfItsOwn) {
  PictureLines lines = ruled();
  for (const std::int32_t y : {310, 360}) lines.horizontal.push_back(across(y, 10, 112));
  for (const std::int32_t x : {10, 110}) lines.vertical.push_back(down(x, 310, 362));
  const auto tables = find_picture_tables(lines, kTolerance);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_EQ(tables[1].cells.size(), 1U);
}

TEST(PictureTables, APictureOfNothingButLinesIsNoTable) {
  PictureLines lines;
  for (std::size_t i = 0; i <= kPictureLinesMax; ++i) lines.horizontal.push_back(across(static_cast<std::int32_t>(i), 0, 9));
  EXPECT_TRUE(find_picture_tables(lines, kTolerance).empty());
  EXPECT_TRUE(find_picture_tables({}, kTolerance).empty());
  // Two hundred by two hundred boxes are more than any form has.
  PictureLines grid;
  for (std::int32_t i = 0; i < 200; ++i) {
    grid.horizontal.push_back(across(20 * i, 0, 4000));
    grid.vertical.push_back(down(20 * i, 0, 4000));
  }
  EXPECT_TRUE(find_picture_tables(grid, kTolerance).empty());
}

}  // namespace
}  // namespace gouji::parser
