#include "services/parser/core/zip_extract.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/render_doc.h"
#include "tests/support/render_office.h"
#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

using testing::zip_of;
using testing::ZipPart;

const std::string kForm = "<html><body><h1>政府信息公开申请表</h1><p>" + std::string(30'000, 'x') + "</p></body></html>";

std::string report(std::uint32_t seed = 1) { return testing::render_docx(testing::made_up_figures(2021, 2021, seed)); }

TEST(ZipOfDocuments, TheReportInItIsRead) {
  const std::string bytes = report();
  const Document alone = document_of(bytes);
  for (const std::vector<ZipPart>& parts : {std::vector<ZipPart>{{"\xC4\xEA\xB1\xA8/", "", false}, {"\xC4\xEA\xB1\xA8/a.docx", bytes}, {"__MACOSX/._a.docx", "x"}},
                                            {{"form.html", kForm}, {"a.docx", bytes}}, {{"a.docx", bytes}, {"form.html", kForm}}, {{"a.docx", bytes}, {"b.rar", "Rar!\x1A\x07"}}}) {
    const std::string zip = zip_of(parts);
    const Document document = document_of(zip);
    EXPECT_EQ(document.text, alone.text);
    EXPECT_EQ(document.format, "docx");
    const Where where = document.where(document.blocks.front().text);
    EXPECT_GT(where.begin, 0);
    EXPECT_LT(where.end, static_cast<std::int64_t>(zip.size()));
  }
}

TEST(ZipOfDocuments, IsRefusedWhereNothingTellsWhichOneIsMeant) {
  EXPECT_EQ(code_of(zip_of({{"2021.docx", report(1)}, {"2022.docx", report(2)}})), "ZIP_OF_DOCUMENTS");
  EXPECT_EQ(code_of(zip_of(std::vector<ZipPart>(65, {"a.txt", "一、总体情况"}))), "ZIP_OF_DOCUMENTS");
}

TEST(ZipOfDocuments, IsRefusedWithoutADocument) {
  const std::string inner = zip_of({{"a.docx", report()}});
  std::ifstream file("tests/samples/scan_2021.png", std::ios::binary);
  const std::string scan{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(code_of(zip_of({{"inner.zip", inner}})), "ZIP_WITHOUT_DOCUMENT");
  EXPECT_EQ(code_of(zip_of({{"page1.png", scan}, {"page2.png", scan}})), "ZIP_WITHOUT_DOCUMENT");
  EXPECT_EQ(code_of(zip_of({})), "ZIP_WITHOUT_DOCUMENT");
  EXPECT_EQ(code_of(zip_of({{"a.docx", testing::ole_of({{"EncryptedPackage", "x"}})}})), "ENCRYPTED");
}

}  // namespace
}  // namespace gouji::parser
