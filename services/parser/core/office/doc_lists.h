// Styles and lists of a Word document ([MS-DOC] 2.9.271, 2.9.131): headings, and the numbers that
// stand in front of paragraphs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/parser/core/office/doc_file.h"
#include "services/parser/core/office/doc_format.h"
#include "services/parser/core/office/list_numbers.h"

namespace gouji::parser {

// Heading, list and level of the styles, for what a paragraph does not say itself.
class DocStyles {
 public:
  explicit DocStyles(const DocFile& file);
  void complete(DocParagraph& paragraph) const;

 private:
  struct Style {
    std::uint32_t based_on = 0xFFF;
    DocParagraph paragraph;
  };
  std::vector<Style> styles_;
};

class DocLists {
 public:
  explicit DocLists(const DocFile& file);
  // What stands in front of the next paragraph of this list instance (from 1) and level.
  std::string next_number(std::int32_t list, std::size_t level);

 private:
  struct Instance {
    std::size_t list = 0;  // index; that of none is lists_.size()
    std::vector<std::pair<std::size_t, std::int64_t>> starts;  // level, number
    bool is_used = false;
  };
  struct Counted {
    std::uint32_t id = 0;
    List list;
    ListCounter counter;
  };
  void read_lists(const DocFile& file);
  void read_instances(std::string_view part);

  std::vector<Counted> lists_;
  std::vector<Instance> instances_;
};

}  // namespace gouji::parser
