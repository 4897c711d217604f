#include "services/parser/core/layout/item_number.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

TEST(ItemNumber, StandsInFrontOfLabelsAndPoints) {
  for (const char* text : {"1.属于国家秘密", "12．其他", "（一）予以公开", "(3)其他", "㈠予以公开", "一、本年新收", "十一、其他"}) {
    EXPECT_TRUE(starts_item(text)) << text;
  }
}

TEST(ItemNumber, IsNotABracketedNoteNorAFigure) {
  for (const char* text : {"（区分处理的，只计这一情形）", "1.5", "12", "一般事项", "其他", ""}) {
    EXPECT_FALSE(starts_item(text)) << text;
  }
}

}  // namespace
}  // namespace gouji::parser
