// The pages of docs/rules, one a rule, made from the rules themselves.
#pragma once

#include <map>
#include <string>

namespace gouji::command {

// File name → content, README.md among them.
std::map<std::string, std::string> rule_pages();

}  // namespace gouji::command
