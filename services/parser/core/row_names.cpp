#include "services/parser/core/row_names.h"

#include <algorithm>

#include "common/core/check.h"
#include "services/parser/core/letters.h"

namespace gouji::parser {
namespace {

std::vector<std::string> row_keys(const Form& form) {
  std::vector<std::string> keys;
  for (const FormBlock& block : form.blocks()) {
    for (const FormRow& row : block.rows) keys.push_back(row.key);
  }
  return keys;
}

// The newer edition's rows, each row that only the older has behind its predecessor there.
std::vector<std::string> merged_keys(TableId table) {
  std::vector<std::string> merged = row_keys(form(table, Edition::k2021));
  std::size_t after = 0;
  for (const std::string& key : row_keys(form(table, Edition::k2019))) {
    const auto found = std::find(merged.begin(), merged.end(), key);
    if (found != merged.end()) {
      after = static_cast<std::size_t>(found - merged.begin()) + 1;
    } else {
      merged.insert(merged.begin() + static_cast<std::ptrdiff_t>(after), key);
      ++after;
    }
  }
  return merged;
}

struct ColumnName {
  std::u32string letters;
  std::size_t column = 0;
};
using BlockColumns = std::vector<ColumnName>;

std::vector<BlockColumns> make_columns(const Form& form) {
  std::vector<BlockColumns> blocks;
  for (const FormBlock& block : form.blocks()) {
    BlockColumns& names = blocks.emplace_back();
    for (std::size_t i = 0; i < block.columns.size(); ++i) {
      names.push_back({letters_of(block.columns[i].label), i});
      for (const std::string& alias : block.columns[i].aliases) names.push_back({letters_of(alias), i});
    }
  }
  return blocks;
}

const std::vector<BlockColumns>& column_names(const Form& form) {
  static const auto* const kColumns = [] {
    auto* columns = new std::vector<std::pair<const Form*, std::vector<BlockColumns>>>;
    for (const Form& each : all_forms()) columns->emplace_back(&each, make_columns(each));
    return columns;
  }();
  for (const auto& [known, columns] : *kColumns) {
    if (known->table() == form.table() && known->edition() == form.edition()) return columns;
  }
  GOUJI_CHECK(false);
  return kColumns->front().second;
}

}  // namespace

bool is_before_short_header(std::u32string_view letters) {
  return letters == U"法律服务机构" || letters == U"法人或其他组织" || letters == U"自然人";
}

const RowNames& RowNames::of(TableId table) {
  static const RowNames table2(TableId::kT2);
  static const RowNames table3(TableId::kT3);
  GOUJI_CHECK(table != TableId::kT4);
  return table == TableId::kT2 ? table2 : table3;
}

RowNames::RowNames(TableId table) : keys_(merged_keys(table)) {
  for (const Edition edition : {Edition::k2021, Edition::k2019}) {
    for (const FormBlock& block : form(table, edition).blocks()) {
      for (const FormRow& form_row : block.rows) add_names(form_row, *row(form_row.key));
    }
  }
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
}

void RowNames::add_names(const FormRow& form_row, std::size_t row) {
  std::vector<std::string> spellings = form_row.aliases;
  spellings.push_back(form_row.label);
  for (const std::string& spelling : spellings) {
    add_name(letters_of(spelling), row);
    labels_.emplace_back(letters_of(spelling), row);
    if (!form_row.group.empty()) add_name(letters_of(form_row.group + spelling), row);
  }
}

void RowNames::add_name(std::u32string letters, std::size_t row) {
  names_.emplace_back(std::move(letters), row);
}

std::optional<std::size_t> RowNames::row(std::string_view key) const {
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found == keys_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - keys_.begin());
}

std::optional<std::size_t> RowNames::exact(std::u32string_view letters) const {
  const auto found = std::lower_bound(
      names_.begin(), names_.end(), letters,
      [](const auto& name, std::u32string_view wanted) { return name.first < wanted; });
  if (found == names_.end() || found->first != letters) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> RowNames::nearest(std::u32string_view letters, std::size_t first,
                                             std::size_t last) const {
  std::size_t best = kMisspeltMax + 1;
  std::optional<std::size_t> found;
  if (is_short_label(letters)) return found;
  for (const auto& [label, row] : labels_) {
    if (row < first || row >= last) continue;
    const std::size_t limit = std::min(kMisspeltMax, label.size() / 3);
    const std::size_t distance = edit_distance(letters, label, limit);
    if (distance > limit || distance > best) continue;
    if (distance == best && found != row) {
      found.reset();
    } else {
      found = row;
    }
    best = distance;
  }
  return found;
}

bool RowNames::is_label_with_digits(std::u32string_view letters) const {
  const std::size_t digits = letters.find_first_of(U"0123456789");
  return digits != letters.npos && digits >= 2 &&
         exact(letters.substr(0, digits)).has_value();
}

std::optional<RowPlace> place_of(const Form& form, std::string_view row_key) {
  for (std::size_t block = 0; block < form.blocks().size(); ++block) {
    const FormBlock& entry = form.blocks()[block];
    const std::size_t columns = entry.columns.size();
    for (std::size_t row = 0; row < entry.rows.size(); ++row) {
      if (entry.rows[row].key != row_key) continue;
      return RowPlace{static_cast<std::uint16_t>(block),
                      static_cast<std::uint16_t>(entry.first_cell + row * columns),
                      static_cast<std::uint16_t>(columns)};
    }
  }
  return std::nullopt;
}

std::size_t columns_of(TableId table, Edition edition, std::string_view row_key) {
  if (const auto place = place_of(form(table, edition), row_key)) return place->columns;
  const Edition other = edition == Edition::k2019 ? Edition::k2021 : Edition::k2019;
  const auto place = place_of(form(table, other), row_key);
  return place ? place->columns : 0;
}

std::optional<std::size_t> column_of(const Form& form, std::size_t block,
                                     std::u32string_view letters) {
  constexpr std::size_t kCutHeaderLetters = 3;
  std::optional<std::size_t> by_beginning;
  if (letters.size() < 2) return std::nullopt;
  for (const ColumnName& name : column_names(form)[block]) {
    if (name.letters == letters) return name.column;
    if (letters.size() >= kCutHeaderLetters && !by_beginning &&
        std::u32string_view(name.letters).starts_with(letters)) {
      by_beginning = name.column;
    }
  }
  return by_beginning;
}

bool is_column_header(const Form& form, std::u32string_view letters) {
  for (std::size_t block = 0; block < form.blocks().size(); ++block) {
    if (column_of(form, block, letters)) return true;
  }
  return false;
}

}  // namespace gouji::parser
