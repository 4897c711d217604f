// What a WebCrawl keeps of one errand. For web_crawl.cpp, web_lists.cpp and web_documents.cpp alone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/crawler/web_crawl.h"

namespace gouji::crawler {

struct WebCrawl::Errand {
  const Source* source = nullptr;
  UrlRow row;
  bool is_robots = false;    // fetches robots.txt, for everybody who waits for its origin
  FetchRequest request;      // without its address: that is visited.back()
  std::vector<Url> visited;  // the addresses so far; the last one is asked for next
  Frontier::Host host = 0;   // whose slot it holds while it is in flight

  // Of a list that was read.
  bool rows_changed = false;
  std::int64_t rows = 0;
  UnixMillis listed_at = 0;

  // Of a page with attachments, until all of them have an answer.
  FetchResult page;
  std::vector<std::optional<Content>> contents;  // in the order of the page
  std::vector<std::string> pending;              // addresses that may be had later
  std::size_t answers_missing = 0;
  std::int64_t bytes_left = 0;
  FetchClass fault = FetchClass::kOk;  // the first attachment that is worth another try of the page
  std::string fault_message;
  std::optional<std::chrono::milliseconds> fault_wait;

  // Of an attachment.
  ErrandPtr parent;
  std::size_t index = 0;
};

// A fault that may be over at the next try.
bool is_passing(FetchClass result);
// Whether an attempt left the source no worse than it was.
bool went_well(FetchClass result);
// "HTTP_ERROR" for kHttpError: a reason of a health event.
std::string reason_of(FetchClass result);
Url url_of(const std::string& canonical);
std::string last_segment(const Url& url);

}  // namespace gouji::crawler
