// The attachments of a page on the web: fetched as the page is, and part of the same event.
#include <utility>

#include "common/text/utf8.h"
#include "services/crawler/attachments.h"
#include "services/crawler/web_crawl.h"

namespace gouji::crawler {

namespace {

// After so many failures in a row the report is told without what cannot be had.
constexpr std::int64_t kPatience = 3;

Content content_of(FetchResult fetched, const events::ListRow& row) {
  Content content;
  const std::string path = fetched.final_url.path;
  content.name = path.substr(path.rfind('/') + 1).substr(0, 255);
  content.url = row.url;
  content.media_type = utf8_prefix(fetched.media_type, 255);
  content.bytes = std::move(fetched.body);
  return content;
}

}  // namespace

WebCrawl::Attached WebCrawl::fetch_attachments(const Source& source, const FetchResult& page, std::int64_t failures) {
  Attached attached;
  if (!may_have_attachments(page.media_type, page.body)) return attached;
  const auto told = [this](const std::string& message) { parts_.observer.passed_over(message); };
  const auto rows = attachments_of(parts_.lists, page.body, page.media_type, to_string(page.final_url), told);
  std::int64_t left = kAttachmentBytesMax;
  for (const events::ListRow& row : rows) {
    attached.are_there = true;
    auto url = parse_url(row.url);
    if (!url) continue;
    FetchRequest request;
    request.url = std::move(*url);
    request.bytes_max = left;
    FetchResult fetched = fetch(source, std::move(request));
    if (fetched.result == FetchClass::kOk) {
      left -= static_cast<std::int64_t>(fetched.body.size());
      attached.contents.push_back(content_of(std::move(fetched), row));
      continue;
    }
    const bool is_passing = fetched.result == FetchClass::kStopped || (sight_of(fetched.result) == Sight::kTransient && !is_refusal(fetched.result));
    if (is_passing && (fetched.result == FetchClass::kStopped || failures < kPatience)) {
      attached.result = fetched.result;
      attached.message = "attachment " + row.url + ": " + fetched.message;
      attached.retry_after = fetched.retry_after;
      return attached;
    }
    told(to_string(page.final_url) + ": its attachment is left out: " + row.url + ": " + fetched.message);
  }
  return attached;
}

}  // namespace gouji::crawler
