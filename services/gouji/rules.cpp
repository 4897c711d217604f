#include "services/validator/core/rules.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/report_words.h"
#include "services/gouji/rule_pages.h"
#include "services/validator/core/judge.h"

namespace gouji::command {
namespace {

using validator::Rule;

// Of a rule in general: its instances (columns, rows, groups) are named in results only.
std::string general_name(const Rule& rule, Language language) {
  constexpr std::string_view kInstance = "{instance}";
  std::string name(in(language, rule.name_zh, rule.name_en));
  if (const std::size_t at = name.find(kInstance); at != std::string::npos) name.replace(at, kInstance.size(), "…");
  return name;
}

std::string rule_json(const Rule& rule) {
  JsonWriter json;
  json.begin_object().key("id").text(rule.id).key("version").number(rule.version);
  json.key("severity").text(to_string(rule.severity)).key("category").text(to_string(rule.category));
  json.key("basis").text(to_string(rule.basis)).key("notice").text(rule.notice).key("wording").text(rule.wording);
  const auto both = [&json](std::string_view name, std::string_view zh, std::string_view en) {
    json.key(name).begin_object().key("zh").text(zh).key("en").text(en).end_object();
  };
  both("applies", rule.applies_zh, rule.applies_en);
  both("name", rule.name_zh, rule.name_en);
  both("message", rule.message_zh, rule.message_en);
  both("example", rule.example_zh, rule.example_en);
  return json.end_object().str() + "\n";
}

std::string rule_text(const Rule& rule, Language language) {
  const auto line = [language](std::string_view zh, std::string_view en, std::string_view text) {
    return text.empty() ? std::string() : fmt::format("  {}{}{}\n", in(language, zh, en), in(language, "：", ": "), text);
  };
  return fmt::format("{} v{}  [{}] {}\n", rule.id, rule.version, severity_word(rule.severity, language),
                     general_name(rule, language)) +
         line("依据", "basis", fmt::format("{} {} {}", to_string(rule.basis), rule.notice, rule.wording)) +
         line("适用", "applies", in(language, rule.applies_zh, rule.applies_en)) +
         line("提示语", "message", in(language, rule.message_zh, rule.message_en)) +
         line("例", "example", in(language, rule.example_zh, rule.example_en));
}

void print_list(const RulesRequest& request) {
  for (const Rule& rule : validator::rule_set().rules()) {
    if (request.format == "json")
      fmt::print("{}", rule_json(rule));
    else
      fmt::print("{:<20} {}  {}\n", rule.id, severity_word(rule.severity, request.language),
                 general_name(rule, request.language));
  }
  if (request.format == "text") fmt::print(stderr, "{}\n", validator::rule_set_version());
}

int write_pages(const std::string& folder) {
  if (folder.empty()) return fail("rules", fatal(ErrorCode::kBadArgument, "docs：请写目录 / name a folder"));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const auto& [name, text] : rule_pages()) {
    std::ofstream file(std::filesystem::path(folder) / name, std::ios::binary | std::ios::trunc);
    if (!(file << text).flush())
      return fail("rules", fatal(ErrorCode::kUnreadable, fmt::format("{}/{}：无法写入 / cannot be written", folder, name)));
  }
  return kOk;
}

}  // namespace

int rules(const RulesRequest& request) {
  if (request.action == "docs") return write_pages(request.rule);
  if (request.action == "list") {
    print_list(request);
    return kOk;
  }
  const Rule* rule = validator::rule_set().find(request.rule);
  if (rule == nullptr)
    return fail("rules", fatal(ErrorCode::kNotFound,
                               fmt::format("{}：没有这条规则，gouji rules list 列出全部 / no such rule, see gouji rules list",
                                           request.rule.empty() ? "ID" : request.rule)));
  fmt::print("{}", request.format == "json" ? rule_json(*rule) : rule_text(*rule, request.language));
  return kOk;
}

}  // namespace gouji::command
