#include "tests/support/kafka/kafka_broker.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "common/core/check.h"

extern char** environ;

namespace gouji::testing {

namespace {

constexpr int kMissing = 77;

std::string program() { return std::filesystem::absolute("tests/support/kafka/kafka.py").string(); }

std::string new_folder() {
  std::string path = (std::filesystem::temp_directory_path() / "gouji-kafka-XXXXXX").string();
  GOUJI_CHECK(mkdtemp(path.data()) != nullptr);
  return path;
}

struct Pipe {
  int read_end = -1;
  int write_end = -1;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  GOUJI_CHECK(pipe2(ends.data(), O_CLOEXEC) == 0);
  return {ends[0], ends[1]};
}

pid_t spawn(const std::string& folder, const Pipe& input, const Pipe& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.write_end, STDOUT_FILENO);
  std::string name = program();
  std::string command = "run";
  std::string where = folder;
  std::array<char*, 4> words = {name.data(), command.data(), where.data(), nullptr};
  pid_t pid = -1;
  const int code = posix_spawn(&pid, name.c_str(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  GOUJI_CHECK(code == 0);
  return pid;
}

Error ended(pid_t& pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  pid = -1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kMissing) {
    return fatal(ErrorCode::kNotFound,
                 "Kafka cannot be started here: run deploy/bootstrap.sh --tests, then "
                 "tests/support/kafka/kafka.py fetch");
  }
  return fatal(ErrorCode::kInternal, "the Kafka broker did not start: see the lines above");
}

}  // namespace

Result<std::unique_ptr<KafkaBroker>> KafkaBroker::start() {
  std::unique_ptr<KafkaBroker> broker(new KafkaBroker);
  broker->folder_ = new_folder();
  const Pipe input = make_pipe();
  const Pipe output = make_pipe();
  broker->pid_ = spawn(broker->folder_, input, output);
  close(input.read_end);
  close(output.write_end);
  broker->to_ = fdopen(input.write_end, "w");
  broker->from_ = fdopen(output.read_end, "r");
  GOUJI_ASSIGN(const std::string line, broker->answer());
  broker->bootstrap_ = line.substr(line.find(' ') + 1);
  return broker;
}

KafkaBroker::~KafkaBroker() {
  if (to_ != nullptr) std::fclose(to_);  // the broker ends when its input does
  if (from_ != nullptr) std::fclose(from_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Result<void> KafkaBroker::tell(std::string_view command) {
  const std::string line = std::string(command) + "\n";
  std::fputs(line.c_str(), to_);
  std::fflush(to_);
  GOUJI_TRY(answer());
  return ok();
}

Result<std::string> KafkaBroker::answer() {
  std::array<char, 256> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), from_) == nullptr) return ended(pid_);
  std::string text = line.data();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

namespace {

// Of the folder in which ctest's fixture has started a broker.
std::filesystem::path folder_of_ctest() {
  const char* programs = std::getenv("GOUJI_BIN");
  return programs == nullptr ? std::filesystem::path()
                             : std::filesystem::path(programs) / ".." / "kafka";
}

std::optional<std::string> first_line(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

Result<KafkaBroker*> own_broker() {
  static auto own = KafkaBroker::start();
  if (!own) return own.error();
  return own->get();
}

}  // namespace

Result<std::string> shared_kafka() {
  if (const char* given = std::getenv("GOUJI_TEST_BOOTSTRAP")) return std::string(given);
  if (auto address = first_line(folder_of_ctest() / "bootstrap")) return *address;
  GOUJI_ASSIGN(KafkaBroker* const own, own_broker());
  return own->bootstrap();
}

Result<ProxiedKafka> shared_proxied_kafka() {
  std::filesystem::path folder = folder_of_ctest();
  if (!std::filesystem::exists(folder / "bootstrap")) {
    GOUJI_ASSIGN(KafkaBroker* const own, own_broker());
    folder = own->folder();
  }
  ProxiedKafka found;
  std::ifstream file(folder / "proxied");
  GOUJI_CHECK(file >> found.proxy_port >> found.broker_port);
  found.bootstrap = *first_line(folder / "bootstrap");
  return found;
}

bool is_required() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

}  // namespace gouji::testing
