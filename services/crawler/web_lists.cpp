// Lists: fetched as any address, read by the worker, their rows checked again and remembered.
#include <algorithm>
#include <utility>

#include "common/core/id.h"
#include "common/report/calendar.h"
#include "services/crawler/core/expectation.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/web_errand.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kHintBytesMax = 1'024;
constexpr const char* kDriftReason = "DRIFT";

// What the organ of a source owes; nullopt where its portal file names none.
std::optional<Duty> duty_of(const Source& source) {
  for (const Hint& hint : source.hints) {
    if (hint.field != "organ") continue;
    const SeasonProfile by_name = hint.value.ends_with("人民政府") ? SeasonProfile::kGovernment : SeasonProfile::kDepartment;
    return Duty{hint.value, source.portal ? source.portal->season : by_name};
  }
  return std::nullopt;
}

// "2024-01-25" as the start of that day in Shanghai.
std::optional<UnixMillis> day_from(std::string_view text) {
  int parts[3] = {0, 0, 0};
  std::size_t part = 0;
  for (const char c : text.substr(0, 10)) {
    if (c >= '0' && c <= '9') {
      parts[part] = parts[part] * 10 + (c - '0');
    } else if (++part == 3) {
      return std::nullopt;
    }
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]}, std::chrono::month{static_cast<unsigned>(parts[1])}, std::chrono::day{static_cast<unsigned>(parts[2])}};
  if (part != 2 || !day.ok() || parts[0] < 2'000) return std::nullopt;
  return shanghai_midnight(day);
}

// Something that a server said, whatever it said: the reader knows more than its status does.
bool is_answer(const FetchResult& page) {
  return page.status != 0 && page.result != FetchClass::kNotModified && page.result != FetchClass::kRedirects && page.result != FetchClass::kTruncated &&
         page.result != FetchClass::kTooLarge && page.result != FetchClass::kRefusedAddress;
}

}  // namespace

Result<void> WebCrawl::finish_list(const ErrandPtr& errand, FetchResult fetched) {
  errand->page = std::move(fetched);
  if (!is_answer(errand->page)) return end_list(errand, false);
  ask_reader(errand, errand->vars_left.empty() ? PagePurpose::kList : PagePurpose::kVars);
  return ok();
}

Result<std::int64_t> WebCrawl::take_rows(const ErrandPtr& errand, const std::vector<PageRow>& rows) {
  const Source& source = *errand->source;
  const UnixMillis at = parts_.clock.unix_millis();
  if (errand->listed_at == 0) errand->listed_at = at;
  std::vector<UrlRow> fresh;
  for (const PageRow& row : rows) {
    GOUJI_ASSIGN(auto added, add_row(*errand, row, at));
    if (added) fresh.push_back(std::move(*added));
  }
  errand->rows += static_cast<std::int64_t>(rows.size());
  const auto found = static_cast<std::int64_t>(fresh.size());
  if (found > 0 && !errand->facts.is_backfill && errand->row.cursor != kUnderWay) {
    errand->row.cursor = kUnderWay;
    parts_.recorder.add(errand->row);
  }
  // Durable before anything fetches them.
  GOUJI_TRY(parts_.recorder.flush());
  if (once_) return found;
  for (const UrlRow& row : fresh) queue(row, source, row.due_at);
  return found;
}

bool WebCrawl::is_row_wanted(const Errand& errand, const Url& url, const PageRow& row) const {
  const Source& source = *errand.source;
  const ListRule* rule = find_list(*source.portal, errand.cursor.list);
  const auto spelled = canonical(*source.portal, url);
  return rule != nullptr && spelled && *spelled == url && is_wanted(*source.portal, *rule, row.url, row.title);
}

// A row comes from a process that read hostile bytes: everything is checked again. The address when
// it is new.
Result<std::optional<UrlRow>> WebCrawl::add_row(const Errand& errand, const PageRow& row, UnixMillis now) {
  const Source& source = *errand.source;
  const auto url = parse_url(row.url);
  if (!url || to_string(*url) != row.url || row.title.size() > kHintBytesMax || row.date.size() > kHintBytesMax || row.organ.size() > kHintBytesMax ||
      !is_host_accepted(source, url->host) || !is_row_wanted(errand, *url, row)) {
    parts_.observer.passed_over(source.address + ": a row that its portal file does not accept");
    return std::nullopt;
  }
  const std::string id = location_id(source.location_source, row.url);
  GOUJI_ASSIGN(const auto known, parts_.state.find(id));
  if (known) {
    parts_.recorder.add(ListedRow{id, row.title, row.date, row.organ, now});
    return std::nullopt;
  }
  Location location;
  location.id = id;
  location.source_id = source.location_source;
  location.address = row.url;
  location.first_seen = location.listed_at = now;
  location.title = row.title;
  location.published_on = row.date;
  location.organ = row.organ;
  UrlRow fresh;
  fresh.id = parts_.state.new_url_id();
  fresh.source_id = source.location_source;
  fresh.kind = UrlKind::kArticle;
  fresh.address = row.url;
  fresh.host = url->host;
  fresh.location_id = id;
  fresh.due_at = now;
  parts_.recorder.add(std::move(location));
  parts_.recorder.add(fresh);
  return fresh;
}

// The list's own row and its source's health. `has_drifted`: the list was read and is not what it was.
Result<void> WebCrawl::end_list(const ErrandPtr& errand, bool has_drifted) {
  const Source& source = *errand->source;
  const FetchResult& page = errand->page;
  const UnixMillis at = parts_.clock.unix_millis();
  UrlRow& row = errand->row;
  const bool is_well = went_well(page.result);
  row.failures = is_well ? 0 : row.failures + 1;
  row.fetches += is_well ? 1 : 0;
  row.looked_at = at;
  row.leases = 0;
  row.result = is_well && has_drifted ? kDrifted : to_string(page.result);
  if (page.result == FetchClass::kOk) {
    // "Not modified" would say of a list that has drifted that it is well.
    row.tag = has_drifted ? "" : page.etag;
    row.last_modified = has_drifted ? "" : page.last_modified;
  }
  if (is_well) {
    const SeasonWindow season = source.portal ? season_at(source.portal->season, at, source.portal->interval) : SeasonWindow{Heat::kHot, source.interval, source.interval};
    row.interval = next_interval(std::chrono::milliseconds{row.interval}, errand->rows_changed, season).count();
  }
  const auto interval = std::chrono::milliseconds{row.interval > 0 ? row.interval : source.interval.count()};
  row.due_at = next_listing({page.result, at, row.fetches, row.failures, page.retry_after}, with_jitter(interval, row.address, row.fetches));
  GOUJI_ASSIGN(SourceMemory memory, parts_.state.source(source.id));
  if (page.result == FetchClass::kOk) {
    memory.health.documents = errand->rows;
    if (!has_drifted && errand->is_complete && !errand->facts.is_backfill) GOUJI_TRY(note_whole_walk(*errand, memory.health));
  }
  GOUJI_ASSIGN(Troubles* const troubles, troubles_of(source));
  auto trouble = trouble_of(page, has_drifted);
  if (trouble) {
    troubles->insert_or_assign(list_of(row), *trouble);
  } else {
    troubles->erase(list_of(row));
    if (!troubles->empty()) trouble = troubles->begin()->second;
  }
  parts_.recorder.add(row);
  GOUJI_TRY(add_health(source, std::move(memory), trouble));
  queue_again(*errand, row, page.result, page.retry_after.value_or(std::chrono::milliseconds{0}));
  return ok();
}

// With several lists each names a part: a document is unlisted when none has named it since the last
// walk through each of them.
Result<void> WebCrawl::note_whole_walk(const Errand& errand, SourceHealth& health) {
  auto& walks = walks_[errand.source->id];
  walks[list_of(errand.row)] = errand.listed_at;
  UnixMillis since = errand.listed_at;
  for (const ListRule& list : errand.source->portal->lists) {
    const auto walk = walks.find(list.id);
    if (walk == walks.end()) return ok();
    since = std::min(since, walk->second);
  }
  GOUJI_ASSIGN(health.unlisted, parts_.state.count_unlisted(errand.source->location_source, since));
  return ok();
}

// Of the year that is due now and of the one before.
Result<std::vector<Expectation>> WebCrawl::expectations_of(const Source& source, UnixMillis now) {
  const auto duty = duty_of(source);
  std::vector<Expectation> expected;
  if (!duty) return expected;
  GOUJI_ASSIGN(const auto documents, parts_.state.documents_of(source.location_source));
  std::vector<Sighted> sighted;
  for (const Location& location : documents) {
    // A report that was there before this crawler was is as old as its list says.
    const UnixMillis seen = std::min(location.first_seen, day_from(location.published_on).value_or(location.first_seen));
    const std::string& organ = location.organ.empty() ? duty->organ : location.organ;
    sighted.push_back({organ, year_of_title(location.title), seen, location.known.withdrawn});
  }
  for (const int year : {year_due(now), year_due(now) - 1}) {
    if (auto one = expectation_of(*duty, year, sighted, now)) expected.push_back(std::move(*one));
  }
  return expected;
}

// A restart makes no source well and no report published: its list may be read again only days later.
Result<void> WebCrawl::recall_health(const Source& source) {
  GOUJI_ASSIGN(SourceMemory memory, parts_.state.source(source.id));
  if (memory.health.last_attempt_at == 0) return ok();
  GOUJI_ASSIGN(memory.health.expectations, expectations_of(source, parts_.clock.unix_millis()));
  parts_.recorder.recall(source.kind, memory.health);
  return ok();
}

// Of portals whose documents were looked at: their list may be read again only days later. After the commit, which is
// what makes a document seen.
Result<void> WebCrawl::tell_expectations() {
  const UnixMillis at = parts_.clock.unix_millis();
  for (const Source* source : std::exchange(with_news_, {})) {
    GOUJI_ASSIGN(SourceMemory memory, parts_.state.source(source->id));
    GOUJI_ASSIGN(memory.health.expectations, expectations_of(*source, at));
    GOUJI_TRY(parts_.recorder.add_source(source->kind, std::move(memory), at));
  }
  return parts_.recorder.flush();
}

void WebCrawl::note_owed(const Source& source, const Location& location) {
  if (source.kind == SourceKind::kList && year_of_title(location.title) >= year_due(parts_.clock.unix_millis()) - 1) with_news_.insert(&source);
}

std::optional<WebCrawl::Trouble> WebCrawl::trouble_of(const FetchResult& fetched, bool has_drifted) {
  if (!went_well(fetched.result)) return Trouble{fetched.result, reason_of(fetched.result), fetched.message};
  return has_drifted ? std::optional(Trouble{FetchClass::kBadList, kDriftReason, fetched.message}) : std::nullopt;
}

// What each list of the source was when it was last looked at, by whichever process.
Result<WebCrawl::Troubles*> WebCrawl::troubles_of(const Source& source) {
  if (const auto known = troubles_.find(source.id); known != troubles_.end()) return &known->second;
  GOUJI_ASSIGN(const auto rows, parts_.state.urls_of(source.location_source, UrlKind::kList));
  Troubles troubles;
  for (const UrlRow& row : rows) {
    const std::string list = list_of(row);
    if (is_backfill(row) || find_list(*source.portal, list) == nullptr) continue;
    const std::string message = source.id + ", list " + list + ": not well when it was last looked at";
    for (const FetchClass result : kFetchClasses) {
      if (!went_well(result) && row.result == to_string(result)) troubles[list] = {result, reason_of(result), message};
    }
    if (row.result == kDrifted) troubles[list] = {FetchClass::kBadList, kDriftReason, message};
  }
  return &troubles_.insert_or_assign(source.id, std::move(troubles)).first->second;
}

Result<void> WebCrawl::add_health(const Source& source, SourceMemory memory, const std::optional<Trouble>& trouble) {
  const UnixMillis at = parts_.clock.unix_millis();
  SourceHealth& health = memory.health;
  const bool is_news = source.kind == SourceKind::kList && trouble && (health.reason != trouble->reason || health.failures == 0);
  health.address = source.address;
  health.last_attempt_at = at;
  health.failures = trouble ? health.failures + 1 : 0;
  health.state = !trouble ? SourceState::kActive : is_refusal(trouble->result) || is_shut_out(trouble->result) ? SourceState::kBlocked : SourceState::kDegraded;
  health.reason = trouble ? trouble->reason : "";
  health.message = trouble ? trouble->message : "";
  if (!trouble) health.last_success_at = at;
  GOUJI_ASSIGN(health.expectations, expectations_of(source, at));
  if (is_news) parts_.observer.postponed(trouble->result, health.message);
  return parts_.recorder.add_source(source.kind, std::move(memory), at);
}

}  // namespace gouji::crawler
