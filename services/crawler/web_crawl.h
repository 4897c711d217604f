// Sources on the web: list pages and single addresses, and the documents behind them, over many hosts
// at once in one thread. What a list names is remembered before the list counts as read, so that a
// crash between the two loses nothing.
//
// An errand is one address on its way: it waits for its host's turn (core/frontier.h), passes
// robots.txt, hops over redirects, each of which takes its turn again, is read by the worker, and
// ends in one transaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "common/core/clock.h"
#include "common/core/result.h"
#include "services/crawler/archive.h"
#include "services/crawler/core/cookies.h"
#include "services/crawler/core/frontier.h"
#include "services/crawler/core/schedule.h"
#include "services/crawler/core/shard.h"
#include "services/crawler/core/source.h"
#include "services/crawler/io/http_fetcher.h"
#include "services/crawler/io/state.h"
#include "services/crawler/reader_thread.h"
#include "services/crawler/recorder.h"
#include "services/crawler/robots_book.h"
#include "services/crawler/worker.h"

namespace gouji::crawler {

struct WebCrawlOptions {
  std::int64_t document_bytes_max = 64LL * 1024 * 1024;
  std::int64_t list_bytes_max = 5LL * 1024 * 1024;
  GoneRule gone{2, 86'400'000};
  // In one reading: tries for what fails for a passing reason, and the wait before the second one.
  int tries = 3;
  std::chrono::milliseconds retry_wait{1'000};
  bool obey_robots = true;
  PaceRules pace;  // of hosts whose portal file says nothing else
  FrontierOptions frontier;
  Shard shard;
  int redirects = 5;
  // A page waits so long for its attachments, then goes without.
  std::chrono::milliseconds attachments_wait{600'000};
};

struct WebCrawlParts {
  State& state;
  Recorder& recorder;
  HttpFetcher& fetcher;
  PageReader& pages;
  CrawlerObserver& observer;
  const Clock& clock;
  std::function<bool()> stopping;
  std::function<bool()> has_room;  // of the outbox; without it nothing new is fetched
  Archive* archive = nullptr;      // null: none is kept
};

// What a reading of all sources came to.
struct WebResult {
  std::int64_t documents = 0;
  std::int64_t failures = 0;
};

// One thread. Errors are those of state and blobs; what portals do is told to the observer.
class WebCrawl {
 public:
  WebCrawl(std::vector<Source> sources, WebCrawlOptions options, WebCrawlParts parts);
  ~WebCrawl();

  // Every list once, then every document that is known, due or not.
  Result<WebResult> read_once();
  // What is due when it is due, until the crawler stops.
  Result<void> watch();

 private:
  struct Errand;
  using ErrandPtr = std::shared_ptr<Errand>;

  // web_crawl.cpp: the way of an errand.
  Now now() const;
  Result<void> load();
  std::vector<UrlRow> entrances_of(const Source& source) const;
  Result<void> add_entrances(const std::vector<std::pair<UrlRow, const Source*>>& fresh);
  Result<void> run();
  Result<void> recover();
  void tell_facts();
  bool is_still() const;
  Result<void> grant_all();
  const Source* source_of(const UrlRow& row) const;
  Result<ErrandPtr> errand_of(const Frontier::Granted& granted);
  Result<void> begin(const Frontier::Granted& granted);
  Result<bool> passes_robots(const ErrandPtr& errand);
  void ask_robots(const ErrandPtr& errand);
  void add_cookies(const Errand& errand, FetchRequest& request) const;
  bool wants_cookie_back(Errand& errand, const FetchResult& fetched);
  void robots_done(const ErrandPtr& errand, FetchResult fetched);
  void hop_done(const ErrandPtr& errand, FetchResult fetched);
  void finish(const ErrandPtr& errand, FetchResult fetched);
  void wait_for_turn(const ErrandPtr& errand, std::chrono::milliseconds wait);
  void queue(const UrlRow& row, const Source& source, UnixMillis due_at);
  void queue_known(const UrlRow& row, const Source& source);
  void queue_again(const Errand& errand, const UrlRow& row, FetchClass result, std::chrono::milliseconds server_wait);
  void count(const Errand& errand, FetchClass result);
  Frontier::Host host_for(const Source& source, const std::string& name);
  void note_host(Frontier::Host host) { dirty_hosts_.insert(host); }
  Result<void> flush();
  Result<void> tell_expectations();
  Result<void> recall_health(const Source& source);
  void note_owed(const Source& source, const Location& location);
  void failed(const Error& error);
  void lost(const Errand& errand, const Error& error);
  static bool may_lie_on(const Errand& errand, const std::string& host);
  std::optional<Tick> next_fetch_at();
  std::chrono::milliseconds until_next();
  Tick commit_at();
  void give_up_waiting();

  // web_lists.cpp
  Result<void> finish_list(const ErrandPtr& errand, FetchResult fetched);
  bool is_row_wanted(const Errand& errand, const Url& url, const PageRow& row) const;
  // How many of the rows are new.
  Result<std::int64_t> take_rows(const ErrandPtr& errand, const std::vector<PageRow>& rows);
  Result<std::optional<UrlRow>> add_row(const Errand& errand, const PageRow& row, UnixMillis now);
  Result<void> end_list(const ErrandPtr& errand, bool has_drifted);
  Result<void> note_whole_walk(const Errand& errand, SourceHealth& health);
  Result<std::vector<Expectation>> expectations_of(const Source& source, UnixMillis now);
  // What is wrong with a source, or with one of its lists.
  struct Trouble {
    FetchClass result;
    std::string reason;
    std::string message;
  };
  using Troubles = std::map<std::string, Trouble>;  // by list
  static std::optional<Trouble> trouble_of(const FetchResult& fetched, bool has_drifted);
  Result<Troubles*> troubles_of(const Source& source);
  Result<void> add_health(const Source& source, SourceMemory memory, const std::optional<Trouble>& trouble);

  // web_portal.cpp: pages of portal files.
  void begin_walk(Errand& errand);
  void aim(Errand& errand);
  void ask_document(Errand& errand);
  void ask_reader(const ErrandPtr& errand, PagePurpose purpose);
  Result<bool> is_page(const ErrandPtr& errand, const Result<PageAnswer>& answer);
  bool hops_on(const ErrandPtr& errand, const Result<PageAnswer>& answer);
  Result<void> take_page(const ErrandPtr& errand, PagePurpose purpose, const Result<PageAnswer>& answer);
  Result<void> take_vars(const ErrandPtr& errand, const PageAnswer& answer);
  Result<void> take_list_page(const ErrandPtr& errand, const PageAnswer& answer);
  Result<void> walk_on(const ErrandPtr& errand);
  Result<void> end_walk(const ErrandPtr& errand);
  Result<void> end_backfill_step(const ErrandPtr& errand);
  bool may_backfill(const Source& source, UrlRow& row);
  Result<void> take_article(const ErrandPtr& errand, const Result<PageAnswer>& answer);

  // web_documents.cpp
  Result<void> finish_document(const ErrandPtr& errand, FetchResult fetched);
  void take_attachments(const ErrandPtr& errand, const std::vector<PageAttachment>& attachments);
  void finish_attachment(const ErrandPtr& errand, FetchResult fetched);
  void answer_arrived(const ErrandPtr& errand);
  Result<bool> is_place_healthy(const Errand& errand);
  void note_attempt(const Errand& errand, UrlRow& row, Location& location, UnixMillis at);
  Result<Sight> sight_in(const Errand& errand);
  Result<void> end_document(const ErrandPtr& errand);

  std::vector<Source> sources_;
  WebCrawlOptions options_;
  WebCrawlParts parts_;
  RobotsBook robots_;
  Frontier frontier_;
  struct Vars {
    PageVars values;
    Tick read_at{0};
  };
  std::unordered_map<std::string, Vars> vars_;                 // of portals with bootstrap pages
  std::unordered_map<std::string, CookieJar> jars_;            // of portals that want their cookies back
  // When the last walk through all of a list began, by source and list: what no list has named since is unlisted.
  std::unordered_map<std::string, std::unordered_map<std::string, UnixMillis>> walks_;
  std::unordered_map<std::string, Troubles> troubles_;         // by source, of those whose lists were looked at
  std::unordered_map<std::string, const Source*> by_id_;       // by Source::location_source, of portals
  std::unordered_map<std::string, const Source*> by_address_;  // of single addresses
  std::unordered_map<std::string, HostPace::Memory> remembered_;  // of hosts that are not in the frontier yet
  std::unordered_map<std::int64_t, ErrandPtr> on_their_way_;   // that wait for another turn, by negative id
  std::unordered_map<std::string, std::vector<ErrandPtr>> wait_for_robots_;  // by origin
  std::unordered_set<Frontier::Host> dirty_hosts_;
  std::int64_t last_errand_ = 0;
  bool once_ = false;
  WebResult total_;
  std::unordered_map<std::int64_t, int> tried_;  // in one reading, by url
  std::unordered_set<std::int64_t> once_queued_; // documents of lists, in one reading
  std::optional<Error> error_;                   // of a callback
  Tick pending_since_{0};
  Tick resume_at_{0};                            // after an error of the state
  bool is_stuck_ = false;                        // the state could not be written last
  Tick told_at_{-std::chrono::hours{1}};
  // Addresses whose errand has ended and waits for the commit. `again_in`: another try of one reading.
  struct Ended {
    UrlRow row;
    const Source* source = nullptr;
    std::optional<std::chrono::milliseconds> again_in;
  };
  std::vector<Ended> unsaved_;
  std::unordered_set<const Source*> with_news_;  // portals of which a document that may be owed was looked at
  ReaderThread reader_;                          // last: its questions refer to the rest
};

}  // namespace gouji::crawler
