// Property modifiers of Word's binary format ([MS-DOC] 2.2.5): a list of opcodes with operands.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gouji::parser {

struct Sprm {
  std::uint32_t code = 0;
  std::string_view operand;

  // The operand as a number; 0 where it is empty.
  std::uint32_t number() const;
};

class SprmWalk {
 public:
  explicit SprmWalk(std::string_view grpprl) : rest_(grpprl) {}
  // nullopt at the end, and where the list is cut off.
  std::optional<Sprm> next();

 private:
  std::string_view rest_;
};

}  // namespace gouji::parser
