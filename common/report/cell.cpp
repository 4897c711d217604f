#include "common/report/cell.h"

#include <utility>

namespace gouji {
namespace {

constexpr std::pair<CellState, std::string_view> kNames[] = {
    {CellState::kAbsent, "ABSENT"}, {CellState::kNumber, "NUMBER"}, {CellState::kBlank, "BLANK"},
    {CellState::kNil, "NIL"},       {CellState::kText, "TEXT"},     {CellState::kUnreadable, "UNREADABLE"}};

}  // namespace

std::string_view to_string(CellState state) {
  for (const auto& [known, name] : kNames)
    if (known == state) return name;
  return "";
}

Result<CellState> cell_state_from(std::string_view name) {
  for (const auto& [state, known] : kNames)
    if (known == name) return state;
  return invalid_input(ErrorCode::kMalformed, "cell state \"" + std::string(name) + "\" is not known");
}

}  // namespace gouji
