// What `gouji check` prints for people: what was read, what is wrong and what could not be checked.
#pragma once

#include <string>

#include "services/gouji/language.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

// With colour: escape sequences of a terminal.
std::string check_text(const CheckedDocument& document, Language language, bool colour = false);

}  // namespace gouji::command
