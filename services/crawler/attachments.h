// Asks a worker what is attached to a page, and reads what a local page has attached.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/raw_report.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {

// Of one document's attachments together. With a body of the usual size everything stays below what
// a parser reads at once.
inline constexpr std::int64_t kAttachmentBytesMax = 16LL * 1024 * 1024;

// Whether a body can be a page with attachments: declared as HTML, or beginning with '<'; of a size
// that a worker takes.
bool may_have_attachments(std::string_view media_type, std::string_view body);

// What is attached to a page at `url`, canonical addresses; empty when the page cannot be read, which
// `told` then says.
std::vector<PageAttachment> attachments_of(PageReader& pages, std::string_view body, const std::string& media_type, const std::string& url,
                                            const std::function<void(const std::string&)>& told);

// What is attached to a page in a file: files with relative addresses that lie under `root`.
class FileAttachments {
 public:
  // `root` is the folder that attachments may lie under.
  FileAttachments(PageReader& pages, std::string root, std::function<void(const std::string&)> told)
      : pages_(pages), root_(std::move(root)), told_(std::move(told)) {}

  // In the order of the page; what is missing or too large is told and left out.
  std::vector<Content> read(const std::string& page_path, std::string_view body, const std::string& media_type);
  // Tag and path, one a line, of everything that the page read last has attached, also of what is
  // missing: a tag of file_tag().
  const std::string& tags() const { return tags_; }

 private:
  PageReader& pages_;
  std::string root_;
  std::function<void(const std::string&)> told_;
  std::string tags_;
};

// The tags() of an earlier reading still hold: every attachment is as it was.
bool are_unchanged(std::string_view tags);
// The latest change of the attachments, milliseconds since 1970; 0 without any.
UnixMillis changed_at(std::string_view tags);

}  // namespace gouji::crawler
