// The closed sets of the events in words for people; Chinese is the default. The codes themselves
// stand in the JSON output and in the documentation.
#pragma once

#include <string_view>

#include "common/report/verdict.h"
#include "services/gouji/language.h"

namespace gouji::command {

std::string_view severity_word(Severity severity, Language language);  // 错误
std::string_view fault_word(Fault fault, Language language);
std::string_view mechanism_word(Mechanism mechanism, Language language);
std::string_view table_word(TableId table, Language language);  // 表三 依申请公开
std::string_view status_word(TableStatus status, Language language);
std::string_view state_word(CellState state, Language language);
// Of a reason's code, in Chinese; empty where the set has none.
std::string_view reason_word(std::string_view code);

}  // namespace gouji::command
