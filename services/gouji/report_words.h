// The closed sets of the events in words for people; Chinese is the default. The codes themselves
// stand in the JSON output and in the documentation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/reading.h"
#include "common/report/verdict.h"
#include "services/gouji/language.h"

namespace gouji::command {

std::string_view severity_word(Severity severity, Language language);  // 错误
std::string_view fault_word(Fault fault, Language language);
std::string_view transition_word(Transition transition, Language language);
std::string_view mechanism_word(Mechanism mechanism, Language language);
std::string_view table_word(TableId table, Language language);  // 表三 依申请公开
std::string_view status_word(TableStatus status, Language language);
std::string_view state_word(CellState state, Language language);
// Of a reason's code, in Chinese; empty where the set has none.
std::string_view reason_word(std::string_view code);
// Whether a document was read, for people; the code is status_of() of report_json.h.
std::string_view outcome_word(std::string_view status, Language language);
// "文件为空 / the document is empty" in one language. A message that is no such pair, or whose details
// stand in one half only, stays as it is.
std::string one_language(std::string_view message, Language language);
// What a rule checks, for one instance or, without one, in general.
std::string rule_words(std::string_view rule, const std::optional<std::string>& instance, Language language);
// Nothing across years and little of the prose can be checked then; the user can say whose report it is.
std::string_view unidentified_words(Language language);
// What could not be checked and why: a line for each rule and reason.
std::vector<std::string> not_checked_lines(const Verdict& verdict, Language language);
// "EMPTY" and its message as one line: 文件为空（EMPTY）.
std::string reason_line(const Reason& reason, Language language);

}  // namespace gouji::command
