// Small PDFs for tests: text and lines at given places, in the ways that writers of real files spell
// them. PdfWriter is for everything odd: it takes objects as they are to stand in the file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gouji::testing {

class PdfWriter {
 public:
  enum class Structure {
    kTable,          // classic cross-reference table
    kObjectStreams,  // objects inside compressed streams, cross-reference stream
  };
  explicit PdfWriter(Structure structure = Structure::kTable) : structure_(structure) {}

  // The number of the new object. `reserve` is for objects that name each other.
  int reserve();
  int add(std::string body);
  void set(int number, std::string body);
  // `dictionary` is what stands between << and >>, without Length.
  int add_stream(std::string_view dictionary, std::string_view data);
  // The same with a Flate filter.
  int add_compressed(std::string_view dictionary, std::string_view data);

  // The file. `trailer` is added to the trailer's dictionary.
  std::string finish(int root, std::string_view trailer = {}) const;

 private:
  std::string with_table(int root, std::string_view trailer) const;
  std::string with_streams(int root, std::string_view trailer) const;

  Structure structure_;
  std::vector<std::string> objects_;
};

// "5 0 R"
std::string reference(int number);
std::string deflated(std::string_view data);

// Text whose base line begins at x, y; points from the top left of the page as it is looked at.
struct PdfText {
  double x = 0;
  double y = 0;
  double size = 10;
  std::string text;  // UTF-8
};

struct PdfLine {
  double x1 = 0;
  double y1 = 0;
  double x2 = 0;
  double y2 = 0;
};

struct PdfSheet {
  double width = 595;
  double height = 842;
  std::vector<PdfText> texts;
  std::vector<PdfLine> lines;
};

// How the characters are encoded. An ideograph is as wide as it is high, ASCII half of that.
enum class PdfEncoding {
  kIdentity,            // glyph numbers, ToUnicode
  kIdentityUnreadable,  // glyph numbers, nothing that says what they are
  kGbkEuc,              // GBK, no embedded font
  kUniGbUcs2,           // UCS-2, no embedded font
  kUniGbUtf16,
  kUniGbUtf8,
  kType3,               // several fonts of 256 drawings each, ToUnicode
  kWinAnsi,             // Latin letters only
};

struct PdfStyle {
  PdfEncoding encoding = PdfEncoding::kIdentity;
  PdfWriter::Structure structure = PdfWriter::Structure::kTable;
  bool is_compressed = true;
  bool has_filled_lines = false;  // lines are thin filled rectangles instead of strokes
  bool is_hidden = false;         // text render mode 3
  bool is_in_form = false;        // the content is a form XObject
  int rotate = 0;                 // 0, 90, 180, 270
  std::string title = {};         // of the document information
};

std::string render_pdf(const std::vector<PdfSheet>& sheets, const PdfStyle& style = {});

}  // namespace gouji::testing
