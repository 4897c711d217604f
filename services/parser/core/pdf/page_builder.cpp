#include "services/parser/core/pdf/page_builder.h"

#include <algorithm>
#include <cmath>

namespace gouji::parser {
namespace {

// Part of its width that may stand beside the page.
constexpr float kCutOff = 0.25F;
constexpr std::uint32_t kFree = 0xFFFF'FFFF;
constexpr float kThin = 3;  // points: what is thinner is a line
constexpr std::size_t kFirstPlaces = 1024;

// The square of four points that a position falls into: larger than the shift of bold type, so that
// mostly one square is looked at, and smaller than what stands between two equal characters.
struct Place {
  std::int32_t x = 0;
  std::int32_t y = 0;
};

std::size_t hash(char32_t code, Place place) {
  std::uint64_t value = static_cast<std::uint64_t>(code) << 32;
  value ^= static_cast<std::uint64_t>(static_cast<std::uint32_t>(place.x)) << 16;
  value ^= static_cast<std::uint32_t>(place.y);
  value *= 0x9E37'79B9'7F4A'7C15ULL;
  return static_cast<std::size_t>(value ^ value >> 29);
}

std::int32_t square(float position) {
  constexpr float kSquares = 0.25F;  // a point
  constexpr float kBelowPage = 65'536;  // keeps positions off the edge positive: a cast rounds down
  return static_cast<std::int32_t>((position + kBelowPage) * kSquares);
}

bool is_finite(const Box& box) {
  return std::isfinite(box.left) && std::isfinite(box.top) && std::isfinite(box.right) &&
         std::isfinite(box.bottom);
}

// How far apart two drawings of a bold character may be. Digits beside each other are farther.
float bold_shift(const Glyph& glyph) {
  constexpr float kLeast = 0.3F;
  constexpr float kMost = 0.9F;
  constexpr float kOfHeight = 0.05F;
  const float height = glyph.box.bottom - glyph.box.top;
  return std::clamp(height * kOfHeight, kLeast, kMost);
}

}  // namespace

PageBuilder::PageBuilder(Page page, PageRoom& room) : page_(std::move(page)), room_(room) {}

bool PageBuilder::is_outside(const Box& box) const {
  return !is_finite(box) || box.right < 0 || box.bottom < 0 || box.left > page_.width ||
         box.top > page_.height;
}

bool PageBuilder::is_cut_off(const Box& box) const {
  const float most = kCutOff * (box.right - box.left);
  return box.right > page_.width + most || box.left < -most;
}

Box PageBuilder::bounded(const Box& box) const {
  return {std::max(box.left, -page_.width), std::max(box.top, -page_.height),
          std::min(box.right, 2 * page_.width), std::min(box.bottom, 2 * page_.height)};
}

void PageBuilder::add_glyph(const Glyph& drawn) {
  if (is_outside(drawn.box)) return;
  const Glyph glyph{is_cut_off(drawn.box) ? U'\0' : drawn.code, bounded(drawn.box), drawn.hidden};
  if (glyph.code != 0 && is_drawn_twice(glyph)) return;
  if (room_.glyphs == 0) {
    room_.is_exceeded = true;
    return;
  }
  --room_.glyphs;
  page_.glyphs.push_back(glyph);
  if (glyph.code != 0) remember(static_cast<std::uint32_t>(page_.glyphs.size() - 1));
}

bool PageBuilder::is_same(std::uint32_t index, const Glyph& glyph, float near) const {
  if (index >= page_.glyphs.size()) return false;
  const Glyph& other = page_.glyphs[index];
  return other.code == glyph.code && other.hidden == glyph.hidden &&
         std::abs(other.box.left - glyph.box.left) <= near &&
         std::abs(other.box.bottom - glyph.box.bottom) <= near;
}

bool PageBuilder::is_drawn_twice(const Glyph& glyph) {
  if (places_.empty()) return false;
  const float near = bold_shift(glyph);
  for (std::int32_t x = square(glyph.box.left - near); x <= square(glyph.box.left + near); ++x) {
    for (std::int32_t y = square(glyph.box.bottom - near); y <= square(glyph.box.bottom + near); ++y) {
      const std::size_t mask = places_.size() - 1;
      for (std::size_t at = hash(glyph.code, {x, y}) & mask; places_[at] != kFree; at = (at + 1) & mask) {
        if (is_same(places_[at], glyph, near)) return true;
      }
    }
  }
  return false;
}

void PageBuilder::remember(std::uint32_t index) {
  if (places_.size() < page_.glyphs.size() * 2) {
    grow();
    return;
  }
  const Glyph& glyph = page_.glyphs[index];
  const std::size_t mask = places_.size() - 1;
  std::size_t at = hash(glyph.code, {square(glyph.box.left), square(glyph.box.bottom)}) & mask;
  while (places_[at] != kFree) at = (at + 1) & mask;
  places_[at] = index;
}

void PageBuilder::grow() {
  std::size_t size = kFirstPlaces;
  while (size < page_.glyphs.size() * 4) size *= 2;
  places_.assign(size, kFree);
  for (std::uint32_t index = 0; index < page_.glyphs.size(); ++index) {
    if (page_.glyphs[index].code != 0) remember(index);
  }
}

void PageBuilder::add_ruling(Box box) {
  if (is_outside(box)) return;
  if (room_.rulings == 0) {
    room_.is_exceeded = true;
    return;
  }
  --room_.rulings;
  page_.rulings.push_back({{std::max(box.left, 0.0F), std::max(box.top, 0.0F),
                            std::min(box.right, page_.width), std::min(box.bottom, page_.height)}});
}

void PageBuilder::add_picture(Box box) {
  if (is_outside(box)) return;
  if (std::min(box.right - box.left, box.bottom - box.top) < kThin) {
    add_ruling(box);
    return;
  }
  if (room_.pictures == 0) {
    room_.is_exceeded = true;
    return;
  }
  --room_.pictures;
  page_.pictures.push_back({bounded(box)});
}

void PageBuilder::name_glyphs(std::size_t begin, std::u32string_view text) {
  if (begin >= page_.glyphs.size() || text.empty()) return;
  std::vector<Glyph>& glyphs = page_.glyphs;
  const bool is_needed = std::any_of(glyphs.begin() + static_cast<std::ptrdiff_t>(begin), glyphs.end(),
                                     [](const Glyph& glyph) { return glyph.code == 0; });
  if (!is_needed) return;
  Box whole = glyphs[begin].box;
  const float height = whole.bottom - whole.top;
  const bool hidden = glyphs[begin].hidden;
  for (std::size_t i = begin; i < glyphs.size(); ++i) {
    const Box& box = glyphs[i].box;
    whole = {std::min(whole.left, box.left), std::min(whole.top, box.top),
             std::max(whole.right, box.right), std::max(whole.bottom, box.bottom)};
  }
  const bool is_one_each = glyphs.size() - begin == text.size();
  if (is_one_each) {
    for (std::size_t i = 0; i < text.size(); ++i) glyphs[begin + i].code = text[i];
    return;
  }
  // Over several lines nobody knows which part of the text stands where.
  if (whole.bottom - whole.top > 1.5F * height) return;
  const std::size_t released = glyphs.size() - begin;
  if (room_.glyphs + released < text.size()) return;
  glyphs.resize(begin);
  room_.glyphs += released;
  const float step = (whole.right - whole.left) / static_cast<float>(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const float left = whole.left + step * static_cast<float>(i);
    glyphs.push_back({text[i], {left, whole.top, left + step, whole.bottom}, hidden});
    --room_.glyphs;
  }
}

Page PageBuilder::take() { return std::move(page_); }

}  // namespace gouji::parser
