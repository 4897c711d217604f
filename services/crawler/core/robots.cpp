#include "services/crawler/core/robots.h"

#include <algorithm>

#include "common/text/ascii.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kRulesMax = 5'000;
constexpr std::chrono::milliseconds kCrawlDelayMax{60'000};

// The product token of a user-agent line: letters, '-' and '_', or "*".
std::string_view token_of(std::string_view value) {
  if (value == "*") return value;
  const auto end = std::find_if_not(value.begin(), value.end(), [](char c) { return (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '-' || c == '_'; });
  return value.substr(0, static_cast<std::size_t>(end - value.begin()));
}

// Paths arrive percent-encoded; rules are often written with plain Chinese characters.
std::string encoded(std::string_view pattern) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : pattern) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      out.push_back(c);
    } else {
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

// Seconds with or without a fraction, "10" or "0.5"; 0 for anything else.
std::chrono::milliseconds delay_from(std::string_view value) {
  std::int64_t millis = 0, unit = 1'000;
  bool in_fraction = false;
  for (const char c : value.substr(0, 12)) {
    if (c == '.' && !in_fraction) {
      in_fraction = true;
    } else if (c < '0' || c > '9') {
      return std::chrono::milliseconds{0};
    } else if (in_fraction) {
      unit /= 10;
      millis += (c - '0') * unit;
    } else {
      millis = std::min<std::int64_t>(millis * 10 + (c - '0') * 1'000, kCrawlDelayMax.count());
    }
  }
  return std::min(std::chrono::milliseconds{millis}, kCrawlDelayMax);
}

// A pattern matches a prefix; '*' is any text, '$' at its end is the end of the path.
bool matches_prefix(std::string_view pattern, std::string_view path) {
  const bool anchored = pattern.ends_with('$');
  if (anchored) pattern.remove_suffix(1);
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (true) {
    if (p == pattern.size() && (!anchored || t == path.size())) return true;
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && t < path.size() && pattern[p] == path[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos && resume < path.size()) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
}

}  // namespace

Robots Robots::disallow_all() {
  Robots robots;
  robots.rules_.push_back({false, "/"});
  return robots;
}

Robots Robots::parse(std::string_view text, std::string_view product) {
  Robots own, general;
  bool is_own = false, is_general = false, found_own = false, in_agents = false;
  text = text.substr(0, kRobotsBytesMax);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, std::min(text.find('#'), end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = trimmed(line.substr(0, colon)), value = trimmed(line.substr(colon + 1));
    if (equals_ignoring_case(name, "user-agent")) {
      if (!in_agents) is_own = is_general = false;
      in_agents = true;
      is_own = is_own || equals_ignoring_case(token_of(value), product);
      is_general = is_general || value == "*";
      found_own = found_own || is_own;
    } else if (equals_ignoring_case(name, "crawl-delay")) {
      in_agents = false;
      if (is_own) own.crawl_delay_ = delay_from(value);
      if (is_general) general.crawl_delay_ = delay_from(value);
    } else if (equals_ignoring_case(name, "allow") || equals_ignoring_case(name, "disallow")) {
      in_agents = false;
      if (value.empty()) continue;
      const Rule rule{equals_ignoring_case(name, "allow"), encoded(value)};
      if (is_own && own.rules_.size() < kRulesMax) own.rules_.push_back(rule);
      if (is_general && general.rules_.size() < kRulesMax) general.rules_.push_back(rule);
    }
  }
  return found_own ? own : general;
}

std::size_t Robots::byte_size() const {
  std::size_t bytes = sizeof *this;
  for (const Rule& rule : rules_) bytes += sizeof rule + rule.pattern.capacity();
  return bytes;
}

bool Robots::is_allowed(std::string_view path_and_query) const {
  if (path_and_query == "/robots.txt") return true;
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    if (!matches_prefix(rule.pattern, path_and_query)) continue;
    const bool is_longer = best == nullptr || rule.pattern.size() > best->pattern.size();
    if (is_longer || (rule.pattern.size() == best->pattern.size() && rule.allows)) best = &rule;
  }
  return best == nullptr || best->allows;
}

}  // namespace gouji::crawler
