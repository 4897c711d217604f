// Numbers that the prose states, with what they may mean in the tables. The parser lists readings;
// whether one fits is for the rules to say.
#pragma once

#include <cstddef>
#include <vector>

#include "common/markup/document.h"
#include "common/report/reading.h"
#include "services/parser/core/prose.h"

namespace gouji::parser {

inline constexpr std::size_t kClaimsMax = 200;
inline constexpr std::size_t kClaimBytesMax = 400;

// At most kClaimsMax claims, those about requests, review and litigation first where there are more.
// Readings use the rows of the tables' editions.
std::vector<Claim> read_claims(const Document& document, const std::vector<Sentence>& prose,
                               const std::vector<TableReading>& tables);

}  // namespace gouji::parser
