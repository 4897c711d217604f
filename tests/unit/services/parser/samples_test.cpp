// The project's own samples give what their README says.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "common/report/identity.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

std::string sample(const std::string& name) {
  std::ifstream file("tests/samples/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Rules that a reading breaks, as "T3.BALANCE natural_person".
std::vector<std::string> broken(const Reading& reading) {
  std::vector<std::string> names;
  for (const TableReading& table : reading.tables) {
    EXPECT_EQ(table.status, TableStatus::kRead);
    for (const Identity& identity : identities(form(table.table, table.edition))) {
      const auto left = residual(identity, table.cells);
      if (!left || *left != 0) names.push_back(identity.rule + " " + identity.instance);
    }
  }
  return names;
}

TEST(Samples, OfTwoYearsOfOneOrganAreClean) {
  const Reading before = reading_of(sample("linhe_2021.txt"));
  const Reading after = reading_of(sample("linhe_2022.txt"));
  EXPECT_TRUE(broken(before).empty());
  EXPECT_TRUE(broken(after).empty());
  EXPECT_EQ(before.key.organ_id, after.key.organ_id);
  EXPECT_EQ(before.organ_name, "临河市人民政府办公室");
  EXPECT_EQ(before.key.scope, after.key.scope);
  EXPECT_EQ(before.year, 2021);
  EXPECT_EQ(after.year, 2022);
  EXPECT_EQ(cell(before, "t3.carried_out.total"), cell(after, "t3.carried_in.total"));
}

TEST(Samples, WithADigitErrorBreakItsRowAndItsColumn) {
  EXPECT_EQ(broken(reading_of(sample("digit_error_2022.txt"))),
            (std::vector<std::string>{"T3.ROW_SUM unavailable.1", "T3.OUTCOME_SUM natural_person"}));
}

TEST(Samples, AsAPageAreReadByBothReaders) {
  const Reading reading = reading_of(sample("qingpuwan_2025.html"));
  EXPECT_TRUE(broken(reading).empty());
  EXPECT_EQ(reading.organ_name, "青浦湾市人民政府");
  EXPECT_EQ(reading.key.scope, Scope::kAggregate);
  EXPECT_EQ(reading.published_on, "2026-02-27");
  EXPECT_EQ(reading.status, ReadingStatus::kParsed);
  for (const std::uint8_t witnesses : reading.tables[1].witnesses) EXPECT_EQ(witnesses, 2);
}

TEST(Samples, OfANoticeAreRefused) { EXPECT_EQ(refusal_of(sample("notice_2022.txt")), "not_a_report NOTICE_ABOUT_REPORTS"); }

}  // namespace
}  // namespace gouji::parser
