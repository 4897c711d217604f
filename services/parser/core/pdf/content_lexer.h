// Words of a content stream or of a CMap (ISO 32000-1, 7.2, 7.8.2): views into the bytes, nothing
// is copied. Any bytes are a sequence of tokens; what is broken is a token of its best shape.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gouji::parser {

enum class ContentTokenKind : std::uint8_t {
  kEnd,
  kNumber,
  kName,       // text without the slash, escapes as written
  kLiteral,    // text between the outer parentheses, escapes as written
  kHex,        // text between the angle brackets
  kArrayBegin,
  kArrayEnd,
  kDictBegin,
  kDictEnd,
  kOperator,   // any other word
};

struct ContentToken {
  ContentTokenKind kind = ContentTokenKind::kEnd;
  double number = 0;
  std::string_view text;

  bool is_string() const { return kind == ContentTokenKind::kLiteral || kind == ContentTokenKind::kHex; }
};

class ContentLexer {
 public:
  // `bytes` live as long as the tokens.
  explicit ContentLexer(std::string_view bytes) : bytes_(bytes) {}

  ContentToken next();

  // Of the first byte behind the last token.
  std::size_t at() const { return at_; }

  // Right behind the operator ID: goes behind the EI that ends the inline image.
  void skip_inline_image();

 private:
  void skip_space();
  ContentToken number_or_word();
  ContentToken literal();
  ContentToken hex();
  ContentToken word(ContentTokenKind kind, std::size_t begin);

  std::string_view bytes_;
  std::size_t at_ = 0;
};

// The bytes that a string stands for: a view of `token.text` where they are the same, otherwise of
// `buffer`, which is written.
std::string_view string_bytes(const ContentToken& token, std::string& buffer);

// A name with its #xx escapes replaced.
std::string name_text(const ContentToken& token);

}  // namespace gouji::parser
