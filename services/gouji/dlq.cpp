// `gouji dlq`: dead letters listed, shown and replayed to the topic they came from.
#include <algorithm>
#include <cstdio>
#include <set>

#include <fmt/format.h>

#include "common/eventlog/dead_letter.h"
#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "services/gouji/commands.h"
#include "services/gouji/exit_codes.h"
#include "services/gouji/json_writer.h"
#include "services/gouji/log_access.h"
#include "services/gouji/tail_format.h"

namespace gouji::command {
namespace {

using eventlog::EventLog;
using eventlog::StoredRecord;

constexpr std::size_t kReplayBatch = 100;

std::string header_of(const StoredRecord& letter, std::string_view name) {
  return std::string(eventlog::find_header(letter.record, name).value_or(""));
}

std::string place_of(const StoredRecord& letter) {
  return fmt::format("{}/{}/{}", letter.at.topic, letter.at.partition, letter.offset);
}

// class=poison and code=… are short for the headers that hold them.
std::vector<std::string> full_names(std::vector<std::string> filters) {
  for (std::string& filter : filters) {
    if (filter.starts_with("class=")) filter.insert(0, "dlq_");
    if (filter.starts_with("code=")) filter.insert(0, "dlq_error_");
  }
  return filters;
}

Result<std::vector<std::string>> dead_letter_topics(EventLog& log, const DlqRequest& request) {
  GOUJI_ASSIGN(const auto topics, log.topics());
  std::vector<std::string> names;
  for (const eventlog::TopicSpec& topic : topics)
    if (topic.name.find(".dlq.") != std::string::npos && (request.topic.empty() || topic.name == request.topic)) names.push_back(topic.name);
  std::sort(names.begin(), names.end());
  if (names.empty())
    return fatal(ErrorCode::kNotFound, fmt::format("{}：没有这样的死信主题，gouji topics list 列出全部 / no such dead-letter topic, see gouji topics list",
                                                   request.topic.empty() ? "*.dlq.*" : request.topic));
  return names;
}

// The letters that match, in order of topic, partition and offset, at most `limit`.
Result<void> each_letter(EventLog& log, const DlqRequest& request, const std::function<Result<void>(const StoredRecord&)>& visit) {
  GOUJI_ASSIGN(const auto filters, parse_filters(full_names(request.filters)));
  GOUJI_ASSIGN(const auto topics, dead_letter_topics(log, request));
  std::int64_t left = request.limit;
  for (const std::string& topic : topics)
    GOUJI_TRY(read_topic(log, topic, [&](const StoredRecord& letter) -> Result<void> {
      const bool is_wanted = request.ids.empty() || std::find_if(request.ids.begin(), request.ids.end(), [&](const std::string& id) {
                               return id == place_of(letter) || id == header_of(letter, "ce_id");
                             }) != request.ids.end();
      if (left <= 0 || !is_wanted || !matches(letter, filters)) return ok();
      --left;
      return visit(letter);
    }));
  return ok();
}

std::string json_line(const StoredRecord& letter) {
  JsonWriter json;
  json.begin_object().key("letter").text(place_of(letter)).key("key").text(letter.record.key.value_or(""));
  for (const std::string_view name : {"ce_id", "ce_type", "dlq_topic", "dlq_partition", "dlq_offset", "dlq_class", "dlq_error_code", "dlq_error_message",
                                      "dlq_attempts", "dlq_first_failed_at", "dlq_service_version"})
    json.key(name).text(header_of(letter, name));
  return json.end_object().str() + "\n";
}

std::string text_line(const StoredRecord& letter) {
  return fmt::format("{}  {}  {}  {}\n    {}\n", place_of(letter), header_of(letter, "dlq_first_failed_at"), header_of(letter, "dlq_class"),
                     header_of(letter, "dlq_error_code"), header_of(letter, "dlq_error_message"));
}

int list_letters(EventLog& log, const DlqRequest& request) {
  std::int64_t shown = 0;
  const auto done = each_letter(log, request, [&](const StoredRecord& letter) -> Result<void> {
    const std::string line = request.format == "json" ? json_line(letter) : text_line(letter);
    std::fwrite(line.data(), 1, line.size(), stdout);
    ++shown;
    return ok();
  });
  if (!done) return fail("dlq list", done.error());
  if (request.format == "text") fmt::print(stderr, "死信 {} 条 / {} dead letters\n", shown, shown);
  return kOk;
}

int show_letters(EventLog& log, const DlqRequest& request) {
  if (request.ids.empty())
    return fail("dlq show", fatal(ErrorCode::kBadArgument, "请写明死信的位置或 ce_id（gouji dlq list 列出）/ which one? its place or ce_id, as gouji dlq list shows it"));
  std::int64_t shown = 0;
  const auto done = each_letter(log, request, [&](const StoredRecord& letter) -> Result<void> {
    ++shown;
    fmt::print("{}\n", place_of(letter));
    for (const Header& header : letter.record.headers) fmt::print("  {}: {}\n", header.name, header.value.value_or("null"));
    const auto origin = eventlog::origin_of(letter);
    if (!letter.record.value || !origin) return ok();
    const auto value = events::value_json(origin->at.topic, letter.record);
    fmt::print("  {}\n", value ? *value : fmt::format("{} bytes that are not what {} holds", letter.record.value->size(), origin->at.topic));
    return ok();
  });
  if (!done) return fail("dlq show", done.error());
  if (shown == 0) return fail("dlq show", fatal(ErrorCode::kNotFound, fmt::format("{}：没有这样的死信 / no such dead letter", request.ids.front())));
  return kOk;
}

// A value that was too large to go along is read where it still stands.
Result<StoredRecord> with_value(EventLog& log, const StoredRecord& letter) {
  if (letter.record.value || header_of(letter, "dlq_value_omitted").empty()) return letter;
  GOUJI_ASSIGN(const auto origin, eventlog::origin_of(letter));
  GOUJI_ASSIGN(const auto batch, log.read(origin.at, origin.offset, {1, 1}));
  if (batch.records.empty() || batch.records.front().offset != origin.offset)
    return fatal(ErrorCode::kNotFound, fmt::format("{}：原记录已过保留期 / its record is no longer in {} (retention)", place_of(letter), origin.at.topic));
  StoredRecord whole = letter;
  whole.record.value = batch.records.front().record.value;
  return whole;
}

// Letters that stand in `topic` again already, by their place.
Result<std::set<std::string>> replayed_before(EventLog& log, const std::string& topic) {
  std::set<std::string> places;
  GOUJI_TRY(read_topic(log, topic, [&](const StoredRecord& stored) -> Result<void> {
    if (const auto from = eventlog::find_header(stored.record, "dlq_replayed_from")) places.emplace(*from);
    return ok();
  }));
  return places;
}

class Replay {
 public:
  Replay(EventLog& log, const DlqRequest& request) : log_(log), request_(request) {}

  Result<void> run() {
    if (!request_.dry_run) {
      GOUJI_ASSIGN(appender_, log_.open_appender());
    }
    GOUJI_TRY(each_letter(log_, request_, [this](const StoredRecord& letter) { return take(letter); }));
    return flush();
  }
  std::int64_t replayed() const { return replayed_; }
  std::int64_t known() const { return known_; }

 private:
  Result<void> take(const StoredRecord& letter) {
    GOUJI_ASSIGN(const auto origin, eventlog::origin_of(letter));
    const std::string topic = request_.to.empty() ? origin.at.topic : request_.to;
    GOUJI_ASSIGN(const bool is_known, is_replayed(topic, place_of(letter)));
    if (is_known && !request_.again) {
      ++known_;
      return ok();
    }
    ++replayed_;
    const std::string line = fmt::format("{} → {}  {}\n", place_of(letter), topic, header_of(letter, "dlq_error_code"));
    std::fwrite(line.data(), 1, line.size(), stdout);
    if (request_.dry_run) return ok();
    GOUJI_ASSIGN(const StoredRecord whole, with_value(log_, letter));
    batch_.push_back(eventlog::replay_of(whole, topic));
    return batch_.size() < kReplayBatch ? ok() : flush();
  }

  Result<bool> is_replayed(const std::string& topic, const std::string& place) {
    auto known = known_places_.find(topic);
    if (known == known_places_.end()) {
      GOUJI_ASSIGN(auto places, replayed_before(log_, topic));
      known = known_places_.emplace(topic, std::move(places)).first;
    }
    return known->second.contains(place);
  }

  Result<void> flush() {
    if (batch_.empty()) return ok();
    GOUJI_TRY(appender_->append(batch_));
    batch_.clear();
    return ok();
  }

  EventLog& log_;
  const DlqRequest& request_;
  std::unique_ptr<eventlog::Appender> appender_;
  std::vector<eventlog::Outgoing> batch_;
  std::map<std::string, std::set<std::string>> known_places_;  // by topic
  std::int64_t replayed_ = 0;
  std::int64_t known_ = 0;
};

int replay_letters(EventLog& log, const DlqRequest& request) {
  Replay replay(log, request);
  if (const auto done = replay.run(); !done) return fail("dlq replay", done.error());
  fmt::print(stderr, "{}{} 条，此前已重放 {} 条 / {}{}, {} were replayed before\n", request.dry_run ? "将重放 " : "已重放 ", replay.replayed(),
             replay.known(), request.dry_run ? "would replay " : "replayed ", replay.replayed(), replay.known());
  return kOk;
}

}  // namespace

int dlq(const DlqRequest& request) {
  const bool writes = request.action == "replay" && !request.dry_run;
  auto log = open_log(request.where, writes ? eventlog::LocalMode::kAppend : eventlog::LocalMode::kReader);
  if (!log) return fail("dlq", log.error());
  if (request.action == "list") return list_letters(**log, request);
  return request.action == "show" ? show_letters(**log, request) : replay_letters(**log, request);
}

}  // namespace gouji::command
