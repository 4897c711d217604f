// What stands around the text of a report: its title, the date of publication, and the fields that
// portals print above it (发布机构, 来源, 标题).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/names.h"
#include "services/parser/core/sections.h"

namespace gouji::parser {

inline constexpr std::string_view kPrintedTitle = "title";
// A title in quotes inside prose, which names a report and stands over none.
inline constexpr std::string_view kQuotedTitle = "quoted_title";

struct Title {
  std::string text;    // as written, spaces collapsed
  std::string folded;
  std::string source;  // "title", "meta.title", kQuotedTitle
  TitleParts parts;
  TextRange range;     // empty for meta data
  bool is_heading = false;  // of the whole page: h1
};

// A column of the portal that has the name of an organ.
inline constexpr std::string_view kPathField = "field.path";

struct PublisherField {
  std::string name;    // folded value of 发布机构, 来源, ...
  std::string source;  // "field.发布机构", "meta.ContentSource"
  TextRange range;
};

struct FrontMatter {
  std::vector<Title> titles;  // best first
  std::vector<PublisherField> publishers;
  std::string published_on;   // "2025-01-21", empty where none is stated
  std::vector<std::string> first_lines;  // folded, of the first lines, for telling look-alikes
};

inline constexpr std::size_t kFrontLinesMax = 120;

FrontMatter read_front_matter(const Document& document, const SectionMap& sections);

// A date of the day as "2025-01-21" in the first form that `text` holds: 2025-01-21, 2025/1/21,
// 2025年1月21日. Empty when there is none.
std::string find_date(std::string_view text);

}  // namespace gouji::parser
