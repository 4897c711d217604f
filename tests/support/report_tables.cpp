#include "tests/support/report_tables.h"

#include <algorithm>
#include <utility>

namespace gouji::testing {
namespace {

struct Block {
  std::string heading;  // "第二十条第（一）项"
  std::vector<std::string> columns;
  std::vector<std::string> rows;
};

std::vector<Block> table2_blocks(int edition) {
  if (edition == 2019) {
    const std::vector<std::string> made = {"本年新制作数量", "本年新公开数量", "对外公开总数量"};
    const std::vector<std::string> items = {"上一年项目数量", "本年增/减", "处理决定数量"};
    return {{"第二十条第（一）项", made, {"规章", "规范性文件"}},
            {"第二十条第（五）项", items, {"行政许可", "其他对外管理服务事项"}},
            {"第二十条第（六）项", items, {"行政处罚", "行政强制"}},
            {"第二十条第（八）项", {"上一年项目数量", "本年增/减"}, {"行政事业性收费"}},
            {"第二十条第（九）项",
             {"采购项目数量", "采购总金额（单位：万元，保留4位小数）"},
             {"政府集中采购"}}};
  }
  return {{"第二十条第（一）项",
           {"本年制发件数", "本年废止件数", "现行有效件数"},
           {"规章", "行政规范性文件"}},
          {"第二十条第（五）项", {"本年处理决定数量"}, {"行政许可"}},
          {"第二十条第（六）项", {"本年处理决定数量"}, {"行政处罚", "行政强制"}},
          {"第二十条第（八）项", {"本年收费金额（单位：万元）"}, {"行政事业性收费"}}};
}

TableCell header(std::string text, int rows = 1, int columns = 1) {
  return {std::move(text), rows, columns, CellKind::kHeader};
}

TableCell label(std::string text, int columns = 1) {
  return {std::move(text), 1, columns, CellKind::kLabel};
}

TableCell figure(const std::string& text) { return {text, 1, 1, CellKind::kFigure}; }

// The last cell of a row reaches to the edge of the table.
void fill_width(TableRow& row, int width) {
  int used = 0;
  for (const TableCell& cell : row) used += cell.columns;
  row.back().columns += width - used;
}

struct Group {
  std::string label;  // the second label column; with rows below it a third follows
  std::vector<std::string> rows;
};

std::vector<Group> table3_groups(int edition) {
  std::vector<Group> groups = {
      {"（一）予以公开", {}},
      {"（二）部分公开（区分处理的，只计这一情形，不计其他情形）", {}},
      {"（三）不予公开",
       {"1.属于国家秘密", "2.其他法律行政法规禁止公开", "3.危及“三安全一稳定”",
        "4.保护第三方合法权益", "5.属于三类内部事务信息", "6.属于四类过程性信息",
        "7.属于行政执法案卷", "8.属于行政查询事项"}},
      {"（四）无法提供",
       {"1.本机关不掌握相关政府信息", "2.没有现成信息需要另行制作", "3.补正后申请内容仍不明确"}},
      {"（五）不予处理",
       {"1.信访举报投诉类申请", "2.重复申请", "3.要求提供公开出版物", "4.无正当理由大量反复申请",
        "5.要求行政机关确认或重新出具已获取信息"}}};
  if (edition == 2019) {
    groups.push_back({"（六）其他处理", {}});
  } else {
    groups.push_back(
        {"（六）其他处理",
         {"1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
          "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "3.其他"}});
  }
  groups.push_back({"（七）总计", {}});
  return groups;
}

void append_figures(TableRow& row, const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) row.push_back(figure(cell));
}

}  // namespace

TableRows table2_rows(const ReportFigures& figures) {
  constexpr int kColumns = 4;
  TableRows rows;
  std::size_t next = 0;
  for (const Block& block : table2_blocks(figures.table2_edition)) {
    rows.push_back({header(block.heading, 1, kColumns)});
    rows.push_back({header("信息内容")});
    for (const std::string& column : block.columns) rows.back().push_back(header(column));
    fill_width(rows.back(), kColumns);
    for (const std::string& name : block.rows) {
      TableRow& row = rows.emplace_back(TableRow{label(name)});
      append_figures(row, figures.table2.at(next++));
      for (std::size_t i = 0; i < block.columns.size(); ++i) {
        row.at(i + 1).is_change = block.columns[i] == "本年增/减";
        row.at(i + 1).is_money = block.columns[i].find("金额") != std::string::npos;
      }
      fill_width(row, kColumns);
    }
  }
  return rows;
}

TableRows table3_rows(const ReportFigures& figures) {
  TableRows rows = {{header("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), header("申请人情况", 1, 7)},
                    {header("自然人", 2), header("法人或其他组织", 1, 5), header("总计", 2)},
                    {header("商业企业"), header("科研机构"), header("社会公益组织"), header("法律服务机构"), header("其他")}};
  std::size_t next = 0;
  const auto wide = [&](const std::string& text) {
    rows.push_back({label(text, 3)});
    append_figures(rows.back(), figures.table3.at(next++));
  };
  wide("一、本年新收政府信息公开申请数量");
  wide("二、上年结转政府信息公开申请数量");
  bool is_first = true;
  const int outcome_rows = static_cast<int>(figures.table3.size()) - 3;
  for (const Group& group : table3_groups(figures.table3_edition)) {
    const std::size_t count = group.rows.empty() ? 1 : group.rows.size();
    for (std::size_t i = 0; i < count; ++i) {
      TableRow row;
      if (std::exchange(is_first, false)) row.push_back({"三、本年度办理结果", outcome_rows, 1, CellKind::kGroup});
      if (group.rows.empty()) {
        row.push_back(label(group.label, 2));
      } else if (i == 0) {
        row.push_back({group.label, static_cast<int>(count), 1, CellKind::kGroup});
      }
      if (!group.rows.empty()) row.push_back(label(group.rows[i]));
      append_figures(row, figures.table3.at(next++));
      rows.push_back(std::move(row));
    }
  }
  wide("四、结转下年度继续办理");
  return rows;
}

TableRows table4_rows(const ReportFigures& figures) {
  const std::vector<std::string> results = {"结果维持", "结果纠正", "其他结果", "尚未审结", "总计"};
  TableRow second, third, last;
  for (const std::string& result : results) second.push_back(header(result, 2));
  second.push_back(header("未经复议直接起诉", 1, 5));
  second.push_back(header("复议后起诉", 1, 5));
  for (int i = 0; i < 2; ++i) {
    for (const std::string& result : results) third.push_back(header(result));
  }
  append_figures(last, figures.table4);
  return {{header("行政复议", 1, 5), header("行政诉讼", 1, 10)}, second, third, last};
}

int width_of(const TableRows& rows) {
  int width = 0;
  for (const TableRow& row : rows) {
    int columns = 0;
    for (const TableCell& cell : row) columns += cell.columns;
    width = std::max(width, columns);
  }
  return width;
}

}  // namespace gouji::testing
