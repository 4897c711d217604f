// The programs of others that the parser may ask to look at a document: gouji-ocr, poppler's pdftoppm
// and pdftotext, LibreOffice. All are optional; what is missing is said in the report.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/report/aid.h"

namespace gouji::parser {

struct ProgramPaths {
  std::string ocr;         // gouji-ocr; empty = not there, or switched off
  std::string ocr_models;  // folder of chi_sim and eng; empty = where tesseract looks itself
  std::string pdftoppm;
  std::string pdftotext;
  std::string soffice;
  std::string launcher = "/proc/self/exe";  // of run_program; another one only in tests
};

// As in the settings programs.*: empty = looked for beside this program and in $PATH, "off" = never.
ProgramPaths find_programs(ProgramPaths wanted);

class Programs {
 public:
  Programs(ProgramPaths paths, std::chrono::milliseconds deadline) : paths_(std::move(paths)), deadline_(deadline) {}

  // What the program makes of the bytes, or why it did not: codes NOT_INSTALLED, TIMEOUT, PAGES (more
  // than kRecognisedPagesMax), FAILED, behind the program's name. Blocks for the deadline at most, all
  // pages together. Thread-safe.
  Aid run(const Need& need, std::string_view bytes) const;

 private:
  Aid recognise(const Need& need, std::string_view bytes) const;
  Aid recognise_pages(const Need& need, std::string_view pdf) const;
  Aid words_of_pdf(const Need& need, std::string_view pdf) const;
  Aid convert(const Need& need, std::string_view bytes) const;

  const ProgramPaths paths_;
  const std::chrono::milliseconds deadline_;
};

inline constexpr std::size_t kRecognisedPagesMax = 40;

}  // namespace gouji::parser
