#include "common/report/form_loader.h"

#include <simdjson.h>

#include <algorithm>
#include <numeric>
#include <string_view>

#include "common/core/check.h"
#include "embedded/forms.h"

namespace gouji {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;

std::string_view text(element object, std::string_view key) {
  std::string_view value;
  GOUJI_CHECK(object[key].get(value) == simdjson::SUCCESS);
  return value;
}

std::string text_or_empty(element object, std::string_view key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

array list(element object, std::string_view key) {
  array value;
  GOUJI_CHECK(object[key].get(value) == simdjson::SUCCESS);
  return value;
}

std::int64_t number(element value) {
  std::int64_t found = 0;
  GOUJI_CHECK(value.get(found) == simdjson::SUCCESS);
  return found;
}

std::vector<std::string> strings(array values) {
  std::vector<std::string> found;
  for (element value : values) {
    std::string_view each;
    GOUJI_CHECK(value.get(each) == simdjson::SUCCESS);
    found.emplace_back(each);
  }
  return found;
}

std::vector<std::string> aliases(element object) {
  array values;
  return object["aliases"].get(values) == simdjson::SUCCESS ? strings(values) : std::vector<std::string>();
}

CellType cell_type(element column) {
  const std::string name = text_or_empty(column, "type");
  if (name.empty()) return CellType::kCount;
  if (name == "signed_count") return CellType::kSignedCount;
  GOUJI_CHECK(name == "money");
  return CellType::kMoney;
}

TableId table_id(std::string_view name) {
  for (const TableId table : kTables)
    if (to_string(table) == name) return table;
  GOUJI_CHECK(false);
}

// A row without "only" stands in every edition of its table.
bool stands_in(element row, Edition edition) {
  element only;
  return row["only"].get(only) != simdjson::SUCCESS || number(only) == static_cast<std::int64_t>(edition);
}

FormBlock read_block(element data, Edition edition) {
  FormBlock block;
  block.heading = text(data, "heading");
  for (element column : list(data, "columns"))
    block.columns.push_back({std::string(text(column, "key")), std::string(text(column, "label")), aliases(column),
                             cell_type(column)});
  for (element row : list(data, "rows"))
    if (stands_in(row, edition))
      block.rows.push_back({std::string(text(row, "key")), std::string(text(row, "label")), aliases(row),
                            text_or_empty(row, "group")});
  GOUJI_CHECK(!block.columns.empty() && !block.rows.empty());
  return block;
}

// Adds the cells that `part` names along row or column `fixed`; a name of another edition's row
// adds none.
void add_cells(const FormBlock& block, bool per_row, std::size_t fixed, const std::vector<std::string>& names,
               std::vector<std::uint16_t>& part) {
  const auto place = [](const auto& lines, const std::string& key) {
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const auto& line) { return line.key == key; });
    return found == lines.end() ? lines.size() : static_cast<std::size_t>(found - lines.begin());
  };
  for (const std::string& name : names) {
    const std::size_t row = per_row ? fixed : place(block.rows, name);
    const std::size_t column = per_row ? place(block.columns, name) : fixed;
    if (row == block.rows.size() || column == block.columns.size()) continue;
    part.push_back(static_cast<std::uint16_t>(block.first_cell + row * block.columns.size() + column));
  }
}

std::vector<Identity> read_identities(array specs, const Form& form) {
  std::vector<Identity> found;
  for (element spec : specs) {
    const FormBlock& block = form.blocks().front();
    const bool per_row = text(spec, "per") == "row";
    GOUJI_CHECK(per_row || text(spec, "per") == "column");
    const std::vector<std::string> plus = strings(list(spec, "plus"));
    const std::vector<std::string> minus = strings(list(spec, "minus"));
    const std::size_t instances = per_row ? block.rows.size() : block.columns.size();
    for (std::size_t i = 0; i < instances; ++i) {
      Identity identity{std::string(text(spec, "rule")), per_row ? block.rows[i].key : block.columns[i].key, {}, {}};
      add_cells(block, per_row, i, plus, identity.plus);
      add_cells(block, per_row, i, minus, identity.minus);
      GOUJI_CHECK(!identity.plus.empty() && !identity.minus.empty());
      found.push_back(std::move(identity));
    }
  }
  return found;
}

}  // namespace

class FormLoader {
 public:
  static Form read(element data, Edition edition) {
    Form form;
    form.table_ = table_id(text(data, "table"));
    form.edition_ = edition;
    for (element block : list(data, "blocks")) form.blocks_.push_back(read_block(block, edition));
    for (std::size_t i = 0; i < form.blocks_.size(); ++i) number_cells(form, i);
    form.by_id_.resize(form.cells_.size());
    std::iota(form.by_id_.begin(), form.by_id_.end(), std::uint16_t{0});
    std::sort(form.by_id_.begin(), form.by_id_.end(),
              [&](std::uint16_t a, std::uint16_t b) { return form.cells_[a].id < form.cells_[b].id; });
    return form;
  }

 private:
  static void number_cells(Form& form, std::size_t index) {
    FormBlock& block = form.blocks_[index];
    block.first_cell = static_cast<std::uint16_t>(form.cells_.size());
    const std::string table(to_string(form.table_));
    for (std::size_t row = 0; row < block.rows.size(); ++row)
      for (std::size_t column = 0; column < block.columns.size(); ++column)
        form.cells_.push_back({static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(row),
                               static_cast<std::uint16_t>(column), block.columns[column].type,
                               table + "." + block.rows[row].key + "." + block.columns[column].key});
  }
};

namespace {

LoadedForms load() {
  simdjson::dom::parser parser;
  const std::string_view data = embedded::forms();
  element root;
  GOUJI_CHECK(parser.parse(data.data(), data.size()).get(root) == simdjson::SUCCESS);
  LoadedForms loaded;
  for (element table : list(root, "tables"))
    for (element edition : list(table, "editions")) {
      const Result<Edition> known = edition_from(static_cast<int>(number(edition)));
      GOUJI_CHECK(known.has_value());
      loaded.forms.push_back(FormLoader::read(table, *known));
      loaded.identities.push_back(read_identities(list(table, "identities"), loaded.forms.back()));
    }
  GOUJI_CHECK(loaded.forms.size() == form_place(TableId::kT4, Edition::k2021) + 1);
  for (std::size_t i = 0; i < loaded.forms.size(); ++i)
    GOUJI_CHECK(form_place(loaded.forms[i].table(), loaded.forms[i].edition()) == i);
  return loaded;
}

}  // namespace

const LoadedForms& loaded_forms() {
  static const LoadedForms loaded = load();
  return loaded;
}

std::size_t form_place(TableId table, Edition edition) {
  if (table == TableId::kT4) return 4;
  return (table == TableId::kT3 ? 2U : 0U) + (edition == Edition::k2021 ? 1U : 0U);
}

}  // namespace gouji
