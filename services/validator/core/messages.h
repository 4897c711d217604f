// Sentences about anomalies, Chinese and English, that name cells as the form does.
#pragma once

#include <string>
#include <string_view>

#include "common/report/verdict.h"
#include "services/validator/core/diagnosis.h"
#include "services/validator/core/document_checks.h"

namespace gouji::validator {

enum class Language { kChinese, kEnglish };

// "t3.new.total" as 表三“一、本年新收政府信息公开申请数量 × 总计”, or table 3 “…”: the words of the form
// stay Chinese, because they are what stands in the document. "2019:t3.…" with the year in front.
std::string cell_wording(std::string_view cell_id, Language language);
// Column, row or group of a rule as the form words it.
std::string instance_wording(std::string_view rule, const std::string& instance, Language language);

// One failed result, by its rule's message.
std::string failure_message(const Checked& checked, const ReportKey& key, const std::string& organ_name,
                            Language language);
// Failed equations and what explains them.
std::string diagnosis_message(const std::vector<RuleResult>& failed, const Diagnosis& diagnosis, Language language);
// "“总计”一列……之和等于（七）总计：所指的问题在第 3 版中已不存在。", for a transition that closes an anomaly.
std::string closing_message(const Finding& leading, const std::string& resolved_by, Language language);

}  // namespace gouji::validator
