#include "services/gouji/console.h"

#include <cstdio>

#include <fmt/format.h>

#include "common/eventlog/topics.h"
#include "common/events/codec.h"
#include "services/gouji/report_words.h"

namespace gouji::command {
namespace {

std::vector<std::string> topics() {
  return {std::string(eventlog::kVerdictTopic), std::string(eventlog::kAnomalyTopic),
          eventlog::dead_letter_topic(eventlog::kRawTopic, "gouji-parser"),
          eventlog::dead_letter_topic(eventlog::kParsedTopic, "gouji-validator")};
}

}  // namespace

Result<Console> Console::open(eventlog::EventLog& log, Language language) {
  Console console(log, language);
  for (const std::string& topic : topics()) {
    GOUJI_ASSIGN(const std::int32_t partitions, log.partitions(topic));
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
      const eventlog::TopicPartition at{topic, partition};
      GOUJI_ASSIGN(console.next_[at], log.end_offset(at, eventlog::Isolation::kCommitted));
    }
  }
  return console;
}

Result<bool> Console::print_new() {
  bool printed = false;
  for (auto& [at, next] : next_) {
    for (;;) {
      GOUJI_ASSIGN(const eventlog::ReadBatch batch, log_->read(at, next, {}));
      for (const eventlog::StoredRecord& record : batch.records) print(record);
      printed |= !batch.records.empty();
      if (batch.next <= next) break;
      next = batch.next;
    }
  }
  std::fflush(stdout);
  return printed;
}

void Console::print(const eventlog::StoredRecord& record) {
  if (record.at.topic == eventlog::kVerdictTopic) return print_verdict(record.record);
  if (record.at.topic == eventlog::kAnomalyTopic) return print_anomaly(record.record);
  print_dead_letter(record.record);
}

void Console::print_verdict(const Record& record) {
  const auto verdict = events::decode_verdict(record);
  if (!verdict) return;
  ++(verdict->evaluation > 1 || verdict->withdrawn ? counts_.judged_again : counts_.reports);
  std::size_t passed = 0, failed = 0;
  for (const RuleResult& result : verdict->results) {
    passed += result.status == RuleStatus::kPassed ? 1 : 0;
    failed += result.status == RuleStatus::kFailed ? 1 : 0;
  }
  // Whose report it is may not be known: then where it was found says more than its key.
  std::string name = fmt::format("{} {}", verdict->organ_name, verdict->key.year);
  if (!verdict->key.is_identified() || verdict->organ_name.empty())
    name = fmt::format("{} {}", verdict->evidence.url, in(language_, "（机关或年度不明）", "(organ or year not known)"));
  if (verdict->withdrawn) {
    fmt::print("{}  {}\n", name, in(language_, "已撤下", "withdrawn"));
    return;
  }
  fmt::print("{}\n", fmt::format(fmt::runtime(in(language_, "{}  第 {} 版{}：{} 项通过，{} 项不符，未结异常 {} 项",
                                                 "{}  version {}{}: {} passed, {} failed, {} anomalies open")),
                                 name, verdict->version, verdict->evaluation > 1 ? in(language_, "（重新核对）", " (checked again)") : "", passed, failed, verdict->anomalies_open));
}

void Console::print_anomaly(const Record& record) {
  const auto anomaly = events::decode_anomaly(record);
  if (!anomaly) return;
  const bool stands = anomaly->transition == Transition::kOpened || anomaly->transition == Transition::kChanged;
  const bool is_waived = stands && anomaly->waiver.has_value();
  if (stands) ++(is_waived ? counts_.judged_again : counts_.anomalies);
  fmt::print("  {} [{}] {} {}  {}\n", is_waived ? in(language_, "已豁免", "waived") : transition_word(anomaly->transition, language_),
             severity_word(anomaly->severity, language_), anomaly->organ_name, anomaly->key.year,
             in(language_, anomaly->message_zh, anomaly->message_en));
}

void Console::print_dead_letter(const Record& record) {
  const bool is_not_a_report = eventlog::find_header(record, "dlq_class").value_or("") == "not_a_report";
  ++(is_not_a_report ? counts_.not_reports : counts_.poison);
  const auto event = events::decode_raw(record);
  std::string what = record.key.value_or("?");
  if (event)
    if (const auto* report = std::get_if<RawReport>(&*event)) what = report->url;
  fmt::print("  {} {}  {}\n",
             is_not_a_report ? in(language_, "不是年度报告", "not a report") : in(language_, "无法读取", "cannot be read"),
             what, one_language(eventlog::find_header(record, "dlq_error_message").value_or(""), language_));
}

}  // namespace gouji::command
