#include "services/crawler/robots_book.h"

#include <utility>

namespace gouji::crawler {

namespace {

constexpr UnixMillis kLive = 86'400'000;
constexpr UnixMillis kRetry = 600'000;
// Rules in memory; above it they are read from the state again.
constexpr std::size_t kBytesMax = 32 * 1024 * 1024;

}  // namespace

FetchRequest RobotsBook::request_for(const Url& url) {
  FetchRequest request;
  request.url = url;
  request.url.path = "/robots.txt";
  request.url.query.clear();
  request.bytes_max = kRobotsBytesMax;
  request.may_be_cut = true;
  return request;
}

void RobotsBook::keep(const std::string& origin, Entry entry) {
  entry.row.text.clear();
  bytes_ += entry.rules.byte_size() + origin.size();
  if (bytes_ > kBytesMax) {
    entries_.clear();
    bytes_ = entry.rules.byte_size() + origin.size();
  }
  entries_[origin] = std::move(entry);
}

// Null when nothing is known.
Result<RobotsBook::Entry*> RobotsBook::entry_of(const std::string& origin) {
  if (const auto found = entries_.find(origin); found != entries_.end()) return &found->second;
  GOUJI_ASSIGN(auto row, state_.robots(origin));
  if (!row) return nullptr;
  Entry entry;
  entry.rules = Robots::parse(row->text, product_);
  entry.row = std::move(*row);
  keep(origin, std::move(entry));
  return &entries_[origin];
}

Result<RobotsBook::Verdict> RobotsBook::judge(const Url& url, UnixMillis now) {
  GOUJI_ASSIGN(const Entry* entry, entry_of(origin_of(url)));
  // A file from the future was fetched under a clock that was wrong.
  if (entry == nullptr || entry->row.expires_at <= now || entry->row.fetched_at > now) return Verdict::kUnknown;
  if (!entry->row.is_known) return Verdict::kUnavailable;
  return entry->rules.is_allowed(url.path + url.query) ? Verdict::kAllowed : Verdict::kForbidden;
}

std::chrono::milliseconds RobotsBook::crawl_delay(const Url& url) const {
  const auto found = entries_.find(origin_of(url));
  return found == entries_.end() ? std::chrono::milliseconds{0} : found->second.rules.crawl_delay();
}

std::string RobotsBook::why(const Url& url) const {
  const auto found = entries_.find(origin_of(url));
  return found == entries_.end() || found->second.why.empty() ? "its robots.txt could not be had" : found->second.why;
}

Result<RobotsRow> RobotsBook::learn(const Url& url, const FetchResult& fetched, UnixMillis now) {
  const std::string origin = origin_of(url);
  GOUJI_ASSIGN(const auto before, state_.robots(origin));
  Entry entry;
  entry.row.origin = origin;
  entry.row.fetched_at = now;
  const bool is_absent = fetched.status >= 400 && fetched.status < 500 && fetched.result != FetchClass::kThrottled;
  if (fetched.result == FetchClass::kOk || is_absent || fetched.result == FetchClass::kRedirects) {
    entry.row.is_known = true;
    entry.row.expires_at = now + kLive;
    if (fetched.result == FetchClass::kOk) entry.row.text = fetched.body;
  } else {
    if (before) entry.row = *before;
    entry.row.expires_at = now + kRetry;
    entry.row.fetched_at = now;
    entry.why = "without its robots.txt: " + fetched.message;
  }
  entry.rules = Robots::parse(entry.row.text, product_);
  RobotsRow row = entry.row;
  keep(origin, std::move(entry));
  return row;
}

}  // namespace gouji::crawler
