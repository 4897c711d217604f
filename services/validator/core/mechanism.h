// Ranks explanations by how people and programs get figures wrong. Mechanisms rank, they never
// prune: an unlikely explanation stays in the list.
#pragma once

#include <span>
#include <vector>

#include "common/report/verdict.h"
#include "services/validator/core/decoder.h"
#include "services/validator/core/table_checks.h"
#include "services/validator/core/tie_evidence.h"

namespace gouji::validator {

// The prior, highest first; equal explanations keep the order of the form's cells. Copying slips
// that leave their trace in the digits come before slips that any difference could stem from.
//   TOTAL_DOUBLED 90, BLANK_FOR_ZERO 85, DIGIT_DROPPED 80, DIGIT_DOUBLED 75, DIGITS_TRANSPOSED 70,
//   DIGITS_SPLIT_OR_MERGED 65, ROW_SHIFTED and COLUMN_SHIFTED 60, DIGIT_CHANGED 55 (numbers of two
//   and more digits), NEIGHBOUR_COPIED 50, MOVED_IN_ROW 45, MOVED_IN_COLUMN 40,
//   TOTAL_NOT_UPDATED 35, DIGIT_CHANGED 20 (of one digit: every number has such a neighbour),
//   OTHER 10. An explanation of several unrelated changes ranks as its least likely change.
//
// Before the prior comes evidence: what more of it speaks for goes first. Evidence that every
// solution or none agrees with decides nothing and is not named.
std::vector<Explanation> ranked(const TableView& table, Convention convention, const std::vector<Solution>& solutions,
                                std::span<const NamedEvidence> evidence);

}  // namespace gouji::validator
