#include "services/gouji/completion.h"

#include <fmt/format.h>

namespace gouji::command {
namespace {

std::string names_of(const std::vector<CommandWords>& commands) {
  std::string names;
  for (const CommandWords& command : commands) names += (names.empty() ? "" : " ") + command.name;
  return names;
}

// zsh reads bash's functions through bashcompinit.
std::string bash_script(const std::vector<CommandWords>& commands) {
  std::string cases;
  for (const CommandWords& command : commands)
    cases += fmt::format("    {}) words=\"{}{}{}\" ;;\n", command.name, command.actions, command.actions.empty() ? "" : " ", fmt::join(command.options, " "));
  return fmt::format(
      "_gouji() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}} words=\"\"\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"{} --help --version\"; else case ${{COMP_WORDS[1]}} in\n{}  esac; fi\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
      "  case $word in -*) ;; *) [ \"$COMP_CWORD\" -gt 1 ] && COMPREPLY+=($(compgen -f -- \"$word\")) ;; esac\n}}\n"
      "complete -F _gouji gouji\n",
      names_of(commands), cases);
}

std::string fish_script(const std::vector<CommandWords>& commands) {
  std::string script = fmt::format("complete -c gouji -n __fish_use_subcommand -a '{}'\n", names_of(commands));
  for (const CommandWords& command : commands)
    if (!command.actions.empty())
      script += fmt::format("complete -c gouji -n '__fish_seen_subcommand_from {}' -a '{}'\n", command.name, command.actions);
  for (const CommandWords& command : commands)
    for (const std::string& option : command.options)
      script += fmt::format("complete -c gouji -n '__fish_seen_subcommand_from {}' -l {}\n", command.name, option.substr(2));
  return script;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands) {
  if (shell == "fish") return fish_script(commands);
  const std::string script = bash_script(commands);
  return shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" + script : script;
}

}  // namespace gouji::command
