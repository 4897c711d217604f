#include "services/parser/core/layout/paragraphs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "common/text/utf8.h"
#include "services/parser/core/layout/fragments.h"
#include "services/parser/core/layout/geometry.h"

namespace gouji::parser {
namespace {

constexpr float kPitch = 2.7F;       // between lines of one paragraph, in sizes
constexpr float kTitle = 1.2F;       // a title's size over the text's
constexpr float kFirstTitle = 1.35F;
constexpr float kRagged = 1.7F;      // room that a full line leaves at its end, in sizes
constexpr float kIndent = 1.2F;      // from here on a line is indented
constexpr std::size_t kHeadingBytesMax = 240;

bool is_same_size(float a, float b) { return std::fabs(a - b) <= 0.15F * std::max(a, b); }

char32_t last_character(const std::string& text) {
  std::size_t at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[at - 1]) & 0xC0) == 0x80) --at;
  return at == 0 ? 0 : code_point_at(text, at - 1).value;
}

char32_t first_character(const std::string& text) { return text.empty() ? 0 : code_point_at(text, 0).value; }

class LineJoiner {
 public:
  explicit LineJoiner(const TextMeasure& measure) : measure_(measure) {}

  void add(LaidLine& line) {
    if (last_ == nullptr || !goes_on(line)) {
      begin(line);
    } else {
      const bool is_chinese_join = is_chinese(last_character(paragraphs_.back().pieces.back().text)) ||
                                   is_chinese(first_character(line.piece.text));
      if (!is_chinese_join) line.piece.text = " " + line.piece.text;
    }
    paragraphs_.back().pieces.push_back(std::move(line.piece));
    last_ = &line;
  }

  std::vector<LaidParagraph> take() {
    for (LaidParagraph& paragraph : paragraphs_) {
      std::size_t bytes = 0;
      for (const TextPiece& piece : paragraph.pieces) bytes += piece.text.size();
      if (bytes > kHeadingBytesMax && paragraph.kind == BlockKind::kHeading) paragraph.kind = BlockKind::kParagraph;
      if (paragraph.kind != BlockKind::kHeading) paragraph.level = 0;
    }
    return std::move(paragraphs_);
  }

 private:
  bool is_title(const LaidLine& line) const { return measure_.size > 0 && line.size >= kTitle * measure_.size; }

  bool is_centred(const LaidLine& line) const {
    const auto& margins = measure_.margins[line.page];
    const float left = line.box.left - margins.left, right = margins.right - line.box.right;
    return std::fabs(left - right) <= 2 * line.size;
  }

  bool goes_on(const LaidLine& line) const {
    if (line.has_fields || last_->has_fields || !is_same_size(line.size, last_->size)) return false;
    const bool is_same_page = line.page == last_->page;
    if (is_same_page && middle_y(line.box) - middle_y(last_->box) > kPitch * line.size) return false;
    if (is_title(line)) return is_same_page && is_centred(line) && is_centred(*last_);
    if (line.page > last_->page + 1) return false;
    const auto& before = measure_.margins[last_->page];
    const auto& here = measure_.margins[line.page];
    return last_->box.right >= before.right - kRagged * line.size &&
           std::fabs(line.box.left - here.left) <= kIndent * line.size;
  }

  void begin(const LaidLine& line) {
    LaidParagraph paragraph;
    if (line.has_fields) {
      paragraph.kind = BlockKind::kLine;
    } else if (is_title(line)) {
      paragraph.kind = BlockKind::kHeading;
      paragraph.level = line.size >= kFirstTitle * measure_.size ? 1 : 2;
    }
    paragraphs_.push_back(std::move(paragraph));
  }

  const TextMeasure& measure_;
  std::vector<LaidParagraph> paragraphs_;
  const LaidLine* last_ = nullptr;
};

}  // namespace

TextMeasure measure_text(const std::vector<LaidItem>& items, std::size_t pages) {
  TextMeasure measure;
  measure.margins.resize(pages, {1e9F, 0});
  std::map<std::int32_t, std::size_t> bytes;  // by size in half points
  for (const LaidItem& item : items) {
    const auto* line = std::get_if<LaidLine>(&item);
    if (line == nullptr || line->has_fields) continue;
    bytes[static_cast<std::int32_t>(std::lround(line->size * 2))] += line->piece.text.size();
    auto& margins = measure.margins[line->page];
    margins.left = std::min(margins.left, line->box.left);
    margins.right = std::max(margins.right, line->box.right);
  }
  const auto most = std::max_element(bytes.begin(), bytes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most != bytes.end()) measure.size = static_cast<float>(most->first) / 2;
  return measure;
}

std::vector<LaidParagraph> join_lines(std::span<LaidItem> lines, const TextMeasure& measure) {
  LineJoiner joiner(measure);
  for (LaidItem& item : lines) joiner.add(std::get<LaidLine>(item));
  return joiner.take();
}

}  // namespace gouji::parser
