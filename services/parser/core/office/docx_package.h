// A DOCX as a package of parts: the body, and what it refers to, unpacked when it is first asked
// for. A part beside the body that cannot be read is as if it were not there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/parser/core/office/docx_parts.h"
#include "services/parser/core/office/zip.h"

namespace gouji::parser {

class DocxPackage {
 public:
  // The part with the text is `usual`, or what the package names where there is no such part.
  DocxPackage(ZipArchive archive, std::string_view usual);

  const std::string& main_part() const { return main_part_; }
  // In UTF-8.
  PartOutcome<std::string> body();
  const ParagraphStyle& style(std::string_view id);
  std::string next_number(std::int64_t list, std::size_t level);
  // Null where the body has no relationship with this id.
  const Relationship* relationship(std::string_view id);
  // Text of an element of docProps/core.xml by its name without prefix; in the order of the part.
  std::vector<std::pair<std::string, std::string>> core_properties();
  // Empty where there is no such part.
  std::string part(std::string_view name);

 private:
  const Relationships& relationships();

  ZipArchive archive_;
  std::string main_part_;
  std::optional<Relationships> relationships_;
  std::optional<DocxStyles> styles_;
  std::optional<DocxLists> lists_;
  std::unordered_map<std::string, ParagraphStyle> styles_found_;
  std::string last_style_id_;
  const ParagraphStyle* last_style_ = nullptr;
};

}  // namespace gouji::parser
