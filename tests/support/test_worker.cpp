// A worker that does on request what hostile bytes might make a worker do. The first word of a request
// says what; the rest is its argument.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "common/runtime/program_run.h"
#include "common/runtime/worker_pool.h"

namespace {

using Act = std::function<std::string(const std::string&)>;

std::string outcome(long result) { return result >= 0 ? "done" : std::string("refused: ") + std::strerror(errno); }

std::string allocate(const std::string& megabytes) {
  std::vector<char> memory(std::stoul(megabytes) << 20, 'x');
  return std::to_string(std::count(memory.begin(), memory.end(), 'x'));
}

std::string crash(const std::string&) {
  std::fputs("about to crash\x1b[31m\n", stderr);
  std::raise(SIGSEGV);
  std::abort();
}

[[noreturn]] void hang() {
  for (volatile bool forever = true; forever;) {
  }
  std::abort();
}

// Closes the channel and stays: dead for its program, though not for the kernel.
std::string hang_up(const std::string&) {
  close(3);
  hang();
}

// A frame that promises more than it may.
std::string promise(const std::string& bytes) {
  const auto length = static_cast<std::uint32_t>(std::stoul(bytes));
  if (write(3, &length, sizeof length) != sizeof length) std::abort();
  hang();
}

// A second frame that nobody asked for, after the answer.
std::string chatter(const std::string&) {
  const char frames[] = "\2\0\0\0ok\4\0\0\0more";
  if (write(3, frames, sizeof frames - 1) < 0) std::abort();
  hang();
}

// Answers, and never reads again.
std::string doze(const std::string&) {
  const char frame[] = "\2\0\0\0ok";
  if (write(3, frame, sizeof frame - 1) < 0) std::abort();
  hang();
}

std::string start_thread(const std::string&) {
  try {
    std::thread([] {}).join();
    return "done";
  } catch (const std::system_error&) {
    return "refused";
  }
}

std::string map_code(const std::string&) {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return outcome(memory == MAP_FAILED ? -1 : 0);
}

std::string make_code(const std::string&) {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? "no memory" : outcome(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

std::string execute(const std::string& path) {
  char* const none[] = {nullptr};
  return outcome(execve(path.c_str(), none, none));
}

// Which descriptors are open, without asking /proc.
std::string descriptors(const std::string&) {
  std::string open;
  for (int fd = 0; fd < 1024; ++fd)
    if (lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF) open += std::to_string(fd) + " ";
  return open;
}

std::string environment(const std::string&) {
  std::string all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) (all += *entry) += "\n";
  return all;
}

std::string complain(const std::string& count) {
  for (unsigned long i = std::stoul(count); i > 0; --i) std::fputs("a long complaint of a worker\n", stderr);
  return "said";
}

const std::map<std::string, Act>& acts() {
  static const std::map<std::string, Act> all{
      {"echo", [](const std::string& text) { return text; }},
      {"pid", [](const std::string&) { return std::to_string(getpid()); }},
      {"repeat", [](const std::string& count) { return std::string(std::stoul(count), 'x'); }},
      {"count", [](const std::string& text) { return std::to_string(text.size()); }},
      {"exit", [](const std::string& code) -> std::string { _exit(std::stoi(code)); }},
      {"abort", [](const std::string&) -> std::string { std::abort(); }},
      {"hang", [](const std::string&) -> std::string { hang(); }},
      {"throw", [](const std::string&) -> std::string { throw std::runtime_error("thrown in the worker"); }},
      {"caught",
       [](const std::string&) -> std::string {
         try {
           throw std::runtime_error("caught");
         } catch (const std::exception& e) {
           return e.what();
         }
       }},
      {"socket", [](const std::string&) { return outcome(socket(AF_INET, SOCK_STREAM, 0)); }},
      {"open", [](const std::string& path) { return outcome(open(path.c_str(), O_RDONLY)); }},
      {"create", [](const std::string& path) { return outcome(open(path.c_str(), O_CREAT | O_WRONLY, 0600)); }},
      {"unlink", [](const std::string& path) { return outcome(unlink(path.c_str())); }},
      {"mkdir", [](const std::string& path) { return outcome(mkdir(path.c_str(), 0700)); }},
      {"fork", [](const std::string&) { return outcome(fork()); }},
      {"kill", [](const std::string& pid) { return outcome(kill(std::stoi(pid), SIGKILL)); }},
      {"tgkill",
       [](const std::string& pid) { return outcome(syscall(SYS_tgkill, std::stoi(pid), std::stoi(pid), SIGKILL)); }},
      {"ptrace", [](const std::string&) { return outcome(syscall(SYS_ptrace, 0, 0, 0, 0)); }},
      {"io_uring", [](const std::string&) { return outcome(syscall(SYS_io_uring_setup, 1, nullptr)); }},
      {"unshare", [](const std::string&) { return outcome(syscall(SYS_unshare, 0x10000000)); }},
      {"memfd", [](const std::string&) { return outcome(syscall(SYS_memfd_create, "x", 0)); }},
      {"dup", [](const std::string&) { return outcome(dup(3)); }},
      {"prlimit", [](const std::string&) { return outcome(syscall(SYS_prlimit64, 0, 0, nullptr, nullptr)); }},
      {"allocate", allocate},
      {"crash", crash},
      {"hang_up", hang_up},
      {"promise", promise},
      {"chatter", chatter},
      {"doze", doze},
      {"thread", start_thread},
      {"map_code", map_code},
      {"make_code", make_code},
      {"execute", execute},
      {"descriptors", descriptors},
      {"environment", environment},
      {"complain", complain}};
  return all;
}

std::string handle(std::string_view request) {
  const auto space = std::min(request.find(' '), request.size());
  const auto act = acts().find(std::string(request.substr(0, space)));
  if (act == acts().end()) return "unknown";
  return act->second(std::string(request.substr(std::min(space + 1, request.size()))));
}

}  // namespace

int main(int argc, char** argv) {
  gouji::runtime::become_program_if_asked(argc, argv);
  const auto kind = gouji::runtime::worker_kind(argc, argv);
  if (kind == "stillborn") {
    std::fputs("cannot come up\n", stderr);
    return 7;
  }
  if (kind.empty()) return 64;
  return gouji::runtime::run_worker(handle);
}
