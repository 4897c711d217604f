// gouji-scoreboard [--verbose] [CORPUS]: reads the corpus of real reports and prints how many cells
// are right, wrong, invented and missed, and how often organ and year are right. The corpus is not
// part of the project; without it the program says so and ends well.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/organs.h"
#include "services/parser/core/read.h"
#include "tests/bench/scoreboard/truth.h"

namespace gouji::scoreboard {
namespace {

namespace fs = std::filesystem;

struct Tally {
  int right = 0, wrong = 0, invented = 0, missed = 0;
  void add(const Tally& other) {
    right += other.right;
    wrong += other.wrong;
    invented += other.invented;
    missed += other.missed;
  }
  bool is_clean() const { return wrong == 0 && invented == 0 && missed == 0; }
};

struct Score {
  int documents = 0, read = 0;
  int status_right = 0;
  int organ_right = 0, organ_wrong = 0, organ_missed = 0, organ_invented = 0;
  int year_right = 0, year_wrong = 0, year_missed = 0, year_invented = 0;
  int pre_2019_right = 0;
  Tally cells;
};

std::string slurp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> sorted_files(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void score_cell(const Cell& cell, const TrueCell* truth, Tally& tally) {
  if (truth == nullptr) {
    tally.invented += cell.is_number() ? 1 : 0;
  } else if (truth->mark == Mark::kNumber && cell.is_number()) {
    ++(cell.value == truth->value ? tally.right : tally.wrong);
  } else if (truth->mark == Mark::kNumber) {
    ++tally.missed;
  } else if (cell.is_number()) {
    ++tally.invented;
  } else {
    const bool is_right = truth->mark == Mark::kBlank
                              ? cell.state == CellState::kBlank
                              : cell.state == CellState::kNil || cell.state == CellState::kText;
    ++(is_right ? tally.right : tally.missed);
  }
}

Tally score_table(const TableReading& table, const TrueTable& truth, bool is_verbose) {
  Tally tally;
  std::size_t met = 0;
  const Form& form = gouji::form(table.table, table.edition);
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    const auto found = truth.cells.find(form.cells()[i].id);
    met += found != truth.cells.end() ? 1 : 0;
    Tally one;
    score_cell(table.cells[i], found == truth.cells.end() ? nullptr : &found->second, one);
    if (is_verbose && !one.is_clean()) {
      fmt::print("    {}: read {} {} '{}', truth {}\n", form.cells()[i].id,
                 to_string(table.cells[i].state), table.cells[i].value, table.raw[i],
                 found == truth.cells.end() ? "none" : std::to_string(found->second.value));
    }
    tally.add(one);
  }
  tally.missed += static_cast<int>(truth.cells.size() - met);
  return tally;
}

bool status_agrees(const TableReading& table, const Truth& truth) {
  const std::string& seen = truth.table2_status;
  const auto known = truth.tables.find("t2");
  const bool is_whole = known != truth.tables.end() &&
                        known->second.cells.size() == form(table.table, table.edition).size();
  if (seen == "visible") return table.status == (is_whole ? TableStatus::kRead : TableStatus::kPartial);
  if (seen == "partly_visible_cut") return table.status == TableStatus::kPartial;
  if (seen == "heading_without_table") return table.status == TableStatus::kNotInText;
  return table.status == TableStatus::kAbsent;
}

// "区政府办公室" and the like name a thousand organs: a reader that leaves them out is right.
bool is_generic(const std::string& organ) {
  for (const std::string_view word : {"省", "市", "县", "区", "我"}) {
    if (organ.starts_with(word)) return true;
  }
  return false;
}

void score_identity(const Reading& reading, const Truth& truth, Score& score) {
  const bool has_organ = truth.organ && !is_generic(*truth.organ);
  if (reading.organ_name) {
    ++(!has_organ ? score.organ_invented
                  : *reading.organ_name == *truth.organ ? score.organ_right : score.organ_wrong);
  } else {
    ++(has_organ ? score.organ_missed : score.organ_right);
  }
  if (reading.year) {
    ++(!truth.year ? score.year_invented
                   : *reading.year == *truth.year ? score.year_right : score.year_wrong);
  } else {
    ++(truth.year ? score.year_missed : score.year_right);
  }
  score.pre_2019_right += reading.pre_2019 == truth.is_pre_2019 ? 1 : 0;
}

void print_document(const Reading& reading, const Truth& truth, const Tally& tally) {
  fmt::print("  {} | {} | truth {} {} | {} {} |", truth.id, truth.table2_status,
             truth.organ.value_or("-"), truth.year.value_or(0), reading.organ_name.value_or("-"),
             reading.year.value_or(0));
  for (const TableReading& table : reading.tables) {
    fmt::print(" {} {} {}", to_string(table.table), to_string(table.edition), to_string(table.status));
  }
  fmt::print(" | right {} wrong {} invented {} missed {} | {} | {}{}\n", tally.right, tally.wrong,
             tally.invented, tally.missed, to_string(reading.key), reading.title,
             reading.pre_2019 ? " | PRE_2019" : "");
  for (const TableReading& table : reading.tables) {
    for (const ReadingNote& note : table.notes) {
      fmt::print("    note {} {} {} '{}'\n", to_string(table.table), note.code, note.row, note.text);
    }
  }
}

void score_document(const std::string& bytes, const Truth& truth, bool is_verbose, Score& score) {
  ++score.documents;
  parser::Input input;
  input.bytes = bytes;
  input.location_id = truth.id;
  const ReadOutcome outcome = parser::read(input, OrganDirectory::empty());
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    Tally tally;
    for (const auto& [name, table] : truth.tables) tally.missed += static_cast<int>(table.cells.size());
    score.cells.add(tally);
    if (truth.table2_status == "not_reached") ++score.status_right;
    ++(truth.organ && !is_generic(*truth.organ) ? score.organ_missed : score.organ_right);
    ++(truth.year ? score.year_missed : score.year_right);
    fmt::print("  {} refused: {} {}\n", truth.id, refusal->reason.code, refusal->reason.message);
    return;
  }
  const Reading& reading = std::get<Reading>(outcome);
  ++score.read;
  Tally tally;
  for (const TableReading& table : reading.tables) {
    const auto found = truth.tables.find(std::string(to_string(table.table)));
    tally.add(score_table(table, found == truth.tables.end() ? TrueTable{} : found->second, is_verbose));
  }
  score.cells.add(tally);
  score.status_right += status_agrees(reading.tables[0], truth) ? 1 : 0;
  score_identity(reading, truth, score);
  if (is_verbose) print_document(reading, truth, tally);
  if (is_verbose && !status_agrees(reading.tables[0], truth) && !truth.table2_status.empty()) {
    fmt::print("    table 2 status differs: {} but {}\n", to_string(reading.tables[0].status),
               truth.table2_status);
  }
}

void print_score(std::string_view name, const Score& score) {
  fmt::print("{}: {} documents, {} read\n", name, score.documents, score.read);
  fmt::print("  cells: {} right, {} wrong, {} invented, {} missed\n", score.cells.right,
             score.cells.wrong, score.cells.invented, score.cells.missed);
  fmt::print("  organ: {} right, {} wrong, {} invented, {} missed\n", score.organ_right,
             score.organ_wrong, score.organ_invented, score.organ_missed);
  fmt::print("  year: {} right, {} wrong, {} invented, {} missed\n", score.year_right,
             score.year_wrong, score.year_invented, score.year_missed);
}

int run(const fs::path& corpus, bool is_verbose) {
  if (!fs::is_directory(corpus / "truth")) {
    fmt::print("SKIPPED: no corpus at {} (give its folder as the argument)\n", corpus.string());
    return 0;
  }
  Score seeds;
  for (const fs::path& path : sorted_files(corpus / "grids", ".json")) {
    const Result<Truth> truth = truth_of_grid(slurp(path));
    if (!truth) {
      fmt::print("{}: {}\n", path.string(), truth.error().message);
      continue;
    }
    const fs::path file = corpus.parent_path() / "seeds" / truth->source;
    if (fs::is_regular_file(file)) score_document(slurp(file), *truth, is_verbose, seeds);
  }
  Score excerpts;
  for (const fs::path& path : sorted_files(corpus / "truth", ".json")) {
    const Result<Truth> truth = truth_of_excerpt(slurp(path));
    if (!truth) {
      fmt::print("{}: {}\n", path.string(), truth.error().message);
      continue;
    }
    std::string text = slurp(corpus / "excerpts" / (truth->id + ".txt"));
    for (int line = 0; line < 2; ++line) text.erase(0, std::min(text.find('\n'), text.size() - 1) + 1);
    score_document(text, *truth, is_verbose, excerpts);
  }
  print_score("seeds", seeds);
  print_score("excerpts", excerpts);
  fmt::print("  table 2 status: {} of {} agree\n  before 2019: {} of {} agree\n", excerpts.status_right,
             excerpts.documents, excerpts.pre_2019_right, excerpts.read);
  return 0;
}

}  // namespace
}  // namespace gouji::scoreboard

int main(int argc, char** argv) {
  bool is_verbose = false;
  std::string corpus = "../shared/corpus";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--verbose") {
      is_verbose = true;
    } else {
      corpus = argument;
    }
  }
  return gouji::scoreboard::run(corpus, is_verbose);
}
