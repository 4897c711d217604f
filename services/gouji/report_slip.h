// 更正建议单: one slip an anomaly, for the office that owns the report, ready to print.
#pragma once

#include <string>

#include "services/gouji/language.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

// One line where there is nothing to correct, or where the document was not read.
std::string correction_slips(const CheckedDocument& document, Language language);

}  // namespace gouji::command
