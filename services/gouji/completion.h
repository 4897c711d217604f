// Completion scripts for shells, made from the commands and options themselves.
#pragma once

#include <string>
#include <vector>

namespace gouji::command {

struct CommandWords {
  std::string name;
  std::vector<std::string> options;  // "--log"
  std::string actions;               // "add list remove", where the first argument is one of these
};

// `shell` is bash, zsh or fish.
std::string completion_script(const std::string& shell, const std::vector<CommandWords>& commands);

}  // namespace gouji::command
