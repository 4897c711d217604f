#include "tests/bench/injected/score.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace gouji::injected {
namespace {

bool is_within(const Values& part, const Values& whole) {
  return std::all_of(part.begin(), part.end(), [&](const auto& each) {
    const auto found = whole.find(each.first);
    return found != whole.end() && found->second == each.second;
  });
}

// Each cause has an explanation within the injected changes, among its first `most`, and together
// they are all of them.
bool has_repair(const Answer& answer, const Values& repair, std::size_t most) {
  std::size_t covered = 0;
  for (const AnsweredCause& cause : answer.causes) {
    const auto end = cause.explanations.begin() +
                     static_cast<std::ptrdiff_t>(std::min(most, cause.explanations.size()));
    const auto found = std::find_if(cause.explanations.begin(), end,
                                    [&](const Values& explanation) { return is_within(explanation, repair); });
    if (found == end) return false;
    covered += found->size();
  }
  return covered == repair.size();
}

std::int64_t combinations(const Answer& answer) {
  std::int64_t count = answer.causes.empty() ? 0 : 1;
  for (const AnsweredCause& cause : answer.causes) count *= static_cast<std::int64_t>(cause.explanations.size());
  return count;
}

std::size_t cells_accused(const Answer& answer) {
  std::set<std::string> cells;
  for (const AnsweredCause& cause : answer.causes)
    for (const Values& explanation : cause.explanations)
      for (const auto& [cell, value] : explanation) cells.insert(cell);
  return cells.size();
}

bool all_causes(const Answer& answer, bool AnsweredCause::* say) {
  return !answer.causes.empty() &&
         std::all_of(answer.causes.begin(), answer.causes.end(), [&](const AnsweredCause& cause) { return cause.*say; });
}

void count_minimal(const Expected& expected, const Answer& answer, Score& score) {
  const bool is_listed = has_repair(answer, expected.repair, SIZE_MAX);
  const bool is_first = has_repair(answer, expected.repair, 1);
  ++score.cases;
  score.listed += is_listed ? 1 : 0;
  score.first += is_first ? 1 : 0;
  if (expected.optima == 1) {
    ++score.cases_unique;
    score.first_unique += is_first ? 1 : 0;
  }
  if (all_causes(answer, &AnsweredCause::unique)) {
    ++score.called_unique;
    // Right only where it is the injected one and brute force knows no other.
    score.wrong_unique += !is_first || expected.optima.value_or(1) != 1 ? 1 : 0;
  }
  if (expected.optima && all_causes(answer, &AnsweredCause::exhaustive)) {
    ++score.sizes;
    score.right_sizes += combinations(answer) == *expected.optima ? 1 : 0;
  }
}

void count(const Expected& expected, const Answer& answer, Score& score) {
  score.silent += answer.causes.empty() ? 1 : 0;
  score.cells_accused += static_cast<double>(cells_accused(answer));
  if (expected.is_minimal.value_or(false)) {
    count_minimal(expected, answer, score);
  } else {
    ++score.cases_apart;
    score.listed_apart += has_repair(answer, expected.repair, SIZE_MAX) ? 1 : 0;
  }
}

std::string percent(int part, int whole) {
  return whole == 0 ? "-" : fmt::format("{:.1f}", 100.0 * part / whole);
}

}  // namespace

std::vector<Score> score(const std::vector<Expected>& expected, const std::vector<Answer>& answers) {
  std::map<std::string, const Answer*> by_id;
  for (const Answer& answer : answers) by_id[answer.id] = &answer;
  const Answer silent;
  std::vector<Score> scores;
  Score all;
  all.mechanism = "ALL";
  for (const Expected& each : expected) {
    auto found = std::find_if(scores.begin(), scores.end(), [&](const Score& of) { return of.mechanism == each.mechanism; });
    if (found == scores.end()) {
      scores.emplace_back().mechanism = each.mechanism;
      found = scores.end() - 1;
    }
    const auto answer = by_id.find(each.id);
    for (Score* const of : {&*found, &all}) count(each, answer == by_id.end() ? silent : *answer->second, *of);
  }
  scores.push_back(all);
  return scores;
}

std::string score_text(const std::vector<Score>& scores) {
  std::string text = fmt::format("{:<18} {:>6} {:>8} {:>7} {:>14} {:>7} {:>6} {:>12} {:>7} {:>8} {:>7} {:>6}\n", "mechanism",
                                 "cases", "listed%", "first%", "first% unique", "unique", "wrong", "sizes right", "apart",
                                 "listed%", "silent", "cells");
  for (const Score& each : scores) {
    const int cases = each.cases + each.cases_apart;
    text += fmt::format("{:<18} {:>6} {:>8} {:>7} {:>14} {:>7} {:>6} {:>12} {:>7} {:>8} {:>7} {:>6.1f}\n", each.mechanism,
                        each.cases, percent(each.listed, each.cases), percent(each.first, each.cases),
                        percent(each.first_unique, each.cases_unique), each.called_unique, each.wrong_unique,
                        fmt::format("{}/{}", each.right_sizes, each.sizes), each.cases_apart,
                        percent(each.listed_apart, each.cases_apart), each.silent,
                        cases == 0 ? 0.0 : each.cells_accused / cases);
  }
  return text;
}

}  // namespace gouji::injected
