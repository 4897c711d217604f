#include "services/parser/core/layout/fields.h"

#include <string>

#include "services/parser/core/figure.h"
#include "services/parser/core/layout/cell_text.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// Parts of the character height.
constexpr float kFieldGap = 0.55F;        // words of one field stand nearer
constexpr float kFigureFieldGap = 0.3F;   // a figure and what is beside it
constexpr float kLabelGap = 1.2F;         // between a label and the only value of its row
constexpr std::uint32_t kValueGlyphsMax = 24;

bool stands_apart(const PageInk& ink, const Fragment& before, const Fragment& behind) {
  const float size = std::min(before.size, behind.size);
  const bool has_figure = is_figure_like(ink, before) || is_figure_like(ink, behind);
  return behind.box.left - before.box.right > (has_figure ? kFigureFieldGap : kFieldGap) * size;
}

bool is_value(const PageInk& ink, std::span<const Fragment> fragments) {
  std::uint32_t glyphs = 0;
  for (const Fragment& fragment : fragments) glyphs += fragment.count;
  if (glyphs > kValueGlyphsMax) return false;
  return parse_figure(line_text(ink, fragments, ' ').text).has_value();
}

bool is_row(const PageFields& page, const FieldLine& line) {
  if (line.values == 0) return false;
  const std::uint32_t behind = line.count - line.first_value;
  if (line.values * 4 < behind * 3) return false;
  if (line.values > 1) return true;
  if (line.first_value == 0) return false;
  const auto fields = page.of(line);
  const float gap = fields[line.first_value].box.left - fields[line.first_value - 1].box.right;
  return gap > kLabelGap * line.line.size;
}

}  // namespace

PageFields find_fields(const PageInk& ink, std::span<Fragment> fragments) {
  PageFields page;
  for (const Line& line : group_lines(fragments)) {
    FieldLine found;
    found.line = line;
    found.first = static_cast<std::uint32_t>(page.fields.size());
    for (std::uint32_t i = line.first; i < line.first + line.count; ++i) {
      const bool is_new = i == line.first || stands_apart(ink, fragments[i - 1], fragments[i]);
      if (is_new) page.fields.push_back({fragments[i].box, i, 0, false});
      Field& field = page.fields.back();
      field.box = unite(field.box, fragments[i].box);
      ++field.count;
    }
    found.count = static_cast<std::uint32_t>(page.fields.size()) - found.first;
    for (std::uint32_t i = 0; i < found.count; ++i) {
      Field& field = page.fields[found.first + i];
      field.is_value = is_value(ink, fragments.subspan(field.first, field.count));
      if (field.is_value && found.values++ == 0) found.first_value = i;
    }
    found.is_row = is_row(page, found);
    page.lines.push_back(found);
  }
  return page;
}

}  // namespace gouji::parser
