// A source: where documents come from, and what its operator knows about them.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/reading.h"

namespace gouji::crawler {

struct Portal;  // portal.h

enum class SourceKind : std::uint8_t {
  kFiles,  // a file, or a directory with everything under it
  kUrl,    // one document over HTTP
  kList,   // a page over HTTP that names documents
};
inline constexpr SourceKind kSourceKinds[] = {SourceKind::kFiles, SourceKind::kUrl, SourceKind::kList};
std::string_view to_string(SourceKind kind);  // "files", "url", "list": a metric label

struct Source {
  std::string id;           // of health and metrics: portal id, or the kind and address
  std::string location_source;  // first part of a location's id: portal id, "files" or "web"
  SourceKind kind = SourceKind::kFiles;
  std::string address;      // absolute path, or canonical URL
  std::vector<Hint> hints;  // of every document of this source
  std::chrono::milliseconds interval{3'600'000};  // between two readings
  std::shared_ptr<const Portal> portal;  // of a portal file; null for files and plain addresses
};

// Locations of files and of single URLs have the same id however the command line names them.
inline constexpr std::string_view kFilesSource = "files";
inline constexpr std::string_view kWebSource = "web";

Source files_source(std::string absolute_path);
Source url_source(std::string canonical_url);

}  // namespace gouji::crawler
