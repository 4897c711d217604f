#include "services/parser/core/office/xml.h"

#include <gtest/gtest.h>

namespace gouji::parser {
namespace {

// Every tag as "<p:n attributes" with > or />, and the text before it.
std::string walk(std::string_view xml) {
  std::string found;
  XmlScanner scanner(xml);
  while (scanner.next()) {
    const XmlTag& tag = scanner.tag();
    found += std::string(xml.substr(tag.text_begin, tag.begin - tag.text_begin));
    found += tag.kind == XmlTagKind::kClose ? "(/" : "(";
    found += std::string(tag.prefix) + ":" + std::string(tag.name) + std::string(tag.attributes);
    found += tag.kind == XmlTagKind::kEmpty ? "/)" : ")";
  }
  return found + (scanner.is_broken() ? " broken" : "") + (scanner.depth() != 0 ? " open" : "");
}

TEST(Xml, WalksTags) {
  EXPECT_EQ(walk("<?xml version=\"1.0\"?><!-- <x> --><w:p a=\"1\"><b/>text</w:p>"), "(w:p a=\"1\")(:b/)text(/w:p)");
  EXPECT_EQ(walk("<a x=\"1>2\" y='\"/>'/>"), "(:a x=\"1>2\" y='\"/>'/)");
  EXPECT_EQ(walk("<a>\n<b c = \"a long attribute value of more than sixteen bytes\" ></b ></a>"),
            "(:a)\n(:b c = \"a long attribute value of more than sixteen bytes\" )(/:b )(/:a)");
}

TEST(Xml, SaysWhatIsCutOff) {
  EXPECT_EQ(walk("<a><b>"), "(:a)(:b) open");
  EXPECT_EQ(walk("<a><b"), "(:a) broken open");
  EXPECT_EQ(walk("<a></a></b>"), "(:a)(/:a)(/:b) broken");
  EXPECT_EQ(walk("<a><!-- "), "(:a) broken open");
  EXPECT_EQ(walk(""), "");
}

TEST(Xml, SkipsAnElement) {
  constexpr std::string_view kXml = "<a><b><b/><c></c></b><d/></a>";
  XmlScanner scanner(kXml);
  ASSERT_TRUE(scanner.next() && scanner.next());
  scanner.skip_element();
  ASSERT_TRUE(scanner.next());
  EXPECT_EQ(scanner.tag().name, "d");
}

TEST(Xml, FindsAttributes) {
  constexpr std::string_view kAttributes = " w:val=\"1\" r:id='rId2' empty=\"\" cut=\"";
  EXPECT_EQ(xml_attribute(kAttributes, "val"), "1");
  EXPECT_EQ(xml_attribute(kAttributes, "id"), "rId2");
  EXPECT_EQ(xml_attribute(kAttributes, "cut"), "");
  EXPECT_EQ(xml_attribute_in_full(kAttributes, "id"), "");
  EXPECT_EQ(xml_attribute_in_full(kAttributes, "r:id"), "rId2");
}

TEST(Xml, ResolvesTheFiveReferencesAndNumbers) {
  EXPECT_EQ(xml_text("a&lt;b&gt;&amp;&quot;&apos;&#19968;&#x4e01;"), "a<b>&\"'一丁");
  EXPECT_EQ(xml_text("&unknown; & &#xZZ; &#0;&#x1F;|&#xD800;|&#x110000;"), "&unknown; & &#xZZ; |\uFFFD|\uFFFD");
}

TEST(Xml, NumbersAreBounded) {
  EXPECT_EQ(xml_number("12", 0), 12);
  EXPECT_EQ(xml_number("-3x", 0), -3);
  EXPECT_EQ(xml_number("", 7), 7);
  EXPECT_EQ(xml_number("99999999999999999999999", 7), 1'000'000'000);
}

TEST(Xml, PartsInUtf16AreRead) {
  const std::string little("\xFF\xFE<\0a\0>\0\0\x4E", 10);
  EXPECT_EQ(xml_part_text(little), "<a>一");
  EXPECT_EQ(xml_part_text(std::string("\0<\0a\0>", 6)), "<a>");
  EXPECT_EQ(xml_part_text("<a>\xFF"), "<a>\uFFFD");
}

}  // namespace
}  // namespace gouji::parser
