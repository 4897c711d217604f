// How the lists and articles of a portal are read: the half of a portal file that the worker needs.
// Data only; read by portal_file.h, applied by request_template.h, rows.h, paging.h, article.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/markup/selector.h"
#include "services/crawler/core/pattern.h"

namespace gouji::crawler {

// Where a field looks. "around": the row, then up to three elements around it, while they are short.
enum class FieldFrom : std::uint8_t { kRow, kAround, kUrl, kTitle, kPage };
enum class FieldType : std::uint8_t { kText, kDate, kEpoch };
enum class DecodeStep : std::uint8_t { kHtml, kUrl, kSingleToDoubleQuotes, kJson, kStripTags, kUnescape };

// One way to get a text out of a row, a page or an address. Of several, the first that gives one counts.
struct FieldRule {
  std::optional<Selector> select;  // within the row; none: the row itself
  std::string attribute;         // of the element; empty: its text
  std::string pointer;           // JSON pointer within the row
  int group = -1;                // of the rows' regular expression
  FieldFrom from = FieldFrom::kRow;
  std::optional<Pattern> regex;  // its groups joined with "-"; without groups the match
  std::vector<DecodeStep> decode;
  FieldType type = FieldType::kText;
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

enum class UnwrapStep : std::uint8_t { kCdataHtml, kEntities, kHtmlInString };

struct ResponseRule {
  ListFormat format = ListFormat::kHtml;
  std::string marker;                 // of js_var: what stands before the value
  std::vector<std::string> html_at;   // JSON pointers; the first that is a text is the page
  std::vector<UnwrapStep> unwrap;     // in order
};

struct RowRule {
  std::optional<Selector> select;      // elements, or …
  std::vector<std::string> pointers;   // … a JSON array, the first that is one ("" = the root), or …
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
  bool stop_no_new = true;               // an empty, repeated, missing or last page always ends a walk
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
  std::optional<Selector> follow;    // links to sub-columns, one hop
  std::int32_t min_rows = 1;         // fewer seen on the first page = kEmptyShell
  std::int32_t max_pages = 20;
  std::int32_t backfill_years = 5;
};

struct ArticleRule {
  std::vector<Selector> content;      // in order; the usual ones come after them
  std::vector<FieldRule> title, date, source;
  std::vector<std::string> meta_title, meta_date, meta_source;  // names of <meta>, any case; the usual ones come after them
  std::optional<Pattern> must_match;  // in the text of every article
  std::vector<Pattern> chrome;        // parts of the text that are no content
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
