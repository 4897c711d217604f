#include "common/text/fold.h"

#include <gtest/gtest.h>

namespace gouji {
namespace {

struct Pair {
  std::string_view written;
  std::string_view folded;
};

TEST(FoldLabel, TwoSpellingsOfALabelGiveTheSame) {
  const Pair pairs[] = {
      {"（一）予以公开", "(一)予以公开"},
      {"〔一〕予以 公开\u3000", "(一)予以公开"},
      {"㈠予以公开", "(一)予以公开"},
      {"㈩", "(十)"},
      {"１．属于国家秘密", "1.属于国家秘密"},
      {"⒈属于国家秘密", "1.属于国家秘密"},
      {"⑻属于", "(8)属于"},
      {"①② ⑳", "1220"},
      {"3.危及“三安全一稳定”", "3.危及\"三安全一稳定\""},
      {"3.危及「三安全一稳定」", "3.危及\"三安全一稳定\""},
      {"一、总体情况", "一,总体情况"},
      {"一，总体情况", "一,总体情况"},
      {"本年新\n制作\u00A0数\u200B量", "本年新制作数量"},
      {"⾃然⼈", "自然人"},
      {"⻔户⺠", "门户民"},
      {"本年增／減", "本年增/减"},
      {"規範性檔案", "规范性档案"},
      {"行政複議、行政訴訟", "行政复议,行政诉讼"},
      {"採購總金額（單位：萬元）", "采购总金额(单位:万元)"},
      {"第二十條第（五）項", "第二十条第(五)项"},
      {"信息內容", "信息内容"},
      {"處理決定數量", "处理决定数量"},
      {"行政許可", "行政许可"},
      {"其他對外管理服務事項", "其他对外管理服务事项"},
      {"行政處罰 行政強制", "行政处罚行政强制"},
      {"行政事業性收費", "行政事业性收费"},
      {"本年製發件數 現行有效件數 廢止", "本年制发件数现行有效件数废止"},
      {"結轉下年度繼續辦理", "结转下年度继续办理"},
      {"商業企業 科研機構 社會公益組織 法律服務機構 總計",
       "商业企业科研机构社会公益组织法律服务机构总计"},
      {"工(gong)作", "工作"},
      {"工（gōng）作（zuò）报告", "工作报告"},
      {"工作(共12件)", "工作(共12件)"},
      {"GDP（亿元）", "gdp(亿元)"},
      {"—－−–-", "-----"},
      {"\xFF", "\uFFFD"},
      {"", ""},
  };
  for (const Pair& pair : pairs) EXPECT_EQ(fold_label(pair.written), pair.folded) << pair.written;
}

TEST(FoldLabel, CompatibilityIdeographsReadAsWhatTheyStandFor) {
  EXPECT_EQ(fold_label("\uF98E\uF9E9\uF941\uF9B5"), fold_label("年里论例"));
  EXPECT_EQ(fold_label("\uFA0E"), "\uFA0E");  // in that block, but a character of its own
}

TEST(FoldLabel, WhatIsFoldedStaysAsItIs) {
  for (std::string_view text :
       {"（一）予以 公开", "規範性檔案", "⑻⒈①㈠", "工(gong)作", "“”（）、，"}) {
    const std::string once = fold_label(text);
    EXPECT_EQ(fold_label(once), once);
  }
}

TEST(FoldLabel, SimplifiedVocabularyIsNotTouched) {
  const std::string_view labels =
      "一,本年新收政府信息公开申请数量二,上年结转三,"
      "本年度办理结果不予公开危及保护第三方合法权益属于三类内部事务信息"
      "四类过程性信息执法案卷查询事项无法提供不掌握没有现成补正后仍不明确信访举报投诉重复出版物无正"
      "当理由大量反复"
      "要求确认或重新出具已获取逾期未按收费通知要求缴纳费用自然人法人或其他组织商业企业科研机构社会"
      "公益组织法律服务机构";
  EXPECT_EQ(fold_label(labels), labels);
}

TEST(TrimSpaces, TakesUnicodeSpacesOffBothEnds) {
  EXPECT_EQ(trim_spaces("\u00A0\u3000 12 \u200B\n"), "12");
  EXPECT_EQ(trim_spaces("\u00A0"), "");
  EXPECT_EQ(trim_spaces("中 文"), "中 文");
  EXPECT_EQ(trim_spaces(""), "");
}

TEST(TrimSpaces, TakesOffWhatIsSpaceWhateverStandsBesideIt) {
  for (const std::string& core : {std::string("（一）公开"), std::string("a"), std::string("公开"), std::string("ｆ！"), std::string("\xEF\xBC"), std::string("\xEF")}) {
    for (const char* space : {" ", "\u3000", "\u00A0", "\uFEFF", "\n"}) {
      EXPECT_EQ(trim_spaces(space + core + space), core) << space << core;
      EXPECT_EQ(trim_spaces(core), core);
    }
  }
  EXPECT_EQ(trim_spaces("\uFEFF"), "");
}

}  // namespace
}  // namespace gouji
