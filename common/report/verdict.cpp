#include "common/report/verdict.h"

namespace gouji {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kInfo: return "info";
    case Severity::kWarning: return "warning";
    case Severity::kError: return "error";
  }
  return "";
}

std::string_view to_string(Category category) {
  switch (category) {
    case Category::kArithmetic: return "ARITHMETIC";
    case Category::kStructure: return "STRUCTURE";
    case Category::kCrossYear: return "CROSS_YEAR";
    case Category::kNarrative: return "NARRATIVE";
    case Category::kTimeliness: return "TIMELINESS";
  }
  return "";
}

std::string_view to_string(RuleStatus status) {
  switch (status) {
    case RuleStatus::kPassed: return "PASSED";
    case RuleStatus::kFailed: return "FAILED";
    case RuleStatus::kNotApplicable: return "NOT_APPLICABLE";
  }
  return "";
}

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kUndecided: return "UNDECIDED";
    case Fault::kPublisher: return "PUBLISHER";
    case Fault::kExtraction: return "EXTRACTION";
    case Fault::kForm: return "FORM";
  }
  return "";
}

std::string_view to_string(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::kOther: return "OTHER";
    case Mechanism::kDigitChanged: return "DIGIT_CHANGED";
    case Mechanism::kDigitDropped: return "DIGIT_DROPPED";
    case Mechanism::kDigitDoubled: return "DIGIT_DOUBLED";
    case Mechanism::kDigitsTransposed: return "DIGITS_TRANSPOSED";
    case Mechanism::kDigitsSplitOrMerged: return "DIGITS_SPLIT_OR_MERGED";
    case Mechanism::kNeighbourCopied: return "NEIGHBOUR_COPIED";
    case Mechanism::kRowShifted: return "ROW_SHIFTED";
    case Mechanism::kColumnShifted: return "COLUMN_SHIFTED";
    case Mechanism::kMovedInRow: return "MOVED_IN_ROW";
    case Mechanism::kMovedInColumn: return "MOVED_IN_COLUMN";
    case Mechanism::kTotalNotUpdated: return "TOTAL_NOT_UPDATED";
    case Mechanism::kTotalDoubled: return "TOTAL_DOUBLED";
    case Mechanism::kBlankForZero: return "BLANK_FOR_ZERO";
  }
  return "";
}

std::string_view to_string(Transition transition) {
  switch (transition) {
    case Transition::kOpened: return "opened";
    case Transition::kChanged: return "changed";
    case Transition::kResolved: return "resolved";
    case Transition::kRetracted: return "retracted";
  }
  return "";
}

Result<Severity> severity_from(std::string_view name) {
  for (const Severity severity : {Severity::kInfo, Severity::kWarning, Severity::kError})
    if (to_string(severity) == name) return severity;
  return invalid_input(ErrorCode::kBadArgument,
                       "severity \"" + std::string(name) + "\" is not known; known are error, warning, info");
}

void name_shared(Verdict& verdict) {
  for (auto place = verdict.shared.rbegin(); place != verdict.shared.rend(); ++place)
    verdict.results.insert(verdict.results.begin() + static_cast<std::ptrdiff_t>(place->before), place->list->results.begin(),
                           place->list->results.end());
  verdict.shared.clear();
}

}  // namespace gouji
