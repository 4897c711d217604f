#include "services/parser/core/pdf/font_loader.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "services/parser/core/pdf/glyph_names.h"
#include "services/parser/core/pdf/pdf_objects.h"

#include <qpdf/QPDF.hh>

namespace gouji::parser {
namespace {

constexpr std::size_t kCodes = 256;  // of a font with one byte a code
constexpr double kUnits = 1000;      // of an em, in all fonts but Type 3
constexpr unsigned kSymbolic = 4;
constexpr unsigned kNonsymbolic = 32;
constexpr double kCidMax = 65'535;

bool has_program(const QPDFObjectHandle& descriptor) {
  for (const char* key : {"/FontFile", "/FontFile2", "/FontFile3"}) {
    if (!value_of(descriptor, key).isNull()) return true;
  }
  return false;
}

const LatinEncoding* encoding_named(const std::string& name) {
  if (name == "WinAnsiEncoding") return &win_ansi_encoding();
  if (name == "MacRomanEncoding") return &mac_roman_encoding();
  if (name == "StandardEncoding") return &standard_encoding();
  return nullptr;
}

// What a font without a named encoding has: the built-in one, which for a text font is the standard
// one, and for a symbolic font is written nowhere but in its program.
const LatinEncoding* encoding_of(const QPDFObjectHandle& dictionary) {
  const QPDFObjectHandle encoding = value_of(dictionary, "/Encoding");
  const LatinEncoding* named = encoding_named(name_of(encoding));
  if (named == nullptr) named = encoding_named(name_of(value_of(encoding, "/BaseEncoding")));
  if (named != nullptr) return named;
  const std::string base = name_of(value_of(dictionary, "/BaseFont"));
  if (base == "Symbol" || base == "ZapfDingbats") return nullptr;
  QPDFObjectHandle descriptor = value_of(dictionary, "/FontDescriptor");
  if (!descriptor.isDictionary()) return &standard_encoding();
  const double flags_number = number_of(value_of(descriptor, "/Flags")).value_or(0);
  const auto flags = flags_number > 0 && flags_number < 1e9 ? static_cast<unsigned>(flags_number) : 0U;
  const bool is_text = (flags & kNonsymbolic) != 0 && (flags & kSymbolic) == 0;
  return is_text || (flags == 0 && !has_program(descriptor)) ? &standard_encoding() : nullptr;
}

// The texts that the names in Differences give to codes.
class Differences {
 public:
  void add(double code) { code_ = code; }

  // A name that says nothing still takes the place of the base encoding's character.
  void add(const std::string& name) {
    if (code_ >= 0 && code_ < kCodes) {
      // Unused codes all have one name, hundreds of them in a font of few drawings.
      if (name != last_name_) {
        last_text_ = glyph_text(name);
        if (last_text_.empty()) last_text_.assign(1, U'\0');
        last_name_ = name;
      }
      texts_[static_cast<std::size_t>(code_)] = last_text_;
    }
    ++code_;
  }

  const std::u32string& operator[](std::size_t code) const { return texts_[code]; }

 private:
  std::array<std::u32string, kCodes> texts_;
  std::string last_name_;
  std::u32string last_text_ = std::u32string(1, U'\0');
  double code_ = 0;
};

Differences differences_of(const QPDFObjectHandle& dictionary) {
  Differences differences;
  for (const QPDFObjectHandle& item : items_of(value_of(value_of(dictionary, "/Encoding"), "/Differences"))) {
    if (const std::optional<double> number = number_of(item)) {
      differences.add(*number);
    } else {
      differences.add(name_of(item));
    }
  }
  return differences;
}

std::optional<Differences> differences_of(const RawDictionary& dictionary) {
  const RawValue* value = dictionary.find("Encoding");
  const auto encoding = value != nullptr && value->kind == RawValue::Kind::kDictionary ? RawDictionary::parse(value->text) : std::nullopt;
  const RawValue* list = encoding ? encoding->find("Differences") : nullptr;
  if (list == nullptr || list->kind != RawValue::Kind::kArray) return std::nullopt;
  Differences differences;
  ContentLexer lexer(list->text);
  lexer.next();
  while (true) {
    const ContentToken token = lexer.next();
    if (token.kind == ContentTokenKind::kArrayEnd) return differences;
    if (token.kind == ContentTokenKind::kNumber) {
      differences.add(token.number);
    } else if (token.kind == ContentTokenKind::kName) {
      differences.add(name_text(token));
    } else {
      return std::nullopt;
    }
  }
}

// Sets `texts`: ToUnicode, else the name in Differences, else the encoding's character.
void set_texts(PdfFont& font, const LatinEncoding* encoding, const Differences& differences) {
  std::array<std::size_t, kCodes> at{};
  for (std::size_t code = 0; code < kCodes; ++code) {
    at[code] = font.names.size();
    font.names += differences[code];
  }
  for (std::size_t code = 0; code < kCodes; ++code) {
    CodeText& text = font.texts[code];
    if (font.to_unicode != nullptr) {
      text = font.to_unicode->unicode.find(static_cast<std::uint32_t>(code)).value_or(CodeText{});
      if (text.first != 0) continue;
    }
    const std::size_t size = differences[code].size();
    if (size > 0) {
      text = {font.names[at[code]], std::u32string_view(font.names).substr(at[code] + 1, size - 1)};
    } else if (encoding != nullptr) {
      text = {(*encoding)[code], {}};
    }
  }
}

// Of the fonts that every reader brings along and that may lack widths; near enough to tell words
// and columns apart.
double usual_width(const QPDFObjectHandle& dictionary) {
  const std::string base = name_of(value_of(dictionary, "/BaseFont"));
  if (base.starts_with("Courier")) return 600;
  if (base.starts_with("Helvetica") || base.starts_with("Arial")) return 556;
  return 500;
}

void set_widths(PdfFont& font, const QPDFObjectHandle& dictionary, double unit) {
  const std::vector<QPDFObjectHandle> widths = items_of(value_of(dictionary, "/Widths"));
  const double missing = number_of(value_of(value_of(dictionary, "/FontDescriptor"), "/MissingWidth"))
                             .value_or(widths.empty() ? usual_width(dictionary) : 0);
  font.widths.fill(static_cast<float>(missing * unit));
  const double first = number_of(value_of(dictionary, "/FirstChar")).value_or(0);
  if (first < 0 || first >= kCodes) return;
  const auto begin = static_cast<std::size_t>(first);
  for (std::size_t i = 0; i < widths.size() && begin + i < kCodes; ++i) {
    if (const std::optional<double> width = number_of(widths[i])) {
      font.widths[begin + i] = static_cast<float>(*width * unit);
    }
  }
}

// A Type 3 font whose units are those of an outline font has an em square like any other; one made
// of pixels tells its height by its box.
void set_type3_height(PdfFont& font, const std::vector<double>& box, const PdfMatrix& matrix) {
  constexpr double kFinestPixel = 1.0 / 200;
  if (std::abs(matrix.d) < kFinestPixel || box.size() != 4 || box[1] == box[3]) return;
  font.ascent = std::max(box[1] * matrix.d, box[3] * matrix.d);
  font.descent = std::min(box[1] * matrix.d, box[3] * matrix.d);
}

// `[c [w1 w2] c1 c2 w …]`
CidWidths cid_widths_of(const QPDFObjectHandle& font) {
  CidWidths widths;
  const std::vector<QPDFObjectHandle> items = items_of(value_of(font, "/W"));
  for (std::size_t i = 0; i + 1 < items.size();) {
    const double first = number_of(items[i]).value_or(-1);
    if (first < 0 || first > kCidMax) break;
    QPDFObjectHandle second = items[i + 1];
    if (second.isArray()) {
      std::vector<double> each = numbers_of(second);
      each.resize(std::min(each.size(), static_cast<std::size_t>(kCidMax)));
      widths.add_each(static_cast<std::uint32_t>(first), each);
      i += 2;
      continue;
    }
    const double last = number_of(second).value_or(-1);
    const std::optional<double> width =
        i + 2 < items.size() ? number_of(items[i + 2]) : std::optional<double>();
    if (!width || last < first || last > kCidMax) break;
    widths.add_range(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last), *width);
    i += 3;
  }
  widths.sort();
  return widths;
}

// A ToUnicode that is a name says that codes are characters already.
std::shared_ptr<const CMap> identity_map() {
  auto map = std::make_shared<CMap>();
  map->unicode.add(1, 0xFFFF, std::u32string(1, U'\x01'));
  return map;
}

}  // namespace

const PdfFont* FontLoader::load(const QPDFObjectHandle& dictionary) {
  QPDFObjectHandle copy = dictionary;
  const bool is_shared = copy.isIndirect();
  const QPDFObjGen id = copy.getObjGen();
  const auto known = is_shared ? known_.find(id) : known_.end();
  if (known != known_.end()) return known->second;
  if (fonts_.size() >= kPdfFontsMax || ranges_ >= kPdfRangesInAllMax) {
    is_limited_ = true;
    return nullptr;
  }
  fonts_.push_back(make(copy));
  if (is_shared) known_.emplace(id, fonts_.back().get());
  return fonts_.back().get();
}

std::unique_ptr<PdfFont> FontLoader::make(const QPDFObjectHandle& dictionary) {
  if (auto font = drawn_font(dictionary)) return font;
  QPDFObjectHandle copy = dictionary;
  if (!copy.isDictionary()) return nullptr;
  const std::string subtype = name_of(value_of(copy, "/Subtype"));
  if (subtype == "Type0") return composite_font(copy);
  auto font = std::make_unique<PdfFont>();
  font->to_unicode = unicode_map_of(copy);
  const bool is_type3 = subtype == "Type3";
  const PdfMatrix matrix = is_type3 ? matrix_of(value_of(copy, "/FontMatrix")) : PdfMatrix{};
  set_texts(*font, is_type3 ? nullptr : encoding_of(copy), differences_of(copy));
  set_widths(*font, copy, is_type3 ? matrix.a : 1 / kUnits);
  if (is_type3) set_type3_height(*font, numbers_of(value_of(copy, "/FontBBox")), matrix);
  return font;
}

std::unique_ptr<PdfFont> FontLoader::drawn_font(const QPDFObjectHandle& dictionary) {
  QPDFObjectHandle copy = dictionary;
  const auto text = copy.isIndirect() ? places_.text_of(copy.getObjectID(), copy.getGeneration()) : std::nullopt;
  const auto raw = text ? RawDictionary::parse(*text) : std::nullopt;
  if (!raw) return nullptr;
  const RawValue* subtype = raw->find("Subtype");
  if (subtype == nullptr || subtype->kind != RawValue::Kind::kName || subtype->text != "Type3") return nullptr;
  const RawValue* parts[] = {raw->find("Widths"), raw->find("FontMatrix"), raw->find("FontBBox"), raw->find("FirstChar"), raw->find("ToUnicode")};
  for (const RawValue* part : parts) {
    if (part == nullptr) return nullptr;
  }
  const auto widths = parts[0]->numbers(), matrix = parts[1]->numbers(), box = parts[2]->numbers();
  const auto differences = differences_of(*raw);
  const auto missing = missing_width(*raw);
  const bool is_usual = widths && !widths->empty() && matrix && matrix->size() == 6 && box && differences && missing && parts[3]->kind == RawValue::Kind::kNumber &&
                        parts[4]->kind == RawValue::Kind::kReference;
  if (!is_usual) return nullptr;
  auto font = std::make_unique<PdfFont>();
  QPDFObjectHandle map = pdf_->getObject(parts[4]->id, static_cast<int>(parts[4]->number));
  if (!map.isStream()) return nullptr;
  font->to_unicode = cmap_of(map, 0);
  set_texts(*font, nullptr, *differences);
  const double unit = (*matrix)[0];
  font->widths.fill(static_cast<float>(*missing * unit));
  const double first = parts[3]->number;
  for (std::size_t i = 0; first >= 0 && i < widths->size() && first + static_cast<double>(i) < kCodes; ++i) {
    font->widths[static_cast<std::size_t>(first) + i] = static_cast<float>((*widths)[i] * unit);
  }
  set_type3_height(*font, *box, {(*matrix)[0], (*matrix)[1], (*matrix)[2], (*matrix)[3], (*matrix)[4], (*matrix)[5]});
  return font;
}

// Of the font's descriptor, 0 without one; nothing where it is written in an unusual way.
std::optional<double> FontLoader::missing_width(const RawDictionary& dictionary) {
  const RawValue* value = dictionary.find("FontDescriptor");
  if (value == nullptr) return 0;
  std::optional<std::string_view> text;
  if (value->kind == RawValue::Kind::kDictionary) text = value->text;
  if (value->kind == RawValue::Kind::kReference) text = places_.text_of(value->id, static_cast<int>(value->number));
  const auto descriptor = text ? RawDictionary::parse(*text) : std::nullopt;
  if (!descriptor) return std::nullopt;
  const RawValue* width = descriptor->find("MissingWidth");
  if (width == nullptr) return 0;
  return width->kind == RawValue::Kind::kNumber ? std::optional<double>(width->number) : std::nullopt;
}

std::unique_ptr<PdfFont> FontLoader::composite_font(const QPDFObjectHandle& dictionary) {
  auto font = std::make_unique<PdfFont>();
  if (!set_encoding(*font, value_of(dictionary, "/Encoding"))) return nullptr;
  font->to_unicode = unicode_map_of(dictionary);
  const std::vector<QPDFObjectHandle> parts = items_of(value_of(dictionary, "/DescendantFonts"));
  if (parts.empty()) return font;
  font->default_width = number_of(value_of(parts[0], "/DW")).value_or(kUnits);
  font->cid_widths = cid_widths_of(parts[0]);
  ranges_ += font->cid_widths.size();
  const std::vector<double> vertical = numbers_of(value_of(parts[0], "/DW2"));
  if (vertical.size() == 2) font->vertical_advance = vertical[1];
  return font;
}

bool FontLoader::set_encoding(PdfFont& font, const QPDFObjectHandle& encoding) {
  QPDFObjectHandle copy = encoding;
  if (copy.isStream()) {
    font.scheme = CodeScheme::kSpaces;
    font.encoding = cmap_of(copy, 0);
    if (font.encoding == nullptr) return false;
    font.spaces = font.encoding->spaces;
    if (font.spaces.empty()) font.spaces.push_back({2, 0, 0xFFFF});
    font.is_vertical = font.encoding->is_vertical;
    return true;
  }
  const std::string name = name_of(copy);
  const std::optional<PredefinedCMap> known = predefined_cmap(name);
  // An unknown map: nearly all have codes of two bytes; only a ToUnicode makes them readable.
  font.scheme = known ? known->scheme : CodeScheme::kTwoBytes;
  font.is_vertical = known ? known->is_vertical : name.ends_with("-V");
  font.ascii_cid = known ? known->ascii_cid : 0;
  return true;
}

std::shared_ptr<const CMap> FontLoader::cmap_of(const QPDFObjectHandle& stream, std::size_t depth) {
  QPDFObjectHandle copy = stream;
  const QPDFObjGen id = copy.getObjGen();
  const auto known = cmaps_.find(id);
  if (known != cmaps_.end()) return known->second;
  const std::optional<std::string> bytes = read_stream(copy, budget_);
  if (!bytes) return nullptr;
  CMap map = parse_cmap(*bytes);
  add_used_map(map, copy, depth);
  ranges_ += map.size();
  auto shared = std::make_shared<const CMap>(std::move(map));
  if (cmaps_.size() < kPdfFontsMax) cmaps_.emplace(id, shared);
  return shared;
}

// `usecmap`: what this map does not say, the one below it says.
void FontLoader::add_used_map(CMap& map, const QPDFObjectHandle& stream, std::size_t depth) {
  constexpr std::size_t kUsedMapsMax = 4;
  QPDFObjectHandle below = value_of(stream, "/UseCMap");
  const std::string name = below.isName() ? name_of(below) : map.used;
  const bool is_identity = name == "Identity-H" || name == "Identity-V";
  if (is_identity && map.spaces.empty()) map.spaces.push_back({2, 0, 0xFFFF});
  if (is_identity && map.cids.empty()) map.cids.push_back({0, 0xFFFF, 0});
  if (!below.isStream() || depth >= kUsedMapsMax) return;
  const std::shared_ptr<const CMap> used = cmap_of(below, depth + 1);
  if (used == nullptr) return;
  if (map.spaces.empty()) map.spaces = used->spaces;
  if (map.cids.empty()) map.cids = used->cids;
  if (map.unicode.size() == 0) map.unicode = used->unicode;
}

std::shared_ptr<const CMap> FontLoader::unicode_map_of(const QPDFObjectHandle& dictionary) {
  QPDFObjectHandle map = value_of(dictionary, "/ToUnicode");
  if (map.isStream()) return cmap_of(map, 0);
  if (map.isName()) return identity_map();
  return nullptr;
}

}  // namespace gouji::parser
