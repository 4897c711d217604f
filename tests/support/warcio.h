// The independent reader of archives, where it is installed.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace gouji::testing_support {

struct ProgramRun {
  int code = -1;
  std::string output;  // standard error too
};

inline ProgramRun run_program(const std::string& command) {
  ProgramRun made;
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) made.output.append(buffer, size);
  made.code = ::pclose(pipe);
  return made;
}

// Empty where it is not installed.
inline std::string warcio() {
  const char* cache = std::getenv("GOUJI_CACHE");
  const std::string path = cache == nullptr ? "" : std::string(cache) + "/python/bin/warcio";
  return std::filesystem::exists(path) ? path : "";
}

// What it says of every file of an archive; nothing where it is not installed.
inline std::optional<std::string> warcio_check(const std::string& folder) {
  if (warcio().empty()) return std::nullopt;
  const ProgramRun checked = run_program(warcio() + " check -v '" + folder + "'/*.warc.gz");
  return checked.output + (checked.code == 0 ? "" : "fail: exit code " + std::to_string(checked.code));
}

}  // namespace gouji::testing_support
