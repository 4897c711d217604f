// A portal as others run them: one of the families of content management systems, a list that grows,
// reports that are amended, moved and withdrawn, and everything that goes wrong with portals. All of
// it comes from a seed, and what is true is known: it is the oracle of the crawler's tests.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fake_portal/fake_portal.h"
#include "tests/support/render_html.h"

namespace gouji::testing_support {

enum class Family : std::uint8_t { kTrsStatic, kHanwebJpage, kJpaas, kXxgk, kGkmlpt, kUcap, kLonsun, kTruecms, kGeneric, kIframe };
inline constexpr Family kFamilies[] = {Family::kTrsStatic, Family::kHanwebJpage, Family::kJpaas,   Family::kXxgk,    Family::kGkmlpt,
                                       Family::kUcap,      Family::kLonsun,      Family::kTruecms, Family::kGeneric, Family::kIframe};
const char* name_of(Family family);  // "trs-static", ...

enum class DocumentKind : std::uint8_t { kHtml, kGbkHtml, kDocx, kXlsx, kRtf };
const char* name_of(DocumentKind kind);

// What goes wrong, from now on or a number of times.
enum class Fault : std::uint8_t {
  kNone, k404, kSoft404, k403, kShell412, kShell521, kCookieRedirect, kRedirectLoop, kRedirectElsewhere, k429, k429Later, k503,
  kReset, kShort, kDrip, kEndless, kGzipBomb, kForcedGzip, kWrongCharset, kBom, kInvalidUtf8, kHtmlForFile, kFirstPageAlways,
  kEmptyShell, kDuplicateRows, kMetaRefresh, kLogin, kHome, kHang,
};
const char* name_of(Fault fault);
Fault fault_of(std::string_view name);  // kNone for an unknown name

// One report, as it is.
struct SiteReport {
  int id = 0;
  std::string organ, title, date;  // date: "2024-01-15"
  int year = 0;
  DocumentKind kind = DocumentKind::kHtml;
  int revision = 1;       // counts amendments
  bool has_error = false;  // a total that is off by two
  bool is_listed = true;
  bool is_there = true;
  std::string second_path;  // the same report once more, empty = nowhere
};

class FakeSite {
 public:
  // `origin` is "http://127.0.0.2:8080", for the families that write absolute addresses.
  FakeSite(Family family, std::uint32_t seed, std::string origin);

  // Thread-safe. Paths below /_ctl/ are orders: POST /_ctl/publish?organ=某局&year=2023.
  PortalAnswer answer(const PortalRequest& request);

  // Orders. Ids count from 1.
  int publish(const std::string& organ, int year, const std::string& date, DocumentKind kind = DocumentKind::kHtml);
  void amend(int id, bool has_error);  // new figures
  void republish(int id);              // at a second address as well
  void withdraw(int id);
  void unlist(int id);
  // `where`: "list", "article", "file", "robots" or "all"; `times` < 0 = for ever.
  void set_fault(Fault fault, const std::string& where, int times = -1);
  void set_robots(std::string text);
  void change_template();  // class names and the order of attributes of the list
  void rename_columns();   // the list moves to another address

  std::vector<SiteReport> reports() const;
  Family family() const { return family_; }
  std::string list_path() const;             // that people would open
  std::string path_of(const SiteReport& report) const;
  std::string file_path_of(const SiteReport& report) const;  // of its attachment; empty for pages
  // The bytes of the report itself: page or attachment, as served without a fault.
  std::string bytes_of(const SiteReport& report) const;
  gouji::testing::ReportFigures figures_of(const SiteReport& report) const;

 private:
  struct FaultRule {
    Fault fault = Fault::kNone;
    std::string where;
    int times = -1;
  };
  PortalAnswer control(const PortalRequest& request);
  PortalAnswer serve(const PortalRequest& request, Fault fault);
  Fault fault_for(const std::string& where);
  std::string kind_of(const std::string& path) const;

  // Of the family (site_pages.cpp). Nothing when the path is none of its own.
  struct Page {
    std::string body, media_type;
    int status = 200;
  };
  Page list_page(const PortalRequest& request, Fault fault) const;
  Page bootstrap_page() const;
  Page trs_page(const std::string& path, Fault fault) const;
  Page jpage(std::map<std::string, std::string>& query, Fault fault) const;
  Page jpaas(std::map<std::string, std::string>& query, Fault fault) const;
  Page xxgk(std::map<std::string, std::string>& query, Fault fault) const;
  Page json_list(std::map<std::string, std::string>& query, Fault fault) const;
  Page truecms(std::map<std::string, std::string>& query, Fault fault) const;
  Page article(const SiteReport& report) const;
  std::vector<const SiteReport*> rows(int page, int per_page, Fault fault) const;
  int pages(int per_page) const;
  std::string rows_html(int page, int per_page, Fault fault) const;
  std::string rows_json(int page, int per_page, Fault fault) const;
  const SiteReport* find_path(const std::string& path) const;
  const SiteReport* find_file(const std::string& path) const;

  const Family family_;
  const std::uint32_t seed_;
  const std::string origin_;
  mutable std::mutex mutex_;
  std::vector<SiteReport> reports_;
  std::vector<FaultRule> faults_;
  std::string robots_ = "User-agent: *\nDisallow: /admin/\n";
  int template_ = 0;
  int column_ = 0;
};

// "a=1&b=%20" as pairs, decoded.
std::map<std::string, std::string> query_of(std::string_view text);

}  // namespace gouji::testing_support
