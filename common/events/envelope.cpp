#include "common/events/envelope.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "common/core/id.h"

namespace gouji::events {
namespace {

constexpr UnixMillis kDayMillis = 86'400'000;
constexpr std::size_t kHeadersMost = 9;  // two more are added to those of an anomaly

std::string_view header(const Record& record, std::string_view name) {
  for (auto it = record.headers.rbegin(); it != record.headers.rend(); ++it)
    if (it->name == name && it->value) return *it->value;
  return {};
}

std::optional<int> digits(std::string_view text, std::size_t begin, std::size_t length) {
  int value = 0;
  if (text.size() < begin + length) return std::nullopt;
  const char* first = text.data() + begin;
  const auto [end, error] = std::from_chars(first, first + length, value);
  if (error != std::errc{} || end != first + length || *first == '-') return std::nullopt;
  return value;
}

}  // namespace

std::string output_id(std::string_view type, std::string_view input_id, std::string_view version, int ordinal) {
  return uuid5({type, input_id, version, std::to_string(ordinal)});
}

Record make_record(const Envelope& envelope, std::string key, std::optional<std::string> value) {
  Record record;
  record.key = std::move(key);
  record.timestamp = envelope.time;
  record.headers.reserve(kHeadersMost);
  record.headers.push_back({"ce_specversion", "1.0"});
  record.headers.push_back({"ce_id", envelope.id});
  record.headers.push_back({"ce_type", envelope.type});
  record.headers.push_back({"ce_source", envelope.source});
  record.headers.push_back({"ce_time", to_rfc3339(envelope.time)});
  if (!envelope.subject.empty()) record.headers.push_back({"ce_subject", envelope.subject});
  if (value) record.headers.push_back({"content-type", "application/protobuf"});
  record.value = std::move(value);
  return record;
}

Envelope read_envelope(const Record& record) {
  Envelope envelope;
  envelope.id = header(record, "ce_id");
  envelope.type = header(record, "ce_type");
  envelope.source = header(record, "ce_source");
  envelope.subject = header(record, "ce_subject");
  envelope.time = from_rfc3339(header(record, "ce_time")).value_or(record.timestamp);
  return envelope;
}

std::string_view event_type(const Record& record) { return header(record, "ce_type"); }

std::string to_rfc3339(UnixMillis time) {
  using namespace std::chrono;
  const UnixMillis days = (time >= 0 ? time : time - kDayMillis + 1) / kDayMillis;
  const UnixMillis rest = time - days * kDayMillis;
  const year_month_day date{sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3'600'000,
                     rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

std::optional<UnixMillis> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2), h = digits(text, 11, 2),
             mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (!y || !mo || !d || !h || !mi || !s || text.back() != 'Z') return std::nullopt;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  UnixMillis millis = 0;
  if (text.size() > 20) {
    const auto fraction = digits(text, 20, 3);
    if (text[19] != '.' || text.size() != 24 || !fraction) return std::nullopt;
    millis = *fraction;
  }
  const UnixMillis days = sys_days{date}.time_since_epoch().count();
  return days * kDayMillis + ((*h * 60LL + *mi) * 60 + *s) * 1000 + millis;
}

}  // namespace gouji::events
