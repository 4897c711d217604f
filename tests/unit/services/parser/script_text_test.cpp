// Reports that a page writes by script or keeps in a string.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/parser/core/script_strings.h"
#include "services/parser/core/script_text.h"
#include "tests/support/render_html.h"
#include "tests/unit/services/parser/reading_help.h"

namespace gouji::parser {
namespace {

using ::testing::ElementsAre;
using testing::ReportFigures;

struct Literal {
  std::string text;
  bool is_whole;
  friend bool operator==(const Literal&, const Literal&) = default;
};
void PrintTo(const Literal& literal, std::ostream* out) { *out << literal.text << (literal.is_whole ? "" : " (in part)"); }

std::vector<Literal> literals(std::string_view script) {
  std::vector<Literal> found;
  for (const ScriptString& string : script_strings(script)) found.push_back({string.text, string.is_whole});
  return found;
}

TEST(ScriptStrings, AreFoundWithoutQuotesEscapesAndComments) {
  EXPECT_THAT(literals(R"(a('x\"y'); b("\u4e00\x41\n\/<"); // "no"
/* 'no' */ c(`z`);)"),
              ElementsAre(Literal{"x\"y", true}, Literal{"一A\n/<", true}, Literal{"z", true}));
  EXPECT_THAT(literals(R"(x="\ud83d\ude00\ud83d!";)"), ElementsAre(Literal{"\xF0\x9F\x98\x80\xEF\xBF\xBD!", true}));
  EXPECT_THAT(literals("x='a\\\nb'"), ElementsAre(Literal{"ab", true}));
  EXPECT_THAT(literals("x='never closed"), ElementsAre());
}

TEST(ScriptStrings, AreJoinedByPlusAlone) {
  EXPECT_THAT(literals("s = 'a' + \"b\"\n + 'c'; s += 'd';"), ElementsAre(Literal{"abc", true}, Literal{"d", true}));
}

TEST(ScriptStrings, BesideAnExpressionAreNotWhole) {
  EXPECT_THAT(literals("w('<td>' + n + '</td>')"), ElementsAre(Literal{"<td>", false}, Literal{"</td>", false}));
  EXPECT_THAT(literals("w('a' + (b))"), ElementsAre(Literal{"a", false}));
  EXPECT_THAT(literals("w(x ? 'a' : 'b')"), ElementsAre(Literal{"a", false}, Literal{"b", false}));
  EXPECT_THAT(literals("w('a'.replace(1, 2))"), ElementsAre(Literal{"a", false}));
  EXPECT_THAT(literals("w(`a${b}`)"), ElementsAre(Literal{"a${b}", false}));
}

TEST(ScriptStrings, MayBeEscapedOnceMore) {
  EXPECT_EQ(without_percents("%3Cp%3E%u4E00%E4%BA%8C%"), "<p>一二%");
  EXPECT_EQ(without_percents("%FF"), "%FF");  // no text in UTF-8
}

// The page of a report in two: what stands around its text, and the text.
struct Halves {
  std::string before, content, after;
};

Halves halves_of(const ReportFigures& figures) {
  const std::string page = testing::render_clean_html(figures);
  const std::size_t begin = page.find("<table"), end = page.rfind("</table>") + 8;
  return {page.substr(0, begin), page.substr(begin, end - begin), page.substr(end)};
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

std::string in_quotes(std::string_view text, char quote = '"') {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += quote;
  return replaced(out, "</", "<\\/");
}

void expect_whole(const std::string& page, const ReportFigures& figures) {
  const Reading reading = reading_of(page);
  const std::vector<std::string> printed = testing::all_figures(figures);
  std::size_t at = 0;
  for (const TableReading& table : reading.tables) {
    EXPECT_EQ(table.status, TableStatus::kRead);
    const Form& form = gouji::form(table.table, table.edition);
    for (std::size_t i = 0; i < form.size() && i < table.cells.size(); ++i, ++at) {
      if (form.cells()[i].type == CellType::kMoney) continue;
      EXPECT_EQ(cell(reading, form.cells()[i].id), printed.at(at)) << form.cells()[i].id;
    }
  }
  EXPECT_EQ(at, printed.size());
  EXPECT_EQ(reading.organ_name, figures.organ);
}

TEST(ScriptText, ThatDocumentWriteWritesIsRead) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 11);
  const Halves page = halves_of(figures);
  expect_whole(page.before + "<script>document.write(" + in_quotes(page.content) + ");</script>" + page.after, figures);
  // Line by line, and joined.
  const std::string lines = replaced(in_quotes(page.content, '\''), "<tr", "');\ndocument.writeln('<tr");
  expect_whole(page.before + "<SCRIPT type='text/javascript'>document.write(" + lines + ");</SCRIPT>" + page.after, figures);
  expect_whole(page.before + "<script>var h = ''; h += " + replaced(in_quotes(page.content), "<tr", "\" +\n \"<tr") + "; show(h)</script>" + page.after, figures);
}

TEST(ScriptText, ThatAVariableHoldsIsRead) {
  const ReportFigures figures = testing::made_up_figures(2019, 2019, 12);
  const Halves page = halves_of(figures);
  expect_whole(page.before + "<script>var title='x'; var content = " + in_quotes(page.content) + "; $('#c').html(content);</script>" + page.after, figures);
  const std::string escaped = replaced(replaced(in_quotes(page.content), "<", "\\u003c"), ">", "\\u003E");
  expect_whole(page.before + "<script>$('#c').html(" + escaped + ")</script>" + page.after, figures);
  const std::string percent = replaced(replaced(in_quotes(page.content), "<", "%3C"), ">", "%3e");
  expect_whole(page.before + "<script>show(unescape(" + percent + "))</script>" + page.after, figures);
}

TEST(ScriptText, InATextareaOrATemplateIsRead) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 13);
  const Halves page = halves_of(figures);
  const std::string escaped = replaced(replaced(page.content, "<", "&lt;"), ">", "&gt;");
  expect_whole(page.before + "<textarea id=t style='display:none'>" + escaped + "</textarea>" + page.after, figures);
  expect_whole(page.before + "<textarea>" + page.content + "</textarea>" + page.after, figures);
  expect_whole(page.before + "<template>" + page.content + "</template>" + page.after, figures);
  expect_whole(page.before + "<script type='text/html'>" + page.content + "</script>" + page.after, figures);
}

TEST(ScriptText, OfAFileOfJavaScriptIsRead) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 14);
  const std::string page = testing::render_clean_html(figures);
  expect_whole("jQuery123_45({\"code\":0,\"data\":{\"content\":" + in_quotes(page) + "}});", figures);
  expect_whole("var article = " + in_quotes(page, '\'') + ";", figures);
  expect_whole("document.write(" + replaced(in_quotes(page, '\''), "<tr", "' + '<tr") + ");", figures);
  EXPECT_EQ(refusal_of("callback({\"code\":404,\"message\":\"not found\"})"), "poison SCRIPT_WITHOUT_DOCUMENT");
}

TEST(ScriptText, WithAFigureThatIsComputedIsNotRead) {
  const Halves page = halves_of(testing::made_up_figures(2021, 2021, 15));
  std::string script = in_quotes(page.content, '\'');
  const std::size_t row = script.find("<\\/td>", script.find("结果"));
  script.insert(row, "' + count + '");
  const Reading reading = reading_of(page.before + "<script>document.write(" + script + ")</script>" + page.after);
  for (const TableReading& table : reading.tables) {
    EXPECT_NE(table.status, TableStatus::kRead);
    EXPECT_TRUE(table.cells.empty());
  }
}

TEST(ScriptText, IsNotLookedForWhereThePageShowsItsTables) {
  const ReportFigures figures = testing::made_up_figures(2021, 2021, 16);
  const Halves other = halves_of(testing::made_up_figures(2021, 2021, 17));
  const std::string page = testing::render_clean_html(figures);
  expect_whole(page + "<script>document.write(" + in_quotes(other.content) + ")</script>", figures);
}

TEST(ScriptText, HasItsPlaceInThePage) {
  const Halves page = halves_of(testing::made_up_figures(2021, 2021, 18));
  const std::string text = page.before + "<script>w(" + in_quotes(page.content) + ")</script>" + page.after;
  const Reading reading = reading_of(text);
  const Where in_script = reading.tables[1].where.front();
  EXPECT_EQ(text.substr(static_cast<std::size_t>(in_script.begin), 8), "<script>");
  EXPECT_EQ(static_cast<std::size_t>(in_script.end), text.rfind("</script>"));
  // What the page itself shows, in front of the script and behind it, keeps its exact place.
  for (const Section& section : reading.sections) {
    const std::string heading = text.substr(static_cast<std::size_t>(section.where.begin), 6);
    const std::string_view numeral = section.number == 6 ? "六" : "一";
    if (section.number != 1 && section.number != 6) continue;
    EXPECT_NE(heading.find(numeral), heading.npos) << heading;
  }
}

TEST(ScriptText, ManyScriptsAreReadInLinearTime) {
  std::string page = "<p>公开</p>";
  for (int i = 0; i < 20'000; ++i) page += "<script>a('<p>" + std::to_string(i) + "</p>')";
  for (int i = 0; i < 20'000; ++i) page += "<textarea>'\"`";
  EXPECT_FALSE(splice_scripts(page).has_value());
}

}  // namespace
}  // namespace gouji::parser
