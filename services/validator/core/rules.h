// The rules as data: what each checks, why it may, how bad a failure is, and how it is said. They
// stand in rules.json, embedded at build; arithmetic rules get one instance per identity of a form
// (common/report/identity.h).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/report/verdict.h"

namespace gouji::validator {

// Where a rule comes from.
enum class Basis : std::uint8_t {
  kPrinted,   // stands in the form or the regulation
  kDerived,   // follows from the form's headings
  kInferred,  // assumed: never more than a warning
};
std::string_view to_string(Basis basis);  // "PRINTED"

struct Rule {
  std::string id;  // "T3.BALANCE"; never changes its meaning
  std::int32_t version = 1;
  Severity severity = Severity::kError;  // of a failure, unless the result says otherwise
  Category category = Category::kArithmetic;
  Basis basis = Basis::kPrinted;
  std::string notice;   // the notice or regulation
  std::string wording;  // its words
  std::string applies_zh, applies_en;
  // What holds when it passes, with {instance}.
  std::string name_zh, name_en;
  // A failure in a sentence. Names in braces: instance, difference, distance, more_or_less, cells,
  // text, year, limit, organ, and 0 to 3 for the values of operands.
  std::string message_zh, message_en;
  std::string example_zh, example_en;
};

class RuleSet {
 public:
  // Reports every mistake of the data at once, each with rule and line.
  static Result<RuleSet> parse(std::string_view json);

  std::int32_t version() const { return version_; }
  const std::vector<Rule>& rules() const { return rules_; }  // sorted by id
  // nullptr when there is none of that id.
  const Rule* find(std::string_view id) const;

 private:
  RuleSet() = default;
  std::int32_t version_ = 0;
  std::vector<Rule> rules_;
  std::vector<std::uint16_t> places_;  // by hash of the id: place in rules_ plus one, or 0
};

// The embedded rules, checked at the first call (a mistake stops the process); thread-safe.
const RuleSet& rule_set();
// Other severities for rules, by id: lines of "T2.UNIT = info", # starts a comment. Ids, messages and
// meaning stay. Every mistake at once, each with its line.
using SeverityOverrides = std::map<std::string, Severity, std::less<>>;
Result<SeverityOverrides> parse_severities(std::string_view text);
// From now on, for the whole process; to be called before the first report is judged, because the
// overrides are part of rule_set_version().
void set_severities(SeverityOverrides overrides);
// The severity of a failure of this rule under the overrides in force.
Severity severity_of(std::string_view rule_id, Severity otherwise);
void set_severity(RuleResult& result);
bool has_overrides();

// A rule that this program names itself.
const Rule& rule(std::string_view id);

// Digits before the "+" of a rule_set_version(); 0 when there are none.
std::int32_t rule_set_number(std::string_view rule_set_version);

}  // namespace gouji::validator
