// What a crawler's worker is asked about one page of a portal, and what it answers. The answer comes
// from a process that has read hostile bytes: every address in it is an untrusted string, to be
// parsed, held against the portal's hosts and its accept rules again before anything uses it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/raw_report.h"

namespace gouji {

// Bounds of an answer; a worker cuts there, and decoding refuses what is above.
inline constexpr std::size_t kPageRowsMax = 2'000;
inline constexpr std::size_t kPageDroppedMax = 100;
inline constexpr std::size_t kPageAttachmentsMax = 20;  // of one row or article
inline constexpr std::size_t kPageFollowMax = 200;
inline constexpr std::size_t kPageVarsMax = 64;
inline constexpr std::size_t kPageTextMax = 4'096;      // bytes of any one text

enum class PagePurpose : std::uint8_t {
  kVars,     // values for later requests: PageAnswer::vars
  kList,     // rows: PageAnswer::list
  kArticle,  // metadata, digest and attachments: PageAnswer::article
  kAttachments,  // article.attachments alone, whatever the page is: of pages without a portal file
};

// What a page is. Only kOk says anything about the documents of a portal; kGone and kSoft404 say that
// one address has no document now; everything else is a fault that passes, and never a change.
enum class PageClass : std::uint8_t {
  kOk,
  kHop,          // a page that only leads to PageAnswer::hop (meta refresh, location = "…")
  kGone,         // 404, 410
  kSoft404,      // says so with status 200
  kThrottled,    // 429, 503, or says so
  kServerError,  // 5xx, or an error page of a server with status 200
  kBlocked,      // 401, 403, 451
  kLogin,
  kChallenge,    // a script, cookie or captcha first
  kEmptyShell,   // nothing in it: no rows where rows must be, no text where text must be
  kHomePage,     // the portal's or the column's front page instead of the document
  kUnexpected,   // article.must_match is not in it
  kWrongType,    // bytes of another kind than the purpose needs
  kUnreadable,   // does not decode or parse
};
inline constexpr PageClass kPageClasses[] = {
    PageClass::kOk,         PageClass::kHop,      PageClass::kGone,       PageClass::kSoft404,    PageClass::kThrottled,
    PageClass::kServerError, PageClass::kBlocked, PageClass::kLogin,      PageClass::kChallenge,  PageClass::kEmptyShell,
    PageClass::kHomePage,   PageClass::kUnexpected, PageClass::kWrongType, PageClass::kUnreadable};
std::string_view to_string(PageClass page_class);  // "ok", "soft404", …: a metric label

// Values of a portal's bootstrap page, by name; members of a JSON object as "name.member".
using PageVars = std::map<std::string, std::string>;

// One page of one list. first_pages() makes the first ones, next_page() those after.
struct ListCursor {
  std::string list;                // id
  std::int32_t report_year = 0;    // {report_year} of the list's address; 0 where it has none
  std::int32_t page = 0;           // read before this one
  std::int32_t page_size = 0;      // index into the list's page sizes
  std::int64_t offset = 0;         // rows seen on the pages before
  std::int32_t depth = 0;          // hops from the list's own page (frames, sub-columns)
  std::string address;             // instead of the template's: next_link, frame, sub-column; else empty
  friend bool operator==(const ListCursor&, const ListCursor&) = default;
};

struct PageRequest {
  PagePurpose purpose = PagePurpose::kList;
  std::string portal;      // Portal::definition; empty for an address without a portal file
  ListCursor cursor;       // of kList
  PageVars vars;
  std::string url;         // asked for
  std::string final_url;   // after redirects; addresses resolve against it
  std::int32_t status = 200;
  std::vector<HttpHeader> headers;
  std::string media_type;  // declared
  std::string body;        // decoded bytes
};

struct PageAttachment {
  std::string url;   // resolved, canonical
  std::string name;  // as the page calls it
  friend bool operator==(const PageAttachment&, const PageAttachment&) = default;
};

struct PageRow {
  std::string url;    // resolved, canonical, rewritten by the portal's rules
  std::string title;
  std::string date;   // "2024-01-25"; empty where the row has none
  std::string organ;  // a hint of the row; empty where it has none
  std::vector<PageAttachment> attachments;
  friend bool operator==(const PageRow&, const PageRow&) = default;
};

enum class DropReason : std::uint8_t {
  kNoAddress,    // no address in the row, or none that can be read
  kOtherHost,    // not among the portal's hosts
  kUrlRefused,   // accept.url does not hold
  kTitleRefused, // accept.title does not hold, or accept.title_not does
  kNoTitle,
  kTwice,        // the address was in the page before
};
std::string_view to_string(DropReason reason);  // "no_address", …

struct DroppedRow {
  DropReason why = DropReason::kNoAddress;
  std::string url;
  std::string title;
};

struct ListReading {
  std::vector<PageRow> rows;        // accepted, in the order of the page
  std::vector<DroppedRow> dropped;  // the first of them, for people
  std::int64_t rows_seen = 0;       // accepted and dropped
  std::int64_t dates_unread = 0;    // accepted rows whose date is not one
  std::optional<std::int64_t> total;  // rows or pages of the whole list, as the page says
  std::optional<std::int64_t> page_rows;  // rows of one page, as the page says
  bool cut = false;                 // more than kPageRowsMax
  std::string next;                 // address of the next page (paging next_link)
  std::vector<std::string> follow;  // addresses of frames and sub-columns that hold rows
  std::string rows_digest;          // of all rows, dropped ones too: equal pages have equal digests
  std::string fingerprint;          // of the template that made the rows; a new one is drift
};

struct ArticleReading {
  std::string title;
  std::string date;           // "2024-01-25"
  std::string source;         // ContentSource
  std::string site_id;        // SiteIDCode: evidence, not identity
  std::string content;        // the rule that found the content node; empty: the whole page
  std::string text_digest;    // SHA-256 hex of the content's folded text, page furniture removed
  std::int64_t text_bytes = 0;
  std::uint64_t simhash = 0;  // of the same text; near texts differ in few bits
  std::vector<PageAttachment> attachments;
};

struct PageAnswer {
  PageClass page_class = PageClass::kOk;
  std::string why;  // what decided the class, for people
  std::string hop;  // of kHop: resolved address
  PageVars vars;
  ListReading list;
  ArticleReading article;
};

}  // namespace gouji
