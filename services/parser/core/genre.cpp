#include "services/parser/core/genre.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::int32_t kFirstFormYear = 2019;

// Documents of other kinds that organs publish beside their reports.
constexpr std::string_view kOtherKinds[] = {"工作要点", "公开指南", "公开目录", "预算",     "决算",     "工作计划", "工作方案",
                                            "实施方案", "管理办法", "实施细则", "政府工作报告", "评估报告", "考核",     "通报",
                                            "申请表",   "答复书",   "告知书",   "工作总结", "年度报表", "公开条例", "公开制度"};

// Nouns at the end of a document's heading that say what it is.
constexpr std::string_view kOtherEnds[] = {"公报",   "决定书", "判决书", "裁定书", "意见书", "纪要",   "问答",   "采购公告", "招标公告", "中标公告", "成交公告",
                                           "填报说明", "填写说明", "编制说明", "填报指引", "编制指引", "格式",   "模板",   "样式",   "样表",   "范本",   "汇总",
                                           "汇总表",  "一览表",  "名单",   "讲话",   "制度",   "办法",   "规定",   "条例",   "细则",   "简报",   "合同"};

// Words of a title of something else that ends as a report's does, or is about a report.
constexpr std::string_view kOtherTitles[] = {"工作要点", "征求意见", "意见稿", "自查",     "整改",     "评估",     "考核",     "调研",     "督查",     "督导",
                                             "落实情况", "党务公开", "村务公开", "居务公开", "校务公开", "院务公开", "厂务公开", "检务公开", "审务公开", "更正"};

// Of a paper on what was found in reports.
constexpr std::string_view kCheckEnds[] = {"核对结果", "核查结果", "检查结果", "比对", "比对结果", "比对报告", "公布情况", "发布情况", "编制情况"};

// Of one who tells that a report is out.
constexpr std::string_view kTellingWords[] = {"发布2", "公布2", "发布《", "公布《", "发布了", "公布了", "出炉", "晒出", "数说", "速读", "速览", "亮点", "看点", "图说"};

// What stands behind the last bracket pair belongs to the title: "…报告(2022年)", "…报告(修订)".
std::string_view without_note(std::string_view title) {
  if (!title.ends_with(')')) return title;
  const std::size_t open = title.rfind('(');
  return open == title.npos || open == 0 ? title : title.substr(0, open);
}

bool ends_as_report(std::string_view title) {
  title = without_note(title);
  return title.ends_with("报告") || title.ends_with("年报");
}

// Calls itself a report on publication: nothing else in it matters.
bool is_report_title(std::string_view title) {
  return ends_as_report(title) && has_word(title, "公开") && !has_any(title, kTellingWords) && !has_any(title, kOtherTitles) &&
         has_any(title, {"年度报告", "年报", "工作报告", "情况的报告", "情况报告", "年度工作报告"});
}

bool has_year(std::string_view line) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = line.find("20"); at != line.npos; at = line.find("20", at + 1)) {
    if (at + 4 <= line.size() && is_digit(line[at + 2]) && is_digit(line[at + 3])) return true;
  }
  return false;
}

// The name of a column of the portal: short, of no year. A title that says whose report of which year
// the document is counts for more.
bool is_column_name(std::string_view line) {
  constexpr std::size_t kColumnBytesMax = 36;
  return line.size() <= kColumnBytesMax && !has_year(line) && !has_any(line, {"读懂", "看懂"});
}

// One of the marks, but for the point of a decimal (2.3万条).
bool has_mark(std::string_view line, std::string_view marks) {
  const auto is_digit = [&](std::size_t at) { return at < line.size() && line[at] >= '0' && line[at] <= '9'; };
  for (std::size_t at = line.find_first_of(marks); at != line.npos; at = line.find_first_of(marks, at + 1)) {
    if (line[at] != '.' || at == 0 || !is_digit(at - 1) || !is_digit(at + 1)) return true;
  }
  return false;
}

// Prose, or a point of it: what a heading never holds.
bool is_sentence(std::string_view line) { return line.starts_with("(") || has_mark(line, ".;,"); }

bool ends_as_other_kind(std::string_view line) {
  constexpr std::size_t kBytesMin = 21, kBytesMax = 120;  // shorter ones are names of columns
  line = without_note(line);
  if (line.size() < kBytesMin || line.size() > kBytesMax || is_sentence(line)) return false;
  return std::any_of(std::begin(kOtherEnds), std::end(kOtherEnds), [&](std::string_view end) { return line.ends_with(end); });
}

// What a portal prints about a page: "发布机构: … 公开方式: …".
bool is_field_line(std::string_view line) {
  constexpr std::string_view kFields[] = {"索引号", "发布机构", "发文机关", "公开方式", "组配分类", "主题分类", "文件编号", "文号", "成文日期", "发文日期", "发布日期", "生成日期", "有效性", "信息名称", "所属机构"};
  return std::any_of(std::begin(kFields), std::end(kFields), [&](std::string_view field) {
    const std::size_t at = line.find(field);
    const std::size_t behind = at + field.size();
    return at != line.npos && behind < line.size() && (line[behind] == ':' || line[behind] == '|');
  });
}

// The document's own heading: the first of its lines that could be one.
std::string_view heading_of(const FrontMatter& front) {
  const bool has_title = std::any_of(front.titles.begin(), front.titles.end(), [](const Title& title) {
    return title.source == "title" && title.parts.year && is_report_title(title.folded);
  });
  for (const std::string& line : front.first_lines) {
    if (line.size() > 180 || line.size() < 12) continue;
    if (has_any(line, {"首页", "当前位置", "所在位置", "索引号", "您的位置"}) || is_field_line(line)) continue;
    if (has_title && is_column_name(line)) continue;
    if (has_any(line, {"公开", "报告", "年报", "报表", "通知", "解读", "读懂", "图解", "统计表", "法治政府"}) ||
        has_any(line, kOtherKinds) || ends_as_other_kind(line)) {
      return line;
    }
  }
  return {};
}

Reason no_report() {
  return {"NO_REPORT", "没有年度报告的标题、章节、表格或统计数据 / nothing of an annual report: no title, section, table or figures"};
}

Reason other_document() {
  return {"OTHER_DOCUMENT", "是另一类文件（指南、要点、方案、格式、公报、预决算、考核、申请表等） / a document of another kind"};
}

Reason public_enterprise() {
  return {"PUBLIC_ENTERPRISE", "是公共企事业单位信息公开报告 / a report of a public enterprise"};
}

std::optional<Reason> look_alike(std::string_view heading) {
  const bool is_open = has_word(heading, "公开");
  const bool is_told = has_any(heading, {"解读", "图解"}) && has_any(heading, {"报告", "年报"}) && !is_sentence(heading);
  if (is_told || has_any(heading, {"一图读懂", "一图看懂"})) {
    return Reason{"INTERPRETATION", "是解读或图解，不是年度报告本身 / an explanation of a report, not the report"};
  }
  if (has_any(heading, {"法治政府建设", "依法行政工作"}) && !is_open) {
    return Reason{"LAW_GOVERNMENT_REPORT", "是法治政府建设年度报告 / a report on government by law"};
  }
  if (has_any(heading, {"公共企事业单位", "企事业单位信息公开"})) return public_enterprise();
  if (!is_sentence(heading) && has_any(heading, {"上半年", "下半年", "半年", "季度", "第一季", "月份"})) {
    return Reason{"PART_OF_YEAR", "统计期不足一年 / covers a part of a year"};
  }
  if (heading.ends_with("通知") && has_any(heading, {"格式", "模板", "样式", "范本"})) return other_document();
  const bool is_letter = has_word(heading, "通知") || (heading.ends_with("函") && !is_sentence(heading));
  if (is_letter && has_any(heading, {"做好", "编制", "报送", "开展", "填报", "发布", "规范"})) {
    return Reason{"NOTICE_ABOUT_REPORTS", "是关于编制年度报告的通知 / a notice about annual reports"};
  }
  return std::nullopt;
}

bool is_of_public_enterprise(std::string_view heading, const FrontMatter& front) {
  if (has_word(heading, "学年")) return true;
  const std::string organ = front.titles.empty() ? std::string() : front.titles.front().parts.organ;
  if (organ.ends_with("行政学院")) return false;
  for (const std::string_view kind : {"医院", "学校", "小学", "中学", "大学", "学院", "公司", "幼儿园"}) {
    if (organ.ends_with(kind) || heading.starts_with(organ + std::string(kind))) return true;
  }
  return has_any(heading, {"医院20", "大学20", "学院20", "中学20", "小学20", "学校20", "公司20"});
}

// What the press says about reports: something happened.
bool is_news(std::string_view heading, const std::vector<Sentence>& prose) {
  if (is_report_title(heading)) return false;
  if (has_any(heading, kTellingWords)) return true;
  for (const std::string_view end : {"发布", "公布", "培训", "会议", "推进会", "部署会", "培训会", "培训班", "座谈会"}) {
    if (heading.ends_with(end)) return true;
  }
  constexpr std::size_t kFirstSentences = 6;
  for (std::size_t i = 0; i < std::min(prose.size(), kFirstSentences); ++i) {
    const std::string_view text = prose[i].folded;
    if (has_any(text, {"本报讯", "本网讯", "记者", "报告显示"}) || text.starts_with("日前") || text.starts_with("近日")) return true;
  }
  return false;
}

int section_evidence(const SectionMap& sections) {
  return sections.marks().size() >= 3 ? 4 : static_cast<int>(sections.marks().size());
}

bool is_whole_period(std::string_view text) {
  if (has_any(text, {"统计期限", "统计时限", "统计起止", "数据的统计"})) return true;
  return has_word(text, "年1月1日") && has_word(text, "12月31");
}

bool has_digit(std::string_view text) { return text.find_first_of("0123456789") != text.npos; }

// What the prose alone shows: the period, counts of requests and publications, the usual points.
int prose_evidence(const std::vector<Sentence>& prose) {
  constexpr std::size_t kPointBytes = 60;
  int period = 0, requests = 0, publication = 0, basis = 0, points = 0;
  for (const Sentence& sentence : prose) {
    const std::string_view text = sentence.folded;
    if (is_whole_period(text)) period = 2;
    if (has_any(text, {"依申请公开", "公开申请", "申请公开", "信息公开的申请", "政府信息申请"})) {
      if (has_any(text, {"收到", "受理", "答复", "办理", "未发生", "无"})) requests = 2;
      if (text.size() <= kPointBytes && points < 2) ++points;
    }
    if (has_word(text, "公开") && has_digit(text) && has_any(text, {"条", "件", "份"})) {
      const bool is_plain = has_any(text, {"主动公开", "公开信息", "公开政府信息", "公开各类", "政务信息", "发布信息", "公开政务信息"});
      publication = std::max(publication, is_plain ? 2 : 1);
    }
    if (has_word(text, "主动公开") && text.size() <= kPointBytes && points < 2) ++points;
    if (has_any(text, {"国办公开办函", "信息公开条例", "编制本报告", "本报告", "信息公开年度报告", "年度信息公开报告"})) basis = 1;
  }
  return period + requests + publication + basis + points;
}

// Printed over the report, or its name as the page gives it; prose that names a report says nothing.
bool is_own_title(const Title& title) {
  return title.source != kQuotedTitle && title.parts.year.has_value() && is_report_title(title.folded);
}

// A form to be filled in: its year, or its organ, is left open.
bool is_blank_form(const FrontMatter& front) {
  const auto is_open = [](std::string_view line) {
    return has_any(line, {"20**", "20xx", "20__", "xxxx年", "xx年", "xx市", "xx县", "xx区", "xx局", "xx单位", "xx部门", "xx机关", "**市", "**县", "**局", "**单位", "__", "某某"});
  };
  if (std::any_of(front.titles.begin(), front.titles.end(), [&](const Title& title) { return is_open(title.folded); })) return true;
  return std::any_of(front.titles.begin(), front.titles.end(), [](const Title& title) { return ends_as_other_kind(title.folded); });
}

// A year's report, and not on publication: of a hotline, on enforcement.
bool is_other_report(std::string_view heading, const std::vector<Sentence>& prose) {
  constexpr int kOwnProse = 4;
  return ends_as_report(heading) && has_year(heading) && !has_mark(heading, ".;") && heading.find("公开") == heading.npos &&
         has_any(heading, {"年度报告", "年报", "工作报告", "情况报告", "情况的报告"}) && prose_evidence(prose) < kOwnProse;
}

// Names of reports of several organs or years one below the other, and no text.
bool is_list_of_reports(const GenreEvidence& evidence) {
  constexpr std::size_t kOrgansMin = 3;
  std::vector<std::string_view> organs;
  std::vector<std::int32_t> years;
  const auto add = [](auto& known, const auto& value) {
    if (std::find(known.begin(), known.end(), value) == known.end()) known.push_back(value);
  };
  for (const Title& title : evidence.front.titles) {
    if (!title.parts.organ.empty()) add(organs, std::string_view(title.parts.organ));
    if (title.parts.year) add(years, *title.parts.year);
  }
  return std::max(organs.size(), years.size()) >= kOrgansMin && evidence.sections.marks().empty() && prose_evidence(evidence.prose) <= 1;
}

// Of a paper that studies reports. Portals have a field 关键词, too.
bool has_abstract(const FrontMatter& front) {
  const auto has_line = [&](std::string_view word) {
    return std::any_of(front.first_lines.begin(), front.first_lines.end(), [&](const std::string& line) { return line.starts_with(word); });
  };
  return has_line("关键词") && has_line("摘要");
}

// The manual of a program, what it prints, or a report of a fault in it: commands, or words in Latin
// letters beside the Chinese ones. Addresses of pages and mail are no words.
bool is_about_software(const GenreEvidence& evidence) {
  constexpr std::size_t kLatinMin = 30;
  std::size_t han = 0, latin = 0;
  for (const Sentence& sentence : evidence.prose) {
    if (has_any(sentence.folded, {"\"\"\"sh", "\"\"\"bash", "\"\"\"console", "\"\"\"python"})) return true;
    if (has_any(sentence.folded, {"www.", "http", ".cn", ".com"})) continue;
    for (const char c : sentence.folded) {
      if (c >= 'a' && c <= 'z') ++latin;
      if (static_cast<unsigned char>(c) >= 0xE3) ++han;  // the first of the three bytes of an ideograph
    }
  }
  return latin >= kLatinMin && 3 * latin > han;
}

// Their headings and a few words of prose are like a report's; a report has a title or tables.
std::optional<Reason> other_kind(std::string_view heading, const GenreEvidence& evidence) {
  const auto& titles = evidence.front.titles;
  if (evidence.has_figures) return std::nullopt;
  if (is_list_of_reports(evidence)) return Reason{"LIST_OF_REPORTS", "是多份年度报告的目录 / a list of reports"};
  if (is_of_public_enterprise(heading, evidence.front)) return public_enterprise();
  // Prose may name such documents among what was published.
  constexpr std::size_t kHeadingBytesMax = 120;
  const bool is_prose = heading.size() > kHeadingBytesMax || has_mark(heading, ".;:") || heading.starts_with("(");
  const bool is_other = !is_prose && !is_report_title(heading) &&
                        (has_any(heading, kOtherKinds) || has_any(heading, kOtherTitles) || ends_as_other_kind(heading) ||
                         is_other_report(heading, evidence.prose));
  const bool has_own_title = std::any_of(titles.begin(), titles.end(), is_own_title);
  if (evidence.sections.marks().size() < 3 && is_about_software(evidence)) return no_report();
  if ((is_other && !has_own_title) || is_blank_form(evidence.front) || has_abstract(evidence.front)) return other_document();
  if (!is_prose && !has_own_title && evidence.sections.marks().size() < 3 && is_news(heading, evidence.prose)) {
    return Reason{"NEWS", "是关于年度报告的新闻 / news about annual reports"};
  }
  return std::nullopt;
}

// What came of checking or comparing reports, such as this program's own page.
bool is_check_of_reports(std::string_view heading, const FrontMatter& front) {
  const auto is_check = [](std::string_view title) {
    title = without_note(title);
    return std::any_of(std::begin(kCheckEnds), std::end(kCheckEnds), [&](std::string_view end) { return title.ends_with(end); });
  };
  return is_check(heading) || std::any_of(front.titles.begin(), front.titles.end(), [&](const Title& title) { return is_check(title.folded); });
}

}  // namespace

std::optional<Reason> why_not_a_report(const GenreEvidence& evidence) {
  const int sections = section_evidence(evidence.sections);
  const bool has_body = (evidence.has_table && (evidence.has_figures || sections > 0)) || sections >= 4;
  const std::string_view heading = heading_of(evidence.front);
  if (const auto reason = look_alike(heading)) {
    // A notice may wrap the report that it sends out; the other kinds never do.
    const bool is_wrapper = reason->code == "NOTICE_ABOUT_REPORTS" || reason->code == "INTERPRETATION";
    const bool carries_report = has_body && (evidence.has_figures || !evidence.has_table);
    if (!(is_wrapper && carries_report)) return reason;
  }
  if (is_check_of_reports(heading, evidence.front)) return other_document();
  if (auto reason = other_kind(heading, evidence)) return reason;
  const bool has_title = !evidence.front.titles.empty() && evidence.front.titles.front().source != kQuotedTitle &&
                         evidence.front.titles.front().folded.find("通知") == std::string::npos;
  // "政府信息公开年报" alone is the name of a column of the portal.
  const bool is_named = has_title && (evidence.front.titles.front().parts.year || !evidence.front.titles.front().parts.organ.empty());
  const int worth = (is_named ? 2 : has_title ? 1 : 0) + (evidence.has_period ? 2 : 0) + (has_body ? 4 : sections) + prose_evidence(evidence.prose);
  if (worth < 2) return no_report();
  return std::nullopt;
}

bool is_pre_2019(const GenreEvidence& evidence, std::optional<std::int32_t> year, std::string_view published_on) {
  if (year) return *year < kFirstFormYear;
  if (evidence.has_table) return false;
  if (!published_on.empty() && published_on >= "2020") return false;
  const bool is_old = std::any_of(evidence.prose.begin(), evidence.prose.end(), [](const Sentence& sentence) {
    return has_any(sentence.folded, {"收费及减免", "收费和减免", "收费以及减免", "历年累计公开"});
  });
  return is_old;
}

}  // namespace gouji::parser
