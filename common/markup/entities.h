// Character references of HTML: &#20154; &#x4EBA; &nbsp; and the common named ones.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gouji {

struct Entity {
  char32_t code_point = 0;
  std::size_t length = 0;  // bytes taken, from & to ; where there is one; 0 = not a reference
};

// The reference at the start of `text`, which begins with '&'. Reads at most 12 bytes of a name.
Entity read_entity(std::string_view text);

// A text with every reference in it as its character; what is none stays.
std::string decode_entities(std::string_view text);

}  // namespace gouji
