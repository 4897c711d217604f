// Files of a directory tree, found and read without trusting the tree: loops, hidden files, special
// files, files that grow while they are read.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"

namespace gouji::crawler {

struct FileTreeLimits {
  int depth_max = 32;
  std::size_t files_max = 1'000'000;
  std::string own_folder = {};  // absolute; not read when it lies under the root: this program's own files
};

struct FoundFile {
  std::string path;           // absolute
  std::string tag;            // size, times and inode: the same tag, the same content
  std::int64_t size = 0;
  UnixMillis changed_at = 0;  // the later of modification and status change
};

struct FileProblem {
  std::string path;
  std::string message;  // names the path and what to do
  bool passes = false;  // it may be read another time; otherwise it is passed over for good
};

struct FileTree {
  bool root_is_there = false;           // false: gone or unreadable, see problems
  bool root_is_gone = false;            // its folder can be read and does not name it
  std::vector<FoundFile> files;         // by path
  std::set<std::string> unread_folders; // nothing can be said about what lies under these
  std::vector<FileProblem> problems;
  std::vector<std::string> folders;     // that were read, for a watch
  std::string place;                    // the device of the root
};

// A root that is a file gives that file. Symbolic links are followed while they stay under the root;
// a directory is entered once, whatever its names. Names that begin with a dot are passed over.
FileTree read_tree(const std::string& root, const FileTreeLimits& limits);

struct FileContent {
  std::string bytes;
  std::string tag;  // of what was read
};

// kInvalidInput TOO_LARGE above `bytes_max`; kUnavailable UNREADABLE when it cannot be read, or
// changed while it was read; kUnavailable NOT_FOUND when it is gone.
Result<FileContent> read_file(const std::string& path, std::int64_t bytes_max);

struct FileTag {
  std::string tag = "-";  // as of FoundFile; "-" where there is no file
  UnixMillis changed_at = 0;
};
FileTag file_tag(const std::string& path);

// "file:///…", percent-encoded.
std::string file_url(std::string_view absolute_path);

}  // namespace gouji::crawler
