// How the lists and articles of a portal are read: the half of a portal file that the worker needs.
// Data only; read by portal_file.h, applied by request_template.h, rows.h, paging.h, article.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/crawler/core/pattern.h"

namespace gouji::crawler {

// One way to get a text out of a row, a page or an address. Of several, the first that gives one counts.
struct FieldRule {
  std::string select;            // CSS within the row; empty: the row itself
  std::string attribute;         // of the element; empty: its text
  std::string pointer;           // JSON pointer within the row
  int group = -1;                // of the rows' regular expression
  std::string from;              // "row" (default), "url", "title", "page"
  std::optional<Pattern> regex;  // its groups joined with "-"; without groups the match
  std::vector<std::string> decode;  // html, url, single_to_double_quotes, json, strip_tags
  std::string type;              // text (default), date, epoch, url
};

struct VarRule {
  std::string name;
  std::string from;                 // address of another page than Vars::from; empty: that one
  FieldRule value;                  // regex, select or pointer, with decode
  std::string json_after;           // the JSON value behind this marker …
  std::optional<Pattern> find_name; // … its first object, however deep, whose `find_key` matches …
  std::string find_key;
  std::string take;                 // … and the member of it
};

struct VarsRule {
  std::string from;  // address template of the bootstrap page; empty: no bootstrap
  std::vector<VarRule> vars;
  std::vector<std::pair<std::string, std::string>> fixed;
  std::chrono::milliseconds refresh{7LL * 86'400'000};
};

// Texts with {name} in them.
struct RequestTemplate {
  std::string method = "GET";  // GET, POST
  std::string url;
  std::vector<std::pair<std::string, std::string>> query;  // appended, encoded; "..." spreads an object var
  std::vector<std::pair<std::string, std::string>> form;   // body of a POST
  std::string json;                                        // or this
  std::vector<std::pair<std::string, std::string>> headers;
};

enum class ListFormat : std::uint8_t { kHtml, kXml, kJson, kJsonp, kJsonArrayOfHtml, kJsVar };

struct ResponseRule {
  ListFormat format = ListFormat::kHtml;
  std::string marker;                 // of js_var: what stands before the value
  std::vector<std::string> html_at;   // JSON pointers; the first that is a text is the page
  std::vector<std::string> unwrap;    // cdata_html, entities, html_in_string
};

struct RowRule {
  std::string select;            // CSS, or …
  std::string pointer;           // … JSON pointer to an array ("" = the root), or …
  bool has_pointer = false;
  std::optional<Pattern> regex;  // … each match
  std::vector<FieldRule> url, title, date, organ, attachments;
  std::string attachments_at;    // JSON pointer to an array in the row; `attachments` and `attachment_name` within it
  std::vector<FieldRule> attachment_name;
  std::string url_template;      // "{docId}": members of the row; instead of `url`
};

enum class PagingKind : std::uint8_t { kNone, kPath, kParam, kRecordRange, kForm, kNextLink };

struct PagingRule {
  PagingKind kind = PagingKind::kNone;
  std::string first, next;           // of kPath: file names, {n} in `next`
  std::int32_t start = 1;            // {page} of the first page; {n} of the second for kPath
  std::int32_t step = 1;
  std::optional<FieldRule> total;    // from the page: rows, or pages with `total_is_pages`
  bool total_is_pages = false;
  std::optional<FieldRule> page_rows;
  std::optional<FieldRule> next_link;
  std::vector<std::int32_t> page_sizes;  // {limit}: tried in this order
  bool stop_empty = true, stop_repeat = true, stop_no_new = true, stop_404 = true;
  std::int32_t older_than_years = 0;     // 0 = no such rule
};

struct AcceptRule {
  std::vector<Pattern> title, title_not, url;  // empty title or url = all
};

struct ListRule {
  std::string id;
  RequestTemplate request;
  ResponseRule response;
  RowRule rows;
  PagingRule paging;
  std::optional<AcceptRule> accept;  // instead of the portal's
  bool follow_iframe = false;
  std::string follow;                // CSS of links to sub-columns
  std::int32_t min_rows = 1;         // fewer seen on the first page = kEmptyShell
  std::int32_t max_pages = 20;
  std::int32_t backfill_years = 5;
};

struct ArticleRule {
  std::vector<std::string> content;   // CSS, in order; families add the usual ones
  std::vector<FieldRule> title, date, source;
  std::optional<Pattern> must_match;  // in the text of every article
  std::vector<Pattern> chrome;        // parts of the text that are no content
  std::vector<std::string> attachment_ext;
  std::int32_t attachments_max = 20;
};

// How this portal refuses, beyond what every portal is known to do.
struct GateRule {
  std::vector<std::int32_t> challenge_status;
  std::vector<Pattern> challenge, login, soft404, throttled;
  std::int64_t challenge_bytes_max = 4'096;  // larger pages are not held against `challenge`
  std::string home_title;                    // title of the page that stands in for missing ones
};

// One address in two spellings: what the canonical one is.
struct CanonicalRule {
  std::string scheme;                   // "https": http addresses of the portal become that
  std::vector<std::string> drop_query;  // names of parameters
  std::vector<std::pair<Pattern, std::string>> rewrite;  // of the whole address; \1 = a group
};

}  // namespace gouji::crawler
