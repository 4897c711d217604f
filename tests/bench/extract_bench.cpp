// Extraction against a plain copy of the page, and our GB18030 decoder against iconv, each measured
// beside its baseline in the same run: the counter `ratio` is time over the time of the baseline.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/text/fold.h"
#include "common/text/gb18030.h"
#include "services/parser/core/extract.h"
#include "services/parser/core/read.h"
#include "tests/bench/baselines.h"
#include "tests/bench/first_values.h"
#include "tests/bench/shortest.h"
#include "tests/support/render_html.h"

namespace gouji {
namespace {

using bench::copy_seconds;
using bench::shortest;

void extract_page(benchmark::State& state, const std::string& page) {
  const parser::Source source{page, "text/html", {}};
  for (auto step : state) {
    auto outcome = parser::extract(source);
    benchmark::DoNotOptimize(outcome);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(page.size()));
  const double ours = shortest([&] { benchmark::DoNotOptimize(parser::extract(source)); });
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

// From bytes to the values of the three tables: `first` by the grid alone; `read` is the whole reading,
// with the second witness, votes, prose, claims and digest.
void read_page(benchmark::State& state, const std::string& page) {
  const parser::Source source{page, "text/html", {}};
  const auto first = [&] { benchmark::DoNotOptimize(bench::first_values(source, Edition::k2019)); };
  const OrganDirectory organs = OrganDirectory::empty();
  parser::Input input;
  input.bytes = page;
  const auto whole = [&] { benchmark::DoNotOptimize(parser::read(input, organs)); };
  for (auto step : state) whole();
  const double copy = copy_seconds(page), first_seconds = shortest(first), whole_seconds = shortest(whole);
  state.counters["first_times_memcpy"] = first_seconds / copy;
  state.counters["read_times_memcpy"] = whole_seconds / copy;
  const double gumbo = bench::gumbo_seconds(page);
  state.counters["gumbo_times_first"] = gumbo / first_seconds;
  state.counters["gumbo_times_extract"] = gumbo / shortest([&] { benchmark::DoNotOptimize(parser::extract(source)); });
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

void decode(benchmark::State& state, const std::string& bytes) {
  for (auto step : state) benchmark::DoNotOptimize(utf8_from_gb18030(bytes));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(bytes.size()));
  const double ours = shortest([&] { benchmark::DoNotOptimize(utf8_from_gb18030(bytes)); });
  state.counters["faster_than_iconv"] = bench::iconv_seconds(bytes) / ours;
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
