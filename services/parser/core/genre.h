// Whether a document is an annual report at all, and of which time. Look-alikes are refused by what
// they call themselves; a text without anything of a report is refused, too.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/report/reading.h"
#include "services/parser/core/front_matter.h"
#include "services/parser/core/prose.h"
#include "services/parser/core/sections.h"

namespace gouji::parser {

struct GenreEvidence {
  const FrontMatter& front;
  const SectionMap& sections;
  const std::vector<Sentence>& prose;
  bool has_table = false;   // an official table stands in the text
  bool has_figures = false; // with a number in a cell; blank forms are attached to notices
  bool has_period = false;  // a statistical period of a year is stated
};

// Codes: NOTICE_ABOUT_REPORTS, INTERPRETATION, LAW_GOVERNMENT_REPORT, PUBLIC_ENTERPRISE, PART_OF_YEAR,
// NEWS, OTHER_DOCUMENT, LIST_OF_REPORTS, NO_REPORT. nullopt when the document is a report.
std::optional<Reason> why_not_a_report(const GenreEvidence& evidence);

// Of the forms before 2019: by its year, or without a year by the headings that only those have.
bool is_pre_2019(const GenreEvidence& evidence, std::optional<std::int32_t> year,
                 std::string_view published_on);

}  // namespace gouji::parser
