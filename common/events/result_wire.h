// Rule results as bytes of ReportVerdict.results, without a message object for each of the hundred
// that a report has. Internal to common/events.
#pragma once

#include <string>
#include <vector>

#include "common/report/verdict.h"

namespace gouji::events {

// The field as protobuf writes it; it may stand between the bytes of the fields before and behind it.
std::string results_field(const std::vector<RuleResult>& results);

}  // namespace gouji::events
