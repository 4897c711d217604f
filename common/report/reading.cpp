#include "common/report/reading.h"

namespace gouji {

std::string_view to_string(TableStatus status) {
  switch (status) {
    case TableStatus::kAbsent: return "ABSENT";
    case TableStatus::kRead: return "READ";
    case TableStatus::kPartial: return "PARTIAL";
    case TableStatus::kNotInText: return "NOT_IN_TEXT";
    case TableStatus::kUnreadable: return "UNREADABLE";
  }
  return "";
}

}  // namespace gouji
