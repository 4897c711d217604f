#include "services/parser/core/layout/page_ink.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <optional>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

// PDF pages are at most 14400 points wide; what is far outside of the page is not looked at.
constexpr float kFarthest = 20'000;
constexpr float kRuleLengthMin = 1;
// Of a rule that is drawn as a thin box, and of one that leans by less than a degree.
constexpr float kRuleThickness = 4;
constexpr float kRuleLean = 0.0175F;

bool is_sound(const Box& box) {
  for (const float side : {box.left, box.top, box.right, box.bottom}) {
    if (!std::isfinite(side) || std::fabs(side) > kFarthest) return false;
  }
  return true;
}

Box ordered(const Box& box) {
  return {std::min(box.left, box.right), std::min(box.top, box.bottom),
          std::max(box.left, box.right), std::max(box.top, box.bottom)};
}

// Places that are taken, in a table of fixed size without chains: a bounded number of steps for
// each glyph whatever stands on the page.
class OverprintTable {
 public:
  explicit OverprintTable(std::size_t glyphs)
      : slots_(std::bit_ceil(std::max<std::size_t>(64, glyphs * 2))) {}

  // True when the same character stands nearly there already; else its place is taken.
  bool is_double(char32_t code, const Box& box) {
    const float x = middle_x(box), y = middle_y(box);
    const float near = std::min(kShiftMax, 0.15F * height(box));
    const int column = static_cast<int>(std::floor(x / kSide));
    const int row = static_cast<int>(std::floor(y / kSide));
    const int beside = x - static_cast<float>(column) * kSide < kSide / 2 ? -1 : 1;
    const int above = y - static_cast<float>(row) * kSide < kSide / 2 ? -1 : 1;
    for (const int c : {column, column + beside}) {
      for (const int r : {row, row + above}) {
        if (holds(code, c, r, {x, y}, near)) return true;
      }
    }
    take(code, column, row, {x, y});
    return false;
  }

 private:
  struct Place {
    float x, y;
  };
  struct Slot {
    char32_t code = 0xFFFFFFFF;
    int column = 0, row = 0;
    Place place{};
  };
  static constexpr float kShiftMax = 1.2F;
  static constexpr float kSide = 2.4F;  // twice the shift: a neighbour is in one of four fields
  static constexpr std::size_t kStepsMax = 16;

  std::size_t start(char32_t code, int column, int row) const {
    std::uint64_t mixed = (std::uint64_t{code} << 40) ^
                          (static_cast<std::uint64_t>(static_cast<std::uint32_t>(column)) << 20) ^
                          static_cast<std::uint32_t>(row);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return static_cast<std::size_t>(mixed ^ (mixed >> 31)) & (slots_.size() - 1);
  }

  bool holds(char32_t code, int column, int row, Place place, float near) const {
    std::size_t at = start(code, column, row);
    for (std::size_t step = 0; step < kStepsMax; ++step, at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.code == 0xFFFFFFFF) return false;
      if (slot.code == code && slot.column == column && slot.row == row &&
          std::fabs(slot.place.x - place.x) <= near && std::fabs(slot.place.y - place.y) <= near) {
        return true;
      }
    }
    return false;
  }

  void take(char32_t code, int column, int row, Place place) {
    std::size_t at = start(code, column, row);
    for (std::size_t step = 0; step < kStepsMax; ++step, at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].code != 0xFFFFFFFF) continue;
      slots_[at] = {code, column, row, place};
      return;
    }
  }

  std::vector<Slot> slots_;
};

// Which parts of a page visible characters cover, in fields of four points.
class Cover {
 public:
  Cover(float page_width, float page_height)
      : columns_(fields(page_width)), rows_(fields(page_height)), taken_(columns_ * rows_) {}

  void add(const Box& box) {
    const std::size_t right = std::min(field(box.right), field(box.left) + kGlyphFields);
    const std::size_t bottom = std::min(field(box.bottom), field(box.top) + kGlyphFields);
    for (std::size_t row = field(box.top); row <= bottom && row < rows_; ++row) {
      for (std::size_t column = field(box.left); column <= right && column < columns_; ++column) {
        taken_[row * columns_ + column] = true;
      }
    }
  }

  bool holds(const Box& box) const {
    const std::size_t row = field(middle_y(box)), column = field(middle_x(box));
    return row < rows_ && column < columns_ && taken_[row * columns_ + column];
  }

 private:
  static constexpr float kSide = 4;
  static constexpr std::size_t kGlyphFields = 16;
  static std::size_t field(float at) { return static_cast<std::size_t>(std::max(0.F, at) / kSide); }
  static std::size_t fields(float side) { return field(std::clamp(side, 0.F, 14'400.F)) + 1; }

  std::size_t columns_, rows_;
  std::vector<bool> taken_;
};

Box turned(const Box& box, TextRun run, float page_width, float page_height) {
  switch (run) {
    case TextRun::kRight: return box;
    case TextRun::kDown:
      return {box.top, page_width - box.right, box.bottom, page_width - box.left};
    case TextRun::kLeft:
      return {page_width - box.right, page_height - box.bottom, page_width - box.left,
              page_height - box.top};
    case TextRun::kUp:
      return {page_height - box.bottom, box.left, page_height - box.top, box.right};
  }
  return box;
}

// The direction in which nearly all characters follow one another.
TextRun text_run(const std::vector<Ink>& glyphs) {
  constexpr std::size_t kPairsMin = 12;
  std::size_t right = 0, down = 0, left = 0, up = 0;
  for (std::size_t i = 1; i < glyphs.size(); ++i) {
    const Box& before = glyphs[i - 1].box;
    const Box& box = glyphs[i].box;
    const float dx = middle_x(box) - middle_x(before), dy = middle_y(box) - middle_y(before);
    const float reach = std::max(width(before) + width(box), height(before) + height(box));
    if (std::fabs(dx) > reach || std::fabs(dy) > reach) continue;
    if (std::fabs(dx) > 3 * std::fabs(dy)) ++(dx > 0 ? right : left);
    if (std::fabs(dy) > 3 * std::fabs(dx)) ++(dy > 0 ? down : up);
  }
  const std::size_t most = std::max({down, left, up});
  if (most < kPairsMin || most < 4 * (right + down + left + up - most)) return TextRun::kRight;
  return most == down ? TextRun::kDown : most == left ? TextRun::kLeft : TextRun::kUp;
}

bool is_control(char32_t code) { return code != 0 && (code < 0x20 || (code >= 0x7F && code < 0xA0)); }

class InkReader {
 public:
  InkReader(const Page& page, std::size_t glyphs_max) : page_(page) {
    count_ = std::min(page.glyphs.size(), glyphs_max);
    ink_.is_cut = count_ < page.glyphs.size();
    ink_.number = page.number;
    ink_.width = std::isfinite(page.width) ? std::clamp(page.width, 1.F, kFarthest) : 1;
    ink_.height = std::isfinite(page.height) ? std::clamp(page.height, 1.F, kFarthest) : 1;
  }

  PageInk read(std::size_t rulings_max) {
    read_glyphs();
    read_rulings(rulings_max);
    for (const PagePicture& picture : page_.pictures) {
      if (is_sound(picture.box)) ink_.pictures.push_back(ordered(picture.box));
    }
    turn(text_run(ink_.glyphs));
    return std::move(ink_);
  }

 private:
  void read_glyphs() {
    std::optional<Cover> cover = visible_cover();
    OverprintTable taken(count_);
    ink_.glyphs.reserve(count_);
    bool after_space = false;
    for (std::size_t i = 0; i < count_; ++i) {
      const Glyph& glyph = page_.glyphs[i];
      if (!is_sound(glyph.box) || is_control(glyph.code)) continue;
      const Box box = ordered(glyph.box);
      if (is_space(glyph.code)) {
        after_space = true;
        continue;
      }
      if (height(box) <= 0 || (glyph.hidden && cover && cover->holds(box))) continue;
      const char32_t code = glyph.code == 0 ? kReplacementCharacter : glyph.code;
      if (taken.is_double(code, box)) continue;
      ink_.glyphs.push_back({code, box, after_space});
      after_space = false;
    }
  }

  // Only where hidden and visible characters share the page.
  std::optional<Cover> visible_cover() const {
    std::size_t hidden = 0;
    for (std::size_t i = 0; i < count_; ++i) hidden += page_.glyphs[i].hidden ? 1 : 0;
    if (hidden == 0 || hidden == count_) return std::nullopt;
    Cover cover(ink_.width, ink_.height);
    for (std::size_t i = 0; i < count_; ++i) {
      const Glyph& glyph = page_.glyphs[i];
      if (!glyph.hidden && is_sound(glyph.box) && !is_space(glyph.code)) cover.add(ordered(glyph.box));
    }
    return cover;
  }

  void read_rulings(std::size_t rulings_max) {
    const std::size_t count = std::min(page_.rulings.size(), rulings_max);
    ink_.has_cut_rules = count < page_.rulings.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_sound(page_.rulings[i].box)) continue;
      const Box box = ordered(page_.rulings[i].box);
      const float length = std::max(width(box), height(box));
      const float thickness = std::min(width(box), height(box));
      if (length < kRuleLengthMin || thickness > kRuleThickness + kRuleLean * length) continue;
      (width(box) >= height(box) ? ink_.horizontal : ink_.vertical).push_back(box);
    }
  }

  void turn(TextRun run) {
    if (run == TextRun::kRight) return;
    ink_.run = run;
    const auto turn_all = [&](std::vector<Box>& boxes) {
      for (Box& box : boxes) box = turned(box, run, ink_.width, ink_.height);
    };
    for (Ink& glyph : ink_.glyphs) glyph.box = turned(glyph.box, run, ink_.width, ink_.height);
    turn_all(ink_.horizontal);
    turn_all(ink_.vertical);
    turn_all(ink_.pictures);
    if (run == TextRun::kLeft) return;
    ink_.horizontal.swap(ink_.vertical);
    std::swap(ink_.width, ink_.height);
  }

  const Page& page_;
  std::size_t count_ = 0;
  PageInk ink_;
};

// No line of text goes on over the middle: it is free of characters, as two margins are.
bool has_gutter(const PageInk& sheet) {
  constexpr float kGutter = 24;  // points
  const float low = sheet.width / 2 - kGutter / 2, high = sheet.width / 2 + kGutter / 2;
  return std::none_of(sheet.glyphs.begin(), sheet.glyphs.end(),
                      [&](const Ink& glyph) { return glyph.box.right > low && glyph.box.left < high; });
}

}  // namespace

Box PageInk::on_page(const Box& box) const {
  // Turning back is turning the rest of the way round.
  switch (run) {
    case TextRun::kRight: return box;
    case TextRun::kDown: return turned(box, TextRun::kUp, width, height);
    case TextRun::kLeft: return turned(box, TextRun::kLeft, width, height);
    case TextRun::kUp: return turned(box, TextRun::kDown, width, height);
  }
  return box;
}

bool has_two_pages(const PageInk& sheet) {
  constexpr float kWide = 1.2F;             // as wide as high
  constexpr std::size_t kGlyphsMin = 100;   // on either half
  if (sheet.width < kWide * sheet.height) return false;
  const float middle = sheet.width / 2;
  const auto reaches_over = [middle](const Box& box) { return box.left < middle && box.right > middle; };
  std::size_t left = 0;
  for (const Ink& glyph : sheet.glyphs) {
    if (reaches_over(glyph.box)) return false;
    left += glyph.box.right <= middle ? 1 : 0;
  }
  const auto has_none_over = [&](const std::vector<Box>& boxes) { return std::none_of(boxes.begin(), boxes.end(), reaches_over); };
  return left >= kGlyphsMin && sheet.glyphs.size() - left >= kGlyphsMin && has_none_over(sheet.horizontal) && has_gutter(sheet);
}

PageInk take_right_half(PageInk& sheet) {
  PageInk right = sheet;
  const float middle = sheet.width / 2;
  const auto is_right = [middle](const Box& box) { return middle_x(box) > middle; };
  const auto split = [&](std::vector<Box>& lefts, std::vector<Box>& rights) {
    std::erase_if(lefts, is_right);
    std::erase_if(rights, [&](const Box& box) { return !is_right(box); });
  };
  split(sheet.horizontal, right.horizontal);
  split(sheet.vertical, right.vertical);
  split(sheet.pictures, right.pictures);
  std::erase_if(sheet.glyphs, [&](const Ink& glyph) { return is_right(glyph.box); });
  std::erase_if(right.glyphs, [&](const Ink& glyph) { return !is_right(glyph.box); });
  return right;
}

PageInk ink_of(const Page& page, std::size_t glyphs_max, const LayoutLimits& limits) {
  return InkReader(page, std::min<std::size_t>(glyphs_max, limits.page_glyphs))
      .read(limits.page_rulings);
}

}  // namespace gouji::parser
