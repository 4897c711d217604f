// S.DUPLICATE: prose that is last year's, and another organ's name left where the report names its
// author. Much of a report's prose is boilerplate in honest reports too, so only a text that is
// nearly the same and states the very same numbers counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "services/validator/core/checked.h"

namespace gouji::validator {

inline constexpr std::string_view kOrganInstance = "organ";
inline constexpr std::string_view kPreviousInstance = "previous";

// What the ledger keeps of the prose, so that next year's can be compared with it.
TextSketch sketch_of(const std::vector<Section>& sections);

// Share of shingles that two texts have in common, estimated, in percent.
std::int32_t likeness(const TextSketch& a, const TextSketch& b);

// This year's prose against last year's; `before` is nullptr where there is none to compare.
Said previous_text_result(const TextSketch& now, const TextSketch* before, Reason why_none);

// Another organ in front of "…年政府信息公开工作年度报告".
Said other_organ_result(const Reading& reading);

}  // namespace gouji::validator
