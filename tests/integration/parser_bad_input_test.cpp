// Whatever comes in, a real worker process answers a reason of its own within the deadline and within
// its memory, and reads the next document as if nothing had been.
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <sstream>

#include <gtest/gtest.h>

#include "common/runtime/sandbox.h"
#include "common/runtime/worker_pool.h"
#include "services/parser/core/read.h"
#include "services/parser/worker.h"
#include "tests/support/render_doc.h"
#include "tests/support/render_office.h"
#include "tests/support/render_pdf.h"
#include "tests/support/seed.h"

namespace gouji::parser {
namespace {

using namespace std::chrono_literals;
using testing::reference;

constexpr std::size_t kMebibyte = 1024 * 1024;
constexpr std::size_t kWorkerBytesMax = 256 * kMebibyte;
// As large as a document may be; without optimisation an eighth of it, for the sake of time.
#if defined(__OPTIMIZE__)
constexpr std::size_t kLarge = kInputBytesMax - kMebibyte;
constexpr bool kIsTimed = true;
#else
constexpr std::size_t kLarge = kInputBytesMax / 8;
constexpr bool kIsTimed = false;
#endif

std::string repeated(std::string_view part, std::size_t bytes = kLarge) {
  std::string text;
  text.reserve(bytes + part.size());
  while (text.size() < bytes) text += part;
  return text;
}

std::string times(std::string_view part, std::size_t count) { return repeated(part, part.size() * count); }

const std::string kTitle = "临河市水利局2021年政府信息公开工作年度报告";
std::string page(const std::string& body) { return "<html><body><h1>" + kTitle + "</h1>" + body; }
std::string text(std::string_view part) { return kTitle + "\n一、总体情况\n二、主动公开政府信息情况\n" + repeated(part); }

// `mebibytes` of blanks as a stream that inflates to them, made of one packed block again and again;
// `wbits` as zlib takes it.
std::string packed_blanks(std::size_t mebibytes, int wbits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string blanks(kMebibyte, ' '), block(64 * 1024, '\0');
  const auto next = [&](int flush) {
    stream.next_in = reinterpret_cast<Bytef*>(blanks.data());
    stream.avail_in = flush == Z_FINISH ? 0 : static_cast<uInt>(blanks.size());
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    deflate(&stream, flush);
    return block.substr(0, block.size() - stream.avail_out);
  };
  std::string out = next(Z_FULL_FLUSH);
  const std::string again = next(Z_FULL_FLUSH);
  for (std::size_t i = 1; i < mebibytes; ++i) out += again;
  out += next(Z_FINISH);
  deflateEnd(&stream);
  return out;
}

std::string le(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xFF));
  return out;
}

// A package whose only part says that it is `says` bytes long and holds these packed bytes.
std::string zip_that_says(const std::string& name, const std::string& packed, std::size_t says) {
  const std::string common = le(20, 2) + le(0, 2) + le(8, 2) + le(0, 4) + le(0, 4) + le(packed.size(), 4) + le(says, 4) + le(name.size(), 2) + le(0, 2);
  const std::string head = "PK\3\4" + common + name + packed;
  const std::string directory = "PK\1\2" + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(0, 4) + name;
  return head + directory + "PK\5\6" + le(0, 4) + le(1, 2) + le(1, 2) + le(directory.size(), 4) + le(head.size(), 4) + le(0, 2);
}

std::string docx(const std::string& body) { return testing::docx_of(body); }

// Figures that hardly pack, between `before` and `behind`: a part that no ratio gives away.
std::string figures(const std::string& before, const std::string& behind, std::size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) text += before + std::to_string(random()) + std::to_string(random()) + behind;
  return text;
}

std::string xlsx(const std::string& sheet, const std::string& strings = "<sst/>") {
  return testing::zip_of({{"[Content_Types].xml", "<Types/>"},
                          {"xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"},
                          {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
                          {"xl/sharedStrings.xml", strings},
                          {"xl/worksheets/sheet1.xml", "<worksheet>" + sheet + "</worksheet>"}});
}

std::string png(std::uint32_t width, std::uint32_t height) {
  const auto be = [](std::uint32_t value) { return std::string({static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8), static_cast<char>(value)}); };
  return "\x89PNG\r\n\x1a\n" + be(13) + "IHDR" + be(width) + be(height) + std::string("\x08\0\0\0\0\0\0\0\0", 9) + be(0) + "IEND" + be(0);
}

// One page with this content stream and these further resources.
std::string pdf(const std::string& dictionary, const std::string& content, const std::string& resources = {}) {
  testing::PdfWriter writer;
  const int catalog = writer.reserve(), pages = writer.reserve();
  const int stream = writer.add_stream(dictionary, content);
  const int sheet = writer.add("<< /Type /Page /Parent " + reference(pages) + " /MediaBox [0 0 595 842] /Contents " + reference(stream) +
                               " /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> " + resources + " >> >>");
  writer.set(pages, "<< /Type /Pages /Count 1 /Kids [" + reference(sheet) + "] >>");
  writer.set(catalog, "<< /Type /Catalog /Pages " + reference(pages) + " >>");
  return writer.finish(catalog);
}

std::string packed_pdf(const std::string& content) { return pdf("/Filter /FlateDecode", testing::deflated(content)); }

// A catalog whose page tree is this object, number 2.
std::string page_tree(const std::string& pages, const std::vector<std::string>& more = {}) {
  testing::PdfWriter writer;
  const int catalog = writer.add("<< /Type /Catalog /Pages 2 0 R >>");
  writer.add(pages);
  for (const std::string& object : more) writer.add(object);
  return writer.finish(catalog);
}

std::string form_that_draws_itself() {
  testing::PdfWriter writer;
  const int catalog = writer.add("<< /Type /Catalog /Pages 2 0 R >>");
  writer.add("<< /Type /Pages /Count 1 /Kids [3 0 R] >>");
  writer.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>");
  writer.add_stream("", "/X Do");
  writer.add_stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R /Y 5 0 R >> >>", times("/X Do /Y Do ", 100));
  return writer.finish(catalog);
}

std::string pages_of_text(std::size_t count) {
  std::vector<testing::PdfSheet> sheets(count);
  for (std::size_t i = 0; i < count; ++i)
    for (int line = 0; line < 30; ++line)
      sheets[i].texts.push_back({72, 72.0 + 20 * line, 10, (i == 0 && line == 0 ? kTitle : "第" + std::to_string(i) + "页，本机关主动公开政府信息" + std::to_string(line) + "条。")});
  return testing::render_pdf(sheets);
}

std::string file(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string doc(const testing::DocOptions& options = {}) { return testing::render_doc(testing::made_up_figures(2021, 2021), options); }

// The sector of the first stream goes on with itself.
std::string doc_with_cyclic_sectors() {
  std::string bytes = doc();
  constexpr std::size_t kHeader = 512, kStream = 2 + 1;
  bytes.replace(kHeader + 4 * kStream, 4, le(kStream, 4));
  return bytes;
}

std::string mail(const std::string& parts) {
  return "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n" + parts + "\r\n--b--\r\n";
}

std::string gb18030(const std::string& utf8) { return testing::gb18030_by_iconv(utf8); }

struct BadInput {
  const char* name;
  std::function<std::string()> bytes;
  std::string_view outcome;  // "PARSED", "PARTIAL", else the code of the refusal
};

const std::string kRow = "<tr>" + times("<td>1", 7);

const BadInput kBadInputs[] = {
    {"nothing", [] { return std::string(); }, "EMPTY"},
    {"HTML colspan 10^9", [] { return page("<table>" + times("<tr><td colspan=1000000000 rowspan=1000000000>1", 1000)); }, "PARTIAL"},
    {"HTML a million cells a thousand wide", [] { return page("<table>" + times("<tr>" + times("<td colspan=1000>1", 1000), 1000)); }, "PARTIAL"},
    {"HTML 100,000 nested tables", [] { return page(times("<table><tr><td>", 100'000)); }, "PARTIAL"},
    {"HTML 100,000 nested elements", [] { return page(times("<div><b>", 100'000)); }, "PARTIAL"},
    {"HTML nothing but cells", [] { return page("<table>" + repeated(kRow)); }, "PARTIAL"},
    {"HTML nothing but paragraphs", [] { return page(repeated("<p>1")); }, "PARTIAL"},
    {"HTML nothing but <", [] { return page(repeated("<")); }, "PARTIAL"},
    {"HTML nothing but entities", [] { return page(repeated("&amp;")); }, "PARTIAL"},
    {"HTML nothing but links", [] { return page(repeated("<a href=a>b</a>")); }, "NO_REPORT"},
    {"HTML one comment", [] { return page("<!--" + repeated("x")); }, "PARTIAL"},
    {"HTML one tag", [] { return page("<p " + repeated("a=b ")); }, "PARTIAL"},
    {"HTML one script", [] { return page("<script>a='" + repeated("\\u003cp\\u003e1") + "'</script>"); }, "PARTIAL"},
    {"JSON array", [] { return "[" + repeated("0,") + "0]"; }, "NO_REPORT"},
    {"JSON objects", [] { return "[" + repeated("{\"a\":\"b\"},", kInputBytesMax - kMebibyte) + "0]"; }, "TOO_LARGE"},
    {"JSON nested", [] { return repeated("["); }, "NO_REPORT"},
    {"JSON string", [] { return "{\"content\":\"" + repeated("\\u4e00", kInputBytesMax - kMebibyte) + "\"}"; }, "TOO_LARGE"},
    {"JSON of 7 MB", [] { return "[" + repeated("{\"a\":\"b\"},", 7 * kMebibyte) + "0]"; }, "JSON_WITHOUT_DOCUMENT"},
    {"JSON page of 7 MB", [] { return "{\"content\":\"" + repeated("<table><tr><td>1</td></tr></table>", 7 * kMebibyte) + "\"}"; }, "NO_REPORT"},
    {"JavaScript", [] { return "show({\"content\":\"" + repeated("<p>1</p>") + "\"})"; }, "NO_REPORT"},
    {"text of 64 MB", [] { return text(repeated("收到申请12件。\n", 64 * kMebibyte)); }, "TOO_LARGE"},
    {"text of one line", [] { return text("收到申请1件，"); }, "PARTIAL"},
    {"text of figures", [] { return text("1 "); }, "PARTIAL"},
    {"text of brackets", [] { return text("《"); }, "PARTIAL"},
    {"text of empty lines", [] { return text("\n"); }, "PARTIAL"},
    {"text of headings", [] { return text("一、主动公开政府信息情况\n"); }, "PARTIAL"},
    {"text of rows", [] { return text("一、本年新收政府信息公开申请数量\t1\t2\t3\t4\t5\t6\t7\n"); }, "PARTIAL"},
    {"text of labels", [] { return text("规章\n1\n"); }, "PARTIAL"},
    {"invalid UTF-8", [] { return kTitle + repeated("\xFF\xFE\x80"); }, "CHARSET_UNDECIDED"},
    {"UTF-8 and GB18030", [] { return text("政府信息") + gb18030(kTitle + "\n一、总体情况\n"); }, "PARTIAL"},
    {"bytes of no meaning", [] { std::string all; for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i)); return repeated(all); }, "NOT_TEXT_BINARY"},
    {"DOCX that unpacks to 1 GB", [] { return zip_that_says("word/document.xml", packed_blanks(1024, -15), 1024 * kMebibyte); }, "ZIP_TOO_LARGE"},
    {"DOCX that says 1 kB and unpacks to 1 GB", [] { return zip_that_says("word/document.xml", packed_blanks(1024, -15), 1000); }, "MALFORMED_ZIP"},
    {"DOCX of nothing but cells", [] { return docx("<w:tbl>" + figures("<w:tr><w:tc><w:p><w:r><w:t>", "</w:t></w:r></w:p></w:tc></w:tr>", 2 * kLarge) + "</w:tbl>"); }, "NO_REPORT"},
    {"DOCX of nothing but text", [] { return docx("<w:p><w:r><w:t>" + figures("", "", 2 * kLarge) + "</w:t></w:r></w:p>"); }, "NO_REPORT"},
    {"DOCX nested", [] { return docx(times("<w:tbl><w:tr><w:tc>", 50'000)); }, "MALFORMED_DOCX"},
    {"DOCX gridSpan 10^9", [] { return docx("<w:tbl>" + times("<w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"1000000000\"/></w:tcPr><w:p/></w:tc></w:tr>", 1000) + "</w:tbl>"); }, "NO_REPORT"},
    {"XLSX with a cell far away", [] { return xlsx("<sheetData><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row></sheetData>"); }, "NO_REPORT"},
    {"XLSX of merged cells", [] { return xlsx("<sheetData/><mergeCells>" + times("<mergeCell ref=\"A1:XFD1048576\"/>", 10'000) + "</mergeCells>"); }, "NO_REPORT"},
    {"XLSX of nothing but cells", [] { return xlsx("<sheetData>" + figures("<row><c><v>", "</v></c></row>", 2 * kLarge) + "</sheetData>"); }, "NO_REPORT"},
    {"XLSX of one long string again and again", [] { return xlsx("<sheetData>" + times("<row>" + times("<c t=\"s\"><v>0</v></c>", 7) + "</row>", 5'000) + "</sheetData>", "<sst><si><t>" + times("年度报告", 5'000) + "</t></si></sst>"); }, "NO_REPORT"},
    {"RTF nested", [] { return "{\\rtf1 " + times("{", 1'000'000); }, "MALFORMED_RTF"},
    {"RTF of cells", [] { return "{\\rtf1 " + repeated("\\trowd\\cellx9 1\\cell\\row ") + "}"; }, "NO_REPORT"},
    {"RTF of characters", [] { return "{\\rtf1 " + repeated("\\u25919?") + "}"; }, "NO_REPORT"},
    {"RTF that skips 2 GB", [] { return std::string("{\\rtf1 \\bin2147483647 x}"); }, "MALFORMED_RTF"},
    {"page as a file, of parts", [] { return mail(repeated("--b\r\nContent-Type: text/html\r\n\r\n<p>1</p>\r\n")); }, "NO_REPORT"},
    {"page as a file, of cells", [] { return mail("--b\r\nContent-Type: text/html\r\n\r\n" + page("<table>" + repeated(kRow))); }, "PARTIAL"},
    {"DOC with cyclic sectors", doc_with_cyclic_sectors, "MALFORMED_OLE"},
    {"DOC with a password", [] { testing::DocOptions options; options.flags = 0x0300; return doc(options); }, "ENCRYPTED"},
    {"DOCX with a password", [] { return testing::ole_of({{"EncryptionInfo", "x"}, {"EncryptedPackage", "x"}}); }, "ENCRYPTED"},
    {"PDF with a password", [] { return file("tests/fuzz/corpus/pdf/encrypted_user.pdf"); }, "ENCRYPTED"},
    {"PDF of 1 GB, packed twice", [] { return pdf("/Filter [/FlateDecode /FlateDecode]", testing::deflated(packed_blanks(1024, 15))); }, "TOO_LARGE"},
    {"PDF of 1 GB, packed once", [] { return pdf("/Filter /FlateDecode", packed_blanks(1024, 15)); }, "TOO_LARGE"},
    {"PDF of operators", [] { return packed_pdf("BT /F 9 Tf " + repeated("(1) Tj 1 0 Td ") + "ET"); }, "NO_REPORT"},
    {"PDF of glyphs", [] { return packed_pdf("BT /F 9 Tf (" + repeated("12345678 ") + ") Tj ET"); }, "NO_REPORT"},
    {"PDF of lines", [] { return packed_pdf(repeated("0 0 m 100 0 l S ")); }, "NO_REPORT"},
    {"PDF of one array", [] { return packed_pdf("[" + repeated("1 ") + "] TJ"); }, "NO_REPORT"},
    {"PDF whose page tree holds itself", [] { return page_tree("<< /Type /Pages /Count 2 /Kids [2 0 R 2 0 R] /Parent 2 0 R >>"); }, "MALFORMED_PDF"},
    {"PDF whose page is all of its parts", [] { return page_tree("<< /Type /Pages /Count 1 /Kids [3 0 R] >>", {"<< /Type /Page /Parent 3 0 R /MediaBox 3 0 R /Contents 3 0 R /Resources 3 0 R >>"}); }, "NO_REPORT"},
    {"PDF whose form draws itself", form_that_draws_itself, "NO_REPORT"},
    {"PDF with a nested array", [] { return page_tree("<< /Type /Pages /Count 0 /Kids [] >>", {times("[", 1'000'000)}); }, "MALFORMED_PDF"},
    {"PDF with one page 100,000 times", [] { return page_tree("<< /Type /Pages /Count 100000 /Kids [" + times("3 0 R ", 100'000) + "] >>", {"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"}); }, "TOO_MANY_PAGES"},
    {"PDF of 200 pages", [] { return pages_of_text(200); }, "PARTIAL"},
    {"OFD that unpacks to 1 GB", [] { return zip_that_says("OFD.xml", packed_blanks(1024, -15), 1024 * kMebibyte); }, "ZIP_TOO_LARGE"},
    {"OFD of a million characters", [] { return testing::ofd_of({figures("<ofd:TextObject ID=\"1\" Boundary=\"0 0 9 9\" Size=\"3\"><ofd:TextCode X=\"0\" Y=\"3\">", "</ofd:TextCode></ofd:TextObject>", kLarge)}); }, "NO_REPORT"},
    {"picture of 30,000 x 30,000", [] { return png(30'000, 30'000); }, "PICTURE_TOO_LARGE"},
};

// What the kernel says of the only child of this process: its worker.
struct WorkerUse {
  std::size_t peak_bytes = 0;
  double seconds = 0;
};

std::optional<WorkerUse> worker_use() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = file(entry.path() / "stat");
    const std::size_t name = stat.rfind(')');
    if (name == stat.npos) continue;
    std::istringstream rest(stat.substr(name + 2));
    std::string state;
    long parent = 0;
    rest >> state >> parent;
    if (parent != getpid()) continue;
    std::array<long, 12> fields{};  // from the process group on
    for (long& field : fields) rest >> field;
    const std::string status = file(entry.path() / "status");
    const std::size_t peak = status.find("VmHWM:");
    if (peak == status.npos) continue;
    return WorkerUse{static_cast<std::size_t>(std::atol(status.c_str() + peak + 6)) * 1024,
                     static_cast<double>(fields[9] + fields[10]) / static_cast<double>(sysconf(_SC_CLK_TCK))};
  }
  return std::nullopt;
}

std::unique_ptr<runtime::WorkerPool> worker() {
  runtime::WorkerPoolOptions options;
  options.kind = kWorkerKind;
  options.workers = 1;
  options.deadline = 60s;  // the machine may be loaded; what counts is the worker's own time
  options.program = std::string(std::getenv("GOUJI_BIN")) + "/gouji-parser";
  return std::move(*runtime::WorkerPool::create(options));
}

std::string outcome_of(runtime::WorkerPool& pool, std::string bytes) {
  events::ReadRequest request;
  request.body = std::move(bytes);
  request.location_id = "0123";
  const auto outcome = reader_over(pool)(request);
  if (!outcome) return std::string(to_string(outcome.error().code)) + ": " + outcome.error().message;
  if (const auto* refusal = std::get_if<Refusal>(&*outcome)) return refusal->reason.code;
  return std::get<Reading>(*outcome).status == ReadingStatus::kPartial ? "PARTIAL" : "PARSED";
}

class BadInputTest : public ::testing::TestWithParam<BadInput> {};

TEST_P(BadInputTest, EndsInAReasonAndTheNextDocumentIsRead) {
  const auto pool = worker();
  EXPECT_EQ(outcome_of(*pool, GetParam().bytes()), GetParam().outcome);
  EXPECT_EQ(pool->counts().deaths + pool->counts().timeouts, 0);
  const auto use = worker_use();
  EXPECT_EQ(outcome_of(*pool, file("tests/samples/linhe_2021.txt")), "PARSED");
  EXPECT_EQ(pool->counts().deaths + pool->counts().timeouts, 0);
  ASSERT_TRUE(use);
  RecordProperty("megabytes", static_cast<int>(use->peak_bytes / kMebibyte));
  std::printf("%-48s %4zu MB %5.1f s\n", GetParam().name, use->peak_bytes / kMebibyte, use->seconds);
  if (runtime::is_sandbox_partial()) return;
  EXPECT_LE(use->peak_bytes, kWorkerBytesMax);
  if (kIsTimed) {
    EXPECT_LE(use->seconds, 10.0);
  }
}

INSTANTIATE_TEST_SUITE_P(All, BadInputTest, ::testing::ValuesIn(kBadInputs), [](const auto& input) {
  std::string name;
  for (const char c : std::string(input.param.name)) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : "_";
  return name;
});

// Each format, cut off at every structure: places that the seed chooses, the beginnings and ends among them.
TEST(CutOff, DocumentsEndInAReasonAndNoWorkerDies) {
  const testing::ReportFigures figures = testing::made_up_figures(2021, 2021);
  const std::string whole[] = {testing::render_clean_html(figures), testing::render_docx(figures), testing::render_xlsx(figures), testing::render_rtf(figures),
                               testing::render_ofd(figures), doc(), file("tests/samples/scan_2021.png"), file("tests/samples/linhe_2021.txt"),
                               file("tests/fuzz/corpus/pdf/streams.pdf"), file("tests/fuzz/corpus/pdf/type3.pdf"), file("tests/fuzz/corpus/mhtml/word.mht"),
                               file("tests/fuzz/corpus/extract/escaped.json"), file("tests/fuzz/corpus/extract/callback.js")};
  std::mt19937 random(testing::seed());
  const auto pool = worker();
  for (const std::string& bytes : whole) {
    ASSERT_FALSE(bytes.empty());
    for (std::size_t i = 0; i < 40; ++i) {
      const std::size_t at = i < 10 ? i * 7 : i < 20 ? bytes.size() - std::min(bytes.size(), (i - 9) * 11) : random() % bytes.size();
      EXPECT_NE(outcome_of(*pool, bytes.substr(0, at)), "") << at;
    }
  }
  EXPECT_EQ(pool->counts().deaths + pool->counts().timeouts, 0) << "seed " << testing::seed();
  EXPECT_EQ(outcome_of(*pool, file("tests/samples/linhe_2021.txt")), "PARSED");
}

}  // namespace
}  // namespace gouji::parser
