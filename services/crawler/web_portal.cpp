// Lists of portal files: bootstrap values first where there are any, then page after page, each in
// its host's turn and durable before the next. Articles of portal files are read the same way.
#include <algorithm>
#include <charconv>
#include <utility>

#include "common/core/check.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/web_errand.h"

namespace gouji::crawler {

namespace {

constexpr std::string_view kListPrefix = "list:", kBackfillPrefix = "backfill:", kBackfillDone = "done";
constexpr std::size_t kCursorsMax = 400;
// A backfill makes way for the season and looks again then.
constexpr UnixMillis kAfterTheSeason = 86'400'000;
constexpr UnixMillis kDoneFor = 90LL * 86'400'000;

// One cursor a line, its fields between tabs; addresses are canonical and hold neither.
std::string text_of(const std::deque<ListCursor>& cursors) {
  std::string text;
  for (const ListCursor& one : cursors) {
    for (const std::int64_t number : {std::int64_t{one.report_year}, std::int64_t{one.page}, std::int64_t{one.page_size}, one.offset, std::int64_t{one.depth}}) {
      text += std::to_string(number) + "\t";
    }
    text += one.address + "\n";
  }
  return text;
}

std::deque<ListCursor> cursors_from(std::string_view text, const std::string& list) {
  std::deque<ListCursor> cursors;
  while (!text.empty() && cursors.size() < kCursorsMax) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::int64_t numbers[5] = {};
    for (std::int64_t& number : numbers) {
      const auto tab = line.find('\t');
      if (tab == std::string_view::npos) return {};  // not ours: begin anew
      (void)std::from_chars(line.data(), line.data() + tab, number);
      line.remove_prefix(tab + 1);
    }
    ListCursor one;
    one.list = list;
    one.report_year = static_cast<std::int32_t>(numbers[0]);
    one.page = static_cast<std::int32_t>(numbers[1]);
    one.page_size = static_cast<std::int32_t>(numbers[2]);
    one.offset = numbers[3];
    one.depth = static_cast<std::int32_t>(numbers[4]);
    one.address = line;
    cursors.push_back(std::move(one));
  }
  return cursors;
}

void apply(FetchRequest& request, const Portal& portal, HttpRequest http) {
  request.method = std::move(http.method);
  request.headers = std::move(http.headers);
  request.body = std::move(http.body);
  request.user_agent = portal.http.user_agent;
  request.ip_family = portal.ip_family;
  request.tls = portal.tls;
}

PageRequest question_of(PagePurpose purpose, const Portal& portal, const FetchResult& page) {
  PageRequest question;
  question.purpose = purpose;
  question.portal = portal.definition;
  question.url = question.final_url = to_string(page.final_url);
  question.status = page.status;
  question.headers = page.headers;
  question.media_type = page.media_type;
  question.body = page.body;
  return question;
}

}  // namespace

FetchClass class_of_page(PageClass page_class) {
  switch (page_class) {
    case PageClass::kOk:
    case PageClass::kHop:
      return FetchClass::kOk;
    case PageClass::kGone:
      return FetchClass::kGone;
    case PageClass::kSoft404:
      return FetchClass::kSoft404;
    case PageClass::kThrottled:
      return FetchClass::kThrottled;
    case PageClass::kServerError:
      return FetchClass::kHttpError;
    case PageClass::kBlocked:
    case PageClass::kLogin:
      return FetchClass::kBlocked;
    case PageClass::kChallenge:
      return FetchClass::kChallenge;
    case PageClass::kEmptyShell:
    case PageClass::kHomePage:
    case PageClass::kUnexpected:
      return FetchClass::kEmpty;
    case PageClass::kWrongType:
    case PageClass::kUnreadable:
      return FetchClass::kBadList;
  }
  return FetchClass::kBadList;
}

std::string list_of(const UrlRow& row) { return row.address.substr(row.address.find(':') + 1); }

bool is_backfill(const UrlRow& row) { return row.kind == UrlKind::kList && row.address.starts_with(kBackfillPrefix); }

std::vector<UrlRow> portal_entrances(const Source& source, bool with_backfill) {
  const Portal& portal = *source.portal;
  std::vector<UrlRow> rows;
  const auto add = [&](UrlKind kind, std::string address, std::string host) {
    UrlRow row;
    row.source_id = source.location_source;
    row.kind = kind;
    row.address = std::move(address);
    row.host = std::move(host);
    rows.push_back(std::move(row));
  };
  for (const std::string& document : portal.documents) add(UrlKind::kArticle, document, url_of(document).host);
  const auto bootstrap = vars_pages(portal);
  for (const ListCursor& cursor : first_pages(portal, 2'000)) {
    // A list of several years is one entrance.
    if (!rows.empty() && rows.back().kind == UrlKind::kList && list_of(rows.back()) == cursor.list) continue;
    const auto request = make_request(portal, cursor, {});
    const std::string host = request ? request->url.host : bootstrap.empty() ? "portal:" + portal.id : bootstrap.front().host;
    add(UrlKind::kList, std::string(kListPrefix) + cursor.list, host);
    if (with_backfill) add(UrlKind::kList, std::string(kBackfillPrefix) + cursor.list, host);
  }
  return rows;
}

void WebCrawl::begin_walk(Errand& errand) {
  const Portal& portal = *errand.source->portal;
  const std::string list = list_of(errand.row);
  const UnixMillis at = parts_.clock.unix_millis();
  errand.facts.is_backfill = is_backfill(errand.row);
  if (errand.facts.is_backfill) errand.cursors = cursors_from(errand.row.cursor, list);
  if (errand.cursors.empty()) {
    for (ListCursor& cursor : first_pages(portal, static_cast<int>(shanghai_date(at).year()), errand.facts.is_backfill ? Reach::kBackfill : Reach::kRecent)) {
      if (cursor.list == list) errand.cursors.push_back(std::move(cursor));
    }
  }
  errand.facts.goes_on = errand.row.cursor == kUnderWay;
  const auto known = vars_.find(errand.source->id);
  const bool is_fresh = known != vars_.end() && now().tick - known->second.read_at < portal.vars.refresh;
  if (!is_fresh) errand.vars_left = vars_pages(portal);
  errand.is_conditional = errand.cursors.size() == 1 && errand.vars_left.empty() && !errand.facts.is_backfill && !errand.facts.goes_on;
  aim(errand);
}

// Sets what the errand asks for next. Without an address afterwards it cannot go on, and its page says why.
void WebCrawl::aim(Errand& errand) {
  const Portal& portal = *errand.source->portal;
  errand.visited.clear();
  errand.request = {};
  errand.request.bytes_max = options_.list_bytes_max;
  if (!errand.vars_left.empty()) {
    errand.visited.push_back(errand.vars_left.front());
    return apply(errand.request, portal, document_request(portal, errand.visited.back()));
  }
  GOUJI_CHECK(!errand.cursors.empty());
  errand.cursor = std::move(errand.cursors.front());
  errand.cursors.pop_front();
  auto request = make_request(portal, errand.cursor, vars_[errand.source->id].values);
  if (!request) {
    errand.page.result = FetchClass::kBadList;
    errand.page.message = errand.source->id + ", list " + errand.cursor.list + ": " + request.error().message;
    return;
  }
  errand.visited.push_back(request->url);
  apply(errand.request, portal, std::move(*request));
  if (!std::exchange(errand.is_conditional, false)) return;
  errand.request.etag = errand.row.tag;
  errand.request.last_modified = errand.row.last_modified;
}

void WebCrawl::ask_document(Errand& errand) {
  if (!errand.source->portal) return;
  const Portal& portal = *errand.source->portal;
  apply(errand.request, portal, document_request(portal, errand.visited.back()));
}

// A whole answer of any status goes to the worker, which knows the ways in which portals refuse.
void WebCrawl::ask_reader(const ErrandPtr& errand, PagePurpose purpose) {
  auto question = std::make_shared<PageRequest>(question_of(purpose, *errand->source->portal, errand->page));
  question->cursor = errand->cursor;
  question->url = to_string(errand->visited.front());
  if (const auto vars = vars_.find(errand->source->id); vars != vars_.end()) question->vars = vars->second.values;
  auto answer = std::make_shared<Result<PageAnswer>>(unavailable(ErrorCode::kTimeout, "not asked yet"));
  reader_.submit([this, question, answer] { *answer = parts_.pages.read_page(*question); },
                 [this, errand, purpose, answer] {
                   const auto taken = purpose == PagePurpose::kArticle ? take_article(errand, *answer) : take_page(errand, purpose, *answer);
                   if (!taken) lost(*errand, taken.error());
                 });
}

// What the reader says of a page that is none, as the result of its fetch. True when the page is one.
Result<bool> WebCrawl::is_page(const ErrandPtr& errand, const Result<PageAnswer>& answer) {
  FetchResult& page = errand->page;
  if (!answer && answer.error().kind == ErrorKind::kFatal) return answer.error();
  if (answer && answer->page_class == PageClass::kOk) return true;
  page.result = answer ? class_of_page(answer->page_class) : FetchClass::kBadList;
  page.message = to_string(page.final_url) + ": " + (answer ? std::string(to_string(answer->page_class)) + ": " + answer->why : answer.error().message);
  return false;
}

// True when the page only led on to another one, which then has its turn.
bool WebCrawl::hops_on(const ErrandPtr& errand, const Result<PageAnswer>& answer) {
  if (!answer || answer->page_class != PageClass::kHop) return false;
  NextHop next = next_hop(errand->visited, answer->hop, options_.redirects);
  if (next.verdict.result == FetchClass::kOk && !is_host_allowed(*errand->source->portal, next.url.host)) {
    next.verdict = {FetchClass::kRefusedAddress, "its host is not among the hosts of its portal file"};
  }
  errand->page.result = next.verdict.result;
  errand->page.message = to_string(errand->page.final_url) + ": " + next.verdict.message;
  if (next.verdict.result != FetchClass::kOk) return false;
  errand->visited.push_back(std::move(next.url));
  wait_for_turn(errand, std::chrono::milliseconds{0});
  return true;
}

Result<void> WebCrawl::take_page(const ErrandPtr& errand, PagePurpose purpose, const Result<PageAnswer>& answer) {
  if (hops_on(errand, answer)) return ok();
  const bool is_dead_end = answer && answer->page_class == PageClass::kHop;
  GOUJI_ASSIGN(const bool is_good, is_dead_end ? Result<bool>(false) : is_page(errand, answer));
  if (purpose == PagePurpose::kVars) return is_good ? take_vars(errand, *answer) : end_list(errand, false);
  if (is_good) return take_list_page(errand, *answer);
  const bool is_first = errand->pages == 0;
  const bool is_shell = answer && answer->page_class == PageClass::kEmptyShell;
  if (is_first && is_shell && !errand->retried_vars && !vars_pages(*errand->source->portal).empty()) {
    // The values may be from before the portal's last change.
    errand->retried_vars = true;
    errand->vars_left = vars_pages(*errand->source->portal);
    errand->cursors.push_front(errand->cursor);
    return walk_on(errand);
  }
  const bool is_end = answer && (is_shell || answer->page_class == PageClass::kGone || answer->page_class == PageClass::kSoft404);
  if (!is_end) return end_list(errand, false);
  const PagingStep step = next_page(*errand->source->portal, errand->cursor, *answer, errand->facts);
  if (step.next) errand->cursors.push_front(*step.next);
  if (!step.next && is_first && errand->cursors.empty()) return end_list(errand, false);
  return walk_on(errand);
}

Result<void> WebCrawl::take_vars(const ErrandPtr& errand, const PageAnswer& answer) {
  Vars& vars = vars_[errand->source->id];
  for (const auto& [name, value] : answer.vars) vars.values[name] = value;
  errand->vars_left.erase(errand->vars_left.begin());
  if (errand->vars_left.empty()) vars.read_at = now().tick;
  return walk_on(errand);
}

Result<void> WebCrawl::take_list_page(const ErrandPtr& errand, const PageAnswer& answer) {
  const Source& source = *errand->source;
  const ListReading& list = answer.list;
  if (list.cut) parts_.observer.passed_over(source.id + ": a page of more than " + std::to_string(kPageRowsMax) + " rows; the rest is not read");
  if (errand->pages == 0) {
    errand->first_rows = static_cast<std::int64_t>(list.rows.size());
    errand->undated = list.dates_unread;
    errand->fingerprint = list.fingerprint;
    errand->first_digest = list.rows_digest;
    errand->tag = errand->page.etag;
    errand->last_modified = errand->page.last_modified;
  }
  GOUJI_ASSIGN(errand->facts.rows_new, take_rows(errand, list.rows));
  const PagingStep step = next_page(*source.portal, errand->cursor, answer, errand->facts);
  errand->facts.rows_digest = list.rows_digest;
  errand->pages += 1;
  if (step.next) errand->cursors.push_front(*step.next);
  for (const ListCursor& follow : step.follow) {
    if (errand->cursors.size() < kCursorsMax) errand->cursors.push_back(follow);
  }
  if (step.stopped == StopReason::kNoNew || step.stopped == StopReason::kOlder || step.stopped == StopReason::kMaxPages || step.stopped == StopReason::kRepeat) errand->is_complete = false;
  return walk_on(errand);
}

Result<void> WebCrawl::walk_on(const ErrandPtr& errand) {
  if (errand->facts.is_backfill && errand->pages > 0) return end_backfill_step(errand);
  if (errand->cursors.empty() && errand->vars_left.empty()) return end_walk(errand);
  aim(*errand);
  if (errand->visited.empty()) return end_list(errand, false);
  if (!is_host_allowed(*errand->source->portal, errand->visited.back().host)) {
    errand->page.result = FetchClass::kRefusedAddress;
    errand->page.message = to_string(errand->visited.back()) + ": its host is not among the hosts of its portal file";
    return end_list(errand, false);
  }
  wait_for_turn(errand, std::chrono::milliseconds{0});
  return ok();
}

Result<void> WebCrawl::end_walk(const ErrandPtr& errand) {
  errand->rows_changed = errand->row.digest != errand->first_digest;
  errand->row.digest = errand->first_digest;
  const DriftVerdict verdict = judge_listing(errand->row.shape, {errand->first_rows, 1, errand->undated, errand->fingerprint, true});
  errand->row.shape = verdict.shape;
  errand->row.cursor.clear();
  errand->page.etag = errand->tag;
  errand->page.last_modified = errand->last_modified;
  errand->page.result = FetchClass::kOk;
  if (verdict.drift == Drift::kNone) return end_list(errand, false);
  if (errand->row.result != kDrifted) parts_.observer.drifted(errand->source->id, verdict.drift);
  errand->page.message = errand->source->id + ", list " + list_of(errand->row) + ": " + verdict.message;
  return end_list(errand, true);
}

// A backfill goes on page by page, as long as nothing more urgent waits for its host.
Result<void> WebCrawl::end_backfill_step(const ErrandPtr& errand) {
  const UnixMillis at = parts_.clock.unix_millis();
  UrlRow& row = errand->row;
  row.cursor = errand->cursors.empty() ? std::string(kBackfillDone) : text_of(errand->cursors);
  row.due_at = errand->cursors.empty() ? at + kDoneFor : at;
  row.looked_at = at;
  row.fetches += 1;
  row.failures = row.leases = 0;
  row.result = to_string(FetchClass::kOk);
  parts_.recorder.add(row);
  queue_again(*errand, row, FetchClass::kOk, std::chrono::milliseconds{0});
  return ok();
}

// False when it is not the time for a backfill, or there is nothing left of it.
bool WebCrawl::may_backfill(const Source& source, UrlRow& row) {
  const UnixMillis at = parts_.clock.unix_millis();
  const bool is_hot = season_at(source.portal->season, at, source.portal->interval).heat == Heat::kHot;
  if (!is_hot && row.cursor != kBackfillDone) return true;
  row.due_at = at + (row.cursor == kBackfillDone ? kDoneFor : kAfterTheSeason);
  row.looked_at = at;
  row.leases = 0;
  parts_.recorder.add(row);
  return false;
}

Result<void> WebCrawl::take_article(const ErrandPtr& errand, const Result<PageAnswer>& answer) {
  if (hops_on(errand, answer)) return ok();
  if (answer && answer->page_class == PageClass::kHop) return end_document(errand);
  GOUJI_ASSIGN(const bool is_good, is_page(errand, answer));
  if (!is_good) {
    if (errand->page.result == FetchClass::kBadList) errand->page.result = FetchClass::kEmpty;
    return end_document(errand);
  }
  errand->text_digest = answer->article.text_digest;
  take_attachments(errand, answer->article.attachments);
  return ok();
}

}  // namespace gouji::crawler
