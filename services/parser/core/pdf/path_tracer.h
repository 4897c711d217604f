// Follows the paths of a content stream and finds the lines among them: strokes along the axes,
// thin filled shapes, and frames that are filled between an outer and an inner rectangle.
#pragma once

#include <cstddef>
#include <vector>

#include "services/parser/core/pdf/page_builder.h"
#include "services/parser/core/pdf/pdf_matrix.h"

namespace gouji::parser {

// Points are in the page's coordinates: the caller maps them.
class PathTracer {
 public:
  void move_to(PdfPoint point);
  void line_to(PdfPoint point);
  // Only the end of a curve counts.
  void curve_to(PdfPoint end);
  void close();
  // The four corners, in order.
  void rectangle(const PdfPoint (&corners)[4]);

  // `width` in points.
  void stroke(double width, PageBuilder& page) const;
  void fill(PageBuilder& page) const;
  void clear();

 private:
  struct Segment {
    PdfPoint from;
    PdfPoint to;
    bool is_curve = false;
  };
  struct Shape {
    std::size_t begin = 0;  // of its segments
    PdfPoint start;
    PdfPoint low;
    PdfPoint high;
    bool has_curve = false;
    bool is_upright = true;  // all sides along the axes
  };
  void add(PdfPoint to, bool is_curve);
  static bool is_frame(const Shape& outer, const Shape& inner);
  static void add_frame(const Shape& outer, const Shape& inner, PageBuilder& page);

  std::vector<Segment> segments_;
  std::vector<Shape> shapes_;
  PdfPoint at_;
};

}  // namespace gouji::parser
