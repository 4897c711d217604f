#include <algorithm>
#include <map>

#include "common/text/byte_scan.h"
#include "common/text/fold.h"
#include "services/parser/core/report_identity.h"
#include "services/parser/core/self_account.h"

namespace gouji::parser {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Four digits that end at `end`, and no fifth in front.
std::optional<std::int32_t> year_before(std::string_view text, std::size_t end) {
  if (end < 4 || (end > 4 && is_digit(text[end - 5]))) return std::nullopt;
  std::int32_t year = 0;
  for (std::size_t i = end - 4; i < end; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    year = year * 10 + (text[i] - '0');
  }
  return year >= 1990 && year <= 2099 ? std::optional(year) : std::nullopt;
}

constexpr std::size_t kPeriodBytesMax = 60;

// "2022年1月1日至12月31日" names a whole year.
std::optional<std::int32_t> whole_period(std::string_view text) {
  constexpr std::string_view kFirstDay = "年1月1日";
  for (std::size_t at = find_word(text, kFirstDay); at != text.npos; at = find_word(text, kFirstDay, at + 1)) {
    const auto year = year_before(text, at);
    const std::size_t last = text.find("12月31", at);
    if (year && last != text.npos && last - at <= kPeriodBytesMax) return year;
  }
  return std::nullopt;
}

// The same with characters lost on the way: "自202011日起,至20201231日止", "20231月1日至202312月31日". Both
// ends must show the same four digits.
std::optional<std::int32_t> damaged_period(std::string_view text) {
  for (const std::string_view first : {"11日", "1月1日", "1月1"}) {
    for (std::size_t at = find_word(text, first); at != text.npos; at = find_word(text, first, at + 1)) {
      const auto year = year_before(text, at);
      if (!year) continue;
      const std::string_view rest = text.substr(at, kPeriodBytesMax + 20);
      for (const std::string_view last : {"1231", "12月31"}) {
        if (rest.find(std::to_string(*year) + std::string(last)) != rest.npos) return year;
      }
    }
  }
  return std::nullopt;
}

bool is_compared(std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view before = text.substr(0, begin);
  for (const std::string_view word : {"比", "较", "结转", "转", "自", "同比", "截至", "至", "截止"}) {
    if (before.ends_with(word)) return true;
  }
  // A day or a month of a year tells nothing about the report, nor does a document's number.
  return end < text.size() && is_digit(text[end]);
}

bool starts_clause(std::string_view text, std::size_t begin) {
  if (begin == 0) return true;
  const std::string_view before = text.substr(0, begin);
  for (const std::string_view mark : {",", ".", ":", ")", "]"}) {
    if (before.ends_with(mark)) return true;
  }
  return false;
}

bool is_inside_quotes(std::string_view text, std::size_t at) {
  return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '"') % 2 == 1;
}

// "截至2020年12月31日" closes a year.
std::optional<std::int32_t> period_end(std::string_view text) {
  constexpr std::string_view kLastDay = "年12月31日";
  for (std::size_t at = find_word(text, kLastDay); at != text.npos; at = find_word(text, kLastDay, at + 1)) {
    const auto year = year_before(text, at);
    if (!year) continue;
    const std::string_view before = text.substr(0, at - 4);
    if (before.ends_with("截至") || before.ends_with("截止") || before.ends_with("截止到")) return year;
  }
  return std::nullopt;
}

class YearVotes {
 public:
  explicit YearVotes(const IdentityEvidence& evidence) : evidence_(evidence) {}

  std::vector<Vote> run() {
    for (const Sentence& sentence : evidence_.prose) add_sentence(sentence);
    add_titles();
    add_prose_counts();
    add_header_notes();
    for (const Hint& hint : evidence_.hints) add_hint(hint);
    return std::move(votes_);
  }

 private:
  void add(std::int32_t year, std::string source, std::int32_t weight, TextRange range) {
    if (votes_.size() >= kVotesMax) return;
    const Where where = range.empty() ? Where{} : evidence_.document.where(range);
    votes_.push_back({"year", std::to_string(year), std::move(source), weight, where});
  }

  void add_titles() {
    const Title* const own = own_title();
    for (const Title& title : evidence_.front.titles) {
      if (!title.parts.year) continue;
      const bool is_meta = title.range.empty();
      if (!is_meta && &title != own) continue;  // one title is often printed twice
      add(*title.parts.year, title.source, is_meta ? kMetaTitleWeight : kTitleWeight, title.range);
    }
  }

  // The first printed title; where those of other reports stand around it, the one of the period.
  const Title* own_title() const {
    const Title* first = nullptr;
    for (const Title& title : evidence_.front.titles) {
      if (!title.parts.year || title.range.empty()) continue;
      if (title.parts.year == period_) return &title;
      if (first == nullptr) first = &title;
    }
    return first;
  }

  void add_sentence(const Sentence& sentence) {
    if (sentence.section >= 2) return;
    if (const auto year = whole_period(sentence.folded); year && !period_) {
      add(*year, "period", kPeriodWeight, sentence.range);
      period_ = year;
    } else if (const auto damaged = damaged_period(sentence.folded); damaged && !period_) {
      add(*damaged, "period.damaged", kDamagedPeriodWeight, sentence.range);
      period_ = damaged;
    }
    if (const auto year = period_end(sentence.folded); year && !has_end_) {
      add(*year, "period.end", kPublisherWeight, sentence.range);
      has_end_ = true;
    }
    if (const auto named = named_report(sentence.folded); named && named->is_this && named->year && !has_named_) {
      add(*named->year, "prose.report", kPublisherWeight, sentence.range);
      has_named_ = true;
    }
    count_mentions(sentence);
  }

  void count_mentions(const Sentence& sentence) {
    const std::string_view text = sentence.folded;
    for (auto found = find_year(text); found; found = find_year(text, found->end)) {
      if (is_compared(text, found->begin, found->end) || is_inside_quotes(text, found->begin)) continue;
      const bool is_leading = starts_clause(text, found->begin);
      Mentions& mentions = mentions_[found->year];
      mentions.weight += is_leading ? kProseWeight : kProseWeight / 3;
      if (mentions.first.empty()) mentions.first = sentence.range;
    }
  }

  // The year that the prose speaks of most.
  void add_prose_counts() {
    for (const auto& [year, mentions] : mentions_) {
      add(year, "prose", std::min(mentions.weight, kProseWeightMax), mentions.first);
    }
  }

  // "本年增/减（指2020年增加或减少的事项数）", "上一年项目数量(指2019年事项数)": notes in the headers of table 2.
  void add_header_notes() {
    constexpr std::size_t kHeaderBytes = 40, kNoteBytes = 24;
    const std::string& text = evidence_.document.text;
    for (const auto& [word, offset] : {std::pair<std::string_view, int>{"本年", 0}, {"上一年", 1}, {"處理決定數量", 0}, {"处理决定数量", 0}}) {
      for (std::size_t at = find_word(text, word); at != text.npos; at = find_word(text, word, at + word.size())) {
        const std::string_view header = std::string_view(text).substr(at, kHeaderBytes);
        const std::size_t bracket = std::min(header.find('('), header.find("（"));
        if (bracket == header.npos) continue;
        const auto year = find_year(fold_label(std::string_view(text).substr(at + bracket, kNoteBytes)));
        if (!year) continue;
        const TextRange range{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + bracket)};
        add(year->year + offset, "table.note", kProseWeight, range);
        return;
      }
    }
  }

  void add_hint(const Hint& hint) {
    const bool is_user = hint.origin == "user";
    const std::string folded = fold_label(hint.value.substr(0, 400));
    std::optional<std::int32_t> year;
    if (hint.field == "year") {
      year = year_before(folded, std::min<std::size_t>(folded.size(), 4));
    } else if (hint.field == "title") {
      year = parse_title(folded).year;
    }
    if (year) add(*year, "hint." + hint.field + "." + hint.origin, is_user ? kUserWeight : kHintWeight, {});
  }

  struct Mentions {
    std::int32_t weight = 0;
    TextRange first;
  };
  const IdentityEvidence& evidence_;
  std::vector<Vote> votes_;
  std::map<std::int32_t, Mentions> mentions_;
  std::optional<std::int32_t> period_;
  bool has_end_ = false;
  bool has_named_ = false;
};

}  // namespace

std::vector<Vote> year_votes(const IdentityEvidence& evidence) { return YearVotes(evidence).run(); }

}  // namespace gouji::parser
