// Files that a process may still use, enforced by the kernel (Landlock): a second wall behind the
// filter of system calls. Kernels without it (before 5.13, or switched off) change nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace gouji::runtime {

struct FileRule {
  std::string path;       // a file or a folder with all below it; one that is not there is skipped
  bool is_writable = false;
  bool may_get_sockets = false;  // these are made and files removed there, and nothing else
};

// The version of Landlock that the kernel has; 0 = none.
int landlock_version();

// Only these files from now on, in this thread and in programs that it starts; TCP is closed where the
// kernel knows how. Cannot be undone; needs PR_SET_NO_NEW_PRIVS. False where the kernel has no Landlock.
bool allow_only(std::span<const FileRule> rules);

}  // namespace gouji::runtime
