#include "tests/support/faulty_disk.h"

#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <cstring>

namespace gouji::testing {

namespace {

enum class Operation { kWrite, kSync, kTruncate, kDelete };

struct Plan {
  DiskFault fault = DiskFault::kNone;
  std::int64_t at = 0;
  std::atomic<std::int64_t> operations{0};
  sqlite3_vfs* real = nullptr;
};
Plan& plan() {
  static Plan the_plan;
  return the_plan;
}

struct FaultyFile {
  sqlite3_file base;
  sqlite3_file* real;
};
sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<FaultyFile*>(file)->real; }

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

int error_of(Operation operation) {
  switch (operation) {
    case Operation::kWrite: return SQLITE_IOERR_WRITE;
    case Operation::kSync: return SQLITE_IOERR_FSYNC;
    case Operation::kTruncate: return SQLITE_IOERR_TRUNCATE;
    case Operation::kDelete: return SQLITE_IOERR_DELETE;
  }
  return SQLITE_IOERR;
}

// `body` is the operation itself, `half` as much of it as a process killed in the middle leaves.
template <typename Body, typename Half>
int operate(Operation operation, Body body, Half half) {
  const std::int64_t number = ++plan().operations;
  const DiskFault fault = plan().fault;
  const bool is_the_one = number == plan().at;
  const bool is_due = number >= plan().at;
  if (fault == DiskFault::kKillBefore && is_the_one) die();
  if (fault == DiskFault::kKillHalfway && is_the_one) half(), die();
  if (fault == DiskFault::kKillAfter && is_the_one) body(), die();
  if ((fault == DiskFault::kFailOnce && is_the_one) || (fault == DiskFault::kFail && is_due)) return error_of(operation);
  if (fault == DiskFault::kSyncFails && is_due && operation == Operation::kSync) return SQLITE_IOERR_FSYNC;
  if (fault == DiskFault::kFull && is_due && operation == Operation::kWrite) return SQLITE_FULL;
  return body();
}

int faulty_close(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int faulty_read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return real_of(file)->pMethods->xRead(real_of(file), to, size, at);
}
int faulty_write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  const auto write = [&](int bytes) { return real_of(file)->pMethods->xWrite(real_of(file), from, bytes, at); };
  return operate(Operation::kWrite, [&] { return write(size); }, [&] { write(size / 2); });
}
int faulty_truncate(sqlite3_file* file, sqlite3_int64 size) {
  const auto truncate = [&] { return real_of(file)->pMethods->xTruncate(real_of(file), size); };
  return operate(Operation::kTruncate, truncate, truncate);
}
int faulty_sync(sqlite3_file* file, int flags) {
  const auto sync = [&] { return real_of(file)->pMethods->xSync(real_of(file), flags); };
  return operate(Operation::kSync, sync, sync);
}
int faulty_size(sqlite3_file* file, sqlite3_int64* size) { return real_of(file)->pMethods->xFileSize(real_of(file), size); }
int faulty_lock(sqlite3_file* file, int kind) { return real_of(file)->pMethods->xLock(real_of(file), kind); }
int faulty_unlock(sqlite3_file* file, int kind) { return real_of(file)->pMethods->xUnlock(real_of(file), kind); }
int faulty_check(sqlite3_file* file, int* is_reserved) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), is_reserved);
}
int faulty_control(sqlite3_file* file, int what, void* with) {
  return real_of(file)->pMethods->xFileControl(real_of(file), what, with);
}
int faulty_sector(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int faulty_traits(sqlite3_file* file) { return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file)); }
int faulty_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, to);
}
int faulty_shm_lock(sqlite3_file* file, int at, int count, int flags) {
  return real_of(file)->pMethods->xShmLock(real_of(file), at, count, flags);
}
void faulty_shm_barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int faulty_shm_unmap(sqlite3_file* file, int remove) { return real_of(file)->pMethods->xShmUnmap(real_of(file), remove); }

constexpr sqlite3_io_methods kMethods{
    2, faulty_close, faulty_read, faulty_write, faulty_truncate, faulty_sync, faulty_size, faulty_lock, faulty_unlock,
    faulty_check, faulty_control, faulty_sector, faulty_traits, faulty_shm_map, faulty_shm_lock, faulty_shm_barrier,
    faulty_shm_unmap, nullptr, nullptr};

int faulty_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* faulty = reinterpret_cast<FaultyFile*>(file);
  faulty->real = reinterpret_cast<sqlite3_file*>(faulty + 1);
  faulty->base.pMethods = nullptr;
  const int code = plan().real->xOpen(plan().real, name, faulty->real, flags, flags_out);
  if (faulty->real->pMethods != nullptr) faulty->base.pMethods = &kMethods;
  return code;
}
int faulty_delete(sqlite3_vfs*, const char* name, int syncs) {
  const auto remove = [&] { return plan().real->xDelete(plan().real, name, syncs); };
  return operate(Operation::kDelete, remove, remove);
}

}  // namespace

void install_faulty_disk(DiskFault fault, std::int64_t at) {
  static sqlite3_vfs faulty;
  if (plan().real == nullptr) {
    sqlite3_initialize();
    plan().real = sqlite3_vfs_find(nullptr);
    faulty = *plan().real;
    faulty.zName = "faulty";
    faulty.pNext = nullptr;
    faulty.szOsFile = static_cast<int>(sizeof(FaultyFile)) + plan().real->szOsFile;
    faulty.xOpen = faulty_open;
    faulty.xDelete = faulty_delete;
    sqlite3_vfs_register(&faulty, 1);
  }
  plan().fault = fault;
  plan().at = at;
  plan().operations = 0;
}

std::int64_t disk_operations() { return plan().operations; }

}  // namespace gouji::testing
