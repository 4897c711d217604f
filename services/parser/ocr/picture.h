// One page of a picture, made ready to be read: grey, upright, black on white.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <leptonica/allheaders.h>

#include "common/core/result.h"
#include "services/parser/core/ocr/picture_tables.h"

namespace gouji::parser::ocr {

struct PixDeleter {
  void operator()(PIX* pix) const { pixDestroy(&pix); }
};
using Pix = std::unique_ptr<PIX, PixDeleter>;

struct Picture {
  Pix grey;      // 8 bits a pixel
  Pix ink;       // 1 bit a pixel
  Pix text_ink;  // the same without the lines of tables
  std::vector<PictureTable> tables;
  std::int32_t width() const { return pixGetWidth(grey.get()); }
  std::int32_t height() const { return pixGetHeight(grey.get()); }
  std::int32_t print_height = 0;  // of a digit, about, in pixels: what sizes are measured against
};

// Pages of a picture file: one but for TIFF. kInvalidInput for what leptonica does not read, or what
// exceeds the limits of core/ocr/picture_size.h, which are checked before anything is decoded.
Result<int> count_pages(std::string_view bytes);
Result<Picture> open_page(std::string_view bytes, int index);

}  // namespace gouji::parser::ocr
