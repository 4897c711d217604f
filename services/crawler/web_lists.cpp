// Lists: fetched as any address, read by the worker, their rows checked again and remembered.
#include <algorithm>
#include <utility>

#include "common/core/digest.h"
#include "common/core/id.h"
#include "services/crawler/core/drift.h"
#include "services/crawler/core/expectation.h"
#include "services/crawler/core/list_page.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/core/portal_file.h"
#include "services/crawler/web_errand.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kHintBytesMax = 1'024;

events::ListRequest request_of(const Source& source, const FetchResult& fetched) {
  events::ListRequest request;
  request.body = fetched.body;
  request.media_type = fetched.media_type;
  request.url = to_string(fetched.final_url);
  request.format = source.list.format;
  request.title_accept = source.list.title_accept;
  request.title_refuse = source.list.title_refuse;
  request.url_accept = source.list.url_accept;
  request.rows_pointer = source.list.rows_pointer;
  request.url_field = source.list.url_field;
  request.title_field = source.list.title_field;
  request.date_field = source.list.date_field;
  return request;
}

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

std::string digest_of(const std::vector<events::ListRow>& rows) {
  Sha256Stream digest;
  for (const events::ListRow& row : rows) digest.add(row.url + "\n" + row.title + "\n" + row.date + "\n");
  return to_hex(digest.finish());
}

}  // namespace

Result<void> WebCrawl::finish_list(const ErrandPtr& errand, FetchResult fetched) {
  errand->page = std::move(fetched);
  if (errand->page.result != FetchClass::kOk) return end_list(errand, "");
  auto answer = std::make_shared<Result<events::ListAnswer>>(unavailable(ErrorCode::kTimeout, "not asked yet"));
  auto request = std::make_shared<events::ListRequest>(request_of(*errand->source, errand->page));
  reader_.submit([this, answer, request] { *answer = parts_.lists.read(*request); },
                 [this, errand, answer] {
                   const auto taken = take_list(errand, *answer);
                   if (!taken) failed(taken.error());
                 });
  return ok();
}

// What the worker made of a list that was fetched.
Result<void> WebCrawl::take_list(const ErrandPtr& errand, const Result<events::ListAnswer>& answer) {
  const Source& source = *errand->source;
  if (!answer && answer.error().kind == ErrorKind::kFatal) return answer.error();
  if (!answer || !answer->error.empty()) {
    errand->page.result = FetchClass::kBadList;
    errand->page.message = source.address + ": the list cannot be read: " + (answer ? answer->error : answer.error().message);
    return end_list(errand, "");
  }
  if (answer->cut) parts_.observer.passed_over(source.address + ": more than " + std::to_string(kListedMax) + " rows; the rest is not read");
  const DriftVerdict verdict = judge_listing(errand->row.shape, {static_cast<std::int64_t>(answer->rows.size()), 1, 0, "", !answer->cut});
  errand->row.shape = verdict.shape;
  GOUJI_TRY(take_rows(errand, answer->rows));
  if (answer->rows.empty()) {
    // Portals answer with empty shells when they are unwell; nothing is gone because of it.
    errand->page.result = FetchClass::kBadList;
    errand->page.message = source.address + ": the list cannot be read: no row is accepted; look at accept and rows of its portal file";
    return end_list(errand, "");
  }
  if (verdict.drift == Drift::kNone) return end_list(errand, "");
  parts_.observer.drifted(source.id, verdict.drift);
  errand->page.message = source.address + ": " + verdict.message;
  return end_list(errand, "DRIFT");
}

Result<void> WebCrawl::take_rows(const ErrandPtr& errand, const std::vector<events::ListRow>& rows) {
  const Source& source = *errand->source;
  const UnixMillis at = parts_.clock.unix_millis();
  errand->listed_at = at;
  std::vector<UrlRow> fresh;
  for (const events::ListRow& row : rows) {
    GOUJI_ASSIGN(auto added, add_row(source, row, at));
    if (added) fresh.push_back(std::move(*added));
  }
  const std::string digest = digest_of(rows);
  errand->rows_changed = errand->row.digest != digest;
  errand->row.digest = digest;
  errand->rows = static_cast<std::int64_t>(rows.size());
  // Durable before anything fetches them.
  GOUJI_TRY(parts_.recorder.flush());
  if (once_) return ok();
  for (const UrlRow& row : fresh) queue(row, source, row.due_at);
  return ok();
}

// A row comes from a process that read hostile bytes: everything is checked again. The address when
// it is new.
Result<std::optional<UrlRow>> WebCrawl::add_row(const Source& source, const events::ListRow& row, UnixMillis now) {
  const auto url = parse_url(row.url);
  if (!url || to_string(*url) != row.url || row.title.size() > kHintBytesMax || row.date.size() > kHintBytesMax ||
      !is_wanted(source.list, row.url, row.title) || !is_host_accepted(source, url->host)) {
    parts_.observer.passed_over(source.address + ": a row that its portal file does not accept");
    return std::nullopt;
  }
  const std::string id = location_id(source.location_source, row.url);
  GOUJI_ASSIGN(const auto known, parts_.state.find(id));
  if (known) {
    parts_.recorder.add(ListedRow{id, row.title, row.date, now});
    return std::nullopt;
  }
  Location location;
  location.id = id;
  location.source_id = source.location_source;
  location.address = row.url;
  location.first_seen = location.listed_at = now;
  location.title = row.title;
  location.published_on = row.date;
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

// The list's own row and its source's health. `reason`: of a source that is degraded though it was read.
Result<void> WebCrawl::end_list(const ErrandPtr& errand, const std::string& reason) {
  const Source& source = *errand->source;
  const FetchResult& page = errand->page;
  const UnixMillis at = parts_.clock.unix_millis();
  UrlRow& row = errand->row;
  const bool is_well = went_well(page.result);
  row.failures = is_well ? 0 : row.failures + 1;
  row.fetches += is_well ? 1 : 0;
  row.looked_at = at;
  row.leases = 0;
  row.result = to_string(page.result);
  if (page.result == FetchClass::kOk) {
    row.tag = page.etag;
    row.last_modified = page.last_modified;
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
    if (reason.empty()) GOUJI_TRY(note_unlisted(source, memory.health, errand->listed_at));
  }
  parts_.recorder.add(row);
  GOUJI_TRY(add_health(source, std::move(memory), page, reason));
  queue_again(*errand, row, page.result, page.retry_after.value_or(std::chrono::milliseconds{0}));
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
    sighted.push_back({duty->organ, year_of_title(location.title), seen, location.known.withdrawn});
  }
  for (const int year : {report_year_at(now), report_year_at(now) - 1}) {
    if (auto one = expectation_of(*duty, year, sighted, now)) expected.push_back(std::move(*one));
  }
  return expected;
}

Result<void> WebCrawl::note_unlisted(const Source& source, SourceHealth& health, UnixMillis listed_at) {
  GOUJI_ASSIGN(const auto documents, parts_.state.documents_of(source.location_source));
  health.unlisted = std::count_if(documents.begin(), documents.end(), [listed_at](const Location& location) {
    return !location.known.withdrawn && location.listed_at > 0 && location.listed_at < listed_at;
  });
  return ok();
}

Result<void> WebCrawl::add_health(const Source& source, SourceMemory memory, const FetchResult& fetched, const std::string& drift) {
  const UnixMillis at = parts_.clock.unix_millis();
  SourceHealth& health = memory.health;
  const bool is_well = went_well(fetched.result);
  const std::string reason = is_well ? drift : reason_of(fetched.result);
  const bool is_news = source.kind == SourceKind::kList && !reason.empty() && (health.reason != reason || health.failures == 0);
  health.address = source.address;
  health.last_attempt_at = at;
  health.failures = reason.empty() ? 0 : health.failures + 1;
  health.state = reason.empty() ? SourceState::kActive : is_refusal(fetched.result) ? SourceState::kBlocked : SourceState::kDegraded;
  health.reason = reason;
  health.message = reason.empty() ? "" : fetched.message;
  if (reason.empty()) health.last_success_at = at;
  GOUJI_ASSIGN(health.expectations, expectations_of(source, at));
  if (is_news) parts_.observer.postponed(is_well ? FetchClass::kBadList : fetched.result, health.message);
  return parts_.recorder.add_source(source.kind, std::move(memory), at);
}

}  // namespace gouji::crawler
