#include "services/parser/core/pdf/path_tracer.h"

#include <algorithm>
#include <cmath>

namespace gouji::parser {
namespace {

constexpr double kThin = 3;                   // points: what is thinner is a line
constexpr double kSkew = 0.5;                 // a line this much off its axis is still along it
constexpr std::size_t kSegmentsMax = 1U << 17;  // of one path

Box box_of(PdfPoint low, PdfPoint high) {
  return {static_cast<float>(low.x), static_cast<float>(low.y), static_cast<float>(high.x),
          static_cast<float>(high.y)};
}

bool is_along_an_axis(PdfPoint from, PdfPoint to) {
  const double across = std::min(std::abs(to.x - from.x), std::abs(to.y - from.y));
  const double along = std::max(std::abs(to.x - from.x), std::abs(to.y - from.y));
  return across <= kSkew && across * 4 <= along;
}

}  // namespace

void PathTracer::clear() {
  segments_.clear();
  shapes_.clear();
}

void PathTracer::move_to(PdfPoint point) {
  at_ = point;
  if (shapes_.size() >= kSegmentsMax) return;
  const bool is_unused = !shapes_.empty() && shapes_.back().begin == segments_.size();
  if (is_unused) shapes_.pop_back();
  shapes_.push_back({segments_.size(), point, point, point});
}

void PathTracer::add(PdfPoint to, bool is_curve) {
  if (shapes_.empty()) move_to(at_);
  Shape& shape = shapes_.back();
  if (segments_.size() < kSegmentsMax) segments_.push_back({at_, to, is_curve});
  shape.low = {std::min(shape.low.x, to.x), std::min(shape.low.y, to.y)};
  shape.high = {std::max(shape.high.x, to.x), std::max(shape.high.y, to.y)};
  shape.has_curve = shape.has_curve || is_curve;
  const bool is_point = at_.x == to.x && at_.y == to.y;
  shape.is_upright = shape.is_upright && (is_point || is_along_an_axis(at_, to));
  at_ = to;
}

void PathTracer::line_to(PdfPoint point) { add(point, false); }

void PathTracer::curve_to(PdfPoint end) { add(end, true); }

void PathTracer::close() {
  if (shapes_.empty()) return;
  const PdfPoint start = shapes_.back().start;
  if (at_.x != start.x || at_.y != start.y) add(start, false);
}

void PathTracer::rectangle(const PdfPoint (&corners)[4]) {
  move_to(corners[0]);
  for (std::size_t i = 1; i < 4; ++i) add(corners[i], false);
  close();
}

void PathTracer::stroke(double width, PageBuilder& page) const {
  const double half = width / 2;
  for (const Segment& segment : segments_) {
    if (segment.is_curve || !is_along_an_axis(segment.from, segment.to)) continue;
    const PdfPoint low{std::min(segment.from.x, segment.to.x), std::min(segment.from.y, segment.to.y)};
    const PdfPoint high{std::max(segment.from.x, segment.to.x), std::max(segment.from.y, segment.to.y)};
    const bool is_horizontal = high.x - low.x >= high.y - low.y;
    const double length = is_horizontal ? high.x - low.x : high.y - low.y;
    if (width >= kThin && length < 2 * width) continue;  // an area painted with a broad brush
    const PdfPoint side = is_horizontal ? PdfPoint{0, half} : PdfPoint{half, 0};
    page.add_ruling(box_of({low.x - side.x, low.y - side.y}, {high.x + side.x, high.y + side.y}));
  }
}

bool PathTracer::is_frame(const Shape& outer, const Shape& inner) {
  if (!outer.is_upright || !inner.is_upright || outer.has_curve || inner.has_curve) return false;
  const double sides[] = {inner.low.x - outer.low.x, inner.low.y - outer.low.y,
                          outer.high.x - inner.high.x, outer.high.y - inner.high.y};
  const auto is_thin = [](double side) { return side >= 0 && side < kThin; };
  const bool is_inside = std::all_of(std::begin(sides), std::end(sides), is_thin);
  return is_inside && std::any_of(std::begin(sides), std::end(sides), [](double side) { return side > 0; });
}

void PathTracer::add_frame(const Shape& outer, const Shape& inner, PageBuilder& page) {
  if (inner.low.x > outer.low.x) page.add_ruling(box_of(outer.low, {inner.low.x, outer.high.y}));
  if (inner.high.x < outer.high.x) page.add_ruling(box_of({inner.high.x, outer.low.y}, outer.high));
  if (inner.low.y > outer.low.y) page.add_ruling(box_of(outer.low, {outer.high.x, inner.low.y}));
  if (inner.high.y < outer.high.y) page.add_ruling(box_of({outer.low.x, inner.high.y}, outer.high));
}

void PathTracer::fill(PageBuilder& page) const {
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const Shape& shape = shapes_[i];
    if (shape.has_curve) continue;
    if (std::min(shape.high.x - shape.low.x, shape.high.y - shape.low.y) < kThin) {
      const bool is_area = shape.high.x > shape.low.x || shape.high.y > shape.low.y;
      if (is_area) page.add_ruling(box_of(shape.low, shape.high));
    } else if (i + 1 < shapes_.size() && is_frame(shape, shapes_[i + 1])) {
      add_frame(shape, shapes_[i + 1], page);
    } else if (i > 0 && is_frame(shape, shapes_[i - 1])) {
      add_frame(shape, shapes_[i - 1], page);
    }
  }
}

}  // namespace gouji::parser
