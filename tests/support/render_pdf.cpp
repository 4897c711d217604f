#include "tests/support/render_pdf.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <map>

#include "tests/support/render_html.h"

namespace gouji::testing {

std::string reference(int number) { return std::to_string(number) + " 0 R"; }

std::string deflated(std::string_view data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  std::string bytes(size, '\0');
  compress(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
           static_cast<uLong>(data.size()));
  bytes.resize(size);
  return bytes;
}

int PdfWriter::reserve() { return add("null"); }

int PdfWriter::add(std::string body) {
  objects_.push_back(std::move(body));
  return static_cast<int>(objects_.size());
}

void PdfWriter::set(int number, std::string body) {
  objects_.at(static_cast<std::size_t>(number) - 1) = std::move(body);
}

int PdfWriter::add_stream(std::string_view dictionary, std::string_view data) {
  std::string body = "<< /Length " + std::to_string(data.size()) + " ";
  body.append(dictionary).append(" >>\nstream\n").append(data).append("\nendstream");
  return add(std::move(body));
}

int PdfWriter::add_compressed(std::string_view dictionary, std::string_view data) {
  return add_stream("/Filter /FlateDecode " + std::string(dictionary), deflated(data));
}

std::string PdfWriter::finish(int root, std::string_view trailer) const {
  return structure_ == Structure::kTable ? with_table(root, trailer) : with_streams(root, trailer);
}

std::string PdfWriter::with_table(int root, std::string_view trailer) const {
  std::string file = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::string table = "0000000000 65535 f \n";
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    std::array<char, 32> entry{};
    std::snprintf(entry.data(), entry.size(), "%010zu 00000 n \n", file.size());
    table += entry.data();
    file += std::to_string(i + 1) + " 0 obj\n" + objects_[i] + "\nendobj\n";
  }
  const std::string start = std::to_string(file.size());
  const std::string count = std::to_string(objects_.size() + 1);
  file += "xref\n0 " + count + "\n" + table + "trailer\n<< /Size " + count + " /Root " + reference(root) + " ";
  return file.append(trailer) + " >>\nstartxref\n" + start + "\n%%EOF\n";
}

namespace {

void append_number(std::string& bytes, std::uint64_t value, int size) {
  for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

}  // namespace

// All objects that are no streams go into one object stream; fields of the cross-reference stream
// are 1, 4 and 2 bytes wide.
std::string PdfWriter::with_streams(int root, std::string_view trailer) const {
  const std::size_t count = objects_.size();
  std::string file = "%PDF-1.7\n%\xE2\xE3\xCF\xD3\n";
  std::vector<std::array<std::uint64_t, 3>> entries{{0, 0, 65'535}};
  std::string places;
  std::string inside;
  std::uint64_t index = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (objects_[i].find("\nstream\n") != std::string::npos) {
      entries.push_back({1, file.size(), 0});
      file += std::to_string(i + 1) + " 0 obj\n" + objects_[i] + "\nendobj\n";
    } else {
      entries.push_back({2, count + 1, index++});
      places += std::to_string(i + 1) + " " + std::to_string(inside.size()) + " ";
      inside += objects_[i] + "\n";
    }
  }
  PdfWriter streams;
  streams.add_compressed("/Type /ObjStm /N " + std::to_string(index) + " /First " + std::to_string(places.size()),
                         places + inside);
  entries.push_back({1, file.size(), 0});
  file += std::to_string(count + 1) + " 0 obj\n" + streams.objects_[0] + "\nendobj\n";
  const std::string start = std::to_string(file.size());
  entries.push_back({1, file.size(), 0});
  std::string table;
  for (const auto& entry : entries) {
    append_number(table, entry[0], 1);
    append_number(table, entry[1], 4);
    append_number(table, entry[2], 2);
  }
  streams.add_compressed("/Type /XRef /W [1 4 2] /Size " + std::to_string(entries.size()) + " /Root " +
                             reference(root) + " " + std::string(trailer),
                         table);
  return file + std::to_string(count + 2) + " 0 obj\n" + streams.objects_[1] + "\nendobj\nstartxref\n" + start +
         "\n%%EOF\n";
}

namespace {

std::vector<std::uint32_t> characters_of(const std::string& utf8) {
  std::vector<std::uint32_t> characters;
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t value = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
      value = value << 6 | (static_cast<unsigned char>(utf8[at + i]) & 0x3FU);
    }
    characters.push_back(value);
    at += length;
  }
  return characters;
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    std::array<char, 4> pair{};
    std::snprintf(pair.data(), pair.size(), "%02X", static_cast<unsigned char>(byte));
    text += pair.data();
  }
  return text;
}

std::string utf16(std::uint32_t character) {
  std::string bytes;
  if (character < 0x10000) {
    append_number(bytes, character, 2);
  } else {
    append_number(bytes, 0xD800 + ((character - 0x10000) >> 10), 2);
    append_number(bytes, 0xDC00 + ((character - 0x10000) & 0x3FF), 2);
  }
  return bytes;
}

std::string utf8(std::uint32_t character) {
  std::string bytes;
  if (character < 0x80) return {static_cast<char>(character)};
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  const std::uint32_t lead = more == 1 ? 0xC0 : more == 2 ? 0xE0 : 0xF0;
  bytes.push_back(static_cast<char>(lead | character >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) bytes.push_back(static_cast<char>(0x80 | (character >> (6 * i) & 0x3F)));
  return bytes;
}

bool is_ascii(std::uint32_t character) { return character < 0x80; }

// The fonts of a document and the codes of its characters in them.
class Fonts {
 public:
  Fonts(PdfWriter& writer, PdfEncoding encoding) : writer_(writer), encoding_(encoding) {}

  // Operators that show the text at the pen.
  std::string show(const PdfText& text) {
    std::string operators;
    std::string run;
    std::size_t font_of_run = 0;
    const auto flush = [&] {
      if (!run.empty()) {
        operators += "/F" + std::to_string(font_of_run) + " " + std::to_string(text.size) + " Tf <" + hex(run) + "> Tj ";
      }
      run.clear();
    };
    for (const std::uint32_t character : characters_of(text.text)) {
      const auto [font, code] = code_of(character);
      if (font != font_of_run) flush();
      font_of_run = font;
      run += code;
    }
    flush();
    return operators;
  }

  // Writes the fonts; what stands between << and >> of the resource Font.
  std::string finish() {
    std::string entries;
    for (std::size_t font = 0; font == 0 || font * kType3Codes < order_.size(); ++font) {
      entries += "/F" + std::to_string(font) + " " + reference(write(font)) + " ";
      if (encoding_ != PdfEncoding::kType3) break;
    }
    return entries;
  }

 private:
  static constexpr std::size_t kType3Codes = 200;
  struct Code {
    std::size_t font = 0;
    std::string bytes;
  };

  Code code_of(std::uint32_t character) {
    switch (encoding_) {
      case PdfEncoding::kGbkEuc: return {0, gb18030_by_iconv(utf8(character))};
      case PdfEncoding::kUniGbUcs2:
      case PdfEncoding::kUniGbUtf16: return {0, utf16(character)};
      case PdfEncoding::kUniGbUtf8: return {0, utf8(character)};
      case PdfEncoding::kWinAnsi: return {0, {static_cast<char>(character)}};
      case PdfEncoding::kIdentity:
      case PdfEncoding::kIdentityUnreadable:
      case PdfEncoding::kType3: break;
    }
    const auto [known, is_new] = glyphs_.emplace(character, order_.size());
    if (is_new) order_.push_back(character);
    std::string bytes;
    if (encoding_ == PdfEncoding::kType3) {
      append_number(bytes, known->second % kType3Codes + 1, 1);
      return {known->second / kType3Codes, bytes};
    }
    append_number(bytes, known->second + 1, 2);
    return {0, bytes};
  }

  int write(std::size_t font) {
    switch (encoding_) {
      case PdfEncoding::kIdentity: return composite("Identity-H", "Identity", identity_widths(), true);
      case PdfEncoding::kIdentityUnreadable: return composite("Identity-H", "Identity", identity_widths(), false);
      case PdfEncoding::kGbkEuc: return composite("GBK-EUC-H", "GB1", "[814 907 500]", false);
      case PdfEncoding::kUniGbUcs2: return composite("UniGB-UCS2-H", "GB1", "[1 95 500]", false);
      case PdfEncoding::kUniGbUtf16: return composite("UniGB-UTF16-H", "GB1", "[1 95 500]", false);
      case PdfEncoding::kUniGbUtf8: return composite("UniGB-UTF8-H", "GB1", "[1 95 500]", false);
      case PdfEncoding::kType3: return type3(font);
      case PdfEncoding::kWinAnsi: break;
    }
    std::string widths;
    for (int code = 32; code < 256; ++code) widths += "500 ";
    return writer_.add("<< /Type /Font /Subtype /TrueType /BaseFont /Somewhere /Encoding /WinAnsiEncoding "
                       "/FirstChar 32 /LastChar 255 /Widths [" + widths + "] >>");
  }

  std::string identity_widths() const {
    std::string widths = "[";
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (is_ascii(order_[i])) widths += std::to_string(i + 1) + " [500] ";
    }
    return widths + "]";
  }

  int to_unicode(std::size_t begin, std::size_t end, int code_bytes) {
    std::string map = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n1 begincodespacerange\n<";
    map += std::string(static_cast<std::size_t>(code_bytes) * 2, '0') + "> <" +
           std::string(static_cast<std::size_t>(code_bytes) * 2, 'F') + ">\nendcodespacerange\n";
    constexpr std::size_t kCharsASection = 100;
    for (std::size_t i = begin; i < end; ++i) {
      if ((i - begin) % kCharsASection == 0) {
        if (i > begin) map += "endbfchar\n";
        map += std::to_string(std::min(kCharsASection, end - i)) + " beginbfchar\n";
      }
      std::string code;
      append_number(code, i - begin + 1, code_bytes);
      map += "<" + hex(code) + "> <" + hex(utf16(order_[i])) + ">\n";
    }
    return writer_.add_compressed("", map + "endbfchar\nendcmap end end\n");
  }

  int composite(const std::string& encoding, const std::string& ordering, const std::string& widths,
                bool has_to_unicode) {
    const int part = writer_.add("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Somewhere /CIDSystemInfo "
                                 "<< /Registry (Adobe) /Ordering (" + ordering + ") /Supplement 0 >> /DW 1000 /W " +
                                 widths + " >>");
    const std::string map = has_to_unicode ? " /ToUnicode " + reference(to_unicode(0, order_.size(), 2)) : "";
    return writer_.add("<< /Type /Font /Subtype /Type0 /BaseFont /Somewhere /Encoding /" + encoding +
                       " /DescendantFonts [" + reference(part) + "]" + map + " >>");
  }

  int type3(std::size_t font) {
    const std::size_t begin = font * kType3Codes;
    const std::size_t end = std::min(begin + kType3Codes, order_.size());
    std::string widths;
    std::string names;
    for (std::size_t i = begin; i < end; ++i) {
      widths += is_ascii(order_[i]) ? "500 " : "1000 ";
      names += "/g" + std::to_string(i) + " ";
    }
    return writer_.add("<< /Type /Font /Subtype /Type3 /FontMatrix [.001 0 0 .001 0 0] /FontBBox [0 0 1000 1000] "
                       "/CharProcs << >> /Encoding << /Differences [1 " + names + "] >> /FirstChar 1 /LastChar " +
                       std::to_string(end - begin) + " /Widths [" + widths + "] /ToUnicode " +
                       reference(to_unicode(begin, end, 1)) + " >>");
  }

  PdfWriter& writer_;
  PdfEncoding encoding_;
  std::map<std::uint32_t, std::size_t> glyphs_;
  std::vector<std::uint32_t> order_;
};

// Directions and corners of the page's own space, seen from the page as it is looked at.
struct Frame {
  double xx, xy, yx, yy;  // where x and y of the view point to
  double x, y;            // of the view's origin
  double wide, tall;      // of the media box
};

Frame frame_of(const PdfSheet& sheet, int rotate) {
  switch (rotate) {
    case 90: return {0, 1, 1, 0, 0, 0, sheet.height, sheet.width};
    case 180: return {-1, 0, 0, 1, sheet.width, 0, sheet.width, sheet.height};
    case 270: return {0, -1, -1, 0, sheet.height, sheet.width, sheet.height, sheet.width};
    default: return {1, 0, 0, -1, 0, sheet.height, sheet.width, sheet.height};
  }
}

std::string numbers(std::initializer_list<double> values) {
  std::string text;
  for (const double value : values) {
    std::array<char, 32> word{};
    std::snprintf(word.data(), word.size(), "%.3f ", value);
    text += word.data();
  }
  return text;
}

std::string content_of(const PdfSheet& sheet, const PdfStyle& style, Fonts& fonts) {
  const Frame frame = frame_of(sheet, style.rotate);
  // Everything is written in the view's space, turned upside down for text.
  std::string content = "q " + numbers({frame.xx, frame.xy, frame.yx, frame.yy, frame.x, frame.y}) + "cm\n0.5 w\n";
  for (const PdfLine& line : sheet.lines) {
    if (style.has_filled_lines) {
      content += numbers({line.x1 - 0.25, line.y1 - 0.25, line.x2 - line.x1 + 0.5, line.y2 - line.y1 + 0.5}) + "re f\n";
    } else {
      content += numbers({line.x1, line.y1}) + "m " + numbers({line.x2, line.y2}) + "l S\n";
    }
  }
  content += "BT ";
  if (style.is_hidden) content += "3 Tr ";
  for (const PdfText& text : sheet.texts) {
    content += numbers({1, 0, 0, -1, text.x, text.y}) + "Tm " + fonts.show(text) + "\n";
  }
  return content + "ET Q\n";
}

}  // namespace

std::string render_pdf(const std::vector<PdfSheet>& sheets, const PdfStyle& style) {
  PdfWriter writer(style.structure);
  Fonts fonts(writer, style.encoding);
  const int pages = writer.reserve();
  const int resources = writer.reserve();
  const auto add_content = [&](std::string_view dictionary, std::string_view content) {
    return style.is_compressed ? writer.add_compressed(dictionary, content) : writer.add_stream(dictionary, content);
  };
  std::string kids;
  std::string forms;
  for (const PdfSheet& sheet : sheets) {
    std::string content = content_of(sheet, style, fonts);
    const Frame frame = frame_of(sheet, style.rotate);
    const std::string box = "[0 0 " + numbers({frame.wide, frame.tall}) + "]";
    if (style.is_in_form) {
      const int form = add_content("/Type /XObject /Subtype /Form /Resources " + reference(resources) + " /BBox " + box, content);
      forms += "/X" + std::to_string(form) + " " + reference(form) + " ";
      content = "/X" + std::to_string(form) + " Do";
    }
    kids += reference(writer.add("<< /Type /Page /Parent " + reference(pages) + " /MediaBox " + box + " /Rotate " +
                                 std::to_string(style.rotate) + " /Resources " + reference(resources) + " /Contents " +
                                 reference(add_content("", content)) + " >>")) + " ";
  }
  writer.set(resources, "<< /Font << " + fonts.finish() + ">> /XObject << " + forms + ">> >>");
  writer.set(pages, "<< /Type /Pages /Count " + std::to_string(sheets.size()) + " /Kids [" + kids + "] >>");
  const int root = writer.add("<< /Type /Catalog /Pages " + reference(pages) + " >>");
  std::string title = "\xFE\xFF";
  for (const std::uint32_t character : characters_of(style.title)) title += utf16(character);
  const int info = writer.add("<< /Title <" + hex(title) + "> /CreationDate (D:20240131093000+08'00') >>");
  return writer.finish(root, "/Info " + reference(info));
}

}  // namespace gouji::testing
