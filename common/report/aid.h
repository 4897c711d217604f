// Programs outside the worker that look at a document when the worker's own readers do not suffice:
// what is asked of them, and what came of it. They run between two requests to a worker; what they
// print is as untrusted as the document itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/report/reading.h"

namespace gouji {

enum class Program : std::uint8_t {
  kPoppler,  // pdftotext -bbox-layout: words with boxes, as XHTML
  kOcr,      // gouji-ocr: pages as the picture shows them, in its own format (core/ocr/ocr_output.h)
  kSoffice,  // LibreOffice: the same document as DOCX
};
std::string_view to_string(Program program);  // "POPPLER", "OCR", "SOFFICE"

struct Need {
  Program program = Program::kOcr;
  std::string why;                  // for the log: "page 3 is a picture"
  std::vector<std::int32_t> pages;  // of a PDF, for kOcr: the pages to look at, from 1; empty = all
  std::int32_t part = 0;            // 0 = the document itself, n = its n-th attachment
};

struct Aid {
  Program program = Program::kOcr;
  std::int32_t part = 0;
  std::string output;             // empty where there is none
  std::optional<Reason> failure;  // why there is none, or not all: OCR_NOT_INSTALLED, OCR_TIMEOUT, ...
};

// A worker's answer: the reading or refusal, or what it needs before it can give one.
using ReadAnswer = std::variant<Reading, Refusal, Need>;

}  // namespace gouji
