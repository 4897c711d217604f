// The rows of a table in all its editions, found by what stands in front of the figures. Editions
// mix within real tables, so both are looked for at once; which one it is comes out afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/report/form.h"

namespace gouji::parser {

// How far a misspelt label may be from its official wording.
inline constexpr std::size_t kMisspeltMax = 3;

// Runs of values for which a misspelt label is looked for, in one table.
inline constexpr std::size_t kComparisonsMax = 500;

// Labels of one or two letters, such as 其他 and 总计, stand in headers as well.
inline bool is_short_label(std::u32string_view letters) { return letters.size() <= 2; }

// Words that in a header of table 3 stand in front of 其他 and 总计; no row follows them.
bool is_before_short_header(std::u32string_view letters);

// Where a row of RowNames stands in one edition.
struct RowPlace {
  std::uint16_t block = 0;
  std::uint16_t first_cell = 0;
  std::uint16_t columns = 0;
};

class RowNames {
 public:
  // Rows of tables 2 and 3, in the order of the forms. Built once, thread-safe.
  static const RowNames& of(TableId table);

  std::size_t size() const { return keys_.size(); }
  const std::string& key(std::size_t row) const { return keys_[row]; }
  std::optional<std::size_t> row(std::string_view key) const;
  // The row that stands in this row of a block of the edition.
  std::size_t row_at(Edition edition, std::size_t block, std::size_t row) const;
  // Where the row stands in an edition; nullopt where it is no row of it.
  const std::optional<RowPlace>& place(Edition edition, std::size_t row) const;
  // Cells that the row has in the edition, or in the other where it has none there.
  std::size_t columns(Edition edition, std::size_t row) const;
  // The row with exactly these letters (letters.h) as label, alias, or heading and label.
  std::optional<std::size_t> exact(std::u32string_view letters) const;
  // The row among [first, last) whose label is nearest and at most kMisspeltMax letters and a third
  // of its length away; nullopt when there is none, or two are equally near.
  std::optional<std::size_t> nearest(std::u32string_view letters, std::size_t first,
                                     std::size_t last) const;
  // The longest label that `letters` begin with, when digits follow it: cells run together.
  bool is_label_with_digits(std::u32string_view letters) const;

 private:
  explicit RowNames(TableId table);
  void add_names(const FormRow& form_row, std::size_t row);
  void add_name(std::u32string letters, std::size_t row);
  void add_places(Edition edition);
  void index_names();

  struct EditionRows {
    std::vector<std::optional<RowPlace>> places;   // by row
    std::vector<std::vector<std::size_t>> rows;    // by block and row of it
  };

  TableId table_;
  std::vector<std::string> keys_;
  EditionRows editions_[2];
  std::vector<std::pair<std::u32string, std::size_t>> names_;   // sorted
  std::vector<std::uint16_t> slots_;  // hash table: 1 + index of names_, 0 = empty
  std::vector<std::pair<std::u32string, std::size_t>> labels_;  // without headings, for nearest
};

// The column of a block that a header's letters name, by label, alias or the beginning of a label.
std::optional<std::size_t> column_of(const Form& form, std::size_t block,
                                     std::u32string_view letters);
// The letters name a column of some block of the form.
bool is_column_header(const Form& form, std::u32string_view letters);

}  // namespace gouji::parser
