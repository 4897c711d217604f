#include "common/eventlog/dead_letter.h"

#include <charconv>
#include <optional>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "common/eventlog/topics.h"

namespace gouji::eventlog {

namespace {

constexpr std::size_t kMessageBytesMax = 1024;

// Cut at the end of a UTF-8 character.
std::string_view shortened(std::string_view message) {
  if (message.size() <= kMessageBytesMax) return message;
  std::size_t end = kMessageBytesMax;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  return message.substr(0, end);
}

std::string rfc3339(UnixMillis time) {
  const std::int64_t seconds = time >= 0 ? time / 1000 : (time - 999) / 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds)), time - seconds * 1000);
}

}  // namespace

Outgoing dead_letter_of(const StoredRecord& stored, const Error& error, const DeadLetterFacts& facts) {
  Outgoing letter{dead_letter_topic(stored.at.topic, facts.group), std::nullopt, stored.record};
  auto& headers = letter.record.headers;
  const auto add = [&](std::string_view name, std::string value) {
    headers.push_back({std::string(name), std::move(value)});
  };
  const std::string message(shortened(error.message));
  add("dlq_topic", stored.at.topic);
  add("dlq_partition", std::to_string(stored.at.partition));
  add("dlq_offset", std::to_string(stored.offset));
  add("dlq_group", std::string(facts.group));
  add("dlq_stage", std::string(facts.stage));
  add("dlq_service_version", std::string(facts.service_version));
  add("dlq_class", error.code == ErrorCode::kNotAReport ? "not_a_report" : "poison");
  add("dlq_error_code", std::string(to_string(error.code)));
  add("dlq_error_message", message);
  add("dlq_attempts", std::to_string(facts.attempts));
  add("dlq_first_failed_at", rfc3339(facts.first_failed_at));
  add("__connect.errors.topic", stored.at.topic);
  add("__connect.errors.partition", std::to_string(stored.at.partition));
  add("__connect.errors.offset", std::to_string(stored.offset));
  add("__connect.errors.exception.message", message);
  if (byte_size(letter.record) > kRecordBytesMax && letter.record.value) {
    add("dlq_value_omitted", std::to_string(letter.record.value->size()));
    letter.record.value.reset();
  }
  return letter;
}

Result<DeadLetterOrigin> origin_of(const StoredRecord& letter) {
  const auto number = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto text = find_header(letter.record, name);
    std::int64_t value = 0;
    if (!text) return std::nullopt;
    const auto [rest, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    return error == std::errc{} && rest == text->data() + text->size() && value >= 0 ? std::optional(value) : std::nullopt;
  };
  const auto topic = find_header(letter.record, "dlq_topic");
  const auto partition = number("dlq_partition");
  const auto offset = number("dlq_offset");
  if (!topic || topic->empty() || !partition || *partition > INT32_MAX || !offset)
    return invalid_input(ErrorCode::kMalformed,
                         fmt::format("{} partition {} offset {} is no dead letter: its headers do not say where it came from",
                                     letter.at.topic, letter.at.partition, letter.offset));
  return DeadLetterOrigin{{std::string(*topic), static_cast<std::int32_t>(*partition)}, *offset};
}

Outgoing replay_of(const StoredRecord& letter, std::string topic) {
  Outgoing replay{std::move(topic), std::nullopt, letter.record};
  std::erase_if(replay.record.headers, [](const Header& header) {
    return header.name.starts_with("dlq_") || header.name.starts_with("__connect.errors.");
  });
  replay.record.headers.push_back({"dlq_replayed", "true"});
  replay.record.headers.push_back({"dlq_replayed_from", fmt::format("{}/{}/{}", letter.at.topic, letter.at.partition, letter.offset)});
  return replay;
}

}  // namespace gouji::eventlog
