// Pages that are made to cost time or memory. Each test doubles its page and lets the time grow by
// no more than a page twice as long may take, with room for a disturbed machine.
#include <gtest/gtest.h>

#include <ctime>

#include <algorithm>
#include <functional>

#include "common/markup/html.h"

namespace gouji {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  all.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

// Of this thread: others may compute meanwhile.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds(const std::string& page) {
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const double begin = processor_seconds();
    const Document document = scan_html(page);
    best = std::min(best, processor_seconds() - begin);
  }
  return best;
}

void expect_linear(const std::function<std::string(std::size_t)>& page) {
  constexpr std::size_t kCount = 6'000;
  const double once = seconds(page(kCount));
  const double eight_times = seconds(page(8 * kCount));
  EXPECT_LT(eight_times, 40 * once + 0.02);
  EXPECT_LT(eight_times, 5.0);
}

TEST(HostileHtml, NestedTagsAreLinear) {
  for (const char* tag : {"<div>", "<b>", "<table>", "<table><tr><td>",
                          "<table><tr><td>1<td>2<td>3<td>", "<a href=x>", "<h1>", "<pre>", "<tr>",
                          "<td>", "<tbody>", "</table>", "<p hidden>", "<table hidden>"}) {
    SCOPED_TRACE(tag);
    expect_linear([&](std::size_t count) { return repeated(tag, count) + "x"; });
  }
}

TEST(HostileHtml, UnclosedThingsAreSearchedOnce) {
  for (const char* text :
       {"<!--", "<![CDATA[", "<a b='", "<a b=\"", "<noscript>", "<svg>x", "<title>", "<", "&", "&#",
        "&amp", "</", "<!", "<?", "<template><noscript><xml>", "<a \"", "&aaaaaaaaaaaa"}) {
    SCOPED_TRACE(text);
    expect_linear([&](std::size_t count) { return repeated(text, count); });
  }
}

TEST(HostileHtml, ManyAttributesAreLinear) {
  expect_linear([](std::size_t count) { return "<td " + repeated("a=1 ", count) + ">x"; });
  expect_linear(
      [](std::size_t count) { return "<td style='" + repeated("display:", count) + "'>x"; });
}

TEST(HostileHtml, SpansDoNotMultiply) {
  expect_linear([](std::size_t count) {
    return "<table>" +
           repeated("<tr><td colspan=64 rowspan=1000>1<td colspan=64 rowspan=1000>2", count / 4) +
           "</table>";
  });
  expect_linear([](std::size_t count) {
    return "<table><tr>" + repeated("<td colspan=1000000000>1", count / 2) + "</table>";
  });
  expect_linear([](std::size_t count) {
    return "<table><tr>" + repeated("<td>1", 256) +
           repeated("<tbody><tr><td rowspan=9>1", count / 8) + "</table>";
  });
}

TEST(HostileHtml, GridsStaySmall) {
  const Document document = scan_html(
      "<table>" + repeated("<tr><td colspan=64 rowspan=1000>1<td>2", 30'000) + "</table>");
  ASSERT_EQ(document.grids.size(), 1U);
  EXPECT_LE(document.grids[0].rows, HtmlLimits{}.rows);
  EXPECT_LE(document.grids[0].columns, HtmlLimits{}.columns);
  EXPECT_LE(document.grids[0].cells.size(), HtmlLimits{}.cells);
}

}  // namespace
}  // namespace gouji
