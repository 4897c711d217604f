// What a WebCrawl keeps of one errand. For web_crawl.cpp, web_lists.cpp and web_documents.cpp alone.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/crawler/core/portal.h"
#include "services/crawler/web_crawl.h"

namespace gouji::crawler {

struct WebCrawl::Errand {
  const Source* source = nullptr;
  UrlRow row;
  bool is_robots = false;    // fetches robots.txt, for everybody who waits for its origin
  FetchRequest request;      // without its address: that is visited.back()
  std::vector<Url> visited;  // the addresses so far; the last one is asked for next
  Frontier::Host host = 0;   // whose slot it holds while it is in flight
  bool has_replayed = false;  // asked once more with the cookie that the answer set

  // Of a list that was read.
  bool rows_changed = false;
  std::int64_t rows = 0;
  UnixMillis listed_at = 0;

  // Of a list of a portal file: what is to be read still, and what was found.
  std::vector<Url> vars_left;      // bootstrap pages
  bool retried_vars = false;
  bool is_conditional = false;     // the next request may ask whether the page changed
  std::deque<ListCursor> cursors;  // the next one first
  ListCursor cursor;               // of the page that is being read
  WalkFacts facts;
  std::int64_t pages = 0;
  bool is_complete = true;         // the walk saw the whole list
  std::int64_t first_rows = 0, undated = 0;  // of the first page
  std::string fingerprint, first_digest, tag, last_modified;
  std::string text_digest;         // of an article

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

// UrlRow::result of a list that was read and is not what it was.
inline constexpr std::string_view kDrifted = "drift";
// UrlRow::cursor of a list whose walk found something new and has not come to its end.
inline constexpr std::string_view kUnderWay = "under_way";

FetchClass class_of_page(PageClass page_class);
// Where a portal file's lists and documents begin, as new addresses of the frontier.
std::vector<UrlRow> portal_entrances(const Source& source, bool with_backfill);
bool is_backfill(const UrlRow& row);
// The id of the list whose entrance an address is.
std::string list_of(const UrlRow& row);
// A fault that may be over at the next try.
bool is_passing(FetchClass result);
// Whether an attempt left the source no worse than it was.
bool went_well(FetchClass result);
// "HTTP_ERROR" for kHttpError: a reason of a health event.
std::string reason_of(FetchClass result);
Url url_of(const std::string& canonical);
std::string last_segment(const Url& url);

}  // namespace gouji::crawler
