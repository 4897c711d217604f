#include "services/parser/core/row_names.h"

#include <algorithm>
#include <bitset>

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

// Of table 3: a row below 三、本年度办理结果.
bool is_outcome(std::string_view key) {
  constexpr std::string_view kOutcomes[] = {"granted", "partly_granted", "denied", "unavailable", "not_processed", "other", "total"};
  const std::string_view kind = key.substr(0, key.find('.'));
  return std::find(std::begin(kOutcomes), std::end(kOutcomes), kind) != std::end(kOutcomes);
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

// By the first two letters, of all forms together: most words of a table are no headers.
bool begins_like_a_header(std::u32string_view letters) {
  constexpr std::size_t kBits = 1024;
  const auto place = [](std::u32string_view word) { return (word[0] * 31 + word[1]) % kBits; };
  static const std::bitset<kBits> kBeginnings = [&] {
    std::bitset<kBits> beginnings;
    for (const Form& each : all_forms()) {
      for (const BlockColumns& block : column_names(each)) {
        for (const ColumnName& name : block) {
          if (name.letters.size() >= 2) beginnings.set(place(name.letters));
        }
      }
    }
    return beginnings;
  }();
  return kBeginnings.test(place(letters));
}

std::size_t index_of(Edition edition) { return edition == Edition::k2019 ? 0 : 1; }

// Of the length, the letters at both ends and one in the middle.
std::uint64_t hash_of(std::u32string_view letters) {
  if (letters.empty()) return 0;
  const std::size_t last = letters.size() - 1;
  const std::uint64_t ends = letters[0] ^ std::uint64_t{letters[last]} << 16 ^ std::uint64_t{letters[last - last / 4]} << 32;
  return ((ends ^ std::uint64_t{letters[last / 2]} << 44) + letters.size()) * 0x9E3779B97F4A7C15U >> 32;
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

RowNames::RowNames(TableId table) : table_(table), keys_(merged_keys(table)) {
  for (const Edition edition : {Edition::k2021, Edition::k2019}) {
    for (const FormBlock& block : form(table, edition).blocks()) {
      for (const FormRow& form_row : block.rows) add_names(form_row, *row(form_row.key));
    }
  }
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  index_names();
  add_places(Edition::k2019);
  add_places(Edition::k2021);
}

// Four times as many slots as names. Of equal names the first counts.
void RowNames::index_names() {
  std::size_t size = 1;
  while (size < names_.size() * 4) size *= 2;
  slots_.assign(size, 0);
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (i > 0 && names_[i].first == names_[i - 1].first) continue;
    std::size_t slot = hash_of(names_[i].first) % size;
    while (slots_[slot] != 0) slot = (slot + 1) % size;
    slots_[slot] = static_cast<std::uint16_t>(i + 1);
  }
}

void RowNames::add_places(Edition edition) {
  EditionRows& rows = editions_[index_of(edition)];
  rows.places.resize(size());
  for (const FormBlock& block : form(table_, edition).blocks()) {
    std::vector<std::size_t>& of_block = rows.rows.emplace_back();
    for (const FormRow& form_row : block.rows) {
      const std::size_t found = *row(form_row.key);
      const std::size_t first_cell = block.first_cell + of_block.size() * block.columns.size();
      of_block.push_back(found);
      if (rows.places[found]) continue;
      rows.places[found] = RowPlace{static_cast<std::uint16_t>(rows.rows.size() - 1), static_cast<std::uint16_t>(first_cell),
                                    static_cast<std::uint16_t>(block.columns.size())};
    }
  }
}

std::size_t RowNames::row_at(Edition edition, std::size_t block, std::size_t row) const {
  return editions_[index_of(edition)].rows[block][row];
}

const std::optional<RowPlace>& RowNames::place(Edition edition, std::size_t row) const {
  return editions_[index_of(edition)].places[row];
}

std::size_t RowNames::columns(Edition edition, std::size_t row) const {
  const Edition other = edition == Edition::k2019 ? Edition::k2021 : Edition::k2019;
  const std::optional<RowPlace>& own = place(edition, row);
  const std::optional<RowPlace>& found = own ? own : place(other, row);
  return found ? found->columns : 0;
}

void RowNames::add_names(const FormRow& form_row, std::size_t row) {
  std::vector<std::string> spellings = form_row.aliases;
  spellings.push_back(form_row.label);
  for (const std::string& spelling : spellings) {
    add_name(letters_of(spelling), row);
    labels_.emplace_back(letters_of(spelling), row);
    if (form_row.group.empty()) continue;
    const std::u32string group = letters_of(form_row.group);
    add_name(group + letters_of(spelling), row);
    const char number = form_row.label.front();  // "（三）不予公开1.属于国家秘密" in one cell
    if (number >= '0' && number <= '9') add_name(group + static_cast<char32_t>(number) + letters_of(spelling), row);
  }
}

void RowNames::add_name(std::u32string letters, std::size_t row) {
  // The heading of all outcomes may stand in one cell with the first of them, or on every page.
  if (is_outcome(keys_[row])) names_.emplace_back(U"本年度办理结果" + letters, row);
  names_.emplace_back(std::move(letters), row);
}

std::optional<std::size_t> RowNames::row(std::string_view key) const {
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found == keys_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - keys_.begin());
}

std::optional<std::size_t> RowNames::exact(std::u32string_view letters) const {
  for (std::size_t slot = hash_of(letters) % slots_.size(); slots_[slot] != 0; slot = (slot + 1) % slots_.size()) {
    const auto& [name, row] = names_[slots_[slot] - 1U];
    if (name == letters) return row;
  }
  return std::nullopt;
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
  if (letters.size() < 2 || !begins_like_a_header(letters)) return false;
  for (std::size_t block = 0; block < form.blocks().size(); ++block) {
    if (column_of(form, block, letters)) return true;
  }
  return false;
}

}  // namespace gouji::parser
