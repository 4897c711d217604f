#include "services/parser/core/ocr/ocr_output.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/text/utf8.h"
#include "services/parser/core/ocr/picture_size.h"

namespace gouji::parser {
namespace {

constexpr std::string_view kHead = "gouji-ocr 1";
constexpr std::string_view kReaderWords[] = {"both", "chi_sim", "digits"};
constexpr std::size_t kTextBytesMax = 16 * 1024;  // of one line of print

void add_number(std::string& out, std::int32_t number) {
  out += ' ';
  out += std::to_string(number);
}

void add_box(std::string& out, const PixelBox& box) {
  for (const std::int32_t side : {box.left, box.top, box.right, box.bottom}) add_number(out, side);
}

// The words of one line, taken from the left.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return word;
  }
  std::optional<std::int32_t> number(std::int32_t most) {
    const std::string_view digits = word();
    std::int32_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || value < 0 || value > most)
      return std::nullopt;
    return value;
  }
  // Inside of a page of that size.
  std::optional<PixelBox> box(const OcrPage& page) {
    const auto left = number(page.width), top = number(page.height);
    const auto right = number(page.width), bottom = number(page.height);
    if (!left || !top || !right || !bottom || *left > *right || *top > *bottom) return std::nullopt;
    return PixelBox{*left, *top, *right, *bottom};
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<OcrReader> reader_named(std::string_view word) {
  for (std::size_t i = 0; i < std::size(kReaderWords); ++i) {
    if (kReaderWords[i] == word) return static_cast<OcrReader>(i);
  }
  return std::nullopt;
}

bool add_page(Words words, std::vector<OcrPage>& pages) {
  constexpr auto kSideMax = static_cast<std::int32_t>(kPictureSideMax) * 2;  // small pictures are doubled
  const auto width = words.number(kSideMax), height = words.number(kSideMax);
  if (!width || !height || *width == 0 || *height == 0 || pages.size() >= kOcrPagesMax) return false;
  OcrPage page;
  page.width = *width;
  page.height = *height;
  pages.push_back(std::move(page));
  return true;
}

bool add_text(Words words, OcrPage& page) {
  const auto reader = reader_named(words.word());
  const auto box = words.box(page);
  if (!reader || !box || words.rest().empty() || words.rest().size() > kTextBytesMax) return false;
  page.texts.push_back({*reader, *box, std::string(words.rest())});
  return true;
}

bool add_boxed(Words words, const OcrPage& page, std::vector<PixelBox>& boxes) {
  const auto box = words.box(page);
  if (box) boxes.push_back(*box);
  return box.has_value();
}

bool add_record(std::string_view line, std::vector<OcrPage>& pages) {
  Words words(line);
  const std::string_view kind = words.word();
  if (kind == "page") return add_page(words, pages);
  if (pages.empty()) return false;
  OcrPage& page = pages.back();
  if (kind == "text") return add_text(words, page);
  if (kind == "line") return add_boxed(words, page, page.borders);
  if (kind == "mark") return add_boxed(words, page, page.marks);
  return false;
}

bool is_wide(char32_t code) { return code >= 0x1100; }

// The characters of a line share its width: half as much for Latin letters and digits.
void add_glyphs(const OcrText& text, float scale, Page& page) {
  std::vector<char32_t> codes;
  float units = 0;
  for (std::size_t at = 0; at < text.text.size();) {
    const CodePoint point = code_point_at(text.text, at);
    at += point.length;
    codes.push_back(point.value);
    units += is_wide(point.value) ? 2.0F : 1.0F;
  }
  const float unit = static_cast<float>(text.box.width()) * scale / std::max(units, 1.0F);
  float x = static_cast<float>(text.box.left) * scale;
  for (const char32_t code : codes) {
    const float width = is_wide(code) ? 2 * unit : unit;
    Glyph glyph;
    glyph.code = code;
    glyph.box = {x, static_cast<float>(text.box.top) * scale, x + width, static_cast<float>(text.box.bottom) * scale};
    page.glyphs.push_back(glyph);
    x += width;
  }
}

Box scaled(const PixelBox& box, float scale) {
  return {static_cast<float>(box.left) * scale, static_cast<float>(box.top) * scale,
          static_cast<float>(box.right) * scale, static_cast<float>(box.bottom) * scale};
}

// A cell read apart by the two readers is seen by each in its own way; of one that only the other
// could read it sees that something is there.
bool is_read_by(const OcrPage& page, const PixelBox& box, OcrReader reader) {
  return std::any_of(page.texts.begin(), page.texts.end(),
                     [&](const OcrText& text) { return text.reader == reader && text.box == box; });
}

}  // namespace

std::string write_ocr_output(const std::vector<OcrPage>& pages) {
  std::string out(kHead);
  for (const OcrPage& page : pages) {
    out += "\npage";
    add_number(out, page.width);
    add_number(out, page.height);
    for (const PixelBox& border : page.borders) {
      out += "\nline";
      add_box(out, border);
    }
    for (const OcrText& text : page.texts) {
      out += "\ntext ";
      out += kReaderWords[static_cast<std::size_t>(text.reader)];
      add_box(out, text.box);
      out += ' ';
      out += text.text;
    }
    for (const PixelBox& mark : page.marks) {
      out += "\nmark";
      add_box(out, mark);
    }
  }
  return out + "\nend\n";
}

Result<std::vector<OcrPage>> parse_ocr_output(std::string_view output) {
  const auto malformed = [](std::string what) { return invalid_input(ErrorCode::kMalformed, "output of gouji-ocr: " + what); };
  if (output.size() > kOcrOutputBytesMax) return malformed("too large");
  if (!is_utf8(output)) return malformed("not UTF-8");
  if (!output.starts_with(kHead)) return malformed("another format or version");
  output.remove_prefix(std::min(kHead.size() + 1, output.size()));
  std::vector<OcrPage> pages;
  for (std::size_t records = 0; records < kOcrRecordsMax; ++records) {
    const std::size_t end = output.find('\n');
    if (end == std::string_view::npos) return malformed("cut off");
    const std::string_view line = output.substr(0, end);
    output.remove_prefix(end + 1);
    if (line == "end") {
      if (output.empty()) return pages;
      if (!output.starts_with(kHead)) return malformed("something after its end");
      output.remove_prefix(std::min(kHead.size() + 1, output.size()));
      continue;
    }
    if (!add_record(line, pages)) return malformed("a record of it: " + std::string(utf8_prefix(line, 80)));
  }
  return malformed("too many records");
}

Page page_of(const OcrPage& page, OcrReader reader, std::int32_t number, std::int32_t width_points) {
  const float scale = static_cast<float>(width_points) / static_cast<float>(page.width);
  Page seen;
  seen.number = number;
  seen.width = static_cast<float>(width_points);
  seen.height = static_cast<float>(page.height) * scale;
  const auto add_unknown = [&](const PixelBox& box) { seen.glyphs.push_back({0, scaled(box, scale), false}); };
  for (const OcrText& text : page.texts) {
    if (text.reader == OcrReader::kBoth || text.reader == reader)
      add_glyphs(text, scale, seen);
    else if (!is_read_by(page, text.box, reader))
      add_unknown(text.box);
  }
  for (const PixelBox& mark : page.marks) add_unknown(mark);
  for (const PixelBox& border : page.borders) seen.rulings.push_back({scaled(border, scale)});
  return seen;
}

}  // namespace gouji::parser
