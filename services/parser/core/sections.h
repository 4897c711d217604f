// Where the six sections of a report begin. Wording varies and headings get lost, so a heading is
// recognised by its numeral, its key words and its place in the order together.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "common/report/reading.h"

namespace gouji::parser {

inline constexpr std::int32_t kSectionCount = 6;

struct SectionMark {
  std::int32_t number = 0;  // 1..6
  TextRange heading;        // in Document::text
};

class SectionMap {
 public:
  SectionMap(const Document& document, std::vector<SectionMark> marks);

  const std::vector<SectionMark>& marks() const { return marks_; }  // by place
  const SectionMark* find(std::int32_t number) const;
  // From the section's heading to the next one's, without the heading.
  std::optional<TextRange> body(std::int32_t number) const;
  // Where the section must be when its heading is not found: between its neighbours'.
  TextRange neighbourhood(std::int32_t number) const;
  // Nothing but the end of the document follows the section.
  bool is_last(std::int32_t number) const;

 private:
  std::vector<SectionMark> marks_;
  std::uint32_t text_size_ = 0;
};

SectionMap find_sections(const Document& document);

// The section that a heading's wording speaks of, 0 when it speaks of none. Also for the sections
// of forms before 2019 (概述, 收费及减免): see is_old_heading.
std::int32_t section_of_wording(std::u32string_view letters);
// 概述 as the only words, 收费, 减免: headings of the forms before 2019.
bool is_old_heading(std::u32string_view letters);

// The prose of the sections and of the text before the first heading, without tables.
std::vector<Section> section_texts(const Document& document, const SectionMap& sections);

}  // namespace gouji::parser
