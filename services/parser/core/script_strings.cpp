#include "services/parser/core/script_strings.h"

#include <optional>

#include "common/text/ascii.h"
#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// `digits` hexadecimal digits at `at`.
std::optional<char32_t> hex(std::string_view text, std::size_t at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  char32_t value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const int digit = hex_digit(text[at + i]);
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<char32_t>(digit);
  }
  return value;
}

// Two halves of UTF-16 are one character; a half alone is damage.
class Characters {
 public:
  explicit Characters(std::string& text) : text_(text) {}
  void add(char32_t unit) {
    const bool is_low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (high_ != 0 && is_low) {
      append_utf8(text_, 0x10000 + ((high_ - 0xD800) << 10) + (unit - 0xDC00));
      high_ = 0;
      return;
    }
    flush();
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_ = unit;
    } else {
      append_utf8(text_, is_low || unit > 0x10FFFF ? 0xFFFD : unit);
    }
  }
  void flush() {
    if (high_ != 0) append_utf8(text_, 0xFFFD);
    high_ = 0;
  }

 private:
  std::string& text_;
  char32_t high_ = 0;
};

// What a backslash and the bytes behind it stand for; `length` counts from the backslash.
struct Escape {
  std::optional<char32_t> unit;  // none for a line that goes on
  std::size_t length = 2;
};

Escape read_escape(std::string_view raw) {
  const char c = raw.size() > 1 ? raw[1] : '\\';
  switch (c) {
    case 'n': return {U'\n'};
    case 't': return {U'\t'};
    case 'r': return {U'\r'};
    case 'b':
    case 'f':
    case 'v':
    case '0': return {U' '};
    case '\n': return {std::nullopt};
    case 'x':
      if (const auto unit = hex(raw, 2, 2)) return {unit, 4};
      break;
    case 'u':
      if (const auto unit = hex(raw, 2, 4)) return {unit, 6};
      break;
    default: break;
  }
  if (static_cast<unsigned char>(c) >= 0x80) return {std::nullopt, 1};  // a character of several bytes follows
  return {static_cast<char32_t>(static_cast<unsigned char>(c))};
}

std::string without_escapes(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  Characters characters(text);
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      characters.flush();
      text.push_back(raw[at++]);
      continue;
    }
    const Escape escape = read_escape(raw.substr(at));
    if (escape.unit) characters.add(*escape.unit);
    at += escape.length;
  }
  characters.flush();
  return text;
}

class Strings {
 public:
  explicit Strings(std::string_view script) : script_(script) {}

  std::vector<ScriptString> read() {
    while (at_ < script_.size() && found_.size() < kScriptStringsMax) {
      const char c = script_[at_];
      if (c == '/' && skip_comment()) continue;
      if (c == '"' || c == '\'' || c == '`') {
        if (!take_literal(c)) break;
        continue;
      }
      if (!is_blank(c)) take_character(c);
      ++at_;
    }
    return std::move(found_);
  }

 private:
  // What stands in front, without blanks.
  enum class Before { kNothing, kLiteral, kLiteralPlus, kOperand, kOperandPlus };

  bool skip_comment() {
    const std::string_view rest = script_.substr(at_);
    const bool is_line = rest.starts_with("//");
    if (!is_line && !rest.starts_with("/*")) return false;
    const std::size_t end = is_line ? rest.find('\n') : rest.find("*/", 2);
    at_ = end == rest.npos ? script_.size() : at_ + end + (is_line ? 1 : 2);
    return true;
  }

  static bool is_of_operand(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == ')' || c == ']' ||
           c == '.' || (c & 0x80) != 0;
  }

  void take_character(char c) {
    if (c == '+') {
      before_ = before_ == Before::kLiteral ? Before::kLiteralPlus : before_ == Before::kOperand ? Before::kOperandPlus : Before::kNothing;
      return;
    }
    if (c == ';' || c == ',' || c == '{') is_choice_ = false;
    if (c == '?') is_choice_ = true;
    // A method of the literal may change it: "…".replace(…).
    const bool is_method = before_ == Before::kLiteral && c == '.';
    const bool is_joined = before_ == Before::kLiteralPlus && (is_of_operand(c) || c == '(');
    if (is_method || is_joined) found_.back().is_whole = false;
    const bool ends_call = c == ')' && before_ == Before::kLiteral;
    before_ = is_of_operand(c) && !ends_call ? Before::kOperand : Before::kNothing;
  }

  bool take_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < script_.size() && script_[end] != quote) end += script_[end] == '\\' ? 2 : 1;
    if (end >= script_.size()) return false;
    const std::string_view raw = script_.substr(at_ + 1, end - at_ - 1);
    if (before_ != Before::kLiteralPlus) found_.push_back({"", at_, 0, before_ != Before::kOperandPlus && !is_choice_});
    ScriptString& string = found_.back();
    string.text += without_escapes(raw);
    string.end = end + 1;
    if (quote == '`' && raw.find("${") != raw.npos) string.is_whole = false;
    at_ = end + 1;
    before_ = Before::kLiteral;
    return true;
  }

  std::string_view script_;
  std::vector<ScriptString> found_;
  std::size_t at_ = 0;
  Before before_ = Before::kNothing;
  bool is_choice_ = false;  // between ? and the end of its expression
};

}  // namespace

std::vector<ScriptString> script_strings(std::string_view script) { return Strings(script).read(); }

std::string without_percents(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  Characters characters(out);
  for (std::size_t at = 0; at < text.size();) {
    const auto wide = text.substr(at).starts_with("%u") ? hex(text, at + 2, 4) : std::nullopt;
    const auto byte = text[at] == '%' ? hex(text, at + 1, 2) : std::nullopt;
    if (wide) {
      characters.add(*wide);
      at += 6;
      continue;
    }
    characters.flush();
    out.push_back(byte ? static_cast<char>(*byte) : text[at]);
    at += byte ? 3 : 1;
  }
  characters.flush();
  return is_utf8(out) ? out : std::string(text);
}

}  // namespace gouji::parser
