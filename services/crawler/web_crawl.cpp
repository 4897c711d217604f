#include "services/crawler/web_crawl.h"

#include <algorithm>
#include <utility>

#include "common/core/check.h"
#include "common/core/id.h"
#include "services/crawler/core/http_rules.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/web_errand.h"

namespace gouji::crawler {

namespace {

using std::chrono::milliseconds;

// No wait is longer, so that heartbeats go on.
constexpr milliseconds kTurn{500};
// A commit costs: what ends within this time shares one. It waits for the disk, and all hosts with it, so
// where a request is due soon it comes after that one, within a limit.
constexpr milliseconds kGroup{20}, kGroupMax{250}, kSoon{50};
// After an error of the state that passes, such as a full disk.
constexpr milliseconds kRetry{5'000};
// In one reading nobody waits longer than this for a host.
constexpr milliseconds kWorthWaiting{10'000};
constexpr std::chrono::seconds kFactsEvery{10};
// At most so many begin between two looks at what has ended.
constexpr std::size_t kGrantsATurn = 64;
// A stored due time further away was written under a clock that was wrong.
constexpr UnixMillis kDueMax = 100LL * 86'400'000;
// An address that so many processes did not survive is left alone for a while.
constexpr std::int64_t kLeasesMax = 3;
constexpr UnixMillis kPoisonRest = 6 * 3'600'000;
constexpr milliseconds kSpreadMax{60'000};
constexpr std::size_t kFreshBatch = 500;

PaceRules pace_of(const Source& source, PaceRules rules) {
  if (!source.portal) return rules;
  const Politeness& wish = source.portal->politeness;
  rules.delay_min = std::max(rules.delay_min, wish.min_delay);
  rules.requests_a_day = std::min<std::int64_t>(rules.requests_a_day, wish.max_requests_per_day);
  rules.concurrency = std::max(rules.concurrency, static_cast<std::uint32_t>(wish.concurrency));
  rules.opens_at = wish.active_from;
  rules.closes_at = wish.active_to;
  return rules;
}

// Whose turn an address takes: its host's, or that of the group that its portal names.
std::string queue_name(const Source& source, const std::string& host) {
  return source.portal && !source.portal->politeness.group.empty() ? "group:" + source.portal->politeness.group : host;
}

Heat heat_of(const Source& source, UnixMillis at) {
  return source.portal ? season_at(source.portal->season, at, source.portal->interval).heat : Heat::kHot;
}

}  // namespace

bool is_passing(FetchClass result) {
  return sight_of(result) == Sight::kTransient && !is_refusal(result) && result != FetchClass::kStopped && result != FetchClass::kBadList &&
         !is_shut_out(result) && result != FetchClass::kSoft404 && result != FetchClass::kEmpty;
}

bool went_well(FetchClass result) { return result == FetchClass::kOk || result == FetchClass::kNotModified; }

std::string reason_of(FetchClass result) {
  std::string reason;
  for (const char c : to_string(result)) reason.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return reason;
}

Url url_of(const std::string& canonical) {
  auto url = parse_url(canonical);
  GOUJI_CHECK(url.has_value());
  return std::move(*url);
}

std::string last_segment(const Url& url) { return url.path.substr(url.path.rfind('/') + 1).substr(0, 255); }

WebCrawl::WebCrawl(std::vector<Source> sources, WebCrawlOptions options, WebCrawlParts parts)
    : sources_(std::move(sources)), options_(std::move(options)), parts_(std::move(parts)), robots_(parts_.state, "GoujiCrawler"),
      frontier_(options_.frontier), reader_([this] { parts_.fetcher.wake(); }) {}

WebCrawl::~WebCrawl() = default;

Now WebCrawl::now() const { return {parts_.clock.monotonic(), parts_.clock.unix_millis()}; }

Frontier::Host WebCrawl::host_for(const Source& source, const std::string& name) {
  const std::string queue = queue_name(source, name);
  const PaceRules rules = pace_of(source, options_.pace);
  const std::size_t before = frontier_.hosts();
  const Frontier::Host host = frontier_.host(queue, rules);
  if (frontier_.hosts() == before) return host;
  const auto memory = remembered_.find(queue);
  if (memory != remembered_.end()) {
    frontier_.restore(host, HostPace::from(memory->second, rules, now()));
    remembered_.erase(memory);
  }
  return host;
}

void WebCrawl::queue(const UrlRow& row, const Source& source, UnixMillis due_at) {
  const Now at = now();
  // A look in the future was made by a clock that went back since: its due time means nothing.
  const UnixMillis wait = row.looked_at > at.wall + kTurn.count() ? 0 : std::clamp<UnixMillis>(due_at - at.wall, 0, kDueMax);
  Priority priority = Priority::kVerify;
  if (row.kind == UrlKind::kList) priority = heat_of(source, at.wall) == Heat::kHot ? Priority::kHotList : Priority::kColdList;
  if (row.kind == UrlKind::kArticle && row.fetches == 0) priority = Priority::kNewArticle;
  if (is_backfill(row)) priority = Priority::kBackfill;
  frontier_.add(host_for(source, row.host), {row.id, priority, at.tick + milliseconds{wait}}, at);
}

// Null when no source leads there any more.
const Source* WebCrawl::source_of(const UrlRow& row) const {
  const auto& index = row.source_id == kWebSource ? by_address_ : by_id_;
  const auto found = index.find(row.source_id == kWebSource ? row.address : row.source_id);
  return found == index.end() ? nullptr : found->second;
}

// Where the crawl of a source begins.
std::vector<UrlRow> WebCrawl::entrances_of(const Source& source) const {
  if (source.portal) return portal_entrances(source, !once_);
  UrlRow row;
  row.source_id = source.location_source;
  row.kind = UrlKind::kArticle;
  row.address = source.address;
  row.host = url_of(source.address).host;
  return {row};
}

// What the state knows, and what it does not know yet of the sources.
Result<void> WebCrawl::load() {
  GOUJI_TRY(parts_.state.each_host([this](HostRow row) { remembered_[row.name] = row.pace; }));
  std::unordered_map<std::string, std::pair<UrlRow, const Source*>> entrances;
  const auto name_of = [](const UrlRow& row) { return row.source_id + (row.kind == UrlKind::kList ? "\nl" : "\na") + row.address; };
  for (const Source& source : sources_) {
    (source.location_source == kWebSource ? by_address_[source.address] : by_id_[source.location_source]) = &source;
    bool is_ours = false;
    for (UrlRow& row : entrances_of(source)) {
      if (!owns(options_.shard, row.host)) continue;
      is_ours = true;
      std::string name = name_of(row);
      entrances.emplace(std::move(name), std::pair(std::move(row), &source));
    }
    if (is_ours && !once_) GOUJI_TRY(recall_health(source));
  }
  GOUJI_TRY(parts_.state.each_url([&](UrlRow row) {
    const Source* source = source_of(row);
    if (source == nullptr || row.kind == UrlKind::kAttachment || row.kind == UrlKind::kVar || !owns(options_.shard, row.host)) return;
    const bool is_entrance = entrances.erase(name_of(row)) > 0;
    // A list that its portal file no longer has; in one reading documents come when their list was read.
    if (!is_entrance && (once_ || row.kind == UrlKind::kList)) return;
    queue_known(row, *source);
  }));
  std::vector<std::pair<UrlRow, const Source*>> fresh;
  for (auto& [name, entrance] : entrances) fresh.push_back(std::move(entrance));
  return add_entrances(fresh);
}

// An address that an earlier run knew.
void WebCrawl::queue_known(const UrlRow& row, const Source& source) {
  if (once_) {
    total_.documents += row.kind == UrlKind::kArticle && once_queued_.insert(row.id).second ? 1 : 0;
    return queue(row, source, 0);
  }
  const UnixMillis at = parts_.clock.unix_millis();
  if (row.leases >= kLeasesMax) {
    parts_.observer.postponed(FetchClass::kUnreadable, row.address + ": the crawler ended " + std::to_string(row.leases) + " times while it was fetched; it is left alone for six hours");
    return queue(row, source, at + kPoisonRest);
  }
  if (row.kind != UrlKind::kList) return queue(row, source, row.due_at);
  queue(row, source, std::max(row.due_at, at) + spread(row.source_id + row.address, std::min(source.interval / 10, kSpreadMax)).count());
}

Result<void> WebCrawl::add_entrances(const std::vector<std::pair<UrlRow, const Source*>>& fresh) {
  std::vector<std::pair<UrlRow, const Source*>> rows;
  const auto save = [&]() -> Result<void> {
    GOUJI_TRY(parts_.recorder.flush());
    for (const auto& [row, source] : rows) queue(row, *source, row.due_at);
    rows.clear();
    return ok();
  };
  for (auto [row, source] : fresh) {
    row.id = parts_.state.new_url_id();
    row.due_at = parts_.clock.unix_millis();
    if (row.kind == UrlKind::kArticle) {
      // A single address is its own location; it exists from the first look on.
      row.location_id = location_id(row.source_id, row.address);
      GOUJI_ASSIGN(const auto location, parts_.state.find(row.location_id));
      if (!location) {
        Location made;
        made.id = row.location_id;
        made.source_id = row.source_id;
        made.address = row.address;
        made.first_seen = row.due_at;
        parts_.recorder.add(std::move(made));
      }
      if (once_ && once_queued_.insert(row.id).second) total_.documents += 1;
    }
    parts_.recorder.add(row);
    rows.emplace_back(std::move(row), source);
    if (rows.size() >= kFreshBatch) GOUJI_TRY(save());
  }
  return save();
}

// Null when the address is no longer known.
Result<WebCrawl::ErrandPtr> WebCrawl::errand_of(const Frontier::Granted& granted) {
  if (granted.id < 0) {
    const auto found = on_their_way_.find(granted.id);
    GOUJI_CHECK(found != on_their_way_.end());
    ErrandPtr errand = std::move(found->second);
    on_their_way_.erase(found);
    return errand;
  }
  GOUJI_ASSIGN(auto row, parts_.state.url(granted.id));
  if (!row) return nullptr;
  auto errand = std::make_shared<Errand>();
  errand->source = source_of(*row);
  GOUJI_CHECK(errand->source != nullptr);
  if (row->kind == UrlKind::kList) {
    if (is_backfill(*row) && !may_backfill(*errand->source, *row)) {
      queue(*row, *errand->source, row->due_at);
      return nullptr;
    }
    errand->row = std::move(*row);
    begin_walk(*errand);
    return errand;
  }
  errand->visited.push_back(url_of(row->address));
  errand->request.etag = row->tag;
  errand->request.last_modified = row->last_modified;
  errand->request.bytes_max = options_.document_bytes_max;
  errand->row = std::move(*row);
  ask_document(*errand);
  return errand;
}

Result<void> WebCrawl::grant_all() {
  if (now().tick < resume_at_ || !parts_.has_room()) return ok();
  std::vector<Frontier::Granted> granted;
  std::vector<std::int64_t> leased;
  while (granted.size() < kGrantsATurn) {
    const auto next = frontier_.next(now());
    if (!next) break;
    granted.push_back(*next);
    if (next->id > 0) leased.push_back(next->id);
  }
  if (const auto noted = parts_.state.lease(leased); !noted) {
    for (const Frontier::Granted& one : granted) {
      frontier_.release(one.host, now());
      frontier_.add(one.host, {one.id, one.priority, one.due_at}, now());
    }
    return noted;
  }
  Result<void> all;
  for (const Frontier::Granted& one : granted) {
    if (auto begun = begin(one); !begun) all = std::move(begun);
  }
  return all;
}

Result<void> WebCrawl::begin(const Frontier::Granted& granted) {
  note_host(granted.host);
  const auto found = errand_of(granted);
  if (!found || *found == nullptr) {
    frontier_.release(granted.host, now());
    if (found) return ok();
    frontier_.add(granted.host, {granted.id, granted.priority, now().tick + kRetry}, now());
    return found.error();
  }
  const ErrandPtr& errand = *found;
  errand->host = granted.host;
  if (errand->visited.empty()) {
    frontier_.release(granted.host, now());
    if (const auto ended = end_list(errand, false); !ended) lost(*errand, ended.error());
    return ok();
  }
  const auto may_go = passes_robots(errand);
  if (!may_go) {
    frontier_.release(granted.host, now());
    wait_for_turn(errand, kRetry);
    return may_go.error();
  }
  if (!*may_go) return ok();
  FetchRequest request = errand->request;
  request.url = errand->visited.back();
  if (errand->parent) request.bytes_max = std::max<std::int64_t>(errand->parent->bytes_left, 1);
  add_cookies(*errand, request);
  parts_.fetcher.start(std::move(request), [this, errand](FetchResult fetched) { hop_done(errand, std::move(fetched)); });
  return ok();
}

// False when the errand has ended, or waits for robots.txt; then its slot is free or in use by that.
Result<bool> WebCrawl::passes_robots(const ErrandPtr& errand) {
  const bool obeys = options_.obey_robots && !(errand->source->portal && errand->source->portal->robots == RobotsPolicy::kIgnore);
  if (errand->is_robots || !obeys) return true;
  const Url url = errand->visited.back();
  GOUJI_ASSIGN(const RobotsBook::Verdict verdict, robots_.judge(url, parts_.clock.unix_millis()));
  frontier_.set_robots_delay(errand->host, robots_.crawl_delay(url));
  if (verdict == RobotsBook::Verdict::kAllowed) return true;
  if (verdict == RobotsBook::Verdict::kUnknown) {
    ask_robots(errand);
    return false;
  }
  frontier_.release(errand->host, now());
  FetchResult refused;
  refused.final_url = url;
  refused.result = verdict == RobotsBook::Verdict::kForbidden ? FetchClass::kRobots : FetchClass::kHttpError;
  refused.message = to_string(url) + ": " + (refused.result == FetchClass::kRobots ? "robots.txt asks crawlers to stay away" : robots_.why(url));
  finish(errand, std::move(refused));
  return false;
}

void WebCrawl::ask_robots(const ErrandPtr& errand) {
  auto& waiting = wait_for_robots_[origin_of(errand->visited.back())];
  waiting.push_back(errand);
  if (waiting.size() > 1) {
    frontier_.release(errand->host, now());
    return;
  }
  auto robots = std::make_shared<Errand>();
  robots->source = errand->source;
  robots->is_robots = true;
  robots->request = RobotsBook::request_for(errand->visited.back());
  robots->request.tls = errand->request.tls;
  robots->request.ip_family = errand->request.ip_family;
  robots->request.user_agent = errand->request.user_agent;
  robots->visited.push_back(robots->request.url);
  robots->host = errand->host;
  FetchRequest request = robots->request;
  parts_.fetcher.start(std::move(request), [this, robots](FetchResult fetched) { hop_done(robots, std::move(fetched)); });
}

// Whether what the errand fetches may lie on a host, by its source's own list.
bool WebCrawl::may_lie_on(const Errand& errand, const std::string& host) {
  if (errand.parent && errand.source->portal) return is_host_allowed(*errand.source->portal, host, HostUse::kAttachment);
  return is_host_accepted(*errand.source, host);
}

void WebCrawl::hop_done(const ErrandPtr& errand, FetchResult fetched) {
  const HostAnswer answer{fetched.result, fetched.status, fetched.exchange.took, fetched.retry_after, fetched.exchange.sent_after};
  frontier_.done(errand->host, answer, now());
  note_host(errand->host);
  parts_.observer.hop(fetched.exchange.took);
  if (parts_.archive != nullptr) {
    auto kept = parts_.archive->keep(fetched);
    if (!kept) return failed(kept.error());
    fetched.warc = std::move(*kept);
  }
  if (wants_cookie_back(*errand, fetched)) return wait_for_turn(errand, milliseconds{0});
  if (is_redirect(fetched.status)) {
    NextHop next = next_hop(errand->visited, fetched.location, options_.redirects);
    if (next.verdict.result == FetchClass::kOk && !may_lie_on(*errand, next.url.host)) {
      next.verdict = {FetchClass::kRefusedAddress, to_string(next.url) + ": its host is not among the hosts of its portal file"};
    }
    if (next.verdict.result == FetchClass::kOk) {
      errand->visited.push_back(std::move(next.url));
      return wait_for_turn(errand, milliseconds{0});
    }
    fetched.result = next.verdict.result;
    fetched.message = to_string(fetched.final_url) + ": " + next.verdict.message;
  }
  finish(errand, std::move(fetched));
}

// Of portals whose file says so.
void WebCrawl::add_cookies(const Errand& errand, FetchRequest& request) const {
  const auto jar = jars_.find(errand.source->id);
  const std::string cookies = jar == jars_.end() ? "" : jar->second.header_for(request.url);
  if (!cookies.empty()) request.headers.push_back({"Cookie", cookies});
}

// A portal that only wants its cookie back is asked once more: it sends a page on to itself, or a
// challenge that sets a cookie.
bool WebCrawl::wants_cookie_back(Errand& errand, const FetchResult& fetched) {
  const auto& portal = errand.source->portal;
  if (!portal || !portal->http.keeps_cookies || errand.is_robots) return false;
  const Url& url = errand.visited.back();
  const bool has_news = jars_[errand.source->id].learn(url, fetched.headers, parts_.clock.unix_millis());
  if (!has_news || errand.has_replayed) return false;
  const auto next = is_redirect(fetched.status) ? resolve(url, fetched.location) : Result<Url>(invalid_input(ErrorCode::kMalformed, "no redirect"));
  errand.has_replayed = (next && *next == url) || class_of_answer(*portal, fetched.status, fetched.headers) == PageClass::kChallenge;
  return errand.has_replayed;
}

void WebCrawl::wait_for_turn(const ErrandPtr& errand, milliseconds wait) {
  const std::int64_t id = --last_errand_;
  on_their_way_[id] = errand;
  const Now at = now();
  const Priority priority = errand->parent && errand->visited.size() == 1 ? Priority::kAttachment : Priority::kNextHop;
  frontier_.add(host_for(*errand->source, errand->visited.back().host), {id, priority, at.tick + wait}, at);
}

void WebCrawl::robots_done(const ErrandPtr& errand, FetchResult fetched) {
  const Url& url = errand->visited.front();
  const auto waiting = wait_for_robots_.extract(origin_of(url));
  GOUJI_CHECK(!waiting.empty());
  // A redirect to somebody else's host says as little about this one as no file would.
  if (fetched.result == FetchClass::kRefusedAddress && is_redirect(fetched.status)) fetched.result = FetchClass::kRedirects;
  bool is_usable = false;
  if (fetched.result != FetchClass::kStopped && fetched.result != FetchClass::kRefusedAddress) {
    auto row = robots_.learn(url, fetched, parts_.clock.unix_millis());
    if (!row) return failed(row.error());
    is_usable = row->is_known;
    frontier_.set_robots_delay(errand->host, robots_.crawl_delay(url));
    parts_.recorder.add(std::move(*row));
  }
  for (const ErrandPtr& one : waiting.mapped()) {
    if (is_usable) {
      wait_for_turn(one, milliseconds{0});
      continue;
    }
    FetchResult without;
    without.result = fetched.result;
    without.final_url = one->visited.back();
    without.retry_after = fetched.retry_after;
    without.message = to_string(without.final_url) + ": without its robots.txt: " + fetched.message;
    finish(one, std::move(without));
  }
}

void WebCrawl::finish(const ErrandPtr& errand, FetchResult fetched) {
  if (errand->is_robots) return robots_done(errand, std::move(fetched));
  // "Not modified" is no answer to a question that was not asked.
  const bool is_conditional = !errand->request.etag.empty() || !errand->request.last_modified.empty();
  if (fetched.result == FetchClass::kNotModified && !is_conditional) fetched.result = FetchClass::kHttpError;
  parts_.observer.fetched(errand->source->kind, fetched.result, fetched.result == FetchClass::kOk ? static_cast<std::int64_t>(fetched.body.size()) : 0);
  if (errand->parent) return finish_attachment(errand, std::move(fetched));
  if (fetched.result == FetchClass::kStopped) return;
  const auto done = errand->row.kind == UrlKind::kList ? finish_list(errand, std::move(fetched)) : finish_document(errand, std::move(fetched));
  if (!done) lost(*errand, done.error());
}

// An errand whose end could not be written: it is looked at again.
void WebCrawl::lost(const Errand& errand, const Error& error) {
  unsaved_.push_back({errand.row, errand.source, std::nullopt});
  failed(error);
}

// After an attempt: when it is due again, or another try within this reading. It waits for the commit.
void WebCrawl::queue_again(const Errand& errand, const UrlRow& row, FetchClass result, milliseconds server_wait) {
  Ended ended{row, errand.source, std::nullopt};
  if (once_) {
    int& tried = tried_[row.id];
    const milliseconds pause = std::max(options_.retry_wait * (1 << std::min(tried, 8)), server_wait);
    tried += 1;
    if (!is_passing(result) || tried >= options_.tries || pause > kWorthWaiting) return count(errand, result);
    ended.again_in = pause;
  }
  unsaved_.push_back(std::move(ended));
}

void WebCrawl::count(const Errand& errand, FetchClass result) {
  const bool is_gone_page = result == FetchClass::kGone && errand.row.kind != UrlKind::kList;
  total_.failures += went_well(result) || is_gone_page ? 0 : 1;
  if (errand.row.kind != UrlKind::kList) return;
  // The list has been read as far as it can be: now its documents. Another list may have named them before.
  const auto rows = parts_.state.urls_of(errand.source->location_source, UrlKind::kArticle);
  if (!rows) return failed(rows.error());
  for (const UrlRow& row : *rows) {
    if (!once_queued_.insert(row.id).second) continue;
    queue(row, *errand.source, 0);
    total_.documents += 1;
  }
}

Result<void> WebCrawl::flush() {
  const Now at = now();
  for (const Frontier::Host host : dirty_hosts_) parts_.recorder.add(HostRow{frontier_.name(host), frontier_.pace(host).memory(at)});
  dirty_hosts_.clear();
  pending_since_ = Tick{0};
  GOUJI_TRY(parts_.recorder.flush());
  if (std::exchange(is_stuck_, false)) parts_.observer.state_writable(true, "");
  for (const Ended& ended : std::exchange(unsaved_, {})) {
    if (!ended.again_in) {
      queue(ended.row, *ended.source, ended.row.due_at);
    } else {
      frontier_.add(host_for(*ended.source, ended.row.host), {ended.row.id, Priority::kVerify, at.tick + *ended.again_in}, at);
    }
  }
  return tell_expectations();
}

void WebCrawl::failed(const Error& error) {
  if (!error_ || error.kind == ErrorKind::kFatal) error_ = error;
}

// Nothing moves on by itself.
bool WebCrawl::is_still() const {
  return frontier_.in_flight() == 0 && parts_.fetcher.in_flight() == 0 && reader_.pending() == 0;
}

// None while nothing waits, or what was read finds no room.
std::optional<Tick> WebCrawl::next_fetch_at() { return parts_.has_room() ? frontier_.next_at() : std::nullopt; }

milliseconds WebCrawl::until_next() {
  const Tick at = now().tick;
  milliseconds wait = kTurn;
  const auto next = next_fetch_at();
  if (next) wait = std::min(wait, std::chrono::ceil<milliseconds>(std::max(*next, resume_at_) - at));
  if (pending_since_ != Tick{0}) wait = std::min(wait, std::chrono::ceil<milliseconds>(commit_at() - at));
  return std::max(wait, milliseconds{0});
}

// When what is pending is to be committed.
Tick WebCrawl::commit_at() {
  const auto next = next_fetch_at();
  const bool is_due_soon = next ? *next <= now().tick + kSoon : frontier_.in_flight() > 0;
  return pending_since_ + (is_due_soon ? kGroupMax : kGroup);
}

// In one reading: what is left waits for hosts that want rest for longer than anybody waits here.
void WebCrawl::give_up_waiting() {
  const auto next = frontier_.next_at();
  if (!once_ || !is_still() || !unsaved_.empty() || !next || *next - now().tick <= kWorthWaiting) return;
  total_.failures += static_cast<std::int64_t>(frontier_.waiting());
  frontier_ = Frontier(options_.frontier);
  on_their_way_.clear();
}

void WebCrawl::tell_facts() {
  const Now at = now();
  if (at.tick < told_at_ + kFactsEvery) return;
  told_at_ = at.tick;
  FrontierFacts facts;
  const Frontier::Lag lag = frontier_.lag(at);
  facts.waiting = frontier_.waiting();
  facts.due = lag.due;
  facts.longest = lag.longest;
  facts.in_flight = frontier_.in_flight();
  facts.hosts = frontier_.hosts();
  for (Frontier::Host host = 0; host < frontier_.hosts(); ++host) facts.resting += frontier_.pace(host).breaker().is_closed() ? 0 : 1;
  parts_.observer.frontier(facts);
}

// The state could not take what was pending: none of it happened, and it is looked at again.
Result<void> WebCrawl::recover() {
  const Error error = *std::exchange(error_, std::nullopt);
  if (once_ || error.kind == ErrorKind::kFatal) return error;
  parts_.recorder.discard();
  parts_.observer.state_writable(false, "nothing is fetched until the state can be written again: " + error.message);
  is_stuck_ = true;
  resume_at_ = now().tick + kRetry;
  pending_since_ = Tick{0};
  for (const Ended& ended : std::exchange(unsaved_, {})) queue(ended.row, *ended.source, 0);
  return ok();
}

Result<void> WebCrawl::run() {
  GOUJI_TRY(load());
  while (!parts_.stopping()) {
    parts_.observer.heartbeat();
    tell_facts();
    if (const auto granted = grant_all(); !granted) failed(granted.error());
    parts_.fetcher.poll(until_next());
    reader_.take_done();
    if (pending_since_ == Tick{0} && parts_.recorder.has_pending()) pending_since_ = now().tick;
    const bool is_old = pending_since_ != Tick{0} && now().tick >= commit_at();
    if (!error_ && (is_old || is_still())) {
      if (const auto flushed = flush(); !flushed) failed(flushed.error());
    }
    if (error_) GOUJI_TRY(recover());
    give_up_waiting();
    if (once_ && is_still() && frontier_.waiting() == 0 && unsaved_.empty()) return flush();
  }
  parts_.fetcher.poll(milliseconds{0});  // ends what is in flight
  return flush();
}

Result<WebResult> WebCrawl::read_once() {
  once_ = true;
  GOUJI_TRY(run());
  return total_;
}

Result<void> WebCrawl::watch() { return run(); }

}  // namespace gouji::crawler
