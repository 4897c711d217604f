// Which links, pictures and frames of a page are attachments of its report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/markup/html.h"
#include "services/crawler/core/attachment_list.h"

namespace gouji::crawler {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> attached(std::string_view content, std::string_view title = "某市2023年政府信息公开工作年度报告") {
  std::string page = "<ul><li><a href='/guide.pdf'>公开规定</a></li></ul><h1>";
  page.append(title).append("</h1>").append(content);
  std::vector<std::string> urls;
  for (const PageAttachment& row : attachments_of_page(scan_html(page), *parse_url("https://a.example/x/page.html"), kAttachmentsMax)) urls.push_back(row.url.substr(std::string("https://a.example").size()));
  return urls;
}

TEST(AttachmentList, HasFilesByTheirEndingWhereverItStands) {
  EXPECT_THAT(attached("<p>附件：<a href='files/表.PDF'>下载</a> <a href='/down.do?id=7'>报告全文.docx</a><a href='/get?f=a.xlsx'>表</a></p>"),
              ElementsAre("/x/files/%E8%A1%A8.PDF", "/down.do?id=7", "/get?f=a.xlsx"));
}

TEST(AttachmentList, HasWhatCallsItselfAnAttachment) {
  EXPECT_THAT(attached("<p><a href='download.jsp?id=3'>附件1</a><a href='/art/1.html'>更多</a><a href='#'>附件</a><a href='javascript:x()'>附件</a></p>"),
              ElementsAre("/x/download.jsp?id=3"));
  EXPECT_THAT(attached("<p>附件：<a href='t.html'>统计表</a></p><p>见<a href='u.html'>统计表</a></p>"), ElementsAre("/x/t.html"));
}

TEST(AttachmentList, LeavesOutWhatHangsOnEveryPage) {
  EXPECT_THAT(attached("<p>正文</p><p>上一篇：<a href='old.pdf'>2022年</a></p><p><a href='b.pdf'>c</a></p>"), IsEmpty());
  EXPECT_THAT(attached("<p><a href='sq.doc'>政府信息公开申请表</a><a href='zn.pdf'>公开指南</a></p>"), IsEmpty());
}

TEST(AttachmentList, IsNotAskedForWhereThePageHasItsTables) {
  EXPECT_TRUE(has_all_tables(scan_html("<p>本年制发件数</p><p>一、本年新收政府信息公开申请数量</p><p>结果维持</p>")));
  EXPECT_FALSE(has_all_tables(scan_html("<p>本年制发件数</p><p>结果维持</p>")));
}

TEST(AttachmentList, HasPicturesThatStandForTables) {
  const std::string prose(1200, 'x');
  EXPECT_THAT(attached("<p>" + prose + "</p><h2>三、收到和处理政府信息公开申请情况</h2><p><img src=t3.png></p><p><img src=t3b.png></p><p>" + prose +
                       "</p><p>完</p><p>完</p><p>完</p><p><img src=photo.jpg></p>"),
              ElementsAre("/x/t3.png", "/x/t3b.png"));
  EXPECT_THAT(attached("<p>" + prose + "</p><p><img src=photo.jpg></p>"), IsEmpty());
  // A report that is nothing but pictures of its pages.
  EXPECT_THAT(attached("<p><img src=1.jpg></p><p><img src=2.jpg></p>"), ElementsAre("/x/1.jpg", "/x/2.jpg"));
  EXPECT_THAT(attached("<p><img src='/fileTypeImages/icon_pdf.gif'><a href='a.pdf'>附件</a></p>"), ElementsAre("/x/a.pdf"));
}

TEST(AttachmentList, HasDocumentsInFramesAndThoseThatAViewerShows) {
  EXPECT_THAT(attached("<iframe name=v src='/pdfjs/viewer.html?file=/up/a.pdf'></iframe><embed src='b.pdf'><iframe src='body.htm'></iframe><iframe src='/player?v=1'></iframe>"),
              ElementsAre("/up/a.pdf", "/x/b.pdf", "/x/body.htm"));
}

TEST(AttachmentList, IsBounded) {
  std::string links;
  for (int i = 0; i < 30; ++i) links += "<a href='" + std::to_string(i % 20) + ".pdf'>附件</a> ";
  EXPECT_THAT(attachments_of_page(scan_html("<p>" + links + "</p>"), *parse_url("https://a.example/"), kAttachmentsMax), SizeIs(kAttachmentsMax));
}

}  // namespace
}  // namespace gouji::crawler
