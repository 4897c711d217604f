#include "services/parser/core/claims.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/text/numerals.h"
#include "common/text/utf8.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

using Reading1 = std::vector<std::string>;  // a sum of cells
using Readings = std::vector<Reading1>;

constexpr std::string_view kUnits[] = {"件次", "件", "条", "个", "份", "项", "次", "起", "篇", "宗", "人次", "期", "万元", "元"};
constexpr std::string_view kHedgesInFront[] = {"约", "近", "超过", "逾", "达到近", "大约", "将近", "约有", "约为", "约计", "突破", "至少", "不少于", "不低于"};
constexpr std::string_view kHedgesBehind[] = {"余", "多", "以上", "左右"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.ends_with(word); });
}

// Counted beside what the tables count: other organs' business, parts and means of it.
constexpr std::string_view kOtherCounts[] = {"平均", "每月", "延期", "延长", "培训", "转办", "转送", "移送", "转交", "各县", "各区", "各乡", "各镇", "各部门", "各单位",
                                             "所属", "下属", "法院", "出庭", "一审", "二审", "再审"};

// The year before, unless as what was carried over from it.
bool is_about_last_year(std::string_view clause) {
  return has_any(clause, {"上一年度", "上年度", "上年", "去年", "上一年"}) && !has_any(clause, {"结转", "转结", "转入", "遗留"});
}

// Reviews and lawsuits that table 4 does not count so: answers given in them, and an office's cases of
// every kind.
bool is_other_review(std::string_view clause, std::string_view sentence) {
  if (has_any(clause, {"答复行政复议", "答复复议", "复议答复", "复议案件备案", "诉讼案件备案"})) return true;
  if (has_word(sentence, "备案") && has_any(clause, {"复议", "诉讼"})) return true;
  return has_any(clause, {"办理行政复议", "受理行政复议", "审理行政复议", "办理复议", "行政应诉", "出庭应诉"}) && !has_word(sentence, "公开");
}

// "其中邮寄申请1件": requests by the way they came, which no table has; "通过网络、信函等共收到" are all.
bool is_of_one_channel(std::string_view clause) {
  return has_any(clause, {"邮寄", "邮递", "信函", "信件", "来信", "当面", "现场", "网络", "网上", "平台", "在线", "传真", "邮件", "口头", "书面"}) &&
         !has_any(clause, {"共", "总", "等", "合计", "累计"});
}

// A number with its unit in folded text.
struct Mention {
  std::int64_t value = 0;
  std::string unit;
  bool is_hedged = false;
  std::size_t begin = 0;
  std::size_t end = 0;
};

struct Digits {
  std::string text;
  std::size_t end = 0;
};

Digits digits_at(std::string_view text, std::size_t at) {
  Digits digits;
  digits.end = at;
  while (digits.end < text.size() && digits.text.size() < 15) {
    const char c = text[digits.end];
    const bool is_group = c == ',' && digits.end + 3 < text.size() && is_digit(text[digits.end + 1]) &&
                          is_digit(text[digits.end + 2]) && is_digit(text[digits.end + 3]) &&
                          (digits.end + 4 >= text.size() || !is_digit(text[digits.end + 4]));
    if (is_digit(c)) {
      digits.text.push_back(c);
    } else if (!is_group || digits.text.empty() || digits.text.size() > 3) {
      break;
    }
    ++digits.end;
  }
  return digits;
}

// A number in Chinese numerals, two characters or one that stands between words: "十二件", not "一件".
Digits numerals_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kHan = 3, kNumeralBytesMax = 30;
  const std::size_t length = numeral_prefix(text.substr(at, kNumeralBytesMax));
  if (length < 2 * kHan && text.substr(at, length) != "零") return {"", at};
  return {std::string(text.substr(at, length)), at + length};
}

std::optional<Mention> mention_at(std::string_view text, std::size_t at) {
  const bool is_arabic = is_digit(text[at]);
  const Digits digits = is_arabic ? digits_at(text, at) : numerals_at(text, at);
  if (digits.text.empty()) return std::nullopt;
  if (digits.end < text.size() && (text[digits.end] == '.' || is_digit(text[digits.end]))) return std::nullopt;
  Mention mention;
  mention.begin = at;
  std::size_t next = digits.end;
  std::string numeral = digits.text;
  if (text.substr(next).starts_with("万") && !text.substr(next).starts_with("万元")) {
    numeral += "万";
    next += 3;
  }
  for (const std::string_view hedge : kHedgesBehind) {
    if (!text.substr(next).starts_with(hedge)) continue;
    mention.is_hedged = true;
    next += hedge.size();
  }
  if (mention.is_hedged && text.substr(next).starts_with("万")) {
    numeral += "万";
    next += 3;
  }
  for (const std::string_view unit : kUnits) {
    if (!text.substr(next).starts_with(unit)) continue;
    mention.unit = std::string(unit);
    break;
  }
  if (mention.unit.empty()) return std::nullopt;
  const auto value = parse_numeral(numeral);
  if (!value) return std::nullopt;
  mention.value = *value;
  mention.end = next + mention.unit.size();
  if (text.substr(mention.end).starts_with("以上") || text.substr(mention.end).starts_with("左右")) mention.is_hedged = true;
  for (const std::string_view hedge : kHedgesInFront) mention.is_hedged |= text.substr(0, at).ends_with(hedge);
  return mention;
}

// The words between the number before (or the clause's start) and this number.
std::string_view words_in_front(std::string_view text, std::size_t from, std::size_t begin) {
  std::string_view words = text.substr(from, begin - from);
  for (const std::string_view mark : {";", ",", "(", ":", "."}) {
    const std::size_t at = words.rfind(mark);
    if (at != words.npos) words.remove_prefix(at + mark.size());
  }
  return words;
}

class ReadingFinder {
 public:
  explicit ReadingFinder(const std::vector<TableReading>& tables) {
    for (const TableReading& table : tables) {
      if (table.table == TableId::kT2) edition2_ = table.edition;
      if (table.table == TableId::kT3) edition3_ = table.edition;
    }
  }

  // `clause` stands in front of the number, `sentence` in front of the clause.
  Readings find(std::string_view clause, std::string_view sentence, std::string_view unit) const {
    if (has_any(clause, kOtherCounts) || is_about_last_year(clause)) return {};
    if (is_other_review(clause, sentence)) return {};
    if (has_any(clause, {"行政复议", "行政诉讼", "提起诉讼", "复议", "诉讼案件", "应诉"})) return of_table4(clause, sentence);
    if (has_any(clause, {"许可", "处罚", "行政强制", "规范性文件", "规章"})) return of_table2(clause);
    const bool is_about_requests = has_any(clause, {"申请", "答复", "办结", "结转", "予以公开", "部分公开", "不予公开", "无法提供", "不予处理"}) ||
                                   has_any(sentence, {"公开申请", "依申请公开", "申请公开"});
    const bool counts_requests = unit != "个" && unit != "次" && unit != "人次" && unit != "期" && unit != "篇" && unit != "项";
    if (!counts_requests || is_of_one_channel(clause)) return {};
    if (!is_about_requests || has_any(clause, {"网民", "留言", "信箱", "建议", "提案", "投诉热线"})) return {};
    return of_table3(clause);
  }

 private:
  static Reading1 sum(const char* row, int count) {
    Reading1 cells;
    for (int i = 1; i <= count; ++i) cells.push_back("t3." + std::string(row) + "." + std::to_string(i) + ".total");
    return cells;
  }

  static Readings legal_persons() {
    Readings readings;
    for (const std::string row : {"new", "total"}) {
      Reading1& cells = readings.emplace_back();
      for (const char* column : {"commercial_enterprise", "research_institution", "social_welfare_organization",
                                 "legal_service_organization", "other_organization"}) {
        cells.push_back("t3." + row + "." + column);
      }
    }
    return readings;
  }

  Readings of_table3(std::string_view clause) const {
    if (has_any(clause, {"不予公开"})) return {sum("denied", 8)};
    if (has_any(clause, {"部分公开"})) return {{"t3.partly_granted.total"}};
    if (has_any(clause, {"无法提供"})) return {sum("unavailable", 3)};
    if (has_any(clause, {"不予处理"})) return {sum("not_processed", 5)};
    if (has_any(clause, {"其他处理"})) {
      return {edition3_ == Edition::k2021 ? sum("other", 3) : Reading1{"t3.other.total"}};
    }
    if (has_any(clause, {"予以公开", "全部公开"})) return {{"t3.granted.total"}};
    if (has_any(clause, {"上年结转", "上年度结转", "结转上年", "上一年结转", "上年转结", "上一年度结转", "上年度转", "往年结转", "结转自上"})) return {{"t3.carried_in.total"}};
    if (has_any(clause, {"结转", "转下年", "转办下", "下一年", "转下一"})) return {{"t3.carried_out.total"}};
    if (has_any(clause, {"自然人", "公民"})) return {{"t3.new.natural_person"}, {"t3.total.natural_person"}};
    if (has_any(clause, {"法人", "企业", "组织"})) return legal_persons();
    if (has_any(clause, {"新收", "新增"})) return {{"t3.new.total"}};
    if (has_any(clause, {"收到", "受理", "接到", "接收", "接", "登记"})) {
      return {{"t3.new.total"}, {"t3.new.total", "t3.carried_in.total"}, {"t3.total.total"}};
    }
    if (has_any(clause, {"办结", "答复", "办理", "回复", "处理", "办复", "按期"})) {
      return {{"t3.total.total"}, {"t3.new.total"}, {"t3.new.total", "t3.carried_in.total"}};
    }
    return {};
  }

  // 维持 3 件, 纠正 1 件: the results follow the case that a clause before them names.
  Readings of_table4(std::string_view clause, std::string_view sentence) const {
    const bool is_litigation = clause.rfind("诉讼") != clause.npos && clause.rfind("诉讼") + 1 > clause.rfind("复议") + 1;
    std::string_view result = "total";
    for (const auto& [word, key] : {std::pair<std::string_view, std::string_view>{"维持", "upheld"}, {"纠正", "corrected"}, {"尚未审结", "pending"}, {"未审结", "pending"}}) {
      if (clause.find(word) != clause.npos) result = key;
    }
    const auto cell = [&](const char* group) { return std::string("t4.") + group + "." + std::string(result); };
    const std::string direct = cell("litigation_direct"), after = cell("litigation_after_reconsideration");
    if (has_any(clause, {"未经复议", "直接起诉"})) return {{direct}};
    if (has_any(clause, {"复议后起诉", "经复议"})) return {{after}};
    const bool follows_litigation = !has_any(clause, {"复议"}) && has_any(sentence, {"诉讼"});
    if (is_litigation || has_any(clause, {"诉讼", "应诉"}) || follows_litigation) return {{direct, after}, {direct}, {after}};
    return {{cell("reconsideration")}};
  }

  Readings of_table2(std::string_view clause) const {
    const bool is_newer = edition2_ == Edition::k2021;
    if (has_any(clause, {"许可"})) return {{"t2.licences.decisions"}};
    if (has_any(clause, {"处罚"})) return {{"t2.penalties.decisions"}};
    if (has_any(clause, {"强制"})) return {{"t2.coercive_measures.decisions"}};
    const std::string row = has_any(clause, {"规范性文件"}) ? "t2.normative_documents." : "t2.regulations.";
    if (has_any(clause, {"有效"})) return is_newer ? Readings{{row + "in_force"}} : Readings{};
    if (has_any(clause, {"废止", "失效"})) return is_newer ? Readings{{row + "repealed"}} : Readings{};
    if (has_any(clause, {"制发", "制定", "出台", "印发", "新制"})) return {{row + (is_newer ? "issued" : "made")}};
    if (has_any(clause, {"公开"}) && !is_newer) return {{row + "disclosed"}};
    return {};
  }

  Edition edition2_ = Edition::k2021;
  Edition edition3_ = Edition::k2021;
};

constexpr std::size_t kSubjectBytesMax = 120;

class ClaimReader {
 public:
  ClaimReader(const Document& document, const std::vector<TableReading>& tables)
      : document_(document), finder_(tables) {}

  void read(const Sentence& sentence) {
    const std::string_view text = sentence.folded;
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size() && claims_.size() < 4 * kClaimsMax;) {
      if (!may_begin_number(text, at)) {
        ++at;
        continue;
      }
      if (const auto mention = mention_at(text, at)) {
        add(sentence, text, from, *mention);
        from = mention->end;
        at = mention->end;
      } else {
        at = is_digit(text[at]) ? std::max(at + 1, digits_at(text, at).end) : at + 1;
      }
    }
  }

  std::vector<Claim> take() {
    std::stable_partition(claims_.begin(), claims_.end(), [](const Claim& claim) { return !claim.readings.empty(); });
    if (claims_.size() > kClaimsMax) claims_.resize(kClaimsMax);
    return std::move(claims_);
  }

 private:
  static bool may_begin_number(std::string_view text, std::size_t at) {
    if (is_digit(text[at])) {
      if (at == 0) return true;
      const bool ends_range = at > 1 && (text[at - 1] == '-' || text[at - 1] == '~') && is_digit(text[at - 2]);
      return !is_digit(text[at - 1]) && text[at - 1] != '.' && !ends_range;
    }
    if (static_cast<unsigned char>(text[at]) < 0xE0) return false;
    // An ordinal, and the middle of a numeral, are none.
    if (text.substr(0, at).ends_with("第")) return false;
    return numeral_prefix(text.substr(at, 3)) == 3 && (at < 3 || numeral_prefix(text.substr(at - 3, 3)) != 3);
  }

  void add(const Sentence& sentence, std::string_view text, std::size_t from, const Mention& mention) {
    std::string_view clause = words_in_front(text, from, mention.begin);
    if (ends_with_any(clause, {"第", "函", "号", "令"})) return;
    Claim claim;
    claim.text = std::string(utf8_prefix(document_.view(sentence.range), kClaimBytesMax));
    claim.value = mention.value;
    claim.unit = mention.unit;
    claim.hedged = mention.is_hedged;
    claim.subject = std::string(utf8_suffix(clause, kSubjectBytesMax));
    if (mention.unit != "元" && mention.unit != "万元") claim.readings = finder_.find(clause, text.substr(0, mention.begin), mention.unit);
    claim.where = document_.where(sentence.range);
    claims_.push_back(std::move(claim));
  }

  const Document& document_;
  ReadingFinder finder_;
  std::vector<Claim> claims_;
};

}  // namespace

std::vector<Claim> read_claims(const Document& document, const std::vector<Sentence>& prose,
                               const std::vector<TableReading>& tables) {
  ClaimReader reader(document, tables);
  for (const Sentence& sentence : prose) reader.read(sentence);
  return reader.take();
}

}  // namespace gouji::parser
