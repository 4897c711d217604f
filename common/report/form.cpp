#include "common/report/form.h"

#include <algorithm>

#include "common/core/digest.h"
#include "common/report/form_loader.h"
#include "embedded/forms.h"

namespace gouji {

std::string_view to_string(TableId table) {
  switch (table) {
    case TableId::kT2: return "t2";
    case TableId::kT3: return "t3";
    case TableId::kT4: return "t4";
  }
  return "";
}

std::string_view to_string(Edition edition) { return edition == Edition::k2019 ? "2019" : "2021"; }

Result<Edition> edition_from(int number) {
  if (number == 2019) return Edition::k2019;
  if (number == 2021) return Edition::k2021;
  return invalid_input(ErrorCode::kUnknownVersion,
                       "form edition " + std::to_string(number) + " is not known; known are 2019 and 2021");
}

std::optional<std::uint16_t> Form::find(std::string_view cell_id) const {
  const std::string_view prefix = to_string(table_);
  if (cell_id.starts_with(prefix) && cell_id.substr(prefix.size()).starts_with('.'))
    cell_id.remove_prefix(prefix.size() + 1);
  const auto id_of = [&](std::uint16_t cell) { return std::string_view(cells_[cell].id).substr(prefix.size() + 1); };
  const auto found = std::lower_bound(by_id_.begin(), by_id_.end(), cell_id,
                                      [&](std::uint16_t cell, std::string_view wanted) { return id_of(cell) < wanted; });
  if (found == by_id_.end() || id_of(*found) != cell_id) return std::nullopt;
  return *found;
}

std::string Form::wording(std::uint16_t cell) const {
  const FormCell& place = cells_.at(cell);
  const FormBlock& block = blocks_[place.block];
  const FormRow& row = block.rows[place.row];
  const std::string group = row.group.empty() ? "" : row.group + " ";
  return group + row.label + " × " + block.columns[place.column].label;
}

const Form& form(TableId table, Edition edition) { return all_forms()[form_place(table, edition)]; }

const std::vector<Form>& all_forms() { return loaded_forms().forms; }

const std::string& forms_digest() {
  static const std::string digest = to_hex(sha256(embedded::forms()));
  return digest;
}

}  // namespace gouji
