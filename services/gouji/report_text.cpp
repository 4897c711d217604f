#include "services/gouji/report_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/gouji/report_words.h"
#include "services/gouji/suspects.h"
#include "services/gouji/table_picture.h"

namespace gouji::command {
namespace {

std::string heading(const CheckedDocument& document, const Reading& reading, Language language) {
  const std::string organ = reading.organ_name.value_or(std::string(in(language, "（机关不明）", "(organ not said)")));
  const std::string year = reading.year ? fmt::format("{}", *reading.year)
                                        : std::string(in(language, "（年度不明）", "(year not said)"));
  return fmt::format("{}  {} {}  {}\n", document.source, organ, year, outcome_word(status_of(document.outcome), language));
}

std::string tables(const Reading& reading, Language language) {
  std::string out;
  for (const TableReading& table : reading.tables) {
    out += fmt::format(fmt::runtime(in(language, "  {}：{}", "  {}: {}")), table_word(table.table, language), status_word(table.status, language));
    if (table.status == TableStatus::kRead || table.status == TableStatus::kPartial)
      out += fmt::format(fmt::runtime(in(language, "（{} 年版）", " (edition {})")), to_string(table.edition));
    out += "\n";
  }
  return out;
}

std::string waiver_words(const Anomaly& anomaly, Language language) {
  if (!anomaly.waiver) return "";
  return fmt::format(fmt::runtime(in(language, "  已豁免：{}（{}）", "  waived: {} ({})")), anomaly.waiver->reason, anomaly.waiver->author);
}

std::string anomalies(const CheckedDocument& document, Language language, bool colour) {
  std::string out;
  for (const Anomaly* anomaly : anomalies_of(document))
    out += fmt::format("  [{}] {}\n      {} {}{}\n", severity_word(anomaly->severity, language),
                       in(language, anomaly->message_zh, anomaly->message_en), anomaly->id.substr(0, 12),
                       fault_word(anomaly->fault, language), waiver_words(*anomaly, language));
  for (const TableReading& table : std::get<Reading>(document.outcome).tables)
    out += table_picture(table, document, language, colour);
  return out;
}

// Cells that no rule could look at, as a count by table: the HTML page and the JSON name each.
std::string unchecked(const CheckedDocument& document, Language language) {
  std::string out;
  const auto cells = unchecked_cells(document);
  const auto& tables = std::get<Reading>(document.outcome).tables;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    out += fmt::format(fmt::runtime(in(language, "    {}：{} 格中有 {} 格\n", "    {}: of {} cells, {}\n")),
                       table_word(tables[i].table, language), tables[i].cells.size(), cells[i].size());
  }
  if (out.empty()) return out;
  return fmt::format("  {}\n{}", in(language, "没有等式能核对的格（填错也查不出，请人工核对）：",
                                   "cells in no equation that could be checked (a wrong figure there goes unnoticed):"), out);
}

std::string not_checked(const Verdict& verdict, Language language) {
  std::string out;
  for (const std::string& line : not_checked_lines(verdict, language)) out += fmt::format("    {}\n", line);
  if (out.empty()) return out;
  return fmt::format("  {}\n{}", in(language, "未能核对：", "could not be checked:"), out);
}

// Cells in the form's own wording that were not read.
std::string unread_cells(const Reading& reading, Language language) {
  constexpr std::size_t kShown = 8;
  std::string out;
  for (const TableReading& table : reading.tables) {
    const Form& table_form = form(table.table, table.edition);
    std::size_t count = 0;
    for (std::size_t i = 0; i < table.cells.size(); ++i) {
      const CellState state = table.cells[i].state;
      if (state != CellState::kUnreadable && state != CellState::kAbsent && state != CellState::kText) continue;
      if (++count <= kShown)
        out += fmt::format("    {} {}\n", table_form.wording(static_cast<std::uint16_t>(i)), state_word(state, language));
    }
    if (count > kShown)
      out += fmt::format(fmt::runtime(in(language, "    …… 本表共 {} 格\n", "    … {} cells of this table\n")), count);
  }
  if (out.empty()) return out;
  return fmt::format("  {}\n{}", in(language, "未读出的格：", "cells that were not read:"), out);
}

}  // namespace

std::string check_text(const CheckedDocument& document, Language language, bool colour) {
  if (const auto* refusal = std::get_if<Refusal>(&document.outcome))
    return fmt::format("{}  {}\n  {}\n", document.source, outcome_word(status_of(document.outcome), language),
                       reason_line(refusal->reason, language));
  const Reading& reading = std::get<Reading>(document.outcome);
  std::string out = heading(document, reading, language) + tables(reading, language);
  if (reading.reason) out += fmt::format("  {}\n", reason_line(*reading.reason, language));
  if (!reading.key.is_identified()) out += fmt::format("  {}\n", unidentified_words(language));
  const Verdict* verdict = verdict_of(document.judgement);
  if (verdict == nullptr) return out;
  const std::string wrong = anomalies(document, language, colour);
  const auto passed = std::count_if(verdict->results.begin(), verdict->results.end(),
                                    [](const RuleResult& r) { return r.status == RuleStatus::kPassed; });
  const std::string_view clean = reading.reason
                                     ? in(language, "  已核对的 {} 项没有发现问题，其余未能核对\n", "  nothing wrong in the {} checks that could be made\n")
                                     : in(language, "  没有发现问题：{} 项核对通过\n", "  nothing wrong found: {} checks passed\n");
  if (!wrong.empty())
    out += wrong;
  else
    out += passed == 0 ? fmt::format("  {}\n", in(language, "没有一项能够核对", "nothing could be checked")) : fmt::format(fmt::runtime(clean), passed);
  return out + unread_cells(reading, language) + not_checked(*verdict, language) + unchecked(document, language);
}

}  // namespace gouji::command
