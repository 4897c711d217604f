#include "services/crawler/recorder.h"

#include <utility>

#include "common/core/digest.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"

namespace gouji::crawler {

namespace {

// A commit costs an fsync: batches of this size make it cheap without holding much back.
constexpr std::size_t kBatchLocations = 64;
constexpr std::size_t kBatchBytes = 4 * 1024 * 1024;
constexpr UnixMillis kHealthEvery = 3'600'000;

bool is_same_health(const SourceHealth& a, const SourceHealth& b) {
  return a.state == b.state && a.reason == b.reason && a.message == b.message && a.documents == b.documents && a.unlisted == b.unlisted;
}

void complete(Content& body) {
  body.sha256 = to_hex(sha256(body.bytes));
  body.size = static_cast<std::int64_t>(body.bytes.size());
}

// The text of the page and what is attached to it, as one digest.
std::string whole_text_digest(const std::string& text, const RawReport& report) {
  if (text.empty()) return {};
  Sha256Stream digest;
  digest.add(text);
  for (const Content& attachment : report.attachments) digest.add("\n" + attachment.sha256);
  return to_hex(digest.finish());
}

std::int64_t size_of(const RawReport& report) {
  std::int64_t size = report.body.size;
  for (const Content& attachment : report.attachments) size += attachment.size;
  return size;
}

}  // namespace

Recorder::Recorder(State& state, BlobStore& blobs, CrawlerObserver& observer, std::function<void()> committed, std::function<Result<void>()> before)
    : state_(state), blobs_(blobs), observer_(observer), committed_(std::move(committed)), before_(std::move(before)) {}

Result<void> Recorder::take(Seen seen, UnixMillis now) {
  Sighting sighting{seen.sight, {}, now, {}};
  if (seen.sight == Sight::kContent) {
    complete(seen.report.body);
    for (Content& attachment : seen.report.attachments) complete(attachment);
    seen.report.payload_digest = payload_digest(seen.report.body, seen.report.attachments);
    sighting.payload_digest = seen.report.payload_digest;
    sighting.text_digest = whole_text_digest(seen.text_digest, seen.report);
  }
  Decision decision = decide(seen.location.known, sighting, seen.gone_rule);
  seen.location.known = decision.next;
  DocumentSeen told{seen.location.address, seen.location.id, decision.change, decision.next.sequence, size_of(seen.report)};
  if (decision.change == Change::kWithdrawn) {
    // Without a tag the next attempt asks for the content, not for "unchanged".
    seen.location.tag.clear();
    add_withdrawal(seen, seen.location, now);
  } else if (makes_event(decision.change)) {
    GOUJI_TRY(add_twin(seen));
    GOUJI_TRY(add_report(std::move(seen.report), seen.location));
  }
  pending_.locations.push_back(std::move(seen.location));
  told_.push_back(std::move(told));
  if (pending_.locations.size() >= kBatchLocations || pending_bytes_ >= kBatchBytes) return flush();
  return ok();
}

// Another address with the same text is named, so that nobody takes the two for two reports.
Result<void> Recorder::add_twin(Seen& seen) {
  const std::string& digest = seen.location.known.text_digest;
  if (digest.empty()) return ok();
  GOUJI_ASSIGN(auto twin, state_.with_text(digest, seen.location.id));
  for (const Location& pending : pending_.locations) {
    if (!twin && pending.known.text_digest == digest && pending.id != seen.location.id) twin = pending.id;
  }
  if (twin) seen.report.hints.push_back({"same_content_as", std::move(*twin), "crawler"});
  return ok();
}

void Recorder::add(Location location) { pending_.locations.push_back(std::move(location)); }

Result<void> Recorder::add_report(RawReport report, Location& location) {
  report.location_id = location.id;
  report.source_id = location.source_id;
  report.fetch_sequence = location.known.sequence;
  std::vector<Content*> contents{&report.body};
  for (Content& attachment : report.attachments) contents.push_back(&attachment);
  std::size_t bytes = 0;
  for (const Content* content : contents) bytes += content->bytes.size();
  for (Content* content : contents) {
    if (bytes <= kInlineBytesMax || content->bytes.empty()) continue;
    GOUJI_ASSIGN(content->reference, blobs_.put(content->bytes));
    content->bytes.clear();
  }
  pending_.events.push_back({0, std::string(eventlog::kRawTopic), events::encode(report)});
  pending_bytes_ += bytes <= kInlineBytesMax ? bytes : 0;
  return ok();
}

void Recorder::add_withdrawal(const Seen& seen, const Location& location, UnixMillis now) {
  RawWithdrawn withdrawn;
  withdrawn.location_id = location.id;
  withdrawn.source_id = location.source_id;
  withdrawn.fetch_sequence = location.known.sequence;
  withdrawn.url = seen.report.url;
  withdrawn.seen_at = now;
  withdrawn.reason = seen.withdrawal;
  pending_.events.push_back({0, std::string(eventlog::kRawTopic), events::encode(withdrawn)});
}

Result<void> Recorder::add_source(SourceKind kind, SourceMemory memory, UnixMillis now) {
  GOUJI_ASSIGN(const SourceMemory before, state_.source(memory.health.source_id));
  memory.reported_at = before.reported_at;
  const bool is_old = now - before.reported_at >= kHealthEvery || now < before.reported_at;
  auto& expectations = expectations_[memory.health.source_id];
  if (is_old || !is_same_health(before.health, memory.health) || expectations != memory.health.expectations) {
    memory.reported_at = now;
    pending_.events.push_back({0, std::string(eventlog::kSourceHealthTopic), events::encode(memory.health)});
  }
  expectations = memory.health.expectations;
  told_health_.emplace_back(kind, memory.health);
  pending_.sources.push_back(std::move(memory));
  return ok();
}

void Recorder::recall(SourceKind kind, const SourceHealth& health) {
  expectations_[health.source_id] = health.expectations;
  observer_.source(kind, health);
}

Result<void> Recorder::take_source(SourceKind kind, SourceMemory memory, UnixMillis now) {
  GOUJI_TRY(add_source(kind, std::move(memory), now));
  return flush();
}

Result<void> Recorder::flush() {
  if (pending_.is_empty()) return ok();
  auto committed = before_ ? before_() : ok();
  if (committed) committed = state_.commit(pending_);
  const auto told = std::exchange(told_, {});
  const auto told_health = std::exchange(told_health_, {});
  discard();
  if (!committed) return committed.error();
  observer_.outbox(state_.outbox_size());
  for (const DocumentSeen& seen : told) observer_.document(seen);
  for (const auto& [kind, health] : told_health) observer_.source(kind, health);
  committed_();
  return ok();
}

void Recorder::discard() {
  pending_ = {};
  pending_bytes_ = 0;
  told_.clear();
  told_health_.clear();
}

}  // namespace gouji::crawler
