#include "services/crawler/file_crawl.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/core/id.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"
#include "services/crawler/attachments.h"

namespace gouji::crawler {

namespace {

// A file that changes again within the file system's clock tick keeps its times: a tag this young
// does not vouch for the content.
constexpr UnixMillis kTagIsSafeAfter = 2'000;
constexpr std::size_t kTitleBytesMax = 1'024;

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view stem_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

std::string media_type_of(std::string_view name) {
  static const std::map<std::string_view, std::string_view> types = {
      {"html", "text/html"}, {"htm", "text/html"}, {"shtml", "text/html"}, {"xhtml", "application/xhtml+xml"},
      {"txt", "text/plain"}, {"json", "application/json"}, {"pdf", "application/pdf"}, {"doc", "application/msword"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"xls", "application/vnd.ms-excel"},
      {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}};
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  const auto found = types.find(ascii_lower(name.substr(dot + 1)));
  return found == types.end() ? std::string() : std::string(found->second);
}

RawReport report_of(const Source& source, const std::string& path, std::string bytes, UnixMillis now) {
  RawReport report;
  report.url = file_url(path);
  report.final_url = report.url;
  report.fetched_at = now;
  const std::string_view name = name_of(path);
  // A name that is no text stays readable in the address.
  report.body.name = is_utf8(name) ? std::string(name) : report.url.substr(report.url.rfind('/') + 1);
  report.body.media_type = media_type_of(name);
  report.body.bytes = std::move(bytes);
  report.hints = source.hints;
  if (is_utf8(name) && name.size() <= kTitleBytesMax) report.hints.push_back({"title", std::string(stem_of(name)), "file_name"});
  if (!report.body.media_type.empty()) report.hints.push_back({"media_type", report.body.media_type, "file_name"});
  return report;
}

// A page's tag goes on with those of its attachments, a line each.
bool is_same(std::string_view tag, const FoundFile& file) {
  const auto line = tag.find('\n');
  if (tag.empty() || tag.substr(0, line) != file.tag) return false;
  return line == tag.npos || are_unchanged(tag.substr(line + 1));
}

bool lies_in_unread(const std::string& path, const std::set<std::string>& unread) {
  for (const std::string& folder : unread) {
    if (path == folder || (path.starts_with(folder) && (folder == "/" || path[folder.size()] == '/'))) return true;
  }
  return false;
}

}  // namespace

FileCrawl::FileCrawl(Source source, FileCrawlOptions options, Parts parts)
    : source_(std::move(source)), options_(options), state_(parts.state), recorder_(parts.recorder), pages_(parts.pages),
      observer_(parts.observer) {}

void FileCrawl::tell(const FileProblem& problem) {
  const auto before = told_.find(problem.path);
  const bool is_known = before != told_.end() && before->second == problem.message;
  still_[problem.path] = problem.message;
  if (problem.passes) observer_.fetched(SourceKind::kFiles, FetchClass::kUnreadable, 0);
  if (is_known) return;
  if (problem.passes) {
    observer_.postponed(FetchClass::kUnreadable, problem.message);
  } else {
    observer_.passed_over(problem.message);
  }
}

Result<PassResult> FileCrawl::pass(const Clock& clock, const std::function<bool()>& stopping) {
  still_.clear();
  // What a failed pass left behind is looked at again: the sequence numbers in it may be taken by now.
  recorder_.discard();
  const FileTree tree = read_tree(source_.address, options_.tree);
  PassResult result;
  result.documents = static_cast<std::int64_t>(tree.files.size());
  result.folders = tree.folders;
  result.failures = static_cast<std::int64_t>(tree.unread_folders.size());
  for (const FileProblem& problem : tree.problems) tell(problem);
  for (const FoundFile& file : tree.files) {
    if (stopping()) {
      GOUJI_TRY(recorder_.flush());
      return result;
    }
    observer_.heartbeat();
    GOUJI_TRY(look_at(file, clock.unix_millis(), result));
  }
  GOUJI_TRY(take_missing(tree, clock.unix_millis(), result));
  GOUJI_TRY(take_health(tree, result, clock.unix_millis()));
  told_.swap(still_);
  return result;
}

// The tags of what the page has attached.
std::string FileCrawl::take_attachments(const std::string& path, RawReport& report) {
  const auto told = [&](const std::string& message) { tell({path, message, false}); };
  // A source that is one page: what lies beside it.
  const std::string folder = source_.address == path ? path.substr(0, std::max<std::size_t>(path.rfind('/'), 1)) : source_.address;
  FileAttachments attachments(pages_, folder, told);
  report.attachments = attachments.read(path, report.body.bytes, report.body.media_type);
  return attachments.tags();
}

Result<void> FileCrawl::look_at(const FoundFile& file, UnixMillis now, PassResult& result) {
  const std::string id = location_id(source_.location_source, file.path);
  GOUJI_ASSIGN(auto known, state_.find(id));
  const bool is_same_file = known && is_same(known->tag, file);
  if (is_same_file && known->known.missing_count == 0) {
    // Nothing to write: a pass over files that did not change costs a look each.
    observer_.fetched(SourceKind::kFiles, FetchClass::kNotModified, 0);
    return ok();
  }
  if (!is_same_file && options_.settle > 0 && file.changed_at <= now && now - file.changed_at < options_.settle) {
    result.wants_more = true;
    return ok();
  }
  Location location = known.value_or(Location{});
  if (!known) {
    location.id = id;
    location.source_id = source_.location_source;
    location.address = file.path;
    location.first_seen = now;
  }
  location.last_seen = now;
  if (is_same_file) {
    Seen seen;
    seen.location = std::move(location);
    seen.sight = Sight::kUnchanged;
    return recorder_.take(std::move(seen), now);
  }
  return read(file, std::move(location), now, result);
}

Result<void> FileCrawl::read(const FoundFile& file, Location location, UnixMillis now, PassResult& result) {
  auto content = read_file(file.path, options_.document_bytes_max);
  Seen seen;
  if (content) {
    observer_.fetched(SourceKind::kFiles, FetchClass::kOk, static_cast<std::int64_t>(content->bytes.size()));
    location.refused.clear();
    location.fetches += 1;
    seen.report = report_of(source_, file.path, std::move(content->bytes), now);
    const std::string attached = take_attachments(file.path, seen.report);
    const UnixMillis changed = std::max(file.changed_at, changed_at(attached));
    location.tag = now - changed >= kTagIsSafeAfter ? content->tag + (attached.empty() ? "" : "\n" + attached) : "";
    seen.sight = Sight::kContent;
  } else if (content.error().kind == ErrorKind::kInvalidInput) {
    observer_.fetched(SourceKind::kFiles, FetchClass::kTooLarge, 0);
    if (location.refused == file.tag) return ok();
    observer_.refused(FetchClass::kTooLarge, content.error().message);
    location.refused = file.tag;
  } else {
    result.failures += 1;
    tell({file.path, content.error().message, true});
    return ok();
  }
  seen.location = std::move(location);
  return recorder_.take(std::move(seen), now);
}

Result<std::vector<Location>> FileCrawl::missing_from(const FileTree& tree) {
  is_elsewhere_ = false;
  GOUJI_ASSIGN(auto locations, state_.under(source_.location_source, source_.address));
  std::set<std::string> there;
  for (const FoundFile& file : tree.files) there.insert(file.path);
  std::vector<Location> missing;
  std::size_t present = 0;
  for (Location& location : locations) {
    const bool is_root = tree.root_is_gone && location.address == source_.address;
    if (there.contains(location.address)) {
      present += 1;
    } else if (location.known.sequence > 0 && !location.known.withdrawn &&
               (is_root || !lies_in_unread(location.address, tree.unread_folders))) {
      missing.push_back(std::move(location));
    }
  }
  GOUJI_ASSIGN(const SourceMemory memory, state_.source(source_.id));
  // Another device and none of the known files: a disk that is not mounted looks like this.
  is_elsewhere_ = !missing.empty() && present == 0 && !memory.place.empty() && tree.root_is_there && memory.place != tree.place;
  if (is_elsewhere_) missing.clear();
  return missing;
}

Result<void> FileCrawl::take_missing(const FileTree& tree, UnixMillis now, PassResult& result) {
  GOUJI_ASSIGN(auto missing, missing_from(tree));
  for (Location& location : missing) {
    Seen seen;
    seen.report.url = file_url(location.address);
    seen.location = std::move(location);
    seen.sight = Sight::kGone;
    seen.gone_rule = options_.gone;
    seen.withdrawal = WithdrawalReason::kFileDeleted;
    GOUJI_TRY(recorder_.take(std::move(seen), now));
    result.wants_more = true;
  }
  return ok();
}

Result<void> FileCrawl::take_health(const FileTree& tree, const PassResult& result, UnixMillis now) {
  GOUJI_ASSIGN(SourceMemory memory, state_.source(source_.id));
  SourceHealth& health = memory.health;
  health.address = source_.address;
  health.last_attempt_at = now;
  health.reason.clear();
  health.message.clear();
  if (!tree.root_is_there || is_elsewhere_) {
    health.reason = is_elsewhere_ ? "OTHER_DEVICE" : "UNREADABLE";
    health.message = is_elsewhere_ ? source_.address + ": another disk, and none of the known files; mount the right one, or delete the state of this source"
                                   : tree.problems.front().message;
    if (is_elsewhere_) tell({source_.address, health.message, true});
  } else if (result.failures > 0) {
    health.reason = "PARTLY_UNREADABLE";
    health.message = std::to_string(result.failures) + " files or directories of " + source_.address + " cannot be read";
  }
  health.state = health.reason.empty() ? SourceState::kActive : SourceState::kDegraded;
  health.failures = health.reason.empty() ? 0 : health.failures + 1;
  if (tree.root_is_there && !is_elsewhere_) {
    health.documents = result.documents;
    if (health.reason.empty()) health.last_success_at = now;
    memory.place = tree.place;
  }
  return recorder_.take_source(SourceKind::kFiles, std::move(memory), now);
}

}  // namespace gouji::crawler
