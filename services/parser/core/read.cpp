#include "services/parser/core/read.h"
#include "services/parser/core/extract.h"
#include "services/parser/core/sections.h"
#include "services/parser/core/tables.h"

namespace gouji::parser {

ReadOutcome read(const Input& input, const OrganDirectory&) {
  ExtractOutcome extracted = extract({input.bytes, input.media_type, ""});
  if (auto* reason = std::get_if<Reason>(&extracted)) return Refusal{RefusalClass::kPoison, *reason};
  const Document& document = std::get<Document>(extracted);
  const SectionMap sections = find_sections(document);
  Reading reading;
  reading.tables = read_tables(document, sections, {});
  reading.sections = section_texts(document, sections);
  return reading;
}

}
