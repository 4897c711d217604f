#include "services/validator/core/diagnosis.h"

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

}  // namespace gouji::validator
