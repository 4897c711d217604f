#include "services/crawler/io/warc_manifest.h"

#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "common/core/digest.h"
#include "common/runtime/settings_file.h"
#include "services/crawler/io/warc_files.h"

namespace gouji::crawler {

namespace {

constexpr UnixMillis kDay = 86'400'000;
constexpr std::string_view kPrefix = "manifest-";
constexpr std::size_t kManifestBytesMax = 4 * 1024 * 1024;  // of a day

struct Entry {
  std::string name, sha256;
  std::int64_t size = 0;
};

struct Manifest {
  std::string name, sha256;  // of the manifest itself
  std::string previous, previous_sha256;
  std::vector<Entry> files;
};

Result<Entry> entry_of(const std::string& folder, const std::string& name) {
  std::ifstream file(folder + "/" + name, std::ios::binary);
  Sha256Stream digest;
  Entry entry{name, {}, 0};
  std::string buffer(1 << 20, '\0');
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    digest.add(std::string_view(buffer).substr(0, static_cast<std::size_t>(file.gcount())));
    entry.size += file.gcount();
  }
  if (!file.eof()) return unavailable(ErrorCode::kUnreadable, "archive " + folder + "/" + name + " cannot be read");
  entry.sha256 = to_hex(digest.finish());
  return entry;
}

// simdjson with the strings taken out; anything unexpected makes the manifest a changed one.
std::optional<Manifest> parsed(const std::string& name, const std::string& text) {
  Manifest manifest{name, to_hex(sha256(text)), {}, {}, {}};
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view previous, previous_sha256;
  simdjson::dom::array files;
  if (parser.parse(simdjson::padded_string(text)).get(root) != simdjson::SUCCESS || root["previous"]["name"].get(previous) != simdjson::SUCCESS ||
      root["previous"]["sha256"].get(previous_sha256) != simdjson::SUCCESS || root["files"].get(files) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  manifest.previous = previous;
  manifest.previous_sha256 = previous_sha256;
  for (const simdjson::dom::element file : files) {
    std::string_view of_file, digest;
    std::int64_t size = 0;
    if (file["name"].get(of_file) != simdjson::SUCCESS || file["sha256"].get(digest) != simdjson::SUCCESS || file["size"].get(size) != simdjson::SUCCESS ||
        of_file.find('/') != std::string_view::npos) {
      return std::nullopt;
    }
    manifest.files.push_back({std::string(of_file), std::string(digest), size});
  }
  return manifest;
}

// Empty, which is no manifest, where it cannot be read.
std::string text_of(const std::string& path) { return runtime::read_small_file(path, kManifestBytesMax).value_or(""); }

Result<std::vector<std::string>> manifest_names(const std::string& folder) {
  GOUJI_ASSIGN(auto names, names_ending(folder, ".json"));
  std::erase_if(names, [](const std::string& name) { return !name.starts_with(kPrefix); });
  return names;
}

std::string written(const std::string& previous, const std::string& previous_sha256, const std::vector<Entry>& files) {
  std::string text = fmt::format("{{\n  \"previous\": {{\"name\": \"{}\", \"sha256\": \"{}\"}},\n  \"files\": [", previous, previous_sha256);
  for (const Entry& file : files) {
    text += fmt::format("{}\n    {{\"name\": \"{}\", \"size\": {}, \"sha256\": \"{}\"}}", &file == &files.front() ? "" : ",", file.name, file.size, file.sha256);
  }
  return text + "\n  ]\n}\n";
}

}  // namespace

Result<void> seal_days(const std::string& folder, UnixMillis now) {
  const std::string name = fmt::format("{}{}.json", kPrefix, warc_stamp(now - kDay).substr(0, 8));
  GOUJI_ASSIGN(const auto manifests, manifest_names(folder));
  if (!manifests.empty() && manifests.back() >= name) return ok();
  std::set<std::string> listed;
  for (const std::string& manifest : manifests) {
    const auto known = parsed(manifest, text_of(folder + "/" + manifest));
    if (!known) return fatal(ErrorCode::kMalformed, "archive " + folder + "/" + manifest + " is damaged; move it away, and keep it");
    for (const Entry& file : known->files) listed.insert(file.name);
  }
  const std::string today = warc_stamp(now).substr(0, 8);
  GOUJI_ASSIGN(const auto names, names_ending(folder, kWarcEnding));
  std::vector<Entry> files;
  for (const std::string& file : names) {
    // Opened today: its day is not over.
    if (listed.contains(file) || file.find("-" + today) != std::string::npos) continue;
    GOUJI_ASSIGN(Entry entry, entry_of(folder, file));
    files.push_back(std::move(entry));
  }
  if (files.empty()) return ok();
  const std::string previous = manifests.empty() ? "" : manifests.back();
  return write_whole_file(folder, name, written(previous, previous.empty() ? "" : to_hex(sha256(text_of(folder + "/" + previous))), files));
}

Result<ManifestCheck> check_manifests(const std::string& folder) {
  ManifestCheck check;
  GOUJI_ASSIGN(const auto names, manifest_names(folder));
  check.manifests = names.size();
  std::string previous, previous_sha256;
  for (const std::string& name : names) {
    const std::string text = text_of(folder + "/" + name);
    const auto manifest = parsed(name, text);
    if (!manifest || manifest->previous != previous || manifest->previous_sha256 != previous_sha256) check.changed.push_back(previous.empty() || !manifest ? name : previous);
    previous = name;
    previous_sha256 = to_hex(sha256(text));
    if (!manifest) continue;
    for (const Entry& listed : manifest->files) {
      if (!std::filesystem::exists(folder + "/" + listed.name)) {
        check.missing.push_back(listed.name);
        continue;
      }
      GOUJI_ASSIGN(const Entry found, entry_of(folder, listed.name));
      if (found.sha256 == listed.sha256 && found.size == listed.size) {
        check.files += 1;
      } else {
        check.changed.push_back(listed.name);
      }
    }
  }
  return check;
}

}  // namespace gouji::crawler
