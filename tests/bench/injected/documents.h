// The files of the benchmark of injected errors, one JSON object a line; README.md describes them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gouji::injected {

using Values = std::map<std::string, std::int64_t>;  // by cell id, "t3.new.natural_person"

struct Document {
  std::string id;
  int edition = 2021;                                       // of table 3
  std::map<std::string, std::optional<std::int64_t>> cells;  // of tables 3 and 4; nullopt is a blank cell
};

struct Expected {
  std::string id;
  std::string mechanism;
  std::string grid;
  Values repair;  // the right values of the cells that were changed
  // No smaller set of changes makes every identity hold; nullopt where that was not decided.
  std::optional<bool> is_minimal;
  std::optional<std::int64_t> optima;  // sets of that size by brute force, where it was tried
};

struct AnsweredCause {
  bool unique = false;
  bool exhaustive = false;
  std::vector<Values> explanations;  // best first
};
struct Answer {
  std::string id;
  std::vector<AnsweredCause> causes;  // none = nothing is wrong
};

std::string line_of(const Document& document);
std::string line_of(const Expected& expected);
std::string line_of(const Answer& answer);

// Throw std::runtime_error with the number of the line that cannot be read.
std::vector<Document> documents_from(std::string_view lines);
std::vector<Expected> expected_from(std::string_view lines);
std::vector<Answer> answers_from(std::string_view lines);

}  // namespace gouji::injected
