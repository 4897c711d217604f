#include "tests/bench/baselines.h"

#include <benchmark/benchmark.h>
#ifdef GOUJI_HAS_GUMBO
#include <gumbo.h>
#endif
#include <iconv.h>
#include <libdeflate.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "services/parser/core/office/zip.h"
#include "tests/bench/shortest.h"
#ifdef GOUJI_BENCH_POPPLER
#include "tests/bench/poppler_walk.h"
#endif

namespace gouji::bench {
namespace {

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

}  // namespace

double copy_seconds(std::string_view bytes) {
  std::vector<char> target(bytes.size());
  return shortest([&] {
    std::memcpy(target.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(target.data());
    benchmark::ClobberMemory();
  });
}

double gumbo_seconds([[maybe_unused]] const std::string& page) {
#ifdef GOUJI_HAS_GUMBO
  return shortest([&] { benchmark::DoNotOptimize(gumbo_figures(page)); }, 15);
#else
  return 0;
#endif
}

std::size_t unpacked_bytes(std::string_view docx) {
  const auto archive = parser::ZipArchive::open(docx);
  const parser::ZipEntry* const entry = archive ? archive->find("word/document.xml") : nullptr;
  return entry == nullptr ? 0 : entry->unpacked_bytes;
}

double inflate_seconds(std::string_view docx) {
  const auto archive = parser::ZipArchive::open(docx);
  const parser::ZipEntry* const entry = archive ? archive->find("word/document.xml") : nullptr;
  if (entry == nullptr) return 0;
  std::vector<char> target(entry->unpacked_bytes);
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> decompressor(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  return shortest([&] {
    libdeflate_deflate_decompress(decompressor.get(), docx.data() + entry->data, entry->packed_bytes, target.data(), target.size(), nullptr);
    benchmark::ClobberMemory();
  });
}

double iconv_seconds(const std::string& bytes) {
  const iconv_t handle = iconv_open("UTF-8", "GB18030");
  std::string output(bytes.size() * 2, '\0');
  const double seconds = shortest([&] {
    char *in = const_cast<char*>(bytes.data()), *out = output.data();
    std::size_t in_left = bytes.size(), out_left = output.size();
    iconv(handle, &in, &in_left, &out, &out_left);
    benchmark::DoNotOptimize(output.data());
  });
  iconv_close(handle);
  return seconds;
}

double poppler_seconds([[maybe_unused]] std::string_view pdf) {
#ifdef GOUJI_BENCH_POPPLER
  return shortest([&] { benchmark::DoNotOptimize(poppler_walk(pdf)); }, 15);
#else
  return 0;
#endif
}

double pdfplumber_seconds(std::string_view pdf) {
  char name[] = "/tmp/gouji_speed_XXXXXX";
  const int file = mkstemp(name);
  if (file < 0) return 0;
  const bool is_written = write(file, pdf.data(), pdf.size()) == static_cast<ssize_t>(pdf.size());
  close(file);
  const std::string command = std::string("python3 tests/bench/pdfplumber_bench.py --total ") + name + " 2>/dev/null";
  double milliseconds = 0;
  const std::unique_ptr<FILE, int (*)(FILE*)> answer(is_written ? popen(command.c_str(), "r") : nullptr, &pclose);
  if (answer && std::fscanf(answer.get(), "%lf", &milliseconds) != 1) milliseconds = 0;
  unlink(name);
  return milliseconds / 1000;
}

}  // namespace gouji::bench
