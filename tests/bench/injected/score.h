// How well answers find the injected errors, by mechanism.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/injected/documents.h"

namespace gouji::injected {

struct Score {
  std::string mechanism;
  // Cases in which the injected changes are a smallest explanation.
  int cases = 0;
  int listed = 0;         // the injected changes are one of the explanations of each cause
  int first = 0;          // and the first
  int cases_unique = 0;   // by brute force there is no other of that size
  int first_unique = 0;   // of these: the first
  int called_unique = 0;  // every cause is called unique
  int wrong_unique = 0;   // of these: not the injected changes
  int sizes = 0;          // called exhaustive, and counted by brute force
  int right_sizes = 0;    // of these: as many explanations as brute force finds
  // The rest: a smaller explanation exists, or none is needed, or that was not decided.
  int cases_apart = 0;
  int listed_apart = 0;
  // Of all cases.
  int silent = 0;             // nothing is said to be wrong
  double cells_accused = 0;   // different cells in all explanations
};

// One for each mechanism that occurs, in order of first occurrence; the last is of all of them.
// A document without an answer counts as silent.
std::vector<Score> score(const std::vector<Expected>& expected, const std::vector<Answer>& answers);

// The scores as a table for people.
std::string score_text(const std::vector<Score>& scores);

}  // namespace gouji::injected
