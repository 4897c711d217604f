#include "services/gouji/table_picture.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/services/gouji/checked_document.h"

namespace gouji::command {
namespace {

const TableReading& table_three(const CheckedDocument& document) { return std::get<Reading>(document.outcome).tables[1]; }

TEST(TablePicture, MarksTheWrongCellAndTheRowThatDoesNotAddUp) {
  const CheckedDocument document = checked_document();
  const std::string picture = table_picture(table_three(document), document, Language::kChinese, false);
  EXPECT_NE(picture.find("[41→14]"), std::string::npos);
  EXPECT_NE(picture.find(" ≠\n"), std::string::npos);
  EXPECT_NE(picture.find("另有 24 行"), std::string::npos);
  EXPECT_EQ(picture.find('\x1b'), std::string::npos);
}

TEST(TablePicture, MarksWhatMayBeWrongAsAQuestion) {
  const CheckedDocument document = checked_document(1);
  const std::string picture = table_picture(table_three(document), document, Language::kChinese, true);
  EXPECT_NE(picture.find("?41"), std::string::npos);
  EXPECT_NE(picture.find("\x1b[33m"), std::string::npos);
}

TEST(TablePicture, IsNotDrawnForATableWithoutSuspects) {
  const CheckedDocument document = checked_document();
  EXPECT_EQ(table_picture(std::get<Reading>(document.outcome).tables[2], document, Language::kChinese, false), "");
}

TEST(TablePicture, KeepsColumnsUnderEachOtherWhateverTheWidthOfCharacters) {
  const CheckedDocument document = checked_document();
  const std::string picture = table_picture(table_three(document), document, Language::kChinese, false);
  const std::size_t end = picture.find('\n');
  const std::string header = picture.substr(0, end);
  std::string row = picture.substr(end + 1, picture.find('\n', end + 1) - end - 1);
  row.resize(row.find(" ≠"));
  EXPECT_EQ(display_width(header), display_width(row));
}

// A terminal of 80 columns has room for what holds figures.
TEST(TablePicture, LeavesOutColumnsOfZeros) {
  CheckedDocument document = checked_document();
  TableReading& table = std::get<Reading>(document.outcome).tables[1];
  const Form& of = form(table.table, table.edition);
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    if (of.cells()[i].id.ends_with(".research_institution")) table.cells[i] = Cell::number(0);
  const auto suspects = suspects_of(document);
  const bool is_suspect = std::any_of(suspects.begin(), suspects.end(), [](const auto& each) { return each.first.ends_with(".research_institution"); });
  const std::string picture = table_picture(table, document, Language::kChinese, false);
  EXPECT_EQ(picture.find("科研机构") != std::string::npos, is_suspect);
  EXPECT_NE(picture.find("栏全为 0"), std::string::npos);
}

TEST(DisplayWidth, CountsWideCharactersTwice) {
  EXPECT_EQ(display_width("ab"), 2U);
  EXPECT_EQ(display_width("表三（"), 6U);
  EXPECT_EQ(display_width("≠→"), 2U);
  EXPECT_EQ(display_width("\xE8"), 1U) << "cut inside a character";
}

TEST(UncheckedCells, AreThoseInNoDecidedEquation) {
  const auto cells = unchecked_cells(checked_document());
  ASSERT_EQ(cells.size(), 3U);
  EXPECT_EQ(cells[0].size(), 10U) << "table 2 has no equation";
  EXPECT_EQ(cells[1].size(), 175U - 7U - 3U) << "the row new, and total's balance beside it";
  EXPECT_EQ(cells[2].size(), 15U);
}

}  // namespace
}  // namespace gouji::command
