#include "services/parser/core/pdf/page_tree.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "services/parser/core/pdf/pdf_limits.h"
#include "services/parser/core/pdf/pdf_objects.h"

namespace gouji::parser {
namespace {

struct Rectangle {
  PdfPoint low;
  PdfPoint high;
};

constexpr Rectangle kLetter = {{0, 0}, {612, 792}};  // what a page without a size is taken for

struct Node {
  QPDFObjectHandle object;
  QPDFObjectHandle resources = QPDFObjectHandle::newNull();
  QPDFObjectHandle media = QPDFObjectHandle::newNull();
  QPDFObjectHandle crop = QPDFObjectHandle::newNull();
  QPDFObjectHandle rotate = QPDFObjectHandle::newNull();
  std::size_t depth = 0;
};

void inherit(QPDFObjectHandle& value, const QPDFObjectHandle& node, const char* key) {
  QPDFObjectHandle own = value_of(node, key);
  if (!own.isNull()) value = own;
}

std::optional<Rectangle> rectangle_of(const QPDFObjectHandle& array) {
  constexpr double kLargest = 20'000;  // points: PDF's own limit is 14 400
  const std::vector<double> numbers = numbers_of(array);
  if (numbers.size() != 4) return std::nullopt;
  const auto [left, right] = std::minmax(numbers[0], numbers[2]);
  const auto [low, high] = std::minmax(numbers[1], numbers[3]);
  const bool is_sane = right - left >= 1 && high - low >= 1 && right - left <= kLargest &&
                       high - low <= kLargest;
  if (!is_sane) return std::nullopt;
  return Rectangle{{left, low}, {right, high}};
}

Rectangle shown_part(const Node& node) {
  const Rectangle media = rectangle_of(node.media).value_or(kLetter);
  const std::optional<Rectangle> crop = rectangle_of(node.crop);
  if (!crop) return media;
  const Rectangle both = {{std::max(media.low.x, crop->low.x), std::max(media.low.y, crop->low.y)},
                          {std::min(media.high.x, crop->high.x), std::min(media.high.y, crop->high.y)}};
  return both.high.x - both.low.x >= 1 && both.high.y - both.low.y >= 1 ? both : media;
}

int quarter_turns(const QPDFObjectHandle& rotate) {
  const double degrees = number_of(rotate).value_or(0);
  if (std::abs(degrees) > 1e6) return 0;
  const int turns = static_cast<int>(std::lround(degrees / 90)) % 4;
  return turns < 0 ? turns + 4 : turns;
}

PdfPageNode page_of(const Node& node) {
  const auto [low, high] = shown_part(node);
  const double wide = high.x - low.x;
  const double tall = high.y - low.y;
  switch (quarter_turns(node.rotate)) {
    case 1: return {node.object, node.resources, tall, wide, {0, 1, 1, 0, -low.y, -low.x}};
    case 2: return {node.object, node.resources, wide, tall, {-1, 0, 0, 1, high.x, -low.y}};
    case 3: return {node.object, node.resources, tall, wide, {0, -1, -1, 0, high.y, high.x}};
    default: return {node.object, node.resources, wide, tall, {1, 0, 0, -1, -low.x, high.y}};
  }
}

}  // namespace

PdfPageTree read_page_tree(const QPDFObjectHandle& catalog) {
  PdfPageTree tree;
  std::set<QPDFObjGen> seen;
  std::vector<Node> open;
  open.push_back({value_of(catalog, "/Pages")});
  std::size_t nodes = 0;
  while (!open.empty()) {
    Node node = std::move(open.back());
    open.pop_back();
    if (!node.object.isDictionary()) continue;
    if (node.object.isIndirect() && !seen.insert(node.object.getObjGen()).second) continue;
    if (++nodes > kPdfPageTreeNodesMax) tree.is_too_long = true;
    inherit(node.resources, node.object, "/Resources");
    inherit(node.media, node.object, "/MediaBox");
    inherit(node.crop, node.object, "/CropBox");
    inherit(node.rotate, node.object, "/Rotate");
    QPDFObjectHandle kids = value_of(node.object, "/Kids");
    if (kids.isArray()) {
      if (node.depth >= kPdfPageTreeDepthMax) continue;
      std::vector<QPDFObjectHandle> items = items_of(kids);
      if (items.size() > kPdfPageTreeNodesMax) tree.is_too_long = true;
      if (tree.is_too_long) return tree;
      for (auto kid = items.rbegin(); kid != items.rend(); ++kid) {
        Node below = node;
        below.object = *kid;
        ++below.depth;
        open.push_back(std::move(below));
      }
      continue;
    }
    if (tree.pages.size() >= kPdfPagesMax) tree.is_too_long = true;
    if (tree.is_too_long) return tree;
    tree.pages.push_back(page_of(node));
  }
  return tree;
}

}  // namespace gouji::parser
