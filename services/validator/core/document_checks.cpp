#include "services/validator/core/document_checks.h"

#include <algorithm>
#include <array>
#include <set>

#include "common/text/fold.h"
#include "services/validator/core/rules.h"
#include "services/validator/core/table_checks.h"

namespace gouji::validator {
namespace {

constexpr std::int64_t kWanYuan = 1'000'000;
// 10^8 万元, a trillion 元: more than any organ collects or buys in a year.
constexpr std::int64_t kAmountSuspect = 100'000'000 * kWanYuan;
constexpr std::int32_t kFirstYearOf2021 = 2021;
constexpr std::int32_t kTransitionYear = 2019;
// So many sections missing at the end mean that the document was cut off.
constexpr std::int32_t kCutSections = 3;
constexpr std::size_t kResultsUsual = 32;

std::string row_label(const LedgerTable& table, const std::string& key) {
  for (const FormBlock& block : form(table.table, table.edition).blocks())
    for (const FormRow& row : block.rows)
      if (row.key == key) return row.label;
  return key;
}

struct NoteText {
  std::string_view code;
  std::string_view zh, en;
};
constexpr NoteText kShapeNotes[] = {{"ROW_OVERLONG", "多出一栏数值", "has a figure too many"},
                                    {"ROW_SHORT", "缺少数值", "has too few figures"},
                                    {"EXTRA_ROW", "之后多出一行", "is followed by a row of its own"}};

// Rows missing in the middle; missing at the end is a table that was cut off.
bool has_gap(const LedgerTable& table) {
  const auto is_there = [](const Cell& cell) { return cell.state != CellState::kAbsent; };
  const auto last = std::find_if(table.cells.rbegin(), table.cells.rend(), is_there);
  return std::any_of(last, table.cells.rend(), [&](const Cell& cell) { return !is_there(cell); });
}

Said check_shape(const Reading& document, const LedgerTable& table, bool is_decidable) {
  const std::string_view id = table.table == TableId::kT3 ? "T3.SHAPE" : "T4.SHAPE";
  if (const Reason reason = why_unreadable(table.status); reason != Reason::kNone) return not_applicable(id, reason);
  const TableReading* const reading = table_reading(document, table.table);
  if (!has_gap(table) && (reading == nullptr || reading->notes.empty())) {
    const bool is_cut = !table.cells.empty() && table.cells.back().state == CellState::kAbsent;
    return is_cut ? not_applicable(id, Reason::kTableCut) : passed(id);
  }
  Checked checked = in_full(passed(id));
  const auto add = [&](const std::string& zh, const std::string& en) {
    checked.result.status = RuleStatus::kFailed;
    if (checked.text_zh.size() > 300) return;
    checked.text_zh += (checked.text_zh.empty() ? "" : "；") + zh;
    checked.text_en += (checked.text_en.empty() ? "" : "; ") + en;
  };
  static const std::vector<ReadingNote> kNoNotes;
  for (const ReadingNote& note : reading == nullptr ? kNoNotes : reading->notes)
    for (const NoteText& known : kShapeNotes)
      if (note.code == known.code) {
        // Table 4 is printed as one row without a label.
        add((note.row.empty() ? "数值行" : "“" + row_label(table, note.row) + "”") + std::string(known.zh),
            (note.row.empty() ? "the row of figures " : "“" + row_label(table, note.row) + "” ") + std::string(known.en));
      }
  if (has_gap(table)) add("缺少若干行或栏", "rows or figures are missing");
  if (checked.result.status == RuleStatus::kFailed) {
    checked.result.severity = is_decidable ? Severity::kWarning : Severity::kError;
    return checked;
  }
  const bool is_cut = !table.cells.empty() && table.cells.back().state == CellState::kAbsent;
  return is_cut ? not_applicable(id, Reason::kTableCut) : passed(id);
}

bool is_header_in_wan_yuan(const TableReading* reading) {
  return reading != nullptr && std::any_of(reading->notes.begin(), reading->notes.end(), [](const ReadingNote& note) {
           return note.code == "UNIT_IN_HEADER" && note.text == "万元";
         });
}

// The amount of table 2: a suffix that is 元 where the header says 万元, or a size beyond belief.
Said check_unit(const Reading& document, const LedgerTable& table) {
  if (const Reason reason = why_unreadable(table.status); reason != Reason::kNone) return not_applicable("T2.UNIT", reason);
  const Form& of = form(table.table, table.edition);
  const auto amount = std::find_if(of.cells().begin(), of.cells().end(),
                                   [](const FormCell& cell) { return cell.type == CellType::kMoney; });
  const auto index = static_cast<std::size_t>(amount - of.cells().begin());
  const std::string& instance = of.blocks()[amount->block].rows[amount->row].key;
  const Cell& cell = table.cells[index];
  if (!cell.is_number()) return not_applicable("T2.UNIT", Reason::kBlankCell, instance);
  const TableReading* const reading = table_reading(document, table.table);
  const std::string raw = reading != nullptr && index < reading->raw.size() ? reading->raw[index] : std::string();
  const bool in_yuan = raw.find("元") != std::string::npos && raw.find("万") == std::string::npos;
  // A header without a unit contradicts nothing: the suffix is then all that is said.
  if (in_yuan && is_header_in_wan_yuan(reading)) return failed("T2.UNIT", instance, raw, raw);
  if (table.money_unit == MoneyUnit::kNotStated) return not_applicable("T2.UNIT", Reason::kUnitNotStated, instance);
  if (cell.value < kAmountSuspect) return passed("T2.UNIT", instance);
  Checked checked = failed("T2.UNIT", instance, raw, raw);
  checked.result.severity = Severity::kInfo;
  return checked;
}

Said check_regulations(const Reading& reading, const LedgerTable& table) {
  constexpr std::string_view kId = "T2.REGULATIONS";
  if (const Reason reason = why_unreadable(table.status); reason != Reason::kNone) return not_applicable(kId, reason);
  const OrganKind kind = organ_kind(reading.organ_name.value_or(""));
  if (kind != OrganKind::kTown && kind != OrganKind::kCounty) return not_applicable(kId, Reason::kOrganKindUnknown);
  Checked checked = in_full(passed(kId));
  const Form& of = form(table.table, table.edition);
  for (std::size_t i = 0; i < of.size() && i < table.cells.size(); ++i) {
    const FormCell& cell = of.cells()[i];
    if (of.blocks()[cell.block].rows[cell.row].key != "regulations" || !table.cells[i].is_number()) continue;
    if (table.cells[i].value <= 0) continue;
    checked.result.status = RuleStatus::kFailed;
    checked.result.operands.push_back({cell.id, table.cells[i]});
  }
  if (checked.result.operands.empty()) return passed(kId);
  return checked;
}

// The year of the report, also where the organ is not decided; 0 = not known.
std::int32_t year_of(const Reading& reading) {
  return reading.key.is_identified() ? reading.key.year : reading.year.value_or(0);
}

void add_sections(const Reading& reading, const std::vector<LedgerTable>& tables, std::vector<Said>& results) {
  constexpr std::string_view kId = "S.SECTION";
  std::array<bool, 7> is_there{};
  std::int32_t last = 0;
  bool is_ordered = true;
  for (const Section& section : reading.sections) {
    if (section.number < 1 || section.number > 6) continue;
    is_there[static_cast<std::size_t>(section.number)] = true;
    is_ordered = is_ordered && section.number > last;
    last = section.number;
  }
  if (last == 0) return results.push_back(not_applicable(kId, Reason::kNoSections));
  const bool is_complete = std::all_of(is_there.begin() + 1, is_there.end(), [](bool there) { return there; });
  if (year_of(reading) <= kTransitionYear && !(is_complete && is_ordered))
    return results.push_back(not_applicable(kId, year_of(reading) == 0 ? Reason::kUnidentified : Reason::kTransitionYear));
  // A document that ends in the middle has been cut off by us as likely as by its publisher.
  std::int32_t highest = 6;
  while (!is_there[static_cast<std::size_t>(highest)]) --highest;
  const bool is_cut = highest <= 6 - kCutSections;
  // A heading may be misspelt, or left to the table.
  const auto has_table = [&](std::size_t number) {
    return std::any_of(tables.begin(), tables.end(), [&](const LedgerTable& table) {
      return number == 2 + static_cast<std::size_t>(table.table) && table.status != TableStatus::kAbsent;
    });
  };
  static constexpr std::string_view kNumbers[] = {"", "1", "2", "3", "4", "5", "6"};
  const std::size_t first = results.size();
  for (std::size_t number = 1; number <= 6; ++number) {
    const std::string_view instance = kNumbers[number];
    if (is_there[number] || has_table(number)) results.push_back(passed(kId, instance));
    else if (is_cut && static_cast<std::int32_t>(number) > highest) results.push_back(not_applicable(kId, Reason::kDocumentCut, instance));
    else results.push_back(failed(kId, instance, "没有这一部分", "this section is missing"));
  }
  for (const LedgerTable& table : tables) {
    const std::size_t number = 2 + static_cast<std::size_t>(table.table);
    Said& of_section = results[first + number - 1];
    if (table.status == TableStatus::kAbsent && is_there[number])
      of_section = failed(kId, kNumbers[number], "没有应有的表", "its table is missing");
  }
  if (!is_ordered) results.push_back(failed(kId, "order", "各部分次序颠倒", "the sections are out of order"));
}

std::set<std::string> years(const Reading& reading, std::string_view source) {
  std::set<std::string> found;
  for (const Vote& vote : reading.votes)
    if (vote.field == "year" && vote.source == source) found.insert(vote.value);
  return found;
}

std::string joined(const std::set<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : "、") + value;
  return text;
}

Said check_year(const Reading& reading) {
  constexpr std::string_view kId = "S.YEAR";
  const std::set<std::string> titles = years(reading, "title");
  const std::set<std::string> periods = years(reading, "period");
  const bool agree = std::any_of(titles.begin(), titles.end(), [&](const auto& year) { return periods.contains(year); });
  if (!titles.empty() && !periods.empty() && !agree)
    return failed(kId, "", "题名为 " + joined(titles) + " 年，统计期限为 " + joined(periods) + " 年",
                  "the title says " + joined(titles) + ", the period " + joined(periods));
  if (year_of(reading) == 0) return not_applicable(kId, Reason::kUnidentified);
  const std::string year = std::to_string(year_of(reading));
  if (reading.published_on.size() == 10 && reading.published_on.substr(0, 4) <= year)
    return failed(kId, "", "报告年度 " + year + "，发布日期却是 " + reading.published_on,
                  "a report for " + year + " published on " + reading.published_on);
  const bool is_stated = !titles.empty() && !periods.empty();
  return is_stated || reading.published_on.size() == 10 ? passed(kId) : not_applicable(kId, Reason::kYearNotStated);
}

Said check_edition(const Reading& reading, const LedgerTable& table) {
  const std::string_view instance = to_string(table.table);
  if (year_of(reading) == 0) return not_applicable("S.EDITION", Reason::kUnidentified, instance);
  if (const Reason reason = why_unreadable(table.status); reason != Reason::kNone)
    return not_applicable("S.EDITION", reason, instance);
  const Edition due = year_of(reading) >= kFirstYearOf2021 ? Edition::k2021 : Edition::k2019;
  if (table.edition == due) return passed("S.EDITION", instance);
  const std::string found(to_string(table.edition));
  Checked checked = failed("S.EDITION", instance, found, found);
  checked.limit = std::to_string(year_of(reading));
  return checked;
}

// Dates of the year after the report's. An empty date is not set.
struct Deadlines {
  std::string_view statutory = "03-31";
  std::string_view notice;
};

Deadlines deadlines(const Reading& reading) {
  const std::string name = reading.organ_name.value_or("");
  switch (organ_kind(name)) {
    case OrganKind::kDepartment: return {"01-31", ""};
    case OrganKind::kTown: return {"03-31", "01-31"};
    case OrganKind::kCounty: return {"03-31", "02-20"};
    case OrganKind::kGovernment: return {"03-31", name.ends_with("省人民政府") || name.ends_with("自治区人民政府") ? "" : "03-10"};
    case OrganKind::kUnknown: return {};
  }
  return {};
}

Said check_deadline(const Reading& reading) {
  constexpr std::string_view kId = "S.DEADLINE";
  if (year_of(reading) == 0) return not_applicable(kId, Reason::kUnidentified);
  if (reading.published_on.size() != 10) return not_applicable(kId, Reason::kNoDate);
  const std::string due_year = std::to_string(year_of(reading) + 1);
  // Years later is a re-post on a new site; before the year is over is the business of S.YEAR.
  if (reading.published_on.substr(0, 4) != due_year) return not_applicable(kId, Reason::kRepostPossible);
  const std::string_view day = std::string_view(reading.published_on).substr(5);
  // A department's system or whole administration reports later than the department itself.
  const Deadlines due = reading.key.scope == Scope::kSystem ? Deadlines{} : deadlines(reading);
  const bool is_late = day > due.statutory;
  if (is_late || (!due.notice.empty() && day > due.notice)) {
    Checked checked = failed(kId, "", reading.published_on, reading.published_on);
    checked.result.severity = is_late ? Severity::kWarning : Severity::kInfo;
    checked.limit = due_year + "-" + std::string(is_late ? due.statutory : due.notice);
    return checked;
  }
  const bool is_unknown = organ_kind(reading.organ_name.value_or("")) == OrganKind::kUnknown && day > "01-31";
  return is_unknown ? not_applicable(kId, Reason::kOrganKindUnknown) : passed(kId);
}

Said check_fee(const Reading& reading) {
  constexpr std::string_view kId = "S.FEE";
  if (year_of(reading) == 0) return not_applicable(kId, Reason::kUnidentified);
  if (year_of(reading) < kFirstYearOf2021) return not_applicable(kId, Reason::kOtherYear);
  for (const Section& section : reading.sections)
    if (section.number == 6) {
      const std::string text = fold_label(section.text);
      const bool speaks = text.find("处理费") != std::string::npos || text.find("收费") != std::string::npos ||
                          text.find("费用") != std::string::npos;
      if (speaks) return passed(kId);
      return failed(kId, "", "", "");
    }
  return not_applicable(kId, Reason::kSectionAbsent);
}

std::vector<Said> all_pre_2019() {
  std::vector<Said> results;
  for (const std::string_view id : std::initializer_list<std::string_view>{"T2.UNIT", "T2.REGULATIONS", "T3.SHAPE", "T4.SHAPE", "S.SECTION", "S.YEAR", "S.EDITION",
                         "S.DEADLINE", "S.FEE"})
    results.push_back(not_applicable(id, Reason::kPre2019));
  return results;
}

}  // namespace

OrganKind organ_kind(std::string_view name) {
  const auto ends = [&](std::initializer_list<std::string_view> suffixes) {
    return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) { return name.ends_with(suffix); });
  };
  if (ends({"镇人民政府", "乡人民政府", "街道办事处"})) return OrganKind::kTown;
  if (ends({"自治区人民政府"})) return OrganKind::kGovernment;
  if (ends({"县人民政府", "区人民政府", "旗人民政府"})) return OrganKind::kCounty;
  if (ends({"人民政府"})) return OrganKind::kGovernment;
  // Organs of a vertical system report with it, by a later date.
  if (name.starts_with("国家税务总局") || ends({"气象局", "海事局", "邮政管理局", "通信管理局", "烟草专卖局", "证监局"})) return OrganKind::kUnknown;
  if (ends({"局", "厅", "委员会"}) && !ends({"管理委员会", "管委会"})) return OrganKind::kDepartment;
  return OrganKind::kUnknown;
}

std::vector<Said> document_results(const Reading& reading, const std::vector<LedgerTable>& tables,
                                   const std::array<bool, 3>& is_decidable) {
  if (reading.pre_2019) return all_pre_2019();
  std::vector<Said> results;
  results.reserve(kResultsUsual);
  for (const LedgerTable& table : tables) {
    if (table.table == TableId::kT2) {
      results.push_back(check_unit(reading, table));
      results.push_back(check_regulations(reading, table));
    } else {
      results.push_back(check_shape(reading, table, is_decidable[static_cast<std::size_t>(table.table)]));
    }
  }
  add_sections(reading, tables, results);
  results.push_back(check_year(reading));
  for (const LedgerTable& table : tables)
    if (table.table != TableId::kT4) results.push_back(check_edition(reading, table));
  results.push_back(check_deadline(reading));
  results.push_back(check_fee(reading));
  return results;
}

const TableReading* table_reading(const Reading& reading, TableId id) {
  const auto found = std::find_if(reading.tables.begin(), reading.tables.end(),
                                  [&](const TableReading& table) { return table.table == id; });
  return found == reading.tables.end() ? nullptr : &*found;
}

}  // namespace gouji::validator
