// Makes a PdfFont of a font dictionary (ISO 32000-1, 9.5 to 9.10), once for each font of the file.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "services/parser/core/pdf/pdf_font.h"
#include "services/parser/core/pdf/pdf_stream.h"
#include "services/parser/core/pdf/qpdf_object.h"
#include "services/parser/core/pdf/raw_dictionary.h"

namespace gouji::parser {

class FontLoader {
 public:
  // `budget` outlives the loader.
  explicit FontLoader(StreamBudget& budget) : budget_(budget) {}

  // Lets fonts of drawings be read from their bytes; `pdf` and `file` outlive the loader.
  void read_from(QPDF& pdf, std::string_view file) {
    pdf_ = &pdf;
    places_ = ObjectPlaces(pdf, file);
  }

  // Null for what is no font, and where the file has more of them than kPdfFontsMax or larger ones
  // than kPdfRangesInAllMax. Lives as long as the loader.
  const PdfFont* load(const QPDFObjectHandle& dictionary);

  bool is_limited() const { return is_limited_; }

 private:
  std::unique_ptr<PdfFont> make(const QPDFObjectHandle& dictionary);
  // Nothing for another kind of font, and for one that is written in an unusual way.
  std::unique_ptr<PdfFont> drawn_font(const QPDFObjectHandle& dictionary);
  std::optional<double> missing_width(const RawDictionary& dictionary);
  std::unique_ptr<PdfFont> composite_font(const QPDFObjectHandle& dictionary);
  bool set_encoding(PdfFont& font, const QPDFObjectHandle& encoding);
  std::shared_ptr<const CMap> cmap_of(const QPDFObjectHandle& stream, std::size_t depth);
  void add_used_map(CMap& map, const QPDFObjectHandle& stream, std::size_t depth);
  std::shared_ptr<const CMap> unicode_map_of(const QPDFObjectHandle& dictionary);

  StreamBudget& budget_;
  QPDF* pdf_ = nullptr;
  ObjectPlaces places_;
  std::vector<std::unique_ptr<PdfFont>> fonts_;  // null where it is no font
  std::map<QPDFObjGen, const PdfFont*> known_;
  std::map<QPDFObjGen, std::shared_ptr<const CMap>> cmaps_;
  std::size_t ranges_ = 0;
  bool is_limited_ = false;
};

}  // namespace gouji::parser
