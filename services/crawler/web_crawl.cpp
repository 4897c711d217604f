#include "services/crawler/web_crawl.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/core/check.h"
#include "common/core/id.h"
#include "common/text/utf8.h"
#include "services/crawler/core/list_page.h"
#include "services/crawler/core/portal_file.h"

namespace gouji::crawler {

namespace {

// No turn fetches more than this, so that lists and stops get their turn as well.
constexpr std::size_t kFetchesATurn = 16;
constexpr std::chrono::milliseconds kIdle{60'000};
// A host that rests for longer is not waited for within one reading.
constexpr std::chrono::milliseconds kWorthWaiting{10'000};
constexpr std::size_t kHintBytesMax = 1'024;

Url url_of(const std::string& canonical) {
  auto url = parse_url(canonical);
  GOUJI_CHECK(url.has_value());
  return std::move(*url);
}

std::string last_segment(const Url& url) {
  const std::string name = url.path.substr(url.path.rfind('/') + 1);
  return name.substr(0, 255);
}

RawReport report_of(const Source& source, const Location& location, FetchResult fetched, UnixMillis now) {
  RawReport report;
  report.url = location.address;
  report.final_url = to_string(fetched.final_url);
  report.fetched_at = now;
  report.http_status = fetched.status;
  report.headers = std::move(fetched.headers);
  report.body.name = last_segment(fetched.final_url);
  report.body.media_type = utf8_prefix(fetched.media_type, 255);
  report.body.bytes = std::move(fetched.body);
  report.hints = source.hints;
  if (!location.title.empty()) report.hints.push_back({"title", location.title, "list_row"});
  if (!location.published_on.empty()) report.hints.push_back({"published_on", location.published_on, "list_row"});
  const auto semicolon = fetched.media_type.find(';');
  const std::string media_type = fetched.media_type.substr(0, semicolon);
  if (!media_type.empty() && media_type.size() < 128) report.hints.push_back({"media_type", media_type, "http_header"});
  const auto charset = fetched.media_type.find("charset=");
  if (charset != std::string::npos && fetched.media_type.size() < 256) report.hints.push_back({"charset", fetched.media_type.substr(charset + 8), "http_header"});
  return report;
}

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

bool passes(FetchClass result) {
  return sight_of(result) == Sight::kTransient && !is_refusal(result) && result != FetchClass::kStopped && result != FetchClass::kBadList;
}

std::string reason_of(FetchClass result) {
  std::string reason;
  for (const char c : to_string(result)) reason.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return reason;
}

}  // namespace

WebCrawl::WebCrawl(std::vector<Source> sources, WebCrawlOptions options, WebCrawlParts parts)
    : sources_(std::move(sources)), options_(options), parts_(std::move(parts)) {}

FetchResult WebCrawl::fetch(const Source& source, FetchRequest request) {
  request.admit = [this, &source](const Url& url) {
    if (is_host_accepted(source, url.host)) return parts_.gate.admit(url);
    return Admission{FetchClass::kRefusedAddress, "its host is not among the hosts of its portal file"};
  };
  const bool is_conditional = !request.etag.empty() || !request.last_modified.empty();
  FetchResult fetched = parts_.fetcher.fetch(request);
  // "Not modified" is no answer to a question that was not asked.
  if (fetched.result == FetchClass::kNotModified && !is_conditional) fetched.result = FetchClass::kHttpError;
  if (fetched.result == FetchClass::kThrottled && fetched.status != 0) {
    parts_.gate.rest(fetched.final_url.host, fetched.retry_after.value_or(options_.retry_wait));
  }
  parts_.observer.fetched(source.kind, fetched.result, static_cast<std::int64_t>(fetched.body.size()));
  return fetched;
}

Result<WebCrawl::Outcome> WebCrawl::read_source_list(const Source& source) {
  GOUJI_ASSIGN(SourceMemory memory, parts_.state.source(source.id));
  FetchRequest request;
  request.url = url_of(source.address);
  request.etag = memory.tag;
  request.last_modified = memory.last_modified;
  request.bytes_max = options_.list_bytes_max;
  FetchResult fetched = fetch(source, std::move(request));
  FetchClass result = fetched.result;
  if (result == FetchClass::kStopped) return Outcome{result, {}};
  if (result == FetchClass::kOk) {
    GOUJI_ASSIGN(result, take_rows(source, fetched, memory, fetched.message));
  }
  GOUJI_TRY(take_health(source, std::move(memory), fetched, result));
  return Outcome{result, fetched.retry_after.value_or(std::chrono::milliseconds{0})};
}

// The rows of a list that was fetched, into the pending batch.
Result<FetchClass> WebCrawl::take_rows(const Source& source, const FetchResult& fetched, SourceMemory& memory, std::string& message) {
  const auto answer = parts_.lists.read(request_of(source, fetched));
  if (!answer && answer.error().kind == ErrorKind::kFatal) return answer.error();
  message = source.address + ": the list cannot be read: ";
  if (!answer || !answer->error.empty()) {
    message += answer ? answer->error : answer.error().message;
    return FetchClass::kBadList;
  }
  const UnixMillis now = parts_.clock.unix_millis();
  for (const events::ListRow& row : answer->rows) GOUJI_TRY(add_row(source, row, now));
  if (answer->cut) parts_.observer.passed_over(source.address + ": more than " + std::to_string(kListedMax) + " rows; the rest is not read");
  if (answer->rows.empty()) {
    // Portals answer with empty shells when they are unwell; nothing is gone because of it.
    message += "no row is accepted; look at accept and rows of its portal file";
    return FetchClass::kBadList;
  }
  message.clear();
  memory.health.documents = static_cast<std::int64_t>(answer->rows.size());
  memory.tag = fetched.etag;
  memory.last_modified = fetched.last_modified;
  return FetchClass::kOk;
}

// A row comes from a process that read hostile bytes: everything is checked again.
Result<void> WebCrawl::add_row(const Source& source, const events::ListRow& row, UnixMillis now) {
  const auto url = parse_url(row.url);
  if (!url || to_string(*url) != row.url || row.title.size() > kHintBytesMax || row.date.size() > kHintBytesMax ||
      !is_wanted(source.list, row.url, row.title) || !is_host_accepted(source, url->host)) {
    parts_.observer.passed_over(source.address + ": a row that its portal file does not accept");
    return ok();
  }
  const std::string id = location_id(source.location_source, row.url);
  GOUJI_ASSIGN(const auto known, parts_.state.find(id));
  if (known && known->title == row.title && known->published_on == row.date) return ok();
  Location location = known.value_or(Location{});
  if (!known) {
    location.id = id;
    location.source_id = source.location_source;
    location.address = row.url;
    location.first_seen = now;
    location.due_at = now;
  }
  location.title = row.title;
  location.published_on = row.date;
  parts_.recorder.add(std::move(location));
  return ok();
}

Result<void> WebCrawl::take_health(const Source& source, SourceMemory memory, const FetchResult& fetched, FetchClass result) {
  const UnixMillis now = parts_.clock.unix_millis();
  SourceHealth& health = memory.health;
  const bool went_well = result == FetchClass::kOk || result == FetchClass::kNotModified;
  const bool is_news = source.kind == SourceKind::kList && !went_well && (health.reason != reason_of(result) || health.failures == 0);
  health.address = source.address;
  health.last_attempt_at = now;
  health.failures = went_well ? 0 : health.failures + 1;
  health.state = went_well ? SourceState::kActive : is_refusal(result) ? SourceState::kBlocked : SourceState::kDegraded;
  health.reason = went_well ? "" : reason_of(result);
  health.message = went_well ? "" : fetched.message;
  if (went_well) health.last_success_at = now;
  const Attempt attempt{result, now, 0, health.failures, fetched.retry_after};
  memory.due_at = next_listing(attempt, source.interval);
  if (is_news) parts_.observer.postponed(result, health.message);
  return parts_.recorder.take_source(source.kind, std::move(memory), now);
}

Result<WebCrawl::Outcome> WebCrawl::fetch_document(const Source& source, Location location) {
  FetchRequest request;
  request.url = url_of(location.address);
  request.bytes_max = options_.document_bytes_max;
  if (location.known.sequence > 0 && !location.known.withdrawn) {
    request.etag = location.tag;
    request.last_modified = location.last_modified;
  }
  FetchResult fetched = fetch(source, std::move(request));
  Attached attached;
  if (fetched.result == FetchClass::kOk) attached = fetch_attachments(source, fetched, location.failures);
  if (attached.result != FetchClass::kOk) {
    fetched.result = attached.result;
    fetched.message = attached.message;
    fetched.retry_after = attached.retry_after;
  }
  const FetchClass result = fetched.result;
  const UnixMillis now = parts_.clock.unix_millis();
  if (result == FetchClass::kStopped) return Outcome{result, {}};
  const bool went_well = result == FetchClass::kOk || result == FetchClass::kNotModified;
  const std::string refused = is_refusal(result) ? std::string(to_string(result)) : "";
  if (!refused.empty() && location.refused != refused) parts_.observer.refused(result, fetched.message);
  if (passes(result) && location.failures == 0) parts_.observer.postponed(result, fetched.message);
  location.refused = refused;
  location.failures = went_well || result == FetchClass::kGone ? 0 : location.failures + 1;
  location.fetches += went_well ? 1 : 0;
  if (went_well) location.last_seen = now;
  const Attempt attempt{result, now, location.fetches, location.failures, fetched.retry_after};
  location.due_at = next_look(attempt, source.kind, source.interval);
  if (result == FetchClass::kOk) {
    // The server vouches for the page alone: with attachments everything is asked for in full.
    location.tag = attached.are_there ? "" : fetched.etag;
    location.last_modified = attached.are_there ? "" : fetched.last_modified;
  }
  const Outcome outcome{result, fetched.retry_after.value_or(std::chrono::milliseconds{0})};
  Seen seen;
  seen.sight = sight_of(result);
  seen.gone_rule = options_.gone;
  seen.withdrawal = WithdrawalReason::kGone;
  if (source.kind == SourceKind::kUrl) {
    GOUJI_ASSIGN(SourceMemory memory, parts_.state.source(source.id));
    if (went_well) memory.health.documents = 1;
    GOUJI_TRY(take_health(source, std::move(memory), fetched, result));
  }
  seen.report = report_of(source, location, std::move(fetched), now);
  seen.report.attachments = std::move(attached.contents);
  seen.location = std::move(location);
  GOUJI_TRY(parts_.recorder.take(std::move(seen), now));
  GOUJI_TRY(parts_.recorder.flush());
  return outcome;
}

// A single address is its own location; it exists from the first look on.
Result<void> WebCrawl::ensure_location(const Source& source) {
  const std::string id = location_id(source.location_source, source.address);
  GOUJI_ASSIGN(const auto known, parts_.state.find(id));
  if (known) return ok();
  Location location;
  location.id = id;
  location.source_id = source.location_source;
  location.address = source.address;
  location.first_seen = location.due_at = parts_.clock.unix_millis();
  parts_.recorder.add(std::move(location));
  return parts_.recorder.flush();
}

Result<std::vector<Location>> WebCrawl::locations_of(const Source& source, UnixMillis due_by, std::size_t limit) {
  if (source.kind == SourceKind::kList) return parts_.state.due(source.location_source, due_by, limit);
  GOUJI_TRY(ensure_location(source));
  GOUJI_ASSIGN(auto location, parts_.state.find(location_id(source.location_source, source.address)));
  std::vector<Location> locations;
  if (location && location->due_at <= due_by) locations.push_back(std::move(*location));
  return locations;
}

Result<WebCrawl::Outcome> WebCrawl::with_tries(const std::function<Result<Outcome>()>& attempt) {
  std::chrono::milliseconds pause = options_.retry_wait;
  for (int tried = 1;; ++tried) {
    GOUJI_ASSIGN(const Outcome outcome, attempt());
    const auto wait = std::max(pause, outcome.wait);
    if (!passes(outcome.result) || tried >= options_.tries || wait > kWorthWaiting || !parts_.wait(wait)) return outcome;
    pause *= 2;
  }
}

Result<WebResult> WebCrawl::read_once() {
  WebResult total;
  const auto count = [&total](const Outcome& outcome) {
    const bool went_well = outcome.result == FetchClass::kOk || outcome.result == FetchClass::kNotModified || outcome.result == FetchClass::kGone;
    total.failures += went_well ? 0 : 1;
    return outcome.result != FetchClass::kStopped;
  };
  for (const Source& source : sources_) {
    if (source.kind == SourceKind::kList) {
      GOUJI_ASSIGN(const Outcome outcome, with_tries([&] { return read_source_list(source); }));
      if (outcome.result == FetchClass::kGone) total.failures += 1;
      if (!count(outcome)) return total;
    }
    GOUJI_ASSIGN(const auto locations, locations_of(source, INT64_MAX, SIZE_MAX / 2));
    for (const Location& location : locations) {
      parts_.observer.heartbeat();
      total.documents += 1;
      const std::string id = location.id;
      GOUJI_ASSIGN(const Outcome outcome, with_tries([&]() -> Result<Outcome> {
        GOUJI_ASSIGN(auto fresh, parts_.state.find(id));
        return fetch_document(source, fresh.value_or(location));
      }));
      if (!count(outcome)) return total;
    }
  }
  return total;
}

Result<std::chrono::milliseconds> WebCrawl::turn() {
  for (const Source& source : sources_) {
    parts_.observer.heartbeat();
    if (source.kind == SourceKind::kList) {
      GOUJI_ASSIGN(const SourceMemory memory, parts_.state.source(source.id));
      const UnixMillis now = parts_.clock.unix_millis();
      // An attempt in the future was made by a clock that went back since: its due time means nothing.
      if (memory.due_at <= now || memory.health.last_attempt_at > now) GOUJI_TRY(read_source_list(source));
    }
    GOUJI_ASSIGN(auto locations, locations_of(source, parts_.clock.unix_millis(), kFetchesATurn));
    for (Location& location : locations) {
      if (!parts_.wait(std::chrono::milliseconds{0})) return std::chrono::milliseconds{0};
      const auto rests = parts_.gate.rests_for(url_of(location.address).host);
      if (rests > kWorthWaiting) {
        location.due_at = parts_.clock.unix_millis() + rests.count();
        parts_.recorder.add(std::move(location));
        GOUJI_TRY(parts_.recorder.flush());
        continue;
      }
      GOUJI_TRY(fetch_document(source, std::move(location)));
    }
  }
  return until_next(parts_.clock.unix_millis());
}

Result<std::chrono::milliseconds> WebCrawl::until_next(UnixMillis now) {
  UnixMillis next = now + kIdle.count();
  for (const Source& source : sources_) {
    if (source.kind == SourceKind::kList) {
      GOUJI_ASSIGN(const SourceMemory memory, parts_.state.source(source.id));
      GOUJI_ASSIGN(const auto due, parts_.state.next_due(source.location_source));
      next = std::min({next, memory.due_at, due.value_or(next)});
    } else {
      GOUJI_ASSIGN(const auto location, parts_.state.find(location_id(source.location_source, source.address)));
      if (location) next = std::min(next, location->due_at);
    }
  }
  return std::chrono::milliseconds{std::max<UnixMillis>(next - now, 0)};
}

}  // namespace gouji::crawler
