// The YAML file of the settings, as a flat list of what stands in it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"

namespace gouji::runtime {

enum class NodeForm { kScalar, kList, kMap, kNothing };

struct FileEntry {
  std::string name;  // dotted
  std::string place;  // "FILE:LINE"
  NodeForm form = NodeForm::kScalar;
  std::string scalar;
  std::vector<std::string> list;                           // of scalars
  std::vector<std::pair<std::string, std::string>> pairs;  // of a map of scalars
  std::string mistake;  // not empty: why this place cannot be used at all
};

// Mappings whose dotted name `is_section` are walked into; everything else is an entry. At most 1 MiB,
// 10'000 entries and 8 sections deep. The error is one line for people: the file cannot be read, or
// is no YAML.
Result<std::vector<FileEntry>> read_settings_file(const std::string& path,
                                                  const std::function<bool(std::string_view)>& is_section);

// The bytes of a small file; kUnreadable, or kTooLarge beyond `bytes_max`.
Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max);

}  // namespace gouji::runtime
