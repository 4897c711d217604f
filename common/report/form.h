// The official tables as data. Source: the notices 国办公开办函〔2019〕60号 (edition 2019) and
// 国办公开办函〔2021〕30号 (edition 2021). The data stand in forms.json, embedded at build; identities
// are generated from them (identity.h), so no rule is written cell by cell.
//
// A table is a list of blocks; a block has its own columns and rows. Cells are numbered row-major
// through all blocks: index = rows before * columns + column. Table 4 is one block of three rows
// (the groups) and five columns (the results), although it is printed as one row of 15.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji {

enum class TableId : std::uint8_t { kT2, kT3, kT4 };
inline constexpr TableId kTables[] = {TableId::kT2, TableId::kT3, TableId::kT4};
std::string_view to_string(TableId table);  // "t2", "t3", "t4"

// Edition of one table, not of a report. Table 4 is the same in both and is given as k2021.
enum class Edition : std::uint16_t { k2019 = 2019, k2021 = 2021 };
std::string_view to_string(Edition edition);  // "2019", "2021"
Result<Edition> edition_from(int number);

enum class CellType : std::uint8_t { kCount, kSignedCount, kMoney };

struct FormColumn {
  std::string key;                   // "natural_person"
  std::string label;                 // the official wording
  std::vector<std::string> aliases;  // other wordings seen, unfolded
  CellType type = CellType::kCount;
};

struct FormRow {
  std::string key;    // "denied.1"
  std::string label;  // "1.属于国家秘密"
  std::vector<std::string> aliases;
  std::string group;  // heading above the row, "（三）不予公开"; empty where there is none
};

struct FormBlock {
  std::string heading;  // "第二十条第（一）项"; empty for tables 3 and 4
  std::vector<FormColumn> columns;
  std::vector<FormRow> rows;
  std::uint16_t first_cell = 0;
};

// Where a cell stands in its form.
struct FormCell {
  std::uint16_t block = 0;
  std::uint16_t row = 0;     // within the block
  std::uint16_t column = 0;  // within the block
  CellType type = CellType::kCount;
  std::string id;            // "t3.new.natural_person"
};

class Form {
 public:
  TableId table() const { return table_; }
  Edition edition() const { return edition_; }
  const std::vector<FormBlock>& blocks() const { return blocks_; }
  const std::vector<FormCell>& cells() const { return cells_; }
  std::size_t size() const { return cells_.size(); }
  // Index of "t3.new.natural_person" or "new.natural_person"; nullopt when there is none.
  std::optional<std::uint16_t> find(std::string_view cell_id) const;
  // The cell in the form's own wording: "一、本年新收政府信息公开申请数量 × 自然人".
  std::string wording(std::uint16_t cell) const;

 private:
  friend class FormLoader;
  TableId table_ = TableId::kT2;
  Edition edition_ = Edition::k2021;
  std::vector<FormBlock> blocks_;
  std::vector<FormCell> cells_;
  std::vector<std::uint16_t> by_id_;  // cells in the order of their ids
};

// The form of a table in an edition; table 4 ignores the edition. Loaded once, thread-safe.
const Form& form(TableId table, Edition edition);
// All five forms: t2/2019, t2/2021, t3/2019, t3/2021, t4.
const std::vector<Form>& all_forms();
// SHA-256 of the embedded data, hex: part of every extractor version.
const std::string& forms_digest();

}  // namespace gouji
