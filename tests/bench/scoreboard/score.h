// Counts how a reading compares with the truth: cells right, wrong, invented and missed, organ, year.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/report/reading.h"
#include "tests/bench/scoreboard/truth.h"

namespace gouji::scoreboard {

struct Tally {
  int right = 0;     // the value, or the state of a cell without one
  int wrong = 0;     // a number where the document has another
  int invented = 0;  // a number where it has none
  int missed = 0;    // a number or a blank cell that was not read
  void add(const Tally& other);
  bool is_clean() const { return wrong == 0 && invented == 0 && missed == 0; }
  int cells() const { return right + wrong + missed; }
};

// The same for a field of which a document has one or none; `right` also where both have none.
struct FieldTally {
  int right = 0, wrong = 0, invented = 0, missed = 0;
  int documents() const { return right + wrong + invented + missed; }
  void add(const FieldTally& other);
};

struct Score {
  int documents = 0, read = 0;
  int status_right = 0;  // of table 2, where the truth has one
  int pre_2019_right = 0;
  FieldTally organ, year;
  Tally cells;
};

// By format and layout ("text", "A3 pipes").
using Scores = std::map<std::pair<std::string, std::string>, Score>;

Tally score_table(const TableReading& table, const TrueTable& truth, bool is_verbose);

// Reads the document and adds what came of it.
void score_document(std::string_view bytes, const Truth& truth, bool is_verbose, Score& score);

void print_score(std::string_view name, const Score& score);
// A markdown table with a line for each format and layout and one for all.
void print_table(const Scores& scores);

}  // namespace gouji::scoreboard
