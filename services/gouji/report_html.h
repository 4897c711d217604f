// `gouji check --format html`: one self-contained page, without scripts and without anything from
// elsewhere. Whatever the documents say is escaped.
#pragma once

#include <string>

#include "services/gouji/language.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

std::string html_begin(Language language);
std::string html_section(const CheckedDocument& document, Language language);
std::string html_end(Language language);

// & < > " ' as references; bytes that are not UTF-8 stay the caller's business.
std::string html_escaped(std::string_view text);

}  // namespace gouji::command
