#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "common/text/utf8.h"
#include "services/parser/core/office/ofd.h"
#include "services/parser/core/office/xml.h"

namespace gouji::parser {
namespace {

constexpr float kPointsPerMillimetre = 72.0F / 25.4F;
constexpr std::size_t kGlyphsMax = 1'000'000;
constexpr std::size_t kRulingsMax = 200'000;
constexpr std::size_t kDeltasMax = 65'536;
constexpr float kThinMillimetres = 1.0F;

struct Point {
  float x = 0, y = 0;
};

// Words between spaces, as numbers where they are ones.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}
  std::optional<std::string_view> next() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == ',' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t')) rest_.remove_prefix(1);
    if (rest_.empty()) return std::nullopt;
    const std::size_t end = std::min(rest_.find_first_of(" ,\n\r\t"), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }
  float number() {
    const auto word = next();
    return word ? to_number(*word) : 0;
  }
  // 0 where the word is no number of the size of a page.
  static float to_number(std::string_view word) {
    float value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    constexpr float kMost = 100'000;
    return error == std::errc{} && value > -kMost && value < kMost ? value : 0;
  }

 private:
  std::string_view rest_;
};

// Distances from character to character: "3.5 3.5" or "g 2 3.5".
std::vector<float> read_deltas(std::string_view written) {
  std::vector<float> deltas;
  Words words(written);
  while (const auto word = words.next()) {
    std::size_t count = 1;
    float value = 0;
    if (*word == "g") {
      count = static_cast<std::size_t>(std::max(words.number(), 0.0F));
      value = words.number();
    } else {
      value = Words::to_number(*word);
    }
    for (std::size_t i = 0; i < count && deltas.size() < kDeltasMax; ++i) deltas.push_back(value);
  }
  return deltas;
}

// An object on the page: where its own coordinates begin, and how they are turned.
struct Frame {
  Point origin;
  float width = 0, height = 0;
  std::array<float, 6> matrix = {1, 0, 0, 1, 0, 0};

  Point place(Point at) const {
    const float x = matrix[0] * at.x + matrix[2] * at.y + matrix[4] + origin.x;
    const float y = matrix[1] * at.x + matrix[3] * at.y + matrix[5] + origin.y;
    return {x * kPointsPerMillimetre, y * kPointsPerMillimetre};
  }
};

Frame read_frame(std::string_view attributes) {
  Frame frame;
  Words boundary(xml_attribute(attributes, "Boundary"));
  frame.origin.x = boundary.number();
  frame.origin.y = boundary.number();
  frame.width = boundary.number();
  frame.height = boundary.number();
  if (const std::string_view matrix = xml_attribute(attributes, "CTM"); !matrix.empty()) {
    Words words(matrix);
    for (float& value : frame.matrix) value = words.number();
  }
  return frame;
}

Box box_of(Point a, Point b) {
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::max(a.x, b.x), std::max(a.y, b.y)};
}

class ContentReader {
 public:
  ContentReader(std::string_view xml, Page& page) : xml_(xml), page_(page) {}

  bool read() {
    XmlScanner scanner(xml_);
    while (scanner.next()) {
      const XmlTag& tag = scanner.tag();
      if (tag.opens()) open(scanner, tag);
      if (tag.kind == XmlTagKind::kClose) close(tag);
    }
    return !scanner.is_broken() && scanner.depth() == 0;
  }

 private:
  void open(XmlScanner& scanner, const XmlTag& tag) {
    if (tag.name == "TextObject" || tag.name == "PathObject" || tag.name == "ImageObject") {
      if (xml_attribute(tag.attributes, "Visible") == "false") return scanner.skip_element();
      frame_ = read_frame(tag.attributes);
      size_ = Words::to_number(xml_attribute(tag.attributes, "Size"));
      is_stroked_ = xml_attribute(tag.attributes, "Stroke") != "false";
      if (tag.name == "ImageObject") page_.pictures.push_back({box_of(frame_.place({0, 0}), frame_.place({1, 1}))});
      if (tag.name == "ImageObject" && frame_.matrix[0] == 1) page_.pictures.back().box = whole_box();
    } else if (tag.name == "Clips" || tag.name == "Actions" || tag.name == "CGTransform") {
      scanner.skip_element();
    } else if (tag.name == "TextCode") {
      attributes_ = tag.attributes;
      text_begin_ = tag.end;
    } else if (tag.name == "AbbreviatedData") {
      text_begin_ = tag.end;
    }
  }

  void close(const XmlTag& tag) {
    if (text_begin_ > tag.begin) return;
    const std::string_view written = xml_.substr(text_begin_, tag.begin - text_begin_);
    if (tag.name == "TextCode") put_text(xml_text(written));
    if (tag.name == "AbbreviatedData") put_path(written);
  }

  Box whole_box() const {
    const Point corner{(frame_.origin.x + frame_.width) * kPointsPerMillimetre, (frame_.origin.y + frame_.height) * kPointsPerMillimetre};
    return box_of({frame_.origin.x * kPointsPerMillimetre, frame_.origin.y * kPointsPerMillimetre}, corner);
  }

  // Characters stand on a line; the first keeps the place of the last text where it names none.
  void put_text(const std::string& text) {
    const std::string_view x = xml_attribute(attributes_, "X"), y = xml_attribute(attributes_, "Y");
    if (!x.empty()) pen_.x = Words::to_number(x);
    if (!y.empty()) pen_.y = Words::to_number(y);
    const std::vector<float> across = read_deltas(xml_attribute(attributes_, "DeltaX")), down = read_deltas(xml_attribute(attributes_, "DeltaY"));
    std::size_t index = 0;
    Point at = pen_;
    for (std::size_t i = 0; i < text.size(); ++index) {
      const CodePoint point = code_point_at(text, i);
      i += point.length;
      constexpr float kNarrow = 0.5F, kAscent = 0.85F, kDescent = 0.15F;
      const float advance = size_ * (point.value < 0x2E80 ? kNarrow : 1.0F);
      const bool is_white = point.value <= 0x20 || point.value == 0x3000;
      if (!is_white && page_.glyphs.size() < kGlyphsMax)
        page_.glyphs.push_back({point.value, box_of(frame_.place({at.x, at.y - size_ * kAscent}), frame_.place({at.x + advance, at.y + size_ * kDescent})), false});
      if (index < across.size()) at.x += across[index];
      if (index < down.size()) at.y += down[index];
      if (across.empty() && down.empty()) at.x += advance;
    }
  }

  // Straight stretches along the axes are rulings, and so is a filled shape that is thin.
  void put_path(std::string_view written) {
    Words words(written);
    Point start, last, least{1e6F, 1e6F}, most{-1e6F, -1e6F};
    while (const auto word = words.next()) {
      Point to = last;
      if (*word == "M" || *word == "S" || *word == "L") {
        to = {words.number(), words.number()};
      } else if (*word == "Q") {
        words.number(), words.number();
        to = {words.number(), words.number()};
      } else if (*word == "B" || *word == "A") {
        for (int i = 0; i < (*word == "B" ? 4 : 5); ++i) words.number();
        to = {words.number(), words.number()};
      } else if (*word == "C") {
        to = start;
      } else {
        continue;
      }
      if (*word == "L" || *word == "C") add_stretch(last, to);
      if (*word == "M" || *word == "S") start = to;
      last = to;
      least = {std::min(least.x, to.x), std::min(least.y, to.y)};
      most = {std::max(most.x, to.x), std::max(most.y, to.y)};
    }
    const bool is_thin = most.x - least.x < kThinMillimetres || most.y - least.y < kThinMillimetres;
    if (!is_stroked_ && is_thin && most.x >= least.x) add_ruling(frame_.place(least), frame_.place(most));
  }

  void add_stretch(Point from, Point to) {
    if (!is_stroked_) return;
    const Point a = frame_.place(from), b = frame_.place(to);
    constexpr float kStraight = 0.5F;
    const float across = std::max(a.x, b.x) - std::min(a.x, b.x), down = std::max(a.y, b.y) - std::min(a.y, b.y);
    if ((across < kStraight) != (down < kStraight)) add_ruling(a, b);
  }

  void add_ruling(Point a, Point b) {
    if (page_.rulings.size() < kRulingsMax) page_.rulings.push_back({box_of(a, b)});
  }

  std::string_view xml_;
  Page& page_;
  Frame frame_;
  float size_ = 0;
  bool is_stroked_ = true;
  std::string_view attributes_;
  std::size_t text_begin_ = ~std::size_t{0};
  Point pen_;
};

}  // namespace

bool read_ofd_content(std::string_view xml, Page& page) { return ContentReader(xml, page).read(); }

}  // namespace gouji::parser
