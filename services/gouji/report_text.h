// What `gouji check` prints for people: what was read, what is wrong and what could not be checked.
#pragma once

#include <string>

#include "services/gouji/language.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

std::string check_text(const CheckedDocument& document, Language language);
// "error" as 错误, and so on.
std::string_view severity_word(Severity severity, Language language);

}  // namespace gouji::command
