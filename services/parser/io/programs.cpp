#include "services/parser/io/programs.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "common/runtime/program_run.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/core/read.h"
#include "services/parser/core/sniff.h"

namespace gouji::parser {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr std::int64_t kMebibyte = 1024 * 1024;

Aid missing(const Need& need, std::string_view program, std::string_view package) {
  return failed(need, "NOT_INSTALLED",
                fmt::format("未安装 {0}（Debian 软件包 {1}） / {0} is not installed (Debian package {1})", program, package));
}

Aid failed_with(const Need& need, const Error& error) {
  if (error.code == ErrorCode::kTimeout)
    return failed(need, "TIMEOUT", "外部程序超时 / an outside program took too long: " + error.message);
  return failed(need, "FAILED", "外部程序失败 / an outside program failed: " + error.message);
}

Error ended_badly(std::string_view program, const runtime::ProgramEnd& end) {
  return invalid_input(ErrorCode::kUnreadable,
                       fmt::format("{} ended with {}: {}", program, end.exit_code, end.complaints));
}

std::chrono::milliseconds left_until(Time deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds(1));
}

runtime::ProgramRun small_run(const ProgramPaths& paths, const std::string& program, const std::string& folder, std::chrono::milliseconds deadline) {
  runtime::ProgramRun run;
  run.program = program;
  run.launcher = paths.launcher;
  run.folder = folder;
  run.deadline = deadline;
  run.memory_bytes_max = 1024 * kMebibyte;
  run.file_bytes_max = 64 * kMebibyte;
  return run;
}

// gouji-ocr over one picture of the folder.
Result<std::string> recognise_file(const ProgramPaths& paths, const std::string& folder, const std::string& name, Time deadline) {
  runtime::ProgramRun run = small_run(paths, paths.ocr, folder, left_until(deadline));
  run.input = folder + "/" + name;
  run.environment = {"OMP_THREAD_LIMIT=1"};
  run.memory_bytes_max = 1536 * kMebibyte;
  run.output_bytes_max = kOcrOutputBytesMax;
  if (!paths.ocr_models.empty()) {
    run.arguments = {"--models", paths.ocr_models};
    run.readable = {paths.ocr_models};
  }
  GOUJI_ASSIGN(runtime::ProgramEnd end, runtime::run_program(run));
  if (end.exit_code != 0) return ended_badly("gouji-ocr", end);
  return std::move(end.output);
}

// One page as page.pgm. Scans put any size into the page's box, so the picture's width is asked for:
// that of A4 at 300 dots an inch.
Result<void> draw_page(const ProgramPaths& paths, const std::string& folder, std::int32_t page, Time deadline) {
  runtime::ProgramRun run = small_run(paths, paths.pdftoppm, folder, left_until(deadline));
  const std::string number = std::to_string(page);
  run.arguments = {"-gray", "-scale-to-x", "2480", "-scale-to-y", "-1", "-f", number, "-l", number, "-singlefile", "in.pdf", "page"};
  GOUJI_ASSIGN(const runtime::ProgramEnd end, runtime::run_program(run));
  if (end.exit_code != 0) return ended_badly("pdftoppm", end);
  return ok();
}

constexpr int kNoModels = 69;  // of gouji-ocr

bool says_no_models(const Error& error) { return error.message.find(fmt::format("ended with {}", kNoModels)) != std::string::npos; }

Aid ocr_failed(const Need& need, const Error& error) {
  if (says_no_models(error)) return missing(need, "tesseract 模型 chi_sim、eng", "tesseract-ocr-chi-sim, tesseract-ocr-eng");
  return failed_with(need, error);
}

// LibreOffice chooses its reader by the name of the file.
std::string ending_of(std::string_view bytes, const Need& need) {
  switch (sniff(bytes)) {
    case Format::kRtf: return "rtf";
    case Format::kDocx: return "docx";
    case Format::kOdt: return "odt";
    case Format::kOds: return "ods";
    default: return need.why == "XLS_NOT_READ" ? "xls" : "doc";
  }
}

std::string found(std::string wanted, std::string_view name) {
  if (wanted == "off") return {};
  return wanted.empty() ? runtime::find_program(name) : wanted;
}

}  // namespace

ProgramPaths find_programs(ProgramPaths wanted) {
  return {found(std::move(wanted.ocr), "gouji-ocr"), std::move(wanted.ocr_models), found(std::move(wanted.pdftoppm), "pdftoppm"),
          found(std::move(wanted.pdftotext), "pdftotext"), found(std::move(wanted.soffice), "soffice"), std::move(wanted.launcher)};
}

Aid Programs::run(const Need& need, std::string_view bytes) const {
  switch (need.program) {
    case Program::kOcr: return sniff(bytes) == Format::kPdf ? recognise_pages(need, bytes) : recognise(need, bytes);
    case Program::kPoppler: return words_of_pdf(need, bytes);
    case Program::kSoffice: return convert(need, bytes);
  }
  return not_installed(need);
}

Aid Programs::recognise(const Need& need, std::string_view bytes) const {
  if (paths_.ocr.empty()) return missing(need, "gouji-ocr", "libtesseract-dev, libleptonica-dev");
  const Time deadline = std::chrono::steady_clock::now() + deadline_;
  const auto folder = runtime::PrivateFolder::create();
  if (!folder) return failed_with(need, folder.error());
  if (const auto written = folder->write("picture", bytes); !written) return failed_with(need, written.error());
  auto output = recognise_file(paths_, folder->path(), "picture", deadline);
  if (!output) return ocr_failed(need, output.error());
  return {need.program, need.part, std::move(*output), std::nullopt};
}

// Page by page: what was recognised before the time was over, or a page failed, is kept.
Aid Programs::recognise_pages(const Need& need, std::string_view pdf) const {
  if (paths_.ocr.empty()) return missing(need, "gouji-ocr", "libtesseract-dev, libleptonica-dev");
  if (paths_.pdftoppm.empty()) return missing(need, "pdftoppm", "poppler-utils");
  const Time deadline = std::chrono::steady_clock::now() + deadline_;
  const auto folder = runtime::PrivateFolder::create();
  if (!folder) return failed_with(need, folder.error());
  if (const auto written = folder->write("in.pdf", pdf); !written) return failed_with(need, written.error());
  Aid aid{need.program, need.part, {}, std::nullopt};
  const auto stop_at = [&](std::int32_t page, Aid why) {
    why.failure->message = fmt::format("第 {} 页起 / from page {}: {}", page, page, why.failure->message);
    aid.failure = std::move(why.failure);
    return std::move(aid);
  };
  for (std::size_t i = 0; i < need.pages.size(); ++i) {
    if (i >= kRecognisedPagesMax)
      return stop_at(need.pages[i], failed(need, "PAGES", fmt::format("最多识别 {0} 页 / at most {0} pages are recognised", kRecognisedPagesMax)));
    if (const auto drawn = draw_page(paths_, folder->path(), need.pages[i], deadline); !drawn)
      return stop_at(need.pages[i], failed_with(need, drawn.error()));
    const auto output = recognise_file(paths_, folder->path(), "page.pgm", deadline);
    if (!output) return stop_at(need.pages[i], ocr_failed(need, output.error()));
    if (aid.output.size() + output->size() > kOcrOutputBytesMax)
      return stop_at(need.pages[i], failed(need, "FAILED", "识别结果过大 / the output is too large"));
    aid.output += *output;
  }
  return aid;
}

Aid Programs::words_of_pdf(const Need& need, std::string_view pdf) const {
  if (paths_.pdftotext.empty()) return missing(need, "pdftotext", "poppler-utils, poppler-data");
  const auto folder = runtime::PrivateFolder::create();
  if (!folder) return failed_with(need, folder.error());
  if (const auto written = folder->write("in.pdf", pdf); !written) return failed_with(need, written.error());
  runtime::ProgramRun run = small_run(paths_, paths_.pdftotext, folder->path(), deadline_);
  run.arguments = {"-bbox", "-enc", "UTF-8", "in.pdf", "-"};
  auto end = runtime::run_program(run);
  if (!end) return failed_with(need, end.error());
  // poppler ends well without text, and badly with some: the text decides.
  if (end->output.find("<word ") == std::string::npos) return failed_with(need, ended_badly("pdftotext", *end));
  return {need.program, need.part, std::move(end->output), std::nullopt};
}

Aid Programs::convert(const Need& need, std::string_view bytes) const {
  if (paths_.soffice.empty()) return missing(need, "soffice", "libreoffice-writer-nogui, libreoffice-calc-nogui");
  const auto folder = runtime::PrivateFolder::create();
  if (!folder) return failed_with(need, folder.error());
  const std::string name = "in." + ending_of(bytes, need);
  const bool is_sheet = name == "in.xls" || name == "in.ods";
  if (const auto written = folder->write(name, bytes); !written) return failed_with(need, written.error());
  runtime::ProgramRun run = small_run(paths_, paths_.soffice, folder->path(), deadline_);
  run.may_start_others = true;
  run.memory_bytes_max = 3072 * kMebibyte;
  // A profile of its own, made anew: no macros, no recent files, no extensions.
  run.arguments = {"-env:UserInstallation=file://" + folder->path() + "/profile", "--headless", "--norestore", "--nolockcheck",
                   "--nodefault", "--convert-to", is_sheet ? "xlsx:Calc MS Excel 2007 XML" : "docx:MS Word 2007 XML", "--outdir", folder->path() + "/out", name};
  const auto end = runtime::run_program(run);
  if (!end) return failed_with(need, end.error());
  auto converted = folder->read(is_sheet ? "out/in.xlsx" : "out/in.docx", kInputBytesMax);
  if (!converted) return failed_with(need, ended_badly("soffice", *end));
  return {need.program, need.part, std::move(*converted), std::nullopt};
}

}  // namespace gouji::parser
