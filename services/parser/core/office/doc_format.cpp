#include "services/parser/core/office/doc_format.h"

#include <algorithm>

#include "services/parser/core/office/doc_sprms.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kPageBytes = 512;
constexpr std::size_t kStretchesMax = 1U << 20;
constexpr std::size_t kCellsMax = 256;
// Long lists of modifiers, up to 64 KiB, stand elsewhere; tables have one for some of their rows.
constexpr std::size_t kExtraLooksMax = 4'096;
constexpr std::size_t kExtraLooksOfOne = 2;
constexpr std::size_t kCellBytes = 20;

std::int32_t signed16_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::int16_t>(u16_at(bytes, at));
}

// rgdxaCenter and rgTc80: the edges of the cells, and how they are merged.
std::vector<CellPlace> read_places(std::string_view definition) {
  std::vector<CellPlace> places;
  if (definition.empty()) return places;
  const std::size_t count = std::min<std::size_t>(u8_at(definition, 0), kCellsMax);
  if (definition.size() < 1 + (count + 1) * 2) return places;
  for (std::size_t i = 0; i < count; ++i) {
    CellPlace place;
    place.left = signed16_at(definition, 1 + i * 2);
    place.right = signed16_at(definition, 3 + i * 2);
    const std::size_t at = 1 + (count + 1) * 2 + i * kCellBytes;
    if (at + 2 <= definition.size()) {
      const std::uint32_t flags = u16_at(definition, at);
      constexpr std::uint32_t kJoinsLeft = 2, kJoinsAbove = 0x20, kBeginsMerge = 0x40;
      place.continues_left = (flags & 3) == kJoinsLeft;
      if ((flags & kJoinsAbove) != 0)
        place.merge = (flags & kBeginsMerge) != 0 ? VerticalMerge::kFirst : VerticalMerge::kContinued;
    }
    places.push_back(place);
  }
  return places;
}

void merge_down(std::string_view operand, std::vector<CellPlace>& places) {
  if (operand.size() < 2 || u8_at(operand, 0) >= places.size()) return;
  const std::uint32_t kind = u8_at(operand, 1);
  places[u8_at(operand, 0)].merge = kind == 1 ? VerticalMerge::kContinued : kind == 3 ? VerticalMerge::kFirst : VerticalMerge::kNone;
}

void apply(const Sprm& sprm, DocParagraph& paragraph) {
  const std::uint32_t value = sprm.operand.size() <= 4 ? sprm.number() : 0;
  switch (sprm.code) {
    case 0x2416: paragraph.depth = value != 0 ? std::max<std::size_t>(paragraph.depth, 1) : 0; return;
    case 0x2417: paragraph.is_row_end = value != 0; return;
    case 0x6649: paragraph.depth = std::min<std::size_t>(value, 64); return;
    case 0x244B: paragraph.is_inner_cell_end = value != 0; return;
    case 0x244C: paragraph.is_inner_row_end = value != 0; return;
    case 0x2640: paragraph.heading = static_cast<std::uint8_t>(value < 9 ? value + 1 : 0); return;
    case 0x260A: paragraph.list_level = static_cast<std::uint8_t>(std::min<std::uint32_t>(value, 8)); return;
    case 0x460B: paragraph.list = value < 0xF800 ? static_cast<std::int32_t>(value) : 0; return;
    case 0x4600: paragraph.style = value; return;
    case 0xD608: paragraph.places = read_places(sprm.operand); return;
    case 0xD62B: merge_down(sprm.operand, paragraph.places); return;
    default: return;
  }
}

// The page numbers of a bin table, in the order of the text in the file.
std::vector<std::size_t> pages_of(std::string_view bin_table, std::string_view main) {
  std::vector<std::size_t> pages;
  if (bin_table.size() < 12) return pages;
  const std::size_t count = (bin_table.size() - 4) / 8;
  // Each page is named once, so there are no more than the file has.
  for (std::size_t i = 0; i < count && pages.size() * kPageBytes <= main.size(); ++i) {
    const std::size_t page = (u32_at(bin_table, (count + 1) * 4 + i * 4) & 0x3FFFFF) * kPageBytes;
    if (page + kPageBytes <= main.size()) pages.push_back(page);
  }
  return pages;
}

// The formatting of a paragraph: its length is counted in words, in one of two ways.
std::string_view paragraph_formatting(std::string_view page, std::size_t place) {
  if (place == 0 || place + 2 > page.size()) return {};
  std::size_t size = u8_at(page, place);
  std::size_t begin = place + 1;
  size = size != 0 ? size * 2 - 1 : std::size_t{u8_at(page, begin++)} * 2;
  return page.substr(begin, size);
}

// What the formatting of a run says about its text, if it says anything.
std::optional<DocTextRun> meaning_of_run(std::string_view grpprl) {
  DocTextRun run;
  bool is_hidden = false, is_deleted = false, is_special = false, is_symbol = false, is_raised = false;
  SprmWalk walk(grpprl);
  while (const auto sprm = walk.next()) {
    const std::uint32_t value = sprm->number();
    if (sprm->code == 0x083C) is_hidden = (value & 1) != 0;
    if (sprm->code == 0x0800) is_deleted = value != 0;
    if (sprm->code == 0x2A48) is_raised = value == 1;
    if (sprm->code == 0x0855) is_special = value != 0;
    if (sprm->code == 0x6A09) {
      is_symbol = true;
      run.symbol = value >> 16;
    }
  }
  if (is_hidden || is_deleted) return run;
  const bool has_symbol = is_special && is_symbol;
  if (!has_symbol && !is_raised) return std::nullopt;
  run.kind = has_symbol ? DocTextKind::kSymbol : DocTextKind::kRaised;
  return run;
}

}  // namespace

std::size_t apply_paragraph_sprms(std::string_view grpprl, std::string_view extra, DocParagraph& paragraph) {
  SprmWalk walk(grpprl);
  std::size_t looks = 0;
  while (const auto sprm = walk.next()) {
    const bool is_elsewhere = sprm->code == 0x6646 || sprm->code == 0x6645;
    if (!is_elsewhere) {
      apply(*sprm, paragraph);
      continue;
    }
    const std::size_t at = sprm->number();
    if (at + 2 <= extra.size() && ++looks <= kExtraLooksOfOne) {
      SprmWalk more(extra.substr(at + 2, u16_at(extra, at)));
      while (const auto found = more.next()) apply(*found, paragraph);
    }
  }
  return looks;
}

DocFormat::DocFormat(const DocFile& file) : file_(file) {
  read_paragraphs();
  read_runs();
}

void DocFormat::read_paragraphs() {
  constexpr std::size_t kPlaceBytes = 13;
  for (const std::size_t at : pages_of(file_.part(kDocParagraphRuns), file_.main)) {
    const std::string_view page = std::string_view(file_.main).substr(at, kPageBytes);
    const std::size_t count = u8_at(page, kPageBytes - 1);
    if ((count + 1) * 4 + count * kPlaceBytes >= kPageBytes || paragraphs_.size() > kStretchesMax) continue;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = std::size_t{u8_at(page, (count + 1) * 4 + i * kPlaceBytes)} * 2;
      paragraphs_.push_back({u32_at(page, i * 4), u32_at(page, i * 4 + 4), paragraph_formatting(page, place)});
    }
  }
  std::stable_sort(paragraphs_.begin(), paragraphs_.end(), [](const Stretch& a, const Stretch& b) { return a.begin < b.begin; });
}

void DocFormat::read_runs() {
  for (const std::size_t at : pages_of(file_.part(kDocCharacterRuns), file_.main)) {
    const std::string_view page = std::string_view(file_.main).substr(at, kPageBytes);
    const std::size_t count = u8_at(page, kPageBytes - 1);
    if ((count + 1) * 4 + count >= kPageBytes || runs_.size() > kStretchesMax) continue;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t place = std::size_t{u8_at(page, (count + 1) * 4 + i)} * 2;
      if (place == 0) continue;
      auto run = meaning_of_run(page.substr(place + 1, u8_at(page, place)));
      if (!run) continue;
      run->begin = u32_at(page, i * 4);
      run->end = u32_at(page, i * 4 + 4);
      if (run->begin < run->end) runs_.push_back(*run);
    }
  }
  std::sort(runs_.begin(), runs_.end(), [](const DocTextRun& a, const DocTextRun& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < runs_.size(); ++i) runs_[i - 1].end = std::min(runs_[i - 1].end, runs_[i].begin);
}

const DocParagraph& DocFormat::paragraph_at(std::size_t offset) {
  static const DocParagraph kNone;
  auto found = std::upper_bound(paragraphs_.begin(), paragraphs_.end(), offset,
                                [](std::size_t at, const Stretch& stretch) { return at < stretch.begin; });
  if (found == paragraphs_.begin()) return kNone;
  --found;
  if (offset >= found->end || found->formatting.size() < 2) return kNone;
  const auto index = static_cast<std::size_t>(found - paragraphs_.begin());
  if (last_ == index) return last_paragraph_;
  last_ = index;
  last_paragraph_ = {};
  last_paragraph_.style = u16_at(found->formatting, 0);
  const bool may_look = extra_looks_ < kExtraLooksMax;
  extra_looks_ += apply_paragraph_sprms(found->formatting.substr(2), may_look ? std::string_view(file_.extra) : std::string_view{}, last_paragraph_);
  return last_paragraph_;
}

}  // namespace gouji::parser
