// The equations of a table as a parity system: which cells each touches, and by how much each is
// off. Cells that are not read are eliminated first, so that what is left speaks of read cells only.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/report/identity.h"

namespace gouji::validator {

// At most 64 rows, so that a set of rows is a mask.
using RowMask = std::uint64_t;
inline constexpr std::size_t kRowsMax = 64;
inline constexpr std::int32_t kNoIdentity = -1;

inline RowMask row_bit(std::size_t row) { return RowMask{1} << row; }
inline std::size_t lowest_row(RowMask mask) { return static_cast<std::size_t>(std::countr_zero(mask)); }
// Number of rows. The processor's own instruction is not part of the baseline, and its stand-in in
// the compiler's library costs a call.
inline std::size_t row_count(RowMask mask) {
  mask -= (mask >> 1U) & 0x5555555555555555U;
  mask = (mask & 0x3333333333333333U) + ((mask >> 2U) & 0x3333333333333333U);
  mask = (mask + (mask >> 4U)) & 0x0f0f0f0f0f0f0f0fU;
  return static_cast<std::size_t>((mask * 0x0101010101010101U) >> 56U);
}
template <typename Visit>
void for_each_row(RowMask mask, Visit visit) {
  for (; mask != 0; mask &= mask - 1) visit(lowest_row(mask));
}

class ParitySystem {
 public:
  struct Entry {
    std::uint16_t row = 0;
    std::int64_t factor = 0;
  };

  // `values` and `is_known` run parallel to the form's cells. Identities whose sum overflows are
  // left out; is_complete() tells.
  ParitySystem(std::span<const Identity> identities, std::span<const std::int64_t> values,
               const std::vector<bool>& is_known);

  std::size_t rows() const { return residuals_.size(); }
  std::size_t cells() const { return masks_.size(); }
  std::int64_t residual(std::size_t row) const { return residuals_[row]; }
  // The identity that a row is, kNoIdentity for a combination of several.
  std::int32_t identity(std::size_t row) const { return identity_[row]; }
  RowMask failing() const { return failing_; }
  // Rows that touch a known cell; 0 for cells that no row speaks of.
  RowMask mask(std::uint16_t cell) const { return masks_[cell]; }
  std::span<const Entry> column(std::uint16_t cell) const {
    return std::span(entries_).subspan(first_entry_[cell], first_entry_[cell + 1U] - first_entry_[cell]);
  }
  std::span<const std::uint16_t> touching(std::size_t row) const {
    return std::span(touching_).subspan(first_touching_[row], first_touching_[row + 1U] - first_touching_[row]);
  }
  // Factors of these cells in `row`.
  std::span<const std::int64_t> factors(std::size_t row) const {
    return std::span(factors_).subspan(first_touching_[row], first_touching_[row + 1U] - first_touching_[row]);
  }
  // Rows that share a cell with `row`, itself included.
  RowMask neighbours(std::size_t row) const { return neighbours_[row]; }
  // Most rows that one cell touches.
  std::size_t widest() const { return widest_; }
  bool is_complete() const { return is_complete_; }
  // Every row is an identity as the form states it.
  bool is_plain() const { return is_plain_; }

  // No fewer changes can make the rows of `failing` hold: `apart` are some of these rows that have
  // no cell in common, and need one each, those of `twice` two. Looks no further once there are
  // more than `enough`.
  struct Bound {
    std::size_t changes = 0;
    RowMask apart = 0;
  };
  Bound changes_at_least(RowMask failing, RowMask twice = 0, std::size_t enough = kRowsMax) const;

 private:
  struct Row {
    std::vector<std::int64_t> factors;
    std::int64_t residual = 0;
    std::int32_t identity = kNoIdentity;
  };
  struct Term {
    std::uint16_t row = 0;
    std::uint16_t cell = 0;
    std::int64_t factor = 0;
  };
  static bool eliminate(Row& row, const Row& pivot, std::size_t cell);
  std::vector<Row> eliminate_unknown(std::vector<Row> rows, const std::vector<bool>& is_known);
  void index(const std::vector<Term>& terms, std::size_t cells);
  void find_families();

  std::vector<std::int64_t> residuals_;
  std::vector<std::int32_t> identity_;
  RowMask failing_ = 0;
  std::vector<RowMask> masks_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> first_entry_;
  std::vector<std::uint16_t> touching_;
  std::vector<std::int64_t> factors_;
  std::vector<std::size_t> first_touching_;
  std::vector<RowMask> neighbours_;
  std::vector<RowMask> families_;  // of rows without a common cell; all rows stand in one
  std::size_t widest_ = 0;
  bool is_complete_ = true;
  bool is_plain_ = true;
};

}  // namespace gouji::validator
