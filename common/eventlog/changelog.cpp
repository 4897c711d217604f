#include "common/eventlog/changelog.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace gouji::eventlog {

namespace {

constexpr std::string_view kStatePrefix = "state:";
constexpr std::string_view kNextPrefix = "next:";
static_assert(kStatePrefix.size() == kStateKeyOverhead);

constexpr ReadLimits kReadLimits{10'000, 8 * 1024 * 1024};
constexpr std::chrono::seconds kStalledMax{60};
constexpr int kStalledReadsMax = 10'000;
constexpr std::chrono::milliseconds kStalledWait{50};
constexpr std::chrono::seconds kTellEvery{2};

// A restore that takes its time says how far it is.
class Progress {
 public:
  Progress(const TopicPartition& changelog, std::int64_t of, const Clock& clock, StageObserver& observer)
      : changelog_(changelog), of_(of), clock_(clock), observer_(observer), began_(clock.monotonic()), told_(began_) {}

  void reached(std::int64_t done) {
    observer_.restoring(changelog_.partition, done, of_);
    const auto now = clock_.monotonic();
    const bool is_end = done == of_ && told_ != began_;
    if (!is_end && now - told_ < kTellEvery) return;
    told_ = now;
    observer_.note(fmt::format("{} partition {}: {} of {} records restored after {} s", changelog_.topic, changelog_.partition,
                               done, of_, std::chrono::duration_cast<std::chrono::seconds>(now - began_).count()));
  }

 private:
  const TopicPartition& changelog_;
  const std::int64_t of_;
  const Clock& clock_;
  StageObserver& observer_;
  const std::chrono::nanoseconds began_;
  std::chrono::nanoseconds told_;
};

Error malformed(const StoredRecord& stored) {
  return fatal(ErrorCode::kLogCorrupt,
               fmt::format("topic {} partition {} offset {} is no record of a stage's state: nothing but the stage may "
                           "write to its changelog",
                           stored.at.topic, stored.at.partition, stored.offset));
}

Result<void> apply(StoredRecord stored, RestoredState& restored) {
  if (!stored.record.key) return malformed(stored);
  std::string_view key = *stored.record.key;
  if (const auto changed = state_key(key)) {
    restored.state.restore(std::string(*changed), std::move(stored.record.value));
    return ok();
  }
  if (!key.starts_with(kNextPrefix) || !stored.record.value) return malformed(stored);
  const std::string& digits = *stored.record.value;
  std::int64_t next = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), next);
  if (error != std::errc() || end != digits.data() + digits.size()) return malformed(stored);
  restored.next[std::string(key.substr(kNextPrefix.size()))] = next;
  return ok();
}

}  // namespace

std::optional<std::string_view> state_key(std::string_view record_key) {
  if (!record_key.starts_with(kStatePrefix)) return std::nullopt;
  return record_key.substr(kStatePrefix.size());
}

Outgoing state_change(const TopicPartition& changelog, std::string_view key, std::optional<std::string> value,
                      UnixMillis now) {
  return {changelog.topic, changelog.partition, {fmt::format("{}{}", kStatePrefix, key), std::move(value), {}, now}};
}

Outgoing next_offset_note(const TopicPartition& changelog, std::string_view input, std::int64_t next, UnixMillis now) {
  return {changelog.topic, changelog.partition, {fmt::format("{}{}", kNextPrefix, input), std::to_string(next), {}, now}};
}

Result<RestoredState> restore_state(EventLog& log, const TopicPartition& changelog, const Clock& clock,
                                    StageObserver& observer) {
  // Asked uncommitted: what a pending transaction wrote is then waited for.
  GOUJI_ASSIGN(const std::int64_t end, log.end_offset(changelog, Isolation::kUncommitted));
  GOUJI_ASSIGN(std::int64_t from, log.begin_offset(changelog));
  RestoredState restored;
  const std::int64_t of = end - from;
  Progress progress(changelog, of, clock, observer);
  auto stalled_since = clock.monotonic();
  for (int stalled_reads = 0; from < end;) {
    progress.reached(of - (end - from));
    GOUJI_ASSIGN(auto batch, log.read(changelog, from, kReadLimits));
    for (StoredRecord& stored : batch.records) {
      if (stored.offset < end) GOUJI_TRY(apply(std::move(stored), restored));
    }
    if (batch.next > from) {
      from = batch.next;
      stalled_reads = 0;
      stalled_since = clock.monotonic();
      continue;
    }
    if (++stalled_reads > kStalledReadsMax || clock.monotonic() - stalled_since > kStalledMax) {
      return unavailable(ErrorCode::kLogUnavailable,
                         fmt::format("topic {} partition {}: a transaction stays open at offset {}", changelog.topic,
                                     changelog.partition, from));
    }
    log.wait_for_append(kStalledWait);
  }
  progress.reached(of);
  return restored;
}

}  // namespace gouji::eventlog
