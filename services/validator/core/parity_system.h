// The equations of a table as a parity system: which cells each touches, and by how much each is
// off. Cells that are not read are eliminated first, so that what is left speaks of read cells only.
#pragma once

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
  std::int64_t residual(std::size_t row) const { return residuals_[row]; }
  // The identity that a row is, kNoIdentity for a combination of several.
  std::int32_t identity(std::size_t row) const { return identity_[row]; }
  RowMask failing() const { return failing_; }
  // Rows that touch a known cell; 0 for cells that no row speaks of.
  RowMask mask(std::uint16_t cell) const { return masks_[cell]; }
  std::span<const Entry> column(std::uint16_t cell) const {
    return std::span(entries_).subspan(first_entry_[cell], first_entry_[cell + 1U] - first_entry_[cell]);
  }
  const std::vector<std::uint16_t>& touching(std::size_t row) const { return touching_[row]; }
  // Most rows that one cell touches.
  int widest() const { return widest_; }
  bool is_complete() const { return is_complete_; }

 private:
  struct Row {
    std::vector<std::int64_t> factors;
    std::int64_t residual = 0;
    std::int32_t identity = kNoIdentity;
  };
  static bool eliminate(Row& row, const Row& pivot, std::size_t cell);
  void eliminate_unknown(std::vector<Row>& rows, const std::vector<bool>& is_known);
  void index(const std::vector<Row>& rows, std::size_t cells);

  std::vector<std::int64_t> residuals_;
  std::vector<std::int32_t> identity_;
  RowMask failing_ = 0;
  std::vector<RowMask> masks_;
  std::vector<Entry> entries_;
  std::vector<std::size_t> first_entry_;
  std::vector<std::vector<std::uint16_t>> touching_;
  int widest_ = 0;
  bool is_complete_ = true;
};

}  // namespace gouji::validator
