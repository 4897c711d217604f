// Messages that several events share, between plain structs and protobuf. Internal to common/events.
#pragma once

#include <string>
#include <string_view>

#include "common/core/record.h"
#include "common/events/enums.h"
#include "common/report/cell.h"
#include "common/report/ledger.h"
#include "common/report/reading.h"
#include "common/report/verdict.h"

namespace gouji::events {

inline constexpr std::size_t kMessageBytesMax = 64 * 1024 * 1024;

template <typename Message>
Result<Message> parse_message(std::string_view bytes) {
  Message message;
  if (bytes.size() > kMessageBytesMax || !message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return invalid_input(ErrorCode::kMalformed, "not a " + message.GetTypeName());
  return message;
}

template <typename Message>
Result<Message> parse_value(const Record& record) {
  if (!record.value) return invalid_input(ErrorCode::kMalformed, "a record without a value");
  return parse_message<Message>(*record.value);
}
// Into a message that exists already, on an arena for example.
template <typename Message>
Result<void> parse_into(std::string_view bytes, Message* message) {
  if (bytes.size() > kMessageBytesMax || !message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return invalid_input(ErrorCode::kMalformed, "not a " + message->GetTypeName());
  return ok();
}

void to_proto(const ReportKey& key, pb::ReportKey* out);
Result<ReportKey> from_proto(const pb::ReportKey& in);
void to_proto(const Where& where, pb::Where* out);
Where from_proto(const pb::Where& in);
void to_proto(const Evidence& evidence, pb::Evidence* out);
Evidence from_proto(const pb::Evidence& in);

// Of TableReading and LedgerTable: the columns that both have.
template <typename AnyTable>
void table_to_proto(const AnyTable& table, pb::Table* out) {
  out->set_table(to_proto(kTableIds, table.table));
  out->set_status(to_proto(kTableStatuses, table.status));
  out->set_edition(to_proto(kEditions, table.edition));
  out->set_money_unit(to_proto(kMoneyUnits, table.money_unit));
  out->mutable_states()->Reserve(static_cast<int>(table.cells.size()));
  out->mutable_values()->Reserve(static_cast<int>(table.cells.size()));
  for (const Cell& cell : table.cells) {
    out->add_states(to_proto(kCellStates, cell.state));
    out->add_values(cell.value);
  }
}
// Checks that the columns have the size of the form, or are empty where the status says so.
Result<LedgerTable> from_proto(const pb::Table& in);

// Fills the columns of all cells; one that is empty stands for zeros.
Result<void> provenance_from_proto(const pb::CellProvenance& in, TableReading* table);
void to_proto(const Reading& reading, pb::ReportParsed* out);
Result<Reading> from_proto(const pb::ReportParsed& in);

void to_proto(const RuleResult& result, pb::RuleResult* out);
Result<RuleResult> from_proto(const pb::RuleResult& in);
Result<Cell> cell_from(int state, std::int64_t value);

}  // namespace gouji::events
