// A rule's result with the words that its message needs, and short ways to write one.
#pragma once

#include <string>
#include <string_view>

#include "common/report/verdict.h"
#include "services/validator/core/rules.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

struct Checked {
  RuleResult result;
  std::string text_zh, text_en;  // {text}
  std::string limit;             // {limit}
};

Checked passed(std::string_view rule_id, std::string instance = "");
Checked not_applicable(std::string_view rule_id, Reason reason, std::string instance = "");
Checked failed(std::string_view rule_id, std::string instance, std::string zh, std::string en);

}  // namespace gouji::validator
