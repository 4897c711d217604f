#include "services/crawler/io/file_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "common/runtime/descriptor.h"

namespace gouji::crawler {

namespace {

std::string tag_of(const struct stat& status) {
  const auto nanos = [](const timespec& time) { return std::to_string(time.tv_sec) + "." + std::to_string(time.tv_nsec); };
  return std::to_string(status.st_size) + "-" + nanos(status.st_mtim) + "-" + nanos(status.st_ctim) + "-" +
         std::to_string(status.st_ino);
}

UnixMillis changed_at(const struct stat& status) {
  const auto millis = [](const timespec& time) { return UnixMillis{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000; };
  return std::max(millis(status.st_mtim), millis(status.st_ctim));
}

std::string error_text(const std::string& path, int code) {
  std::string text = path + ": " + std::strerror(code);
  if (code == EACCES || code == EPERM) text += "; give this program's user the right to read it";
  return text;
}

bool is_under(const std::string& path, const std::string& root) {
  return path == root || root == "/" || (path.starts_with(root) && path[root.size()] == '/');
}

struct FolderCloser {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool can_be_listed(const std::string& path) {
  const std::unique_ptr<DIR, FolderCloser> folder(::opendir(path.c_str()));
  return folder != nullptr;
}

// Walks a tree depth first; each folder's names in byte order, so that runs are alike.
class Walk {
 public:
  Walk(std::string root, const FileTreeLimits& limits) : root_(std::move(root)), limits_(limits) {}

  FileTree take() {
    struct stat status {};
    if (::stat(root_.c_str(), &status) != 0) {
      const int code = errno;
      tree_.root_is_gone = code == ENOENT && can_be_listed(folder_of(root_));
      unread(root_, error_text(root_, code));
      return std::move(tree_);
    }
    tree_.root_is_there = true;
    tree_.place = std::to_string(status.st_dev);
    visit(root_, status, 0);
    return std::move(tree_);
  }

 private:
  void problem(const std::string& path, std::string message) { tree_.problems.push_back({path, std::move(message), false}); }
  void unread(const std::string& path, std::string message) {
    tree_.unread_folders.insert(path);
    tree_.problems.push_back({path, std::move(message), true});
  }

  void visit(const std::string& path, const struct stat& status, int depth) {
    if (S_ISDIR(status.st_mode)) {
      enter(path, status, depth);
    } else if (!S_ISREG(status.st_mode)) {
      problem(path, path + ": neither a file nor a directory; it is passed over");
    } else if (tree_.files.size() >= limits_.files_max) {
      if (!cut_) unread(root_, root_ + ": more than " + std::to_string(limits_.files_max) + " files; split it into several sources");
      cut_ = true;
    } else {
      tree_.files.push_back({path, tag_of(status), status.st_size, changed_at(status)});
    }
  }

  void enter(const std::string& path, const struct stat& status, int depth) {
    if (!entered_.emplace(status.st_dev, status.st_ino).second) {
      problem(path, path + ": directory loop: this directory was already read under another name; it is not entered again");
      return;
    }
    if (depth >= limits_.depth_max) {
      unread(path, path + ": more than " + std::to_string(limits_.depth_max) + " directories deep; it is not entered");
      return;
    }
    const auto names = names_in(path);
    if (!names) return;
    tree_.folders.push_back(path);
    for (const std::string& name : *names) visit_entry(path == "/" ? "/" + name : path + "/" + name, depth + 1);
  }

  std::optional<std::vector<std::string>> names_in(const std::string& path) {
    const std::unique_ptr<DIR, FolderCloser> folder(::opendir(path.c_str()));
    if (!folder) {
      unread(path, error_text(path, errno));
      return std::nullopt;
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
      if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
      errno = 0;
    }
    if (errno != 0) {
      unread(path, error_text(path, errno));
      return std::nullopt;
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  void visit_entry(const std::string& path, int depth) {
    if (path == limits_.own_folder) return;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
      if (errno != ENOENT) unread(path, error_text(path, errno));
      return;
    }
    if (S_ISLNK(status.st_mode) && !follow(path, status)) return;
    visit(path, status, depth);
  }

  // Whether the link's target is to be read; `status` is then the target's.
  bool follow(const std::string& path, struct stat& status) {
    const std::unique_ptr<char, decltype(&std::free)> target(::realpath(path.c_str(), nullptr), &std::free);
    if (!target) {
      problem(path, path + ": symbolic link that leads nowhere (" + std::strerror(errno) + "); it is passed over");
      return false;
    }
    if (!is_under(target.get(), root_)) {
      problem(path, path + ": symbolic link out of " + root_ + "; it is passed over, name its target as a source of its own");
      return false;
    }
    if (::stat(path.c_str(), &status) != 0) return false;
    // The target is read under its own name, so that its files keep their addresses whatever links there are.
    if (S_ISDIR(status.st_mode) && !is_hidden(target.get())) {
      problem(path, path + ": directory loop: the link leads to " + target.get() + ", which is read under its own name");
      return false;
    }
    return true;
  }

  bool is_hidden(const std::string& path) const { return path.find("/.", root_.size()) != std::string::npos; }

  std::string root_;
  FileTreeLimits limits_;
  FileTree tree_;
  std::set<std::pair<dev_t, ino_t>> entered_;
  bool cut_ = false;
};

Error too_large(const std::string& path, std::int64_t size, std::int64_t limit) {
  return invalid_input(ErrorCode::kTooLarge, path + ": " + std::to_string(size) + " bytes; documents up to " +
                                                 std::to_string(limit) + " bytes are taken (setting document_bytes_max)");
}

// Reads `size` bytes; kUnavailable when the file ends earlier or goes on.
Result<std::string> read_exactly(int file, std::size_t size, const std::string& path) {
  std::string bytes(size + 1, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t count = ::read(file, bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return unavailable(ErrorCode::kUnreadable, error_text(path, errno));
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  if (filled != size) return unavailable(ErrorCode::kUnreadable, path + ": changes while it is read; read again later");
  bytes.resize(size);
  return bytes;
}

}  // namespace

FileTree read_tree(const std::string& root, const FileTreeLimits& limits) { return Walk(root, limits).take(); }

Result<FileContent> read_file(const std::string& path, std::int64_t bytes_max) {
  // Without O_NONBLOCK a pipe of that name would hold the crawler for ever.
  const runtime::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    return unavailable(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnreadable, error_text(path, errno));
  }
  struct stat before {};
  if (::fstat(file.get(), &before) != 0) return unavailable(ErrorCode::kUnreadable, error_text(path, errno));
  if (!S_ISREG(before.st_mode)) return unavailable(ErrorCode::kUnreadable, path + ": not a file");
  if (before.st_size > bytes_max) return too_large(path, before.st_size, bytes_max);
  GOUJI_ASSIGN(auto bytes, read_exactly(file.get(), static_cast<std::size_t>(before.st_size), path));
  struct stat after {};
  if (::fstat(file.get(), &after) != 0 || tag_of(before) != tag_of(after)) {
    return unavailable(ErrorCode::kUnreadable, path + ": changes while it is read; read again later");
  }
  return FileContent{std::move(bytes), tag_of(after)};
}

FileTag file_tag(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  return {tag_of(status), changed_at(status)};
}

std::string file_url(std::string_view absolute_path) {
  static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string url = "file://";
  for (const char c : absolute_path) {
    if (kPlain.find(c) != std::string_view::npos) {
      url.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    url.append({'%', kHex[byte >> 4], kHex[byte & 15]});
  }
  return url;
}

}  // namespace gouji::crawler
