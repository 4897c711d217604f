#include "services/validator/core/parity_system.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace gouji::validator {
namespace {

// A combination of rows with larger factors is left out: what is computed with them later stays
// within 128 bits.
constexpr std::int64_t kFactorMax = 1 << 16;

std::optional<std::int64_t> sum(const Identity& identity, std::span<const std::int64_t> values,
                                const std::vector<bool>& is_known) {
  std::int64_t total = 0;
  for (const std::uint16_t cell : identity.plus)
    if (is_known[cell] && __builtin_add_overflow(total, values[cell], &total)) return std::nullopt;
  for (const std::uint16_t cell : identity.minus)
    if (is_known[cell] && __builtin_sub_overflow(total, values[cell], &total)) return std::nullopt;
  return total;
}

bool has_unknown(const Identity& identity, const std::vector<bool>& is_known) {
  const auto is_unknown = [&](std::uint16_t cell) { return !is_known[cell]; };
  return std::any_of(identity.plus.begin(), identity.plus.end(), is_unknown) ||
         std::any_of(identity.minus.begin(), identity.minus.end(), is_unknown);
}

template <typename Visit>
void for_each_term(const Identity& identity, Visit visit) {
  for (const std::uint16_t cell : identity.plus) visit(cell, std::int64_t{1});
  for (const std::uint16_t cell : identity.minus) visit(cell, std::int64_t{-1});
}

}  // namespace

ParitySystem::ParitySystem(std::span<const Identity> identities, std::span<const std::int64_t> values,
                           const std::vector<bool>& is_known) {
  std::vector<Row> incomplete;
  std::vector<Term> terms;
  terms.reserve(identities.size() * 16);
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const std::optional<std::int64_t> residual = sum(identities[i], values, is_known);
    if (!residual) {
      is_complete_ = false;
    } else if (has_unknown(identities[i], is_known)) {
      Row& row = incomplete.emplace_back(Row{std::vector<std::int64_t>(values.size(), 0), *residual, static_cast<std::int32_t>(i)});
      for_each_term(identities[i], [&](std::uint16_t cell, std::int64_t factor) { row.factors[cell] += factor; });
    } else if (residuals_.size() < kRowsMax) {
      const auto row = static_cast<std::uint16_t>(residuals_.size());
      for_each_term(identities[i], [&](std::uint16_t cell, std::int64_t factor) { terms.push_back({row, cell, factor}); });
      residuals_.push_back(*residual);
      identity_.push_back(static_cast<std::int32_t>(i));
    } else {
      is_complete_ = false;
    }
  }
  is_plain_ = incomplete.empty();
  for (const Row& row : eliminate_unknown(std::move(incomplete), is_known)) {
    if (residuals_.size() >= kRowsMax) {
      is_complete_ = false;
      break;
    }
    for (std::size_t cell = 0; cell < row.factors.size(); ++cell)
      if (row.factors[cell] != 0)
        terms.push_back({static_cast<std::uint16_t>(residuals_.size()), static_cast<std::uint16_t>(cell), row.factors[cell]});
    residuals_.push_back(row.residual);
    identity_.push_back(row.identity);
  }
  index(terms, values.size());
  find_families();
}

// row := row * p - pivot * a, so that `cell` falls out; false when that overflows.
bool ParitySystem::eliminate(Row& row, const Row& pivot, std::size_t cell) {
  const std::int64_t p = pivot.factors[cell];
  const std::int64_t a = row.factors[cell];
  const auto combine = [&](std::int64_t mine, std::int64_t other, std::int64_t& result) {
    std::int64_t left = 0;
    std::int64_t right = 0;
    return !__builtin_mul_overflow(mine, p, &left) && !__builtin_mul_overflow(other, a, &right) &&
           !__builtin_sub_overflow(left, right, &result);
  };
  for (std::size_t i = 0; i < row.factors.size(); ++i)
    if (!combine(row.factors[i], pivot.factors[i], row.factors[i]) || std::abs(row.factors[i]) > kFactorMax) return false;
  row.identity = kNoIdentity;
  return combine(row.residual, pivot.residual, row.residual);
}

std::vector<ParitySystem::Row> ParitySystem::eliminate_unknown(std::vector<Row> rows, const std::vector<bool>& is_known) {
  for (std::size_t cell = 0; cell < is_known.size() && !rows.empty(); ++cell) {
    if (is_known[cell]) continue;
    const auto touches = [&](const Row& row) { return row.factors[cell] != 0; };
    const auto pivot = std::find_if(rows.begin(), rows.end(), touches);
    if (pivot == rows.end()) continue;
    const Row used = std::move(*pivot);
    rows.erase(pivot);
    const auto overflows = [&](Row& row) { return touches(row) && !eliminate(row, used, cell); };
    const auto kept = std::remove_if(rows.begin(), rows.end(), overflows);
    is_complete_ = is_complete_ && kept == rows.end();
    rows.erase(kept, rows.end());
  }
  // A combination that cancels out entirely says nothing.
  std::erase_if(rows, [](const Row& row) {
    return std::all_of(row.factors.begin(), row.factors.end(), [](std::int64_t factor) { return factor == 0; });
  });
  return rows;
}

// `terms` are sorted by row.
void ParitySystem::index(const std::vector<Term>& terms, std::size_t cells) {
  for (std::size_t row = 0; row < residuals_.size(); ++row)
    if (residuals_[row] != 0) failing_ |= row_bit(row);
  masks_.assign(cells, 0);
  first_entry_.assign(cells + 1, 0);
  first_touching_.assign(residuals_.size() + 1, 0);
  for (const Term& term : terms) {
    masks_[term.cell] |= row_bit(term.row);
    ++first_entry_[term.cell + 1U];
    ++first_touching_[term.row + 1U];
    touching_.push_back(term.cell);
    factors_.push_back(term.factor);
  }
  for (std::size_t cell = 0; cell < cells; ++cell) {
    widest_ = std::max(widest_, row_count(masks_[cell]));
    first_entry_[cell + 1] += first_entry_[cell];
  }
  for (std::size_t row = 0; row < residuals_.size(); ++row) first_touching_[row + 1] += first_touching_[row];
  entries_.resize(terms.size());
  std::vector<std::size_t> next(first_entry_.begin(), first_entry_.end() - 1);
  for (const Term& term : terms) entries_[next[term.cell]++] = {term.row, term.factor};
}

void ParitySystem::find_families() {
  neighbours_.assign(rows(), 0);
  for (std::size_t row = 0; row < rows(); ++row)
    for (const std::uint16_t cell : touching(row)) neighbours_[row] |= masks_[cell];
  for (RowMask left = rows() == kRowsMax ? ~RowMask{0} : row_bit(rows()) - 1; left != 0;) {
    RowMask family = 0;
    for_each_row(left, [&](std::size_t row) {
      if ((neighbours_[row] & family) == 0) family |= row_bit(row);
    });
    families_.push_back(family);
    left &= ~family;
  }
}

ParitySystem::Bound ParitySystem::changes_at_least(RowMask failing, RowMask twice, std::size_t enough) const {
  const auto needed = [twice](RowMask rows) {
    return row_count(rows) + row_count(rows & twice);
  };
  Bound most;
  for (const RowMask family : families_) {
    Bound bound{needed(failing & family), failing & family};
    if (bound.changes > enough) return bound;
    // Rows of other families that have no cell in common with these.
    RowMask left = failing & ~family;
    if (bound.changes + needed(left) <= most.changes) continue;
    for_each_row(bound.apart, [&](std::size_t row) { left &= ~neighbours_[row]; });
    while (left != 0) {
      const std::size_t row = lowest_row(left);
      bound.changes += needed(row_bit(row));
      bound.apart |= row_bit(row);
      left &= ~(neighbours_[row] | row_bit(row));
    }
    if (bound.changes > most.changes) most = bound;
    if (most.changes > enough) break;
  }
  return most;
}

}  // namespace gouji::validator
