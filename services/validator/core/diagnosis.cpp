#include "services/validator/core/diagnosis.h"

#include <algorithm>
#include <optional>

#include "services/validator/core/decoder.h"
#include "services/validator/core/mechanism.h"

namespace gouji::validator {
namespace {

struct Known {
  std::vector<std::int64_t> values;
  std::vector<bool> is_known;
};

Known known_values(const TableView& table, Convention convention) {
  Known known;
  for (const Cell& cell : table.cells) {
    known.values.push_back(cell.value);
    known.is_known.push_back(counts_as_number(cell, convention));
  }
  return known;
}

Diagnosis diagnosis_of(const ParitySystem& system, const Cause& cause, std::vector<Explanation> explanations) {
  Diagnosis diagnosis;
  for (std::size_t row = 0; row < system.rows(); ++row)
    if ((cause.rows >> row & 1U) != 0 && system.identity(row) != kNoIdentity)
      diagnosis.equations.push_back(static_cast<std::size_t>(system.identity(row)));
  diagnosis.explanations = std::move(explanations);
  diagnosis.exhaustive = cause.exhaustive && diagnosis.explanations.size() <= kExplanationsMax;
  if (diagnosis.explanations.size() > kExplanationsMax) diagnosis.explanations.resize(kExplanationsMax);
  diagnosis.unique = diagnosis.exhaustive && diagnosis.explanations.size() == 1;
  return diagnosis;
}

// The one unknown cell of an equation and the value that completes it.
struct Completion {
  std::uint16_t cell = 0;
  std::int64_t value = 0;
};

std::optional<Completion> completion(const Identity& identity, const Known& known) {
  std::optional<std::uint16_t> unknown;
  bool is_in_plus = false;
  std::int64_t sum = 0;
  const auto add = [&](const std::vector<std::uint16_t>& cells, bool is_plus) {
    for (const std::uint16_t cell : cells) {
      if (!known.is_known[cell]) {
        if (unknown) return false;
        unknown = cell;
        is_in_plus = is_plus;
      } else if (is_plus ? __builtin_add_overflow(sum, known.values[cell], &sum)
                         : __builtin_sub_overflow(sum, known.values[cell], &sum)) {
        return false;
      }
    }
    return true;
  };
  if (!add(identity.plus, true) || !add(identity.minus, false) || !unknown) return std::nullopt;
  std::int64_t value = sum;
  if (is_in_plus && __builtin_sub_overflow(std::int64_t{0}, sum, &value)) return std::nullopt;
  if (value < 0 || value > kProposedMax) return std::nullopt;
  return Completion{*unknown, value};
}

bool fails(const Identity& identity, const Known& known) {
  std::int64_t sum = 0;
  for (const std::uint16_t cell : identity.plus)
    if (!known.is_known[cell] || __builtin_add_overflow(sum, known.values[cell], &sum)) return false;
  for (const std::uint16_t cell : identity.minus)
    if (!known.is_known[cell] || __builtin_sub_overflow(sum, known.values[cell], &sum)) return false;
  return sum != 0;
}

bool touches(const Identity& identity, std::uint16_t cell) {
  return std::find(identity.plus.begin(), identity.plus.end(), cell) != identity.plus.end() ||
         std::find(identity.minus.begin(), identity.minus.end(), cell) != identity.minus.end();
}

}  // namespace

std::vector<Diagnosis> diagnose(const TableView& table, Convention convention, std::span<const NamedEvidence> evidence) {
  if (!table.is_readable() || identities(*table.form).empty() || is_clean(*table.form, table.cells)) return {};
  const Known known = known_values(table, convention);
  const ParitySystem system(identities(*table.form), known.values, known.is_known);
  std::vector<Diagnosis> found;
  for (const Cause& cause : localise(system, known.values)) {
    Diagnosis diagnosis = diagnosis_of(system, cause, ranked(table, convention, cause.solutions, evidence));
    // Without a failed equation no rule has failed, and there is nothing to explain.
    if (!diagnosis.equations.empty()) found.push_back(std::move(diagnosis));
  }
  return found;
}

std::vector<DerivedValue> derive(const TableView& table, Convention convention) {
  const auto is_unread = [](const Cell& cell) {
    return cell.state == CellState::kUnreadable || cell.state == CellState::kAbsent;
  };
  if (std::none_of(table.cells.begin(), table.cells.end(), is_unread)) return {};
  Known known = known_values(table, convention);
  const std::vector<Identity>& all = identities(*table.form);
  std::vector<std::uint16_t> filled;
  for (bool goes_on = true; goes_on;) {
    goes_on = false;
    for (const Identity& identity : all) {
      const auto found = completion(identity, known);
      if (!found || !is_unread(table.cells[found->cell])) continue;
      known.values[found->cell] = found->value;
      known.is_known[found->cell] = true;
      filled.push_back(found->cell);
      goes_on = true;
    }
  }
  // One equation that fails spoils every value derived from it, so none of its table is trusted.
  for (const std::uint16_t cell : filled)
    for (const Identity& identity : all)
      if (touches(identity, cell) && fails(identity, known)) return {};
  std::sort(filled.begin(), filled.end());
  std::vector<DerivedValue> derived;
  for (const std::uint16_t cell : filled) derived.push_back({table.form->cells()[cell].id, known.values[cell]});
  return derived;
}

}  // namespace gouji::validator
