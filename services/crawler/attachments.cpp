#include "services/crawler/attachments.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include "common/text/percent.h"
#include "common/text/utf8.h"
#include "services/crawler/core/attachment_list.h"
#include "services/crawler/core/url.h"
#include "services/crawler/io/file_tree.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kPageBytesMax = 8 * 1024 * 1024;
// Paths become addresses of this host, so that one resolution serves both; nothing is connected to.
constexpr std::string_view kFileHost = "http://files.invalid";

std::optional<std::string> path_of(const std::string& url) {
  if (!url.starts_with(kFileHost) || url.find('?') != url.npos) return std::nullopt;
  std::string path = percent_decoded(std::string_view(url).substr(kFileHost.size()));
  const bool is_odd = path.empty() || path[0] != '/' || path.find('\0') != path.npos || path.find("/.") != path.npos;
  return is_odd ? std::nullopt : std::optional(std::move(path));
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? real.get() : "";
}

// A link may lead out of the tree through a symbolic link: where it really lies counts.
bool lies_under(const std::string& path, const std::string& root) {
  const std::string real = real_path(path), real_root = real_path(root);
  return !real.empty() && !real_root.empty() && (real_root == "/" || real.starts_with(real_root + "/"));
}

}  // namespace

bool may_have_attachments(std::string_view media_type, std::string_view body) {
  if (body.empty() || body.size() > kPageBytesMax) return false;
  if (media_type.find("html") != media_type.npos) return true;
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != body.npos && body[first] == '<';
}

std::vector<PageAttachment> attachments_of(PageReader& pages, std::string_view body, const std::string& media_type, const std::string& url,
                                           const std::function<void(const std::string&)>& told) {
  PageRequest request;
  request.purpose = PagePurpose::kAttachments;
  request.body = body;
  request.media_type = media_type;
  request.url = url;
  auto answer = pages.read_page(request);
  if (!answer || answer->page_class != PageClass::kOk) {
    told(url + ": its attachments cannot be listed: " + (answer ? answer->why : answer.error().message));
    return {};
  }
  std::vector<PageAttachment> found = std::move(answer->article.attachments);
  if (found.size() > kAttachmentsMax) told(url + ": more than " + std::to_string(kAttachmentsMax) + " attachments; the rest is not fetched");
  found.resize(std::min(found.size(), kAttachmentsMax));
  // They come from a process that read hostile bytes.
  std::erase_if(found, [](const PageAttachment& one) {
    const auto parsed = parse_url(one.url);
    return !parsed || to_string(*parsed) != one.url;
  });
  return found;
}

std::vector<Content> FileAttachments::read(const std::string& page_path, std::string_view body, const std::string& media_type) {
  tags_.clear();
  std::vector<Content> contents;
  if (!may_have_attachments(media_type, body)) return contents;
  const auto page = parse_url(std::string(kFileHost) + file_url(page_path).substr(7));
  if (!page) return contents;
  std::int64_t left = kAttachmentBytesMax;
  for (const PageAttachment& row : attachments_of(pages_, body, media_type, to_string(*page), told_)) {
    const auto path = path_of(row.url);
    if (!path) continue;  // on the web; a file stays at home
    tags_ += (tags_.empty() ? "" : "\n") + file_tag(*path).tag + " " + *path;
    if (!lies_under(*path, root_)) {
      told_(page_path + ": its attachment " + *path + " is missing, or does not lie under " + root_);
      continue;
    }
    auto content = read_file(*path, left);
    if (!content) {
      told_(page_path + ": its attachment is left out: " + content.error().message);
      continue;
    }
    left -= static_cast<std::int64_t>(content->bytes.size());
    Content attachment;
    attachment.name = path->substr(path->rfind('/') + 1);
    if (!is_utf8(attachment.name)) attachment.name = row.url.substr(row.url.rfind('/') + 1);
    attachment.url = file_url(*path);
    attachment.bytes = std::move(content->bytes);
    contents.push_back(std::move(attachment));
  }
  return contents;
}

namespace {

// Calls `look(tag, path)` for each line until it says no.
template <class Look>
bool all_lines(std::string_view tags, Look look) {
  while (!tags.empty()) {
    const std::string_view line = tags.substr(0, tags.find('\n'));
    tags.remove_prefix(std::min(line.size() + 1, tags.size()));
    const auto space = line.find(' ');
    if (space == line.npos || !look(line.substr(0, space), std::string(line.substr(space + 1)))) return false;
  }
  return true;
}

}  // namespace

bool are_unchanged(std::string_view tags) {
  return all_lines(tags, [](std::string_view tag, const std::string& path) { return file_tag(path).tag == tag; });
}

UnixMillis changed_at(std::string_view tags) {
  UnixMillis latest = 0;
  all_lines(tags, [&](std::string_view, const std::string& path) { return latest = std::max(latest, file_tag(path).changed_at), true; });
  return latest;
}

}  // namespace gouji::crawler
