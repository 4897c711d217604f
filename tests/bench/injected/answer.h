// Who answers the benchmark: the validator, and two ways without a solver to compare it with.
#pragma once

#include "tests/bench/injected/documents.h"

namespace gouji::injected {

Answer answer_of_validator(const Document& document);
// Accuses every cell of every failing equation, with the value that this one equation asks for.
Answer answer_of_every_cell(const Document& document);
// Believes the parts: the total of every failing equation is replaced by their sum.
Answer answer_of_totals(const Document& document);

}  // namespace gouji::injected
