#include "services/parser/core/pdf/pdf_extract.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/layout/lay_out.h"
#include "services/parser/core/ocr/picture_extract.h"

namespace gouji::parser {
namespace {

// A few bullets out of a symbol font say nothing about the rest.
constexpr std::int64_t kUnreadableMin = 4;
constexpr std::int64_t kUnreadableShare = 50;  // one in so many
// A stamp or a page number on a scan: no text to speak of.
constexpr std::int64_t kFewGlyphs = 20;

// Text whose characters are drawn as shapes; fewer are an emblem, or the rules of a table.
constexpr std::int64_t kManyDrawings = 300;

bool has_unreadable_text(const PdfPageFacts& facts) {
  return facts.unreadable >= kUnreadableMin && facts.unreadable * kUnreadableShare > facts.glyphs;
}

// Scanners cut pages into strips, so the areas of all pictures count together.
bool is_mostly_pictures(const Page& page) {
  float area = 0;
  for (const PagePicture& picture : page.pictures) {
    const Box& box = picture.box;
    const float wide = std::min(box.right, page.width) - std::max(box.left, 0.0F);
    const float tall = std::min(box.bottom, page.height) - std::max(box.top, 0.0F);
    area += std::max(wide, 0.0F) * std::max(tall, 0.0F);
  }
  return area * 2 > page.width * page.height;
}

}  // namespace

std::vector<std::int32_t> pages_to_recognise(const PdfContent& content) {
  std::vector<std::int32_t> pages;
  for (std::size_t i = 0; i < content.pages.size(); ++i) {
    const PdfPageFacts& facts = content.facts[i];
    const bool has_text = facts.glyphs - facts.hidden >= kFewGlyphs;
    const bool is_picture = !has_text && (facts.drawings > kManyDrawings || is_mostly_pictures(content.pages[i]));
    if (is_picture || has_unreadable_text(facts)) pages.push_back(content.pages[i].number);
  }
  return pages;
}

ExtractOutcome extract_pdf(const Source& source) {
  PdfOutcome outcome = read_pdf(source.bytes);
  if (auto* reason = std::get_if<Reason>(&outcome)) return std::move(*reason);
  auto& content = std::get<PdfContent>(outcome);
  const std::vector<std::int32_t> scanned = pages_to_recognise(content);
  if (!scanned.empty()) {
    const Aid* const ocr = source.aid(Program::kOcr);
    if (ocr == nullptr)
      return Need{Program::kOcr, "page " + std::to_string(scanned.front()) + " is a picture or cannot be read", scanned, 0};
    put_recognised(ocr->output, source.ocr_reader, scanned, content.pages);
  }
  Document document = lay_out(content.pages);
  document.format = "application/pdf";
  document.charset = "utf-8";
  document.title = content.title;
  if (!content.created.empty()) document.meta.push_back({"creationdate", content.created});
  document.limits.insert(document.limits.end(), content.limits.begin(), content.limits.end());
  return document;
}

}  // namespace gouji::parser
