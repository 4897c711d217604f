#include "services/gouji/report_slip.h"

#include <gtest/gtest.h>

#include "tests/unit/services/gouji/checked_document.h"

namespace gouji::command {
namespace {

TEST(CorrectionSlip, NamesCellReportedAndProposedValueAndGrounds) {
  const std::string slip = correction_slips(checked_document(), Language::kChinese);
  EXPECT_NE(slip.find("编号：0123456789ab"), std::string::npos);
  EXPECT_NE(slip.find("一、本年新收政府信息公开申请数量 × 自然人"), std::string::npos);
  EXPECT_NE(slip.find("原报 41，建议 14"), std::string::npos);
  EXPECT_NE(slip.find("T3.ROW_SUM"), std::string::npos);
}

TEST(CorrectionSlip, SaysThatTheRecordsDecideBetweenEqualCorrections) {
  const std::string slip = correction_slips(checked_document(7), Language::kChinese);
  EXPECT_NE(slip.find("有 8 种改法同样成立"), std::string::npos);
  EXPECT_NE(slip.find("其余 3 种"), std::string::npos);
}

TEST(CorrectionSlip, IsOneLineWhereThereIsNothingToCorrect) {
  CheckedDocument document = checked_document();
  document.judgement.transitions.clear();
  EXPECT_EQ(correction_slips(document, Language::kChinese), "报告 1.txt  没有需要更正的\n");
  std::get<Reading>(document.outcome).status = ReadingStatus::kPartial;
  EXPECT_NE(correction_slips(document, Language::kChinese).find("未能读全"), std::string::npos);
}

TEST(CorrectionSlip, DoesNotConcernTheReportOfAnotherYear) {
  CheckedDocument document = checked_document();
  document.judgement.transitions.front().key.year = 2021;
  EXPECT_EQ(correction_slips(document, Language::kChinese), "报告 1.txt  没有需要更正的\n");
}

}  // namespace
}  // namespace gouji::command
