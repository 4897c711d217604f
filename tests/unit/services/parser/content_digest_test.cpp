#include <gtest/gtest.h>

#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

const std::string kReport =
    "临河市水利局2021年政府信息公开工作年度报告\n一、总体情况\n2021年，我局公开政府信息12条。\n二、主动公开政府信息情况\n规章 0 0 0\n六、其他需要报告的事项\n无其他事项。\n";

std::string digest_of(const std::string& text) { return reading_of(text).content_digest; }

TEST(ContentDigest, IsTheSameWhateverPageTheReportStandsOn) {
  const std::string plain = digest_of(kReport);
  EXPECT_EQ(plain.size(), 64u);
  EXPECT_EQ(digest_of("您的位置：首页 > 政府信息公开\n" + kReport), plain);
  EXPECT_EQ(digest_of(kReport + "上一篇：某通知\n主办单位：临河市水利局 ICP备12345号\n"), plain);
  EXPECT_EQ(digest_of(kReport + "打印 关闭\n浏览次数：17\n"), plain);
  std::string with_fields = kReport;
  with_fields.insert(with_fields.find("\n") + 1, "来源：临河市水利局 发布时间：2022-01-20 浏览次数：99\n");
  EXPECT_EQ(digest_of(with_fields), plain);
}

TEST(ContentDigest, DoesNotChangeWithSpacesAndWidths) {
  std::string spaced = kReport;
  spaced.replace(spaced.find("12条"), 5, " １２ 条");
  EXPECT_EQ(digest_of(spaced), digest_of(kReport));
}

TEST(ContentDigest, ChangesWithOneFigureAndWithAnAttachment) {
  std::string changed = kReport;
  changed.replace(changed.find("12条"), 2, "13");
  EXPECT_NE(digest_of(changed), digest_of(kReport));
  Input input;
  input.bytes = kReport;
  input.attachments.push_back({"a.pdf", "", "", "attached"});
  EXPECT_NE(std::get<Reading>(read(input, OrganDirectory::empty())).content_digest, digest_of(kReport));
}

}  // namespace
}  // namespace gouji::parser
