#include "services/parser/core/office/mhtml.h"

#include <gtest/gtest.h>

#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

const std::string kHead = "MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=\"----=_NextPart_01.AB\"\r\n\r\n预览\r\n";

TEST(Mhtml, ReadsThePageOfAMessage) {
  const std::string quoted = kHead + "------=_NextPart_01.AB\r\nContent-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n"
                                     "Content-Type: text/html; charset=\"gb2312\"\r\n\r\n<p>=D2=BB=\r\n=D7=DC<td>1</td>\r\n------=_NextPart_01.AB--\r\n";
  EXPECT_EQ(outline_of(document_of(quoted)), "p 一总\np 1");
  const std::string base64 = kHead + "------=_NextPart_01.AB\r\nContent-Type: image/png\r\n\r\nxx\r\n------=_NextPart_01.AB\r\nContent-Type: text/html; charset=utf-8\r\n"
                                     "Content-Transfer-Encoding: base64\r\n\r\nPHA+5LiA\r\nPC9wPg==\r\n";
  EXPECT_EQ(outline_of(document_of(base64)), "p 一");
  EXPECT_EQ(outline_of(document_of("MIME-Version: 1.0\nContent-Type: text/html\n\n<p>x</p>")), "p x");
}

// Browsers state the type of the page in the head of the whole, before or behind the boundary.
TEST(Mhtml, OfABrowserIsReadByItsParts) {
  for (const char* type : {"multipart/related; type=\"text/html\"; boundary=\"b-1\"", "multipart/related;\r\n\tboundary=\"b-1\";\r\n\ttype=\"text/html\""}) {
    const std::string message = "From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: " + std::string(type) +
                                "\r\n\r\n--b-1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=E4=B8=80</p>\r\n--b-1--\r\n";
    EXPECT_EQ(outline_of(document_of(message)), "p 一") << type;
  }
}

TEST(Mhtml, PlacesAreThePartThatHoldsThePage) {
  const std::string message = "MIME-Version: 1.0\nContent-Type: text/html\n\n<p>x</p>";
  const Document document = document_of(message);
  EXPECT_EQ(document.where(document.blocks.at(0).text).begin, static_cast<std::int64_t>(message.find("<p>")));
}

TEST(Mhtml, WithoutAPageIsRefused) {
  EXPECT_EQ(code_of(kHead + "------=_NextPart_01.AB\r\nContent-Type: text/plain\r\n\r\nx"), "MHTML_WITHOUT_HTML");
  EXPECT_EQ(code_of("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\n\nx"), "MHTML_WITHOUT_HTML");
}

TEST(Mhtml, OrdinaryTextIsNoMessage) {
  EXPECT_FALSE(is_mhtml("Date: 2021\n一、总体情况"));
  EXPECT_FALSE(is_mhtml("<html>MIME-Version: 1.0 Content-Type: text/html"));
}

}  // namespace
}  // namespace gouji::parser
