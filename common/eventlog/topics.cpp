#include "common/eventlog/topics.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "common/core/check.h"
#include "common/eventlog/record.h"
#include "embedded/topics.h"

namespace gouji::eventlog {

namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr std::size_t kNameCharactersMax = 249;
constexpr std::int64_t kPartitionsMax = 10'000;
constexpr std::int64_t kReplicationMax = 32;
// A batch of one record of the largest size fits.
constexpr std::int64_t kMessageBytesMin = static_cast<std::int64_t>(kRecordBytesMax) + 1024;

bool is_topic_name(std::string_view name) {
  if (name.empty() || name.size() > kNameCharactersMax || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// "400d", "12h", "5m", "30s" in milliseconds.
std::optional<std::int64_t> duration_ms(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const std::string_view units = "smhd";
  constexpr std::int64_t kMillis[] = {1000, 60'000, 3'600'000, 86'400'000};
  const std::size_t unit = units.find(text.back());
  const auto count = whole_number(text.substr(0, text.size() - 1));
  if (unit == std::string_view::npos || !count) return std::nullopt;
  if (*count > std::numeric_limits<std::int64_t>::max() / kMillis[unit]) return std::nullopt;
  return *count * kMillis[unit];
}

// Reads the file and gathers every mistake with its line.
class TopicsFile {
 public:
  Result<std::vector<TopicSpec>> parse(std::string_view yaml) {
    if (yaml.size() > kFileBytesMax) {
      return fatal(ErrorCode::kBadSettings, fmt::format("topics: more than {} bytes", kFileBytesMax));
    }
    try {
      read_file(YAML::Load(std::string(yaml)));
    } catch (const YAML::Exception& error) {
      add(error.mark, error.msg);
    }
    if (mistakes_.empty()) return std::move(topics_);
    return fatal(ErrorCode::kBadSettings, fmt::format("topics: {}", fmt::join(mistakes_, "\n")));
  }

 private:
  void add(const YAML::Mark& mark, std::string_view what) {
    mistakes_.push_back(fmt::format("line {}: {}", mark.line + 1, what));
  }

  void read_file(const YAML::Node& file) {
    if (!file.IsMap()) return add(file.Mark(), "expected a map with `topics`");
    for (const auto& entry : file) {
      const auto name = entry.first.as<std::string>();
      if (name != "defaults" && name != "topics") add(entry.first.Mark(), fmt::format("unknown setting '{}'", name));
    }
    TopicSpec defaults;
    if (file["defaults"]) read_topic(file["defaults"], defaults, false);
    const YAML::Node topics = file["topics"];
    if (!topics || !topics.IsSequence()) return add(file.Mark(), "`topics` must be a list");
    std::set<std::string> names;
    for (const YAML::Node& node : topics) {
      TopicSpec spec = defaults;
      read_topic(node, spec, true);
      if (!spec.name.empty() && !names.insert(spec.name).second) {
        add(node.Mark(), fmt::format("topic '{}' stands here twice", spec.name));
      }
      check_together(node, spec);
      topics_.push_back(std::move(spec));
    }
  }

  void read_topic(const YAML::Node& node, TopicSpec& spec, bool is_named) {
    if (!node.IsMap()) return add(node.Mark(), "expected a map of settings");
    for (const auto& entry : node) {
      const auto name = entry.first.as<std::string>();
      if (name == "config") {
        read_config(entry.second, spec);
      } else if (!entry.second.IsScalar()) {
        add(entry.second.Mark(), fmt::format("'{}' must be one value", name));
      } else if (!is_named && name == "name") {
        add(entry.first.Mark(), "defaults have no name");
      } else {
        read_setting(entry.first, entry.second.Scalar(), spec);
      }
    }
    if (is_named && !node["name"]) add(node.Mark(), "a topic without a name");
  }

  void read_setting(const YAML::Node& key, const std::string& value, TopicSpec& spec) {
    const std::string& name = key.Scalar();
    const auto refuse = [&](std::string_view wanted) {
      add(key.Mark(), fmt::format("{} is '{}', wanted: {}", name, value, wanted));
    };
    if (name == "name") {
      spec.name = value;
      if (!is_topic_name(value)) refuse("1 to 249 of a-z A-Z 0-9 . -");
    } else if (name == "partitions" || name == "replication") {
      const std::int64_t limit = name == "partitions" ? kPartitionsMax : kReplicationMax;
      const auto number = whole_number(value);
      if (!number || *number < 1 || *number > limit) return refuse(fmt::format("a whole number from 1 to {}", limit));
      (name == "partitions" ? spec.partitions : spec.replication) = static_cast<std::int32_t>(*number);
    } else if (name == "cleanup") {
      spec.compacted = value == "compact";
      if (value != "compact" && value != "delete") refuse("delete or compact");
    } else if (name == "retention") {
      const auto duration = value == "forever" ? std::optional<std::int64_t>(-1) : duration_ms(value);
      if (!duration) return refuse("forever, or a number with d, h, m or s");
      spec.retention_ms = *duration;
    } else if (name == "tombstones") {
      const auto duration = duration_ms(value);
      if (!duration) return refuse("a number with d, h, m or s");
      spec.delete_retention_ms = *duration;
    } else if (name == "message_bytes") {
      const auto number = whole_number(value);
      if (!number || *number < kMessageBytesMin) return refuse(fmt::format("at least {}", kMessageBytesMin));
      spec.message_bytes_max = *number;
    } else {
      add(key.Mark(), fmt::format("unknown setting '{}'", name));
    }
  }

  void read_config(const YAML::Node& node, TopicSpec& spec) {
    if (!node.IsMap()) return add(node.Mark(), "config must be a map of Kafka's settings");
    for (const auto& entry : node) {
      const auto name = entry.first.as<std::string>();
      if (!entry.second.IsScalar()) {
        add(entry.second.Mark(), fmt::format("config '{}' must be one value", name));
      } else if (name == "cleanup.policy" || name == "retention.ms" || name == "delete.retention.ms" ||
                 name == "max.message.bytes") {
        add(entry.first.Mark(), fmt::format("'{}' has a setting of its own beside config", name));
      } else {
        spec.config[name] = entry.second.Scalar();
      }
    }
  }

  void check_together(const YAML::Node& node, const TopicSpec& spec) {
    if (spec.compacted && spec.retention_ms != -1) {
      add(node.Mark(), fmt::format("{}: a compacted topic has no retention", spec.name));
    }
    const auto insync = spec.config.find("min.insync.replicas");
    if (insync == spec.config.end()) return;
    const auto number = whole_number(insync->second);
    if (!number || *number < 1 || *number > spec.replication) {
      add(node.Mark(), fmt::format("{}: min.insync.replicas is '{}' with replication {}: nothing could be written",
                                   spec.name, insync->second, spec.replication));
    }
  }

  std::vector<TopicSpec> topics_;
  std::vector<std::string> mistakes_;
};

std::string shown_retention(std::int64_t milliseconds) {
  return milliseconds < 0 ? "forever" : fmt::format("{} ms", milliseconds);
}

std::int64_t insync_of(const TopicSpec& spec) {
  const auto found = spec.config.find("min.insync.replicas");
  return found == spec.config.end() ? 1 : whole_number(found->second).value_or(1);
}

class Mismatches {
 public:
  void compare(const TopicSpec& wanted, const TopicSpec& actual) {
    if (wanted.compacted != actual.compacted) {
      add(wanted, "cleanup.policy", actual.compacted ? "compact" : "delete", wanted.compacted ? "compact" : "delete");
    }
    if (wanted.partitions != actual.partitions) {
      add(wanted, "partitions", actual.partitions, wanted.partitions);
      differs_in_partitions_ = true;
    }
    compare_retention(wanted, actual);
    if (actual.message_bytes_max < wanted.message_bytes_max) {
      add(wanted, "max.message.bytes", actual.message_bytes_max, wanted.message_bytes_max);
    }
    compare_insync(wanted, actual);
  }

  std::vector<std::string> take() {
    if (differs_in_partitions_)
      found_.emplace_back("partitions of a topic never change: a key's records and its state stay in one. Either give the topics "
                          "file with the number that is there, or migrate: make a new log with the new number (`gouji topics apply "
                          "--log NEW --file FILE`), carry the documents over (`gouji log copy --to NEW`), let the services work "
                          "there, and compare (`gouji log compare --to NEW`)");
    return std::move(found_);
  }
  void add_missing(const TopicSpec& wanted) {
    found_.push_back(fmt::format("topic {} is missing: `gouji topics apply` creates it", wanted.name));
  }

 private:
  template <typename Actual, typename Wanted>
  void add(const TopicSpec& topic, std::string_view setting, const Actual& is, const Wanted& should_be) {
    found_.push_back(fmt::format("topic {}: {} is {}, should be {}", topic.name, setting, is, should_be));
  }

  void compare_retention(const TopicSpec& wanted, const TopicSpec& actual) {
    if (wanted.compacted) {
      if (actual.compacted && actual.delete_retention_ms < wanted.delete_retention_ms) {
        add(wanted, "delete.retention.ms", actual.delete_retention_ms, wanted.delete_retention_ms);
      }
      return;
    }
    const bool is_shorter =
        actual.retention_ms >= 0 && (wanted.retention_ms < 0 || actual.retention_ms < wanted.retention_ms);
    if (is_shorter) {
      add(wanted, "retention.ms", shown_retention(actual.retention_ms), shown_retention(wanted.retention_ms));
    }
  }

  void compare_insync(const TopicSpec& wanted, const TopicSpec& actual) {
    const std::int64_t is = insync_of(actual);
    if (is > actual.replication) {
      found_.push_back(fmt::format("topic {}: min.insync.replicas is {} with replication {}: nothing can be written",
                                   actual.name, is, actual.replication));
      return;
    }
    // With fewer copies than wanted, all of them must confirm a write.
    const std::int64_t needed = std::min<std::int64_t>(insync_of(wanted), actual.replication);
    if (is < needed) add(wanted, "min.insync.replicas", is, needed);
  }

  std::vector<std::string> found_;
  bool differs_in_partitions_ = false;
};

}  // namespace

std::string dead_letter_topic(std::string_view input, std::string_view group) {
  return fmt::format("{}.dlq.{}", input, group);
}

Result<std::vector<TopicSpec>> parse_topics(std::string_view yaml) { return TopicsFile().parse(yaml); }

const std::vector<TopicSpec>& default_topics() {
  static const std::vector<TopicSpec> kTopics = [] {
    auto topics = parse_topics(embedded::topics());
    GOUJI_CHECK(topics.has_value());
    return std::move(*topics);
  }();
  return kTopics;
}

std::vector<std::string> topic_mismatches(const std::vector<TopicSpec>& wanted, const std::vector<TopicSpec>& actual) {
  Mismatches mismatches;
  for (const TopicSpec& spec : wanted) {
    const auto found = std::find_if(actual.begin(), actual.end(),
                                    [&](const TopicSpec& candidate) { return candidate.name == spec.name; });
    if (found == actual.end()) {
      mismatches.add_missing(spec);
    } else {
      mismatches.compare(spec, *found);
    }
  }
  return mismatches.take();
}

}  // namespace gouji::eventlog
