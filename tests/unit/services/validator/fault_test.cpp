// Whose fault a failed equation is, from how the table was read.
#include "services/validator/core/fault.h"

#include <gtest/gtest.h>

#include "tests/unit/services/validator/report_fixture.h"

namespace gouji::validator {
namespace {

using testing::cell;
using testing::clean_reading;
using testing::Office;

Anomaly only_anomaly(const Reading& reading, const std::string& rule) {
  Office office;
  for (const Anomaly& anomaly : office.arrive(reading, "A").transitions)
    for (const Finding& finding : anomaly.findings)
      if (finding.rule == rule) return anomaly;
  ADD_FAILURE() << "no " << rule;
  return {};
}

Reading wrong_by(std::int64_t by) {
  Reading reading = clean_reading();
  cell(reading, "t3.granted.natural_person").value += by;
  return reading;
}

std::uint16_t place(const std::string& id) { return *form(TableId::kT3, Edition::k2021).find(id); }

TEST(FaultOfARow, IsTheReadersWhereCellsWerePlacedByPosition) {
  Reading reading = wrong_by(1'111);
  EXPECT_EQ(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kUndecided);
  reading.tables[1].confidence[place("granted.other_organization")] = 970;
  const Anomaly anomaly = only_anomaly(reading, "T3.ROW_SUM");
  EXPECT_EQ(anomaly.fault, Fault::kExtraction);
  EXPECT_NE(anomaly.message_zh.find("可能是读取有误"), std::string::npos) << anomaly.message_zh;
  reading.tables[1].witnesses[place("granted.natural_person")] = 2;  // two readers agree on this one
  EXPECT_EQ(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kPublisher);
}

TEST(FaultOfARow, IsTheReadersWhereTheRowHasANoteOfLostValues) {
  for (const char* code : {"ROW_SHORT", "ROW_COLLAPSED", "DIRTY_NUMBER", "CELLS_RUN_TOGETHER"}) {
    Reading reading = wrong_by(1'111);
    reading.tables[1].notes.push_back({code, "granted", "", {}});
    EXPECT_EQ(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kExtraction) << code;
    reading.tables[1].notes[0].row = "denied.1";
    EXPECT_EQ(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kUndecided) << code;
  }
}

TEST(FaultOfARow, IsNoReadersForAMisspeltLabel) {
  Reading reading = wrong_by(1'111);
  for (std::uint16_t& each : reading.tables[1].confidence) each = 990;
  EXPECT_EQ(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kUndecided);
}

TEST(FaultOfAColumn, IsTheFormsWhereARowOfItsOwnHoldsTheDifference) {
  Reading reading = clean_reading();
  cell(reading, "t3.total.total").value += 4;
  cell(reading, "t3.total.natural_person").value += 4;
  cell(reading, "t3.new.total").value += 4;
  cell(reading, "t3.new.natural_person").value += 4;
  reading.tables[1].notes.push_back({"EXTRA_ROW", "other.3", "其他情形 4 0 0 0 0 0 4", {}});
  EXPECT_EQ(only_anomaly(reading, "T3.OUTCOME_SUM").fault, Fault::kForm);
  reading.tables[1].notes[0].text = "其他情形 3 0 0 0 0 0 3";
  EXPECT_NE(only_anomaly(reading, "T3.OUTCOME_SUM").fault, Fault::kForm);
}

TEST(FaultOfATable, IsTheReadersWhereManyEquationsFailWithoutReason) {
  Reading reading = clean_reading();
  std::mt19937 random(3);
  for (Cell& each : reading.tables[1].cells) each.value = static_cast<std::int64_t>(random() % 900);
  EXPECT_EQ(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kExtraction);
  reading.tables[1].witnesses.assign(reading.tables[1].cells.size(), 2);
  EXPECT_NE(only_anomaly(reading, "T3.ROW_SUM").fault, Fault::kExtraction);
}

TEST(FaultOfAShape, IsTheReadersForShortRowsOfPlainTextOnly) {
  Reading reading = clean_reading();
  reading.tables[1].notes.push_back({"ROW_SHORT", "granted", "", {}});
  reading.media_type = "text/html";
  EXPECT_EQ(only_anomaly(reading, "T3.SHAPE").fault, Fault::kUndecided);
  reading.media_type = "text/plain";
  EXPECT_EQ(only_anomaly(reading, "T3.SHAPE").fault, Fault::kExtraction);
  reading.tables[1].notes[0].code = "EXTRA_ROW";
  EXPECT_EQ(only_anomaly(reading, "T3.SHAPE").fault, Fault::kForm);
}

}  // namespace
}  // namespace gouji::validator
