#include "services/parser/core/names.h"

#include <algorithm>
#include <array>

#include "common/text/fold.h"
#include "common/text/numerals.h"
#include "common/text/utf8.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kHan = 3;  // bytes of a CJK character in UTF-8
constexpr std::size_t kNameBytesMax = 40 * kHan;
constexpr std::int32_t kYearMin = 1990;
constexpr std::int32_t kYearMax = 2099;

constexpr std::string_view kDivisions[] = {"省", "市", "自治州", "州", "盟", "县", "区", "旗"};
constexpr std::string_view kTowns[] = {"街道", "镇", "乡", "苏木"};
constexpr std::string_view kOrgans[] = {
    "人民政府办公厅", "人民政府办公室", "人民政府", "政府办公室", "政府办公厅", "街道办事处", "办事处",
    "管理委员会", "管委会", "委员会", "办公室", "办公厅", "分局", "支队", "大队", "总队", "中心", "档案馆",
    "图书馆", "博物馆", "海关", "关区", "系统", "研究院", "医院", "学院", "大学", "银行", "总局", "总站",
    "管理所", "管理处", "管理站", "联合会", "总工会", "红十字会", "协会", "分行", "支行", "调查队", "服务队", "监管局", "兵团", "师", "局", "厅", "委", "馆", "院", "站", "处", "署", "部", "社"};
constexpr std::string_view kSelf[] = {"我", "本", "该", "各", "全", "其", "贵", "上级", "有关", "相关", "自治区", "自治州", "自治县", "自治旗"};

// What a sentence begins with when it begins with no name.
constexpr std::string_view kOpenings[] = {
    "通过", "按照", "根据", "围绕", "及时", "组织", "依托", "利用", "制定", "印发", "督促", "落实", "推进", "开展", "参加", "收到", "深入",
    "加强", "持续", "严格", "充分", "认真", "积极", "依据", "对外", "主动", "公开", "报送", "建立", "健全", "完善", "做好", "其中", "包括",
    "累计", "转发", "接受", "配合", "邀请", "综合", "梳理", "标题", "名称",
    "请与", "请向", "请联系", "如需", "如有", "现公", "现发", "现予", "现将", "现就", "现向", "特向", "特编", "紧扣", "聚焦", "锚定", "贯彻", "坚决", "对标", "立足",
    "突出", "强化", "结合", "编制", "截止", "随着", "作为", "目前", "今年", "去年", "坚持", "抓好", "确保", "提升", "优化", "学习", "遵循", "依照", "遵照", "不断",
    "切实", "始终", "紧紧", "扎实", "稳步", "大力", "牢固", "统筹推进", "受理", "办理", "答复", "回应", "电子版", "报告"};
// The same in one character, which names begin with as well (和平区, 同安区, 自贡市).
constexpr std::string_view kShortOpenings[] = {"在", "由", "对", "为", "将", "与", "以", "按", "截", "从", "向", "经", "同", "把", "已", "是",
                                               "如", "即", "和", "及", "另", "若", "因", "并", "于", "至", "自", "共"};

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view first_of(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < characters && at < text.size(); ++i) at += code_point_at(text, at).length;
  return text.substr(0, std::min(at, text.size()));
}

bool is_all_cjk(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!is_cjk(point.value) && point.value != U'(' && point.value != U')' && point.value != U'·') return false;
    at += point.length;
  }
  return true;
}

// Where the first division ends: behind 省, 市, 县, ... with at least two characters of its own in
// front. npos when there is none in the first twelve characters.
template <std::size_t N>
std::size_t division_end(std::string_view name, const std::string_view (&words)[N]) {
  std::size_t best = name.npos;
  for (const std::string_view word : words) {
    const std::size_t at = name.find(word, 2 * kHan);
    if (at == name.npos || at > 12 * kHan || at % kHan != 0) continue;
    best = std::min(best, at + word.size());
  }
  // 北京 and the like stand in front of organs without 市; 县 and 区 of one character (矿区) do not count.
  return best;
}

std::optional<std::int32_t> chinese_year(std::string_view text, std::size_t end) {
  if (end < 4 * kHan) return std::nullopt;
  const std::string_view digits = text.substr(end - 4 * kHan, 4 * kHan);
  if (!digits.starts_with("二") || numeral_prefix(digits) != digits.size()) return std::nullopt;
  const auto value = parse_numeral(digits);
  if (!value || *value < kYearMin || *value > kYearMax) return std::nullopt;
  return static_cast<std::int32_t>(*value);
}

std::optional<std::int32_t> digit_year(std::string_view text, std::size_t end) {
  if (end < 4 || (end > 4 && is_ascii_digit(text[end - 5]))) return std::nullopt;
  std::int32_t year = 0;
  for (std::size_t i = end - 4; i < end; ++i) {
    if (!is_ascii_digit(text[i])) return std::nullopt;
    year = year * 10 + (text[i] - '0');
  }
  if (year < kYearMin || year > kYearMax) return std::nullopt;
  return year;
}

std::string without(std::string text, std::string_view word) {
  for (std::size_t at = text.find(word); at != text.npos; at = text.find(word)) text.erase(at, word.size());
  return text;
}

// 海关系统, 全国税务系统: one report for all organs of a vertical administration.
bool is_vertical_system(std::string_view name) {
  constexpr std::string_view kSystem = "系统";
  if (!name.ends_with(kSystem)) return false;
  name.remove_suffix(kSystem.size());
  if (name.starts_with("全国")) name.remove_prefix(2 * kHan);
  for (const std::string_view word : {"海关", "税务", "气象", "邮政", "烟草", "统计", "铁路", "民航", "海事", "外汇", "边检", "地震"}) {
    if (name == word) return true;
  }
  return false;
}

// "附件2云陵市统计局": what a list of attachments prints in front of a title.
std::string_view without_enclosure(std::string_view text) {
  for (const std::string_view word : {"附件", "附"}) {
    if (!text.starts_with(word)) continue;
    text.remove_prefix(word.size());
    break;
  }
  return text;
}

// The ministries whose names begin with no word for the whole country.
bool is_ministry(std::string_view name) {
  constexpr std::string_view kMinistries[] = {
      "外交部",   "教育部",   "科学技术部", "科技部", "工业和信息化部", "公安部",       "民政部",       "司法部",     "财政部", "人力资源和社会保障部", "自然资源部", "生态环境部",
      "水利部",   "住房和城乡建设部", "交通运输部", "商务部", "农业农村部",     "文化和旅游部", "退役军人事务部", "应急管理部", "审计署", "海关总署"};
  return std::find(std::begin(kMinistries), std::end(kMinistries), name) != std::end(kMinistries);
}

// Takes what is no name from the front: serial words, spam before a colon, brackets.
std::string_view name_core(std::string_view text) {
  while (text.ends_with("-")) text.remove_suffix(1);
  text = without_enclosure(text);
  for (const char mark : {':', '"', '@', '>', '-', '.'}) {
    if (const std::size_t at = text.rfind(mark); at != text.npos) text.remove_prefix(at + 1);
  }
  for (const std::string_view word : {"关于印发", "关于", "印发", "中共"}) {
    if (const std::size_t at = text.find(word); at != text.npos) {
      text = at == 0 ? text.substr(word.size()) : text.substr(0, at);
    }
  }
  while (!text.empty() && (static_cast<unsigned char>(text[0]) < 0x80)) text.remove_prefix(1);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) < 0x80) && text.back() != ')') text.remove_suffix(1);
  for (const std::string_view word : {"工作", "年度", "的"}) {
    if (text.ends_with(word)) text.remove_suffix(word.size());
  }
  return text;
}

// Every full name ends in one of these.
bool may_end_name(char32_t c) {
  constexpr std::u32string_view kEndings = U"局厅委会办室处馆院站署部社市县区州盟旗省乡镇道木府关统行学心队所师团";
  return kEndings.find(c) != kEndings.npos;
}

// 市委, 临河市委: does not publish reports; 市政府 in its name stands beside it in prose only.
bool is_party_committee(std::string_view name) {
  constexpr std::string_view kCommittee = "委";
  return name.ends_with(kCommittee) && is_bare_division(name.substr(0, name.size() - kCommittee.size()));
}

// 黄浦区 in 上海市黄浦区.
bool is_division_of(std::string_view rest) {
  if (rest.size() < 2 * kHan || !is_bare_division(rest)) return false;
  for (const std::string_view word : {"各", "全", "所", "辖", "内"}) {
    if (rest.starts_with(word)) return false;
  }
  return true;
}

bool may_follow_name(std::string_view rest) {
  if (rest.starts_with("政府信息与政务公开")) return false;  // the name goes on
  if (rest.empty() || static_cast<unsigned char>(rest[0]) < 0x80) return true;
  for (const std::string_view word :
       {"共", "累计", "全年", "全面", "主动", "收到", "未", "受理", "办理", "政务", "政府信息", "信息公开", "依", "严格",
        "认真", "高度", "利用", "按", "公开", "通过", "微信", "坚持", "深入", "持续", "积极", "始终", "结合", "不断", "紧紧",
        "围绕", "以", "在", "门户", "官方", "网站", "根据", "年度", "制发", "编制", "向社会", "现", "切实", "进一步", "扎实", "没有", "无"}) {
    if (rest.starts_with(word)) return true;
  }
  return false;
}

}  // namespace

std::optional<FoundYear> find_year(std::string_view text, std::size_t from) {
  constexpr std::string_view kYear = "年";
  for (std::size_t at = find_word(text, kYear, from); at != text.npos; at = find_word(text, kYear, at + kHan)) {
    std::size_t end = at + kHan;
    if (text.substr(end).starts_with("度")) end += kHan;
    if (const auto year = digit_year(text, at); year && at - 4 >= from) return FoundYear{*year, at - 4, end};
    if (const auto year = chinese_year(text, at); year && at - 4 * kHan >= from) {
      return FoundYear{*year, at - 4 * kHan, end};
    }
  }
  return std::nullopt;
}

NameKind name_kind(std::string_view name) {
  if (name.size() < 2 * kHan || name.size() > kNameBytesMax || !is_all_cjk(name)) return NameKind::kNone;
  for (const std::string_view word : kSelf) {
    if (name.starts_with(word)) return NameKind::kGeneric;
  }
  for (const std::string_view word : kOpenings) {
    if (name.starts_with(word)) return NameKind::kNone;
  }
  const bool is_league = name.starts_with("共青团");
  for (const std::string_view word : kShortOpenings) {
    if (!is_league && name.starts_with(word) && name_kind(name.substr(word.size())) == NameKind::kFull) return NameKind::kNone;
  }
  if (is_party_committee(name)) return NameKind::kNone;
  if (has_any(name, {"在", "的", "请", "发布", "完成", "公布", "通过", "按时", "情况", "年", "编制", "汇总", "要求", "网站", "网民", "打印", "关闭", "分享", "字体", "字号", "图片", "浏览", "扫一扫", "收藏"})) return NameKind::kNone;
  const bool is_organ = std::any_of(std::begin(kOrgans), std::end(kOrgans),
                                    [&](std::string_view word) { return name.ends_with(word); });
  if (is_ministry(name)) return NameKind::kFull;
  const std::size_t division = division_end(name, kDivisions);
  const std::size_t town = division_end(name, kTowns);
  if (division == name.size() || town == name.size()) return NameKind::kFull;
  if (division != name.npos && is_division_of(name.substr(division))) return NameKind::kFull;
  if (!is_organ) return NameKind::kNone;
  if (division != name.npos || town != name.npos) return NameKind::kFull;
  const bool is_national = name.starts_with("国家") || name.starts_with("国务院") || name.starts_with("中华人民共和国") ||
                           name.starts_with("中国") || name.starts_with("新疆生产建设兵团");
  if (is_national && name.size() > 4 * kHan) return NameKind::kFull;
  if (is_vertical_system(name)) return NameKind::kFull;
  for (const std::string_view word : {"海关", "关区", "税务局", "管理委员会", "管委会", "气象局"}) {
    if (name.ends_with(word) && name.size() >= word.size() + 2 * kHan) return NameKind::kFull;
  }
  return NameKind::kGeneric;
}

bool has_division(std::string_view name) {
  return name_kind(name) == NameKind::kFull && division_end(name, kDivisions) != name.npos;
}

bool is_government(std::string_view name) {
  const std::size_t division = division_end(name, kDivisions);
  if (division == name.npos || division_end(name, kTowns) != name.npos) return false;
  if (name.ends_with("人民政府")) return true;
  return std::any_of(std::begin(kDivisions), std::end(kDivisions),
                     [&](std::string_view word) { return name.ends_with(word); });
}

TitleParts parse_title(std::string_view title) {
  TitleParts parts;
  const bool is_public = has_any(title, {"信息公开", "政务公开"});
  bool is_annual = has_any(title, {"年度报告", "年报", "工作报告", "告年度报", "年度工作报告", "年度信息公开", "公开报告"});
  const std::optional<FoundYear> year = find_year(title);
  is_annual = is_annual || (year && title.find("报告") != title.npos);
  parts.is_report = is_public && is_annual;
  if (year) parts.year = year->year;
  std::string rest(title);
  if (year) rest.erase(year->begin, year->end - year->begin);
  std::size_t cut = rest.size();
  for (const std::string_view word : {"政府信息公开", "信息公开", "政务信息公开", "政务公开", "政府政务公开", "政府网站"}) {
    cut = std::min(cut, rest.find(word));
  }
  if (cut == rest.npos || cut == rest.size()) return parts;
  std::string organ(name_core(std::string_view(rest).substr(0, cut)));
  if (organ.ends_with("人民")) organ += "政府";
  organ = without(organ, "(本级)");
  organ = without(organ, "(本机关)");
  // "青山县行政审批局(青山县政务服务管理办公室)": the second name of one organ.
  if (const std::size_t at = organ.rfind('('); organ.ends_with(')') && at != organ.npos && name_kind(organ) == NameKind::kNone) organ.erase(at);
  if (name_kind(organ) != NameKind::kNone) parts.organ = std::move(organ);
  return parts;
}

bool is_bare_division(std::string_view name) {
  return std::any_of(std::begin(kDivisions), std::end(kDivisions),
                     [&](std::string_view word) { return name.ends_with(word); });
}

std::string leading_name(std::string_view text) {
  const std::string_view window = first_of(text, 30);
  std::size_t best = 0;
  for (std::size_t at = 0; at < window.size();) {
    const CodePoint point = code_point_at(window, at);
    if (!is_cjk(point.value)) break;
    at += point.length;
    if (!may_end_name(point.value) || !may_follow_name(text.substr(at))) continue;
    const std::string_view name = window.substr(0, at);
    if (name_kind(name) == NameKind::kFull) best = at;
  }
  return std::string(window.substr(0, best));
}

}  // namespace gouji::parser
