#include "common/report/reading.h"

#include "common/report/aid.h"

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

std::string_view to_string(Program program) {
  switch (program) {
    case Program::kPoppler: return "POPPLER";
    case Program::kOcr: return "OCR";
    case Program::kSoffice: return "SOFFICE";
  }
  return "";
}

}  // namespace gouji
