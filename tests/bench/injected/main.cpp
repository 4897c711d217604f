// gouji-injected: makes the benchmark of injected errors, answers it, and scores answers.
#include <fmt/format.h>

#include <charconv>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/injected/answer.h"
#include "tests/bench/injected/inject.h"
#include "tests/bench/injected/score.h"

namespace gouji::injected {
namespace {

constexpr const char* kUsage =
    "gouji-injected generate DOCUMENTS EXPECTED [N [TIMES [SEED [FOLDER]]]]\n"
    "gouji-injected answer validator|every-cell|totals DOCUMENTS ANSWERS\n"
    "gouji-injected score EXPECTED ANSWERS\n"
    "\n"
    "generate  writes documents with one injected error each, and what is right: TIMES (2) cases of every\n"
    "          mechanism in each of N (30) made-up grids of both editions and in the grids of FOLDER; SEED 1\n"
    "answer    writes what the validator, or a way without a solver, says of the documents\n"
    "score     prints how many of the injected errors the answers find\n";

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

std::uint32_t number(const std::vector<std::string>& words, std::size_t at, std::uint32_t otherwise) {
  if (at >= words.size()) return otherwise;
  std::uint32_t value = 0;
  const char* const end = words[at].data() + words[at].size();
  if (std::from_chars(words[at].data(), end, value).ptr != end) throw std::runtime_error("not a number: " + words[at]);
  return value;
}

int generate(const std::vector<std::string>& words) {
  const std::uint32_t seed = number(words, 5, 1);
  std::vector<Grid> grids = made_up_grids(number(words, 3, 30), seed);
  if (words.size() > 6)
    for (Grid& grid : grids_in(words[6])) grids.push_back(std::move(grid));
  std::string documents;
  std::string expected;
  for (const Case& each : injected_cases(grids, number(words, 4, 2), seed)) {
    documents += line_of(each.document);
    expected += line_of(each.expected);
  }
  write(words.at(1), documents);
  write(words.at(2), expected);
  return 0;
}

int answer(const std::vector<std::string>& words) {
  const std::map<std::string, std::function<Answer(const Document&)>> ways{
      {"validator", answer_of_validator}, {"every-cell", answer_of_every_cell}, {"totals", answer_of_totals}};
  const auto way = ways.find(words.at(1));
  if (way == ways.end()) throw std::runtime_error("nobody answers as " + words[1]);
  std::string answers;
  for (const Document& document : documents_from(contents(words.at(2)))) answers += line_of(way->second(document));
  write(words.at(3), answers);
  return 0;
}

int run(const std::vector<std::string>& words) {
  if (words.size() >= 3 && words[0] == "generate") return generate(words);
  if (words.size() == 4 && words[0] == "answer") return answer(words);
  if (words.size() == 3 && words[0] == "score") {
    fmt::print("{}", score_text(score(expected_from(contents(words[1])), answers_from(contents(words[2])))));
    return 0;
  }
  fmt::print(stderr, "{}", kUsage);
  return 2;
}

}  // namespace
}  // namespace gouji::injected

int main(int count, char** words) {
  try {
    return gouji::injected::run({words + 1, words + count});
  } catch (const std::exception& error) {
    fmt::print(stderr, "gouji-injected: {}\n", error.what());
    return 1;
  }
}
