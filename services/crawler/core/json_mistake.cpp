#include "services/crawler/core/json_mistake.h"

#include <algorithm>

#include <fmt/format.h>

namespace gouji::crawler {

namespace {

constexpr std::size_t kDepthMax = 1'024;  // as the parser's

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool is_whole() { return value(0) && next() == '\0' && at_ == text_.size(); }
  std::size_t at() const { return at_; }

 private:
  // The next character that is no blank; 0 at the end.
  char next() {
    at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  bool take(char wanted) {
    if (next() != wanted || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  bool value(std::size_t depth) {
    switch (next()) {
      case '{': return depth < kDepthMax && items('}', [&] { return string() && take(':') && value(depth + 1); });
      case '[': return depth < kDepthMax && items(']', [&] { return value(depth + 1); });
      case '"': return string();
      default: return word();
    }
  }

  template <typename Item>
  bool items(char close, Item item) {
    ++at_;
    if (take(close)) return true;
    do {
      if (!item()) return false;
    } while (take(','));
    return take(close);
  }

  bool string() {
    if (!take('"')) return false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return ++at_, true;
      if (static_cast<unsigned char>(c) < 0x20) return false;  // the line ends within quotes
      if (c == '\\') {
        constexpr std::string_view kEscapes = "\"\\/bfnrtu";
        if (at_ + 1 == text_.size() || kEscapes.find(text_[at_ + 1]) == std::string_view::npos) return false;
        ++at_;
      }
    }
    return false;
  }

  // true, false, null, or a number.
  bool word() {
    const std::size_t end = std::min(text_.find_first_not_of("abcdefghijklmnopqrstuvwxyzE0123456789+-.", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    const bool is_number = word.find_first_of("0123456789") != std::string_view::npos && word.find_first_not_of("eE0123456789+-.") == std::string_view::npos;
    if (word != "true" && word != "false" && word != "null" && !is_number) return false;
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::size_t> json_mistake(std::string_view text) {
  Scanner scanner(text);
  return scanner.is_whole() ? std::nullopt : std::optional(scanner.at());
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::string_view in_line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  const auto column = std::count_if(in_line.begin(), in_line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }) + 1;
  return fmt::format("line {}, column {}", line, column);
}

}  // namespace gouji::crawler
