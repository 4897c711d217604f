#include "services/parser/core/pdf/pdf_font.h"

#include <algorithm>

#include "services/parser/core/pdf/pdf_limits.h"

namespace gouji::parser {
namespace {

constexpr double kGlyphUnits = 1000;  // of an em, in composite fonts
constexpr double kHalfWidth = 500;
constexpr std::uint32_t kHalfWidthCids = 814;  // where the half-width letters of Adobe-GB1 begin

bool is_printable_ascii(char32_t character) { return character >= 0x20 && character < 0x7F; }

}  // namespace

void CidWidths::add_each(std::uint32_t first, const std::vector<double>& widths) {
  if (widths.empty() || size() + widths.size() > kPdfFontRangesMax * 2) return;
  const auto at = static_cast<std::uint32_t>(values_.size());
  for (const double width : widths) values_.push_back(static_cast<float>(width));
  ranges_.push_back({first, first + static_cast<std::uint32_t>(widths.size()) - 1, at, 1});
}

void CidWidths::add_range(std::uint32_t first, std::uint32_t last, double width) {
  if (first > last || size() + 2 > kPdfFontRangesMax * 2) return;
  ranges_.push_back({first, last, static_cast<std::uint32_t>(values_.size()), 0});
  values_.push_back(static_cast<float>(width));
}

void CidWidths::sort() {
  std::stable_sort(ranges_.begin(), ranges_.end(),
                   [](const Range& one, const Range& other) { return one.first < other.first; });
}

double CidWidths::find(std::uint32_t cid, double fallback) const {
  const auto after =
      std::upper_bound(ranges_.begin(), ranges_.end(), cid,
                       [](std::uint32_t value, const Range& range) { return value < range.first; });
  if (after == ranges_.begin()) return fallback;
  const Range& range = *(after - 1);
  if (cid > range.last) return fallback;
  return values_[range.at + (cid - range.first) * range.step];
}

FontGlyph PdfFont::glyph(std::string_view bytes, std::size_t at) const {
  if (scheme == CodeScheme::kOneByte) {
    const auto code = static_cast<unsigned char>(bytes[at]);
    return {1, code == ' ', widths[code], widths[code], texts[code]};
  }
  TextCode code;
  std::uint32_t cid = 0;
  double fallback = default_width;
  if (scheme == CodeScheme::kTwoBytes) {
    const auto high = static_cast<unsigned char>(bytes[at]);
    const bool is_whole = at + 1 < bytes.size();
    const auto low = is_whole ? static_cast<unsigned char>(bytes[at + 1]) : 0U;
    code.at = {high * 256U + low, static_cast<std::uint8_t>(is_whole ? 2 : 1)};
    cid = code.at.code;
  } else if (scheme == CodeScheme::kSpaces) {
    code.at = code_at(spaces, bytes, at);
    cid = encoding->cid(code.at.code).value_or(0);
  } else {
    code = text_code_at(scheme, bytes, at);
    if (is_printable_ascii(code.character)) {
      const bool is_half_width = ascii_cid == kHalfWidthCids;
      cid = ascii_cid + code.character - (is_half_width ? 0x21U : 0x20U);
      if (is_half_width) fallback = kHalfWidth;
    }
  }
  CodeText text{code.character, {}};
  if (to_unicode != nullptr) {
    const std::optional<CodeText> found = to_unicode->unicode.find(code.at.code);
    if (found && found->first != 0) text = *found;
  }
  const double width = cid_widths.find(cid, fallback) / kGlyphUnits;
  const double advance = is_vertical ? vertical_advance / kGlyphUnits : width;
  return {code.at.bytes, code.at.bytes == 1 && code.at.code == ' ', advance, width, text};
}

}  // namespace gouji::parser
