// N.SUM and N.SHARE: what a sentence of the prose states of its own numbers. Only sentences whose
// structure leaves no doubt are looked at; lists need not be complete, and channels overlap.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "common/report/reading.h"
#include "services/validator/core/checked.h"

namespace gouji::validator {

// One result a rule: the first sentence that fails, with the number of further ones.
std::vector<Said> prose_sum_results(const Reading& reading);

// What one sentence says, for tests: nullopt = it states nothing of the kind.
std::optional<bool> parts_fit_whole(std::string_view sentence);
std::optional<bool> share_fits(std::string_view sentence);

}  // namespace gouji::validator
