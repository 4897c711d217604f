// One tesseract model with its settings: a piece of a picture in, text out.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/parser/core/ocr/picture_tables.h"
#include "services/parser/ocr/picture.h"

namespace tesseract {
class TessBaseAPI;
}

namespace gouji::parser::ocr {

// How the piece is laid out; the numbers are tesseract's page segmentation modes.
enum class Shape { kLine = 7, kWord = 8, kCharacter = 10, kRawLine = 13 };

struct Symbol {
  std::string text;  // one character, mostly
  PixelBox box;      // in the piece
};

// One thread at a time.
class Engine {
 public:
  // kFatal when the model ("chi_sim", "eng") is not in the folder; "" = where tesseract looks itself.
  static Result<std::unique_ptr<Engine>> load(const std::string& folder, const std::string& model);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Characters that are possible; empty = all. Holds for the readings that follow.
  void allow(const std::string& characters);
  // The piece is one line. Without the spaces that the model puts between characters of Chinese.
  std::vector<Symbol> read(PIX* piece, Shape shape);
  std::string read_text(PIX* piece, Shape shape);

 private:
  explicit Engine(std::unique_ptr<tesseract::TessBaseAPI> api);
  std::unique_ptr<tesseract::TessBaseAPI> api_;
};

}  // namespace gouji::parser::ocr
