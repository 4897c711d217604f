// One line of `gouji check --format json` (docs/cli.md has the contract).
#pragma once

#include <string>

#include "common/report/reading.h"
#include "services/validator/core/judge.h"

namespace gouji::command {

struct CheckedDocument {
  std::string source;  // as given
  std::string sha256;
  std::string media_type;  // of a document that was not read
  ReadOutcome outcome;
  validator::Judgement judgement;  // empty unless it was read
};

std::string check_json(const CheckedDocument& document);
// "PARSED", "PARTIAL", "NOT_A_REPORT", "REJECTED".
std::string_view status_of(const ReadOutcome& outcome);
// The verdict on the document itself; nullptr where there is none.
const Verdict* verdict_of(const validator::Judgement& judgement);
// A value as the document has it: an integer, or a decimal string for money.
std::string printed_value(const TableReading& table, std::uint16_t cell);

}  // namespace gouji::command
