// Reads one page: tables cell by cell, figures twice, and the prose around them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/core/result.h"
#include "services/parser/core/ocr/ocr_output.h"
#include "services/parser/ocr/engine.h"
#include "services/parser/ocr/ink.h"
#include "services/parser/ocr/picture.h"

namespace gouji::parser::ocr {

class PageReader {
 public:
  // Loads the models; "" = where tesseract looks itself. kFatal when one is missing.
  static Result<std::unique_ptr<PageReader>> load(const std::string& models);

  OcrPage read(const Picture& picture);

 private:
  PageReader(std::unique_ptr<Engine> chinese, std::unique_ptr<Engine> digits);

  // `may_be_cut`: the cell reaches the edge of the picture, so its figures may go on behind it.
  void read_lines(const Picture& picture, const PixelBox& box, OcrPage& page, bool may_be_cut = false);
  void read_line(const Picture& picture, const PixelBox& line, OcrPage& page, bool may_be_cut);
  void read_figure(const Picture& picture, PIX* piece, const Ink& ink, std::string chinese, OcrPage& page);
  void doubt_digits(const Picture& picture, const PixelBox& line, std::vector<Symbol>& symbols);
  bool is_confirmed(const Picture& picture, const PixelBox& box, const std::string& text);

  std::unique_ptr<Engine> chinese_;
  std::unique_ptr<Engine> digits_;
};

}  // namespace gouji::parser::ocr
