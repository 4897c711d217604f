#include "services/gouji/completion.h"

#include <gtest/gtest.h>

namespace gouji::command {
namespace {

const std::vector<CommandWords> kCommands = {{"check", {"--format", "--lang"}, ""}, {"tail", {"--follow"}, ""}, {"waive", {"--rule"}, "add list"}};

TEST(Completion, NamesEveryCommandAndOptionInEachShell) {
  for (const char* shell : {"bash", "zsh"}) {
    const std::string script = completion_script(shell, kCommands);
    for (const char* word : {"check tail waive", "check) words=\"--format --lang\"", "tail) words=\"--follow\"", "waive) words=\"add list --rule\"", "complete -F _gouji gouji"})
      EXPECT_NE(script.find(word), std::string::npos) << shell << ": " << word;
  }
  const std::string fish = completion_script("fish", kCommands);
  EXPECT_NE(fish.find("-a 'check tail waive'"), std::string::npos);
  EXPECT_NE(fish.find("__fish_seen_subcommand_from tail' -l follow"), std::string::npos);
  EXPECT_NE(fish.find("__fish_seen_subcommand_from waive' -a 'add list'"), std::string::npos);
}

}  // namespace
}  // namespace gouji::command
