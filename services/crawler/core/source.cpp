#include "services/crawler/core/source.h"

#include <utility>

namespace gouji::crawler {

std::string_view to_string(SourceKind kind) {
  switch (kind) {
    case SourceKind::kFiles:
      return "files";
    case SourceKind::kUrl:
      return "url";
    case SourceKind::kList:
      return "list";
  }
  return "files";
}

Source files_source(std::string absolute_path) {
  Source source;
  source.id = "files:" + absolute_path;
  source.location_source = kFilesSource;
  source.kind = SourceKind::kFiles;
  source.address = std::move(absolute_path);
  return source;
}

Source url_source(std::string canonical_url) {
  Source source;
  source.id = "web:" + canonical_url;
  source.location_source = kWebSource;
  source.kind = SourceKind::kUrl;
  source.address = std::move(canonical_url);
  return source;
}

}  // namespace gouji::crawler
