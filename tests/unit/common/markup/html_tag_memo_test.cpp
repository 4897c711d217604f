// The memo says of every tag what the reader of single tags says.
#include "common/markup/html_tag_memo.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "common/markup/html_style.h"
#include "tests/support/seed.h"

namespace gouji {
namespace {

constexpr std::uint32_t kAttributesMax = 8;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name_byte(char c) { return is_letter(c) || (c >= '0' && c <= ':'); }

void expect_as_read_alone(const KnownTag& known, const HtmlTag& tag) {
  EXPECT_EQ(known.tag.name, tag.name);
  EXPECT_EQ(known.tag.is_end, tag.is_end);
  EXPECT_EQ(known.tag.style, tag.style);
  EXPECT_EQ(known.tag.address, tag.address);
  EXPECT_EQ(known.tag.first, tag.first);
  EXPECT_EQ(known.tag.second, tag.second);
  EXPECT_EQ(known.tag.end, tag.end);
  EXPECT_EQ(known.tag.has_too_many_attributes, tag.has_too_many_attributes);
  EXPECT_EQ(known.kind, element_kind(tag.name));
  EXPECT_EQ(known.is_hidden, tag.is_hidden || hides(tag.style));
}

// All tags of the page, one behind the other.
void compare(const std::string& page) {
  HtmlTagMemo memo(page, kAttributesMax);
  HtmlTagReader reader(page, kAttributesMax);
  for (std::size_t at = page.find('<'); at < page.size(); at = page.find('<', at)) {
    const std::size_t name = at + (page.substr(at, 2) == "</" ? 2 : 1);
    if (name >= page.size() || !is_letter(page[name])) {
      ++at;
      continue;
    }
    const HtmlTag tag = reader.read(at);
    expect_as_read_alone(memo.read(at), tag);
    at = tag.end;
    if (::testing::Test::HasFailure()) FAIL() << page;
  }
}

TEST(HtmlTagMemo, SaysOfEveryTagWhatTheReaderSays) {
  std::mt19937 random(testing::seed());
  const std::vector<std::string> wordings = {
      "<td width=64 nowrap style='height:21.0pt'>", "<td width=64 nowrap style='display:none'>", "<td width=64 nowrap style=\"a'b\">",
      "<td align=\"center\" colspan=2>", "<td align=\"center\" colspan=\"2\" rowspan='3'>", "<p class=MsoNormal hidden>", "<a href='/x/y/z/index.html'>",
      "<span lang=EN-US style='font-size:10.5pt'>", "<span lang=EN-US style='font-size:10.5pt", "<tr>", "</td>", "<o:p>", "<img alt='图' src=x.png>",
      "<div title=\"a > b\" class=content>", "<div a b c d e f g h i j k>", "<p style=\"display : none\">", "12", "公开", "\n  ", "<", "'", "\""};
  for (int i = 0; i < 2'000; ++i) {
    std::string page;
    for (std::size_t tags = random() % 40; tags > 0; --tags) page += wordings[random() % wordings.size()];
    for (std::size_t changes = random() % 4; changes > 0 && !page.empty(); --changes) page[random() % page.size()] = "<>'\"= x\0"[random() % 8];
    compare(page);
    if (HasFatalFailure()) return;
  }
}

TEST(HtmlTagMemo, TellsTagsThatAreANameOnly) {
  std::mt19937 random(testing::seed());
  const std::vector<std::string> names = {"td", "tr", "p", "TD", "span", "o:p", "h2", "h7", "strong", "section", "blockquote", "td a", "td/", "t\xE5", "a", "div\n", "table"};
  for (int i = 0; i < 5'000; ++i) {
    std::string page;
    for (int tags = 0; tags < 20; ++tags) page += "<" + names[random() % names.size()] + (random() % 8 == 0 ? "" : ">");
    HtmlTagMemo memo(page, kAttributesMax);
    for (std::size_t at = page.find('<'); at < page.size(); at = page.find('<', at + 1)) {
      const std::size_t close = std::min(page.find('>', at), page.size());
      const std::string name = page.substr(at + 1, close - at - 1);
      const bool is_bare = close < page.size() && name.size() <= 7 && at + 9 <= page.size() && std::all_of(name.begin(), name.end(), is_name_byte);
      const BareTag* const bare = memo.read_bare(at + 1);
      ASSERT_EQ(bare != nullptr, is_bare) << name << " in " << page;
      if (bare == nullptr) continue;
      ASSERT_EQ(bare->name_bytes, name.size());
      ASSERT_EQ(bare->kind, element_kind(name)) << name;
    }
  }
}

}  // namespace
}  // namespace gouji
