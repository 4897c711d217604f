#include "services/parser/core/figure.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

struct Case {
  const char* text;
  std::int64_t value;
  bool is_dirty = false;
};

TEST(Figure, ReadsWhatTablesPrint) {
  for (const Case& each : {Case{"690", 690}, {" 0 ", 0}, {"\u00a042\u3000", 42}, {"１２", 12}, {"1,423", 1423}, {"1，423，000", 1423000},
                           {"增1423", 1423}, {"减38", -38}, {"+43", 43}, {"-8", -8}, {"－8", -8}, {"−8", -8}, {"增加5", 5}, {"新增7", 7}, {"減3", -3}, {"4個", 4}, {"6項", 6},
                           {"--253", -253, true}, {"12。", 12, true}, {"5件", 5}, {"0（件）", 0}, {"376\n件", 376}, {"1,423 （件）", 1423}, {"3.0", 3}, {"5①", 5}, {"12 ②", 12}, {"7²", 7}, {"0※", 0}}) {
    const auto figure = parse_figure(each.text);
    ASSERT_TRUE(figure) << each.text;
    EXPECT_EQ(cell_from(*figure, CellType::kSignedCount, FigureUnit::kNone), Cell::number(each.value)) << each.text;
    EXPECT_EQ(figure->is_dirty, each.is_dirty) << each.text;
  }
}

TEST(Figure, IsNotMadeOutOfAnythingElse) {
  for (const char* text : {"", " ", "1.", "2)", "（三）", "一", "12 35", "1,42", "12,3456", "规章", "3a", "约5", "栏目1", "5.属于三类内部事务信息", "无申请", "5人民", "12..5", "1-2", "5元件", "3 76件", " 件", "①", "①2", "1²3",
                           "99999999999999999999999"}) {
    EXPECT_FALSE(parse_figure(text)) << text;
  }
}

TEST(Figure, TakesNeitherMoreNorLessForNothing) {
  for (const char* text : {"0/0", "+0/-0", "增0/减0"}) {
    const auto figure = parse_figure(text);
    ASSERT_TRUE(figure) << text;
    EXPECT_EQ(figure->value.unscaled, 0) << text;
    EXPECT_TRUE(figure->is_dirty) << text;
  }
  for (const char* text : {"3/2", "0/5", "0/", "增/减"}) EXPECT_FALSE(parse_figure(text)) << text;
}

TEST(Figure, KnowsTheMarksForNone) {
  for (const char* text : {"-", "—", "——", "/", "无", "－"}) {
    const auto figure = parse_figure(text);
    ASSERT_TRUE(figure) << text;
    EXPECT_EQ(figure->state, CellState::kNil) << text;
  }
}

TEST(Figure, IsExactAsMoneyInEveryUnit) {
  const auto money = [](const char* text, FigureUnit header) {
    return cell_from(*parse_figure(text), CellType::kMoney, header);
  };
  EXPECT_EQ(money("2601.953875", FigureUnit::kWanYuan), Cell::number(2601953875));
  EXPECT_EQ(money("2601.953875万", FigureUnit::kNone), Cell::number(2601953875));
  EXPECT_EQ(money("251000元", FigureUnit::kWanYuan), Cell::number(25100000));
  EXPECT_EQ(money("0.37万元", FigureUnit::kNone), Cell::number(370000));
  EXPECT_EQ(money("1.5亿元", FigureUnit::kWanYuan), Cell::number(15000000000));
  EXPECT_EQ(money("23600", FigureUnit::kYuan), Cell::number(2360000));
  EXPECT_EQ(money("0.37", FigureUnit::kNone), Cell::number(370000));
}

TEST(Figure, WithAFractionIsTextInACount) {
  EXPECT_EQ(cell_from(*parse_figure("3.5"), CellType::kCount, FigureUnit::kNone).state, CellState::kText);
  EXPECT_EQ(cell_from(*parse_figure("3万元"), CellType::kCount, FigureUnit::kNone).state, CellState::kText);
}

}  // namespace
}  // namespace gouji::parser
