// Documents and what is attached to them: fetched, and told as one event.
#include <algorithm>
#include <utility>

#include "common/text/utf8.h"
#include "services/crawler/attachments.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/web_errand.h"

namespace gouji::crawler {

namespace {

// After so many failures in a row the report is told without what cannot be had.
constexpr std::int64_t kPatience = 3;

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
  report.body.warc = std::move(fetched.warc);
  report.hints = source.hints;
  if (!location.title.empty()) report.hints.push_back({"title", location.title, "list_row"});
  if (!location.organ.empty()) {
    // Of a list for several organs: whose this one is, the row knows better than the portal file.
    std::erase_if(report.hints, [](const Hint& hint) { return hint.field == "organ"; });
    report.hints.push_back({"organ", location.organ, "list_row"});
  }
  if (!location.published_on.empty()) report.hints.push_back({"published_on", location.published_on, "list_row"});
  const std::string media_type = fetched.media_type.substr(0, fetched.media_type.find(';'));
  if (!media_type.empty() && media_type.size() < 128) report.hints.push_back({"media_type", media_type, "http_header"});
  const auto charset = fetched.media_type.find("charset=");
  if (charset != std::string::npos && fetched.media_type.size() < 256) report.hints.push_back({"charset", fetched.media_type.substr(charset + 8), "http_header"});
  return report;
}

// What was done in another way than usual for this portal stands in the event, with its reason.
void add_exceptions(const Portal& portal, RawReport& report) {
  report.hints.push_back({"portal_rev", portal.rev, "portal_file"});
  if (!portal.tls.reason.empty()) report.hints.push_back({"tls_relaxed", portal.tls.reason, "portal_file"});
  if (portal.robots == RobotsPolicy::kIgnore) report.hints.push_back({"robots_ignored", portal.robots_reason, "portal_file"});
  if (!portal.http.user_agent.empty()) report.hints.push_back({"user_agent", portal.http.user_agent_reason, "portal_file"});
}

// Neither content nor a refusal: it is tried again, and people are told.
bool seen_nothing(FetchClass result) { return sight_of(result) == Sight::kTransient && !is_refusal(result) && result != FetchClass::kStopped; }

Content content_of(FetchResult fetched, std::string address) {
  Content content;
  content.name = last_segment(fetched.final_url);
  content.url = std::move(address);
  content.media_type = utf8_prefix(fetched.media_type, 255);
  content.bytes = std::move(fetched.body);
  content.warc = std::move(fetched.warc);
  return content;
}

}  // namespace

Result<void> WebCrawl::finish_document(const ErrandPtr& errand, FetchResult fetched) {
  errand->page = std::move(fetched);
  if (errand->source->portal) {
    const FetchResult& page = errand->page;
    if (page.result == FetchClass::kHttpError) errand->page.result = class_of_page(class_of_answer(*errand->source->portal, page.status, page.headers));
    if (page.result != FetchClass::kOk || !may_have_attachments(page.media_type, page.body)) return end_document(errand);
    ask_reader(errand, PagePurpose::kArticle);
    return ok();
  }
  if (errand->page.result != FetchClass::kOk || !may_have_attachments(errand->page.media_type, errand->page.body)) return end_document(errand);
  auto found = std::make_shared<std::vector<PageAttachment>>();
  const auto told = [this](const std::string& message) { parts_.observer.passed_over(message); };
  reader_.submit([this, errand, found, told] { *found = attachments_of(parts_.pages, errand->page.body, errand->page.media_type, to_string(errand->page.final_url), told); },
                 [this, errand, found] { take_attachments(errand, *found); });
  return ok();
}

void WebCrawl::take_attachments(const ErrandPtr& errand, const std::vector<PageAttachment>& attachments) {
  errand->bytes_left = kAttachmentBytesMax;
  errand->contents.resize(attachments.size());
  errand->answers_missing = 1;  // this function's own, so that no early answer ends the page
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    const std::string& address = attachments[i].url;
    auto url = parse_url(address);
    if (!url) continue;
    auto attachment = std::make_shared<Errand>();
    attachment->source = errand->source;
    attachment->parent = errand;
    attachment->index = i;
    attachment->row.kind = UrlKind::kAttachment;
    attachment->row.address = address;
    errand->answers_missing += 1;
    if (may_lie_on(*attachment, url->host)) {
      // Where a portal keeps its files elsewhere, what was said of it does not hold.
      const bool is_own = attachment->source->portal && is_host_allowed(*attachment->source->portal, url->host);
      attachment->visited.push_back(std::move(*url));
      if (is_own) ask_document(*attachment);
      wait_for_turn(attachment, std::chrono::milliseconds{0});
      continue;
    }
    FetchResult refused;
    refused.result = FetchClass::kRefusedAddress;
    refused.message = address + ": its host is not among the hosts of its portal file";
    finish(attachment, std::move(refused));
  }
  answer_arrived(errand);
}

void WebCrawl::finish_attachment(const ErrandPtr& errand, FetchResult fetched) {
  Errand& page = *errand->parent;
  const std::string& address = errand->row.address;
  const auto size = static_cast<std::int64_t>(fetched.body.size());
  if (fetched.result == FetchClass::kOk && size <= page.bytes_left) {
    page.bytes_left -= size;
    page.contents[errand->index] = content_of(std::move(fetched), address);
  } else {
    if (fetched.result == FetchClass::kOk) {
      fetched.result = FetchClass::kTooLarge;
      fetched.message = "together they are too large";
    }
    const bool is_passing_fault = fetched.result == FetchClass::kStopped || is_passing(fetched.result);
    if (is_passing_fault && (fetched.result == FetchClass::kStopped || page.row.failures < kPatience)) {
      if (page.fault == FetchClass::kOk) {
        page.fault = fetched.result;
        page.fault_message = "attachment " + address + ": " + fetched.message;
        page.fault_wait = fetched.retry_after;
      }
    } else {
      if (is_passing_fault) page.pending.push_back(address);
      parts_.observer.passed_over(to_string(page.page.final_url) + ": its attachment is left out: " + address + ": " + fetched.message);
    }
  }
  answer_arrived(errand->parent);
}

void WebCrawl::answer_arrived(const ErrandPtr& errand) {
  errand->answers_missing -= 1;
  if (errand->answers_missing > 0) return;
  if (const auto ended = end_document(errand); !ended) lost(*errand, ended.error());
}

// Withdrawals are believed only of a source and a host that are well otherwise.
Result<bool> WebCrawl::is_place_healthy(const Errand& errand) {
  if (!frontier_.pace(errand.host).breaker().is_closed()) return false;
  if (errand.source->kind != SourceKind::kList) return true;
  GOUJI_ASSIGN(const SourceMemory memory, parts_.state.source(errand.source->id));
  return memory.health.state == SourceState::kActive;
}

// What the attempt changes of the address and its location, and what people are told.
void WebCrawl::note_attempt(const Errand& errand, UrlRow& row, Location& location, UnixMillis at) {
  const Source& source = *errand.source;
  const FetchResult& page = errand.page;
  const FetchClass result = page.result;
  const bool is_well = went_well(result);
  const std::string refused = is_refusal(result) ? std::string(to_string(result)) : "";
  if (!refused.empty() && location.refused != refused) parts_.observer.refused(result, page.message);
  if (seen_nothing(result) && row.failures == 0) parts_.observer.postponed(result, page.message);
  location.refused = refused;
  if (is_well) location.last_seen = at;
  location.fetches += is_well ? 1 : 0;
  row.failures = is_well || result == FetchClass::kGone ? 0 : row.failures + 1;
  row.fetches += is_well ? 1 : 0;
  row.looked_at = at;
  row.leases = 0;
  row.result = to_string(result);
  row.due_at = next_look({result, at, row.fetches, row.failures, page.retry_after}, source.kind, with_jitter(source.interval, row.address, row.fetches));
  if (!errand.pending.empty()) row.due_at = std::min(row.due_at, at + options_.attachments_wait.count());
  if (result == FetchClass::kOk) {
    // The server vouches for the page alone: with attachments everything is asked for in full.
    row.tag = errand.contents.empty() ? page.etag : "";
    row.last_modified = errand.contents.empty() ? page.last_modified : "";
  }
  // What comes back after a withdrawal is asked for in full.
  if (result == FetchClass::kGone) row.tag = row.last_modified = "";
}

Result<Sight> WebCrawl::sight_in(const Errand& errand) {
  const Sight sight = sight_of(errand.page.result);
  if (sight != Sight::kGone) return sight;
  GOUJI_ASSIGN(const bool is_healthy, is_place_healthy(errand));
  return is_healthy ? Sight::kGone : Sight::kTransient;
}

Result<void> WebCrawl::end_document(const ErrandPtr& errand) {
  const Source& source = *errand->source;
  FetchResult& page = errand->page;
  UrlRow& row = errand->row;
  if (errand->fault != FetchClass::kOk) {
    page.result = errand->fault;
    page.message = errand->fault_message;
    page.retry_after = errand->fault_wait;
  }
  const FetchClass result = page.result;
  if (result == FetchClass::kStopped) return ok();
  const UnixMillis at = parts_.clock.unix_millis();
  GOUJI_ASSIGN(auto location, parts_.state.find(row.location_id));
  if (!location) return fatal(ErrorCode::kInternal, "the location of " + row.address + " is gone");
  note_attempt(*errand, row, *location, at);
  const auto server_wait = page.retry_after.value_or(std::chrono::milliseconds{0});
  Seen seen;
  GOUJI_ASSIGN(seen.sight, sight_in(*errand));
  seen.text_digest = errand->text_digest;
  seen.gone_rule = options_.gone;
  seen.withdrawal = WithdrawalReason::kGone;
  if (source.kind == SourceKind::kUrl) {
    GOUJI_ASSIGN(SourceMemory memory, parts_.state.source(source.id));
    if (went_well(result)) memory.health.documents = 1;
    GOUJI_TRY(add_health(source, std::move(memory), trouble_of(page, false)));
  }
  note_owed(source, *location);
  seen.report = report_of(source, *location, std::move(page), at);
  if (source.portal) add_exceptions(*source.portal, seen.report);
  for (std::optional<Content>& content : errand->contents) {
    if (content) seen.report.attachments.push_back(std::move(*content));
  }
  for (const std::string& address : errand->pending) seen.report.hints.push_back({"attachment_pending", address, "crawler"});
  seen.location = std::move(*location);
  parts_.recorder.add(row);
  GOUJI_TRY(parts_.recorder.take(std::move(seen), at));
  queue_again(*errand, row, result, server_wait);
  return ok();
}

}  // namespace gouji::crawler
