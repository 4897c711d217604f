#include "services/validator/core/narrative.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/validator/core/messages.h"

namespace gouji::validator {
namespace {

constexpr std::string_view kRules[] = {"N.T2", "N.T3", "N.T4"};
constexpr std::size_t kFindingsMax = 3;      // of one table; more are one habit
constexpr std::size_t kQuotedBytesMax = 240;
constexpr std::size_t kSentenceCut = 390;    // a sentence of this length may go on in the document
constexpr std::size_t kReadingsNamed = 3;
// 近, 约, 余: up to a quarter above what is counted.
constexpr std::int64_t kHedgePercent = 125;

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

// Other business that is counted in 件 and 条 as well.
bool is_about_other_things(std::string_view sentence) {
  return has_any(sentence, {"留言", "信箱", "网民", "热线", "建议", "提案", "议案", "来信", "信访件", "舆情", "工单", "新闻", "微信", "微博"});
}

// Figures of other spans than the report's year.
bool is_about_other_time(std::string_view sentence, std::int32_t year) {
  if (has_any(sentence, {"累计", "历年", "以来", "上半年", "下半年", "季度", "同比", "较上", "比上", "去年", "月至", "月-"})) return true;
  bool names_year = false;
  for (std::size_t at = sentence.find("20"); at != std::string_view::npos; at = sentence.find("20", at + 1)) {
    const std::string_view rest = sentence.substr(at);
    const bool is_year = rest.size() >= 7 && rest[2] >= '0' && rest[2] <= '9' && rest[3] >= '0' && rest[3] <= '9' &&
                         rest.substr(4).starts_with("年");
    if (!is_year) continue;
    if (rest.substr(0, 4) == std::to_string(year)) return false;
    names_year = true;
  }
  return names_year;
}

bool is_own_scope_wording(std::string_view sentence) {
  return has_any(sentence, {"本级", "本机关", "市政府办", "区政府办", "县政府办", "政府办公室", "局机关", "委机关", "厅机关", "市政府共",
                            "区政府共", "县政府共", "市政府收到", "区政府收到", "县政府收到", "市政府受理", "区政府受理", "县政府受理"});
}

bool is_about_all(const Claim& claim) {
  return has_any(fold_label(claim.subject), {"全市", "全县", "全区", "全省", "全州", "全盟", "全旗"});
}

// "其中市本级收到40件": one part of what a table for all below the organ counts.
bool is_about_own_level(const Claim& claim, std::string_view sentence) {
  const auto names_own_level = [](std::string_view text) {
    return has_any(text, {"本级", "市直", "县直", "区直", "省直", "局机关", "委机关", "厅机关"});
  };
  return names_own_level(fold_label(claim.subject)) || (names_own_level(sentence) && !is_about_all(claim));
}

std::optional<TableId> table_of(const Claim& claim) {
  if (claim.readings.empty() || claim.readings.front().empty()) return std::nullopt;
  const std::string_view cell = claim.readings.front().front();
  for (const TableId table : kTables)
    if (cell.starts_with(to_string(table))) return table;
  return std::nullopt;
}

bool is_counting_unit(const std::string& unit) {
  static const std::set<std::string> kUnits = {"件", "件次", "条", "份", "个", "次", "起", "宗"};
  return kUnits.contains(unit);
}

// One table with its convention.
class Figures {
 public:
  explicit Figures(const LedgerTable& table)
      : form_(&form(table.table, table.edition)), cells_(table.cells), convention_(find_convention(*form_, table.cells)) {}

  std::optional<std::int64_t> at(std::string_view cell_id) const {
    const auto index = form_->find(cell_id);
    if (!index || !counts_as_number(cells_[*index], convention_)) return std::nullopt;
    return cells_[*index].value;
  }
  std::optional<std::int64_t> sum(const std::vector<std::string>& cells) const {
    std::int64_t total = 0;
    for (const std::string& cell : cells) {
      const auto value = at(cell);
      if (!value || __builtin_add_overflow(total, *value, &total)) return std::nullopt;
    }
    return total;
  }
  // Every number that a sentence about this table may well mean, beyond the readings of a claim:
  // any cell, and the usual sums along a column of table 3 and over the groups of table 4.
  std::set<std::int64_t> usual() const {
    std::set<std::int64_t> values;
    for (std::size_t i = 0; i < cells_.size(); ++i)
      if (form_->cells()[i].type != CellType::kMoney && counts_as_number(cells_[i], convention_)) values.insert(cells_[i].value);
    if (form_->table() == TableId::kT3) add_columns(values);
    if (form_->table() == TableId::kT4) add_groups(values);
    if (form_->table() == TableId::kT2) add_documents(values);
    return values;
  }
  const Form& of() const { return *form_; }

 private:
  void add(std::set<std::int64_t>& values, const std::vector<std::string>& cells, std::string_view less = "") const {
    const auto total = sum(cells);
    const auto minus = less.empty() ? std::optional<std::int64_t>(0) : at(less);
    std::int64_t rest = 0;
    if (total && minus && !__builtin_sub_overflow(*total, *minus, &rest)) values.insert(rest);
  }

  void add_columns(std::set<std::int64_t>& values) const {
    for (const FormColumn& column : form_->blocks().front().columns) {
      const std::string& c = column.key;
      add(values, {"new." + c, "carried_in." + c});
      add(values, {"granted." + c, "partly_granted." + c});
      add(values, {"new." + c}, "carried_out." + c);
      add(values, {"total." + c}, "carried_in." + c);
      std::vector<std::string> all;
      for (const auto& [group, count] : {std::pair<std::string, int>{"denied.", 8}, {"unavailable.", 3}, {"not_processed.", 5}, {"other.", 3}}) {
        std::vector<std::string> rows;
        for (int i = 1; i <= count; ++i)
          if (form_->find(group + std::to_string(i) + "." + c)) rows.push_back(group + std::to_string(i) + "." + c);
        add(values, rows);
        all.insert(all.end(), rows.begin(), rows.end());
      }
      add(values, all);
    }
    for (const std::string row : {"new.", "total.", "carried_in.", "carried_out."}) add(values, {row + "total"}, row + "natural_person");
    std::vector<std::string> organizations;  // new and carried in
    for (const FormColumn& column : form_->blocks().front().columns) {
      if (column.key == "natural_person" || column.key == "total") continue;
      organizations.push_back("new." + column.key);
      organizations.push_back("carried_in." + column.key);
    }
    add(values, organizations);
  }

  void add_groups(std::set<std::int64_t>& values) const {
    for (const FormColumn& column : form_->blocks().front().columns) {
      const std::string first = "reconsideration." + column.key;
      const std::string second = "litigation_direct." + column.key;
      const std::string third = "litigation_after_reconsideration." + column.key;
      for (const auto& cells : {std::vector{first, second}, {first, third}, {second, third}, {first, second, third}}) add(values, cells);
    }
  }

  void add_documents(std::set<std::int64_t>& values) const {
    for (const FormColumn& column : form_->blocks().front().columns)
      add(values, {"regulations." + column.key, "normative_documents." + column.key});
    for (const std::string row : {"regulations", "normative_documents"}) {
      add(values, {row + ".in_force", row + ".repealed"});
      add(values, {row + ".issued"}, row + ".repealed");
    }
  }

  const Form* form_;
  const std::vector<Cell>& cells_;
  Convention convention_;
};

// A claim that can be compared.
struct Spoken {
  const Claim* claim = nullptr;
  std::string sentence;  // folded
  std::vector<std::int64_t> values;  // of its readings
  bool is_explained = false;
  bool is_below = false;  // under every reading that is not zero
};

bool explains(const Claim& claim, std::int64_t value) {
  if (!claim.hedged) return claim.value == value;
  // At least; a number that a slip of 近 and 约 rounds up is meant as well.
  std::int64_t slack = 0;
  return value >= claim.value || (!__builtin_mul_overflow(value, kHedgePercent, &slack) && slack / 100 >= claim.value);
}

class TableNarrative {
 public:
  TableNarrative(const Reading& reading, const LedgerTable& table)
      : reading_(reading), table_(table), rule_(kRules[static_cast<std::size_t>(table.table)]) {}

  void run(std::vector<Said>& results) {
    if (const Reason reason = why_unreadable(table_.status); reason != Reason::kNone) return results.push_back(not_applicable(rule_, reason));
    if (reading_.year.value_or(reading_.key.year) == 0) return results.push_back(not_applicable(rule_, Reason::kUnidentified));
    collect();
    if (spoken_.empty()) return results.push_back(not_applicable(rule_, Reason::kNoClaims));
    leave_own_level();
    std::vector<const Spoken*> odd;
    std::size_t telling = 0;  // explained, and not by the zero that every table has
    for (const Spoken& each : spoken_) {
      if (!each.is_explained) odd.push_back(&each);
      else if (each.claim->value > 0) ++telling;
    }
    if (odd.empty()) return results.push_back(passed(rule_));
    if (is_scope(odd, telling)) return results.push_back(scope_finding(odd));
    std::vector<Checked> findings;
    for (const Spoken* each : odd)
      if (findings.size() < kFindingsMax) add_finding(*each, findings);
    for (Checked& finding : findings) results.push_back(std::move(finding));
  }

 private:
  // Where the prose tells the whole apart, what it says of the government itself is a part of it.
  void leave_own_level() {
    const bool tells_whole = std::any_of(reading_.claims.begin(), reading_.claims.end(),
                                         [&](const Claim& claim) { return table_of(claim) == table_.table && is_about_all(claim); });
    if (!tells_whole || reading_.key.scope == Scope::kOwn) return;
    std::erase_if(spoken_, [](const Spoken& each) {
      return !each.is_explained && each.is_below && is_own_scope_wording(each.sentence) && !is_about_all(*each.claim);
    });
  }

  void collect() {
    const auto is_of_table = [&](const Claim& claim) { return table_of(claim) == table_.table; };
    if (std::none_of(reading_.claims.begin(), reading_.claims.end(), is_of_table)) return;
    const Figures figures(table_);
    std::optional<std::set<std::int64_t>> usual;  // costs more than the rest, and is seldom asked for
    const auto is_usual = [&](std::int64_t value) {
      if (!usual) usual = figures.usual();
      return usual->contains(value);
    };
    const std::int32_t year = reading_.key.is_identified() ? reading_.key.year : reading_.year.value_or(0);
    bool was_about_requests = false;
    for (const Claim& claim : reading_.claims) {
      if (!is_of_table(claim) || !is_counting_unit(claim.unit) || claim.value < 0) continue;
      Spoken spoken{&claim, fold_label(claim.text), {}, false, true};
      const bool is_about_requests = has_any(spoken.sentence, {"申请", "答复的"});
      const bool is_continued = was_about_requests && !is_about_requests;
      was_about_requests = is_about_requests || (is_continued && table_.table == TableId::kT3);
      if (is_about_other_things(spoken.sentence) || is_about_other_time(spoken.sentence, year)) continue;
      if (reading_.key.scope != Scope::kOwn && is_about_own_level(claim, spoken.sentence)) continue;
      if (table_.table == TableId::kT3 && !is_about_requests && !is_continued) continue;
      if (table_.table == TableId::kT4 && !has_any(spoken.sentence, {"复议", "诉讼"})) continue;
      if (table_.table == TableId::kT2 && !is_of_table2(claim)) continue;
      if (!take_values(figures, spoken)) continue;
      spoken.is_explained = spoken.is_explained || (claim.value > 0 && is_usual(claim.value));
      spoken_.push_back(std::move(spoken));
    }
  }

  // Only documents are counted in the same way by prose and table; decisions are not (办件 are not 决定).
  static bool is_of_table2(const Claim& claim) {
    const std::string subject = fold_label(claim.subject);
    return has_any(subject, {"规范性文件", "规章"}) && has_any(subject, {"制发", "制定", "出台", "印发", "废止", "失效", "有效"}) &&
           !has_any(subject, {"公开", "发布", "备案", "审查", "清理", "修改", "修订", "解读"});
  }

  static bool take_values(const Figures& figures, Spoken& spoken) {
    for (const auto& cells : spoken.claim->readings) {
      const auto value = figures.sum(cells);
      if (!value) return false;  // what cannot be read may be what is meant
      spoken.values.push_back(*value);
      spoken.is_explained = spoken.is_explained || explains(*spoken.claim, *value);
      spoken.is_below = spoken.is_below && spoken.claim->value < *value;
    }
    return !spoken.values.empty();
  }

  // 收到 = 办结 + 转下年, and the like: two claims of one sentence that add up to a third, or two
  // that are the same.
  static bool is_coherent(const std::vector<const Spoken*>& odd) {
    for (const Spoken* whole : odd)
      for (const Spoken* part : odd) {
        if (part == whole || part->claim->text != whole->claim->text || part->claim->value == 0) continue;
        if (part->claim->value == whole->claim->value) return true;
        const std::int64_t rest = whole->claim->value - part->claim->value;
        if (rest > 0 && whole->sentence.find(std::to_string(rest)) != std::string::npos) return true;
      }
    return false;
  }

  bool is_scope(const std::vector<const Spoken*>& odd, std::size_t telling) const {
    if (is_coherent(odd)) return true;
    if (std::any_of(odd.begin(), odd.end(), [](const Spoken* each) { return is_own_scope_wording(each->sentence) && !is_about_all(*each->claim); }) &&
        reading_.key.scope != Scope::kOwn)
      return true;
    const bool are_below = std::all_of(odd.begin(), odd.end(), [](const Spoken* each) { return each->is_below; });
    if (are_below && reading_.key.scope != Scope::kOwn) return true;
    return telling == 0 && odd.size() >= 2;
  }

  static std::string quoted(const Claim& claim) {
    const std::string_view text = trim_spaces(claim.text);
    const std::string_view shown = utf8_prefix(text, kQuotedBytesMax);
    return "“" + std::string(shown) + (shown.size() < text.size() || text.size() >= kSentenceCut ? "…" : "") + "”";
  }

  std::string reading_words(const Spoken& spoken, Language language) const {
    std::string text;
    for (std::size_t i = 0; i < spoken.values.size() && i < kReadingsNamed; ++i) {
      const auto& cells = spoken.claim->readings[i];
      text += i == 0 ? "" : language == Language::kChinese ? "、" : ", ";
      text += cell_wording(cells.front(), language);
      if (cells.size() > 1) text += language == Language::kChinese ? "等 " + std::to_string(cells.size()) + " 栏之和" : " and " + std::to_string(cells.size() - 1) + " more cells";
      text += (language == Language::kChinese ? "为 " : " is ") + std::to_string(spoken.values[i]);
    }
    return text;
  }

  static std::string count_words(const Claim& claim, Language language) {
    return std::to_string(claim.value) + (language == Language::kChinese ? " " + claim.unit : "");
  }

  void take_operands(const Spoken& spoken, Checked& checked) const {
    std::size_t nearest = 0;
    const auto distance = [&](std::size_t i) {
      const auto [low, high] = std::minmax(spoken.values[i], spoken.claim->value);
      return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    };
    for (std::size_t i = 1; i < spoken.values.size(); ++i)
      if (distance(i) < distance(nearest)) nearest = i;
    const Form& of = form(table_.table, table_.edition);
    for (const std::string& cell : spoken.claim->readings[nearest])
      if (const auto index = of.find(cell)) checked.result.operands.push_back({cell, table_.cells[*index]});
    std::int64_t difference = 0;
    if (!__builtin_sub_overflow(spoken.claim->value, spoken.values[nearest], &difference)) checked.result.difference = difference;
  }

  void add_finding(const Spoken& spoken, std::vector<Checked>& results) const {
    const Claim& claim = *spoken.claim;
    const Form& of = form(table_.table, table_.edition);
    const auto cell = of.find(claim.readings.front().front());
    std::string instance = cell ? of.blocks()[of.cells()[*cell].block].rows[of.cells()[*cell].row].key : "";
    if (const std::size_t dot = instance.find('.'); dot != std::string::npos) instance.resize(dot);
    if (std::any_of(results.begin(), results.end(), [&](const Checked& each) { return each.result.instance == instance; })) return;
    Checked checked = failed(rule_, instance,
                             quoted(claim) + "中的 " + count_words(claim, Language::kChinese) + "，而" + reading_words(spoken, Language::kChinese),
                             quoted(claim) + " says " + count_words(claim, Language::kEnglish) + ", while " + reading_words(spoken, Language::kEnglish));
    take_operands(spoken, checked);
    results.push_back(std::move(checked));
  }

  Checked scope_finding(const std::vector<const Spoken*>& odd) const {
    const Spoken& first = *odd.front();
    Checked checked = failed(rule_, "scope",
                             quoted(*first.claim) + "与表内各数都对不上（" + reading_words(first, Language::kChinese) +
                                 "），正文与表格的统计范围可能不同",
                             quoted(*first.claim) + " fits no figure of the table (" + reading_words(first, Language::kEnglish) +
                                 "); prose and table may count different organs");
    checked.result.severity = Severity::kInfo;
    take_operands(first, checked);
    return checked;
  }

  const Reading& reading_;
  const LedgerTable& table_;
  std::string_view rule_;
  std::vector<Spoken> spoken_;
};

}  // namespace

std::vector<Said> narrative_results(const Reading& reading, const std::vector<LedgerTable>& tables) {
  std::vector<Said> results;
  for (const LedgerTable& table : tables) TableNarrative(reading, table).run(results);
  return results;
}

}  // namespace gouji::validator
