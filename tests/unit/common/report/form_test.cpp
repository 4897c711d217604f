#include "common/report/form.h"

#include <gtest/gtest.h>

#include <set>

namespace gouji {
namespace {

std::vector<std::string> ids(TableId table, Edition edition) {
  std::vector<std::string> found;
  for (const FormCell& cell : form(table, edition).cells()) found.push_back(cell.id);
  return found;
}

std::vector<std::string> crossed(const std::string& table, const std::vector<std::string>& rows,
                                 const std::vector<std::string>& columns) {
  std::vector<std::string> crossings;
  for (const std::string& row : rows)
    for (const std::string& column : columns) {
      std::string id = table;
      id.append(".").append(row).append(".").append(column);
      crossings.push_back(std::move(id));
    }
  return crossings;
}

std::vector<std::string> joined(std::vector<std::vector<std::string>> lists) {
  std::vector<std::string> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

std::vector<std::string> table3_rows(Edition edition) {
  std::vector<std::string> rows{"new", "carried_in", "granted", "partly_granted"};
  const auto add = [&](const std::string& name, int count) {
    for (int i = 1; i <= count; ++i) rows.push_back(name + "." + std::to_string(i));
  };
  add("denied", 8);
  add("unavailable", 3);
  add("not_processed", 5);
  if (edition == Edition::k2019) rows.push_back("other");
  if (edition == Edition::k2021) add("other", 3);
  rows.push_back("total");
  rows.push_back("carried_out");
  return rows;
}

const std::vector<std::string> kTable3Columns{
    "natural_person", "commercial_enterprise", "research_institution", "social_welfare_organization",
    "legal_service_organization", "other_organization", "total"};

TEST(Form, HasTheOfficialNumberOfCells) {
  EXPECT_EQ(form(TableId::kT2, Edition::k2019).size(), 22u);
  EXPECT_EQ(form(TableId::kT2, Edition::k2021).size(), 10u);
  EXPECT_EQ(form(TableId::kT3, Edition::k2019).size(), 161u);
  EXPECT_EQ(form(TableId::kT3, Edition::k2021).size(), 175u);
  EXPECT_EQ(form(TableId::kT4, Edition::k2021).size(), 15u);
}

TEST(Form, GivesTable4ForAnyEdition) {
  EXPECT_EQ(&form(TableId::kT4, Edition::k2019), &form(TableId::kT4, Edition::k2021));
  EXPECT_EQ(all_forms().size(), 5u);
}

TEST(Form, NamesTheCellsOfTable2As2019) {
  EXPECT_EQ(ids(TableId::kT2, Edition::k2019),
            joined({crossed("t2", {"regulations", "normative_documents"}, {"made", "disclosed", "disclosed_total"}),
                    crossed("t2", {"licences", "other_services", "penalties", "coercive_measures"},
                            {"items_last_year", "change", "decisions"}),
                    crossed("t2", {"fees"}, {"items_last_year", "change"}),
                    crossed("t2", {"procurement"}, {"items", "amount"})}));
}

TEST(Form, NamesTheCellsOfTable2As2021) {
  EXPECT_EQ(ids(TableId::kT2, Edition::k2021),
            joined({crossed("t2", {"regulations", "normative_documents"}, {"issued", "repealed", "in_force"}),
                    crossed("t2", {"licences", "penalties", "coercive_measures"}, {"decisions"}),
                    crossed("t2", {"fees"}, {"amount"})}));
}

TEST(Form, NamesTheCellsOfTable3InBothEditions) {
  for (const Edition edition : {Edition::k2019, Edition::k2021})
    EXPECT_EQ(ids(TableId::kT3, edition), crossed("t3", table3_rows(edition), kTable3Columns));
}

TEST(Form, NamesTheCellsOfTable4) {
  EXPECT_EQ(ids(TableId::kT4, Edition::k2021),
            crossed("t4", {"reconsideration", "litigation_direct", "litigation_after_reconsideration"},
                    {"upheld", "corrected", "other", "pending", "total"}));
}

TEST(Form, FindsEveryCellByItsIdWithAndWithoutTheTable) {
  for (const Form& each : all_forms())
    for (std::size_t i = 0; i < each.size(); ++i) {
      const std::string& id = each.cells()[i].id;
      EXPECT_EQ(each.find(id), i);
      EXPECT_EQ(each.find(id.substr(3)), i);
    }
}

TEST(Form, FindsNoCellByAnotherName) {
  const Form& t3 = form(TableId::kT3, Edition::k2021);
  for (const char* id : {"", ".", "t3", "t3.", "t3.new", "t4.new.total", "t3.other.total", "new.natural_person."})
    EXPECT_EQ(t3.find(id), std::nullopt) << id;
}

TEST(Form, NumbersCellsThroughItsBlocks) {
  for (const Form& each : all_forms()) {
    std::size_t next = 0;
    for (const FormBlock& block : each.blocks()) {
      EXPECT_EQ(block.first_cell, next);
      next += block.rows.size() * block.columns.size();
    }
    EXPECT_EQ(next, each.size());
    for (std::size_t i = 0; i < each.size(); ++i) {
      const FormCell& cell = each.cells()[i];
      const FormBlock& block = each.blocks()[cell.block];
      EXPECT_EQ(block.first_cell + cell.row * block.columns.size() + cell.column, i);
    }
  }
}

TEST(Form, TypesOnlyChangesAsSignedAndOnlyAmountsAsMoney) {
  for (const Form& each : all_forms())
    for (const FormCell& cell : each.cells()) {
      const CellType expected = cell.id.ends_with(".change")   ? CellType::kSignedCount
                                : cell.id.ends_with(".amount") ? CellType::kMoney
                                                               : CellType::kCount;
      EXPECT_EQ(cell.type, expected) << cell.id;
    }
}

TEST(Form, WordsACellAsTheFormDoes) {
  const Form& t3 = form(TableId::kT3, Edition::k2021);
  EXPECT_EQ(t3.wording(0), "一、本年新收政府信息公开申请数量 × 自然人");
  EXPECT_EQ(t3.wording(*t3.find("denied.1.total")), "（三）不予公开 1.属于国家秘密 × 总计");
  const Form& t4 = form(TableId::kT4, Edition::k2021);
  EXPECT_EQ(t4.wording(5), "行政诉讼 未经复议直接起诉 × 结果维持");
}

TEST(Form, GivesNoTwoRowsOfABlockOneName) {
  for (const Form& each : all_forms())
    for (const FormBlock& block : each.blocks()) {
      std::set<std::string> names;
      for (const FormRow& row : block.rows) {
        EXPECT_TRUE(names.insert(row.group + row.label).second) << row.label;
        for (const std::string& alias : row.aliases) EXPECT_TRUE(names.insert(row.group + alias).second) << alias;
      }
    }
}

TEST(Form, DigestIsSha256InHex) { EXPECT_EQ(forms_digest().size(), 64u); }

TEST(Edition, IsRefusedWhenUnknown) {
  EXPECT_EQ(*edition_from(2019), Edition::k2019);
  EXPECT_EQ(*edition_from(2021), Edition::k2021);
  EXPECT_EQ(edition_from(2020).error().code, ErrorCode::kUnknownVersion);
}

}  // namespace
}  // namespace gouji
