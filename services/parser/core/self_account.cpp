#include "services/parser/core/self_account.h"

#include <algorithm>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/names.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kHan = 3;
constexpr std::size_t kNameBytesMax = 40 * kHan;
constexpr std::string_view kMarks = ",.:;()<>\"";

// Words in front of a name that are no part of it.
constexpr std::string_view kVerbs[] = {"公布", "发布", "公开", "编制", "编写", "撰写", "形成", "制定", "汇总", "梳理", "综合", "结合", "提供", "了", "将", "于", "对"};

// Parts of an organ that answer for it.
constexpr std::string_view kInnerOffices[] = {"办公室", "政务公开", "信息公开", "政府信息公开", "政务信息", "党政", "党群", "综合", "秘书", "政策法规", "法规", "宣传", "新闻"};

bool is_inside_quotes(std::string_view text, std::size_t at) {
  return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '"') % 2 == 1;
}

// The words between "信息公开" and "报告"; the length of all of them, 0 where it is no report.
std::size_t report_words(std::string_view text) {
  std::size_t at = 0;
  bool is_annual = false;
  for (int i = 0; i < 4; ++i) {
    for (const std::string_view word : {"工作", "年度", "情况", "的"}) {
      if (!text.substr(at).starts_with(word)) continue;
      is_annual = is_annual || word == "年度" || word == "工作";
      at += word.size();
      break;
    }
  }
  const std::string_view end = text.substr(at);
  if (!(is_annual && end.starts_with("报告")) && !end.starts_with("年报")) return 0;
  at += 2 * kHan;
  for (const std::string_view word : {"格式", "编制", "编写", "有关", "的通知", "专栏", "栏目", "工作"}) {
    if (text.substr(at).starts_with(word)) return 0;
  }
  return at;
}

void drop_end(std::string_view& text, std::string_view word) {
  if (text.ends_with(word)) text.remove_suffix(word.size());
}

// A year at the end of `text`, or at its beginning, is taken off.
std::optional<std::int32_t> take_year(std::string_view& text) {
  std::optional<FoundYear> last;
  for (auto found = find_year(text); found; found = find_year(text, found->end)) last = found;
  if (!last) return std::nullopt;
  if (last->end == text.size()) {
    text.remove_suffix(text.size() - last->begin);
  } else if (last->begin == 0) {
    text.remove_prefix(last->end);
  } else {
    return std::nullopt;
  }
  return last->year;
}

std::string_view last_clause(std::string_view text) {
  const std::size_t mark = text.find_last_of(kMarks);
  return mark == text.npos ? text : text.substr(mark + 1);
}

std::string_view without_verbs(std::string_view text) {
  std::size_t cut = 0;
  for (const std::string_view verb : kVerbs) {
    const std::size_t at = text.rfind(verb);
    if (at != text.npos) cut = std::max(cut, at + verb.size());
  }
  return text.substr(cut);
}

std::string full_or_none(std::string_view name) {
  return name.size() <= kNameBytesMax && name_kind(name) == NameKind::kFull ? std::string(name) : std::string();
}

// "临河市水利局办公室" is no organ of its own; the office of a government is.
std::string_view without_inner_office(std::string_view name) {
  for (const std::string_view word : {"局办公室", "厅办公室", "局综合科", "局综合办公室"}) {
    if (name.ends_with(word)) return name.substr(0, name.size() - word.size() + kHan);
  }
  return name;
}

// The longest full name that `text` begins with and that an office of it, or the end, stands behind.
std::string name_of_office(std::string_view text) {
  std::size_t best = 0;
  for (std::size_t at = 0; at < text.size() && at <= kNameBytesMax;) {
    at += code_point_at(text, at).length;
    const std::string_view rest = text.substr(std::min(at, text.size()));
    const bool is_end = rest.empty() || kMarks.find(rest[0]) != kMarks.npos ||
                        std::any_of(std::begin(kInnerOffices), std::end(kInnerOffices), [&](std::string_view word) { return rest.starts_with(word); });
    if (is_end && name_kind(text.substr(0, at)) == NameKind::kFull) best = at;
    if (!rest.empty() && kMarks.find(rest[0]) != kMarks.npos) break;
  }
  constexpr std::string_view kOfCommittee = "委员会办公室", kOffice = "办公室";
  std::string_view name = without_inner_office(text.substr(0, best));
  if (name.ends_with(kOfCommittee)) name.remove_suffix(kOffice.size());
  return std::string(name);
}

// "现向社会公开《…年度报告》": the quotes hold what is published here.
bool is_published_quote(std::string_view sentence, std::size_t at) {
  const std::string_view front = sentence.substr(0, sentence.rfind('"', at));
  return has_any(front, {"现公", "现向", "现予", "特向"}) && (front.ends_with("公布") || front.ends_with("公开") || front.ends_with("发布"));
}

}  // namespace

std::optional<NamedReport> named_report(std::string_view sentence) {
  constexpr std::string_view kOpen = "信息公开";
  for (std::size_t at = find_word(sentence, kOpen); at != sentence.npos; at = find_word(sentence, kOpen, at + kOpen.size())) {
    if (report_words(sentence.substr(at + kOpen.size())) == 0) continue;
    if (is_inside_quotes(sentence, at) && !is_published_quote(sentence, at)) continue;
    std::string_view before = sentence.substr(0, at);
    drop_end(before, "政务");
    const bool is_government = before.ends_with("人民政府") && !before.ends_with("人民政府政府");
    if (!is_government) drop_end(before, "政府");
    std::string_view clause = last_clause(before);
    NamedReport report;
    report.year = take_year(clause);
    drop_end(clause, "的");
    report.is_this = has_any(clause, {"现公布", "现公开", "现发布", "现予公布", "现特向", "特编制", "特向社会", "现向社会", "现编制", "向社会公布", "向社会公开"}) ||
                     clause.starts_with("编制");
    clause = without_verbs(clause);
    if (!report.year) report.year = take_year(clause);
    drop_end(clause, "本级");
    drop_end(clause, "单位");
    report.organ = full_or_none(clause);
    if (!report.organ.empty() || (report.is_this && report.year)) return report;
  }
  return std::nullopt;
}

std::string stated_author(std::string_view sentence) {
  constexpr std::string_view kBy = "由";
  if (!has_word(sentence, "报告") && !has_word(sentence, "年报")) return {};
  for (std::size_t at = find_word(sentence, kBy); at != sentence.npos; at = find_word(sentence, kBy, at + kHan)) {
    const std::string_view rest = sentence.substr(at + kHan);
    std::size_t end = rest.npos;
    for (const std::string_view word : {"编制", "编写", "撰写", "负责", "组织", "结合", "根据", "依据", "按照", "汇总", "综合"}) end = std::min(end, rest.find(word));
    if (end == rest.npos || end > kNameBytesMax || !has_any(rest, {"编制", "编写", "撰写"})) continue;
    const std::string_view name = without_inner_office(rest.substr(0, end));
    if (!full_or_none(name).empty()) return std::string(name);
  }
  return {};
}

std::string abbreviated_name(std::string_view sentence) {
  for (const std::string_view word : {"(以下简称", "(简称", "(下称", "(以下称"}) {
    const std::size_t at = find_word(sentence, word);
    if (at == sentence.npos) continue;
    const std::string_view name = without_verbs(last_clause(sentence.substr(0, at)));
    if (!is_bare_division(name)) return full_or_none(name);
  }
  return {};
}

std::string stated_contact(std::string_view sentence) {
  if (!has_any(sentence, {"疑问", "意见", "疑异", "异议", "咨询", "问题"})) return {};
  for (const std::string_view word : {"请与", "请联系", "请向", "可与", "请直接与", "请致电"}) {
    const std::size_t at = find_word(sentence, word);
    if (at == sentence.npos) continue;
    const std::string_view rest = sentence.substr(at + word.size());
    const std::size_t end = std::min({rest.find("联系"), rest.find("反映"), rest.find("咨询"), rest.find('(')});
    return name_of_office(rest.substr(0, end));
  }
  return {};
}

}  // namespace gouji::parser
