// A stretch of a document as the words, figures and blank cells that a table is made of, in
// reading order and whatever separates them: grid cells, pipes, tabs, lines or spaces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/figure.h"

namespace gouji::parser {

enum class TokenKind : std::uint8_t { kText, kFigure, kBlank };

struct Token {
  TokenKind kind = TokenKind::kText;
  TextRange range;      // in Document::text, without spaces around it
  std::uint32_t line = 0;  // rises with every line or grid row
  std::uint32_t field = 0;  // rises within a line with every separator and every value
  std::uint32_t letters_begin = 0;  // in TokenList::letters; of kText
  std::uint32_t letters_end = 0;
  Figure figure;  // of kFigure
};

struct TokenList {
  std::vector<Token> tokens;
  std::u32string letters;

  // `words` begin in the token, and may go on in the next ones: "结果 维持".
  bool begins_in(const Token& token, std::u32string_view words) const {
    const auto rest = std::u32string_view(letters).substr(token.letters_begin);
    const std::size_t at = rest.substr(0, token.letters_end - token.letters_begin + words.size() - 1).find(words);
    return token.kind == TokenKind::kText && at < token.letters_end - token.letters_begin;
  }
  std::u32string_view letters_of(const Token& token) const {
    return std::u32string_view(letters).substr(token.letters_begin,
                                               token.letters_end - token.letters_begin);
  }
};

// More tokens than this are not looked at: the widest report has some 600 in its tables.
inline constexpr std::size_t kTokensMax = 20000;

// The tokens of all blocks inside `range`. A blank token is a cell that is there and empty, which
// only separators can show: "| |", two tabs, an empty grid cell. Pipes around every line frame it
// and show no cell; nor do the rules of markdown ("|---|---|").
TokenList tokenize(const Document& document, TextRange range);

}  // namespace gouji::parser
