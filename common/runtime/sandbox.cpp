#include "common/runtime/sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "common/runtime/landlock.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GOUJI_UNDER_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GOUJI_UNDER_SANITIZER 1
#endif
#endif

namespace gouji::runtime {

namespace {

#if defined(GOUJI_UNDER_SANITIZER)
constexpr bool kIsPartial = true;
#else
constexpr bool kIsPartial = false;
#endif

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_RISCV64;
#else
#error "The filter of system calls needs the AUDIT_ARCH_… value of this processor."
#endif

// What memory, locks, the channel, stderr, abort() and a clean exit need.
constexpr int kAllowed[] = {
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_close, SYS_lseek,
    SYS_munmap, SYS_mremap, SYS_brk, SYS_madvise, SYS_futex, SYS_getrandom,
    SYS_exit, SYS_exit_group, SYS_restart_syscall, SYS_sched_yield,
    SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_sigaltstack,
    SYS_getpid, SYS_gettid, SYS_clock_gettime, SYS_gettimeofday, SYS_clock_nanosleep};

// What no honest parser ever asks for: the end of the process, so that the attempt is seen.
constexpr int kDeadly[] = {
    SYS_execve, SYS_execveat, SYS_ptrace, SYS_socket, SYS_connect, SYS_bind, SYS_socketpair,
    SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill, SYS_bpf, SYS_unshare, SYS_setns,
    SYS_mount, SYS_userfaultfd, SYS_io_uring_setup, SYS_perf_event_open};

// A classic BPF program; every check that ends in a verdict returns, else the next one is tried.
class Filter {
 public:
  void load(std::size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)); }
  void answer(std::uint32_t verdict) { add(BPF_RET | BPF_K, verdict); }
  void answer_if_equal(std::uint32_t value, std::uint32_t verdict) {
    jump(BPF_JEQ, value, 0, 1);
    answer(verdict);
  }
  // The call is allowed only while `bits` are clear in its argument `index`.
  void allow_without_bits(int call, int index, std::uint32_t bits) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4);
    load(argument(index));
    jump(BPF_JSET, bits, 1, 0);
    answer(SECCOMP_RET_ALLOW);
    answer(SECCOMP_RET_ERRNO | EPERM);
  }
  // The call is allowed only with `value` as its argument `index`.
  void allow_with_value(int call, int index, std::uint32_t value) {
    jump(BPF_JEQ, static_cast<std::uint32_t>(call), 0, 4);
    load(argument(index));
    jump(BPF_JEQ, value, 0, 1);
    answer(SECCOMP_RET_ALLOW);
    answer(SECCOMP_RET_KILL_PROCESS);
  }
  bool install() {
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
  }
  void jump(std::uint16_t test, std::uint32_t value, std::uint8_t if_true, std::uint8_t if_false) {
    code_.push_back({static_cast<std::uint16_t>(BPF_JMP | BPF_K | test), if_true, if_false, value});
  }

 private:
  // The low half of an argument on a little-endian machine: all three known ones are.
  static std::size_t argument(int index) {
    return offsetof(seccomp_data, args) + sizeof(std::uint64_t) * static_cast<std::size_t>(index);
  }
  void add(std::uint32_t operation, std::uint32_t value) {
    code_.push_back({static_cast<std::uint16_t>(operation), 0, 0, value});
  }
  std::vector<sock_filter> code_;
};

bool filter_system_calls() {
  Filter filter;
  filter.load(offsetof(seccomp_data, arch));
  filter.jump(BPF_JEQ, kArchitecture, 1, 0);
  filter.answer(SECCOMP_RET_KILL_PROCESS);
  filter.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
  filter.jump(BPF_JGE, 0x40000000U, 0, 1);  // the x32 spelling of the same calls
  filter.answer(SECCOMP_RET_KILL_PROCESS);
#endif
  for (const int call : kAllowed) filter.answer_if_equal(static_cast<std::uint32_t>(call), SECCOMP_RET_ALLOW);
  for (const int call : kDeadly)
    filter.answer_if_equal(static_cast<std::uint32_t>(call), SECCOMP_RET_KILL_PROCESS);
  filter.allow_without_bits(SYS_mmap, 2, PROT_EXEC);
  filter.allow_without_bits(SYS_mprotect, 2, PROT_EXEC);
  filter.allow_with_value(SYS_tgkill, 0, static_cast<std::uint32_t>(getpid()));  // abort()
  filter.answer(SECCOMP_RET_ERRNO | EPERM);
  return filter.install();
}

bool limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  return setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0;
}

Error refused(const char* what) {
  return fatal(ErrorCode::kInternal, fmt::format("worker: the kernel refuses {} (errno {})", what, errno));
}

// Kernels before 5.9 and older container rules do not know close_range.
void close_all_above(int descriptor) {
  constexpr rlim_t kFallbackMax = 65'536;
  if (syscall(SYS_close_range, static_cast<unsigned>(descriptor) + 1, ~0U, 0U) == 0) return;
  rlimit open{};
  getrlimit(RLIMIT_NOFILE, &open);
  const auto end = static_cast<int>(std::min(open.rlim_cur, kFallbackMax));
  for (int other = descriptor + 1; other < end; ++other) close(other);
}

Result<void> limit_resources(const Sandbox& sandbox) {
  if (!limit(RLIMIT_CORE, 0)) return refused("RLIMIT_CORE");
  if (!limit(RLIMIT_FSIZE, 0)) return refused("RLIMIT_FSIZE");
  if (!limit(RLIMIT_NPROC, 0)) return refused("RLIMIT_NPROC");
  if (kIsPartial) return ok();
  if (!limit(RLIMIT_NOFILE, static_cast<rlim_t>(sandbox.channel) + 1)) return refused("RLIMIT_NOFILE");
  if (!limit(RLIMIT_AS, static_cast<rlim_t>(sandbox.memory_bytes_max))) return refused("RLIMIT_AS");
  return ok();
}

}  // namespace

std::uint32_t processor() { return kArchitecture; }

bool is_sandbox_partial() { return kIsPartial; }

Result<void> drop_privileges(const Sandbox& sandbox) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refused("PR_SET_PDEATHSIG");
  if (getppid() != sandbox.parent)  // it died before the line above
    return fatal(ErrorCode::kInternal, "worker: the parent is gone");
  if (prctl(PR_SET_DUMPABLE, 0) != 0) return refused("PR_SET_DUMPABLE");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("PR_SET_NO_NEW_PRIVS");
  close_all_above(sandbox.channel);
  // Behind the filter, which lets no file be opened: a second wall. The sanitizers read /proc.
  if (!kIsPartial && landlock_version() > 0 && !allow_only({})) return refused("Landlock");
  GOUJI_TRY(limit_resources(sandbox));
  if (!kIsPartial && !filter_system_calls()) return refused("a seccomp filter");
  return ok();
}

}  // namespace gouji::runtime
