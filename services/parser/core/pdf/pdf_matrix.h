// The affine maps of a content stream: x' = a x + c y + e, y' = b x + d y + f.
#pragma once

#include <algorithm>
#include <cmath>

#include "services/parser/core/layout/page.h"

namespace gouji::parser {

struct PdfPoint {
  double x = 0;
  double y = 0;
};

struct PdfMatrix {
  double a = 1;
  double b = 0;
  double c = 0;
  double d = 1;
  double e = 0;
  double f = 0;

  PdfPoint map(PdfPoint point) const {
    return {a * point.x + c * point.y + e, b * point.x + d * point.y + f};
  }
  // How much it stretches lengths, on average.
  double scale() const { return std::sqrt(std::abs(a * d - b * c)); }
};

// `first` is applied before `then`.
inline PdfMatrix concatenate(const PdfMatrix& first, const PdfMatrix& then) {
  return {first.a * then.a + first.b * then.c,          first.a * then.b + first.b * then.d,
          first.c * then.a + first.d * then.c,          first.c * then.b + first.d * then.d,
          first.e * then.a + first.f * then.c + then.e, first.e * then.b + first.f * then.d + then.f};
}

// The upright box around a rectangle that was turned or slanted; corners in the source's space.
inline Box bounding_box(const PdfMatrix& matrix, PdfPoint low, PdfPoint high) {
  const PdfPoint corners[] = {matrix.map(low), matrix.map({high.x, low.y}),
                              matrix.map({low.x, high.y}), matrix.map(high)};
  PdfPoint least = corners[0];
  PdfPoint most = corners[0];
  for (const PdfPoint& corner : corners) {
    least = {std::min(least.x, corner.x), std::min(least.y, corner.y)};
    most = {std::max(most.x, corner.x), std::max(most.y, corner.y)};
  }
  return {static_cast<float>(least.x), static_cast<float>(least.y), static_cast<float>(most.x),
          static_cast<float>(most.y)};
}

}  // namespace gouji::parser
