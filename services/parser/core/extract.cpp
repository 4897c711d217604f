#include "services/parser/core/extract.h"

#include <algorithm>
#include <iterator>

#include "services/parser/core/html_extract.h"
#include "services/parser/core/json_extract.h"
#include "services/parser/core/ocr/picture_extract.h"
#include "services/parser/core/office/doc.h"
#include "services/parser/core/office/docx.h"
#include "services/parser/core/office/mhtml.h"
#include "services/parser/core/office/ofd.h"
#include "services/parser/core/office/rtf.h"
#include "services/parser/core/pdf/bbox_extract.h"
#include "services/parser/core/pdf/pdf_extract.h"
#include "services/parser/core/office/xlsx.h"
#include "services/parser/core/read.h"
#include "services/parser/core/text_extract.h"
#include "services/parser/core/zip_extract.h"

namespace gouji::parser {
namespace {

ExtractOutcome refuse_empty(const Source&) {
  return Reason{"EMPTY", "文件为空 / the document is empty"};
}

ExtractOutcome refuse_binary(const Source&) {
  return Reason{"NOT_TEXT_BINARY",
                "不是文本，也不是可识别的文件格式 / neither text nor a known format"};
}

ExtractOutcome refuse_open_document(const Source&) {
  return Reason{"ODF_NOT_READ", "不直接支持 ODT、ODS 格式，请另存为 DOCX、XLSX / OpenDocument files are not read; save them as DOCX or XLSX"};
}

struct Reader {
  Format format;
  ExtractOutcome (*extract)(const Source&);
};

// A format that is not here is refused by name.
constexpr Reader kReaders[] = {
    {Format::kEmpty, refuse_empty}, {Format::kBinary, refuse_binary}, {Format::kHtml, extract_html},
    {Format::kText, extract_text},  {Format::kJson, extract_json},
    {Format::kPng, extract_picture}, {Format::kJpeg, extract_picture}, {Format::kTiff, extract_picture},
    {Format::kGif, extract_picture}, {Format::kBmp, extract_picture},
    {Format::kScript, extract_script},
    {Format::kDocx, extract_docx},
    {Format::kRtf, extract_rtf},
    {Format::kPdf, extract_pdf},
    {Format::kMhtml, extract_mhtml},
    {Format::kOle, extract_ole},
    {Format::kXlsx, extract_xlsx},
    {Format::kOfd, extract_ofd},
    {Format::kZip, extract_zip},
    {Format::kOdt, refuse_open_document},
    {Format::kOds, refuse_open_document},
};

std::string_view charset_parameter(std::string_view media_type) {
  const std::size_t at = media_type.find("charset=");
  return at == std::string_view::npos ? std::string_view{} : media_type.substr(at + 8, 32);
}

ExtractOutcome extract_as(Format format, const Source& source) {
  const auto* reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                    [&](const Reader& known) { return known.format == format; });
  if (reader != std::end(kReaders)) return reader->extract(source);
  const std::string name(to_string(format));
  return Reason{"FORMAT_NOT_SUPPORTED", "暂不支持 " + name + " 格式 / the format " + name + " is not supported"};
}

// What the program made of the document; where it is missing or failed, the first reader's reason and
// what was missing.
ExtractOutcome extract_by(Program program, const Source& source, Reason reason) {
  const Aid* const aid = source.aid(program);
  if (aid == nullptr) return Need{program, reason.code, {}, 0};
  if (aid->failure) {
    reason.message += "；" + aid->failure->message;
    return reason;
  }
  if (program == Program::kPoppler) {
    ExtractOutcome outcome = extract_bbox(aid->output);
    return std::holds_alternative<Document>(outcome) ? std::move(outcome) : reason;
  }
  Source converted = source;
  converted.bytes = aid->output;
  converted.aids = {};
  const Format format = sniff(aid->output);
  return format == Format::kDocx || format == Format::kXlsx ? extract_as(format, converted) : reason;
}

}  // namespace

std::optional<Program> second_reader(Format format, const Reason& reason) {
  if (format == Format::kPdf && reason.code == "MALFORMED_PDF") return Program::kPoppler;
  constexpr Format kOffice[] = {Format::kOle, Format::kRtf, Format::kDocx, Format::kOdt, Format::kOds};
  const bool is_office = std::find(std::begin(kOffice), std::end(kOffice), format) != std::end(kOffice);
  constexpr std::string_view kHopeless[] = {"ENCRYPTED", "TOO_LARGE", "ZIP_TOO_LARGE"};
  const bool is_hopeless = std::find(std::begin(kHopeless), std::end(kHopeless), reason.code) != std::end(kHopeless);
  if (is_office && !is_hopeless) return Program::kSoffice;
  return std::nullopt;
}

const Aid* Source::aid(Program program) const {
  const auto found = std::find_if(aids.begin(), aids.end(), [&](const Aid& aid) { return aid.program == program; });
  return found == aids.end() ? nullptr : &*found;
}

ExtractOutcome extract(const Source& source) {
  if (source.bytes.size() > kInputBytesMax) {
    return Reason{"TOO_LARGE", "文件超过 32 MiB / the document is larger than 32 MiB"};
  }
  const bool is_html_declared = source.media_type.find("html") != std::string_view::npos;
  const Format format = sniff(source.bytes, {is_html_declared});
  Source labelled = source;
  if (labelled.charset_label.empty()) labelled.charset_label = charset_parameter(source.media_type);
  ExtractOutcome outcome = extract_as(format, labelled);
  if (const auto* reason = std::get_if<Reason>(&outcome)) {
    if (const auto program = second_reader(format, *reason)) return extract_by(*program, labelled, *reason);
  }
  return outcome;
}

}  // namespace gouji::parser
