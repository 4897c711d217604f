#include "services/parser/core/office/docx.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/support/render_office.h"
#include "tests/support/seed.h"
#include "tests/unit/services/parser/office/office_help.h"

namespace gouji::parser {
namespace {

using testing::docx_of;
using testing::docx_paragraph;
using testing::ZipPart;

std::string outline(std::string_view body, std::vector<ZipPart> more = {}) {
  return outline_of(document_of(docx_of(body, std::move(more))));
}

std::string cell(std::string_view text, std::string_view properties = {}) {
  return "<w:tc><w:tcPr>" + std::string(properties) + "</w:tcPr><w:p><w:r><w:t>" + std::string(text) + "</w:t></w:r></w:p></w:tc>";
}

TEST(Docx, ReadsParagraphsAndTheirRuns) {
  EXPECT_EQ(outline("<w:p><w:r><w:t>本年</w:t></w:r><w:r><w:t xml:space=\"preserve\">12 件&amp;&#x4E8C;</w:t></w:r></w:p><w:p/>"
                    "<w:p><w:r><w:t> </w:t></w:r></w:p><w:p><w:r><w:t>末</w:t></w:r></w:p>"),
            "p 本年12 件&二\np 末");
}

TEST(Docx, ReadsAnyPrefixAndTheStrictNamespace) {
  const std::string strict =
      "<x:document xmlns:x=\"http://purl.oclc.org/ooxml/wordprocessingml/main\"><x:body><x:p><x:r><x:t>正文</x:t></x:r></x:p></x:body></x:document>";
  const std::string bare =
      "<document xmlns=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><body><p><r><t>正文</t></r></p></body></document>";
  for (const std::string& xml : {strict, bare})
    EXPECT_EQ(outline_of(document_of(testing::zip_of({{"word/document.xml", xml}}))), "p 正文");
}

TEST(Docx, FindsTheBodyByItsRelationship) {
  const std::string relationships = "<Relationships><Relationship Id=\"a\" Type=\"http://x/officeDocument\" Target=\"/word/body2.xml\"/></Relationships>";
  EXPECT_EQ(outline_of(document_of(testing::zip_of({{"_rels/.rels", relationships},
                                                    {"word/body2.xml", "<w:document><w:p><w:r><w:t>正文</w:t></w:r></w:p></w:document>"}}))),
            "p 正文");
}

TEST(Docx, ExpandsSpansAndMerges) {
  EXPECT_EQ(outline("<w:tbl><w:tr>" + cell("头", "<w:gridSpan w:val=\"2\"/>") + cell("右") + "</w:tr><w:tr>" +
                    cell("左", "<w:vMerge w:val=\"restart\"/>") + cell("1") + cell("2") + "</w:tr><w:tr>" + cell("", "<w:vMerge/>") +
                    cell("3") + cell("4") + "</w:tr></w:tbl>"),
            "[1x2@0,0 头|1x1@0,2 右|2x1@1,0 左|1x1@1,1 1|1x1@1,2 2|1x1@2,1 3|1x1@2,2 4]");
}

TEST(Docx, AMergeThatContinuesNothingIsACellOfItsOwn) {
  EXPECT_EQ(outline("<w:tbl><w:tr>" + cell("a", "<w:vMerge/>") + cell("1") + "</w:tr><w:tr>" + cell("b", "<w:gridSpan w:val=\"2\"/><w:vMerge/>") +
                    "</w:tr></w:tbl>"),
            "[1x1@0,0 a|1x1@0,1 1|1x2@1,0 b]");
}

TEST(Docx, RowsThatBeginLaterKeepTheirColumns) {
  EXPECT_EQ(outline("<w:tbl><w:tr>" + cell("a") + cell("b") + "</w:tr><w:tr><w:trPr><w:gridBefore w:val=\"1\"/></w:trPr>" + cell("c") +
                    "</w:tr></w:tbl>"),
            "[1x1@0,0 a|1x1@0,1 b|1x1@1,1 c]");
}

TEST(Docx, TrackedChangesAreReadAsAccepted) {
  EXPECT_EQ(outline("<w:p><w:del><w:r><w:delText>8</w:delText><w:t>8</w:t></w:r></w:del><w:ins><w:r><w:t>9</w:t></w:r></w:ins>"
                    "<w:moveFrom><w:r><w:t>7</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>6</w:t></w:r></w:moveTo></w:p>"),
            "p 96");
  EXPECT_EQ(outline("<w:p><w:pPr><w:rPr><w:del w:id=\"1\"/></w:rPr></w:pPr><w:r><w:t>前</w:t></w:r></w:p><w:p><w:pPr/><w:r><w:t>后</w:t></w:r></w:p>"),
            "p 前后")
      << "the mark between two paragraphs is deleted";
  EXPECT_EQ(outline("<w:tbl><w:tr><w:trPr><w:del w:id=\"1\"/></w:trPr>" + cell("旧") + cell("1") + "</w:tr><w:tr>" + cell("新") + cell("2") +
                    "</w:tr></w:tbl>"),
            "[1x1@0,0 新|1x1@0,1 2]")
      << "a deleted row";
  EXPECT_EQ(outline("<w:p><w:pPr><w:pPrChange><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr></w:pPrChange></w:pPr><w:r><w:t>文</w:t></w:r></w:p>"), "p 文")
      << "properties before a change";
}

TEST(Docx, FieldsGiveTheirResults) {
  const std::string begin = "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>", separate = "<w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>",
                    end = "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>", text = "<w:r><w:t>1</w:t></w:r>", code = "<w:r><w:instrText>PAGE</w:instrText></w:r>";
  EXPECT_EQ(outline("<w:p>" + begin + code + separate + text + end + "<w:r><w:t>2</w:t></w:r></w:p>"), "p 12");
  EXPECT_EQ(outline("<w:p>" + begin + code + begin + code + separate + text + end + separate + "<w:r><w:t>3</w:t></w:r>" + end + "</w:p>"), "p 3")
      << "a field in the code of another";
}

TEST(Docx, HiddenTextIsSkipped) {
  EXPECT_EQ(outline("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>现</w:t></w:r></w:p>"), "p 现");
}

TEST(Docx, TheNumberOfANoteIsNoPartOfTheFigure) {
  const auto run = [](const std::string& text, const std::string& place = "") {
    return "<w:r>" + (place.empty() ? "" : "<w:rPr><w:vertAlign w:val=\"" + place + "\"/></w:rPr>") + "<w:t>" + text + "</w:t></w:r>";
  };
  EXPECT_EQ(outline("<w:p>" + run("12") + run("1", "superscript") + run("3", "superscript") + "</w:p><w:p>" + run("4") + "</w:p>"), "p 12¹³\np 4");
  EXPECT_EQ(outline("<w:p>" + run("12") + run("3", "baseline") + run("4") + run("5", "subscript") + "</w:p>"), "p 12345");
  EXPECT_EQ(outline("<w:p>" + run("8", "superscript") + run("件") + run("1)", "superscript") + "</w:p>"), "p 8件1)") << "nothing that it could belong to";
}

TEST(Docx, BreaksEndBlocksAndTabsSeparate) {
  EXPECT_EQ(outline("<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>规章</w:t><w:tab/><w:t>12</w:t><w:br/><w:t>次行</w:t></w:r></w:p>"),
            "p 规章\t12\np 次行");
  EXPECT_EQ(outline("<w:p><w:r><w:t>3</w:t><w:noBreakHyphen/><w:t>4</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r></w:p>"), "p 3-4☑");
  EXPECT_EQ(outline("<w:p><w:r><w:ruby><w:rt><w:r><w:t>gong</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>工</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"), "p 工");
}

TEST(Docx, TextBoxesAreReadOnceBehindTheirParagraph) {
  const auto box = [](std::string_view text) {
    return "<w:txbxContent>" + docx_paragraph(text) + "</w:txbxContent>";
  };
  EXPECT_EQ(outline("<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires=\"wps\">" + box("框") +
                    "</mc:Choice><mc:Fallback>" + box("框") + "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>"),
            "p 前后\np 框");
}

TEST(Docx, NumbersOfListsAreText) {
  const std::string numbering =
      "<w:numbering><w:abstractNum w:abstractNumId=\"0\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/>"
      "<w:lvlText w:val=\"%1、\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"chineseCounting\"/><w:lvlText w:val=\"（%2）\"/></w:lvl>"
      "<w:lvl w:ilvl=\"2\"><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%3.\"/></w:lvl></w:abstractNum>"
      "<w:num w:numId=\"5\"><w:abstractNumId w:val=\"0\"/></w:num><w:num w:numId=\"6\"><w:abstractNumId w:val=\"0\"/>"
      "<w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/></w:lvlOverride></w:num></w:numbering>";
  const auto item = [](std::string_view text, int level, int list = 5) {
    return docx_paragraph(text, "<w:numPr><w:ilvl w:val=\"" + std::to_string(level) + "\"/><w:numId w:val=\"" + std::to_string(list) + "\"/></w:numPr>");
  };
  EXPECT_EQ(outline(item("总", 0) + item("甲", 1) + item("乙", 1) + item("丙", 2) + item("次", 0) + item("丁", 1) + item("重", 0, 6) + item("无", 0, 0),
                    {{"word/numbering.xml", numbering}}),
            "p 一、总\np （一）甲\np （二）乙\np 1.丙\np 二、次\np （一）丁\np 一、重\np 无");
}

TEST(Docx, HeadingsComeFromStylesAndOutlineLevels) {
  const std::string styles =
      "<w:styles><w:latentStyles><w:lsdException w:name=\"heading 1\"/></w:latentStyles><w:style w:styleId=\"3\"><w:name w:val=\"heading 3\"/></w:style>"
      "<w:style w:styleId=\"x\"><w:name w:val=\"own\"/><w:basedOn w:val=\"y\"/></w:style><w:style w:styleId=\"y\"><w:basedOn w:val=\"x\"/><w:pPr>"
      "<w:outlineLvl w:val=\"1\"/></w:pPr></w:style></w:styles>";
  EXPECT_EQ(outline(docx_paragraph("甲", "<w:pStyle w:val=\"3\"/>") + docx_paragraph("乙", "<w:pStyle w:val=\"x\"/>") +
                        docx_paragraph("丙", "<w:outlineLvl w:val=\"0\"/>") + docx_paragraph("丁", "<w:pStyle w:val=\"3\"/><w:outlineLvl w:val=\"9\"/>"),
                    {{"word/styles.xml", styles}}),
            "h3 甲\nh2 乙\nh1 丙\np 丁");
}

TEST(Docx, TablesThatOnlyArrangeAreDissolved) {
  const std::string inner = "<w:tbl><w:tr>" + cell("行政许可") + cell("12") + "</w:tr></w:tbl>";
  EXPECT_EQ(outline("<w:tbl><w:tr><w:tc>" + docx_paragraph("前") + inner + docx_paragraph("后") + "</w:tc></w:tr></w:tbl>"),
            "p 前\n[1x1@0,0 行政许可|1x1@0,1 12]\np 后");
}

TEST(Docx, KeepsLinksImagesAndProperties) {
  const std::string relationships =
      "<Relationships><Relationship Id=\"r1\" Type=\"http://x/hyperlink\" Target=\"http://example.org/a?b=1&amp;c=2\" TargetMode=\"External\"/>"
      "<Relationship Id=\"r2\" Type=\"http://x/image\" Target=\"media/image1.png\"/></Relationships>";
  const Document document = document_of(docx_of(
      "<w:p><w:hyperlink r:id=\"r1\"><w:r><w:t>附件</w:t></w:r></w:hyperlink><w:r><w:drawing><wp:docPr descr=\"表格\"/><a:blip r:embed=\"r2\"/></w:drawing></w:r></w:p>",
      {{"word/_rels/document.xml.rels", relationships},
       {"docProps/core.xml", "<cp:coreProperties><dc:title>年报</dc:title><dc:creator/></cp:coreProperties>"}}));
  ASSERT_EQ(document.links.size(), 1U);
  EXPECT_EQ(document.address(document.links[0]), "http://example.org/a?b=1&c=2");
  EXPECT_EQ(document.view(document.links[0].text), "附件");
  ASSERT_EQ(document.images.size(), 1U);
  EXPECT_EQ(document.images[0].src, "media/image1.png");
  EXPECT_EQ(document.images[0].alt, "表格");
  ASSERT_EQ(document.meta.size(), 1U);
  EXPECT_EQ(document.meta[0].name + "=" + document.meta[0].content, "title=年报");
}

TEST(Docx, PlacesAreBytesOfTheBody) {
  const std::string xml = "<w:document><w:p><w:r><w:t>行政许可</w:t></w:r><w:r><w:t>12</w:t></w:r></w:p></w:document>";
  const Document document = document_of(testing::zip_of({{"word/document.xml", xml}}));
  const auto at = static_cast<std::uint32_t>(document.text.find("12"));
  EXPECT_EQ(document.where({at, at + 2}).begin, static_cast<std::int64_t>(xml.find("12")));
  EXPECT_EQ(document.where({at, at + 2}).end, static_cast<std::int64_t>(xml.find("12") + 2));
}

TEST(Docx, WithoutABodyOrWithHalfOfItIsRefused) {
  EXPECT_EQ(code_of(testing::zip_of({{"word/styles.xml", "<a/>"}})), "MALFORMED_DOCX");
  EXPECT_EQ(code_of(testing::zip_of({{"word/document.xml", "<w:document><w:p><w:r><w:t>一"}})), "MALFORMED_DOCX");
  EXPECT_EQ(code_of(testing::zip_of({{"word/document.xml", "<w:document></w:document></w:p>"}})), "MALFORMED_DOCX");
}

TEST(Docx, DepthAndWidthAreBounded) {
  const auto stored = [](const std::string& body) {
    return testing::zip_of({{"word/document.xml", "<w:document>" + body + "</w:document>", false}});
  };
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<w:tbl><w:tr><w:tc>";
  for (int i = 0; i < 100'000; ++i) deep += "</w:tc></w:tr></w:tbl>";
  EXPECT_EQ(code_of(stored(deep)), "read");
  std::string nested;
  for (int i = 0; i < 30'000; ++i) nested += "<w:p><w:r><w:txbxContent>";
  for (int i = 0; i < 30'000; ++i) nested += "</w:txbxContent></w:r></w:p>";
  EXPECT_EQ(code_of(stored(nested)), "read");
  const Document wide = document_of(docx_of("<w:tbl><w:tr>" + cell("a", "<w:gridSpan w:val=\"1000000000\"/>") + cell("b") + "</w:tr></w:tbl>"));
  EXPECT_EQ(outline_of(wide), "[1x1@0,0 a|1x1@0,1 b]");
  EXPECT_EQ(wide.limits, std::vector<std::string>{"GRID_SPAN"});
}

TEST(Docx, CutAnywhereIsRefused) {
  const std::string docx = docx_of(docx_paragraph("一、总体情况"));
  for (std::size_t size = 5; size < docx.size(); ++size) {
    const std::string code = code_of(docx.substr(0, size));
    EXPECT_TRUE(code == "MALFORMED_ZIP" || code == "FORMAT_NOT_SUPPORTED" || code == "NOT_TEXT_BINARY") << size << " " << code;
  }
}

TEST(Docx, DamagedXmlGivesAReasonOrADocument) {
  std::mt19937 random(testing::seed());
  const std::string body = "<w:tbl><w:tr>" + cell("a", "<w:vMerge w:val=\"restart\"/>") + cell("1") + "</w:tr></w:tbl>" + docx_paragraph("一", "<w:pStyle w:val=\"1\"/>");
  for (int round = 0; round < 5'000; ++round) {
    std::string damaged = body;
    for (int i = 0; i < 4; ++i) damaged[random() % damaged.size()] = "<>/\"&;w:ptr1 \xFF"[random() % 14];
    const std::string code = code_of(docx_of(damaged));
    EXPECT_TRUE(code == "read" || code == "MALFORMED_DOCX") << code;
  }
}

}  // namespace
}  // namespace gouji::parser
