#include "services/parser/core/office/doc.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "common/text/utf8.h"
#include "services/parser/core/office/code_page.h"
#include "services/parser/core/office/doc_file.h"
#include "services/parser/core/office/doc_format.h"
#include "services/parser/core/office/doc_lists.h"
#include "services/parser/core/office/flow_builder.h"
#include "services/parser/core/office/flow_tables.h"
#include "services/parser/core/office/symbols.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kFieldDepthMax = 64;

// Characters that mean something else than themselves ([MS-DOC] 2.4.1).
constexpr char32_t kCellMark = 0x07, kTabMark = 0x09, kLineMark = 0x0B, kPageMark = 0x0C, kParagraphMark = 0x0D,
                   kColumnMark = 0x0E, kFieldBegin = 0x13, kFieldSeparator = 0x14, kFieldEnd = 0x15, kHyphenMark = 0x1E;

bool ends_paragraph(char32_t c) { return c == kParagraphMark || c == kCellMark || c == kPageMark; }

class DocReader {
 public:
  explicit DocReader(const DocFile& file)
      : file_(file), format_(file), styles_(file), lists_(file), builder_("doc", EdgeUnit::kTwip), tables_(builder_) {}

  Document read() {
    Place at;
    while (at.piece < file_.pieces.size()) read_paragraph(at);
    builder_.end_block();
    return builder_.finish();
  }

 private:
  // A character of the text: which one of which piece.
  struct Place {
    std::size_t piece = 0;
    std::size_t index = 0;
  };

  char32_t unit_at(const DocPiece& piece, std::size_t index) const {
    const std::size_t at = piece.offset + index * piece.width();
    return piece.is_wide ? static_cast<char32_t>(u16_at(file_.main, at)) : western_character(static_cast<unsigned char>(file_.main[at]));
  }

  std::size_t offset_of(const Place& at) const {
    const DocPiece& piece = file_.pieces[at.piece];
    return piece.offset + at.index * piece.width();
  }

  // Where the mark of the paragraph stands; behind the last piece where there is none.
  Place find_end(Place at) const {
    for (; at.piece < file_.pieces.size(); ++at.piece, at.index = 0) {
      const DocPiece& piece = file_.pieces[at.piece];
      for (; at.index < piece.count; ++at.index) {
        if (ends_paragraph(unit_at(piece, at.index))) return at;
      }
    }
    return at;
  }

  void read_paragraph(Place& at) {
    const Place end = find_end(at);
    const bool has_mark = end.piece < file_.pieces.size();
    DocParagraph paragraph = has_mark ? format_.paragraph_at(offset_of(end)) : DocParagraph{};
    styles_.complete(paragraph);
    const char32_t mark = has_mark ? unit_at(file_.pieces[end.piece], end.index) : kParagraphMark;
    if (mark == kCellMark && paragraph.depth == 0) paragraph.depth = 1;
    if (!paragraph.is_row_end && !paragraph.is_inner_row_end) put_paragraph(at, end, paragraph);
    if (has_mark) end_paragraph(mark, paragraph, end);
    at = end;
    if (has_mark) ++at.index;
    while (at.piece < file_.pieces.size() && at.index >= file_.pieces[at.piece].count) {
      ++at.piece;
      at.index = 0;
    }
  }

  void put_paragraph(Place at, const Place& end, const DocParagraph& paragraph) {
    const std::size_t begin = offset_of(at);
    tables_.enter(paragraph.depth, begin);
    heading_ = paragraph.heading.value_or(0);
    if (paragraph.list.value_or(0) > 0)
      builder_.put(lists_.next_number(*paragraph.list, paragraph.list_level.value_or(0)), {begin, begin});
    for (; at.piece < file_.pieces.size() && at.piece <= end.piece; ++at.piece, at.index = 0) {
      const DocPiece& piece = file_.pieces[at.piece];
      put_stretch(piece, at.index, at.piece == end.piece ? end.index : piece.count);
    }
  }

  // Characters [first, last) of a piece, in stretches that are alike in their formatting.
  void put_stretch(const DocPiece& piece, std::size_t first, std::size_t last) {
    const std::vector<DocTextRun>& runs = format_.runs();
    while (first < last) {
      const std::size_t offset = piece.offset + first * piece.width();
      const auto run = std::upper_bound(runs.begin(), runs.end(), offset, [](std::size_t at, const DocTextRun& known) { return at < known.end; });
      const bool is_in_run = run != runs.end() && run->begin <= offset;
      std::size_t border = last;
      if (run != runs.end()) {
        const std::size_t bytes = (is_in_run ? run->end : run->begin) - piece.offset;
        border = std::clamp((bytes + piece.width() - 1) / piece.width(), first + 1, last);
      }
      if (!is_in_run || run->kind == DocTextKind::kRaised) {
        builder_.set_raised(is_in_run);
        put_units(piece, first, border);
      } else if (run->kind == DocTextKind::kSymbol && fields_in_code_ == 0) {
        for (std::size_t i = first; i < border; ++i) builder_.put_character(symbol_character(run->symbol), span(piece, i, i + 1));
      } else {
        take_field_marks(piece, first, border);
      }
      first = border;
    }
  }

  // Hidden text may hold the marks of fields that go on behind it.
  void take_field_marks(const DocPiece& piece, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) take_field_mark(unit_at(piece, i));
  }

  static SourceSpan span(const DocPiece& piece, std::size_t first, std::size_t last) {
    return {piece.offset + first * piece.width(), piece.offset + last * piece.width()};
  }

  void put_units(const DocPiece& piece, std::size_t first, std::size_t last) {
    std::size_t begin = first;
    text_.clear();
    for (std::size_t i = first; i < last; ++i) {
      const char32_t unit = unit_at(piece, i);
      if (unit >= 0x20) {
        if (fields_in_code_ == 0) i += append(piece, i, last);
        continue;
      }
      flush(piece, begin, i);
      put_mark(piece, i, unit);
      begin = i + 1;
    }
    flush(piece, begin, last);
  }

  // Appends the character at `i` to text_; returns how many units it took beyond the first.
  std::size_t append(const DocPiece& piece, std::size_t i, std::size_t last) {
    const char32_t unit = unit_at(piece, i);
    const bool is_high = unit >= 0xD800 && unit < 0xDC00;
    const char32_t low = is_high && i + 1 < last ? unit_at(piece, i + 1) : 0;
    if (low >= 0xDC00 && low < 0xE000) {
      append_utf8(text_, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      return 1;
    }
    append_utf8(text_, unit);
    return 0;
  }

  void flush(const DocPiece& piece, std::size_t first, std::size_t last) {
    if (!text_.empty()) builder_.put(text_, span(piece, first, last));
    text_.clear();
  }

  void put_mark(const DocPiece& piece, std::size_t i, char32_t mark) {
    if (take_field_mark(mark) || fields_in_code_ > 0) return;
    if (mark == kTabMark) builder_.put_tab(span(piece, i, i + 1));
    if (mark == kHyphenMark) builder_.put("-", span(piece, i, i + 1));
    if (mark == kLineMark || mark == kColumnMark) builder_.end_block(heading_);
  }

  bool take_field_mark(char32_t mark) {
    if (mark == kFieldBegin) {
      if (fields_.size() >= kFieldDepthMax) return true;
      fields_.push_back(true);
      ++fields_in_code_;
    } else if (mark == kFieldSeparator) {
      if (fields_.empty() || !fields_.back()) return true;
      fields_.back() = false;
      --fields_in_code_;
    } else if (mark == kFieldEnd) {
      if (fields_.empty()) return true;
      if (fields_.back()) --fields_in_code_;
      fields_.pop_back();
    } else {
      return false;
    }
    return true;
  }

  // Where the mark itself is deleted, the next paragraph goes on in this one.
  bool is_left_out(const Place& at) const {
    const std::size_t offset = offset_of(at);
    const std::vector<DocTextRun>& runs = format_.runs();
    const auto run = std::upper_bound(runs.begin(), runs.end(), offset, [](std::size_t place, const DocTextRun& known) { return place < known.end; });
    return run != runs.end() && run->begin <= offset && run->kind == DocTextKind::kLeftOut;
  }

  void end_paragraph(char32_t mark, const DocParagraph& paragraph, const Place& at) {
    const std::size_t offset = offset_of(at);
    const bool is_deep = paragraph.depth > 1;
    if (paragraph.is_inner_row_end) return tables_.end_row(paragraph.depth, paragraph.places);
    if (paragraph.is_row_end) return tables_.end_row(1, paragraph.places);
    if (mark == kCellMark) return tables_.end_cell(1, offset);
    if (is_deep && paragraph.is_inner_cell_end) return tables_.end_cell(paragraph.depth, offset);
    if (!is_left_out(at)) builder_.end_block(heading_);
  }

  const DocFile& file_;
  DocFormat format_;
  DocStyles styles_;
  DocLists lists_;
  FlowBuilder builder_;
  FlowTables tables_;
  std::string text_;
  std::uint8_t heading_ = 0;
  std::vector<bool> fields_;  // open fields; true while their code is read
  int fields_in_code_ = 0;
};

}  // namespace

ExtractOutcome extract_ole(const Source& source) {
  const auto ole = OleFile::open(source.bytes);
  if (!ole) return ole.error();
  if (ole->has("EncryptedPackage")) return Reason{"ENCRYPTED", "文件有密码，请去掉密码后另存，再核对 / the file has a password: save it without its password and check that one"};
  if (!ole->has("WordDocument")) {
    if (ole->has("Workbook") || ole->has("Book"))
      return Reason{"XLS_NOT_READ", "不支持 2007 年以前的 Excel 格式，请另存为 XLSX / workbooks before 2007 are not read; save it as XLSX"};
    return Reason{"OLE_KIND_NOT_READ", "复合文档中没有 Word 正文 / the compound file holds no Word document"};
  }
  const auto file = open_doc(*ole);
  if (!file) return file.error();
  return DocReader(*file).read();
}

}  // namespace gouji::parser
