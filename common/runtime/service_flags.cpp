// The flags of a service: the one source of this library that knows CLI11.
#include <iostream>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "common/runtime/setting_names.h"
#include "common/runtime/setting_value.h"
#include "common/runtime/settings.h"
#include "gouji/version.h"

namespace gouji::runtime {

namespace {

constexpr int kUsageExitCode = 64;  // EX_USAGE

std::string_view value_word(const SettingSpec& spec) {
  if (spec.is_secret) return "FILE";
  switch (spec.kind) {
    case SettingKind::kText: return "TEXT";
    case SettingKind::kInteger: return "N";
    case SettingKind::kBool: return "true|false";
    case SettingKind::kDuration: return "TIME";
    case SettingKind::kBytes: return "SIZE";
    case SettingKind::kTextList: return "A,B,...";  // CLI11 counts bytes when it aligns
    case SettingKind::kTextMap: return "K=V,...";
  }
  return "";
}

// CLI11 leaves two blank lines between sections.
class HelpFormat : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
    for (std::size_t at = help.find("\n\n\n"); at != std::string::npos; at = help.find("\n\n\n", at)) help.erase(at, 1);
    return help;
  }
};

std::string section_of(const SettingSpec& spec) {
  const auto dot = spec.name.find('.');
  return dot == std::string::npos ? "设置 / settings" : spec.name.substr(0, dot);
}

std::string help_of(const SettingSpec& spec) {
  std::string help = spec.help_zh + " / " + spec.help_en;
  if (!spec.default_value.empty()) help += fmt::format(" [{}]", spec.default_value);
  return help;
}

ServiceCommandLine end_with(int exit_code) {
  ServiceCommandLine line;
  line.exit_code = exit_code;
  return line;
}

ServiceCommandLine usage_error(std::string_view program, const std::string& why) {
  std::cerr << fmt::format("{0}: 用法错误 / usage error: {1}\n{0}: 见 / see {0} --help\n", program, why);
  return end_with(kUsageExitCode);
}

std::string explain_unknown(const std::string& word, const std::vector<std::string>& names) {
  const std::string name = word.substr(0, word.find('='));
  if (!name.starts_with("-"))
    return fmt::format("不认识的参数 / unexpected argument '{}'; only flags are taken", word);
  std::string text = fmt::format("不认识的选项 / unknown flag {}", name);
  if (const auto hint = nearest_name(name, names)) text += fmt::format("; 是否想用 / did you mean {}?", *hint);
  return text;
}

}  // namespace

ServiceCommandLine parse_service_flags(int argc, char** argv, std::string_view program,
                                       std::string_view summary, const std::vector<SettingSpec>& specs) {
  CLI::App app{std::string(summary), std::string(program)};
  ServiceCommandLine line;
  std::vector<std::string> names{"--config", "--help", "--version"};
  std::map<const CLI::Option*, std::string> setting_of;
  app.formatter(std::make_shared<HelpFormat>());
  app.set_help_flag("-h,--help", "显示帮助 / show this help");
  app.set_version_flag("--version", fmt::format("{} {}", program, version()), "显示版本 / show the version");
  app.add_option("--config", line.sources.file, "设置文件（YAML） / file with the settings (YAML)")->type_name("FILE");
  app.footer("优先级 / what wins: --flag > GOUJI_… > --config FILE > [default]");
  app.allow_extras();  // so that an unknown flag gets a hint
  for (const auto& spec : specs) {
    const CLI::callback_t accept = [](const std::vector<std::string>&) { return true; };
    auto* option = app.add_option(flag_name(spec), accept, help_of(spec))->group(section_of(spec));
    option->type_name(std::string(value_word(spec)))->take_all()->expected(1)->allow_extra_args(false);
    setting_of.emplace(option, file_name(spec));
    names.push_back(flag_name(spec));
  }
  try {
    app.parse(argc, argv);
    const auto unknown = app.remaining();
    if (!unknown.empty()) return usage_error(program, explain_unknown(unknown.front(), names));
    std::map<const CLI::Option*, std::size_t> seen;
    for (const auto* option : app.parse_order())
      if (const auto found = setting_of.find(option); found != setting_of.end())
        line.sources.flags.emplace_back(found->second, option->results().at(seen[option]++));
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return end_with(app.exit(e, std::cout, std::cerr));
    return usage_error(program, e.what());
  }
  line.sources.environment = gouji_environment();
  return line;
}

}  // namespace gouji::runtime
