#include "services/parser/core/pdf/bbox_extract.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "common/markup/entities.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/lay_out.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kPagesMax = 1'000;
constexpr std::size_t kWordsMax = 500'000;
constexpr std::size_t kWordBytesMax = 4'096;
constexpr float kPlaceMax = 20'000;  // points

// The number of `name="…"` in a tag, where it is one that a page can have.
std::optional<float> attribute(std::string_view tag, std::string_view name) {
  const std::string pattern = " " + std::string(name) + "=\"";
  const std::size_t at = tag.find(pattern);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = tag.substr(at + pattern.size());
  float value = 0;
  const auto read = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  if (read.ec != std::errc() || !(value > -kPlaceMax && value < kPlaceMax)) return std::nullopt;
  return value;
}

std::vector<char32_t> characters_of(std::string_view content) {
  std::vector<char32_t> codes;
  for (std::size_t at = 0; at < content.size();) {
    const Entity entity = content[at] == '&' ? read_entity(content.substr(at)) : Entity{};
    const CodePoint point = code_point_at(content, at);
    codes.push_back(entity.length > 0 ? entity.code_point : point.is_valid ? point.value : 0);
    at += entity.length > 0 ? entity.length : point.length;
  }
  return codes;
}

// The characters of a word share its width: half as much for Latin letters and digits.
void add_word(std::string_view tag, std::string_view content, Page& page) {
  const auto left = attribute(tag, "xMin"), top = attribute(tag, "yMin");
  const auto right = attribute(tag, "xMax"), bottom = attribute(tag, "yMax");
  if (!left || !top || !right || !bottom || content.size() > kWordBytesMax) return;
  const auto units_of = [](char32_t code) { return code >= 0x1100 ? 2.0F : 1.0F; };
  const std::vector<char32_t> codes = characters_of(content);
  float units = 0;
  for (const char32_t code : codes) units += units_of(code);
  float x = *left;
  for (const char32_t code : codes) {
    const float width = (*right - *left) * units_of(code) / units;
    page.glyphs.push_back({code, {x, *top, x + width, *bottom}, false});
    x += width;
  }
}

}  // namespace

ExtractOutcome extract_bbox(std::string_view xhtml) {
  std::vector<Page> pages;
  std::size_t words = 0;
  for (std::size_t at = xhtml.find('<'); at != std::string_view::npos; at = xhtml.find('<', at + 1)) {
    const std::string_view rest = xhtml.substr(at);
    const std::size_t end = rest.find('>');
    if (end == std::string_view::npos) break;
    const std::string_view tag = rest.substr(0, end);
    if (tag.starts_with("<page ") && pages.size() < kPagesMax) {
      Page page;
      page.number = static_cast<std::int32_t>(pages.size()) + 1;
      page.width = attribute(tag, "width").value_or(595);
      page.height = attribute(tag, "height").value_or(842);
      pages.push_back(std::move(page));
    } else if (tag.starts_with("<word ") && !pages.empty() && words < kWordsMax) {
      const std::string_view behind = rest.substr(end + 1);
      add_word(tag, behind.substr(0, behind.find('<')), pages.back());
      ++words;
    }
  }
  if (words == 0) return Reason{"MALFORMED_PDF", "PDF 中没有可读的文字 / no text in the PDF"};
  Document document = lay_out(pages);
  document.format = "application/pdf";
  document.charset = "utf-8";
  return document;
}

}  // namespace gouji::parser
