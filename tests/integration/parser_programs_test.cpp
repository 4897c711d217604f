// Scans and broken documents through the worker and the programs beside it, as the service runs them.
// What needs a program that is not installed is skipped, and says so.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>

#include <gtest/gtest.h>

#include "common/runtime/program_run.h"
#include "common/runtime/worker_pool.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/core/pdf/bbox_extract.h"
#include "services/parser/core/read.h"
#include "services/parser/io/programs.h"
#include "services/parser/worker.h"
#include "tests/support/render_html.h"

namespace gouji::parser {
namespace {

using namespace std::chrono_literals;

std::string bin() { return std::getenv("GOUJI_BIN"); }

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A report made up, printed, and drawn as a picture: 1620 x 2988 pixels.
std::string scan() { return bytes_of("tests/samples/scan_2021.png"); }

ProgramPaths paths() {
  ProgramPaths wanted;
  wanted.launcher = bin() + "/gouji-parser";
  if (std::filesystem::exists(bin() + "/gouji-ocr")) wanted.ocr = bin() + "/gouji-ocr";
  return find_programs(std::move(wanted));
}

std::unique_ptr<runtime::WorkerPool> worker() {
  runtime::WorkerPoolOptions options;
  options.kind = kWorkerKind;
  options.workers = 1;
  options.program = bin() + "/gouji-parser";
  return std::move(*runtime::WorkerPool::create(options));
}

ReadOutcome outcome_of(std::string bytes, const ProgramPaths& with, std::chrono::milliseconds deadline = 100s) {
  const auto pool = worker();
  const Programs programs(with, deadline);
  events::ReadRequest request;
  request.body = std::move(bytes);
  request.location_id = "0123";
  const auto outcome = reader_over(*pool, [&](const Need& need, std::string_view of) { return programs.run(need, of); })(request);
  EXPECT_TRUE(outcome.has_value());
  return outcome ? *outcome : ReadOutcome(Refusal{});
}

Reading reading_of(std::string bytes, const ProgramPaths& with, std::chrono::milliseconds deadline = 100s) {
  ReadOutcome outcome = outcome_of(std::move(bytes), with, deadline);
  if (auto* reading = std::get_if<Reading>(&outcome)) return std::move(*reading);
  ADD_FAILURE() << std::get<Refusal>(outcome).reason.code << ": " << std::get<Refusal>(outcome).reason.message;
  return {};
}

Reading truth() {
  auto figures = testing::made_up_figures(2021, 2021, 7);
  const std::string page = testing::render_clean_html(figures);
  Input input;
  input.bytes = page;
  input.media_type = "text/html";
  input.location_id = "0123";
  return std::get<Reading>(read(input, OrganDirectory::empty()));
}

struct Score {
  int right = 0, wrong = 0, unread = 0;
};

Score score_of(const Reading& reading) {
  Score score;
  const Reading printed = truth();
  for (std::size_t t = 0; t < printed.tables.size(); ++t) {
    for (std::size_t i = 0; i < printed.tables[t].cells.size(); ++i) {
      const bool is_there = t < reading.tables.size() && i < reading.tables[t].cells.size();
      const Cell cell = is_there ? reading.tables[t].cells[i] : Cell{};
      const bool is_unread = cell.state == CellState::kUnreadable || cell.state == CellState::kAbsent;
      ++(cell == printed.tables[t].cells[i] ? score.right : is_unread ? score.unread : score.wrong);
    }
  }
  return score;
}

// The picture's compressed rows as the picture of a PDF's only page.
std::string pdf_of(const std::string& png) {
  std::string rows;
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const auto size = static_cast<std::size_t>(std::accumulate(png.begin() + static_cast<std::ptrdiff_t>(at), png.begin() + static_cast<std::ptrdiff_t>(at) + 4, 0U,
                                                               [](unsigned sum, char c) { return sum << 8 | static_cast<unsigned char>(c); }));
    if (png.compare(at + 4, 4, "IDAT") == 0) rows += png.substr(at + 8, size);
    at += size + 12;
  }
  const std::string draw = "q 595 0 0 1097 0 0 cm /P Do Q";
  std::string pdf = "%PDF-1.4\n";
  std::vector<std::size_t> places;
  const auto add = [&](const std::string& object) {
    places.push_back(pdf.size());
    pdf += std::to_string(places.size()) + " 0 obj\n" + object + "\nendobj\n";
  };
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
  add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 1097] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >>");
  add("<< /Length " + std::to_string(draw.size()) + " >>\nstream\n" + draw + "\nendstream");
  add("<< /Type /XObject /Subtype /Image /Width 1620 /Height 2988 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
      "/DecodeParms << /Predictor 15 /Colors 1 /BitsPerComponent 8 /Columns 1620 >> /Length " +
      std::to_string(rows.size()) + " >>\nstream\n" + rows + "\nendstream");
  const std::size_t table = pdf.size();
  pdf += "xref\n0 6\n0000000000 65535 f \n";
  for (const std::size_t place : places) {
    std::string number = std::to_string(place);
    pdf += std::string(10 - number.size(), '0') + number + " 00000 n \n";
  }
  return pdf + "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
}

bool is_ocr_there() {
  if (paths().ocr.empty()) return false;
  const Aid aid = Programs(paths(), 100s).run({Program::kOcr, "", {}, 0}, "P5\n1 1\n255\n\xFF");
  return !aid.failure || aid.failure->code != "OCR_NOT_INSTALLED";
}

constexpr const char* kNoOcr = "gouji-ocr is not built, or tesseract's models chi_sim and eng are not installed";

TEST(Scan, IsReadCellByCellAndNothingIsReadWrong) {
  if (!is_ocr_there()) GTEST_SKIP() << kNoOcr;
  const Reading reading = reading_of(scan(), paths());
  EXPECT_EQ(reading.year, 2021);
  EXPECT_EQ(reading.organ_name, "临河市人民政府");
  const Score score = score_of(reading);
  EXPECT_EQ(score.wrong, 0);
  EXPECT_GE(score.right, 194) << "of 200";
  ASSERT_EQ(reading.tables.size(), 3U);
  EXPECT_EQ(reading.tables[1].where.front().page, 1);
}

TEST(Scan, InAPdfIsDrawnAndRead) {
  if (!is_ocr_there()) GTEST_SKIP() << kNoOcr;
  if (paths().pdftoppm.empty()) GTEST_SKIP() << "pdftoppm (poppler-utils) is not installed";
  const Reading reading = reading_of(pdf_of(scan()), paths());
  EXPECT_EQ(reading.media_type, "application/pdf");
  const Score score = score_of(reading);
  EXPECT_EQ(score.wrong, 0);
  // Drawn at half as many dots again as the picture has: softer, so the readers differ more often.
  EXPECT_GE(score.right, 180) << "of 200";
}

TEST(Scan, WithoutAnOcrProgramIsPublishedInPart) {
  for (const std::string& bytes : {scan(), pdf_of(scan())}) {
    ProgramPaths none;
    none.launcher = bin() + "/gouji-parser";
    const Reading reading = reading_of(bytes, none);
    EXPECT_EQ(reading.status, ReadingStatus::kPartial);
    ASSERT_TRUE(reading.reason);
    EXPECT_EQ(reading.reason->code, "OCR_NOT_INSTALLED");
    EXPECT_NE(reading.reason->message.find("libtesseract-dev"), std::string::npos) << reading.reason->message;
    for (const TableReading& table : reading.tables) EXPECT_EQ(table.status, TableStatus::kNotInText);
  }
}

TEST(Scan, ThatTakesTooLongIsPublishedInPart) {
  ProgramPaths slow = paths();
  const auto folder = runtime::PrivateFolder::create();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(folder->write("slow", "#!/bin/bash\nwhile :; do :; done\n"));
  slow.ocr = folder->path() + "/slow";
  chmod(slow.ocr.c_str(), 0700);
  const Reading reading = reading_of(scan(), slow, 1s);
  EXPECT_EQ(reading.status, ReadingStatus::kPartial);
  EXPECT_EQ(reading.reason.value().code, "OCR_TIMEOUT");
}

TEST(Scan, WhoseProgramCrashesIsPublishedInPart) {
  const auto folder = runtime::PrivateFolder::create();
  ASSERT_TRUE(folder);
  ProgramPaths broken = paths();
  broken.ocr = folder->path() + "/broken";
  for (const char* script : {"#!/bin/bash\nkill -SEGV $$\n", "#!/bin/bash\necho gouji-ocr 1\n"}) {
    ASSERT_TRUE(folder->write("broken", script));
    chmod(broken.ocr.c_str(), 0700);
    const Reading reading = reading_of(scan(), broken);
    EXPECT_EQ(reading.status, ReadingStatus::kPartial);
    EXPECT_EQ(reading.reason.value().code, "OCR_FAILED") << script;
  }
}

TEST(WordFile, ThatOurReaderRefusesIsConverted) {
  const auto folder = runtime::PrivateFolder::create();
  ASSERT_TRUE(folder);
  // In LibreOffice's place: what it is asked for, and a file that is no DOCX.
  ASSERT_TRUE(folder->write("soffice", "#!/bin/bash\nmkdir out; echo PK > out/in.docx; printf '%s|' \"$@\" >&2\n"));
  ProgramPaths with = paths();
  with.soffice = folder->path() + "/soffice";
  chmod(with.soffice.c_str(), 0700);
  const std::string word = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(2000, '\0');
  const Aid aid = Programs(with, 20s).run({Program::kSoffice, "", {}, 0}, word);
  EXPECT_FALSE(aid.failure);
  EXPECT_EQ(aid.output, "PK\n");
  const ReadOutcome outcome = outcome_of(word, with);
  ASSERT_TRUE(std::holds_alternative<Refusal>(outcome));
  with.soffice.clear();
  const ReadOutcome without = outcome_of(word, with);
  ASSERT_TRUE(std::holds_alternative<Refusal>(without));
  EXPECT_NE(std::get<Refusal>(without).reason.message.find("libreoffice"), std::string::npos);
}

TEST(OtherOfficeFile, IsConvertedToWhatOurReadersRead) {
  const auto folder = runtime::PrivateFolder::create();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(folder->write("soffice", "#!/bin/bash\nmkdir out; for name; do :; done; echo \"$name\" | tee out/in.docx > out/in.xlsx; case \"$*\" in *xlsx:*) rm out/in.docx;; *) rm out/in.xlsx;; esac\n"));
  ProgramPaths with = paths();
  with.soffice = folder->path() + "/soffice";
  chmod(with.soffice.c_str(), 0700);
  const auto name_of = [&](const std::string& bytes, const char* why) { return Programs(with, 20s).run({Program::kSoffice, why, {}, 0}, bytes).output; };
  const std::string ole = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(2000, '\0');
  const std::string open_document = "PK\3\4" + std::string(26, '\0') + "mimetypeapplication/vnd.oasis.opendocument.";
  EXPECT_EQ(name_of(ole, "XLS_NOT_READ"), "in.xls\n");
  EXPECT_EQ(name_of(ole, "MALFORMED_DOC"), "in.doc\n");
  EXPECT_EQ(name_of(open_document + "text", "ODF_NOT_READ"), "in.odt\n");
  EXPECT_EQ(name_of(open_document + "spreadsheet", "ODF_NOT_READ"), "in.ods\n");
}

TEST(WordFile, IsConvertedByLibreOfficeBehindItsWalls) {
  if (paths().soffice.empty()) GTEST_SKIP() << "soffice (libreoffice-writer-nogui) is not installed";
  const Aid aid = Programs(paths(), 100s).run({Program::kSoffice, "", {}, 0}, "{\\rtf1 Report 2021\\par}");
  ASSERT_FALSE(aid.failure) << aid.failure->message;
  const ExtractOutcome outcome = extract({aid.output, {}, {}, {}});
  ASSERT_TRUE(std::holds_alternative<Document>(outcome));
  EXPECT_NE(std::get<Document>(outcome).text.find("Report 2021"), std::string::npos);
}

TEST(BrokenPdf, IsReadByPopplerWordByWord) {
  if (paths().pdftotext.empty()) GTEST_SKIP() << "pdftotext (poppler-utils) is not installed";
  const std::string text = "BT /F 20 Tf 72 700 Td (Report 2021) Tj ET";
  const std::string pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
                          "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F << /Type /Font "
                          "/Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nendobj\n4 0 obj\n<< /Length " + std::to_string(text.size()) +
                          " >>\nstream\n" + text + "\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n";
  const Aid aid = Programs(paths(), 100s).run({Program::kPoppler, "", {}, 0}, pdf);
  ASSERT_FALSE(aid.failure) << aid.failure->message;
  const ExtractOutcome outcome = extract_bbox(aid.output);
  ASSERT_TRUE(std::holds_alternative<Document>(outcome));
  EXPECT_NE(std::get<Document>(outcome).text.find("2021"), std::string::npos) << std::get<Document>(outcome).text;
  const Aid nothing = Programs(paths(), 100s).run({Program::kPoppler, "", {}, 0}, "%PDF-1.4 and nothing else");
  ASSERT_TRUE(nothing.failure);
  EXPECT_EQ(nothing.failure->code, "POPPLER_FAILED");
}

}  // namespace
}  // namespace gouji::parser
