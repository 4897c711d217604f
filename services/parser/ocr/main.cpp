// gouji-ocr: a picture on standard input, what stands on it on standard output (core/ocr/ocr_output.h).
// A program of its own, so that no service links tesseract, and the parser works where it is absent.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "common/runtime/sandbox.h"
#include "gouji/version.h"
#include "services/parser/ocr/page_reader.h"

namespace {

using namespace gouji;

constexpr std::size_t kInputBytesMax = 160 * 1024 * 1024;
constexpr std::int64_t kMemoryBytesMax = 1536LL * 1024 * 1024;

// Of sysexits.h.
constexpr int kUsage = 64, kBadPicture = 65, kNoModels = 69, kNoWalls = 71;

constexpr char kHelp[] =
    "用法 / usage: gouji-ocr [--models DIR] <PICTURE | cat\n"
    "识别标准输入的图片，结果写到管道 / reads the picture on standard input and prints what stands on it to a pipe\n"
    "  --models DIR  tesseract 模型 chi_sim、eng 所在目录 / folder of the models chi_sim and eng\n"
    "  --version     版本 / version\n";

std::string read_all() {
  std::string bytes;
  std::string part(1 << 20, '\0');
  for (ssize_t got = 0; bytes.size() <= kInputBytesMax && (got = read(STDIN_FILENO, part.data(), part.size())) > 0;)
    bytes.append(part, 0, static_cast<std::size_t>(got));
  return bytes;
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

int complain(int code, const std::string& message) {
  std::fprintf(stderr, "gouji-ocr: %s\n", message.c_str());
  return code;
}

// The parallel loops of tesseract make small pieces four times slower, and the library that runs them
// looks at this variable when it is loaded.
void run_again_without_threads(char** argv) {
  if (std::getenv("OMP_THREAD_LIMIT") != nullptr) return;
  setenv("OMP_THREAD_LIMIT", "1", 1);
  execv("/proc/self/exe", argv);
}

Result<std::string> recognise(parser::ocr::PageReader& reader, std::string_view picture) {
  GOUJI_ASSIGN(const int count, parser::ocr::count_pages(picture));
  std::vector<parser::OcrPage> pages;
  for (int i = 0; i < count; ++i) {
    GOUJI_ASSIGN(const parser::ocr::Picture page, parser::ocr::open_page(picture, i));
    pages.push_back(reader.read(page));
  }
  return parser::write_ocr_output(pages);
}

int run(const std::string& models) {
  auto reader = parser::ocr::PageReader::load(models);
  if (!reader) return complain(kNoModels, reader.error().message);
  const std::string picture = read_all();
  if (picture.size() > kInputBytesMax) return complain(kBadPicture, "the picture's file is too large");
  // From here on nothing is opened, started or connected.
  const auto dropped = runtime::drop_privileges({getppid(), kMemoryBytesMax, STDERR_FILENO});
  if (!dropped) return complain(kNoWalls, dropped.error().message);
  const auto output = recognise(**reader, picture);
  if (!output) return complain(kBadPicture, output.error().message);
  return write_all(*output) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view option = argc > 1 ? argv[1] : "";
  if (option == "--version" && argc == 2) return std::printf("gouji-ocr %s\n", std::string(version()).c_str()) < 0;
  if (option == "--help" && argc == 2) return std::fputs(kHelp, stdout) < 0;
  if (argc != 1 && !(option == "--models" && argc == 3)) return std::fputs(kHelp, stderr), kUsage;
  run_again_without_threads(argv);
  try {
    setMsgSeverity(L_SEVERITY_NONE);
    return run(argc == 3 ? argv[2] : "");
  } catch (const std::exception& error) {  // of tesseract, or out of memory
    return complain(1, error.what());
  }
}
