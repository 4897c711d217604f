#include "tests/bench/scoreboard/score.h"

#include <fmt/core.h>

#include "common/report/organs.h"
#include "common/text/fold.h"
#include "services/parser/core/read.h"

namespace gouji::scoreboard {
namespace {

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

template <typename Value>
void score_field(const std::optional<Value>& read, const std::optional<Value>& truth, FieldTally& tally) {
  if (read && !truth) {
    ++tally.invented;
  } else if (read) {
    ++(*read == *truth ? tally.right : tally.wrong);
  } else {
    ++(truth ? tally.missed : tally.right);
  }
}

void score_identity(const Reading& reading, const Truth& truth, Score& score) {
  std::optional<std::string> organ, named;
  if (truth.organ && !is_generic(*truth.organ)) organ = fold_label(*truth.organ);
  if (reading.organ_name) named = fold_label(*reading.organ_name);
  score_field(named, organ, score.organ);
  std::optional<std::int64_t> year;
  if (reading.year) year = *reading.year;
  score_field(year, truth.year, score.year);
  score.pre_2019_right += reading.pre_2019 == truth.is_pre_2019 ? 1 : 0;
}

void score_refusal(const Refusal& refusal, const Truth& truth, Score& score) {
  for (const auto& [name, table] : truth.tables) {
    score.cells.missed += static_cast<int>(table.cells.size());
  }
  if (truth.table2_status == "not_reached") ++score.status_right;
  ++(truth.organ && !is_generic(*truth.organ) ? score.organ.missed : score.organ.right);
  ++(truth.year ? score.year.missed : score.year.right);
  fmt::print("  {} refused: {} {}\n", truth.id, refusal.reason.code, refusal.reason.message);
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
  if (!truth.table2_status.empty() && !status_agrees(reading.tables[0], truth)) {
    fmt::print("    table 2 status differs: {} but {}\n", to_string(reading.tables[0].status),
               truth.table2_status);
  }
}

}  // namespace

void Tally::add(const Tally& other) {
  right += other.right;
  wrong += other.wrong;
  invented += other.invented;
  missed += other.missed;
}

void FieldTally::add(const FieldTally& other) {
  right += other.right;
  wrong += other.wrong;
  invented += other.invented;
  missed += other.missed;
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

void score_document(std::string_view bytes, const Truth& truth, bool is_verbose, Score& score) {
  ++score.documents;
  parser::Input input;
  input.bytes = bytes;
  input.location_id = truth.id;
  const ReadOutcome outcome = parser::read(input, OrganDirectory::empty());
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return score_refusal(*refusal, truth, score);
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
}

void print_score(std::string_view name, const Score& score) {
  fmt::print("{}: {} documents, {} read\n", name, score.documents, score.read);
  fmt::print("  cells: {} right, {} wrong, {} invented, {} missed\n", score.cells.right,
             score.cells.wrong, score.cells.invented, score.cells.missed);
  for (const auto& [field, tally] : {std::pair("organ", score.organ), std::pair("year", score.year)}) {
    fmt::print("  {}: {} right, {} wrong, {} invented, {} missed\n", field, tally.right, tally.wrong,
               tally.invented, tally.missed);
  }
}

void print_table(const Scores& scores) {
  Score all;
  const auto line = [](const std::string& format, const std::string& layout, const Score& score) {
    const Tally& cells = score.cells;
    const double share = cells.cells() == 0 ? 100.0 : 100.0 * cells.right / cells.cells();
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {:.2f} | {}/{} | {}/{} |\n", format, layout,
               score.documents, cells.right, cells.wrong, cells.invented, cells.missed, share,
               score.organ.right, score.organ.documents(), score.year.right, score.year.documents());
  };
  fmt::print("| format | layout | documents | right | wrong | invented | missed | % right | organ | year |\n");
  fmt::print("|---|---|---|---|---|---|---|---|---|---|\n");
  for (const auto& [name, score] : scores) {
    line(name.first, name.second, score);
    all.documents += score.documents;
    all.cells.add(score.cells);
    all.organ.add(score.organ);
    all.year.add(score.year);
  }
  line("all", "", all);
}

}  // namespace gouji::scoreboard
