#include "services/parser/core/ocr/picture_extract.h"

#include <algorithm>

#include "services/parser/core/layout/lay_out.h"
#include "services/parser/core/ocr/picture_size.h"

namespace gouji::parser {
namespace {

constexpr std::int64_t kPictureWidthMin = 200;
constexpr std::int64_t kPictureHeightMin = 40;

}  // namespace

ExtractOutcome extract_picture(const Source& source) {
  const auto size = picture_size(source.bytes);
  if (!size) return Reason{"PICTURE_MALFORMED", "图片文件头无法读取 / the header of the picture cannot be read"};
  if (!is_within_limits(*size))
    return Reason{"PICTURE_TOO_LARGE", "图片尺寸过大 / the picture is too large: " + std::to_string(size->width) + " x " +
                                           std::to_string(size->height)};
  // Icons and lines between paragraphs hold no table.
  const bool is_small = size->width < kPictureWidthMin || size->height < kPictureHeightMin;
  const Aid* const ocr = source.aid(Program::kOcr);
  if (ocr == nullptr && !is_small) return Need{Program::kOcr, "the document is a picture", {}, 0};
  Document document;
  if (ocr != nullptr && !ocr->output.empty()) {
    std::vector<Page> pages;
    const auto recognised = parse_ocr_output(ocr->output);
    for (const OcrPage& page : recognised.value_or(std::vector<OcrPage>{}))
      pages.push_back(page_of(page, source.ocr_reader, static_cast<std::int32_t>(pages.size()) + 1));
    document = lay_out(pages);
  }
  document.format = media_type(sniff(source.bytes));
  return document;
}

void put_recognised(std::string_view output, OcrReader reader, const std::vector<std::int32_t>& numbers,
                    std::vector<Page>& pages) {
  if (output.empty()) return;
  const auto recognised = parse_ocr_output(output);
  for (std::size_t i = 0; recognised && i < numbers.size() && i < recognised->size(); ++i) {
    const auto place = std::find_if(pages.begin(), pages.end(), [&](const Page& page) { return page.number == numbers[i]; });
    if (place == pages.end()) continue;
    const auto width = static_cast<std::int32_t>(std::clamp(place->width, 1.0F, 14'400.0F));
    *place = page_of((*recognised)[i], reader, numbers[i], width);
  }
}

}  // namespace gouji::parser
