#include "services/gouji/report_words.h"

#include <gtest/gtest.h>

#include "services/gouji/report_text.h"
#include "tests/unit/services/gouji/checked_document.h"

namespace gouji::command {
namespace {

TEST(OneLanguage, TakesTheHalfThatIsAskedFor) {
  EXPECT_EQ(one_language("文件为空 / the document is empty", Language::kChinese), "文件为空");
  EXPECT_EQ(one_language("文件为空 / the document is empty", Language::kEnglish), "the document is empty");
  EXPECT_EQ(one_language("没有标题 / nothing of a report: no title, no table", Language::kChinese), "没有标题");
  EXPECT_EQ(one_language("DOC 损坏：被截断 / the DOC is damaged: cut", Language::kChinese), "DOC 损坏：被截断");
}

TEST(OneLanguage, KeepsTheCodeInFront) {
  EXPECT_EQ(one_language("EMPTY: 文件为空 / the document is empty", Language::kEnglish), "EMPTY: the document is empty");
  EXPECT_EQ(one_language("EMPTY: 文件为空 / the document is empty", Language::kChinese), "EMPTY: 文件为空");
}

TEST(OneLanguage, LosesNoDetailThatStandsInOneHalfOnly) {
  for (const char* whole : {"未安装外部程序 / an outside program is not installed: gouji-ocr", "第 3 页起 / from page 3: 超时 / too slow", "坏了", ""})
    EXPECT_EQ(one_language(whole, Language::kChinese), whole);
}

TEST(ReasonLine, NamesTheCodeBehindTheWords) {
  EXPECT_EQ(reason_line({"TABLE_INCOMPLETE", "表格未能完整读取 / tables not read in full: t3 PARTIAL"}, Language::kChinese), "表格未能完整读取（TABLE_INCOMPLETE）");
  EXPECT_EQ(reason_line({"TABLE_INCOMPLETE", "表格未能完整读取"}, Language::kChinese), "表格未能完整读取（TABLE_INCOMPLETE）");
}

TEST(RuleWords, NameTheRowOrLeaveItOpen) {
  EXPECT_EQ(rule_words("T4.SUM", "reconsideration", Language::kChinese), "“行政复议”四种结果之和等于总计");
  EXPECT_EQ(rule_words("T4.SUM", std::nullopt, Language::kChinese), "“…”四种结果之和等于总计");
  EXPECT_EQ(rule_words("T9.NONE", std::nullopt, Language::kChinese), "T9.NONE");
}

TEST(NotCheckedLines, SayWhatWasNotCheckedAndWhyInWords) {
  Verdict verdict;
  verdict.results = {{"X.CARRY", "", RuleStatus::kNotApplicable, "NO_PREVIOUS_REPORT", Severity::kError, {}, {}},
                     {"T4.SUM", "reconsideration", RuleStatus::kNotApplicable, "BLANK_TOTAL", Severity::kError, {}, {}},
                     {"T4.SUM", "litigation_direct", RuleStatus::kNotApplicable, "BLANK_TOTAL", Severity::kError, {}, {}}};
  const auto lines = not_checked_lines(verdict, Language::kChinese);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "“…”四种结果之和等于总计：总计为空白（T4.SUM），2 处");
  EXPECT_EQ(lines[1], "“…”一列上年结转等于上年度报告的结转下年：没有上一年的报告可比（X.CARRY）");
}

// A clerk reads no English, so no code stands where a word can.
TEST(CheckText, SaysInChineseWhetherTheDocumentWasRead) {
  CheckedDocument document = checked_document();
  EXPECT_NE(check_text(document, Language::kChinese, false).find("2022  已读全\n"), std::string::npos);
  document.outcome = Refusal{RefusalClass::kPoison, {"EMPTY", "文件为空 / the document is empty"}};
  EXPECT_EQ(check_text(document, Language::kChinese, false), "报告 1.txt  无法读取\n  文件为空（EMPTY）\n");
  EXPECT_EQ(check_text(document, Language::kEnglish, false), "报告 1.txt  cannot be read\n  the document is empty (EMPTY)\n");
}

TEST(CheckText, CallsNothingRightWhereNothingWasChecked) {
  CheckedDocument document = checked_document();
  document.judgement.transitions.clear();
  EXPECT_NE(check_text(document, Language::kChinese, false).find("没有发现问题：1 项核对通过"), std::string::npos);
  document.judgement.verdicts.front().results.clear();
  const std::string text = check_text(document, Language::kChinese, false);
  EXPECT_NE(text.find("没有一项能够核对"), std::string::npos);
  EXPECT_EQ(text.find("没有发现问题"), std::string::npos);
}

TEST(CheckText, SaysHowToNameTheOrganOfADocumentThatDoesNot) {
  CheckedDocument document = checked_document();
  EXPECT_EQ(check_text(document, Language::kChinese, false).find("--organ"), std::string::npos);
  std::get<Reading>(document.outcome).key = {"location:0123", 0, Scope::kUnknown};
  EXPECT_NE(check_text(document, Language::kChinese, false).find("--organ"), std::string::npos);
}

}  // namespace
}  // namespace gouji::command
