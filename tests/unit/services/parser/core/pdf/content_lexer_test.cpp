#include "services/parser/core/pdf/content_lexer.h"

#include <gtest/gtest.h>

#include <vector>

namespace gouji::parser {
namespace {

std::vector<ContentToken> tokens_of(std::string_view bytes) {
  ContentLexer lexer(bytes);
  std::vector<ContentToken> tokens;
  for (ContentToken token = lexer.next(); token.kind != ContentTokenKind::kEnd; token = lexer.next()) tokens.push_back(token);
  return tokens;
}

std::string string_of(std::string_view source) {
  std::string buffer;
  const std::vector<ContentToken> tokens = tokens_of(source);
  return tokens.size() == 1 ? std::string(string_bytes(tokens[0], buffer)) : "(not one token)";
}

TEST(ContentLexer, ReadsNumbersAsWritersSpellThem) {
  const std::pair<std::string_view, double> cases[] = {
      {"0", 0},        {"12", 12},     {"-7", -7},         {"+3", 3},
      {"1.5", 1.5},    {".25", 0.25},  {"-.5", -0.5},      {"4.", 4},
      {"--5", -5},     {"1.-2", 1},    {"6-3", 6},         {"0.000000000000000001", 1e-18},
      {"12345678901234567890", 12345678901234567890.0},    {"1.50000000000000000000001", 1.5},
  };
  for (const auto& [source, value] : cases) {
    const std::vector<ContentToken> tokens = tokens_of(source);
    ASSERT_EQ(tokens.size(), 1U) << source;
    EXPECT_EQ(tokens[0].kind, ContentTokenKind::kNumber) << source;
    EXPECT_NEAR(tokens[0].number, value, std::abs(value) * 1e-12 + 1e-19) << source;
  }
}

TEST(ContentLexer, TellsWordsFromNumbers) {
  for (const std::string_view word : {"Tj", "T*", "'", "\"", "1a", "e5", "+-x"}) {
    const std::vector<ContentToken> tokens = tokens_of(word);
    ASSERT_EQ(tokens.size(), 1U) << word;
    EXPECT_EQ(tokens[0].kind, ContentTokenKind::kOperator) << word;
    EXPECT_EQ(tokens[0].text, word);
  }
}

TEST(ContentLexer, NeedsNoSpaceBetweenTokens) {
  const std::vector<ContentToken> tokens = tokens_of("[(a)-5<62>]TJ/F1 9Tf<</A/B>>%x\nq");
  const ContentTokenKind kinds[] = {ContentTokenKind::kArrayBegin, ContentTokenKind::kLiteral,   ContentTokenKind::kNumber,
                             ContentTokenKind::kHex,        ContentTokenKind::kArrayEnd,  ContentTokenKind::kOperator,
                             ContentTokenKind::kName,       ContentTokenKind::kOperator,  ContentTokenKind::kDictBegin,
                             ContentTokenKind::kName,       ContentTokenKind::kName,      ContentTokenKind::kDictEnd,
                             ContentTokenKind::kOperator};
  ASSERT_EQ(tokens.size(), std::size(kinds));
  for (std::size_t i = 0; i < tokens.size(); ++i) EXPECT_EQ(tokens[i].kind, kinds[i]) << i;
}

TEST(ContentLexer, DecodesStrings) {
  EXPECT_EQ(string_of("(plain)"), "plain");
  EXPECT_EQ(string_of("(a(b)c)"), "a(b)c");
  EXPECT_EQ(string_of("(\\(\\)\\\\\\n\\r\\t\\b\\f)"), "()\\\n\r\t\b\f");
  EXPECT_EQ(string_of("(\\101\\7\\0053)"), std::string("A\a\0053", 4));
  EXPECT_EQ(string_of("(a\\\r\nb\r\nc\rd)"), "ab\nc\nd");
  EXPECT_EQ(string_of("(open"), "open");
  EXPECT_EQ(string_of("(open\\"), "open");
  EXPECT_EQ(string_of("<4a4B 4>"), "JK@");
  EXPECT_EQ(string_of("<4a"), "J");
}

TEST(ContentLexer, ReplacesEscapesInNames) {
  EXPECT_EQ(name_text(tokens_of("/A#20B#zz")[0]), "A B#zz");
}

TEST(ContentLexer, GoesBehindAnInlineImage) {
  ContentLexer lexer("ID \x01 EI\xFF\xFE EI \x80\x02\nEI Q");
  EXPECT_EQ(lexer.next().text, "ID");
  lexer.skip_inline_image();
  EXPECT_EQ(lexer.next().text, "Q");
  EXPECT_EQ(lexer.next().kind, ContentTokenKind::kEnd);
}

TEST(ContentLexer, EndsWithAnInlineImageThatHasNoEnd) {
  ContentLexer lexer("ID \x01\x02 EIEI");
  lexer.next();
  lexer.skip_inline_image();
  EXPECT_EQ(lexer.next().kind, ContentTokenKind::kEnd);
}

}  // namespace
}  // namespace gouji::parser
