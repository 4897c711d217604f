#include "common/report/json_lines.h"

#include <algorithm>

namespace gouji {
namespace {

class Lines {
 public:
  explicit Lines(std::string_view json) : json_(json) {}

  std::map<std::string, std::size_t> read() {
    for (; at_ < json_.size(); ++at_) take(json_[at_]);
    return std::move(lines_);
  }

 private:
  void take(char c) {
    switch (c) {
      case '\n': ++line_; return;
      case '"': return take_string();
      case ':': is_key_expected_ = false; return;
      case ',': return end_value();
      case '{':
      case '[': return open(c);
      case '}':
      case ']':
        --depth_;
        is_key_expected_ = false;
        return;
      default:
        if (c > ' ') begin_value();
    }
  }

  void open(char c) {
    begin_value();
    ++depth_;
    if (depth_ == 2) {
      is_list_ = c == '[';
      index_ = 0;
    }
    is_value_begun_ = depth_ > 2;
    is_key_expected_ = c == '{';
  }

  void end_value() {
    if (depth_ == 2) {
      ++index_;
      is_value_begun_ = false;
      is_key_expected_ = !is_list_;
    }
    if (depth_ == 1) is_key_expected_ = true;
  }

  // The first byte of an entry of a list at the second level.
  void begin_value() {
    if (depth_ != 2 || !is_list_ || is_value_begun_) return;
    lines_.emplace(key_ + "[" + std::to_string(index_) + "]", line_);
    is_value_begun_ = true;
  }

  void take_string() {
    std::size_t end = at_ + 1;
    while (end < json_.size() && json_[end] != '"') end += json_[end] == '\\' ? 2 : 1;
    end = std::min(end, json_.size());
    const std::string text(json_.substr(at_ + 1, end - at_ - 1));
    if (depth_ == 1 && is_key_expected_) {
      key_ = text;
      lines_.emplace(key_, line_);
    } else if (depth_ == 2 && !is_list_ && is_key_expected_) {
      lines_.insert_or_assign(key_ + "." + text, line_);
    } else {
      begin_value();
    }
    at_ = end;
  }

  std::string_view json_;
  std::map<std::string, std::size_t> lines_;
  std::size_t at_ = 0, line_ = 1, index_ = 0;
  int depth_ = 0;
  std::string key_;
  bool is_list_ = false, is_key_expected_ = true, is_value_begun_ = false;
};

constexpr int kDepthMax = 1'000;

// Goes through a text as far as it is JSON (RFC 8259).
class Grammar {
 public:
  explicit Grammar(std::string_view json) : json_(json) {}

  bool is_document() {
    if (!value(0)) return false;
    skip_space();
    return at_ == json_.size();
  }
  std::size_t at() const { return at_; }

 private:
  void skip_space() { at_ = std::min(json_.find_first_not_of(" \t\r\n", at_), json_.size()); }
  char next() const { return at_ < json_.size() ? json_[at_] : '\0'; }
  bool take(char c) {
    skip_space();
    if (next() != c) return false;
    ++at_;
    return true;
  }

  bool value(int depth) {
    skip_space();
    if (depth > kDepthMax) return false;
    if (next() == '{') return list('}', [&] { return string() && take(':') && value(depth + 1); });
    if (next() == '[') return list(']', [&] { return value(depth + 1); });
    return next() == '"' ? string() : word();
  }

  template <typename Entry>
  bool list(char end, Entry entry) {
    ++at_;
    if (take(end)) return true;
    do {
      if (!entry()) return false;
    } while (take(','));
    return take(end);
  }

  bool string() {
    if (!take('"')) return false;
    for (; next() != '"' && next() != '\n' && at_ < json_.size(); ++at_)
      if (next() == '\\') ++at_;
    const bool is_closed = next() == '"';
    if (is_closed) ++at_;
    return is_closed;
  }

  // A number, true, false or null.
  bool word() {
    const std::size_t end = std::min(json_.find_first_of(",]} \t\r\n:\"", at_), json_.size());
    const std::string_view text = json_.substr(at_, end - at_);
    const bool is_number = !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos &&
                           text.find_first_of("0123456789") != std::string_view::npos;
    if (!is_number && text != "true" && text != "false" && text != "null") return false;
    at_ = end;
    return true;
  }

  std::string_view json_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::size_t> json_mistake_line(std::string_view json) {
  Grammar grammar(json);
  if (grammar.is_document()) return std::nullopt;
  const std::string_view before = json.substr(0, std::min(grammar.at(), json.size()));
  return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

std::map<std::string, std::size_t> json_lines(std::string_view json) { return Lines(json).read(); }

}  // namespace gouji
