#include "services/crawler/sources.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <utility>

#include "services/crawler/core/portal_file.h"
#include "services/crawler/core/url.h"
#include "services/crawler/io/file_tree.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kPortalBytesMax = 1024 * 1024;

Error mistake(const std::string& argument, const std::string& message) {
  return fatal(ErrorCode::kBadSettings, "source \"" + argument + "\": " + message);
}

Result<Source> source_from_path(const std::string& argument) {
  const std::unique_ptr<char, decltype(&std::free)> path(::realpath(argument.c_str(), nullptr), &std::free);
  if (!path) return mistake(argument, std::string(std::strerror(errno)) + "; name a file, a directory, an address or a portal file that is there");
  const std::string absolute = path.get();
  struct stat status {};
  if (::stat(absolute.c_str(), &status) != 0) return mistake(argument, std::strerror(errno));
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return mistake(argument, "neither a file nor a directory");
  if (S_ISREG(status.st_mode) && absolute.ends_with(".json")) {
    const auto content = read_file(absolute, kPortalBytesMax);
    if (content && is_portal_file(content->bytes)) return parse_portal_file(content->bytes, argument);
  }
  return files_source(absolute);
}

Result<Source> source_from(const std::string& argument) {
  if (argument.empty()) return mistake(argument, "empty");
  if (argument.find("://") == std::string::npos) return source_from_path(argument);
  const auto url = parse_url(argument);
  if (!url) return fatal(ErrorCode::kBadSettings, url.error().message);
  return url_source(to_string(*url));
}

}  // namespace

Result<std::vector<Source>> sources_from(const std::vector<std::string>& arguments) {
  std::vector<Source> sources;
  std::set<std::string> ids;
  std::string mistakes;
  for (const std::string& argument : arguments) {
    auto source = source_from(argument);
    if (!source) {
      mistakes += (mistakes.empty() ? "" : "\n") + source.error().message;
    } else if (ids.insert(source->id).second) {
      sources.push_back(std::move(*source));
    } else if (source->location_source != kFilesSource && source->location_source != kWebSource) {
      mistakes += (mistakes.empty() ? "" : "\n") + mistake(argument, "the id \"" + source->id + "\" is there twice").message;
    }
  }
  if (!mistakes.empty()) return fatal(ErrorCode::kBadSettings, mistakes);
  return sources;
}

}  // namespace gouji::crawler
