#include "common/report/identity.h"

#include "common/report/form_loader.h"

namespace gouji {

const std::vector<Identity>& identities(const Form& form) {
  return loaded_forms().identities[form_place(form.table(), form.edition())];
}

std::optional<std::int64_t> residual(const Identity& identity, std::span<const Cell> cells) {
  std::int64_t sum = 0;
  for (const std::uint16_t index : identity.plus) {
    const Cell& cell = cells[index];
    if (!cell.is_number() || __builtin_add_overflow(sum, cell.value, &sum)) return std::nullopt;
  }
  for (const std::uint16_t index : identity.minus) {
    const Cell& cell = cells[index];
    if (!cell.is_number() || __builtin_sub_overflow(sum, cell.value, &sum)) return std::nullopt;
  }
  return sum;
}

}  // namespace gouji
