#include "services/parser/core/pdf/glyph_names.h"

#include <algorithm>
#include <iterator>

namespace gouji::parser {
namespace {

struct GlyphName {
  std::string_view name;
  char16_t character;
};

// By name, bytewise.
constexpr GlyphName kGlyphNames[] = {
    {"A", 0x0041}, {"AE", 0x00C6}, {"Aacute", 0x00C1}, {"Acircumflex", 0x00C2},
    {"Adieresis", 0x00C4}, {"Agrave", 0x00C0}, {"Alpha", 0x0391}, {"Aring", 0x00C5},
    {"Atilde", 0x00C3}, {"B", 0x0042}, {"Beta", 0x0392}, {"C", 0x0043}, {"Ccedilla", 0x00C7},
    {"Chi", 0x03A7}, {"D", 0x0044}, {"Delta", 0x2206}, {"E", 0x0045}, {"Eacute", 0x00C9},
    {"Ecircumflex", 0x00CA}, {"Edieresis", 0x00CB}, {"Egrave", 0x00C8}, {"Epsilon", 0x0395},
    {"Eta", 0x0397}, {"Eth", 0x00D0}, {"Euro", 0x20AC}, {"F", 0x0046}, {"G", 0x0047},
    {"Gamma", 0x0393}, {"H", 0x0048}, {"H22073", 0x25A1}, {"I", 0x0049}, {"Iacute", 0x00CD},
    {"Icircumflex", 0x00CE}, {"Idieresis", 0x00CF}, {"Igrave", 0x00CC}, {"Iota", 0x0399},
    {"Iotadieresis", 0x03AA}, {"J", 0x004A}, {"K", 0x004B}, {"Kappa", 0x039A}, {"L", 0x004C},
    {"Lambda", 0x039B}, {"Lslash", 0x0141}, {"M", 0x004D}, {"Mu", 0x039C}, {"N", 0x004E},
    {"Ntilde", 0x00D1}, {"Nu", 0x039D}, {"O", 0x004F}, {"OE", 0x0152}, {"Oacute", 0x00D3},
    {"Ocircumflex", 0x00D4}, {"Odieresis", 0x00D6}, {"Ograve", 0x00D2}, {"Omicron", 0x039F},
    {"Oslash", 0x00D8}, {"Otilde", 0x00D5}, {"P", 0x0050}, {"Phi", 0x03A6}, {"Pi", 0x03A0},
    {"Psi", 0x03A8}, {"Q", 0x0051}, {"R", 0x0052}, {"Rho", 0x03A1}, {"S", 0x0053},
    {"Scaron", 0x0160}, {"Sigma", 0x03A3}, {"T", 0x0054}, {"Tau", 0x03A4}, {"Theta", 0x0398},
    {"Thorn", 0x00DE}, {"U", 0x0055}, {"Uacute", 0x00DA}, {"Ucircumflex", 0x00DB},
    {"Udieresis", 0x00DC}, {"Ugrave", 0x00D9}, {"Upsilon", 0x03A5}, {"Upsilondieresis", 0x03AB},
    {"V", 0x0056}, {"W", 0x0057}, {"X", 0x0058}, {"Xi", 0x039E}, {"Y", 0x0059}, {"Yacute", 0x00DD},
    {"Ydieresis", 0x0178}, {"Z", 0x005A}, {"Zcaron", 0x017D}, {"Zeta", 0x0396}, {"a", 0x0061},
    {"aacute", 0x00E1}, {"acircumflex", 0x00E2}, {"acute", 0x00B4}, {"adieresis", 0x00E4},
    {"ae", 0x00E6}, {"agrave", 0x00E0}, {"alpha", 0x03B1}, {"alphatonos", 0x03AC},
    {"ampersand", 0x0026}, {"angle", 0x2220}, {"approxequal", 0x2248}, {"aring", 0x00E5},
    {"arrowboth", 0x2194}, {"arrowdown", 0x2193}, {"arrowleft", 0x2190}, {"arrowright", 0x2192},
    {"arrowup", 0x2191}, {"asciicircum", 0x005E}, {"asciitilde", 0x007E}, {"asterisk", 0x002A},
    {"at", 0x0040}, {"atilde", 0x00E3}, {"b", 0x0062}, {"backslash", 0x005C}, {"bar", 0x007C},
    {"beta", 0x03B2}, {"braceleft", 0x007B}, {"braceright", 0x007D}, {"bracketleft", 0x005B},
    {"bracketright", 0x005D}, {"breve", 0x02D8}, {"brokenbar", 0x00A6}, {"bullet", 0x2022},
    {"c", 0x0063}, {"caron", 0x02C7}, {"ccedilla", 0x00E7}, {"cedilla", 0x00B8}, {"cent", 0x00A2},
    {"chi", 0x03C7}, {"circle", 0x25CB}, {"circumflex", 0x02C6}, {"colon", 0x003A},
    {"comma", 0x002C}, {"copyright", 0x00A9}, {"currency", 0x00A4}, {"d", 0x0064},
    {"dagger", 0x2020}, {"daggerdbl", 0x2021}, {"degree", 0x00B0}, {"delta", 0x03B4},
    {"dieresis", 0x00A8}, {"divide", 0x00F7}, {"dollar", 0x0024}, {"dotaccent", 0x02D9},
    {"dotlessi", 0x0131}, {"e", 0x0065}, {"eacute", 0x00E9}, {"ecircumflex", 0x00EA},
    {"edieresis", 0x00EB}, {"egrave", 0x00E8}, {"eight", 0x0038}, {"element", 0x2208},
    {"ellipsis", 0x2026}, {"emdash", 0x2014}, {"endash", 0x2013}, {"epsilon", 0x03B5},
    {"epsilontonos", 0x03AD}, {"equal", 0x003D}, {"equivalence", 0x2261}, {"eta", 0x03B7},
    {"etatonos", 0x03AE}, {"eth", 0x00F0}, {"exclam", 0x0021}, {"exclamdown", 0x00A1},
    {"existential", 0x2203}, {"f", 0x0066}, {"filledbox", 0x25A0}, {"five", 0x0035},
    {"florin", 0x0192}, {"four", 0x0034}, {"fraction", 0x2044}, {"g", 0x0067}, {"gamma", 0x03B3},
    {"germandbls", 0x00DF}, {"grave", 0x0060}, {"greater", 0x003E}, {"greaterequal", 0x2265},
    {"guillemotleft", 0x00AB}, {"guillemotright", 0x00BB}, {"guilsinglleft", 0x2039},
    {"guilsinglright", 0x203A}, {"h", 0x0068}, {"hungarumlaut", 0x02DD}, {"hyphen", 0x002D},
    {"i", 0x0069}, {"iacute", 0x00ED}, {"icircumflex", 0x00EE}, {"idieresis", 0x00EF},
    {"igrave", 0x00EC}, {"infinity", 0x221E}, {"integral", 0x222B}, {"intersection", 0x2229},
    {"iota", 0x03B9}, {"iotatonos", 0x03AF}, {"j", 0x006A}, {"k", 0x006B}, {"kappa", 0x03BA},
    {"l", 0x006C}, {"lambda", 0x03BB}, {"less", 0x003C}, {"lessequal", 0x2264},
    {"logicalnot", 0x00AC}, {"lozenge", 0x25CA}, {"lslash", 0x0142}, {"m", 0x006D},
    {"macron", 0x00AF}, {"minute", 0x2032}, {"mu", 0x00B5}, {"multiply", 0x00D7}, {"n", 0x006E},
    {"nbspace", 0x00A0}, {"nine", 0x0039}, {"notequal", 0x2260}, {"ntilde", 0x00F1}, {"nu", 0x03BD},
    {"numbersign", 0x0023}, {"o", 0x006F}, {"oacute", 0x00F3}, {"ocircumflex", 0x00F4},
    {"odieresis", 0x00F6}, {"oe", 0x0153}, {"ogonek", 0x02DB}, {"ograve", 0x00F2},
    {"omega", 0x03C9}, {"omicron", 0x03BF}, {"one", 0x0031}, {"onehalf", 0x00BD},
    {"onequarter", 0x00BC}, {"ordfeminine", 0x00AA}, {"ordmasculine", 0x00BA},
    {"orthogonal", 0x221F}, {"oslash", 0x00F8}, {"otilde", 0x00F5}, {"p", 0x0070},
    {"paragraph", 0x00B6}, {"parenleft", 0x0028}, {"parenright", 0x0029}, {"partialdiff", 0x2202},
    {"percent", 0x0025}, {"period", 0x002E}, {"periodcentered", 0x00B7}, {"perpendicular", 0x22A5},
    {"perthousand", 0x2030}, {"phi", 0x03C6}, {"pi", 0x03C0}, {"plus", 0x002B},
    {"plusminus", 0x00B1}, {"product", 0x220F}, {"psi", 0x03C8}, {"q", 0x0071},
    {"question", 0x003F}, {"questiondown", 0x00BF}, {"quotedbl", 0x0022}, {"quotedblbase", 0x201E},
    {"quotedblleft", 0x201C}, {"quotedblright", 0x201D}, {"quoteleft", 0x2018},
    {"quoteright", 0x2019}, {"quotesinglbase", 0x201A}, {"quotesingle", 0x0027}, {"r", 0x0072},
    {"radical", 0x221A}, {"registered", 0x00AE}, {"rho", 0x03C1}, {"ring", 0x02DA}, {"s", 0x0073},
    {"scaron", 0x0161}, {"second", 0x2033}, {"section", 0x00A7}, {"semicolon", 0x003B},
    {"seven", 0x0037}, {"sfthyphen", 0x00AD}, {"sigma", 0x03C3}, {"sigma1", 0x03C2},
    {"six", 0x0036}, {"slash", 0x002F}, {"space", 0x0020}, {"sterling", 0x00A3},
    {"summation", 0x2211}, {"t", 0x0074}, {"tau", 0x03C4}, {"therefore", 0x2234}, {"theta", 0x03B8},
    {"thorn", 0x00FE}, {"three", 0x0033}, {"threequarters", 0x00BE}, {"tilde", 0x02DC},
    {"trademark", 0x2122}, {"triagup", 0x25B2}, {"two", 0x0032}, {"u", 0x0075}, {"uacute", 0x00FA},
    {"ucircumflex", 0x00FB}, {"udieresis", 0x00FC}, {"ugrave", 0x00F9}, {"underscore", 0x005F},
    {"union", 0x222A}, {"universal", 0x2200}, {"upsilon", 0x03C5}, {"upsilondieresistonos", 0x03B0},
    {"v", 0x0076}, {"w", 0x0077}, {"x", 0x0078}, {"xi", 0x03BE}, {"y", 0x0079}, {"yacute", 0x00FD},
    {"ydieresis", 0x00FF}, {"yen", 0x00A5}, {"z", 0x007A}, {"zcaron", 0x017E}, {"zero", 0x0030},
    {"zeta", 0x03B6},
};

constexpr char16_t kWinAnsiFrom80[] = {
    0x20AC, 0x2022, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x2022, 0x017D, 0x2022, 0x2022, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x2022, 0x017E, 0x0178,
};
constexpr char16_t kMacRomanFrom80[] = {
    0x00C4, 0x00C5, 0x00C7, 0x00C9, 0x00D1, 0x00D6, 0x00DC, 0x00E1, 0x00E0, 0x00E2, 0x00E4, 0x00E3,
    0x00E5, 0x00E7, 0x00E9, 0x00E8, 0x00EA, 0x00EB, 0x00ED, 0x00EC, 0x00EE, 0x00EF, 0x00F1, 0x00F3,
    0x00F2, 0x00F4, 0x00F6, 0x00F5, 0x00FA, 0x00F9, 0x00FB, 0x00FC, 0x2020, 0x00B0, 0x00A2, 0x00A3,
    0x00A7, 0x2022, 0x00B6, 0x00DF, 0x00AE, 0x00A9, 0x2122, 0x00B4, 0x00A8, 0x2260, 0x00C6, 0x00D8,
    0x221E, 0x00B1, 0x2264, 0x2265, 0x00A5, 0x00B5, 0x2202, 0x2211, 0x220F, 0x03C0, 0x222B, 0x00AA,
    0x00BA, 0x03A9, 0x00E6, 0x00F8, 0x00BF, 0x00A1, 0x00AC, 0x221A, 0x0192, 0x2248, 0x2206, 0x00AB,
    0x00BB, 0x2026, 0x00A0, 0x00C0, 0x00C3, 0x00D5, 0x0152, 0x0153, 0x2013, 0x2014, 0x201C, 0x201D,
    0x2018, 0x2019, 0x00F7, 0x25CA, 0x00FF, 0x0178, 0x2044, 0x00A4, 0x2039, 0x203A, 0xFB01, 0xFB02,
    0x2021, 0x00B7, 0x201A, 0x201E, 0x2030, 0x00C2, 0x00CA, 0x00C1, 0x00CB, 0x00C8, 0x00CD, 0x00CE,
    0x00CF, 0x00CC, 0x00D3, 0x00D4, 0x0000, 0x00D2, 0x00DA, 0x00DB, 0x00D9, 0x0131, 0x02C6, 0x02DC,
    0x00AF, 0x02D8, 0x02D9, 0x02DA, 0x00B8, 0x02DD, 0x02DB, 0x02C7,
};
constexpr char16_t kStandardFromA0[] = {
    0x0000, 0x00A1, 0x00A2, 0x00A3, 0x2044, 0x00A5, 0x0192, 0x00A7, 0x00A4, 0x0027, 0x201C, 0x00AB,
    0x2039, 0x203A, 0xFB01, 0xFB02, 0x0000, 0x2013, 0x2020, 0x2021, 0x00B7, 0x0000, 0x00B6, 0x2022,
    0x201A, 0x201E, 0x201D, 0x00BB, 0x2026, 0x2030, 0x0000, 0x00BF, 0x0000, 0x0060, 0x00B4, 0x02C6,
    0x02DC, 0x00AF, 0x02D8, 0x02D9, 0x00A8, 0x0000, 0x02DA, 0x00B8, 0x0000, 0x02DD, 0x02DB, 0x02C7,
    0x2014, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000,
    0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x00C6, 0x0000, 0x00AA, 0x0000, 0x0000, 0x0000, 0x0000,
    0x0141, 0x00D8, 0x0152, 0x00BA, 0x0000, 0x0000, 0x0000, 0x0000, 0x0000, 0x00E6, 0x0000, 0x0000,
    0x0000, 0x0131, 0x0000, 0x0000, 0x0142, 0x00F8, 0x0153, 0x00DF, 0x0000, 0x0000, 0x0000, 0x0000,
};

constexpr LatinEncoding ascii() {
  LatinEncoding encoding{};
  for (char16_t code = 0x20; code < 0x7F; ++code) encoding[code] = code;
  return encoding;
}

constexpr LatinEncoding kWinAnsi = [] {
  LatinEncoding encoding = ascii();
  encoding[0x7F] = 0x2022;  // codes that are not used show a bullet
  for (char16_t code = 0xA0; code <= 0xFF; ++code) encoding[code] = code;
  for (std::size_t i = 0; i < std::size(kWinAnsiFrom80); ++i) encoding[0x80 + i] = kWinAnsiFrom80[i];
  return encoding;
}();

constexpr LatinEncoding kMacRoman = [] {
  LatinEncoding encoding = ascii();
  for (std::size_t i = 0; i < std::size(kMacRomanFrom80); ++i) encoding[0x80 + i] = kMacRomanFrom80[i];
  return encoding;
}();

constexpr LatinEncoding kStandard = [] {
  LatinEncoding encoding = ascii();
  encoding[0x27] = 0x2019;
  encoding[0x60] = 0x2018;
  for (std::size_t i = 0; i < std::size(kStandardFromA0); ++i) encoding[0xA0 + i] = kStandardFromA0[i];
  return encoding;
}();

// Upper-case hexadecimal digits only, as the specification wants them.
char32_t hexadecimal(std::string_view digits) {
  char32_t value = 0;
  for (const char digit : digits) {
    if (digit >= '0' && digit <= '9') value = value * 16 + static_cast<char32_t>(digit - '0');
    else if (digit >= 'A' && digit <= 'F') value = value * 16 + static_cast<char32_t>(digit - 'A' + 10);
    else return 0;
  }
  return value;
}

bool is_character(char32_t value) {
  return value != 0 && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
}

// One component of a name.
std::u32string component_text(std::string_view name) {
  const auto* known = std::lower_bound(
      std::begin(kGlyphNames), std::end(kGlyphNames), name,
      [](const GlyphName& entry, std::string_view wanted) { return entry.name < wanted; });
  if (known != std::end(kGlyphNames) && known->name == name) return {known->character};
  std::u32string text;
  if (name.starts_with("uni") && name.size() >= 7 && (name.size() - 3) % 4 == 0) {
    for (std::size_t at = 3; at < name.size(); at += 4) {
      const char32_t value = hexadecimal(name.substr(at, 4));
      if (!is_character(value)) return {};
      text.push_back(value);
    }
  } else if (name.starts_with("u") && name.size() >= 5 && name.size() <= 7) {
    const char32_t value = hexadecimal(name.substr(1));
    if (is_character(value)) text.push_back(value);
  }
  return text;
}

}  // namespace

std::u32string glyph_text(std::string_view name) {
  constexpr std::size_t kNameMax = 128;
  name = name.substr(0, std::min(name.find('.'), kNameMax));
  std::u32string text;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('_'), name.size());
    const std::u32string part = component_text(name.substr(0, end));
    if (part.empty()) return {};
    text += part;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return text;
}

const LatinEncoding& standard_encoding() { return kStandard; }
const LatinEncoding& win_ansi_encoding() { return kWinAnsi; }
const LatinEncoding& mac_roman_encoding() { return kMacRoman; }

}  // namespace gouji::parser
