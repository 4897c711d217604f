#include "tests/support/report_frame.h"

#include <utility>

namespace gouji::testing {
namespace {

bool draw(std::mt19937& random, int percent) { return static_cast<int>(random() % 100) < percent; }

template <std::size_t N>
std::string any(std::mt19937& random, const char* const (&words)[N]) {
  return words[random() % N];
}

constexpr const char* kPlaces[] = {"青岚", "望川", "白榆", "云泽", "石渠", "松陵", "北溪", "临河", "东堰", "桐坪", "长汀岭", "乌苏尔"};
constexpr const char* kSmallPlaces[] = {"柳庄", "大营", "南关", "三河", "红石", "新桥", "马家", "东升", "和平", "双塔"};
constexpr const char* kDepartments[] = {
    "教育局", "民政局", "水利局", "交通运输局", "市场监督管理局", "自然资源和规划局", "住房和城乡建设局", "农业农村局", "卫生健康委员会",
    "发展和改革委员会", "人力资源和社会保障局", "应急管理局", "文化和旅游局", "医疗保障局", "行政审批服务局", "退役军人事务局", "城市管理综合行政执法局",
    "统计局", "审计局", "司法局", "公安局", "生态环境局", "林业和草原局", "气象局", "地方金融监督管理局", "国有资产监督管理委员会", "财政局",
    "档案馆", "供销合作社联合社", "机关事务管理中心", "信访局", "乡村振兴局", "残疾人联合会", "大数据管理局", "人民政府外事办公室", "住房公积金管理中心"};
constexpr const char* kProvinces[] = {"河北省", "江西省", "云南省", "甘肃省", "湖南省", "广西壮族自治区", "内蒙古自治区"};

std::string county(std::mt19937& random) {
  const std::string city = any(random, kPlaces) + "市";
  return draw(random, 50) ? any(random, kPlaces) + "县" : city + any(random, kSmallPlaces) + "区";
}

std::string special_organ(std::mt19937& random) {
  const std::string place = any(random, kPlaces), city = place + "市";
  switch (random() % 12) {
    case 0: return "国家税务总局" + city + "税务局";
    case 1: return place + "海关";
    case 2: return "中国人民银行" + city + (draw(random, 50) ? "分行" : "中心支行");
    case 3: return "国家统计局" + place + "调查队";
    case 4: return city + "消防救援支队";
    case 5: return city + "烟草专卖局";
    case 6: return "共青团" + city + "委员会";
    case 7: return "新疆生产建设兵团第九师";
    case 8: return city + "总工会";
    case 9: return city + "邮政管理局";
    case 10: return "中华人民共和国" + place + "海关";
    default: return "国家税务总局" + city + any(random, kSmallPlaces) + "区税务局";
  }
}

std::string heading(std::mt19937& random, int section) {
  static constexpr const char* kFirst[] = {"总体情况", "总体情况", "概述", "总体概述", "基本情况"};
  static constexpr const char* kSecond[] = {"主动公开政府信息情况", "主动公开政府信息情况", "行政机关主动公开政府信息情况", "主动公开政府信息的情况"};
  static constexpr const char* kThird[] = {"收到和处理政府信息公开申请情况", "收到和处理政府信息公开申请情况", "行政机关收到和处理政府信息公开申请情况", "收到和处理政府信息公开申请的情况"};
  static constexpr const char* kFourth[] = {"政府信息公开行政复议、行政诉讼情况", "因政府信息公开工作被申请行政复议、提起行政诉讼情况", "政府信息公开行政复议和行政诉讼情况", "政府信息公开行政复议、行政诉讼的情况"};
  static constexpr const char* kFifth[] = {"存在的主要问题及改进情况", "存在问题和改进措施", "政府信息公开工作存在的主要问题及改进情况", "存在的主要问题及下一步改进措施"};
  static constexpr const char* kSixth[] = {"其他需要报告的事项", "其他需要报告的事项", "需要报告的其他事项"};
  static constexpr const char* kNumerals[] = {"", "一", "二", "三", "四", "五", "六"};
  std::string words;
  switch (section) {
    case 1: words = any(random, kFirst); break;
    case 2: words = any(random, kSecond); break;
    case 3: words = any(random, kThird); break;
    case 4: words = any(random, kFourth); break;
    case 5: words = any(random, kFifth); break;
    default: words = any(random, kSixth);
  }
  return std::string(kNumerals[section]) + (draw(random, 90) ? "、" : "．") + words;
}

std::string title(std::mt19937& random, const std::string& organ, const std::string& year) {
  switch (random() % 7) {
    case 0: return organ + year + "年度政府信息公开工作年度报告";
    case 1: return organ + year + "年政府信息公开年度报告";
    case 2: return year + "年" + organ + "政府信息公开工作年度报告";
    case 3: return organ + "政府信息公开工作" + year + "年度报告";
    case 4: return organ + "关于" + year + "年政府信息公开工作年度报告";
    case 5: return organ + " " + year + " 年政府信息公开工作年度报告";
    default: return organ + year + "年政府信息公开工作年度报告";
  }
}

std::string about_the_report(std::mt19937& random, const std::string& organ, const std::string& year, bool has_period) {
  std::string text = draw(random, 50) ? "根据《中华人民共和国政府信息公开条例》有关规定，现公布" + organ + year + "年政府信息公开工作年度报告。"
                                      : "本报告由" + organ + "按照国务院办公厅规定的格式编制。";
  if (has_period) {
    text += draw(random, 50) ? "本报告所列数据的统计期限自" + year + "年1月1日起至" + year + "年12月31日止。"
                             : "统计期限为" + year + "年1月1日至12月31日。";
  }
  return text + "如对本报告有疑问，请与综合科联系（电话：0123-4567890）。";
}

void add_front(std::vector<Part>& parts, const std::string& organ, int year, std::mt19937& random) {
  const std::string next = std::to_string(year + 1);
  switch (random() % 5) {
    case 0:
      parts.push_back({PartKind::kLine, "来源：" + organ + "  发布时间：" + next + "-01-2" + std::to_string(random() % 9) + "  浏览次数：3" + std::to_string(random() % 90)});
      break;
    case 1:
      parts.push_back({PartKind::kLine, "索引号：" + std::to_string(random() % 900000 + 100000) + "/" + next + "-00012"});
      parts.push_back({PartKind::kLine, "发布机构：" + organ});
      parts.push_back({PartKind::kLine, "发布日期：" + next + "年1月" + std::to_string(10 + random() % 20) + "日"});
      break;
    case 2: parts.push_back({PartKind::kLine, "当前位置：首页 > 政务公开 > 政府信息公开年报"}); break;
    default: break;
  }
}

std::string sentence(std::mt19937& random) {
  static constexpr const char* kSubjects[] = {"办公室", "各科室", "信息公开专栏", "门户网站", "政务新媒体", "承办人员"};
  static constexpr const char* kVerbs[] = {"全年更新栏目", "整理公开目录", "答复群众来电", "举办培训", "发布解读材料", "受理网民留言"};
  static constexpr const char* kUnits[] = {"个", "项", "次", "场", "篇", "条"};
  const std::string count = std::to_string(random() % 500 + 2);
  return any(random, kSubjects) + any(random, kVerbs) + count + any(random, kUnits) + "，比上年" + (draw(random, 50) ? "增长" : "下降") +
         std::to_string(random() % 90 + 1) + "%。";
}

void add_overview(std::vector<Part>& parts, const std::string& organ, const std::string& year, const FrameOptions& options, std::mt19937& random) {
  const bool has_year = !options.has_title && !options.has_period;
  std::string text = (has_year || draw(random, 60) ? year + "年，" : std::string()) + (options.has_organ_in_prose ? organ : std::string("本机关")) + "认真落实政府信息公开各项要求。";
  for (int i = 0; i < 3; ++i) text += sentence(random);
  parts.push_back({PartKind::kParagraph, text});
  parts.push_back({PartKind::kParagraph, "（一）主动公开情况。" + sentence(random) + sentence(random)});
  parts.push_back({PartKind::kParagraph, "（二）依申请公开情况。" + sentence(random)});
  if (options.has_captions) parts.push_back({PartKind::kLine, "图1 " + year + "年主动公开信息分类统计图（单位：条）"});
}

}  // namespace

std::string made_up_organ(std::mt19937& random) {
  const std::string city = any(random, kPlaces) + "市";
  switch (random() % 10) {
    case 0: return city + "人民政府";
    case 1: return county(random) + "人民政府";
    case 2: return county(random) + any(random, kSmallPlaces) + (draw(random, 60) ? "镇人民政府" : "乡人民政府");
    case 3: return county(random) + any(random, kSmallPlaces) + "街道办事处";
    case 4: return city + (draw(random, 50) ? "经济技术开发区管理委员会" : "高新技术产业开发区管委会");
    case 5: return special_organ(random);
    case 6: return any(random, kProvinces) + any(random, kDepartments);
    case 7: return county(random) + any(random, kDepartments);
    default: return city + any(random, kDepartments);
  }
}

FrameOptions random_frame(std::mt19937& random) {
  FrameOptions options;
  options.has_title = draw(random, 85);
  options.has_captions = draw(random, 20);
  options.has_organ_in_prose = !options.has_title || draw(random, 60);
  options.has_period = draw(random, 80);
  return options;
}

std::vector<Part> report_parts(const std::string& organ, int year, const FrameOptions& options, std::mt19937& random) {
  const std::string digits = std::to_string(year);
  std::vector<Part> parts;
  const bool is_below = draw(random, 50);
  if (!is_below) add_front(parts, organ, year, random);
  if (options.has_title) parts.push_back({PartKind::kTitle, title(random, organ, digits)});
  if (is_below) add_front(parts, organ, year, random);
  const bool has_about = options.has_period || draw(random, 50);
  if (has_about) parts.push_back({PartKind::kParagraph, about_the_report(random, organ, digits, options.has_period)});
  for (int section = 1; section <= 6; ++section) {
    parts.push_back({PartKind::kHeading, heading(random, section)});
    if (section == 1) add_overview(parts, organ, digits, options, random);
    if (section >= 2 && section <= 4) {
      if (options.has_captions && draw(random, 50)) parts.push_back({PartKind::kLine, "表" + std::to_string(section - 1) + " 政府信息公开情况统计表"});
      if (options.has_captions && draw(random, 30)) parts.push_back({PartKind::kLine, "（单位：件）"});
      parts.push_back({PartKind::kTable, "", static_cast<std::size_t>(section - 2)});
      if (options.has_captions && section == 3 && draw(random, 50)) parts.push_back({PartKind::kLine, "图2 申请人类型占比 60% 40%"});
    }
    if (section == 5) parts.push_back({PartKind::kParagraph, "公开的时效还不够快，解读的形式比较单一。下一步将" + sentence(random)});
    if (section == 6) parts.push_back({PartKind::kParagraph, "本年度未收取信息处理费，没有其他需要报告的事项。"});
  }
  return parts;
}

}  // namespace gouji::testing
