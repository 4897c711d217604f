#include "services/parser/core/pdf/pdf_reader.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <optional>

#include "common/text/utf8.h"
#include "services/parser/core/pdf/content_interpreter.h"
#include "services/parser/core/pdf/page_tree.h"
#include "services/parser/core/pdf/pdf_objects.h"
#include "services/parser/core/pdf/structure_guard.h"
#include "services/parser/core/pdf/unpacked_objects.h"

#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>

namespace gouji::parser {
namespace {

Reason too_large() {
  return {"TOO_LARGE", "PDF 解压后过大 / what is compressed in the PDF is too large"};
}

Reason malformed() { return {"MALFORMED_PDF", "PDF 已损坏，无法读出页面 / no page of the PDF can be read"}; }

Reason encrypted() {
  return {"ENCRYPTED", "PDF 有密码，请去掉密码后另存，再核对 / the PDF has a password: save it without its password and check that one"};
}

Reason too_many_pages() {
  return {"TOO_MANY_PAGES", "PDF 超过 1000 页 / the PDF has more than 1000 pages"};
}

// All contents of a page, one after the other; nothing where one of them cannot be decoded.
struct PageContent {
  std::string bytes;
  bool is_whole = true;
};

PageContent content_of(const QPDFObjectHandle& page, StreamBudget& budget) {
  QPDFObjectHandle contents = value_of(page, "/Contents");
  std::vector<QPDFObjectHandle> streams = items_of(contents);
  if (contents.isStream()) streams.push_back(contents);
  PageContent content;
  for (const QPDFObjectHandle& stream : streams) {
    std::optional<std::string> bytes = read_stream(stream, budget);
    if (!bytes) {
      content.is_whole = false;
    } else if (content.bytes.empty()) {
      content.bytes = std::move(*bytes);
    } else {
      content.bytes += '\n';
      content.bytes += *bytes;
    }
  }
  return content;
}

bool is_private_use(char32_t code) {
  return (code >= 0xE000 && code <= 0xF8FF) || code >= 0xF0000;
}

PdfPageFacts facts_of(const Page& page, bool is_cut) {
  PdfPageFacts facts;
  facts.glyphs = static_cast<std::int64_t>(page.glyphs.size());
  for (const Glyph& glyph : page.glyphs) {
    if (glyph.code == 0 || is_private_use(glyph.code)) ++facts.unreadable;
    if (glyph.hidden) ++facts.hidden;
  }
  facts.pictures = static_cast<std::int64_t>(page.pictures.size());
  facts.is_cut = is_cut;
  return facts;
}

class PdfReading {
 public:
  // `pdf` has `file` open.
  PdfReading(QPDF& pdf, std::string_view file) {
    if (file.starts_with("%PDF-")) file_.fonts.read_from(pdf, file);
    root_ = pdf.getRoot();
    QPDFObjectHandle trailer = pdf.getTrailer();
    info_ = value_of(trailer, "/Info");
  }

  PdfOutcome read() {
    const PdfPageTree tree = read_page_tree(root_);
    if (tree.is_too_long) return too_many_pages();
    if (tree.pages.empty()) return malformed();
    file_.layers = OptionalContent(root_);
    for (const PdfPageNode& node : tree.pages) {
      read_page(node);
      if (file_.budget.is_exceeded()) return too_large();
    }
    content_.title = info("/Title");
    content_.created = info("/CreationDate");
    if (is_operators_cut_) content_.limits.emplace_back("PDF_OPERATORS");
    if (file_.fonts.is_limited()) content_.limits.emplace_back("PDF_FONTS");
    if (room_.is_exceeded) content_.limits.emplace_back("PDF_GLYPHS");
    if (is_damaged_) content_.limits.emplace_back("PDF_PAGE_DAMAGED");
    return std::move(content_);
  }

 private:
  void read_page(const PdfPageNode& node) {
    Page page;
    page.number = static_cast<std::int32_t>(content_.pages.size() + 1);
    page.width = static_cast<float>(node.width);
    page.height = static_cast<float>(node.height);
    PageBuilder builder(std::move(page), room_);
    bool is_cut = false;
    try {
      const PageContent content = content_of(node.page, file_.budget);
      ContentInterpreter interpreter(file_, builder, node.base);
      interpreter.run(content.bytes, node.resources);
      is_operators_cut_ = is_operators_cut_ || interpreter.is_cut();
      is_damaged_ = is_damaged_ || !content.is_whole;
      is_cut = interpreter.is_cut() || !content.is_whole;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception&) {  // of qpdf, about an object of this page
      is_damaged_ = true;
      is_cut = true;
    }
    content_.pages.push_back(builder.take());
    content_.facts.push_back(facts_of(content_.pages.back(), is_cut));
    content_.facts.back().drawings = builder.drawings();
  }

  std::string info(const char* key) const {
    constexpr std::size_t kInfoBytesMax = 1'024;
    QPDFObjectHandle value = value_of(info_, key);
    if (!value.isString()) return "";
    const std::string text = repair_utf8(value.getUTF8Value());
    return std::string(utf8_prefix(text, kInfoBytesMax));
  }

  QPDFObjectHandle root_;
  QPDFObjectHandle info_;
  PdfFile file_;
  PageRoom room_{kPdfGlyphsMax, kPdfRulingsMax, kPdfPicturesMax, false};
  PdfContent content_;
  bool is_operators_cut_ = false;
  bool is_damaged_ = false;
};

void open(std::string_view bytes, QPDF& pdf) {
  pdf.setSuppressWarnings(true);
  pdf.processMemoryFile("", bytes.data(), bytes.size());
}

// The rewritten file, opened; nothing where it is better read as it is.
std::unique_ptr<QPDF> open_unpacked(QPDF& pdf, std::string_view bytes, std::string& unpacked) try {
  std::optional<std::string> text = unpack_objects(pdf, bytes);
  if (!text) return nullptr;
  unpacked = std::move(*text);
  auto opened = std::make_unique<QPDF>();
  open(unpacked, *opened);
  return opened->anyWarnings() ? nullptr : std::move(opened);
} catch (const QPDFExc&) {
  return nullptr;
}

PdfOutcome open_and_read(std::string_view bytes) {
  QPDF pdf;
  open(bytes, pdf);
  std::string unpacked;
  const std::unique_ptr<QPDF> easier = open_unpacked(pdf, bytes, unpacked);
  return easier != nullptr ? PdfReading(*easier, unpacked).read() : PdfReading(pdf, bytes).read();
}

}  // namespace

PdfOutcome read_pdf(std::string_view bytes) {
  if (!has_bounded_structure(bytes)) return too_large();
  try {
    return open_and_read(bytes);
  } catch (const QPDFExc& failure) {
    return failure.getErrorCode() == qpdf_e_password ? encrypted() : malformed();
  } catch (const std::bad_alloc&) {
    return too_large();
  } catch (const std::exception&) {
    return malformed();
  }
}

}  // namespace gouji::parser
