// gouji-speed [--grids N] [FILE.pdf…]: formats × layouts × accuracy × speed in one run. First every layout
// of every format: cells right over N made-up reports, and what a whole reading of one of them takes.
// Then the readers beside the programs that a user could take instead, each on the same bytes in the
// same run. Times are of the processor, not of the clock on the wall. Run it at the root of the project.
#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/report/organs.h"
#include "common/runtime/worker_pool.h"
#include "common/text/gb18030.h"
#include "services/parser/core/layout/lay_out.h"
#include "services/parser/core/pdf/pdf_reader.h"
#include "services/parser/core/read.h"
#include "tests/bench/baselines.h"
#include "tests/bench/first_values.h"
#include "tests/bench/scoreboard/renderings.h"
#include "tests/bench/scoreboard/score.h"
#include "tests/bench/shortest.h"
#include "tests/bench/speed/samples.h"

namespace gouji::bench {
namespace {

constexpr double kMicro = 1e6;
constexpr std::string_view kEchoKind = "echo";

struct Layout {
  scoreboard::Score score;
  std::size_t bytes = 0;
  double seconds = 0;
};

double whole_reading_seconds(const std::string& bytes) {
  const OrganDirectory organs = OrganDirectory::empty();
  parser::Input input;
  input.bytes = bytes;
  return shortest([&] { benchmark::DoNotOptimize(parser::read(input, organs)); }, 10);
}

void print_layouts(int grids) {
  std::map<std::pair<std::string, std::string>, Layout> layouts;
  for (int i = 0; i < grids; ++i) {
    const testing::ReportFigures figures = i == 0 ? testing::made_up_figures(2021, 2021) : scoreboard::random_figures(static_cast<std::uint32_t>(i));
    for (const testing::Rendering& sample : samples(figures, static_cast<std::uint32_t>(i + 1))) {
      Layout& layout = layouts[{sample.format, sample.layout}];
      scoreboard::score_document(sample.bytes, scoreboard::truth_of(sample), false, layout.score);
      if (i > 0) continue;
      layout.bytes = sample.bytes.size();
      layout.seconds = whole_reading_seconds(sample.bytes);
    }
  }
  fmt::print("| format | layout | right | wrong | invented | missed | organ | year | kB | µs |\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const auto& [name, layout] : layouts) {
    const auto& [documents, read, status, before, organ, year, cells, confidence] = layout.score;
    fmt::print("| {} | {} | {} | {} | {} | {} | {}/{} | {}/{} | {:.1f} | {:.0f} |\n", name.first, name.second, cells.right, cells.wrong, cells.invented,
               cells.missed, organ.right, organ.documents(), year.right, year.documents(), static_cast<double>(layout.bytes) / 1000, layout.seconds * kMicro);
  }
}

void print_ratio(std::string_view what, double ours, std::string_view baseline, double theirs) {
  if (theirs <= 0) return fmt::print("| {} | {:.2f} | {} | not installed | |\n", what, ours * kMicro, baseline);
  const bool is_faster = ours < theirs;
  fmt::print("| {} | {:.2f} | {} | {:.2f} | {:.3g} × {} |\n", what, ours * kMicro, baseline, theirs * kMicro, is_faster ? theirs / ours : ours / theirs,
             is_faster ? "faster" : "as long");
}

void print_page(const std::string& name, const std::string& page) {
  const parser::Source source{page, "text/html", {}};
  const double copy = copy_seconds(page);
  const double extracted = shortest([&] { benchmark::DoNotOptimize(parser::extract(source)); });
  const double values = shortest([&] { benchmark::DoNotOptimize(first_values(source, Edition::k2019)); });
  print_ratio(name + ": blocks and grids", extracted, "memcpy", copy);
  print_ratio(name + ": values, first reading", values, "memcpy", copy);
  print_ratio(name + ": whole reading", whole_reading_seconds(page), "memcpy", copy);
  print_ratio(name + ": values, first reading", values, "gumbo parse and walk", gumbo_seconds(page));
}

void print_docx(const std::string& docx) {
  const parser::Source source{docx, {}, {}};
  const double inflate = inflate_seconds(docx);
  const std::string name = fmt::format("DOCX, XML of {} kB", unpacked_bytes(docx) / 1000);
  print_ratio(name + ": blocks and grids", shortest([&] { benchmark::DoNotOptimize(parser::extract(source)); }), "libdeflate, inflate", inflate);
  print_ratio(name + ": values, first reading", shortest([&] { benchmark::DoNotOptimize(first_values(source, Edition::k2019)); }), "libdeflate, inflate", inflate);
}

void print_pdf(const std::string& name, const std::string& pdf) {
  const double pages = shortest([&] { benchmark::DoNotOptimize(parser::read_pdf(pdf)); }, 15);
  print_ratio("PDF, " + name + ": characters and lines", pages, "poppler, page walk", poppler_seconds(pdf));
  const double tables = shortest([&] {
    auto outcome = parser::read_pdf(pdf);
    if (const auto* content = std::get_if<parser::PdfContent>(&outcome)) benchmark::DoNotOptimize(parser::lay_out(content->pages));
  }, 15);
  print_ratio("PDF, " + name + ": tables", tables, "pdfplumber, tables", pdfplumber_seconds(pdf));
}

void print_decoding(const std::string& name, const std::string& utf8) {
  const std::string bytes = testing::gb18030_by_iconv(utf8);
  print_ratio("GB18030, " + name, shortest([&] { benchmark::DoNotOptimize(utf8_from_gb18030(bytes)); }), "iconv", iconv_seconds(bytes));
}

// The way to a worker and back, on the clock on the wall: a page there, an answer of its size back.
void print_hop(const std::string& page) {
  runtime::WorkerPoolOptions options;
  options.kind = kEchoKind;
  options.workers = 1;
  const auto pool = runtime::WorkerPool::create(options);
  if (!pool) return fmt::print("| worker hop | {} | | | |\n", pool.error().message);
  double best = 1e9;
  for (int i = 0; i < 2'000; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (!(*pool)->call(page)) return fmt::print("| worker hop | the worker died | | | |\n");
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  fmt::print("| worker hop, {} kB there and back | {:.2f} | | | |\n", page.size() / 1000, best * kMicro);
}

void print_baselines(const std::vector<std::string>& files) {
  const testing::ReportFigures figures = testing::made_up_figures(2019, 2019);
  const std::string clean = clean_page(figures), word = word_page(figures);
  fmt::print("\n| | µs | baseline | its µs | ratio |\n|---|---|---|---|---|\n");
  print_page("Word-made page of 235 kB", word);
  print_page("clean page of 15 kB", clean);
  std::string prose;
  for (int i = 0; i < 300; ++i) prose += "本机关把门户网站的栏目重新理过一遍，常用的办事指南排在前面，过期的文件单独归档。";
  print_decoding("Word-made page", word);
  print_decoding("clean page", clean);
  print_decoding("prose", prose);
  for (const testing::Rendering& sample : samples(figures, 1)) {
    if (sample.format == "docx" && sample.layout == "plain") print_docx(sample.bytes);
    if (sample.format == "pdf") print_pdf(sample.layout, sample.bytes);
    if (sample.format != "doc" || sample.layout != "plain") continue;
    const parser::Source source{sample.bytes, {}, {}};
    fmt::print("| DOC: blocks and grids | {:.2f} | | | |\n", shortest([&] { benchmark::DoNotOptimize(parser::extract(source)); }) * kMicro);
  }
  for (const std::string& path : files) {
    std::ifstream file(path, std::ios::binary);
    print_pdf(path.substr(path.rfind('/') + 1), std::string(std::istreambuf_iterator<char>(file), {}));
  }
  print_hop(clean);
}

}  // namespace
}  // namespace gouji::bench

int main(int argc, char** argv) {
  if (!gouji::runtime::worker_kind(argc, argv).empty()) return gouji::runtime::run_worker([](std::string_view request) { return std::string(request); });
  int grids = 20;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--grids" && i + 1 < argc) {
      grids = std::atoi(argv[++i]);
    } else {
      files.emplace_back(argv[i]);
    }
  }
  gouji::bench::print_layouts(grids);
  gouji::bench::print_baselines(files);
}
