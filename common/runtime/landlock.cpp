#include "common/runtime/landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace gouji::runtime {

namespace {

// The rights of the first version, and those that later ones added; older headers lack the names.
constexpr std::uint64_t kExecute = 1U << 0, kWriteFile = 1U << 1, kReadFile = 1U << 2, kReadFolder = 1U << 3;
constexpr std::uint64_t kRemoveFile = 1U << 5, kMakeSocket = 1U << 9;
constexpr std::uint64_t kFirstVersion = (1U << 13) - 1;
constexpr std::uint64_t kRefer = 1U << 13, kTruncate = 1U << 14, kDevices = 1U << 15;
constexpr std::uint64_t kTcp = 3;  // to bind and to connect
constexpr int kVersionOfRefer = 2, kVersionOfTruncate = 3, kVersionOfTcp = 4, kVersionOfDevices = 5;
constexpr std::uint64_t kFileRights = kExecute | kWriteFile | kReadFile | kTruncate | kDevices;

// As of version 4; the kernel takes shorter ones for what they are.
struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
};

std::uint64_t rights_of(int version) {
  std::uint64_t rights = kFirstVersion;
  if (version >= kVersionOfRefer) rights |= kRefer;
  if (version >= kVersionOfTruncate) rights |= kTruncate;
  if (version >= kVersionOfDevices) rights |= kDevices;
  return rights;
}

bool add_rule(int ruleset, const FileRule& rule, std::uint64_t handled) {
  const int opened = open(rule.path.c_str(), O_PATH | O_CLOEXEC);
  if (opened < 0) return true;
  struct stat found {};
  const bool is_folder = fstat(opened, &found) == 0 && S_ISDIR(found.st_mode);
  std::uint64_t rights = rule.is_writable ? handled : kExecute | kReadFile | kReadFolder;
  if (rule.may_get_sockets) rights = kMakeSocket | kRemoveFile;
  if (!is_folder) rights &= kFileRights;
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rights & handled;
  beneath.parent_fd = opened;
  const bool is_added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
  close(opened);
  return is_added;
}

}  // namespace

int landlock_version() {
  const auto version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

bool allow_only(std::span<const FileRule> rules) {
  const int version = landlock_version();
  if (version == 0) return false;
  Ruleset ruleset{rights_of(version), version >= kVersionOfTcp ? kTcp : 0};
  const std::size_t size = version >= kVersionOfTcp ? sizeof ruleset : sizeof ruleset.files;
  const auto created = static_cast<int>(syscall(SYS_landlock_create_ruleset, &ruleset, size, 0));
  if (created < 0) return false;
  bool is_whole = true;
  for (const FileRule& rule : rules) is_whole = add_rule(created, rule, ruleset.files) && is_whole;
  const bool is_set = is_whole && syscall(SYS_landlock_restrict_self, created, 0) == 0;
  close(created);
  return is_set;
}

}  // namespace gouji::runtime
