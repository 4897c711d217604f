#include "services/validator/core/checked.h"

#include <utility>

#include "services/validator/core/rules.h"

namespace gouji::validator {
namespace {

Checked result_of(std::string_view id, std::string instance, RuleStatus status, Reason reason = Reason::kNone) {
  const Rule& of = rule(id);
  return {{of.id, std::move(instance), status, std::string(to_string(reason)), of.severity, {}, std::nullopt}, {}, {}, {}};
}

}  // namespace

Checked passed(std::string_view rule_id, std::string instance) {
  return result_of(rule_id, std::move(instance), RuleStatus::kPassed);
}

Checked not_applicable(std::string_view rule_id, Reason reason, std::string instance) {
  return result_of(rule_id, std::move(instance), RuleStatus::kNotApplicable, reason);
}

Checked failed(std::string_view rule_id, std::string instance, std::string zh, std::string en) {
  Checked checked = result_of(rule_id, std::move(instance), RuleStatus::kFailed);
  checked.text_zh = std::move(zh);
  checked.text_en = std::move(en);
  return checked;
}

}  // namespace gouji::validator
