#include "services/gouji/report_html.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "embedded/report_css.h"
#include "gouji/version.h"
#include "services/gouji/cell_words.h"
#include "services/gouji/report_words.h"
#include "services/gouji/suspects.h"
#include "services/validator/core/rules.h"

namespace gouji::command {
namespace {

// More explanations than this stay in the JSON output.
constexpr std::size_t kExplanationsShown = 25;

struct Page {
  const CheckedDocument& document;
  const Reading& reading;
  const Verdict* verdict;
  Language language;
  std::map<std::string, Suspect> suspects;
  std::set<std::string, std::less<>> off;  // see off_lines()

  std::string_view say(std::string_view zh, std::string_view en) const { return in(language, zh, en); }
};

std::string paragraph(std::string_view text) { return fmt::format("<p>{}</p>\n", html_escaped(text)); }

std::string head_facts(const Page& page) {
  const Reading& reading = page.reading;
  std::string facts = fmt::format("{} · {} · SHA-256 {} · {}", page.document.source, reading.media_type, page.document.sha256, to_string(reading.key));
  if (!reading.published_on.empty()) facts += fmt::format(" · {}{}", page.say("发布日期 ", "published "), reading.published_on);
  return fmt::format("<p class=\"facts\">{}</p>\n", html_escaped(facts));
}

std::string explanation_rows(const Page& page, const Explanation& explanation, std::size_t number, bool is_only) {
  std::string out;
  bool is_first = true;
  for (const Change& change : explanation.changes) {
    out += "<tr>";
    if (is_first && !is_only) out += fmt::format("<th rowspan=\"{}\">{}</th>", explanation.changes.size(), number);
    out += fmt::format("<td class=\"words\">{}</td><td>{}</td><td><b>{}</b></td>", html_escaped(cell_words(page.document, change.cell, page.language)),
                       html_escaped(value_words(change.reported, page.language)), change.proposed);
    if (is_first)
      out += fmt::format("<td class=\"words\" rowspan=\"{}\">{}</td>", explanation.changes.size(), mechanism_word(explanation.mechanism, page.language));
    out += "</tr>\n";
    is_first = false;
  }
  return out;
}

std::string explanations(const Page& page, const Anomaly& anomaly) {
  if (anomaly.explanations.empty()) return {};
  const std::size_t count = anomaly.explanations.size();
  const std::size_t shown = std::min(count, kExplanationsShown);
  std::string rows;
  for (std::size_t i = 0; i < shown; ++i) rows += explanation_rows(page, anomaly.explanations[i], i + 1, count == 1);
  std::string out = fmt::format("<div class=\"wide\"><table><tr>{}<th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>\n{}</table></div>\n",
                                count == 1 ? "" : "<th></th>", page.say("位置", "cell"), page.say("原报", "reported"),
                                page.say("建议", "proposed"), page.say("可能的原因", "what may have happened"), rows);
  if (!anomaly.unique)
    out += paragraph(page.say("以上改法同样成立，等式分辨不出，以原始台账为准。", "These corrections fit equally well; the records decide."));
  if (!anomaly.exhaustive || shown < count)
    out += paragraph(page.say("没有列出全部可能的改法。", "Not all possible corrections are listed."));
  return out;
}

std::string grounds(const Page& page, const Anomaly& anomaly) {
  std::string items;
  std::string_view last;
  for (const Finding& finding : anomaly.findings) {
    const validator::Rule* rule = finding.rule == last ? nullptr : validator::rule_set().find(finding.rule);
    last = finding.rule;
    if (rule != nullptr)
      items += fmt::format("<li><code>{}</code> {}：{}</li>\n", rule->id, html_escaped(rule->notice), html_escaped(rule->wording));
  }
  return fmt::format("<details><summary>{}</summary><ul>{}</ul><p class=\"facts\">{} {}</p></details>\n", page.say("依据", "grounds"), items,
                     page.say("编号", "id"), html_escaped(anomaly.id));
}

std::string anomaly_box(const Page& page, const Anomaly& anomaly) {
  return fmt::format("<div class=\"anomaly {}\"><span class=\"badge\">{}</span> {} <span class=\"facts\">{}</span>\n{}{}</div>\n",
                     to_string(anomaly.severity), severity_word(anomaly.severity, page.language),
                     html_escaped(in(page.language, anomaly.message_zh, anomaly.message_en)), fault_word(anomaly.fault, page.language),
                     explanations(page, anomaly), grounds(page, anomaly));
}

std::string_view css_class(const Suspect& suspect) {
  switch (suspect.suspicion) {
    case Suspicion::kCertain: return "certain";
    case Suspicion::kPossible: return "possible";
    case Suspicion::kInvolved: break;
  }
  return "involved";
}

std::string derived_value(const Page& page, const std::string& id) {
  if (page.verdict != nullptr)
    for (const DerivedValue& derived : page.verdict->derived)
      if (derived.cell == id) return fmt::format(" <i>(= {})</i>", derived.value);
  return {};
}

std::string cell_html(const Page& page, const TableReading& table, const Form& table_form, std::uint16_t i) {
  const std::string& id = table_form.cells()[i].id;
  const Cell& cell = table.cells[i];
  std::string value = cell.is_number() ? html_escaped(printed_value(table, i)) : std::string();
  std::string classes;
  if (cell.state == CellState::kNil) value = "/";
  if (cell.state == CellState::kBlank) classes = "blank";
  if (cell.state == CellState::kText || cell.state == CellState::kUnreadable || cell.state == CellState::kAbsent) {
    classes = "unread";
    value = std::string(state_word(cell.state, page.language)) + derived_value(page, id);
  }
  if (const auto found = page.suspects.find(id); found != page.suspects.end()) {
    classes = css_class(found->second);
    if (found->second.suspicion == Suspicion::kCertain && found->second.proposed)
      value = fmt::format("<s>{}</s> <b>{}</b>", value, *found->second.proposed);
  }
  std::string title = id;
  if (i < table.raw.size() && !table.raw[i].empty()) title += fmt::format(" “{}”", table.raw[i]);
  if (i < table.where.size()) title += " " + place_words(table.where[i], page.language);
  return fmt::format("<td class=\"{}\" title=\"{}\">{}</td>", classes, html_escaped(title), value);
}

std::string block_html(const Page& page, const TableReading& table, const Form& table_form, const FormBlock& block) {
  const auto off = [&](std::string_view line, const std::string& key) {
    return page.off.contains(fmt::format("{} {} {}", line, to_string(table.table), key)) ? " class=\"off\"" : "";
  };
  std::string out = fmt::format("<div class=\"wide\"><table><tr><th>{}</th>", html_escaped(block.heading));
  for (const FormColumn& column : block.columns) out += fmt::format("<th{}>{}</th>", off("column", column.key), html_escaped(column.label));
  out += "</tr>\n";
  std::string group;
  for (std::size_t row = 0; row < block.rows.size(); ++row) {
    const FormRow& form_row = block.rows[row];
    if (!form_row.group.empty() && form_row.group != group)
      out += fmt::format("<tr><th colspan=\"{}\">{}</th></tr>\n", block.columns.size() + 1, html_escaped(form_row.group));
    group = form_row.group;
    out += fmt::format("<tr{}><th>{}</th>", off("row", form_row.key), html_escaped(form_row.label));
    for (std::size_t column = 0; column < block.columns.size(); ++column)
      out += cell_html(page, table, table_form, static_cast<std::uint16_t>(block.first_cell + row * block.columns.size() + column));
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string table_html(const Page& page, const TableReading& table) {
  const Form& table_form = form(table.table, table.edition);
  std::string title = fmt::format("{}：{}", table_word(table.table, page.language), status_word(table.status, page.language));
  if (!table.cells.empty()) title += fmt::format(fmt::runtime(page.say("（{} 年版）", " (edition {})")), to_string(table.edition));
  std::string out = fmt::format("<h3>{}</h3>\n", html_escaped(title));
  if (table.cells.size() != table_form.size()) return out;
  for (const FormBlock& block : table_form.blocks()) out += block_html(page, table, table_form, block);
  return out;
}

std::string key_of_marks(const Page& page) {
  if (page.suspects.empty()) return {};
  return fmt::format("<p class=\"key\"><span class=\"certain\">{}</span><span class=\"possible\">{}</span><span class=\"involved\">{}</span>≠ {}</p>\n",
                     page.say("唯一可能填错的格，划去原报数，后为建议数", "the one cell that can be wrong: reported, then proposed"),
                     page.say("几种改法之一涉及的格", "changed by one of several corrections"), page.say("不成立的规则用到的格", "used by a rule that fails"),
                     page.say("该行或该列不相等", "this row or column does not add up"));
}

std::string not_checked(const Page& page) {
  std::string items;
  if (page.verdict != nullptr)
    for (const std::string& line : not_checked_lines(*page.verdict, page.language)) items += fmt::format("<li>{}</li>\n", html_escaped(line));
  const auto unchecked = unchecked_cells(page.document);
  for (std::size_t t = 0; t < unchecked.size(); ++t) {
    if (unchecked[t].empty()) continue;
    std::string cells;
    const TableReading& table = page.reading.tables[t];
    for (const std::uint16_t cell : unchecked[t]) cells += fmt::format("{}{}", cells.empty() ? "" : "；", form(table.table, table.edition).wording(cell));
    items += fmt::format("<li>{}：{}</li>\n", page.say("没有等式能核对的格（填错也查不出）", "cells in no equation that could be checked"), html_escaped(cells));
  }
  if (items.empty()) return {};
  return fmt::format("<details><summary>{}</summary><ul>{}</ul></details>\n", page.say("未能核对的", "what could not be checked"), items);
}

Page page_of(const CheckedDocument& document, const Reading& reading, Language language) {
  return {document, reading, verdict_of(document.judgement), language, suspects_of(document), off_lines(document)};
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string html_begin(Language language) {
  const std::string_view title = in(language, "政府信息公开工作年度报告核对结果", "Annual disclosure report: what was checked");
  return fmt::format("<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                     "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
                     in(language, "zh-CN", "en"), title, embedded::report_css(), title);
}

std::string html_section(const CheckedDocument& document, Language language) {
  const auto* reading = std::get_if<Reading>(&document.outcome);
  if (reading == nullptr) {
    const Reason& reason = std::get<Refusal>(document.outcome).reason;
    return fmt::format("<h2>{}</h2>\n<p><b>{}</b> {}</p>\n", html_escaped(document.source), outcome_word(status_of(document.outcome), language), html_escaped(reason_line(reason, language)));
  }
  const Page page = page_of(document, *reading, language);
  const std::string organ = reading->organ_name.value_or(std::string(page.say("（机关不明）", "(organ not said)")));
  std::string out = fmt::format("<h2>{} {}</h2>\n", html_escaped(organ), reading->year ? std::to_string(*reading->year) : std::string(page.say("（年度不明）", "(year not said)")));
  out += head_facts(page);
  if (reading->reason) out += paragraph(reason_line(*reading->reason, language));
  if (!reading->key.is_identified()) out += paragraph(unidentified_words(language));
  const auto anomalies = anomalies_of(document);
  if (anomalies.empty())
    out += paragraph(reading->reason ? page.say("已读出的部分没有发现问题，其余未能核对。", "Nothing wrong in what could be checked.") : page.say("没有发现问题。", "Nothing wrong found."));
  for (const Anomaly* anomaly : anomalies) out += anomaly_box(page, *anomaly);
  out += key_of_marks(page);
  for (const TableReading& table : reading->tables) out += table_html(page, table);
  return out + not_checked(page);
}

std::string html_end(Language language) {
  return fmt::format("<p class=\"facts\">gouji {} · {}</p>\n</body>\n</html>\n", version(),
                     in(language, "建议数由表内等式推算，不代表实际情况，以原始台账为准。", "Proposed values follow from the equations of the tables; the records decide."));
}

}  // namespace gouji::command
