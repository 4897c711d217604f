// A portal: where an organ publishes, how that is asked for politely, and how it is read. Made by
// parse_portal_file() (portal_file.h); immutable afterwards, any thread.
//
// How a crawler uses it:
//   vars    address of `vars.from` → PagePurpose::kVars → PageAnswer::vars, kept for `vars.refresh` and
//           asked again when a list is kEmptyShell
//   lists   first_pages() → make_request() → fetch → PagePurpose::kList → next_page() → …
//   rows    canonical(), is_host_allowed(), is_wanted() again, then fetch → PagePurpose::kArticle
// One worker call answers all three (worker.h, PageReader).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/core/result.h"
#include "common/report/portal_page.h"
#include "common/report/reading.h"
#include "services/crawler/core/portal_rules.h"
#include "services/crawler/core/season.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

// The organ behind a portal, as the file's author knows it; all but the id may be empty.
struct PortalOrgan {
  std::string id;        // of deploy/organs.json, "330000-jyt"
  std::string name;
  std::string division;  // six digits
  std::string level;     // province, city, county, town, national
  std::string kind;      // government, department, town
  std::string site_id;   // SiteIDCode
};

struct TlsPolicy {
  bool verify = true;
  bool legacy_renegotiation = false;
  std::string min_version = "1.2";  // 1.0, 1.1, 1.2, 1.3
  std::string reason;               // there whenever one of the above is relaxed
};

struct HttpPolicy {
  std::vector<std::pair<std::string, std::string>> headers;  // templates; never Host, Cookie, User-Agent …
  bool keeps_cookies = false;  // of the host, for as long as the process runs
  std::string user_agent;      // empty: the crawler's own; else with a reason
  std::string user_agent_reason;
};

enum class RobotsPolicy : std::uint8_t { kObey, kIgnore };

struct Politeness {
  std::chrono::milliseconds min_delay{1'000};
  std::int32_t concurrency = 1;          // 1 or 2
  std::int32_t active_from = 0;          // minutes of the day, Asia/Shanghai
  std::int32_t active_to = 24 * 60;      // below active_from: over midnight
  std::int32_t max_requests_per_day = 2'000;
  std::string group;                     // hosts of one group share one queue; empty: the host alone
};

// Of `check`: a recorded page, and what must come out of it.
struct PortalSample {
  std::string file;      // beside the portal file
  std::string purpose;   // vars, list, article
  std::string list;
  std::string url;       // where it was recorded
  std::string media_type;
  std::int32_t status = 200;
  std::vector<std::pair<std::string, std::string>> vars;
  std::vector<std::pair<std::string, std::string>> expect;  // of JSON pointers into the answer, see docs/portals.md
};

struct Portal {
  std::string id;
  std::string rev;         // first 16 hex digits of SHA-256 of the file with its family merged in; in every event
  std::string definition;  // the file without samples, as JSON: PageRequest::portal
  std::string family;      // empty without one
  PortalOrgan organ;
  std::vector<Hint> hints;  // of every document: organ, year, scope
  std::vector<std::string> hosts;             // globs, of pages
  std::vector<std::string> attachment_hosts;  // globs, of attachments, besides `hosts`
  std::string ip_family = "any";              // any, 4, 6
  TlsPolicy tls;
  HttpPolicy http;
  RobotsPolicy robots = RobotsPolicy::kObey;
  std::string robots_reason;  // there when robots is ignored
  Politeness politeness;
  SeasonProfile season = SeasonProfile::kDepartment;
  std::chrono::milliseconds interval{3'600'000};  // of kSteady
  CanonicalRule canonical;
  VarsRule vars;
  std::vector<ListRule> lists;
  std::vector<std::string> documents;  // single addresses, canonical (kind "url")
  AcceptRule accept;
  ArticleRule article;
  GateRule gate;
  std::vector<PortalSample> samples;
};

// --- requests (request_template.cpp) --------------------------------------------------------------

struct HttpRequest {
  std::string method = "GET";
  Url url;
  std::vector<HttpHeader> headers;  // with Content-Type where there is a body
  std::string body;
};

// The page of every list to begin with: one a list, or one a report year where its address holds
// {report_year} or {year} (= report year + 1): `this_year` - 1, then back. Outside a backfill two years
// are enough; a backfill has the list's `backfill_years`.
enum class Reach : std::uint8_t { kRecent, kBackfill };
std::vector<ListCursor> first_pages(const Portal& portal, std::int32_t this_year, Reach reach = Reach::kRecent);
// kInvalidInput MALFORMED names a {variable} that has no value yet; REFUSED_ADDRESS an address that is none.
Result<HttpRequest> make_request(const Portal& portal, const ListCursor& cursor, const PageVars& vars);
// Of the bootstrap pages, in order; empty when the portal has none.
std::vector<Url> vars_pages(const Portal& portal);
// Of one document or attachment: the portal's headers.
HttpRequest document_request(const Portal& portal, const Url& url);

// --- paging (paging.cpp) --------------------------------------------------------------------------

enum class StopReason : std::uint8_t { kGoesOn, kOnePage, kEmpty, kRepeat, kNoNew, kOlder, kNotFound, kTotal, kMaxPages, kNoNext };
std::string_view to_string(StopReason reason);

// What the crawler knows of the walk through one list so far.
struct WalkFacts {
  std::string rows_digest;      // of the page before; empty on the first
  std::int64_t rows_new = 0;    // of this page's accepted rows, unknown before
  bool is_backfill = false;     // kNoNew does not stop it
  std::string oldest_day;       // rows below it are not wanted; empty: all
  bool goes_on = false;         // the walk before broke off: kNoNew does not stop this one either
};

struct PagingStep {
  std::optional<ListCursor> next;
  StopReason stopped = StopReason::kGoesOn;
  std::vector<ListCursor> follow;  // frames and sub-columns of this page, each a list of its own
};

// What comes after a page of class kOk, or after kGone/kSoft404/kEmptyShell beyond the first page.
PagingStep next_page(const Portal& portal, const ListCursor& cursor, const PageAnswer& answer, const WalkFacts& facts);

// --- rules that the crawler applies itself, to what a worker answered (portal.cpp) -------------------

const ListRule* find_list(const Portal& portal, std::string_view id);
// Pages; with kAttachment the attachment hosts too.
enum class HostUse : std::uint8_t { kPage, kAttachment };
bool is_host_allowed(const Portal& portal, std::string_view host, HostUse use = HostUse::kPage);
bool is_wanted(const Portal& portal, const ListRule& list, std::string_view url, std::string_view title);
// The canonical spelling of an address after the portal's rules. Applying it twice changes nothing.
Result<Url> canonical(const Portal& portal, const Url& url);
// By status and headers alone: kOk means that the body decides, which the worker reads.
PageClass class_of_answer(const Portal& portal, std::int32_t status, const std::vector<HttpHeader>& headers);

// The whole answer: class, vars, rows or article. Pure; runs in the worker.
PageAnswer read_page(const Portal& portal, const PageRequest& request);

}  // namespace gouji::crawler
