#include "services/validator/core/parity_system.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace gouji::validator {
namespace {

std::optional<std::int64_t> sum(const Identity& identity, std::span<const std::int64_t> values,
                                const std::vector<bool>& is_known) {
  std::int64_t total = 0;
  for (const std::uint16_t cell : identity.plus)
    if (is_known[cell] && __builtin_add_overflow(total, values[cell], &total)) return std::nullopt;
  for (const std::uint16_t cell : identity.minus)
    if (is_known[cell] && __builtin_sub_overflow(total, values[cell], &total)) return std::nullopt;
  return total;
}

}  // namespace

ParitySystem::ParitySystem(std::span<const Identity> identities, std::span<const std::int64_t> values,
                           const std::vector<bool>& is_known) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const std::optional<std::int64_t> residual = sum(identities[i], values, is_known);
    if (!residual) {
      is_complete_ = false;
      continue;
    }
    Row row{std::vector<std::int64_t>(values.size(), 0), *residual, static_cast<std::int32_t>(i)};
    for (const std::uint16_t cell : identities[i].plus) row.factors[cell] += 1;
    for (const std::uint16_t cell : identities[i].minus) row.factors[cell] -= 1;
    rows.push_back(std::move(row));
  }
  eliminate_unknown(rows, is_known);
  if (rows.size() > kRowsMax) rows.resize(kRowsMax);
  index(rows, values.size());
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
    if (!combine(row.factors[i], pivot.factors[i], row.factors[i])) return false;
  row.identity = kNoIdentity;
  return combine(row.residual, pivot.residual, row.residual);
}

void ParitySystem::eliminate_unknown(std::vector<Row>& rows, const std::vector<bool>& is_known) {
  for (std::size_t cell = 0; cell < is_known.size(); ++cell) {
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
}

void ParitySystem::index(const std::vector<Row>& rows, std::size_t cells) {
  masks_.assign(cells, 0);
  touching_.resize(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    residuals_.push_back(rows[r].residual);
    identity_.push_back(rows[r].identity);
    if (rows[r].residual != 0) failing_ |= RowMask{1} << r;
  }
  for (std::size_t cell = 0; cell < cells; ++cell) {
    first_entry_.push_back(entries_.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const std::int64_t factor = rows[r].factors[cell];
      if (factor == 0) continue;
      entries_.push_back({static_cast<std::uint16_t>(r), factor});
      masks_[cell] |= RowMask{1} << r;
      touching_[r].push_back(static_cast<std::uint16_t>(cell));
    }
    widest_ = std::max(widest_, std::popcount(masks_[cell]));
  }
  first_entry_.push_back(entries_.size());
}

}  // namespace gouji::validator
