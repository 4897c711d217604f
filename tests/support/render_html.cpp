#include "tests/support/render_html.h"

#include <utility>

#include "tests/support/report_tables.h"

namespace gouji::testing {
namespace {

std::string spans(const TableCell& cell) {
  std::string text;
  if (cell.rows > 1) text += " rowspan=\"" + std::to_string(cell.rows) + "\"";
  if (cell.columns > 1) text += " colspan=\"" + std::to_string(cell.columns) + "\"";
  return text;
}

std::string clean_table(const TableRows& rows) {
  std::string html = "<table border=\"1\">\n";
  for (const TableRow& row : rows) {
    html += "<tr>";
    for (const TableCell& cell : row)
      html += "<td align=\"center\"" + spans(cell) + ">" + cell.text + "</td>";
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

// One paragraph of a cell as Word writes it; a figure of several digits may stand in two spans.
std::string word_runs(const std::string& text, bool is_split) {
  const std::string style =
      "font-size:10.5pt;mso-bidi-font-size:12.0pt;font-family:\"Times New Roman\",\"serif\";"
      "mso-fareast-font-family:仿宋_GB2312;color:black;mso-font-kerning:0pt";
  const auto run = [&](const std::string& part) {
    return "<span lang=EN-US style='" + style + "'>" + part + "<o:p></o:p></span>";
  };
  if (text.empty()) return run("&nbsp;");
  if (is_split && text.size() > 1) return run(text.substr(0, 1)) + run(text.substr(1));
  return run(text);
}

std::string word_table(const TableRows& rows, bool is_digit_split) {
  std::string html =
      "<table class=MsoNormalTable border=0 cellspacing=0 cellpadding=0 width=\"100%\" "
      "style='width:100.0%;border-collapse:collapse;mso-yfti-tbllook:1184'>\r\n";
  std::size_t cells = 0;
  for (const TableRow& row : rows) {
    html += " <tr style='mso-yfti-irow:1;height:21.0pt'>\r\n";
    for (const TableCell& cell : row) {
      const bool is_figure =
          !cell.text.empty() && cell.text.find_first_not_of("0123456789") == std::string::npos;
      html += "  <td width=64 nowrap" + spans(cell) +
              " style='width:48.0pt;border:solid windowtext "
              "1.0pt;border-left:none;mso-border-left-alt:solid windowtext "
              ".5pt;mso-border-alt:solid windowtext .5pt;padding:0cm 5.4pt 0cm "
              "5.4pt;height:21.0pt'>\r\n  <p "
              "class=MsoNormal align=center "
              "style='text-align:center;line-height:15.0pt;mso-line-height-rule:exactly;"
              "mso-pagination:widow-orphan'>" +
              word_runs(cell.text, is_digit_split && is_figure && ++cells % 3 == 0) +
              "</p>\r\n  </td>\r\n";
    }
    html += " </tr>\r\n";
  }
  return html + "</table>\r\n";
}

std::string title_of(const ReportFigures& figures) {
  return figures.organ + std::to_string(figures.year) + "年政府信息公开工作年度报告";
}

struct Part {
  bool is_heading = false;
  std::string text;  // or, when empty,
  const TableRows* table = nullptr;
};

std::vector<Part> parts_of(const ReportFigures& figures, const std::array<TableRows, 3>& tables) {
  return {{true, title_of(figures), nullptr},
          {true, "一、总体情况", nullptr},
          {false,
           "这一年里，本机关把门户网站的栏目重新理过一遍，常用的办事指南排在前面，过期的文件单独归"
           "档并注明失效日期。收到的公开申请由专人登记，办理的每一步都留有记录，到期之前三个工作日"
           "提醒承办处室。",
           nullptr},
          {false,
           "基层的宣传栏、政务大厅的查询机和网上的专栏用的是同一份目录，内容更新以后三处同时换新；"
           "群众电话里问得最多的二十个问题，整理成问答放在首页。",
           nullptr},
          {false,
           "在信息公开的范围上，规划、预算、重大项目和公共服务四类文件一经签发就进入发布流程，由起"
           "草处室提出公开属性，办公室复核，争议交会议讨论；凡定为不公开的，都写明依据的条款。",
           nullptr},
          {false,
           "在办理申请上，全年分四批抽查答复文书，重点看事实是否查清、引用的条款是否对应、救济途径"
           "是否写全。抽查出的问题逐件退回，改好的文书作为范本发给各承办处室。",
           nullptr},
          {false,
           "在平台建设上，检索框支持按文号和关键词查找，附件可以直接预览；老年人版面放大了字号，并"
           "留有电话和窗口两条线下途径。全年平台没有发生中断超过十分钟的故障。",
           nullptr},
          {false,
           "在监督保障上，公开工作写进处室的年度目标，分值与往年相同；对照上级测评指出的不足，列出"
           "清单，写明责任人和完成日期，按月销号，逾期的在办公会上说明原因。",
           nullptr},
          {false,
           "在政策解读上，与文件同步发布解读材料，尽量用表格和流程图说明办理条件和时限；对群众留言"
           "集中的事项，由主要负责人在线回答，答复内容整理后长期保留在专栏里。",
           nullptr},
          {false,
           "在队伍建设上，举办两次培训，请法制机构和法院的同志讲解案例；新任的信息公开联络员都参加"
           "了测试。各街道设一名兼职人员，负责本街道目录的维护和纸质材料的归档。",
           nullptr},
          {true, "二、主动公开政府信息情况", nullptr},
          {false, "", &tables[0]},
          {true, "三、收到和处理政府信息公开申请情况", nullptr},
          {false, "", &tables[1]},
          {true, "四、政府信息公开行政复议、行政诉讼情况", nullptr},
          {false, "", &tables[2]},
          {true, "五、存在的主要问题及改进情况", nullptr},
          {false,
           "部分处室报送信息不够及时，个别答复文书的说理过于简单。下一步将每季度抽查一次答复文书，"
           "把抽查结果发给各处室对照修改，同时给新到岗的同志安排一次半天的培训。",
           nullptr},
          {true, "六、其他需要报告的事项", nullptr},
          {false, "本年度没有收取信息处理费，没有其他需要报告的事项。", nullptr}};
}

std::string word_body(const ReportFigures& figures, const WordStyle& style) {
  const std::array<TableRows, 3> tables = {table2_rows(figures), table3_rows(figures),
                                      table4_rows(figures)};
  std::string html;
  for (const Part& part : parts_of(figures, tables)) {
    if (part.table != nullptr) {
      html += word_table(*part.table, style.is_digit_split);
      continue;
    }
    const std::string weight = part.is_heading ? "font-weight:bold;" : "";
    html +=
        "<p class=MsoNormal "
        "style='text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt'><span "
        "style='font-size:"
        "16.0pt;" +
        weight + "font-family:仿宋_GB2312;mso-hansi-font-family:宋体'>" + part.text +
        "<span lang=EN-US><o:p></o:p></span></span></p>\r\n";
  }
  return html;
}

}  // namespace

std::string render_clean_html(const ReportFigures& figures) {
  const std::array<TableRows, 3> tables = {table2_rows(figures), table3_rows(figures),
                                      table4_rows(figures)};
  std::string html = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>" +
                     title_of(figures) + "</title></head>\n<body>\n";
  bool is_title = true;
  for (const Part& part : parts_of(figures, tables)) {
    if (part.table != nullptr) {
      html += clean_table(*part.table);
    } else if (part.is_heading) {
      const std::string tag = std::exchange(is_title, false) ? "h1" : "h2";
      html += "<" + tag + ">" + part.text + "</" + tag + ">\n";
    } else {
      html += "<p>" + part.text + "</p>\n";
    }
  }
  return html + "</body></html>\n";
}

std::string render_word_html(const ReportFigures& figures, const WordStyle& style) {
  std::string body = word_body(figures, style);
  if (style.has_layout_table)
    body = "<table width=1000><tr><td>导航</td><td>" + body + "</td></tr></table>";
  std::string html =
      "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\">\r\n<head>\r\n<meta "
      "http-equiv=Content-Type "
      "content=\"text/html; charset=utf-8\">\r\n<title>" +
      title_of(figures) +
      "</title>\r\n<!--[if gte mso "
      "9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml>"
      "<![endif]-->\r\n<style><!-- p.MsoNormal, td {margin:0cm; font-size:10.5pt;} --></style>\r\n"
      "<script>var row = \"<tr><td>99999</td></tr>\"; if (1 < 2) document.title = "
      "row;</script>\r\n</head>\r\n"
      "<body lang=ZH-CN style='tab-interval:21.0pt'>\r\n<ul class=nav>\r\n";
  const std::string tail =
      "</ul>\r\n<div class=content>\r\n" + body + "</div>\r\n</body>\r\n</html>\r\n";
  for (int i = 1; i <= 120 || html.size() + tail.size() < style.bytes; ++i) {
    html +=
        "<li class=\"menu-item level-2\" style=\"float:left;padding:0 12px;line-height:36px\"><a "
        "href=\"/zwgk/column" +
        std::to_string(i) + "/index.html\" target=\"_blank\" title=\"栏目" + std::to_string(i) +
        "\">栏目" + std::to_string(i) + "</a></li>\r\n";
  }
  return html + tail;
}

}  // namespace gouji::testing
