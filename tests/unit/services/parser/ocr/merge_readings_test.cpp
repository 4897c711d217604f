#include "services/parser/core/ocr/merge_readings.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

TableReading table(std::vector<Cell> cells) {
  TableReading table;
  table.table = TableId::kT4;
  table.status = TableStatus::kRead;
  table.where.resize(cells.size());
  table.raw.resize(cells.size(), "raw");
  table.confidence.assign(cells.size(), 950);
  table.witnesses.assign(cells.size(), 1);
  table.cells = std::move(cells);
  return table;
}

TableReading merged(const TableReading& first, const TableReading& second) {
  const std::vector<TableReading> one{first}, two{second};
  return merge_readings({one, "a"}, {two, "b"}).at(0);
}

const Cell kBlank{CellState::kBlank, 0};
const Cell kText{CellState::kText, 0};
const Cell kAbsent{};

TEST(MergeReadings, KeepsWhatBothReadAndCountsTwoWitnesses) {
  const TableReading both = merged(table({Cell::number(7), kBlank}), table({Cell::number(7), kBlank}));
  EXPECT_EQ(both.cells, (std::vector<Cell>{Cell::number(7), kBlank}));
  EXPECT_EQ(both.witnesses, (std::vector<std::uint8_t>{2, 2}));
  EXPECT_EQ(both.status, TableStatus::kRead);
  EXPECT_TRUE(both.alternatives.empty());
}

TEST(MergeReadings, DifferentFiguresAreUnreadableAndBothStandAsAlternatives) {
  const TableReading both = merged(table({Cell::number(11)}), table({Cell::number(1)}));
  EXPECT_EQ(both.cells[0].state, CellState::kUnreadable);
  EXPECT_EQ(both.cells[0].value, 0);
  EXPECT_EQ(both.confidence[0], 0);
  EXPECT_EQ(both.status, TableStatus::kPartial);
  ASSERT_EQ(both.alternatives.size(), 2U);
  EXPECT_EQ(both.alternatives[0].value, 11);
  EXPECT_EQ(both.alternatives[0].reader, "a");
  EXPECT_EQ(both.alternatives[1].value, 1);
  EXPECT_EQ(both.alternatives[1].reader, "b");
}

TEST(MergeReadings, WhatOnlyOneReadIsNotTrusted) {
  for (const Cell& other : {kBlank, kText, kAbsent, Cell{CellState::kUnreadable, 0}}) {
    const TableReading both = merged(table({Cell::number(5)}), table({other}));
    EXPECT_EQ(both.cells[0].state, CellState::kUnreadable);
    ASSERT_EQ(both.alternatives.size(), 1U);
    EXPECT_EQ(both.alternatives[0].value, 5);
  }
}

TEST(MergeReadings, OneBlankAgainstOneWordIsUnreadableWithoutAlternatives) {
  const TableReading both = merged(table({kBlank}), table({kText}));
  EXPECT_EQ(both.cells[0].state, CellState::kUnreadable);
  EXPECT_TRUE(both.alternatives.empty());
}

TEST(MergeReadings, ATableThatOnlyOneReaderToldIsUnreadableCellByCell) {
  TableReading none;
  none.table = TableId::kT4;
  none.status = TableStatus::kNotInText;
  for (const bool is_first : {true, false}) {
    const TableReading some = table({Cell::number(3), kAbsent});
    const TableReading both = is_first ? merged(some, none) : merged(none, some);
    EXPECT_EQ(both.status, TableStatus::kPartial);
    EXPECT_EQ(both.cells[0].state, CellState::kUnreadable);
    EXPECT_EQ(both.cells[1].state, CellState::kAbsent);
    ASSERT_EQ(both.alternatives.size(), 1U);
    EXPECT_EQ(both.alternatives[0].reader, is_first ? "a" : "b");
  }
  EXPECT_EQ(merged(none, none).status, TableStatus::kNotInText);
}

TEST(MergeReadings, OtherEditionsAreNotComparedCellByCell) {
  TableReading other = table({Cell::number(3), Cell::number(3)});
  other.edition = Edition::k2019;
  const TableReading both = merged(table({Cell::number(3), Cell::number(3)}), other);
  EXPECT_EQ(both.cells[0].state, CellState::kUnreadable);
}

}  // namespace
}  // namespace gouji::parser
