#include "services/crawler/io/blob_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "common/core/digest.h"
#include "common/runtime/descriptor.h"

namespace gouji::crawler {

namespace {

Error error_at(const std::string& path) {
  const int code = errno;
  const bool full = code == ENOSPC || code == EDQUOT;
  return unavailable(full ? ErrorCode::kDiskFull : ErrorCode::kUnreadable,
                     "blob store " + path + ": " + std::strerror(code) + (full ? "; free space on its disk" : ""));
}

Result<void> sync_folder(const std::string& path) {
  const runtime::Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return error_at(path);
  return ok();
}

// Makes `path` and sees to it that its name is on disk.
Result<void> make_folder(const std::string& parent, const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) return sync_folder(parent);
  if (errno != EEXIST) return error_at(path);
  return ok();
}

Result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return error_at(path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return error_at(path);
  return ok();
}

Result<void> write_temporary(const std::string& path, std::string_view bytes) {
  const runtime::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return error_at(path);
  return write_all(file.get(), bytes, path);
}

bool holds(const std::string& path, std::size_t size) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && static_cast<std::size_t>(status.st_size) == size;
}

}  // namespace

Result<BlobStore> BlobStore::open(std::string folder) {
  for (const std::string& path : {folder, folder + "/sha256"}) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      return fatal(ErrorCode::kUnreadable, "blob store " + path + ": " + std::strerror(errno));
    }
  }
  return BlobStore(std::move(folder));
}

Result<std::string> BlobStore::put(std::string_view bytes) {
  const std::string hex = to_hex(sha256(bytes));
  const std::string root = folder_ + "/sha256";
  const std::string folder = root + "/" + hex.substr(0, 2);
  const std::string path = folder + "/" + hex.substr(2);
  std::string reference = "cas://sha256/" + hex;
  // A rename happens only after the bytes are on disk, so a name of the right size is whole.
  if (holds(path, bytes.size())) {
    GOUJI_TRY(sync_folder(folder));
    return reference;
  }
  GOUJI_TRY(make_folder(root, folder));
  const std::string temporary = path + ".part";
  GOUJI_TRY(write_temporary(temporary, bytes));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return error_at(path);
  GOUJI_TRY(sync_folder(folder));
  return reference;
}

}  // namespace gouji::crawler
