// The parts beside the body of a DOCX: what its styles, lists and relationships say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "services/parser/core/office/list_numbers.h"

namespace gouji::parser {

// Of a paragraph, by its style or by itself.
struct ParagraphStyle {
  std::uint8_t heading = 0;  // 1..9, 0 = body text
  std::optional<std::int64_t> list;
  std::size_t list_level = 0;
  bool is_hidden = false;
};

class DocxStyles {
 public:
  DocxStyles() = default;
  explicit DocxStyles(std::string_view xml);
  // Of the style and of those that it is based on; body text where it is not known.
  ParagraphStyle find(std::string_view id) const;

 private:
  struct Style {
    std::string based_on;
    std::optional<std::uint8_t> heading;
    std::optional<std::int64_t> list;
    std::optional<std::size_t> list_level;
    std::optional<bool> is_hidden;
  };
  std::unordered_map<std::string, Style> styles_;
};

// Lists of a numbering part; remembers how far each has been counted.
class DocxLists {
 public:
  DocxLists() = default;
  explicit DocxLists(std::string_view xml);
  // What stands in front of the next paragraph of this list ("numId") and level.
  std::string next_number(std::int64_t list, std::size_t level);

 private:
  struct Instance {
    std::int64_t abstract = 0;
    std::array<std::optional<std::int64_t>, kListLevels> starts;
    bool is_used = false;
  };
  void read_abstract(class XmlScanner& scanner);
  void read_instance(class XmlScanner& scanner);

  std::unordered_map<std::int64_t, List> lists_;  // by abstractNumId
  std::unordered_map<std::int64_t, ListCounter> counters_;
  std::unordered_map<std::int64_t, Instance> instances_;  // by numId
};

struct Relationship {
  std::string type;  // last word of its address: "image", "hyperlink", "styles"
  std::string target;
  bool is_external = false;
};
// By id.
using Relationships = std::unordered_map<std::string, Relationship>;
Relationships read_relationships(std::string_view xml);
// Target of the first relationship of this type; empty where there is none.
std::string target_of_type(const Relationships& relationships, std::string_view type);
// The part that a relationship of `part` names: "word/document.xml" and "../a.xml" make "a.xml".
std::string resolve_part(std::string_view part, std::string_view target);
// "word/_rels/document.xml.rels" for "word/document.xml".
std::string relationships_part(std::string_view part);

}  // namespace gouji::parser
