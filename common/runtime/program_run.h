// Runs a program of others over bytes that nobody trusts: no shell, no network, one folder to write
// to, limits on memory, time and output, and nothing of it left behind.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/result.h"

namespace gouji::runtime {

// A folder of its own below the system's folder for temporary files, mode 0700; removed, with all in
// it, by the destructor.
class PrivateFolder {
 public:
  static Result<PrivateFolder> create();
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  ~PrivateFolder();
  const std::string& path() const { return path_; }
  Result<void> write(const std::string& name, std::string_view bytes) const;
  // kInvalidInput NOT_FOUND, or TOO_LARGE above `bytes_max`.
  Result<std::string> read(const std::string& name, std::size_t bytes_max) const;

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty once moved away
};

struct ProgramRun {
  std::string program;                   // absolute path
  std::vector<std::string> arguments;    // without the program's own name
  std::vector<std::string> environment;  // "NAME=value"; beside it PATH, LANG, HOME and TMPDIR are set
  std::string folder;                    // where it runs, and all that it may write to
  std::string input;                     // file that is its standard input; empty = none
  std::vector<std::string> readable;     // beside the system's programs and libraries
  std::chrono::milliseconds deadline{60'000};
  std::int64_t memory_bytes_max = 1536LL * 1024 * 1024;
  std::int64_t file_bytes_max = 128LL * 1024 * 1024;  // of each file that it writes
  std::size_t output_bytes_max = 16 * 1024 * 1024;    // of standard output
  bool may_start_others = false;                      // processes and threads; the kernel lets root
  std::string launcher = "/proc/self/exe";            // another one only in tests
};

struct ProgramEnd {
  std::string output;
  std::string complaints;  // the end of standard error, printable ASCII, at most 512 bytes
  int exit_code = 0;       // 128 + signal where a signal ended it
};

// Blocks. kInvalidInput TIMEOUT or TOO_LARGE (output); kUnavailable INTERNAL when this process cannot
// start another one. A program that cannot be started ends with 126 and says why. However it ends,
// every process that it started is killed.
Result<ProgramEnd> run_program(const ProgramRun& run);

// The program `name` beside this process's own, else in the folders of $PATH; empty when it is nowhere.
std::string find_program(std::string_view name);

// In main, before anything else: this process puts up the walls and becomes the program. Returns only
// when it is no launcher.
void become_program_if_asked(int argc, char** argv);

}  // namespace gouji::runtime
