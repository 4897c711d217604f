// One document of a report: the body, or one of its attachments, prepared for the interpreter.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/markup/document.h"
#include "common/report/reading.h"
#include "services/parser/core/front_matter.h"
#include "services/parser/core/prose.h"
#include "services/parser/core/sections.h"

namespace gouji::parser {

struct Part {
  // `number` 0 is the body, n the n-th attachment: every place of the document says so afterwards.
  Part(Document from, std::int32_t number);

  // The same document as the second of two readers of a picture sees it: its tables are compared.
  void add_witness(Document from);
  // Reads t2, t3 and t4; see read_tables.
  void read_tables(std::optional<std::int32_t> year);
  bool has_table() const;        // one of them stands in the document as text
  bool has_whole_tables() const; // every one of them was found with cells
  bool has_figures() const;      // a cell holds a number; blank forms are attached to notices

  std::int32_t number = 0;
  Document document;         // its first report, where it has several
  std::string next_report;   // the line that begins the second one
  SectionMap sections;
  FrontMatter front;
  std::vector<Sentence> prose;
  std::vector<TableReading> tables;
  std::optional<Document> witness;
};

// The table stands in the text: read in full, in part, or not at all.
bool stands_in_text(const TableReading& table);
// The table has cells.
bool has_cells(const TableReading& table);

// t2, t3, t4 of the report: each from the first part that has it whole, else in part. The body comes
// first wherever it has cells.
std::vector<TableReading> choose_tables(const std::vector<Part>& parts);

}  // namespace gouji::parser
