#include "services/parser/core/pdf/content_lexer.h"

#include <array>
#include <cstring>

namespace gouji::parser {
namespace {

enum class Kind : std::uint8_t { kRegular, kSpace, kDelimiter };

constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (const char space : {'\0', '\t', '\n', '\f', '\r', ' '}) {
    kinds[static_cast<unsigned char>(space)] = Kind::kSpace;
  }
  for (const char delimiter : {'(', ')', '<', '>', '[', ']', '{', '}', '/', '%'}) {
    kinds[static_cast<unsigned char>(delimiter)] = Kind::kDelimiter;
  }
  return kinds;
}();

Kind kind_of(char byte) { return kKinds[static_cast<unsigned char>(byte)]; }
bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

constexpr std::array<std::int8_t, 256> kHexDigits = [] {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::int8_t digit = 0; digit < 10; ++digit) digits['0' + static_cast<std::size_t>(digit)] = digit;
  for (std::int8_t digit = 0; digit < 6; ++digit) {
    digits['a' + static_cast<std::size_t>(digit)] = static_cast<std::int8_t>(10 + digit);
    digits['A' + static_cast<std::size_t>(digit)] = static_cast<std::int8_t>(10 + digit);
  }
  return digits;
}();

int hex_digit(char byte) { return kHexDigits[static_cast<unsigned char>(byte)]; }

// Divisions by these are exact enough, and multiplications by their inverses are not.
constexpr double kPowersOfTen[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8,
                                   1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// Digits with at most one point and a sign in front. Writers that print "--5" or "1.-2" exist: a
// second sign is passed over, and what follows one inside the number is dropped.
double number_in(std::string_view word) {
  constexpr std::int64_t kMantissaMax = 100'000'000'000'000;
  std::size_t at = 0;
  bool is_negative = false;
  while (at < word.size() && (word[at] == '-' || word[at] == '+')) is_negative |= word[at++] == '-';
  std::int64_t mantissa = 0;
  double unit = 1;
  double scale = 1;
  bool is_fraction = false;
  for (; at < word.size(); ++at) {
    if (word[at] == '.') {
      if (is_fraction) break;
      is_fraction = true;
    } else if (!is_digit(word[at])) {
      break;
    } else if (mantissa < kMantissaMax) {
      mantissa = mantissa * 10 + (word[at] - '0');
      if (is_fraction) unit *= 10;
    } else if (!is_fraction) {
      scale *= 10;
    }
  }
  const double value = static_cast<double>(mantissa) * scale / unit;
  return is_negative ? -value : value;
}

bool is_number(std::string_view word) {
  bool has_digit = false;
  for (std::size_t at = 0; at < word.size(); ++at) {
    const char byte = word[at];
    if (is_digit(byte)) has_digit = true;
    else if (byte != '.' && byte != '-' && byte != '+') return false;
  }
  return has_digit || word == "." || word == "-";
}

// Is this what may stand behind the EI of an inline image? Image data seldom look like operators.
bool looks_like_content(std::string_view bytes) {
  constexpr std::size_t kLooked = 12;
  for (const char byte : bytes.substr(0, kLooked)) {
    const bool is_plain = byte >= ' ' && byte <= '~';
    if (!is_plain && (kind_of(byte) != Kind::kSpace || byte == '\0')) return false;
  }
  return true;
}

}  // namespace

void ContentLexer::skip_space() {
  while (at_ < bytes_.size()) {
    const char byte = bytes_[at_];
    if (kind_of(byte) == Kind::kSpace) {
      ++at_;
    } else if (byte == '%') {
      while (at_ < bytes_.size() && bytes_[at_] != '\n' && bytes_[at_] != '\r') ++at_;
    } else {
      return;
    }
  }
}

ContentToken ContentLexer::next() {
  skip_space();
  if (at_ >= bytes_.size()) return {};
  const bool is_doubled = at_ + 1 < bytes_.size() && bytes_[at_ + 1] == bytes_[at_];
  switch (bytes_[at_]) {
    case '(': return literal();
    case '<':
      if (!is_doubled) return hex();
      at_ += 2;
      return {ContentTokenKind::kDictBegin, 0, {}};
    case '>':
      at_ += is_doubled ? 2 : 1;
      return {ContentTokenKind::kDictEnd, 0, {}};
    case '[': ++at_; return {ContentTokenKind::kArrayBegin, 0, {}};
    case ']': ++at_; return {ContentTokenKind::kArrayEnd, 0, {}};
    case '/': ++at_; return word(ContentTokenKind::kName, at_);
    case ')':
    case '{':
    case '}': ++at_; return {ContentTokenKind::kOperator, 0, bytes_.substr(at_ - 1, 1)};
    default: return number_or_word();
  }
}

ContentToken ContentLexer::word(ContentTokenKind kind, std::size_t begin) {
  while (at_ < bytes_.size() && kind_of(bytes_[at_]) == Kind::kRegular) ++at_;
  return {kind, 0, bytes_.substr(begin, at_ - begin)};
}

ContentToken ContentLexer::number_or_word() {
  const std::size_t begin = at_;
  // Most numbers have few digits, and their value comes along while their end is sought.
  constexpr std::size_t kQuickDigits = 15;
  const bool is_negative = bytes_[begin] == '-';
  const std::size_t digits = begin + (is_negative ? 1 : 0);
  const std::size_t end = std::min(bytes_.size(), digits + kQuickDigits);
  std::size_t at = digits;
  std::int64_t mantissa = 0;
  for (; at < end && is_digit(bytes_[at]); ++at) mantissa = mantissa * 10 + (bytes_[at] - '0');
  std::size_t count = at - digits;
  std::size_t decimals = 0;
  if (at < end && bytes_[at] == '.') {
    const std::size_t point = at++;
    for (; at < end && is_digit(bytes_[at]); ++at) mantissa = mantissa * 10 + (bytes_[at] - '0');
    decimals = at - point - 1;
    count += decimals;
  }
  if (count > 0 && (at == bytes_.size() || kind_of(bytes_[at]) != Kind::kRegular)) {
    at_ = at;
    const auto whole = static_cast<double>(mantissa);
    const double value = decimals == 0 ? whole : whole / kPowersOfTen[decimals];
    return {ContentTokenKind::kNumber, is_negative ? -value : value, bytes_.substr(begin, at - begin)};
  }
  ContentToken token = word(ContentTokenKind::kOperator, begin);
  if (is_number(token.text)) {
    token.kind = ContentTokenKind::kNumber;
    token.number = number_in(token.text);
  }
  return token;
}

ContentToken ContentLexer::literal() {
  const std::size_t begin = ++at_;
  std::size_t depth = 1;
  for (; at_ < bytes_.size(); ++at_) {
    const char byte = bytes_[at_];
    if (byte == '\\') ++at_;
    else if (byte == '(') ++depth;
    else if (byte == ')' && --depth == 0) break;
  }
  const std::size_t end = at_ < bytes_.size() ? at_ : bytes_.size();
  at_ = end < bytes_.size() ? end + 1 : end;
  return {ContentTokenKind::kLiteral, 0, bytes_.substr(begin, end - begin)};
}

ContentToken ContentLexer::hex() {
  const std::size_t begin = ++at_;
  const std::size_t end = std::min(bytes_.find('>', begin), bytes_.size());
  at_ = end < bytes_.size() ? end + 1 : end;
  return {ContentTokenKind::kHex, 0, bytes_.substr(begin, end - begin)};
}

void ContentLexer::skip_inline_image() {
  if (at_ < bytes_.size()) ++at_;  // the one space behind ID
  while (at_ < bytes_.size()) {
    const std::size_t found = bytes_.find("EI", at_);
    if (found == std::string_view::npos) break;
    at_ = found + 2;
    const bool is_apart = found == 0 || kind_of(bytes_[found - 1]) == Kind::kSpace;
    const bool is_ended = at_ == bytes_.size() || kind_of(bytes_[at_]) == Kind::kSpace;
    if (is_apart && is_ended && looks_like_content(bytes_.substr(at_))) return;
  }
  at_ = bytes_.size();
}

namespace {

std::string_view bytes_of_hex(std::string_view text, std::string& buffer) {
  buffer.resize(text.size() / 2 + 1);
  std::size_t size = 0;
  int high = -1;
  for (const char byte : text) {
    const int digit = hex_digit(byte);
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      buffer[size++] = static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  if (high >= 0) buffer[size++] = static_cast<char>(high * 16);
  return std::string_view(buffer).substr(0, size);
}

// One escape at `at`, which is behind the backslash: appends its byte and returns where it ends.
std::size_t append_escape(std::string_view text, std::size_t at, std::string& buffer) {
  constexpr std::string_view kFrom = "nrtbf";
  constexpr std::string_view kTo = "\n\r\t\b\f";
  const char byte = text[at];
  if (byte >= '0' && byte <= '7') {
    int value = 0;
    const std::size_t end = std::min(at + 3, text.size());
    for (; at < end && text[at] >= '0' && text[at] <= '7'; ++at) value = value * 8 + (text[at] - '0');
    buffer.push_back(static_cast<char>(value));
    return at;
  }
  if (byte == '\r') return at + (at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1);
  if (byte == '\n') return at + 1;
  const std::size_t known = kFrom.find(byte);
  buffer.push_back(known == std::string_view::npos ? byte : kTo[known]);
  return at + 1;
}

}  // namespace

std::string_view string_bytes(const ContentToken& token, std::string& buffer) {
  if (token.kind == ContentTokenKind::kHex) return bytes_of_hex(token.text, buffer);
  const std::string_view text = token.text;
  if (std::memchr(text.data(), '\\', text.size()) == nullptr &&
      std::memchr(text.data(), '\r', text.size()) == nullptr) {
    return text;
  }
  buffer.clear();
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '\\' && at + 1 < text.size()) {
      at = append_escape(text, at + 1, buffer);
    } else if (text[at] == '\r') {  // every end of line reads as one \n
      buffer.push_back('\n');
      at += at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
    } else {
      if (text[at] != '\\') buffer.push_back(text[at]);
      ++at;
    }
  }
  return buffer;
}

std::string name_text(const ContentToken& token) {
  std::string name;
  const std::string_view text = token.text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = text[at] == '#' && at + 2 < text.size() && hex_digit(text[at + 1]) >= 0 &&
                           hex_digit(text[at + 2]) >= 0;
    if (is_escape) {
      name.push_back(static_cast<char>(hex_digit(text[at + 1]) * 16 + hex_digit(text[at + 2])));
      at += 2;
    } else {
      name.push_back(text[at]);
    }
  }
  return name;
}

}  // namespace gouji::parser
