// Prose against tables: what is reported, and above all what is not.
#include "services/validator/core/narrative.h"

#include <gtest/gtest.h>

#include "services/validator/core/evaluation.h"
#include "services/validator/core/prose_sums.h"
#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;

const std::vector<std::vector<std::string>> kReceived = {{"t3.new.total"}, {"t3.new.total", "t3.carried_in.total"}, {"t3.total.total"}};
const std::vector<std::vector<std::string>> kGranted = {{"t3.granted.total"}};
const std::vector<std::vector<std::string>> kCompleted = {{"t3.total.total"}, {"t3.new.total"}};

// Figures that are no sum of each other: new 700, carried in 40, granted 310, total 703, carried out 37.
Reading reading_with(std::vector<Claim> claims, Scope scope = Scope::kOwn) {
  Reading reading = clean_reading(2021);
  reading.key.scope = scope;
  for (TableReading& table : reading.tables)
    for (Cell& each : table.cells) each.value = 0;
  cell(reading, "t3.new.total").value = 700;
  cell(reading, "t3.carried_in.total").value = 40;
  cell(reading, "t3.granted.total").value = 310;
  cell(reading, "t3.denied.2.total").value = 393;
  cell(reading, "t3.total.total").value = 703;
  cell(reading, "t3.carried_out.total").value = 37;
  cell(reading, "t4.reconsideration.total").value = 19;
  cell(reading, "t4.litigation_direct.total").value = 28;
  cell(reading, "t4.litigation_after_reconsideration.total").value = 4;
  cell(reading, "t2.normative_documents.issued").value = 6;
  cell(reading, "t2.normative_documents.in_force").value = 665;
  reading.claims = std::move(claims);
  return reading;
}

Claim claim(const std::string& text, std::int64_t value, std::vector<std::vector<std::string>> readings, bool hedged = false) {
  Claim made;
  made.text = text;
  made.value = value;
  made.unit = "件";
  made.hedged = hedged;
  made.subject = text;
  made.readings = std::move(readings);
  return made;
}

const Checked& only(const std::vector<Checked>& results, const std::string& rule) {
  const Checked* found = nullptr;
  int count = 0;
  for (const Checked& each : results)
    if (each.result.rule == rule) {
      found = &each;
      ++count;
    }
  EXPECT_EQ(count, 1) << rule;
  return *found;
}

std::string outcome(const Reading& reading, const std::string& rule = "N.T3") {
  const std::vector<Checked> results = in_full(narrative_results(reading, ledger_tables(reading)));
  const RuleResult result = only(results, rule).result;
  return std::string(to_string(result.status)) + (result.status == RuleStatus::kFailed ? " " + result.instance : " " + result.reason);
}

TEST(Narrative, PassesWhatAnyReadingExplains) {
  for (const std::int64_t value : {700, 740, 703}) EXPECT_EQ(outcome(reading_with({claim("收到申请若干件", value, kReceived)})), "PASSED ");
}

TEST(Narrative, ReportsWhatNoReadingExplainsWithTheSentence) {
  const Reading reading = reading_with({claim("全年收到申请700件", 700, kReceived), claim("其中申请予以公开331件", 331, kGranted)});
  const std::vector<Checked> results = in_full(narrative_results(reading, ledger_tables(reading)));
  const Checked checked = only(results, "N.T3");
  EXPECT_EQ(checked.result.instance, "granted");
  EXPECT_EQ(checked.result.severity, Severity::kWarning);
  EXPECT_EQ(checked.result.difference, 21);
  EXPECT_NE(checked.text_zh.find("“其中申请予以公开331件”中的 331 件"), std::string::npos) << checked.text_zh;
  EXPECT_NE(checked.text_zh.find("为 310"), std::string::npos) << checked.text_zh;
}

struct Quiet {
  const char* why;
  Claim said;
};

TEST(Narrative, IsQuietWhereThereMayBeAReason) {
  const Quiet cases[] = {
      {"another reading than the parser's", claim("申请办结740件", 740, kCompleted)},
      {"another cell of the table", claim("申请中予以公开393件", 393, kGranted)},
      {"at least", claim("收到申请600余件", 600, kReceived, true)},
      {"about", claim("收到申请近750件", 750, kReceived, true)},
      {"about, a quarter above", claim("收到申请900余件", 900, kReceived, true)},
      {"the own level of a report that may be of all below", claim("市本级收到申请32件", 32, kReceived)},
      {"other business", claim("网民申请留言1795件", 1795, kReceived)},
      {"another year", claim("2019年收到申请512件", 512, kReceived)},
      {"a span of years", claim("历年累计收到申请5120件", 5120, kReceived)},
      {"a comparison", claim("收到申请较上年多88件", 88, kReceived)},
      {"no word of requests", claim("予以公开331件", 331, kGranted)}};
  for (const Quiet& each : cases) EXPECT_NE(outcome(reading_with({each.said}, Scope::kUnknown)).substr(0, 6), "FAILED") << each.why;
}

TEST(Narrative, ComparesWhatASentenceSaysOfAllBesideItsOwnLevel) {
  const char* text = "全市收到申请888件，其中市本级收到申请32件";
  Claim all = claim(text, 888, kReceived), own = claim(text, 32, kReceived);
  all.subject = "全市收到申请";
  own.subject = "其中市本级收到申请";
  EXPECT_EQ(outcome(reading_with({own}, Scope::kAggregate)), "NOT_APPLICABLE NO_CLAIMS");
  EXPECT_EQ(outcome(reading_with({all, own}, Scope::kAggregate)), "FAILED new");
  EXPECT_EQ(outcome(reading_with({own}, Scope::kOwn)), "FAILED new");
  all = claim("全市收到申请700件", 700, kReceived);
  own = claim("市政府收到申请32件", 32, kReceived);
  EXPECT_EQ(outcome(reading_with({all, own}, Scope::kAggregate)), "PASSED ");
}

TEST(Narrative, KnowsTheOrganizationsAmongAllThatWereReceived) {
  const std::vector<std::vector<std::string>> organizations = {{"t3.new.commercial_enterprise", "t3.new.other_organization"}};
  Reading reading = reading_with({claim("法人或其他组织申请114件", 114, organizations)});
  cell(reading, "t3.new.commercial_enterprise").value = 99;
  cell(reading, "t3.new.other_organization").value = 10;
  cell(reading, "t3.carried_in.legal_service_organization").value = 5;
  EXPECT_EQ(outcome(reading), "PASSED ");
}

TEST(Narrative, ReportsHedgedNumbersAboveTheTable) {
  EXPECT_EQ(outcome(reading_with({claim("收到申请1200余件", 1200, kReceived, true)})), "FAILED new");
}

TEST(Narrative, TakesCoherentProseOfOtherFiguresForAScope) {
  const Claim received = claim("接到申请32件，办结30件，2件转下年", 32, kReceived);
  const Claim completed = claim("接到申请32件，办结30件，2件转下年", 30, kCompleted);
  const Reading reading = reading_with({received, completed});
  EXPECT_EQ(outcome(reading), "FAILED scope");
  const std::vector<Checked> results = in_full(narrative_results(reading, ledger_tables(reading)));
  EXPECT_EQ(only(results, "N.T3").result.severity, Severity::kInfo);
}

TEST(Narrative, TakesLessThanAnAggregateForAScope) {
  EXPECT_EQ(outcome(reading_with({claim("市政府收到申请32件", 32, kReceived)}, Scope::kAggregate)), "FAILED scope");
  EXPECT_EQ(outcome(reading_with({claim("收到申请32件", 32, kReceived)}, Scope::kUnknown)), "FAILED scope");
  EXPECT_EQ(outcome(reading_with({claim("收到申请32件", 32, kReceived)}, Scope::kOwn)), "FAILED new");
  EXPECT_EQ(outcome(reading_with({claim("收到申请9032件", 9032, kReceived)}, Scope::kUnknown)), "FAILED new");
}

TEST(Narrative, SaysNothingOfCellsThatCannotBeRead) {
  Reading reading = reading_with({claim("收到申请888件", 888, kReceived)});
  cell(reading, "t3.new.total") = {CellState::kUnreadable, 0};
  EXPECT_EQ(outcome(reading), "NOT_APPLICABLE NO_CLAIMS");
  reading.tables[1].status = TableStatus::kNotInText;
  EXPECT_EQ(outcome(reading), "NOT_APPLICABLE TABLE_NOT_IN_TEXT");
}

TEST(Narrative, KnowsTheGroupsOfTableFour) {
  const std::vector<std::vector<std::string>> review = {{"t4.reconsideration.total"}};
  for (const std::int64_t value : {19, 28, 4, 32, 51})
    EXPECT_EQ(outcome(reading_with({claim("行政复议、诉讼若干件", value, review)}), "N.T4"), "PASSED ") << value;
  EXPECT_EQ(outcome(reading_with({claim("行政复议16件", 16, review)}), "N.T4"), "FAILED reconsideration");
}

TEST(Narrative, ComparesDocumentsThatWereMadeAndNotThoseThatWereDisclosed) {
  const std::vector<std::vector<std::string>> issued = {{"t2.normative_documents.issued"}};
  EXPECT_EQ(outcome(reading_with({claim("制定规范性文件9件", 9, issued)}), "N.T2"), "FAILED normative_documents");
  EXPECT_EQ(outcome(reading_with({claim("主动公开规范性文件9件", 9, issued)}), "N.T2"), "NOT_APPLICABLE NO_CLAIMS");
}

struct SumCase {
  const char* sentence;
  std::optional<bool> fits;
};

TEST(Narrative, IsNoAnomalyOfItsOwnWhereItAgreesWithTheCorrection) {
  for (const std::int64_t said : {0, 1}) {
    Reading reading = clean_reading(2021);
    Cell& wrong = cell(reading, "t3.new.total");
    const std::int64_t right = wrong.value;
    wrong.value += 50;
    reading.claims = {claim("新收申请", right + said * 1000, {{"t3.new.total"}})};
    const Evaluation evaluation = evaluate(reading, ledger_tables(reading));
    ASSERT_FALSE(evaluation.drafts.empty());
    const bool is_alone = evaluation.drafts.size() == 1;
    EXPECT_EQ(is_alone, said == 0) << evaluation.drafts.back().message_zh;
    EXPECT_EQ(evaluation.drafts.front().message_zh.find("正文所述的数与改后一致") != std::string::npos, said == 0);
    EXPECT_EQ(evaluation.drafts.front().findings.front().rule.substr(0, 3), "T3.");
  }
}

TEST(ProseSums, LooksAtListsWhoseStructureLeavesNoDoubt) {
  const SumCase cases[] = {{"全年共发布信息100条，其中动态80条、解读20条", true},
                           {"全年共发布信息100条，其中动态60条、解读20条", true},
                           {"全年共发布信息100条，其中动态80条、解读30条", false},
                           {"全年共发布信息100条，其中网站80条、微信30条", std::nullopt},
                           {"全年共发布信息100条，其中动态80条、解读30件", std::nullopt},
                           {"全年共发布信息100条，其中动态90条、含要闻90条", std::nullopt},
                           {"全年共发布信息100条，动态80条、解读30条", std::nullopt},
                           {"发布信息100条，其中动态80条、解读30条", std::nullopt},
                           {"全年共发布信息100条，其中动态80条", std::nullopt},
                           {"全年共办理100件，其中甲60件、乙30件、丙30件", std::nullopt}};
  for (const SumCase& each : cases) EXPECT_EQ(parts_fit_whole(each.sentence), each.fits) << each.sentence;
}

TEST(ProseSums, ComparesSharesWithTheirTwoNumbers) {
  const SumCase cases[] = {{"收到1795件，办结1777件，办结率为98.9%", true},
                           {"收到1795件，办结1777件，办结率为99.0%", true},
                           {"收到1795件，办结1777件，办结率为99%", true},
                           {"收到1795件，办结1777件，办结率为89.9%", false},
                           {"收到200件，办结150件，按时办结率为85%", std::nullopt},
                           {"收到200件，办结150件，办结率为100%", std::nullopt},
                           {"收到200件，办结150件，满意率为85%", std::nullopt},
                           {"收到200件，办结150件，同比增长85%", std::nullopt},
                           {"自然人30件，法人10件，占25%", true},
                           {"收到200件，办结150件，退回5件，办结率为85%", std::nullopt}};
  for (const SumCase& each : cases) EXPECT_EQ(share_fits(each.sentence), each.fits) << each.sentence;
}

TEST(ProseSums, SayTheSentence) {
  Reading reading = clean_reading();
  reading.sections.push_back({1, "", "开头。全年共发布信息100条，其中动态80条、解读30条。结尾。", {}});
  const std::vector<Checked> results = in_full(prose_sum_results(reading));
  EXPECT_EQ(only(results, "N.SUM").result.status, RuleStatus::kFailed);
  EXPECT_EQ(only(results, "N.SUM").text_zh, "“全年共发布信息100条，其中动态80条、解读30条”");
  EXPECT_EQ(only(results, "N.SHARE").result.reason, "NO_CLAIMS");
}

}  // namespace
}  // namespace gouji::validator
