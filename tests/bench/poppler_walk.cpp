#include "tests/bench/poppler_walk.h"

#include <GfxState.h>
#include <GlobalParams.h>
#include <OutputDev.h>
#include <PDFDoc.h>
#include <Stream.h>
#include <cpp/poppler-document.h>
#include <cpp/poppler-page.h>

#include <memory>

namespace gouji {
namespace {

class CountingDevice : public OutputDev {
 public:
  bool upsideDown() override { return true; }
  bool useDrawChar() override { return true; }
  bool interpretType3Chars() override { return false; }
  void drawChar(GfxState*, double, double, double, double, double, double, CharCode, int, const Unicode* text,
                int length) override {
    walk_.characters += length > 0 && text != nullptr ? length : 1;
  }
  void stroke(GfxState*) override { ++walk_.paths; }
  void fill(GfxState*) override { ++walk_.paths; }
  void eoFill(GfxState*) override { ++walk_.paths; }

  PopplerWalk walk() const { return walk_; }

 private:
  PopplerWalk walk_;
};

}  // namespace

PopplerWalk poppler_walk(std::string_view pdf) {
  if (!globalParams) globalParams = std::make_unique<GlobalParams>();
  constexpr double kPointsAnInch = 72;
  PDFDoc document(new MemStream(const_cast<char*>(pdf.data()), 0, static_cast<Goffset>(pdf.size()), Object(objNull)));
  CountingDevice device;
  for (int page = 1; page <= document.getNumPages(); ++page) {
    document.displayPage(&device, page, kPointsAnInch, kPointsAnInch, 0, false, true, false);
  }
  return device.walk();
}

std::int64_t poppler_text_list(std::string_view pdf) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
  std::int64_t characters = 0;
  for (int index = 0; index < document->pages(); ++index) {
    const std::unique_ptr<poppler::page> page(document->create_page(index));
    for (const poppler::text_box& box : page->text_list()) {
      characters += static_cast<std::int64_t>(box.text().size());
    }
  }
  return characters;
}

}  // namespace gouji
