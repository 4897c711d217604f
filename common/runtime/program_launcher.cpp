// The other side of run_program: a process of its own, with one thread, that gives up what it can and
// becomes the program. Nothing of the service's memory or descriptors is in it.
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include "common/runtime/landlock.h"
#include "common/runtime/program_launcher.h"
#include "common/runtime/program_run.h"
#include "common/runtime/sandbox.h"

namespace gouji::runtime {

namespace {

constexpr int kCannot = 126;

// Neither programs for documents nor their libraries ask for these.
constexpr int kForbidden[] = {
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_bpf, SYS_unshare, SYS_setns, SYS_mount,
    SYS_userfaultfd, SYS_io_uring_setup, SYS_perf_event_open, SYS_keyctl, SYS_add_key, SYS_kexec_load,
    SYS_init_module, SYS_finit_module, SYS_pivot_root, SYS_chroot, SYS_swapon, SYS_reboot};

// Sockets but those between processes of one machine, and the calls above, are answered with EPERM.
bool forbid_network() {
  constexpr auto kDenied = SECCOMP_RET_ERRNO | 1U;
  std::vector<sock_filter> code;
  const auto add = [&](unsigned operation, std::uint32_t value, unsigned if_true = 0, unsigned if_false = 0) {
    code.push_back({static_cast<std::uint16_t>(operation), static_cast<std::uint8_t>(if_true),
                    static_cast<std::uint8_t>(if_false), value});
  };
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
  add(BPF_JMP | BPF_K | BPF_JEQ, processor(), 1, 0);
  add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  add(BPF_JMP | BPF_K | BPF_JGE, 0x40000000U, 0, 1);  // the x32 spelling of the same calls
  add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
#endif
  for (const int call : kForbidden) {
    add(BPF_JMP | BPF_K | BPF_JEQ, static_cast<std::uint32_t>(call), 0, 1);
    add(BPF_RET | BPF_K, kDenied);
  }
  add(BPF_JMP | BPF_K | BPF_JEQ, SYS_socket, 0, 3);
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args));
  add(BPF_JMP | BPF_K | BPF_JEQ, AF_UNIX, 1, 0);
  add(BPF_RET | BPF_K, kDenied);
  add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool limit(__rlimit_resource resource, std::int64_t value) {
  const rlimit both{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  return setrlimit(resource, &both) == 0;
}

bool limit_resources(const LaunchOrders& orders) {
  constexpr std::int64_t kDescriptorsMax = 256;
  return limit(RLIMIT_CORE, 0) && limit(RLIMIT_AS, orders.memory_bytes_max) &&
         limit(RLIMIT_FSIZE, orders.file_bytes_max) && limit(RLIMIT_CPU, orders.cpu_seconds_max) &&
         limit(RLIMIT_NOFILE, kDescriptorsMax) && (orders.may_start_others || limit(RLIMIT_NPROC, 0));
}

// What programs and libraries are made of; no home, no data of others.
std::vector<FileRule> file_rules(const LaunchOrders& orders) {
  std::vector<FileRule> rules;
  for (const char* path :
       {"/usr", "/lib", "/lib64", "/bin", "/opt", "/etc/alternatives", "/etc/fonts", "/etc/ld.so.cache",
        "/etc/libreoffice", "/etc/paperspecs", "/var/cache/fontconfig", "/var/lib/libreoffice", "/var/spool/libreoffice", "/proc",
        "/sys/devices/system/cpu"})
    rules.push_back({path, false});
  for (const char* path : {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"}) rules.push_back({path, true});
  for (const std::string& path : orders.readable) rules.push_back({path, false});
  rules.push_back({orders.program, false});
  // LibreOffice insists on a socket there, and removes it. Files of other users are kept by the folder's
  // sticky bit; a service has a /tmp of its own.
  if (orders.may_start_others) rules.push_back({"/tmp", false, true});
  rules.push_back({orders.folder, true});
  return rules;
}

int refuse(const char* what) {
  std::fprintf(stderr, "the kernel refuses %s\n", what);
  return kCannot;
}

int become(const LaunchOrders& orders) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != orders.parent) return refuse("to end with its parent");
  if (chdir(orders.folder.c_str()) != 0) return refuse("the folder");
  if (!orders.input.empty()) {
    const int input = open(orders.input.c_str(), O_RDONLY | O_CLOEXEC);
    if (input < 0 || dup2(input, STDIN_FILENO) < 0) return refuse("the input");
  }
  unshare(CLONE_NEWNET);  // where the process may; the filter below holds in any case
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refuse("PR_SET_NO_NEW_PRIVS");
  const std::vector<FileRule> rules = file_rules(orders);
  if (landlock_version() > 0 && !allow_only(rules)) return refuse("Landlock");
  if (!limit_resources(orders)) return refuse("a limit");
  if (!forbid_network()) return refuse("a seccomp filter");
  std::vector<char*> arguments, environment;
  std::string name = orders.program;
  std::vector<std::string> words = orders.arguments, variables = orders.environment;
  arguments.push_back(name.data());
  for (std::string& word : words) arguments.push_back(word.data());
  for (std::string& variable : variables) environment.push_back(variable.data());
  arguments.push_back(nullptr);
  environment.push_back(nullptr);
  execve(orders.program.c_str(), arguments.data(), environment.data());
  std::perror("the program cannot be started");
  return kCannot;
}

}  // namespace

void become_program_if_asked(int argc, char** argv) {
  if (argc < 2 || std::string_view(argv[1]) != kLaunchArgument) return;
  const std::vector<std::string> words(argv + 2, argv + argc);
  const auto orders = decode_launch_orders(words);
  _exit(orders ? become(*orders) : refuse("orders that it does not understand"));
}

}  // namespace gouji::runtime
