// What gouji-ocr prints: one record a line, fields apart by a space, numbers in pixels of the page as
// it was turned upright.
//
//   gouji-ocr 1
//   page <width> <height>
//   line <left> <top> <right> <bottom>                       a border of a table
//   text <reader> <left> <top> <right> <bottom> <text>       reader: both, chi_sim, digits
//   mark <left> <top> <right> <bottom>                       something that no reader could read
//   end
//
// Pages follow one another; the text runs to the end of its line. Without the last line the output is
// cut, and nothing of it is used. Outputs of several pictures may follow one another.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/parser/core/layout/page.h"
#include "services/parser/core/ocr/picture_tables.h"

namespace gouji::parser {

// Two models read each figure; what they read together stands as kBoth.
enum class OcrReader : std::uint8_t { kBoth, kChinese, kDigits };

struct OcrText {
  OcrReader reader = OcrReader::kBoth;
  PixelBox box;
  std::string text;
};

struct OcrPage {
  std::int32_t width = 0;
  std::int32_t height = 0;
  std::vector<PixelBox> borders;
  std::vector<OcrText> texts;
  std::vector<PixelBox> marks;
};

inline constexpr std::size_t kOcrOutputBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kOcrRecordsMax = 400'000;
inline constexpr std::size_t kOcrPagesMax = 200;

std::string write_ocr_output(const std::vector<OcrPage>& pages);
// Untrusted: kInvalidInput MALFORMED for anything but a whole, bounded output in UTF-8.
Result<std::vector<OcrPage>> parse_ocr_output(std::string_view output);

// The names of the two readers in alternative readings, in the order of `as_pages`.
inline constexpr std::array<std::string_view, 2> kOcrReaderNames = {"ocr.chi_sim", "ocr.digits"};

// The page as one reader sees it, in points: a page of A4's width unless `width` says otherwise. What
// could not be read is a glyph of code 0.
Page page_of(const OcrPage& page, OcrReader reader, std::int32_t number, std::int32_t width_points = 595);

}  // namespace gouji::parser
