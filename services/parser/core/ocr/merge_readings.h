// Two readings of the same tables, by readers that fail in different ways, to one.
#pragma once

#include <string_view>
#include <vector>

#include "common/report/reading.h"

namespace gouji::parser {

struct NamedTables {
  const std::vector<TableReading>& tables;
  std::string_view reader;  // "ocr.chi_sim", for alternative readings
};

// A cell that both read alike stays and has two witnesses. One that they read differently, or that
// only one could read, is UNREADABLE, and each number that was read stands as an alternative. Blank is
// only what both see blank. Where one reader finds no table, or one of another edition, the other's
// stands, and every figure in it is UNREADABLE with its value as the alternative.
std::vector<TableReading> merge_readings(const NamedTables& first, const NamedTables& second);

}  // namespace gouji::parser
