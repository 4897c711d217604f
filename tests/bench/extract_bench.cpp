// Extraction against a plain copy of the page, and our GB18030 decoder against iconv, each measured
// beside its baseline in the same run: the counter `ratio` is time over the time of the baseline.
#include <benchmark/benchmark.h>
#ifdef GOUJI_HAS_GUMBO
#include <gumbo.h>
#endif
#include <iconv.h>

#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/fold.h"
#include "common/text/gb18030.h"
#include "services/parser/core/extract.h"
#include "services/parser/core/grid_reader.h"
#include "services/parser/core/read.h"
#include "services/parser/core/sections.h"
#include "tests/support/render_html.h"

namespace gouji {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

// Shortest of many timings of `repeat` calls, in seconds a call: what the machine can do when
// nobody disturbs it.
template <typename Call>
double shortest(int repeat, Call call) {
  double best = 1e9;
  for (int round = 0; round < 40; ++round) {
    const auto begin = steady_clock::now();
    for (int i = 0; i < repeat; ++i) call();
    best = std::min(best, duration<double>(steady_clock::now() - begin).count() / repeat);
  }
  return best;
}

double copy_seconds(std::string_view page) {
  std::vector<char> target(page.size());
  return shortest(50, [&] {
    std::memcpy(target.data(), page.data(), page.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  });
}

#ifdef GOUJI_HAS_GUMBO
// The text of all cells of a gumbo tree, walked without recursion: what any reader of tables has to do.
std::size_t gumbo_figures(const std::string& page) {
  GumboOutput* const output = gumbo_parse_with_options(&kGumboDefaultOptions, page.data(), page.size());
  std::vector<const GumboNode*> open{output->root};
  std::size_t bytes = 0;
  std::string cell;
  while (!open.empty()) {
    const GumboNode* const node = open.back();
    open.pop_back();
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) cell += node->v.text.text;
    if (node->type != GUMBO_NODE_ELEMENT) continue;
    if (node->v.element.tag == GUMBO_TAG_TD || node->v.element.tag == GUMBO_TAG_TH) {
      bytes += cell.size();
      cell.clear();
    }
    for (unsigned i = node->v.element.children.length; i > 0; --i) open.push_back(static_cast<const GumboNode*>(node->v.element.children.data[i - 1]));
  }
  gumbo_destroy_output(&kGumboDefaultOptions, output);
  return bytes + cell.size();
}
#endif

void extract_page(benchmark::State& state, const std::string& page) {
  const parser::Source source{page, "text/html", {}};
  for (auto step : state) {
    auto outcome = parser::extract(source);
    benchmark::DoNotOptimize(outcome);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(page.size()));
  const double ours = shortest(5, [&] { benchmark::DoNotOptimize(parser::extract(source)); });
  state.counters["times_memcpy"] = ours / copy_seconds(page);
  state.counters["page_kB"] = static_cast<double>(page.size()) / 1000;
}

void ExtractWordPage(benchmark::State& state) {
  extract_page(state, testing::render_word_html(testing::made_up_figures(2019, 2019)));
}
BENCHMARK(ExtractWordPage);

void ExtractCleanPage(benchmark::State& state) {
  extract_page(state, testing::render_clean_html(testing::made_up_figures(2019, 2019)));
}
BENCHMARK(ExtractCleanPage);

void ExtractWordPageInGb18030(benchmark::State& state) {
  extract_page(state, testing::gb18030_by_iconv(
                          testing::render_word_html(testing::made_up_figures(2019, 2019))));
}
BENCHMARK(ExtractWordPageInGb18030);

// From bytes to the values of the three tables: `first` by the grid alone, as extraction.md's goals are
// meant; `read` is the whole reading, with the second witness, votes, prose, claims and digest.
void read_page(benchmark::State& state, const std::string& page) {
  const parser::Source source{page, "text/html", {}};
  const auto first = [&] {
    const auto outcome = parser::extract(source);
    const auto& document = std::get<Document>(outcome);
    const parser::SectionMap sections = parser::find_sections(document);
    const auto body = [&](std::int32_t number) { return sections.body(number).value_or(TextRange{}); };
    benchmark::DoNotOptimize(parser::read_rows_by_grid(document, body(2), TableId::kT2, Edition::k2019));
    benchmark::DoNotOptimize(parser::read_rows_by_grid(document, body(3), TableId::kT3, Edition::k2019));
    benchmark::DoNotOptimize(parser::read_table4_by_grid(document, body(4)));
  };
  const OrganDirectory organs = OrganDirectory::empty();
  parser::Input input;
  input.bytes = page;
  const auto whole = [&] { benchmark::DoNotOptimize(parser::read(input, organs)); };
  for (auto step : state) whole();
  const double copy = copy_seconds(page), first_seconds = shortest(5, first), whole_seconds = shortest(3, whole);
  state.counters["first_times_memcpy"] = first_seconds / copy;
  state.counters["read_times_memcpy"] = whole_seconds / copy;
#ifdef GOUJI_HAS_GUMBO
  const double gumbo = shortest(1, [&] { benchmark::DoNotOptimize(gumbo_figures(page)); });
  state.counters["gumbo_times_first"] = gumbo / first_seconds;
  state.counters["gumbo_times_extract"] = gumbo / shortest(5, [&] { benchmark::DoNotOptimize(parser::extract(source)); });
#endif
}

void ReadWordPage(benchmark::State& state) {
  read_page(state, testing::render_word_html(testing::made_up_figures(2019, 2019)));
}
BENCHMARK(ReadWordPage);

void ReadCleanPage(benchmark::State& state) {
  read_page(state, testing::render_clean_html(testing::made_up_figures(2019, 2019)));
}
BENCHMARK(ReadCleanPage);

void ExtractText(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "一、本年新收政府信息公开申请数量|12|3|0|0|0|1|16\n";
  extract_page(state, text);
}
BENCHMARK(ExtractText);

double iconv_seconds(const std::string& bytes) {
  const iconv_t handle = iconv_open("UTF-8", "GB18030");
  std::string output(bytes.size() * 2, '\0');
  const double seconds = shortest(3, [&] {
    char *in = const_cast<char*>(bytes.data()), *out = output.data();
    std::size_t in_left = bytes.size(), out_left = output.size();
    iconv(handle, &in, &in_left, &out, &out_left);
    benchmark::DoNotOptimize(output.data());
  });
  iconv_close(handle);
  return seconds;
}

void decode(benchmark::State& state, const std::string& bytes) {
  for (auto step : state) benchmark::DoNotOptimize(utf8_from_gb18030(bytes));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(bytes.size()));
  const double ours = shortest(5, [&] { benchmark::DoNotOptimize(utf8_from_gb18030(bytes)); });
  state.counters["faster_than_iconv"] = iconv_seconds(bytes) / ours;
}

void DecodeGb18030Page(benchmark::State& state) {
  decode(state, testing::gb18030_by_iconv(
                    testing::render_word_html(testing::made_up_figures(2019, 2019))));
}
BENCHMARK(DecodeGb18030Page);

void DecodeGb18030Prose(benchmark::State& state) {
  std::string prose;
  for (int i = 0; i < 300; ++i)
    prose += "本机关把门户网站的栏目重新理过一遍，常用的办事指南排在前面，过期的文件单独归档。";
  decode(state, testing::gb18030_by_iconv(prose));
}
BENCHMARK(DecodeGb18030Prose);

void FoldLabels(benchmark::State& state) {
  const std::string label = "（三）不予公开 ２.其他法律行政法规禁止公开";
  for (auto step : state) benchmark::DoNotOptimize(fold_label(label));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(label.size()));
}
BENCHMARK(FoldLabels);

}  // namespace
}  // namespace gouji
