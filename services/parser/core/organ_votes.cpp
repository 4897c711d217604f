#include <algorithm>
#include <utility>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/report_identity.h"
#include "services/parser/core/self_account.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::string_view kSelfKinds[] = {"局", "镇", "乡", "街道", "委", "厅", "馆", "办", "处", "院", "县", "市", "区", "中心", "分局", "街"};

// The source of a page is its portal as often as its author. It speaks for the author when it is of
// the kind that the text calls itself, or when the text says nothing and it is not a government.
bool can_be_author(const std::string& name, const std::string& self) {
  if (name.ends_with("政府") || name.ends_with("办公室") || name.ends_with("公开办") || name.ends_with("办公厅")) {
    return !self.empty() && name.find(self + "人民政府") != std::string::npos;
  }
  if (self.empty()) return true;
  return name.find(self) != std::string::npos;
}

// Lines of a portal about the page; what they say is read as fields.
bool is_field_line(std::string_view folded) {
  return has_any(folded, {"来源:", "发布时间", "发布日期", "更新日期", "发布机构", "当前位置", "所在位置", "您的位置", "主办:", "主办单位",
                          "承办:", "承办单位", "版权所有", "icp备", "网站标识码", "技术支持"});
}

class OrganVotes {
 public:
  OrganVotes(const IdentityEvidence& evidence, const OrganDirectory& organs)
      : evidence_(evidence), organs_(organs), self_(self_reference(evidence.prose)) {}

  std::vector<Vote> run() {
    add_titles();
    for (const PublisherField& field : evidence_.front.publishers) add_publisher(field);
    for (const Sentence& sentence : evidence_.prose) add_sentence(sentence);
    for (const Hint& hint : evidence_.hints) add_hint(hint);
    return std::move(votes_);
  }

 private:
  bool is_listed(const std::string& name) const { return organs_.by_name(name) != nullptr; }

  void add(const std::string& name, std::string source, std::int32_t weight, TextRange range) {
    if (votes_.size() >= kVotesMax) return;
    if (name_kind(name) != NameKind::kFull && !is_listed(name)) return;
    const Where where = range.empty() ? Where{} : evidence_.document.where(range);
    votes_.push_back({"organ", name, std::move(source), weight, where});
  }

  void add_titles() {
    std::size_t printed = 0;
    for (const Title& title : evidence_.front.titles) {
      if (title.parts.organ.empty()) continue;
      const bool is_meta = title.range.empty();
      if (!is_meta && ++printed > 2) continue;
      std::int32_t weight = is_meta ? kMetaTitleWeight : kTitleWeight;
      if (printed == 2 && !is_meta) weight /= 2;
      std::string name = title.parts.organ;
      if (name_kind(name) == NameKind::kGeneric) name = completed(name);
      add(name, title.source, weight, title.range);
    }
  }

  // "市民政局" in the title, "武汉市民政局" as the publisher: one organ.
  std::string completed(const std::string& generic) const {
    for (const PublisherField& field : evidence_.front.publishers) {
      if (field.name.ends_with(generic) && name_kind(field.name) == NameKind::kFull) return field.name;
    }
    return generic;
  }

  void add_publisher(const PublisherField& field) {
    if (is_bare_division(field.name) || !can_be_author(field.name, self_)) return;
    add(field.name, field.source, field.source == kPathField ? kProseWeight : kPublisherWeight, field.range);
  }

  void add_sentence(const Sentence& sentence) {
    if (sentence.section >= 2) return;
    add_account(sentence);
    if (const std::string name = abbreviated_name(sentence.folded); !name.empty()) count(name, sentence.range);
    add_contact(sentence);
    if (!add_named_report(sentence) && !add_compiled(sentence)) add_subject(sentence);
  }

  // The report says whose it is, or who made it. Later ones in the text may be others'.
  bool add_named_report(const Sentence& sentence) {
    if (is_title(sentence.range)) return false;
    const auto named = named_report(sentence.folded);
    std::string name = named ? named->organ : std::string();
    if (name.empty()) name = stated_author(sentence.folded);
    if (name.empty() || has_named_ || (!named && !can_be_author(name, self_))) return false;
    has_named_ = true;
    add(name, "prose.report", kMetaTitleWeight, sentence.range);
    return true;
  }

  // Whom to ask is whose report it is where the organ calls itself so: 我局, and a 局 is named.
  void add_contact(const Sentence& sentence) {
    const std::string name = stated_contact(sentence.folded);
    if (name.empty() || is_bare_division(name)) return;
    for (const std::string_view kind : kSelfKinds) {
      const std::string self(kind);
      const bool is_of_kind = name.ends_with(self) || name.ends_with(self + "人民政府") || name.ends_with(self + "办事处") || name.ends_with(self + "员会");
      if (is_of_kind && calls_itself(self)) return add(name, "prose.contact", kProseWeight, sentence.range);
    }
  }

  bool calls_itself(const std::string& kind) const {
    const std::string words = "我" + kind;
    return std::any_of(evidence_.prose.begin(), evidence_.prose.end(), [&](const Sentence& sentence) { return has_word(sentence.folded, words); });
  }

  // "梳理2020年度海关系统政府信息公开工作情况编制而成", "综合2017年度丽水市各县(市,区)政府的报告编制而成":
  // the sentence says whose report was made.
  bool add_compiled(const Sentence& sentence) {
    const std::string_view text = sentence.folded;
    if (!has_any(text, {"编制", "编写"})) return false;
    if (add_whole(sentence)) return true;
    const auto year = find_year(text);
    if (!year) return false;
    const std::string_view rest = text.substr(year->end);
    const std::size_t end = std::min(rest.find("政府信息公开"), rest.find("信息公开工作"));
    if (end == rest.npos || end > kNameBytes) return false;
    const std::string name(rest.substr(0, end));
    if (name_kind(name) != NameKind::kFull || is_bare_division(name)) return false;
    count(name, sentence.range);
    return true;
  }

  // "综合2017年度丽水市各县(市,区)政府的报告", "汇总南平市各县": all below a government.
  bool add_whole(const Sentence& sentence) {
    for (const std::string_view word : {"汇总", "综合"}) {
      const std::size_t at = find_word(sentence.folded, word);
      if (at == sentence.folded.npos) continue;
      std::string_view rest = std::string_view(sentence.folded).substr(at + word.size());
      if (const auto year = find_year(rest); year && year->begin <= word.size()) rest.remove_prefix(year->end);
      const std::size_t end = rest.find("各");
      if (end == rest.npos || end > kNameBytes || name_kind(rest.substr(0, end)) != NameKind::kFull) continue;
      count(std::string(rest.substr(0, end)), sentence.range);
      return true;
    }
    return false;
  }

  // "临洮县新添镇"微信公众号: an organ's own account. A government's is used by all below it.
  void add_account(const Sentence& sentence) {
    const std::string_view text = sentence.folded;
    for (const std::string_view account : {"\"微信公众号", "\"公众号", "\"政务微博", "\"微信公众平台"}) {
      const std::size_t close = find_word(text, account);
      if (close == text.npos || close == 0) continue;
      const std::size_t open = text.rfind('"', close - 1);
      if (open == text.npos || close - open > kNameBytes) continue;
      const std::string name(text.substr(open + 1, close - open - 1));
      if (name_kind(name) == NameKind::kFull && !is_government(name) && !is_bare_division(name)) count(name, sentence.range);
    }
  }

  void add_subject(const Sentence& sentence) {
    if (sentence.section >= 2 || is_field_line(sentence.folded) || is_title(sentence.range)) return;
    std::string_view text = sentence.folded;
    for (int step = 0; step < 4 && !text.empty(); ++step) {
      const std::string name = leading_name(text);
      if (!name.empty() && !is_bare_division(name)) {
        if (name.starts_with("国务院")) return;  // who asks for the reports
        count(name, sentence.range);
        return;
      }
      const std::string_view rest = after_opening(text);
      if (rest.size() == text.size()) return;
      text = rest;
    }
  }

  bool is_title(TextRange range) const {
    const auto& titles = evidence_.front.titles;
    return std::any_of(titles.begin(), titles.end(), [&](const Title& title) {
      return title.source == "title" && range.begin < title.range.end && title.range.begin < range.end;
    });
  }

  // Past an enumerator, a year or a short clause in front of the subject.
  static std::string_view after_opening(std::string_view text) {
    if (const auto year = find_year(text); year && year->begin <= 12) {
      std::string_view rest = text.substr(year->end);
      if (rest.starts_with("以来")) rest.remove_prefix(6);
      if (rest.starts_with(",")) rest.remove_prefix(1);
      return rest;
    }
    if (text.size() > 6 && text.substr(3).starts_with("是")) return text.substr(6);  // 一是, 二是
    const bool is_basis = text.starts_with("根据") || text.starts_with("按照") || text.starts_with("依据");
    const std::size_t mark = text.find_first_of(",:.)]");
    if (mark == text.npos || mark > (is_basis ? kBasisBytes : kNameBytes)) return text;
    if (text.substr(0, mark).ends_with("地址")) return text;  // whose house it is
    return text.substr(mark + 1);
  }

  void count(const std::string& name, TextRange range) {
    for (Vote& vote : votes_) {
      if (vote.source != "prose" || vote.value != name) continue;
      vote.weight = std::min(vote.weight + kProseWeight, kProseWeightMax);
      return;
    }
    add(name, "prose", kProseWeight, range);
  }

  void add_hint(const Hint& hint) {
    const bool is_user = hint.origin == "user";
    const std::string folded = fold_label(utf8_prefix(hint.value, 400));
    std::string name;
    if (hint.field == "organ") name = folded;
    if (hint.field == "title") name = parse_title(folded).organ;
    if (!name.empty()) add(name, "hint." + hint.field + "." + hint.origin, is_user ? kUserWeight : kHintWeight, {});
  }

  static constexpr std::size_t kNameBytes = 90;
  static constexpr std::size_t kBasisBytes = 400;  // names of rules

  const IdentityEvidence& evidence_;
  const OrganDirectory& organs_;
  std::string self_;
  bool has_named_ = false;
  std::vector<Vote> votes_;
};

}  // namespace

std::string self_reference(const std::vector<Sentence>& prose) {
  constexpr std::string_view kWe = "我", kWhole = "全";
  for (const Sentence& sentence : prose) {
    const std::string_view text = sentence.folded;
    for (const std::string_view word : {kWe, kWhole}) {
      std::string_view rest = text;
      for (std::size_t at = find_word(rest, word); at != rest.npos; at = find_word(rest, word)) {
        rest.remove_prefix(at + word.size());
        for (const std::string_view kind : kSelfKinds) {
          if (!rest.starts_with(kind)) continue;
          if (word == kWe || kind == "镇" || kind == "乡" || kind == "街道") return std::string(kind);
        }
      }
    }
  }
  return {};
}

std::vector<Vote> organ_votes(const IdentityEvidence& evidence, const OrganDirectory& organs) {
  return OrganVotes(evidence, organs).run();
}

}  // namespace gouji::parser
