// The equations that a table must satisfy (勾稽关系), generated from the form. A residual is what
// is left when the equation is evaluated; zero means that it holds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/report/cell.h"
#include "common/report/form.h"

namespace gouji {

// Sum of `plus` cells minus sum of `minus` cells = 0.
struct Identity {
  std::string rule;      // "T3.BALANCE", "T3.ROW_SUM", "T3.OUTCOME_SUM", "T4.SUM"
  std::string instance;  // the column, row or group it is about: "natural_person"
  std::vector<std::uint16_t> plus;   // the parts
  std::vector<std::uint16_t> minus;  // the whole
};

// All identities of a form, in a fixed order: 37 for t3/2019, 39 for t3/2021, 3 for t4, none for t2.
const std::vector<Identity>& identities(const Form& form);

// plus - minus when every cell is a number; nullopt when one is not, or on overflow.
std::optional<std::int64_t> residual(const Identity& identity, std::span<const Cell> cells);

}  // namespace gouji
