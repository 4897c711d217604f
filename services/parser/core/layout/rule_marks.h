// The places where rules stand on a page: heights and sides that differ by more than drawing does,
// and between them which pieces are drawn.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "services/parser/core/layout/page_ink.h"

namespace gouji::parser {

// Rules nearer than this are one rule, drawn twice or in pieces.
inline constexpr float kSnap = 2.5F;

struct RuleMarks {
  std::vector<float> across;  // heights of horizontal rules and of the ends of vertical ones
  std::vector<float> down;    // sides of vertical rules and of the ends of horizontal ones
  // Piece [i][j]: rule i of `across` between down[j] and down[j + 1], and the other way round.
  std::vector<std::uint8_t> across_drawn;
  std::vector<std::uint8_t> down_drawn;
  bool is_cut = false;  // more places than the limit; nothing is marked

  std::size_t across_at(std::size_t rule, std::size_t piece) const { return rule * down.size() + piece; }
  std::size_t down_at(std::size_t rule, std::size_t piece) const { return rule * across.size() + piece; }
};

RuleMarks mark_rules(const PageInk& ink, std::uint32_t places_max);

}  // namespace gouji::parser
