#include "services/parser/ocr/page_reader.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "common/text/utf8.h"

namespace gouji::parser::ocr {
namespace {

const std::string kDigits = "0123456789";
const std::string kDigitsAndSigns = kDigits + ".,-+";
const std::string kUnknown = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::array kShapes = {Shape::kLine, Shape::kWord, Shape::kCharacter, Shape::kRawLine};

PixelBox inset(const PixelBox& box, std::int32_t by) {
  return {box.left + by, box.top + by, std::max(box.left + by, box.right - by), std::max(box.top + by, box.bottom - by)};
}

// As they are drawn: a table that the end of the page cut is open there.
void add_borders(const PictureTable& table, const PixelBox& cell, OcrPage& page) {
  if (!table.is_open_above || cell.top > table.box.top)
    page.borders.push_back({cell.left, cell.top, cell.right, cell.top + 1});
  if (!table.is_open_below || cell.bottom < table.box.bottom)
    page.borders.push_back({cell.left, cell.bottom - 1, cell.right, cell.bottom});
  page.borders.push_back({cell.left, cell.top, cell.left + 1, cell.bottom});
  page.borders.push_back({cell.right - 1, cell.top, cell.right, cell.bottom});
}

int count_of(std::string_view text, bool (*is_wanted)(char32_t)) {
  int count = 0;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    at += point.length;
    if (is_wanted(point.value)) ++count;
  }
  return count;
}

bool is_chinese(char32_t code) { return code >= 0x4E00 && code <= 0x9FFF; }
bool is_digit(char32_t code) { return code >= '0' && code <= '9'; }
bool is_digit_text(std::string_view text) { return text.size() == 1 && is_digit(static_cast<unsigned char>(text.front())); }

std::string text_of(const std::vector<Symbol>& symbols) {
  std::string text;
  for (const Symbol& symbol : symbols) text += symbol.text;
  return text;
}

// Digits of one number are of one height and stand close.
bool is_run(std::span<const PixelBox> pieces) {
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const std::int32_t height = pieces[i - 1].height();
    if (std::abs(pieces[i].height() - height) * 6 > height || pieces[i].left - pieces[i - 1].right > height / 2)
      return false;
  }
  return true;
}

// The box of `count` neighbouring digits whose middle is nearest to `middle`; empty where there are not
// so many. A model says roughly where a character stands, the ink exactly.
PixelBox nearest_run(const std::vector<PixelBox>& pieces, std::size_t count, std::int32_t middle) {
  PixelBox best;
  std::int32_t best_distance = INT32_MAX;
  for (std::size_t i = 0; i + count <= pieces.size(); ++i) {
    if (!is_run(std::span(pieces).subspan(i, count))) continue;
    PixelBox run = pieces[i];
    for (std::size_t k = i; k < i + count; ++k)
      run = {run.left, std::min(run.top, pieces[k].top), std::max(run.right, pieces[k].right),
             std::max(run.bottom, pieces[k].bottom)};
    const std::int32_t distance = std::abs((run.left + run.right) / 2 - middle);
    if (distance >= best_distance) continue;
    best = run;
    best_distance = distance;
  }
  return best;
}

// A digit alone is often not seen at all; three times beside itself it is. Empty unless the model sees
// one and the same digit.
std::string read_repeated(Engine& engine, const Picture& picture, const PixelBox& digit) {
  for (const int times : {3, 2}) {
    const Pix row = repeated(picture.grey.get(), digit, picture.print_height, times);
    for (const Shape shape : {Shape::kLine, Shape::kWord}) {
      const std::string read = row ? engine.read_text(row.get(), shape) : "";
      const bool is_one_digit = !read.empty() && is_digit(static_cast<unsigned char>(read.front())) &&
                                read.find_first_not_of(read.front()) == read.npos;
      if (is_one_digit) return read.substr(0, 1);
    }
  }
  return {};
}

// Each piece by itself: models lose repeated digits, "11" above all.
std::string read_pieces(Engine& engine, const Picture& picture, const Ink& ink) {
  std::string text;
  for (const PixelBox& digit : digit_pieces(picture.text_ink.get(), ink.box, picture.print_height)) {
    const std::string read = read_repeated(engine, picture, digit);
    if (read.empty()) return {};
    text += read;
  }
  return text;
}

// One reading for each shape of the piece until one has as many digits as there are pieces of ink; of
// print that is nothing but digits, no reading rather than one with more or fewer.
std::string read_digits(Engine& engine, const Picture& picture, PIX* piece, const Ink& ink) {
  const auto is_whole = [&](std::string_view text) { return count_of(text, is_digit) == ink.digits; };
  const bool is_plain = ink.is_figure() && ink.small == 0;
  engine.allow(ink.small > 0 ? kDigitsAndSigns : kDigits);
  std::string best;
  for (const Shape shape : kShapes) {
    if (is_whole(best) || (is_plain && ink.digits == 1)) break;
    std::string again = engine.read_text(piece, shape);
    if (is_whole(again) || best.empty()) best = std::move(again);
  }
  if (!is_whole(best) && is_plain) best = read_pieces(engine, picture, ink);
  engine.allow("");
  return is_whole(best) || !ink.is_figure() ? best : std::string();
}

}  // namespace

Result<std::unique_ptr<PageReader>> PageReader::load(const std::string& models) {
  GOUJI_ASSIGN(auto chinese, Engine::load(models, "chi_sim"));
  GOUJI_ASSIGN(auto digits, Engine::load(models, "eng"));
  return std::unique_ptr<PageReader>(new PageReader(std::move(chinese), std::move(digits)));
}

PageReader::PageReader(std::unique_ptr<Engine> chinese, std::unique_ptr<Engine> digits)
    : chinese_(std::move(chinese)), digits_(std::move(digits)) {}

OcrPage PageReader::read(const Picture& picture) {
  OcrPage page;
  page.width = picture.width();
  page.height = picture.height();
  std::int32_t top = 0;
  for (const PictureTable& table : picture.tables) {
    if (table.box.top > top) read_lines(picture, {0, top, page.width, table.box.top}, page);
    top = std::max(top, table.box.bottom);
    for (const PixelBox& cell : table.cells) {
      add_borders(table, cell, page);
      const std::int32_t edge = picture.print_height / 4;
      read_lines(picture, inset(cell, 2), page, cell.left <= edge || cell.right >= page.width - edge);
    }
  }
  read_lines(picture, {0, top, page.width, page.height}, page);
  return page;
}

void PageReader::read_lines(const Picture& picture, const PixelBox& box, OcrPage& page, bool may_be_cut) {
  for (const PixelBox& line : lines_in(picture.text_ink.get(), box, picture.print_height)) read_line(picture, line, page, may_be_cut);
}

void PageReader::read_line(const Picture& picture, const PixelBox& line, OcrPage& page, bool may_be_cut) {
  const Pix piece = framed(picture.grey.get(), line, picture.print_height);
  if (!piece) return;
  std::vector<Symbol> symbols = chinese_->read(piece.get(), Shape::kLine);
  const std::string text = text_of(symbols);
  const Ink ink = ink_in(picture.text_ink.get(), line, picture.print_height);
  if (ink.is_dash()) {
    page.texts.push_back({OcrReader::kBoth, line, "—"});
  } else if (may_be_cut && (ink.is_figure() || count_of(text, is_digit) > 0)) {
    page.marks.push_back(ink.box);
  } else if (ink.is_figure() || count_of(text, is_chinese) == 0) {
    read_figure(picture, piece.get(), ink, text, page);
  } else {
    doubt_digits(picture, line, symbols);
    page.texts.push_back({OcrReader::kBoth, line, text_of(symbols)});
  }
}

// Two models, each free to say nothing: they fail in different ways.
void PageReader::read_figure(const Picture& picture, PIX* piece, const Ink& ink, std::string chinese, OcrPage& page) {
  const bool is_plausible = !chinese.empty() && count_of(chinese, is_digit) == ink.digits;
  if (!is_plausible && ink.is_figure()) chinese = read_digits(*chinese_, picture, piece, ink);
  std::string digits = read_digits(*digits_, picture, piece, ink);
  if (chinese.empty() && digits.empty()) {
    page.marks.push_back(ink.box);
  } else if (chinese == digits) {
    page.texts.push_back({OcrReader::kBoth, ink.box, chinese});
  } else {
    if (!chinese.empty()) page.texts.push_back({OcrReader::kChinese, ink.box, std::move(chinese)});
    if (!digits.empty()) page.texts.push_back({OcrReader::kDigits, ink.box, std::move(digits)});
  }
}

// Digits within words are read again by the other model; where it reads something else they are made
// unknown.
void PageReader::doubt_digits(const Picture& picture, const PixelBox& line, std::vector<Symbol>& symbols) {
  const std::int32_t shift = frame_of(picture.print_height);
  std::vector<PixelBox> pieces;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    if (!is_digit_text(symbols[i].text)) continue;
    if (pieces.empty()) pieces = digit_pieces(picture.text_ink.get(), line, picture.print_height);
    std::size_t end = i;
    std::string text;
    for (; end < symbols.size() && is_digit_text(symbols[end].text); ++end) text += symbols[end].text;
    const std::int32_t middle = line.left - shift + (symbols[i].box.left + symbols[end - 1].box.right) / 2;
    if (!is_confirmed(picture, nearest_run(pieces, text.size(), middle), text))
      for (std::size_t at = i; at < end; ++at) symbols[at].text = kUnknown;
    i = end;
  }
}

bool PageReader::is_confirmed(const Picture& picture, const PixelBox& box, const std::string& text) {
  const Pix piece = box.width() > 0 ? framed(picture.grey.get(), box, picture.print_height) : nullptr;
  if (!piece) return false;
  digits_->allow(kDigits);
  bool is_same = false;
  for (const Shape shape : kShapes) is_same = is_same || digits_->read_text(piece.get(), shape) == text;
  if (!is_same && text.size() == 1) is_same = read_repeated(*digits_, picture, box) == text;
  digits_->allow("");
  return is_same;
}

}  // namespace gouji::parser::ocr
