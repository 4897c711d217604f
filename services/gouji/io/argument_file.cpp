#include "services/gouji/io/argument_file.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

namespace gouji::command {

Result<std::string> read_argument(const std::string& path, std::size_t bytes_max) {
  constexpr std::size_t kStep = 64 * 1024;
  std::ifstream file(path, std::ios::binary);
  std::string bytes;
  while (file && bytes.size() <= bytes_max) {
    const std::size_t before = bytes.size();
    bytes.resize(before + std::min(kStep, bytes_max + 1 - before));
    file.read(bytes.data() + before, static_cast<std::streamsize>(bytes.size() - before));
    bytes.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (!file.is_open() || file.bad()) return fatal(ErrorCode::kNotFound, fmt::format("{}：无法读取 / cannot be read", path));
  if (bytes.size() > bytes_max) return fatal(ErrorCode::kBadArgument, fmt::format("{}：超过 {} 字节 / more than {} bytes", path, bytes_max, bytes_max));
  return bytes;
}

}  // namespace gouji::command
