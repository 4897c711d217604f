// Our PDF reader beside poppler, on the same files in the same run: poppler's bare walk over the
// pages (a device that counts), and poppler-cpp's text_list(). `ratio` is our time over the walk's.
// Files: three made here, and those that GOUJI_PDF names (separated by colons).
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/parser/core/layout/lay_out.h"
#include "services/parser/core/pdf/pdf_reader.h"
#ifdef GOUJI_BENCH_POPPLER
#include "tests/bench/poppler_walk.h"
#endif
#include "tests/bench/shortest.h"
#include "tests/support/render_pdf.h"

namespace gouji {
namespace {

struct Sample {
  std::string name;
  std::string bytes;
};

// A ruled table of 26 rows on each of three pages, between lines of prose.
std::string made_up(testing::PdfEncoding encoding) {
  constexpr int kRows = 26;
  constexpr int kColumns = 8;
  std::vector<testing::PdfSheet> sheets;
  for (int number = 0; number < 3; ++number) {
    testing::PdfSheet sheet;
    for (int line = 0; line < 10; ++line) {
      sheet.texts.push_back({50, 60.0 + line * 18, 12, "本机关按照要求整理上年各项公开工作的台账，逐条核对来源与时限。"});
    }
    for (int row = 0; row <= kRows; ++row) {
      const double y = 250.0 + row * 20;
      sheet.lines.push_back({50, y, 530, y});
      for (int column = 0; column < kColumns && row < kRows; ++column) {
        const std::string text = column == 0 ? "本年新收申请" : std::to_string(row * 31 + column * 7);
        sheet.texts.push_back({54.0 + column * 60, y + 14, 9, text});
      }
    }
    for (int column = 0; column <= kColumns; ++column) {
      sheet.lines.push_back({50.0 + column * 60, 250, 50.0 + column * 60, 250.0 + kRows * 20});
    }
    sheets.push_back(std::move(sheet));
  }
  return testing::render_pdf(sheets, {.encoding = encoding});
}

std::vector<Sample> samples() {
  std::vector<Sample> all = {{"made_identity", made_up(testing::PdfEncoding::kIdentity)},
                             {"made_gbk", made_up(testing::PdfEncoding::kGbkEuc)},
                             {"made_type3", made_up(testing::PdfEncoding::kType3)}};
  const char* named = std::getenv("GOUJI_PDF");
  std::string_view rest = named != nullptr ? named : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string path(rest.substr(0, end));
    std::ifstream in(path, std::ios::binary);
    all.push_back({path.substr(path.rfind('/') + 1), std::string(std::istreambuf_iterator<char>(in), {})});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return all;
}

using bench::shortest;

void read_one(benchmark::State& state, const Sample& sample) {
  std::size_t pages = 1;
  std::int64_t glyphs = 0;
  for (auto step : state) {
    auto outcome = parser::read_pdf(sample.bytes);
    if (const auto* content = std::get_if<parser::PdfContent>(&outcome)) {
      pages = content->pages.size();
      glyphs = 0;
      for (const parser::PdfPageFacts& facts : content->facts) glyphs += facts.glyphs;
    }
  }
  const auto to_page_ms = [&](double seconds) { return seconds * 1000 / static_cast<double>(pages); };
  const double ours = shortest([&] { benchmark::DoNotOptimize(parser::read_pdf(sample.bytes)); });
  state.counters["ms_page"] = to_page_ms(ours);
  state.counters["pages"] = static_cast<double>(pages);
  state.counters["glyphs"] = static_cast<double>(glyphs);
  auto outcome = parser::read_pdf(sample.bytes);
  if (const auto* content = std::get_if<parser::PdfContent>(&outcome)) {
    const double laid = shortest([&] { benchmark::DoNotOptimize(parser::lay_out(content->pages)); });
    state.counters["ms_page_layout"] = to_page_ms(laid);
  }
#ifdef GOUJI_BENCH_POPPLER
  const double walk = shortest([&] { benchmark::DoNotOptimize(poppler_walk(sample.bytes)); });
  const double list = shortest([&] { benchmark::DoNotOptimize(poppler_text_list(sample.bytes)); });
  state.counters["ms_page_poppler"] = to_page_ms(walk);
  state.counters["ratio"] = ours / walk;
  state.counters["ratio_text_list"] = ours / list;
#endif
}

}  // namespace
}  // namespace gouji

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const std::vector<gouji::Sample> samples = gouji::samples();
  for (const gouji::Sample& sample : samples) {
    benchmark::RegisterBenchmark(("read_pdf/" + sample.name).c_str(),
                                 [&sample](benchmark::State& state) { gouji::read_one(state, sample); })
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::RunSpecifiedBenchmarks();
}
