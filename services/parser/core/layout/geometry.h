// Boxes of a page: sizes, middles and how they lie to one another. Points, y grows downwards.
#pragma once

#include <algorithm>

#include "services/parser/core/layout/page.h"

namespace gouji::parser {

inline float width(const Box& box) { return box.right - box.left; }
inline float height(const Box& box) { return box.bottom - box.top; }
inline float middle_x(const Box& box) { return (box.left + box.right) / 2; }
inline float middle_y(const Box& box) { return (box.top + box.bottom) / 2; }

inline Box unite(const Box& a, const Box& b) {
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

}  // namespace gouji::parser
