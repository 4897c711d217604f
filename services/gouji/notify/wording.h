// What is said of an anomaly to people: the sentences that every receiver's shape is made of.
#pragma once

#include <string>
#include <vector>

#include "common/report/verdict.h"
#include "services/gouji/language.h"
#include "services/gouji/notify/message.h"

namespace gouji::command {

// Without repeats, in the order of the findings.
std::vector<std::string> rules_of(const Anomaly& anomaly);
// "表三 … × 总计：90 → 98", at most six.
std::vector<std::string> change_lines(const Anomaly& anomaly, Language language);
// "【勾稽异常】某市教育局 2025"
std::string headline(const Notice& notice, Language language);
// What is wrong, or how it ended.
std::string happening(const Notice& notice, Language language);
// What whoever reads it is to do; empty where there is nothing.
std::string advice(const Notice& notice, Language language);

}  // namespace gouji::command
