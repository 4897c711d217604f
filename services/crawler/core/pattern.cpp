#include "services/crawler/core/pattern.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include <re2/re2.h>

#include "common/core/check.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kCompiledBytesMax = 4LL << 20;
constexpr int kGroupsMax = 9;

// Greedy with one step back: linear for each '*', whatever the text.
bool matches_glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

struct Pattern::Compiled {
  explicit Compiled(const std::string& expression, const RE2::Options& options) : re2(expression, options) {}
  RE2 re2;
};

Result<Pattern> Pattern::regex(std::string_view expression) {
  const bool fits = !expression.empty() && expression.size() <= kPatternBytesMax;
  if (!fits) return invalid_input(ErrorCode::kMalformed, "expected an expression of 1…" + std::to_string(kPatternBytesMax) + " bytes");
  return compiled(expression);
}

// Thousands of portal files have the expressions of their few families: a thread compiles each once.
class Pattern::Shared {
 public:
  std::shared_ptr<const Compiled> find(const std::string& expression) {
    const auto found = known_.find(expression);
    return found == known_.end() ? nullptr : found->second.lock();
  }
  void add(const std::string& expression, const std::shared_ptr<const Compiled>& made) {
    if (known_.size() >= sweep_at_) {
      std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
      sweep_at_ = std::max<std::size_t>(kSweepMin, 2 * known_.size());
    }
    known_[expression] = made;
  }

 private:
  static constexpr std::size_t kSweepMin = 1'024;
  std::unordered_map<std::string, std::weak_ptr<const Compiled>> known_;
  std::size_t sweep_at_ = kSweepMin;
};

Result<Pattern> Pattern::compiled(std::string_view expression) {
  thread_local Shared shared;
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kCompiledBytesMax);
  options.set_dot_nl(true);
  Pattern pattern;
  pattern.text_ = expression;
  pattern.compiled_ = shared.find(pattern.text_);
  if (pattern.compiled_) return pattern;
  auto made = std::make_shared<Compiled>(pattern.text_, options);
  if (!made->re2.ok()) return invalid_input(ErrorCode::kMalformed, "not a regular expression (RE2): " + made->re2.error());
  if (made->re2.NumberOfCapturingGroups() > kGroupsMax) return invalid_input(ErrorCode::kMalformed, "more than 9 groups");
  shared.add(pattern.text_, made);
  pattern.compiled_ = std::move(made);
  return pattern;
}

Pattern Pattern::known(std::string_view expression) {
  auto pattern = compiled(expression);
  GOUJI_CHECK(pattern.has_value());
  return std::move(*pattern);
}

Pattern Pattern::glob(std::string_view text) {
  Pattern pattern;
  pattern.text_ = text;
  return pattern;
}

bool Pattern::is_in(std::string_view text) const {
  if (compiled_) return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->re2);
  return is_glob_match(text_, text);
}

std::optional<Pattern::Match> Pattern::find(std::string_view text, std::size_t from) const {
  if (!compiled_ || from > text.size()) return std::nullopt;
  const int count = compiled_->re2.NumberOfCapturingGroups();
  std::array<re2::StringPiece, kGroupsMax + 1> found;
  const re2::StringPiece whole(text.data(), text.size());
  if (!compiled_->re2.Match(whole, from, text.size(), RE2::UNANCHORED, found.data(), count + 1)) return std::nullopt;
  Match match;
  match.end = static_cast<std::size_t>(found[0].data() - text.data()) + found[0].size();
  for (int i = count == 0 ? 0 : 1; i <= count; ++i) {
    const re2::StringPiece& group = found[static_cast<std::size_t>(i)];
    match.groups.emplace_back(group.data() == nullptr ? std::string() : std::string(group.data(), group.size()));
  }
  return match;
}

std::string Pattern::replace(std::string text, const std::string& with) const {
  if (compiled_) RE2::GlobalReplace(&text, compiled_->re2, with);
  return text;
}

Result<void> Pattern::check_replacement(const std::string& with) const {
  std::string error;
  if (compiled_ && !compiled_->re2.CheckRewriteString(with, &error)) return invalid_input(ErrorCode::kMalformed, "not a replacement: " + error);
  return ok();
}

int Pattern::groups() const { return compiled_ ? compiled_->re2.NumberOfCapturingGroups() : 0; }

bool is_glob_match(std::string_view pattern, std::string_view text) {
  if (pattern.find_first_of("*?") == std::string_view::npos) return text.find(pattern) != std::string_view::npos;
  return matches_glob(pattern, text);
}

bool is_any_in(const std::vector<Pattern>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& pattern) { return pattern.is_in(text); });
}

}  // namespace gouji::crawler
