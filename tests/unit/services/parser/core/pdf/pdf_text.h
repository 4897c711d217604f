// Asking the PDF reader for what tests compare.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "common/text/utf8.h"
#include "services/parser/core/pdf/pdf_reader.h"
#include "tests/support/render_pdf.h"

namespace gouji::parser {

inline std::string refusal(const PdfOutcome& outcome) {
  const auto* reason = std::get_if<Reason>(&outcome);
  return reason != nullptr ? reason->code : "";
}

inline PdfContent content_of(std::string_view bytes) {
  PdfOutcome outcome = read_pdf(bytes);
  EXPECT_EQ(refusal(outcome), "");
  return std::holds_alternative<PdfContent>(outcome) ? std::get<PdfContent>(std::move(outcome)) : PdfContent{};
}

// Characters in the order of the content; "?" for one that is not known.
inline std::string text_of(const Page& page) {
  std::string text;
  for (const Glyph& glyph : page.glyphs) {
    if (glyph.code == 0) text += '?';
    else append_utf8(text, glyph.code);
  }
  return text;
}

inline std::string text_of(const PdfContent& content) {
  std::string text;
  for (const Page& page : content.pages) text += text_of(page);
  return text;
}

// A page of 200 by 100 points with this content; `resources` is what stands between << and >>.
inline std::string page_with(std::string_view content, std::string_view resources,
                             testing::PdfWriter writer = testing::PdfWriter()) {
  const int stream = writer.add_stream("", content);
  const int page = writer.add("<< /Type /Page /MediaBox [0 0 200 100] /Contents " + testing::reference(stream) +
                              " /Resources << " + std::string(resources) + " >> >>");
  const int pages = writer.add("<< /Type /Pages /Count 1 /Kids [" + testing::reference(page) + "] >>");
  return writer.finish(writer.add("<< /Type /Catalog /Pages " + testing::reference(pages) + " >>"));
}

// A Latin font F0 whose characters are all half as wide as high.
inline std::string latin_font() {
  std::string widths;
  for (int code = 0; code < 256; ++code) widths += "500 ";
  return "/Font << /F0 << /Type /Font /Subtype /TrueType /BaseFont /Some /Encoding /WinAnsiEncoding "
         "/FirstChar 0 /LastChar 255 /Widths [" + widths + "] >> >>";
}

inline PdfContent shown(std::string_view content, std::string_view resources = latin_font()) {
  return content_of(page_with(content, resources));
}

}  // namespace gouji::parser
