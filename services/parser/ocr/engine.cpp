#include "services/parser/ocr/engine.h"

#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <fmt/format.h>

#include "common/core/check.h"

namespace gouji::parser::ocr {
namespace {

bool is_space(std::string_view text) { return text.find_first_not_of(" \n\r\t") == text.npos; }

// Reports have no angle brackets; the model mistakes round ones for them.
std::string without_confusion(std::string text) {
  if (text == "〈") return "（";
  return text == "〉" ? "）" : text;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::load(const std::string& folder, const std::string& model) {
  auto api = std::make_unique<tesseract::TessBaseAPI>();
  if (api->Init(folder.empty() ? nullptr : folder.c_str(), model.c_str(), tesseract::OEM_LSTM_ONLY) != 0)
    return fatal(ErrorCode::kNotFound, fmt::format("tesseract's model {} is not installed", model));
  api->SetVariable("debug_file", "/dev/null");
  return std::unique_ptr<Engine>(new Engine(std::move(api)));
}

Engine::Engine(std::unique_ptr<tesseract::TessBaseAPI> api) : api_(std::move(api)) {}
Engine::~Engine() = default;

void Engine::allow(const std::string& characters) {
  GOUJI_CHECK(api_->SetVariable("tessedit_char_whitelist", characters.c_str()));
}

std::vector<Symbol> Engine::read(PIX* piece, Shape shape) {
  constexpr int kDotsPerInch = 300;
  std::vector<Symbol> symbols;
  api_->SetPageSegMode(static_cast<tesseract::PageSegMode>(shape));
  api_->SetImage(piece);
  api_->SetSourceResolution(kDotsPerInch);
  if (api_->Recognize(nullptr) == 0) {
    const std::unique_ptr<tesseract::ResultIterator> found(api_->GetIterator());
    for (bool more = found != nullptr; more; more = found->Next(tesseract::RIL_SYMBOL)) {
      const std::unique_ptr<char[]> text(found->GetUTF8Text(tesseract::RIL_SYMBOL));
      Symbol symbol;
      if (!text || is_space(text.get()) ||
          !found->BoundingBox(tesseract::RIL_SYMBOL, &symbol.box.left, &symbol.box.top, &symbol.box.right,
                              &symbol.box.bottom))
        continue;
      symbol.text = without_confusion(text.get());
      symbols.push_back(std::move(symbol));
    }
  }
  api_->Clear();
  return symbols;
}

std::string Engine::read_text(PIX* piece, Shape shape) {
  std::string text;
  for (const Symbol& symbol : read(piece, shape)) text += symbol.text;
  return text;
}

}  // namespace gouji::parser::ocr
