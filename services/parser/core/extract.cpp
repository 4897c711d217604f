#include "services/parser/core/extract.h"

#include <algorithm>
#include <iterator>

#include "services/parser/core/html_extract.h"
#include "services/parser/core/json_extract.h"
#include "services/parser/core/office/docx.h"
#include "services/parser/core/office/rtf.h"
#include "services/parser/core/read.h"
#include "services/parser/core/text_extract.h"

namespace gouji::parser {
namespace {

ExtractOutcome refuse_empty(const Source&) {
  return Reason{"EMPTY", "文件为空 / the document is empty"};
}

ExtractOutcome refuse_binary(const Source&) {
  return Reason{"NOT_TEXT_BINARY",
                "不是文本，也不是可识别的文件格式 / neither text nor a known format"};
}

struct Reader {
  Format format;
  ExtractOutcome (*extract)(const Source&);
};

// A format that is not here is refused by name.
constexpr Reader kReaders[] = {
    {Format::kEmpty, refuse_empty}, {Format::kBinary, refuse_binary}, {Format::kHtml, extract_html},
    {Format::kText, extract_text},  {Format::kJson, extract_json},
    {Format::kScript, extract_script},
    {Format::kDocx, extract_docx},
    {Format::kRtf, extract_rtf},
};

std::string_view charset_parameter(std::string_view media_type) {
  const std::size_t at = media_type.find("charset=");
  return at == std::string_view::npos ? std::string_view{} : media_type.substr(at + 8, 32);
}

}  // namespace

ExtractOutcome extract(const Source& source) {
  if (source.bytes.size() > kInputBytesMax) {
    return Reason{"TOO_LARGE", "文件超过 32 MiB / the document is larger than 32 MiB"};
  }
  const bool is_html_declared = source.media_type.find("html") != std::string_view::npos;
  const Format format = sniff(source.bytes, {is_html_declared});
  const auto* reader = std::find_if(std::begin(kReaders), std::end(kReaders),
                                    [&](const Reader& known) { return known.format == format; });
  if (reader == std::end(kReaders)) {
    const std::string name(to_string(format));
    return Reason{"FORMAT_NOT_SUPPORTED",
                  "暂不支持 " + name + " 格式 / the format " + name + " is not supported"};
  }
  Source labelled = source;
  if (labelled.charset_label.empty()) labelled.charset_label = charset_parameter(source.media_type);
  return reader->extract(labelled);
}

}  // namespace gouji::parser
