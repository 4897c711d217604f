#include "common/runtime/settings_file.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

namespace gouji::runtime {

namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr std::size_t kEntriesMax = 10'000;
constexpr int kDepthMax = 8;

NodeForm form_of(const YAML::Node& node) {
  if (node.IsScalar()) return NodeForm::kScalar;
  if (node.IsSequence()) return NodeForm::kList;
  if (node.IsMap()) return NodeForm::kMap;
  return NodeForm::kNothing;
}

class Walk {
 public:
  Walk(const std::string& path, const std::function<bool(std::string_view)>& is_section)
      : path_(path), is_section_(is_section) {}

  void section(const YAML::Node& map, const std::string& prefix, int depth) {
    std::set<std::string> seen;
    for (const auto& pair : map) {
      if (entries_.size() >= kEntriesMax) return;
      FileEntry entry;
      entry.place = place(pair.first);
      if (!pair.first.IsScalar()) {
        entry.name = prefix;
        entry.mistake = "a name must be a plain text";
        entries_.push_back(std::move(entry));
        continue;
      }
      entry.name = prefix.empty() ? pair.first.Scalar() : prefix + "." + pair.first.Scalar();
      if (!seen.insert(entry.name).second) entry.mistake = "stands twice in this section";
      take(std::move(entry), pair.second, depth);
    }
  }

  std::vector<FileEntry> entries() && { return std::move(entries_); }

 private:
  std::string place(const YAML::Node& node) const { return fmt::format("{}:{}", path_, node.Mark().line + 1); }

  void take(FileEntry entry, const YAML::Node& node, int depth) {
    const bool is_section = entry.mistake.empty() && is_section_(entry.name);
    if (is_section && node.IsNull()) return;
    if (is_section && node.IsMap() && depth < kDepthMax) return section(node, entry.name, depth + 1);
    if (is_section) entry.mistake = "is a section: its settings belong below it, indented";
    entry.form = form_of(node);
    if (node.IsScalar()) entry.scalar = node.Scalar();
    if (node.IsSequence()) take_list(entry, node);
    if (node.IsMap()) take_pairs(entry, node);
    entries_.push_back(std::move(entry));
  }

  static void take_list(FileEntry& entry, const YAML::Node& node) {
    for (const auto& item : node) {
      if (!item.IsScalar()) entry.mistake = "every item of the list must be a plain text";
      else if (entry.list.size() < kEntriesMax) entry.list.push_back(item.Scalar());
      else entry.mistake = "the list is too long";
    }
  }

  static void take_pairs(FileEntry& entry, const YAML::Node& node) {
    for (const auto& pair : node) {
      if (!pair.first.IsScalar() || !pair.second.IsScalar())
        entry.mistake = "every name and value must be a plain text";
      else if (entry.pairs.size() < kEntriesMax)
        entry.pairs.emplace_back(pair.first.Scalar(), pair.second.Scalar());
      else
        entry.mistake = "too many names";
    }
  }

  const std::string& path_;
  const std::function<bool(std::string_view)>& is_section_;
  std::vector<FileEntry> entries_;
};

Error unreadable(const std::string& path, std::string_view why) {
  return fatal(ErrorCode::kUnreadable, fmt::format("{}: {}", path, why));
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max) {
  // Not a regular file is refused before it is opened: a pipe would wait for ever.
  struct stat info{};
  if (stat(path.c_str(), &info) != 0) return unreadable(path, std::strerror(errno));
  if (S_ISDIR(info.st_mode)) return unreadable(path, "is a directory");
  if (!S_ISREG(info.st_mode)) return unreadable(path, "is not a regular file");
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path, std::strerror(errno));
  std::string bytes(bytes_max + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) return unreadable(path, "cannot be read");
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > bytes_max)
    return fatal(ErrorCode::kTooLarge, fmt::format("{}: has more than {} bytes", path, bytes_max));
  return bytes;
}

Result<std::vector<FileEntry>> read_settings_file(const std::string& path,
                                                  const std::function<bool(std::string_view)>& is_section) {
  GOUJI_ASSIGN(const std::string text, read_small_file(path, kFileBytesMax));
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.empty() || (documents.size() == 1 && documents[0].IsNull())) return std::vector<FileEntry>{};
    if (documents.size() > 1) return unreadable(path, "holds more than one YAML document (\"---\")");
    if (!documents[0].IsMap()) return unreadable(path, "must hold names with values, such as \"kafka:\"");
    Walk walk(path, is_section);
    walk.section(documents[0], "", 1);
    return std::move(walk).entries();
  } catch (const YAML::Exception& e) {
    return fatal(ErrorCode::kMalformed, fmt::format("{}:{}: no YAML: {}", path, e.mark.line + 1, e.msg));
  }
}

}  // namespace gouji::runtime
