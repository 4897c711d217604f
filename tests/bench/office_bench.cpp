// Office files against the bare cost of their container, measured in the same run: a DOCX against
// unpacking its body with libdeflate, the others in time alone. GOUJI_OFFICE_FILES may name a folder
// with further files (000.docx, ...), whose extraction is timed as well.
#include <benchmark/benchmark.h>
#include <libdeflate.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "services/parser/core/extract.h"
#include "services/parser/core/office/zip.h"
#include "tests/support/render_office.h"

namespace gouji {
namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

// Shortest of many timings of `repeat` calls, in seconds a call.
template <typename Call>
double shortest(int repeat, Call call) {
  double best = 1e9;
  for (int round = 0; round < 60; ++round) {
    const auto begin = steady_clock::now();
    for (int i = 0; i < repeat; ++i) call();
    best = std::min(best, duration<double>(steady_clock::now() - begin).count() / repeat);
  }
  return best;
}

// Seconds that libdeflate takes for word/document.xml, into memory that is there already.
double inflate_seconds(std::string_view docx, benchmark::State& state) {
  const auto archive = parser::ZipArchive::open(docx);
  const parser::ZipEntry* const entry = archive ? archive->find("word/document.xml") : nullptr;
  if (entry == nullptr) return 0;
  std::vector<char> target(entry->unpacked_bytes);
  libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  const double seconds = shortest(20, [&] {
    libdeflate_deflate_decompress(decompressor, docx.data() + entry->data, entry->packed_bytes,
                                  target.data(), target.size(), nullptr);
    benchmark::ClobberMemory();
  });
  libdeflate_free_decompressor(decompressor);
  state.counters["xml_kB"] = static_cast<double>(entry->unpacked_bytes) / 1000;
  return seconds;
}

void extract_file(benchmark::State& state, const std::string& bytes) {
  const parser::Source source{bytes, {}, {}};
  if (!std::holds_alternative<Document>(parser::extract(source)))
    return state.SkipWithError("not read");
  for (auto step : state) {
    auto outcome = parser::extract(source);
    benchmark::DoNotOptimize(outcome);
  }
  const double ours = shortest(5, [&] { benchmark::DoNotOptimize(parser::extract(source)); });
  state.counters["us"] = ours * 1e6;
  state.counters["kB"] = static_cast<double>(bytes.size()) / 1000;
  if (!bytes.starts_with("PK")) return;
  if (const double bare = inflate_seconds(bytes, state); bare > 0)
    state.counters["times_inflate"] = ours / bare;
}

void register_files() {
  const testing::ReportFigures figures = testing::made_up_figures(2019, 2019);
  const auto add = [](const std::string& name, const std::string& bytes) {
    benchmark::RegisterBenchmark(name.c_str(), [bytes](benchmark::State& state) { extract_file(state, bytes); });
  };
  add("made.docx", testing::render_docx(figures));
  add("made.rtf", testing::render_rtf(figures));
  add("made.xlsx", testing::render_xlsx(figures));
  const char* const folder = std::getenv("GOUJI_OFFICE_FILES");
  if (folder == nullptr) return;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream stream(file.path(), std::ios::binary);
    add(file.path().filename().string(), std::string(std::istreambuf_iterator<char>(stream), {}));
  }
}

[[maybe_unused]] const bool kIsRegistered = (register_files(), true);

}  // namespace
}  // namespace gouji
