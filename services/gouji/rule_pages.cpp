#include "services/gouji/rule_pages.h"

#include <utility>

#include <fmt/format.h>

#include "services/gouji/report_words.h"
#include "services/validator/core/rules.h"

namespace gouji::command {
namespace {

using validator::Basis;
using validator::Rule;

std::pair<std::string_view, std::string_view> basis_words(Basis basis) {
  switch (basis) {
    case Basis::kPrinted: return {"格式或条例明文", "stands in the form or the regulation"};
    case Basis::kDerived: return {"由格式的栏目推出", "follows from the form's headings"};
    case Basis::kInferred: return {"通行理解，至多为警告", "commonly assumed: at most a warning"};
  }
  return {};
}

std::pair<std::string_view, std::string_view> category_words(Category category) {
  switch (category) {
    case Category::kArithmetic: return {"本报告的数", "figures of one report"};
    case Category::kStructure: return {"结构与内容", "structure and content"};
    case Category::kCrossYear: return {"与上年度报告", "against last year's report"};
    case Category::kNarrative: return {"正文与表格", "prose against tables"};
    case Category::kTimeliness: return {"发布日期", "dates"};
  }
  return {};
}

// Names in braces are filled in for each finding.
std::string general(std::string text) {
  const std::string name = "{instance}";
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name)) text.replace(at, name.size(), "…");
  return text;
}

std::string page(const Rule& rule) {
  const auto [basis_zh, basis_en] = basis_words(rule.basis);
  const auto [kind_zh, kind_en] = category_words(rule.category);
  std::string text = fmt::format("# {}\n\n{}。\n\n*{}.*\n\n", rule.id, general(rule.name_zh), general(rule.name_en));
  text += "| | | |\n|---|---|---|\n";
  text += fmt::format("| 级别 | {} | severity: {} |\n", severity_word(rule.severity, Language::kChinese), to_string(rule.severity));
  text += fmt::format("| 类别 | {} | {} |\n", kind_zh, kind_en);
  text += fmt::format("| 性质 | {} | {} |\n", basis_zh, basis_en);
  text += fmt::format("| 依据 | {} | {} |\n", rule.notice, rule.wording);
  text += fmt::format("| 适用 | {} | {} |\n", rule.applies_zh, rule.applies_en);
  text += fmt::format("| 版本 | {} | version of the rule |\n\n", rule.version);
  text += fmt::format("## 提示语 / message\n\n> {}\n>\n> {}\n\n", rule.message_zh, rule.message_en);
  text += fmt::format("花括号中的部分在每次报告时填入。/ What stands in braces is filled in for each finding.\n\n");
  text += fmt::format("## 例 / example\n\n{}\n\n*{}*\n\n", rule.example_zh, rule.example_en);
  text += "## 不同意时 / when you do not agree\n\n"
          "改变级别：在级别文件中写一行；接受某一处：豁免（`gouji waive`、`gouji check --waivers`）。\n\n"
          "Another severity is a line of the severities file; a single case is accepted by a waiver.\n\n";
  text += fmt::format("```\n{} = {}\n```\n", rule.id, to_string(rule.severity == Severity::kInfo ? Severity::kWarning : Severity::kInfo));
  return text;
}

std::string index() {
  std::string text =
      "# 规则 / rules\n\n"
      "每条规则一页，由 `gouji rules docs docs/rules` 从规则数据生成，不要手改。\n\n"
      "One page a rule, made from the rules' data by `gouji rules docs docs/rules`; not to be edited by hand.\n\n"
      "| 规则 | 级别 | 内容 | what holds |\n|---|---|---|---|\n";
  for (const Rule& rule : validator::rule_set().rules())
    text += fmt::format("| [{}]({}.md) | {} | {} | {} |\n", rule.id, rule.id, severity_word(rule.severity, Language::kChinese),
                        general(rule.name_zh), general(rule.name_en));
  return text;
}

}  // namespace

std::map<std::string, std::string> rule_pages() {
  std::map<std::string, std::string> pages{{"README.md", index()}};
  for (const Rule& rule : validator::rule_set().rules()) pages[rule.id + ".md"] = page(rule);
  return pages;
}

}  // namespace gouji::command
