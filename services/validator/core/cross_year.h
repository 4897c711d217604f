// The rules that compare a report with the one of the year before. They need cells only, so they
// are evaluated again from the ledger whenever a neighbouring year arrives, changes or goes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/report/ledger.h"
#include "common/report/verdict.h"
#include "services/validator/core/checked.h"
#include "services/validator/core/judge.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {

inline constexpr Scope kEveryScope[] = {Scope::kUnknown, Scope::kOwn, Scope::kAggregate, Scope::kSystem};

// The ledger as it will be once the judgement in hand is taken over. Reads each key once.
class LedgerView {
 public:
  explicit LedgerView(const History& history) : history_(history) {}

  const LedgerEntry* find(const ReportKey& key);
  LedgerEntry& put(LedgerEntry entry);
  std::optional<LedgerEntry> take(const ReportKey& key);
  // Entries of an organ's year that stand at some address, in the order of kEveryScope.
  std::vector<const LedgerEntry*> live(const std::string& organ_id, std::int32_t year);

 private:
  const History& history_;
  struct Slot {
    ReportKey key;
    std::unique_ptr<LedgerEntry> entry;  // null where the history has none
  };
  Slot& slot(const ReportKey& key);
  Slot* known(const std::string& organ_id, std::int32_t year, Scope scope);

  // A dozen at most: an organ's years beside this one, in every scope.
  std::vector<Slot> slots_;
};

// The report of the year before that may be compared, or why there is none. Two reports compare
// when their scopes are the same and known, or when each is the only one of its year and one or
// both scopes are unknown.
struct Previous {
  const LedgerEntry* entry = nullptr;
  Reason reason = Reason::kNone;
};
Previous previous_report(LedgerView& ledger, const ReportKey& key);
// The report of the year after whose previous one this is; nullptr when there is none.
const LedgerEntry* next_report(LedgerView& ledger, const ReportKey& key);

// X.* on `entry`. Rules that do not apply as a whole give one result without instance.
void add_cross_year_results(const LedgerEntry& entry, const Previous& previous, std::vector<Said>& results);

}  // namespace gouji::validator
