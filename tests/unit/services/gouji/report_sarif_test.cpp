// What a viewer of SARIF needs; that the whole fits the published schema is tested end to end.
#include "services/gouji/report_sarif.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "tests/unit/services/gouji/checked_document.h"

namespace gouji::command {
namespace {

struct Log {
  explicit Log(SarifLog log) : text(log.json()), root(parser.parse(text)) {}
  std::string text;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view at(const char* pointer) { return root.at_pointer(pointer).get_string().value(); }
};

SarifLog log_of(const CheckedDocument& document) {
  SarifLog log(Language::kChinese);
  log.add(document);
  return log;
}

TEST(CheckSarif, GivesAnAnomalyItsPlaceLevelAndFingerprint) {
  Log log(log_of(checked_document()));
  EXPECT_EQ(log.at("/runs/0/results/0/ruleId"), "T3.ROW_SUM");
  EXPECT_EQ(log.at("/runs/0/results/0/level"), "error");
  EXPECT_EQ(log.at("/runs/0/results/0/partialFingerprints/goujiAnomalyId~1v1"), "0123456789abcdef");
  EXPECT_EQ(log.at("/runs/0/results/0/locations/0/logicalLocations/0/fullyQualifiedName"), "t3.new.natural_person");
  EXPECT_EQ(log.root.at_pointer("/runs/0/results/0/locations/0/physicalLocation/region/byteOffset").get_int64().value(), 10);
  EXPECT_EQ(log.root.at_pointer("/runs/0/results/0/locations/0/physicalLocation/region/byteLength").get_int64().value(), 2);
}

TEST(CheckSarif, OffersAFixOnlyWhereOneCorrectionExists) {
  Log only(log_of(checked_document()));
  EXPECT_EQ(only.at("/runs/0/results/0/fixes/0/artifactChanges/0/replacements/0/insertedContent/text"), "14");
  Log rivals(log_of(checked_document(1)));
  EXPECT_NE(rivals.root.at_pointer("/runs/0/results/0/fixes").error(), simdjson::SUCCESS);
}

TEST(CheckSarif, OffersNoFixWhereTheFigureStandsOnAPage) {
  CheckedDocument document = checked_document();
  std::get<Reading>(document.outcome).tables[1].where[0] = {0, 3, 0, 0, 1, 2, 3, 4};
  Log log(log_of(document));
  EXPECT_NE(log.root.at_pointer("/runs/0/results/0/fixes").error(), simdjson::SUCCESS);
  EXPECT_NE(log.root.at_pointer("/runs/0/results/0/locations/0/physicalLocation/region").error(), simdjson::SUCCESS);
}

TEST(CheckSarif, TellsOfADocumentThatWasNotRead) {
  CheckedDocument document = checked_document();
  document.outcome = Refusal{RefusalClass::kNotAReport, {"NOTICE_ABOUT_REPORTS", "通知"}};
  document.judgement = {};
  Log log(log_of(document));
  EXPECT_EQ(log.at("/runs/0/invocations/0/toolExecutionNotifications/0/descriptor/id"), "NOTICE_ABOUT_REPORTS");
  EXPECT_EQ(log.root.at_pointer("/runs/0/results").get_array().value().size(), 0U);
}

TEST(CheckSarif, WritesPathsAsUris) {
  EXPECT_EQ(uri_of("a b/报.txt"), "a%20b/%E6%8A%A5.txt");
  EXPECT_EQ(uri_of("/tmp/x"), "file:///tmp/x");
  EXPECT_EQ(uri_of("-"), "-");
}

}  // namespace
}  // namespace gouji::command
