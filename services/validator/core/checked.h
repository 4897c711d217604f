// A rule's result with the words that its message needs, and short ways to write one. What does not
// fail is a mark, which holds no string and allocates nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/report/verdict.h"
#include "services/validator/core/rules.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

struct Checked {
  RuleResult result;
  std::string text_zh, text_en;  // {text}
  std::string limit;             // {limit}
};

// A result that is no failure. The instance lives as long as the program: a literal, or a key of a form.
struct Mark {
  const Rule* rule = nullptr;
  std::string_view instance;
  RuleStatus status = RuleStatus::kPassed;
  Reason reason = Reason::kNone;
  Severity severity = Severity::kError;
};
RuleResult named(const Mark& mark);
Checked in_full(const Mark& mark);

// What a rule says: a mark, or all of a failure.
class Said {
 public:
  Said(const Mark& mark) : mark_(mark) {}
  Said(Checked checked) : full_(std::make_unique<Checked>(std::move(checked))) {}

  // nullptr of a mark.
  Checked* full() const { return full_.get(); }
  const Mark& mark() const { return mark_; }
  bool is_failed() const { return full_ && full_->result.status == RuleStatus::kFailed; }
  void override_severity();

 private:
  Mark mark_;
  std::unique_ptr<Checked> full_;
};
RuleResult named(const Said& said);
Checked in_full(const Said& said);
std::vector<Checked> in_full(const std::vector<Said>& said);
std::vector<Checked> failures_of(const std::vector<Said>& said);

Mark passed(std::string_view rule_id, std::string_view instance = "");
Mark not_applicable(std::string_view rule_id, Reason reason, std::string_view instance = "");
Checked failed(std::string_view rule_id, std::string_view instance, std::string zh, std::string en);

}  // namespace gouji::validator
