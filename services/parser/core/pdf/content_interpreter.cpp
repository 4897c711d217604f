#include "services/parser/core/pdf/content_interpreter.h"

#include <algorithm>
#include <utility>

#include "services/parser/core/pdf/pdf_objects.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kFormCacheBytesMax = 16U << 20;
// Bytes of content that cost as much as one operator.
constexpr std::size_t kBytesAnOperator = 16;

// The letters of an operator as one number: operators have one to three of them.
constexpr std::uint32_t pack(std::string_view word) {
  std::uint32_t packed = 0;
  if (word.size() > 3) return 0;
  for (const char letter : word) packed = packed << 8 | static_cast<unsigned char>(letter);
  return packed;
}

// The operand at `place` from the end (0 is the last), where it is a number; otherwise 0.
double number_at(const std::vector<ContentToken>& operands, std::size_t place) {
  if (place >= operands.size()) return 0;
  return operands[operands.size() - 1 - place].number;
}

PdfMatrix matrix_in(const std::vector<ContentToken>& operands) {
  return {number_at(operands, 5), number_at(operands, 4), number_at(operands, 3),
          number_at(operands, 2), number_at(operands, 1), number_at(operands, 0)};
}

// A text string: UTF-16 with its mark, else Latin.
std::u32string text_string(std::string_view bytes) {
  constexpr std::size_t kActualTextBytesMax = 2'048;
  bytes = bytes.substr(0, kActualTextBytesMax);
  if (bytes.starts_with("\xFE\xFF")) return text_of_utf16(bytes.substr(2));
  std::u32string text;
  for (const char byte : bytes) text.push_back(static_cast<unsigned char>(byte));
  return text;
}

}  // namespace

ContentInterpreter::ContentInterpreter(PdfFile& file, PageBuilder& page, const PdfMatrix& base)
    : file_(file), page_(page) {
  state_.ctm = base;
}

void ContentInterpreter::run(std::string_view content, const QPDFObjectHandle& resources) {
  ContentLexer lexer(content);
  Scope scope{resources, {}};
  charge(static_cast<std::int64_t>(content.size() / kBytesAnOperator));
  run_tokens(lexer, scope);
}

void ContentInterpreter::charge(std::int64_t operators) {
  operators_left_ -= operators;
  file_.operators_left -= operators;
  if (operators_left_ < 0 || file_.operators_left < 0) is_cut_ = true;
}

void ContentInterpreter::run_tokens(ContentLexer& lexer, Scope& scope) {
  constexpr std::uint32_t kInlineImage = pack("ID");
  Operands operands;
  while (!is_cut_) {
    const ContentToken token = lexer.next();
    if (token.kind == ContentTokenKind::kEnd) return;
    if (token.kind != ContentTokenKind::kOperator) {
      if (operands.size() < kPdfOperandsMax) operands.push_back(token);
      continue;
    }
    charge(1);
    const std::uint32_t word = pack(token.text);
    if (word == kInlineImage) {
      lexer.skip_inline_image();
      if (PageBuilder* page = visible_page()) {
        page->add_picture(bounding_box(state_.ctm, {0, 0}, {1, 1}));
      }
    } else if (!path_operator(word, operands) && !text_operator(word, operands, scope)) {
      state_operator(word, operands, scope);
    }
    operands.clear();
  }
}

bool ContentInterpreter::path_operator(std::uint32_t word, const Operands& operands) {
  const auto end_at = [&](std::size_t place) {
    current_ = {number_at(operands, place + 1), number_at(operands, place)};
    return device(current_.x, current_.y);
  };
  switch (word) {
    case pack("m"): path_.move_to(end_at(0)); return true;
    case pack("l"): path_.line_to(end_at(0)); return true;
    case pack("c"):
    case pack("v"):
    case pack("y"): path_.curve_to(end_at(0)); return true;
    case pack("h"): path_.close(); return true;
    case pack("re"): {
      const double x = number_at(operands, 3);
      const double y = number_at(operands, 2);
      const double right = x + number_at(operands, 1);
      const double top = y + number_at(operands, 0);
      path_.rectangle({device(x, y), device(right, y), device(right, top), device(x, top)});
      return true;
    }
    case pack("s"): path_.close(); paint(true, false); return true;
    case pack("S"): paint(true, false); return true;
    case pack("f"):
    case pack("F"):
    case pack("f*"): paint(false, true); return true;
    case pack("b"):
    case pack("b*"): path_.close(); paint(true, true); return true;
    case pack("B"):
    case pack("B*"): paint(true, true); return true;
    case pack("n"): paint(false, false); return true;
    default: return false;
  }
}

void ContentInterpreter::paint(bool is_stroked, bool is_filled) {
  if (PageBuilder* page = visible_page()) {
    if (is_filled) page->count_drawing();
    if (is_filled) path_.fill(*page);
    if (is_stroked) path_.stroke(state_.line_width * state_.ctm.scale(), *page);
  }
  path_.clear();
}

bool ContentInterpreter::text_operator(std::uint32_t word, const Operands& operands, Scope& scope) {
  TextState& text = state_.text;
  switch (word) {
    case pack("BT"): pen_.begin(); return true;
    case pack("ET"): return true;
    case pack("Tf"): set_font(operands, scope); return true;
    case pack("Tm"): pen_.set_matrix(matrix_in(operands)); return true;
    case pack("TD"):
      text.leading = -number_at(operands, 0);
      [[fallthrough]];
    case pack("Td"): pen_.next_line(number_at(operands, 1), number_at(operands, 0)); return true;
    case pack("T*"): pen_.next_line(0, -text.leading); return true;
    case pack("Tc"): text.char_spacing = number_at(operands, 0); return true;
    case pack("Tw"): text.word_spacing = number_at(operands, 0); return true;
    case pack("Tz"): text.scale = number_at(operands, 0) / 100; return true;
    case pack("TL"): text.leading = number_at(operands, 0); return true;
    case pack("Ts"): text.rise = number_at(operands, 0); return true;
    case pack("Tr"): {
      const double mode = number_at(operands, 0);
      text.is_invisible = mode == 3 || mode == 7;
      return true;
    }
    default: return show_operator(word, operands);
  }
}

bool ContentInterpreter::show_operator(std::uint32_t word, const Operands& operands) {
  TextState& text = state_.text;
  switch (word) {
    case pack("TJ"): show_array(operands); return true;
    case pack("\""):
      text.word_spacing = number_at(operands, 2);
      text.char_spacing = number_at(operands, 1);
      [[fallthrough]];
    case pack("'"):
      pen_.next_line(0, -text.leading);
      [[fallthrough]];
    case pack("Tj"): show(operands); return true;
    default: return false;
  }
}

void ContentInterpreter::show(const Operands& operands) {
  if (operands.empty() || !operands.back().is_string()) return;
  pen_.show(string_bytes(operands.back(), buffer_), state_, visible_page());
}

void ContentInterpreter::show_array(const Operands& operands) {
  for (const ContentToken& item : operands) {
    if (item.is_string()) pen_.show(string_bytes(item, buffer_), state_, visible_page());
    else if (item.kind == ContentTokenKind::kNumber) pen_.kern(item.number, state_.text);
  }
}

void ContentInterpreter::set_font(const Operands& operands, Scope& scope) {
  state_.text.size = number_at(operands, 0);
  if (operands.size() < 2 || operands[operands.size() - 2].kind != ContentTokenKind::kName) return;
  const ContentToken& name = operands[operands.size() - 2];
  const auto known = scope.fonts.find(name.text);
  if (known != scope.fonts.end()) {
    state_.text.font = known->second;
    return;
  }
  const PdfFont* font = file_.fonts.load(resource(scope, "/Font", name));
  scope.fonts.emplace(name.text, font);
  state_.text.font = font;
}

void ContentInterpreter::state_operator(std::uint32_t word, const Operands& operands, Scope& scope) {
  switch (word) {
    case pack("q"):
      if (saved_.size() < kPdfStateDepthMax) saved_.push_back(state_);
      return;
    case pack("Q"):
      if (saved_.empty()) return;
      state_ = saved_.back();
      saved_.pop_back();
      return;
    case pack("cm"): state_.ctm = concatenate(matrix_in(operands), state_.ctm); return;
    case pack("w"): state_.line_width = std::abs(number_at(operands, 0)); return;
    case pack("gs"): apply_state(operands, scope); return;
    case pack("Do"): draw_object(operands, scope); return;
    case pack("BMC"):
    case pack("BDC"): begin_mark(operands, scope); return;
    case pack("EMC"): end_mark(); return;
    default: return;  // colours, clipping, and whatever else shows neither text nor lines
  }
}

// A graphics state dictionary may bring a line width and a font.
void ContentInterpreter::apply_state(const Operands& operands, Scope& scope) {
  if (operands.empty()) return;
  const QPDFObjectHandle dictionary = resource(scope, "/ExtGState", operands.back());
  if (const auto width = number_of(value_of(dictionary, "/LW"))) state_.line_width = std::abs(*width);
  const std::vector<QPDFObjectHandle> font = items_of(value_of(dictionary, "/Font"));
  if (font.size() != 2) return;
  state_.text.font = file_.fonts.load(font[0]);
  state_.text.size = number_of(font[1]).value_or(0);
}

QPDFObjectHandle ContentInterpreter::resource(const Scope& scope, const char* kind,
                                              const ContentToken& name) const {
  return value_of(value_of(scope.resources, kind), "/" + name_text(name));
}

void ContentInterpreter::draw_object(const Operands& operands, Scope& scope) {
  if (operands.empty() || operands.back().kind != ContentTokenKind::kName) return;
  const QPDFObjectHandle object = resource(scope, "/XObject", operands.back());
  if (file_.layers.is_off(value_of(object, "/OC"))) return;
  const std::string subtype = name_of(value_of(object, "/Subtype"));
  if (subtype == "Form") {
    draw_form(object, scope);
  } else if (subtype == "Image") {
    if (PageBuilder* page = visible_page()) {
      page->add_picture(bounding_box(state_.ctm, {0, 0}, {1, 1}));
    }
  }
}

void ContentInterpreter::draw_form(const QPDFObjectHandle& form, const Scope& scope) {
  QPDFObjectHandle copy = form;
  const QPDFObjGen id = copy.getObjGen();
  const bool is_open = std::find(open_forms_.begin(), open_forms_.end(), id) != open_forms_.end();
  if (is_open || open_forms_.size() >= kPdfFormDepthMax) return;
  const std::shared_ptr<const std::string> content = form_content(form);
  if (content == nullptr) return;
  const GraphicsState before = state_;
  std::vector<GraphicsState> saved_before = std::exchange(saved_, {});
  const TextPen pen_before = pen_;
  const std::size_t marks_before = marks_.size();
  open_forms_.push_back(id);
  state_.ctm = concatenate(matrix_of(value_of(form, "/Matrix")), state_.ctm);
  const QPDFObjectHandle own = value_of(form, "/Resources");
  QPDFObjectHandle own_copy = own;
  run(*content, own_copy.isDictionary() ? own : scope.resources);
  open_forms_.pop_back();
  while (marks_.size() > marks_before) end_mark();
  pen_ = pen_before;
  saved_ = std::move(saved_before);
  state_ = before;
}

std::shared_ptr<const std::string> ContentInterpreter::form_content(const QPDFObjectHandle& form) {
  QPDFObjectHandle copy = form;
  const auto known = file_.forms.find(copy.getObjGen());
  if (known != file_.forms.end()) return known->second;
  std::optional<std::string> bytes = read_stream(form, file_.budget);
  if (!bytes) return nullptr;
  const std::size_t size = bytes->size();
  auto content = std::make_shared<const std::string>(std::move(*bytes));
  if (file_.forms_bytes + size <= kFormCacheBytesMax) {
    file_.forms_bytes += size;
    file_.forms.emplace(copy.getObjGen(), content);
  }
  return content;
}

void ContentInterpreter::begin_mark(const Operands& operands, Scope& scope) {
  if (marks_.size() >= kPdfMarkDepthMax) {
    ++marks_too_deep_;
    return;
  }
  Mark mark{{}, page_.glyphs(), false};
  const bool is_layer = !operands.empty() && operands[0].kind == ContentTokenKind::kName && operands[0].text == "OC";
  if (operands.size() == 2 && operands[1].kind == ContentTokenKind::kName) {
    const QPDFObjectHandle properties = resource(scope, "/Properties", operands[1]);
    mark.is_hiding = is_layer && file_.layers.is_off(properties);
    QPDFObjectHandle text = value_of(properties, "/ActualText");
    if (text.isString()) mark.text = text_string(text.getStringValue());
  }
  for (std::size_t i = 1; i + 1 < operands.size(); ++i) {
    const bool is_key = operands[i].kind == ContentTokenKind::kName && operands[i].text == "ActualText";
    if (is_key && operands[i + 1].is_string()) mark.text = text_string(string_bytes(operands[i + 1], buffer_));
  }
  if (mark.is_hiding) ++hiding_;
  marks_.push_back(std::move(mark));
}

void ContentInterpreter::end_mark() {
  if (marks_too_deep_ > 0) {
    --marks_too_deep_;
    return;
  }
  if (marks_.empty()) return;
  const Mark& mark = marks_.back();
  if (mark.is_hiding) --hiding_;
  if (!mark.text.empty()) page_.name_glyphs(mark.glyphs_before, mark.text);
  marks_.pop_back();
}

}  // namespace gouji::parser
