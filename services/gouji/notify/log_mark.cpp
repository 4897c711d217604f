#include "services/gouji/notify/log_mark.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "common/core/digest.h"

namespace gouji::command {
namespace {

// Of the end of a partition as much is read as needed: offsets have gaps.
constexpr std::int64_t kStepFirst = 4;

void add(Sha256Stream& digest, const std::optional<std::string>& bytes) {
  digest.add(bytes ? fmt::format("{}:", bytes->size()) : "-");
  if (bytes) digest.add(*bytes);
}

}  // namespace

LogMark mark_of(const eventlog::StoredRecord& record) {
  Sha256Stream digest;
  digest.add(fmt::format("{} ", record.record.timestamp));
  add(digest, record.record.key);
  add(digest, record.record.value);
  for (const Header& header : record.record.headers) {
    add(digest, header.name);
    add(digest, header.value);
  }
  return {record.offset, to_hex(digest.finish())};
}

Result<std::optional<LogMark>> last_mark(eventlog::EventLog& log, const eventlog::TopicPartition& at, std::int64_t end) {
  GOUJI_ASSIGN(const std::int64_t begin, log.begin_offset(at));
  for (std::int64_t step = kStepFirst;; step *= 4) {
    const std::int64_t from = std::max(begin, end - step);
    std::optional<LogMark> last;
    for (std::int64_t next = from; next < end;) {
      GOUJI_ASSIGN(const eventlog::ReadBatch batch, log.read(at, next, {}));
      for (const eventlog::StoredRecord& record : batch.records)
        if (record.offset < end) last = mark_of(record);
      if (batch.next <= next) break;
      next = batch.next;
    }
    if (last || from <= begin) return last;
  }
}

Result<bool> still_has(eventlog::EventLog& log, const eventlog::TopicPartition& at, const LogMark& mark) {
  GOUJI_ASSIGN(const std::int64_t begin, log.begin_offset(at));
  if (begin > mark.offset) return true;
  GOUJI_ASSIGN(const eventlog::ReadBatch batch, log.read(at, mark.offset, {1, 1}));
  return !batch.records.empty() && mark_of(batch.records.front()) == mark;
}

}  // namespace gouji::command
