// Office files against the bare cost of their container, measured in the same run: a DOCX against
// unpacking its body with libdeflate, the others in time alone. GOUJI_OFFICE_FILES may name a folder
// with further files (000.docx, ...), whose extraction is timed as well.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "services/parser/core/extract.h"
#include "tests/bench/baselines.h"
#include "tests/bench/shortest.h"
#include "tests/support/render_office.h"

namespace gouji {
namespace {

void extract_file(benchmark::State& state, const std::string& bytes) {
  const parser::Source source{bytes, {}, {}};
  if (!std::holds_alternative<Document>(parser::extract(source)))
    return state.SkipWithError("not read");
  for (auto step : state) {
    auto outcome = parser::extract(source);
    benchmark::DoNotOptimize(outcome);
  }
  const double ours = bench::shortest([&] { benchmark::DoNotOptimize(parser::extract(source)); });
  state.counters["us"] = ours * 1e6;
  state.counters["kB"] = static_cast<double>(bytes.size()) / 1000;
  if (!bytes.starts_with("PK")) return;
  if (const double bare = bench::inflate_seconds(bytes); bare > 0) {
    state.counters["times_inflate"] = ours / bare;
    state.counters["xml_kB"] = static_cast<double>(bench::unpacked_bytes(bytes)) / 1000;
  }
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
