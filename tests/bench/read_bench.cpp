// A document from bytes to cells, identity and claims, beside a plain copy of its bytes.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "common/report/organs.h"
#include "services/parser/core/extract.h"
#include "services/parser/core/read.h"
#include "tests/support/render_html.h"
#include "tests/support/render_text.h"

namespace gouji {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

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

void read_document(benchmark::State& state, const std::string& bytes) {
  parser::Input input;
  input.bytes = bytes;
  const auto read = [&] { benchmark::DoNotOptimize(parser::read(input, OrganDirectory::empty())); };
  for (auto step : state) read();
  std::vector<char> target(bytes.size());
  const double copy = shortest(50, [&] {
    std::memcpy(target.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  });
  const double extracted = shortest(5, [&] { benchmark::DoNotOptimize(parser::extract({bytes, {}, {}})); });
  const double whole = shortest(5, read);
  state.counters["times_memcpy"] = whole / copy;
  state.counters["interpret_us"] = (whole - extracted) * 1e6;
  state.counters["kB"] = static_cast<double>(bytes.size()) / 1000;
}

void ReadCleanPage(benchmark::State& state) {
  read_document(state, testing::render_clean_html(testing::made_up_figures(2019, 2019)));
}
BENCHMARK(ReadCleanPage);

void ReadWordPage(benchmark::State& state) {
  read_document(state, testing::render_word_html(testing::made_up_figures(2019, 2019)));
}
BENCHMARK(ReadWordPage);

void ReadText(benchmark::State& state) {
  std::mt19937 random(1);
  testing::ReportFigures figures = testing::made_up_figures(2021, 2021);
  const std::array<testing::TableRows, 3> tables = {testing::table2_rows(figures), testing::table3_rows(figures), testing::table4_rows(figures)};
  const auto parts = testing::report_parts(figures.organ, figures.year, {}, random);
  read_document(state, testing::render_text(parts, tables, {testing::TextLayout::kPipes, false, false}, random));
}
BENCHMARK(ReadText);

}  // namespace
}  // namespace gouji
