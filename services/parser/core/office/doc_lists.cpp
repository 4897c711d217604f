#include "services/parser/core/office/doc_lists.h"

#include <algorithm>
#include <utility>

#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

constexpr int kBasedOnMax = 16;
constexpr std::size_t kListBytes = 28;
constexpr std::size_t kLevelBytes = 28;
constexpr std::size_t kInstanceBytes = 16;
constexpr std::size_t kListsMax = 2'048;

// The names that OOXML has for the numbers of formats ([MS-OSHARED] 2.2.1.3).
std::string_view format_name(std::uint32_t format) {
  switch (format) {
    case 1: return "upperRoman";
    case 2: return "lowerRoman";
    case 3: return "upperLetter";
    case 4: return "lowerLetter";
    case 10: return "ideographDigital";
    case 11: return "japaneseCounting";
    case 14: return "decimalFullWidth";
    case 18: return "decimalEnclosedCircle";
    case 22: return "decimalZero";
    case 23: return "bullet";
    case 26: return "decimalEnclosedFullstop";
    case 27: return "decimalEnclosedParen";
    case 28: return "decimalEnclosedCircleChinese";
    case 29: return "ideographEnclosedCircle";
    case 30: return "ideographTraditional";
    case 31: return "ideographZodiac";
    case 33: return "taiwaneseCounting";
    case 34: return "ideographLegalTraditional";
    case 35: return "taiwaneseCountingThousand";
    case 36: return "taiwaneseDigital";
    case 37: return "chineseCounting";
    case 38: return "chineseLegalSimplified";
    case 39: return "chineseCountingThousand";
    case 255: return "none";
    default: return "decimal";
  }
}

// A level's text, in which characters below 9 stand for the numbers of levels.
std::string level_text(std::string_view units) {
  std::string text;
  for (std::size_t at = 0; at + 2 <= units.size(); at += 2) {
    const std::uint32_t unit = u16_at(units, at);
    if (unit < kListLevels) {
      text += '%';
      text += static_cast<char>('1' + unit);
    } else if (unit >= 0x20 && unit != '%') {
      append_utf8(text, unit);
    }
  }
  return text;
}

// One LVL at `at`, which moves behind it; false where it is cut off.
bool read_level(std::string_view table, std::size_t& at, ListLevel& level) {
  if (at > table.size() || table.size() - at < kLevelBytes + 2) return false;
  level.start = static_cast<std::int32_t>(u32_at(table, at));
  level.format = format_name(u8_at(table, at + 4));
  const std::uint32_t flags = u8_at(table, at + 5);
  level.is_legal = (flags & 4) != 0;
  level.restarts = (flags & 8) == 0;
  const std::size_t formatting = u8_at(table, at + 24) + u8_at(table, at + 25);
  at += kLevelBytes + formatting;
  if (at > table.size() || table.size() - at < 2) return false;
  const std::size_t units = u16_at(table, at);
  at += 2;
  if (table.size() - at < units * 2) return false;
  level.text = level_text(table.substr(at, units * 2));
  at += units * 2;
  return true;
}

// The formatting of a paragraph style; the other kinds of styles have none.
std::string_view style_formatting(std::string_view style, std::size_t base_bytes) {
  if (style.size() < base_bytes + 2) return {};
  const std::size_t name_bytes = 2 + std::size_t{u16_at(style, base_bytes)} * 2 + 2;
  const std::size_t at = base_bytes + name_bytes;
  if (at + 2 > style.size()) return {};
  const std::string_view formatting = style.substr(at + 2, u16_at(style, at));
  return formatting.size() < 2 ? std::string_view{} : formatting.substr(2);
}

}  // namespace

DocStyles::DocStyles(const DocFile& file) {
  const std::string_view sheet = file.part(kDocStyles);
  if (sheet.size() < 6) return;
  const std::size_t count = u16_at(sheet, 2), base_bytes = u16_at(sheet, 4);
  std::size_t at = 2 + std::size_t{u16_at(sheet, 0)};
  for (std::size_t i = 0; i < count && at + 2 <= sheet.size(); ++i) {
    const std::size_t size = u16_at(sheet, at);
    const std::string_view style = sheet.substr(at + 2, size);
    at += 2 + size;
    Style& found = styles_.emplace_back();
    constexpr std::size_t kHeadings = 9;
    if (i >= 1 && i <= kHeadings) found.paragraph.heading = static_cast<std::uint8_t>(i);
    if (style.size() < 10 || base_bytes < 10) continue;
    constexpr std::uint32_t kParagraphStyle = 1;
    if ((u16_at(style, 2) & 15) != kParagraphStyle) continue;
    found.based_on = u16_at(style, 2) >> 4;
    apply_paragraph_sprms(style_formatting(style, base_bytes), {}, found.paragraph);
  }
}

void DocStyles::complete(DocParagraph& paragraph) const {
  std::uint32_t index = paragraph.style;
  for (int i = 0; i < kBasedOnMax && index < styles_.size(); ++i) {
    const DocParagraph& style = styles_[index].paragraph;
    if (!paragraph.heading) paragraph.heading = style.heading;
    if (!paragraph.list) paragraph.list = style.list;
    if (!paragraph.list_level) paragraph.list_level = style.list_level;
    index = styles_[index].based_on;
  }
}

DocLists::DocLists(const DocFile& file) {
  read_lists(file);
  read_instances(file.part(kDocListInstances));
}

// The lists stand in a part, their levels directly behind it.
void DocLists::read_lists(const DocFile& file) {
  const std::string_view part = file.part(kDocLists);
  if (part.size() < 2) return;
  const std::size_t count = std::min({std::size_t{u16_at(part, 0)}, (part.size() - 2) / kListBytes, kListsMax});
  std::size_t at = file.lists_end;
  for (std::size_t i = 0; i < count; ++i) {
    Counted& counted = lists_.emplace_back();
    counted.id = u32_at(part, 2 + i * kListBytes);
    const bool is_simple = (u8_at(part, 2 + i * kListBytes + 26) & 1) != 0;
    const std::size_t levels = is_simple ? 1 : kListLevels;
    for (std::size_t level = 0; level < levels; ++level) {
      if (!read_level(file.table, at, counted.list.levels[level])) return;
    }
  }
}

void DocLists::read_instances(std::string_view part) {
  if (part.size() < 4) return;
  const std::size_t count = std::min({std::size_t{u32_at(part, 0)}, (part.size() - 4) / kInstanceBytes, kListsMax});
  std::size_t at = 4 + count * kInstanceBytes;
  for (std::size_t i = 0; i < count; ++i) {
    Instance& instance = instances_.emplace_back();
    const std::uint32_t id = u32_at(part, 4 + i * kInstanceBytes);
    const auto list = std::find_if(lists_.begin(), lists_.end(), [&](const Counted& counted) { return counted.id == id; });
    instance.list = static_cast<std::size_t>(list - lists_.begin());
    const std::size_t overrides = u8_at(part, 4 + i * kInstanceBytes + 12);
    at += 4;
    for (std::size_t k = 0; k < overrides && at + 8 <= part.size(); ++k) {
      const std::uint32_t flags = u32_at(part, at + 4);
      const std::int64_t start = static_cast<std::int32_t>(u32_at(part, at));
      if ((flags & 0x10) != 0 && (flags & 15) < kListLevels) instance.starts.emplace_back(flags & 15, start);
      at += 8;
      ListLevel formatted;
      if ((flags & 0x20) != 0 && !read_level(part, at, formatted)) return;
    }
  }
}

std::string DocLists::next_number(std::int32_t list, std::size_t level) {
  if (list < 1 || static_cast<std::size_t>(list) > instances_.size() || level >= kListLevels) return {};
  Instance& instance = instances_[static_cast<std::size_t>(list) - 1];
  if (instance.list >= lists_.size()) return {};
  Counted& found = lists_[instance.list];
  if (!std::exchange(instance.is_used, true)) {
    for (const auto& [at, number] : instance.starts) found.counter.restart_at(at, number);
  }
  return found.counter.next(found.list, level);
}

}  // namespace gouji::parser
