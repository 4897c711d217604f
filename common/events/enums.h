// Enums between plain structs and protobuf. Internal to common/events.
#pragma once

#include <iterator>
#include <utility>

#include "common/core/check.h"
#include "common/core/result.h"
#include "common/report/raw_report.h"
#include "common/report/reading.h"
#include "common/report/source_health.h"
#include "common/report/verdict.h"
#include "gouji/v1/anomaly.pb.h"
#include "gouji/v1/form.pb.h"
#include "gouji/v1/raw_report.pb.h"
#include "gouji/v1/report_parsed.pb.h"
#include "gouji/v1/report_verdict.pb.h"
#include "gouji/v1/source_health.pb.h"

namespace gouji::events {

namespace pb = ::gouji::v1;

template <typename Plain, typename Proto>
struct EnumPair {
  Plain plain;
  Proto proto;
};

// One table an enum; every plain value stands in it.
inline constexpr EnumPair<Scope, pb::Scope> kScopes[] = {
    {Scope::kUnknown, pb::SCOPE_UNSPECIFIED},
    {Scope::kOwn, pb::SCOPE_OWN},
    {Scope::kAggregate, pb::SCOPE_AGGREGATE},
    {Scope::kSystem, pb::SCOPE_SYSTEM}};
inline constexpr EnumPair<TableId, pb::TableId> kTableIds[] = {
    {TableId::kT2, pb::TABLE_ID_T2}, {TableId::kT3, pb::TABLE_ID_T3}, {TableId::kT4, pb::TABLE_ID_T4}};
inline constexpr EnumPair<Edition, pb::Edition> kEditions[] = {{Edition::k2019, pb::EDITION_2019},
                                                               {Edition::k2021, pb::EDITION_2021}};
inline constexpr EnumPair<TableStatus, pb::TableStatus> kTableStatuses[] = {
    {TableStatus::kAbsent, pb::TABLE_STATUS_ABSENT},
    {TableStatus::kRead, pb::TABLE_STATUS_READ},
    {TableStatus::kPartial, pb::TABLE_STATUS_PARTIAL},
    {TableStatus::kNotInText, pb::TABLE_STATUS_NOT_IN_TEXT},
    {TableStatus::kUnreadable, pb::TABLE_STATUS_UNREADABLE}};
inline constexpr EnumPair<CellState, pb::CellState> kCellStates[] = {
    {CellState::kAbsent, pb::CELL_STATE_ABSENT}, {CellState::kNumber, pb::CELL_STATE_NUMBER},
    {CellState::kBlank, pb::CELL_STATE_BLANK},   {CellState::kNil, pb::CELL_STATE_NIL},
    {CellState::kText, pb::CELL_STATE_TEXT},     {CellState::kUnreadable, pb::CELL_STATE_UNREADABLE}};
inline constexpr EnumPair<MoneyUnit, pb::MoneyUnit> kMoneyUnits[] = {
    {MoneyUnit::kNotStated, pb::MONEY_UNIT_UNSPECIFIED}, {MoneyUnit::kWanYuan, pb::MONEY_UNIT_WAN_YUAN}};
inline constexpr EnumPair<ReadingStatus, pb::ReadingStatus> kReadingStatuses[] = {
    {ReadingStatus::kParsed, pb::READING_STATUS_PARSED}, {ReadingStatus::kPartial, pb::READING_STATUS_PARTIAL}};
inline constexpr EnumPair<WithdrawalReason, pb::WithdrawalReason> kWithdrawalReasons[] = {
    {WithdrawalReason::kUnspecified, pb::WITHDRAWAL_REASON_UNSPECIFIED},
    {WithdrawalReason::kGone, pb::WITHDRAWAL_REASON_GONE},
    {WithdrawalReason::kFileDeleted, pb::WITHDRAWAL_REASON_FILE_DELETED}};
inline constexpr EnumPair<Severity, pb::Severity> kSeverities[] = {
    {Severity::kInfo, pb::SEVERITY_INFO},
    {Severity::kWarning, pb::SEVERITY_WARNING},
    {Severity::kError, pb::SEVERITY_ERROR}};
inline constexpr EnumPair<RuleStatus, pb::RuleStatus> kRuleStatuses[] = {
    {RuleStatus::kPassed, pb::RULE_STATUS_PASSED},
    {RuleStatus::kFailed, pb::RULE_STATUS_FAILED},
    {RuleStatus::kNotApplicable, pb::RULE_STATUS_NOT_APPLICABLE}};
inline constexpr EnumPair<Category, pb::Category> kCategories[] = {
    {Category::kArithmetic, pb::CATEGORY_ARITHMETIC},
    {Category::kStructure, pb::CATEGORY_STRUCTURE},
    {Category::kCrossYear, pb::CATEGORY_CROSS_YEAR},
    {Category::kNarrative, pb::CATEGORY_NARRATIVE},
    {Category::kTimeliness, pb::CATEGORY_TIMELINESS}};
inline constexpr EnumPair<Fault, pb::Fault> kFaults[] = {{Fault::kPublisher, pb::FAULT_PUBLISHER},
                                                         {Fault::kExtraction, pb::FAULT_EXTRACTION},
                                                         {Fault::kForm, pb::FAULT_FORM},
                                                         {Fault::kUndecided, pb::FAULT_UNDECIDED}};
inline constexpr EnumPair<Transition, pb::Transition> kTransitions[] = {
    {Transition::kOpened, pb::TRANSITION_OPENED},
    {Transition::kChanged, pb::TRANSITION_CHANGED},
    {Transition::kResolved, pb::TRANSITION_RESOLVED},
    {Transition::kRetracted, pb::TRANSITION_RETRACTED}};
inline constexpr EnumPair<Mechanism, pb::Mechanism> kMechanisms[] = {
    {Mechanism::kOther, pb::MECHANISM_OTHER},
    {Mechanism::kDigitChanged, pb::MECHANISM_DIGIT_CHANGED},
    {Mechanism::kDigitDropped, pb::MECHANISM_DIGIT_DROPPED},
    {Mechanism::kDigitDoubled, pb::MECHANISM_DIGIT_DOUBLED},
    {Mechanism::kDigitsTransposed, pb::MECHANISM_DIGITS_TRANSPOSED},
    {Mechanism::kDigitsSplitOrMerged, pb::MECHANISM_DIGITS_SPLIT_OR_MERGED},
    {Mechanism::kNeighbourCopied, pb::MECHANISM_NEIGHBOUR_COPIED},
    {Mechanism::kRowShifted, pb::MECHANISM_ROW_SHIFTED},
    {Mechanism::kColumnShifted, pb::MECHANISM_COLUMN_SHIFTED},
    {Mechanism::kMovedInRow, pb::MECHANISM_MOVED_IN_ROW},
    {Mechanism::kMovedInColumn, pb::MECHANISM_MOVED_IN_COLUMN},
    {Mechanism::kTotalNotUpdated, pb::MECHANISM_TOTAL_NOT_UPDATED},
    {Mechanism::kTotalDoubled, pb::MECHANISM_TOTAL_DOUBLED},
    {Mechanism::kBlankForZero, pb::MECHANISM_BLANK_FOR_ZERO}};
inline constexpr EnumPair<SourceState, pb::SourceState> kSourceStates[] = {
    {SourceState::kActive, pb::SOURCE_STATE_ACTIVE},
    {SourceState::kDegraded, pb::SOURCE_STATE_DEGRADED},
    {SourceState::kBlocked, pb::SOURCE_STATE_BLOCKED}};
inline constexpr EnumPair<ExpectationState, pb::ExpectationState> kExpectationStateNames[] = {
    {ExpectationState::kAwaited, pb::EXPECTATION_STATE_AWAITED},
    {ExpectationState::kSeen, pb::EXPECTATION_STATE_SEEN},
    {ExpectationState::kLate, pb::EXPECTATION_STATE_LATE},
    {ExpectationState::kOverdue, pb::EXPECTATION_STATE_OVERDUE},
    {ExpectationState::kGone, pb::EXPECTATION_STATE_GONE}};

template <typename Plain, typename Proto, std::size_t N>
Proto to_proto(const EnumPair<Plain, Proto> (&table)[N], Plain value) {
  for (const auto& pair : table)
    if (pair.plain == value) return pair.proto;
  GOUJI_CHECK(false);
}

// An unknown value comes from a newer schema, or from bytes that are none of ours.
template <typename Plain, typename Proto, std::size_t N>
Result<Plain> from_proto(const EnumPair<Plain, Proto> (&table)[N], int value) {
  for (const auto& pair : table)
    if (static_cast<int>(pair.proto) == value) return pair.plain;
  return invalid_input(ErrorCode::kUnknownVersion,
                       "enum value " + std::to_string(value) + " is not known to this version");
}

}  // namespace gouji::events
