// Runs the content of one page and its forms: text, lines and pictures reach a PageBuilder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/parser/core/pdf/content_lexer.h"
#include "services/parser/core/pdf/font_loader.h"
#include "services/parser/core/pdf/graphics_state.h"
#include "services/parser/core/pdf/optional_content.h"
#include "services/parser/core/pdf/page_builder.h"
#include "services/parser/core/pdf/path_tracer.h"
#include "services/parser/core/pdf/pdf_stream.h"
#include "services/parser/core/pdf/qpdf_object.h"
#include "services/parser/core/pdf/text_pen.h"

namespace gouji::parser {

// What the pages of one file share.
struct PdfFile {
  StreamBudget budget;
  FontLoader fonts{budget};
  OptionalContent layers;
  std::map<QPDFObjGen, std::shared_ptr<const std::string>> forms;  // contents, decoded
  std::size_t forms_bytes = 0;
  std::int64_t operators_left = kPdfOperatorsMax;
};

class ContentInterpreter {
 public:
  // `file` and `page` outlive the interpreter. `base` maps the page's own space to `page`.
  ContentInterpreter(PdfFile& file, PageBuilder& page, const PdfMatrix& base);

  void run(std::string_view content, const QPDFObjectHandle& resources);

  // The page had more operators than kPdfPageOperatorsMax, or the file than kPdfOperatorsMax.
  bool is_cut() const { return is_cut_; }

 private:
  using Operands = std::vector<ContentToken>;
  struct Scope {
    QPDFObjectHandle resources;
    std::map<std::string, const PdfFont*, std::less<>> fonts;
  };
  struct Mark {
    std::u32string text;          // ActualText
    std::size_t glyphs_before = 0;
    bool is_hiding = false;
  };

  void run_tokens(ContentLexer& lexer, Scope& scope);
  void charge(std::int64_t operators);
  bool text_operator(std::uint32_t word, const Operands& operands, Scope& scope);
  bool show_operator(std::uint32_t word, const Operands& operands);
  bool path_operator(std::uint32_t word, const Operands& operands);
  void state_operator(std::uint32_t word, const Operands& operands, Scope& scope);
  void paint(bool is_stroked, bool is_filled);
  void set_font(const Operands& operands, Scope& scope);
  void apply_state(const Operands& operands, Scope& scope);
  void show_array(const Operands& operands);
  void show(const Operands& operands);
  void draw_object(const Operands& operands, Scope& scope);
  void draw_form(const QPDFObjectHandle& form, const Scope& scope);
  std::shared_ptr<const std::string> form_content(const QPDFObjectHandle& form);
  void begin_mark(const Operands& operands, Scope& scope);
  void end_mark();
  QPDFObjectHandle resource(const Scope& scope, const char* kind, const ContentToken& name) const;
  PageBuilder* visible_page() { return hiding_ == 0 ? &page_ : nullptr; }
  PdfPoint device(double x, double y) const { return state_.ctm.map({x, y}); }

  PdfFile& file_;
  PageBuilder& page_;
  GraphicsState state_;
  std::vector<GraphicsState> saved_;
  TextPen pen_;
  PathTracer path_;
  PdfPoint current_;  // of the path, in user space
  std::vector<Mark> marks_;
  std::size_t marks_too_deep_ = 0;
  std::size_t hiding_ = 0;  // marks and forms of layers that are off
  std::vector<QPDFObjGen> open_forms_;
  std::int64_t operators_left_ = kPdfPageOperatorsMax;
  bool is_cut_ = false;
  std::string buffer_;
};

}  // namespace gouji::parser
