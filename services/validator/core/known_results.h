// Lists of results in which nothing fails, made once for each list that occurs: nearly all reports
// have one of a few. A report then names its list, and neither builds, copies nor encodes the results.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/report/verdict.h"
#include "services/validator/core/checked.h"

namespace gouji::validator {

// Every SharedResults of a verdict of this program is one of these.
struct KnownResults : SharedResults {
  std::vector<Mark> marks;
  std::string digested;      // what result_digest reads of them
  bool is_of_table = false;  // all rules of one table, and all pass
};

// Lists that are told apart; a report with one more spells its results out.
inline constexpr std::size_t kKnownListsMax = 1'024;

// The results in order: as a list that is known, or each by its name.
struct ResultList {
  const KnownResults* known = nullptr;
  std::vector<RuleResult> results;  // empty where `known` is not

  const std::vector<RuleResult>& in_order() const { return known != nullptr ? known->results : results; }
};
// Thread-safe; a known list is never changed and never gone.
ResultList list_of(const std::vector<Said>& said);

// What result_digest reads of one result.
void add_digested(const RuleResult& result, std::string& text);
void add_digested(std::span<const Cell> cells, std::string& text);

}  // namespace gouji::validator
