#include "services/validator/core/prose_sums.h"

#include <algorithm>
#include <list>
#include <initializer_list>
#include <optional>
#include <string>

#include "common/text/fold.h"
#include "common/text/utf8.h"

namespace gouji::validator {
namespace {

constexpr std::size_t kSentenceBytesMax = 900;  // longer ones are lists or tables, not sentences
constexpr std::size_t kQuotedBytesMax = 240;
constexpr std::int64_t kNumberMax = 1'000'000'000'000;

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Number {
  std::int64_t value = 0;
  std::int32_t decimals = 0;  // of a percentage; value is without the point
  std::string_view unit;      // "件"; "%" of a percentage
  std::size_t begin = 0, end = 0;
  int depth = 0;  // in brackets
};

constexpr std::string_view kUnits[] = {"件", "条", "个", "份", "篇", "期", "起", "项", "%"};

std::optional<Number> number_at(std::string_view text, std::size_t at) {
  Number number;
  number.begin = at;
  std::size_t next = at;
  bool is_after_point = false;
  for (; next < text.size(); ++next) {
    if (is_digit(text[next])) {
      number.value = number.value * 10 + (text[next] - '0');
      number.decimals += is_after_point ? 1 : 0;
    } else if (text[next] == '.' && !is_after_point && next + 1 < text.size() && is_digit(text[next + 1])) {
      is_after_point = true;
    } else {
      break;
    }
    if (number.value > kNumberMax) return std::nullopt;
  }
  for (const std::string_view unit : kUnits) {
    if (!text.substr(next).starts_with(unit)) continue;
    number.unit = unit;
    number.end = next + unit.size();
    if (is_after_point && unit != "%") return std::nullopt;
    return number;
  }
  return std::nullopt;
}

std::vector<Number> numbers_of(std::string_view text) {
  std::vector<Number> numbers;
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '(') ++depth;
    if (text[at] == ')') --depth;
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) ++end;
    if (auto number = number_at(text, at)) {
      number->depth = depth;
      end = std::max(end, number->end);
      numbers.push_back(*number);
    }
    at = end;
  }
  return numbers;
}

// The parts name each other's sums, so that one of them is the whole of the next.
bool is_nested(const std::vector<std::int64_t>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    std::int64_t sum = 0;
    for (std::size_t j = i + 1; j < parts.size(); ++j) {
      sum += parts[j];
      if (sum == parts[i]) return true;
    }
  }
  return false;
}

std::string_view between(std::string_view text, const Number& a, const Number& b) { return text.substr(a.end, b.begin - a.end); }

// |part / whole - share| within one step of the share's last digit: rounding and cutting off are both meant.
bool is_share(std::int64_t part, std::int64_t whole, const Number& share) {
  if (whole <= 0) return false;
  std::int64_t scale = 100;
  for (std::int32_t i = 0; i < share.decimals; ++i) scale *= 10;
  std::int64_t scaled = 0;
  std::int64_t stated = 0;
  if (__builtin_mul_overflow(part, scale, &scaled) || __builtin_mul_overflow(whole, share.value, &stated)) return true;
  return std::max(scaled, stated) - std::min(scaled, stated) <= whole;
}

std::string quoted(std::string_view sentence) {
  const std::string_view text = trim_spaces(sentence);
  const std::string_view shown = utf8_prefix(text, kQuotedBytesMax);
  return "“" + std::string(shown) + (shown.size() < text.size() ? "…" : "") + "”";
}

bool is_first_of_mark(char c) { return c == ';' || c == '\n' || c == '\xE3' || c == '\xEF'; }

// Only these are compared with anything, so the others need not be folded.
bool has_digits(std::string_view sentence) {
  return std::any_of(sentence.begin(), sentence.end(), is_digit) || sentence.find("\xEF\xBC") != std::string_view::npos;
}

std::vector<std::string_view> sentences_of(std::string_view text) {
  std::vector<std::string_view> sentences;
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 0;
    if (!is_first_of_mark(text[at])) {
      ++at;
      continue;
    }
    for (const std::string_view mark : {"。", "；", "！", "？", ";", "\n"})
      if (text.substr(at).starts_with(mark)) length = mark.size();
    if (length == 0) {
      ++at;
      continue;
    }
    if (at > from && has_digits(text.substr(from, at - from))) sentences.push_back(text.substr(from, at - from));
    at += length;
    from = at;
  }
  if (from < text.size() && has_digits(text.substr(from))) sentences.push_back(text.substr(from));
  return sentences;
}

// A sentence with its numbers; it stays where it is, for they point into its text.
struct Sentence {
  explicit Sentence(std::string_view sentence) : raw(sentence), text(fold_label(sentence)), numbers(numbers_of(text)) {}
  Sentence(const Sentence&) = delete;
  Sentence& operator=(const Sentence&) = delete;

  std::string_view raw;
  std::string text;  // folded
  std::vector<Number> numbers;
};

using Test = std::optional<bool> (*)(const Sentence&);

Said check(std::string_view rule_id, const std::list<Sentence>& sentences, Test test) {
  std::size_t tested = 0;
  std::vector<std::string_view> wrong;
  for (const Sentence& sentence : sentences) {
    const std::optional<bool> fits = test(sentence);
    if (!fits) continue;
    ++tested;
    if (!*fits) wrong.push_back(sentence.raw);
  }
  if (wrong.empty()) return tested == 0 ? not_applicable(rule_id, Reason::kNoClaims) : passed(rule_id);
  const std::string more = wrong.size() == 1 ? "" : std::to_string(wrong.size() - 1);
  return failed(rule_id, "", quoted(wrong.front()) + (more.empty() ? "" : "，另有 " + more + " 句"),
                quoted(wrong.front()) + (more.empty() ? "" : " and " + more + " more sentences"));
}

std::optional<bool> do_parts_fit(const Sentence& sentence) {
  const std::string& text = sentence.text;
  const std::vector<Number>& numbers = sentence.numbers;
  if (numbers.size() < 3) return std::nullopt;
  // Channels overlap; so does what is counted under two headings.
  if (has_any(text, {"网站", "微信", "微博", "公众号", "平台", "渠道", "途径", "同时", "分别", "同比", "较上", "比上", "涉及", "媒体"}))
    return std::nullopt;
  const auto whole = std::find_if(numbers.begin(), numbers.end(), [](const Number& number) { return number.unit != "%"; });
  if (whole == numbers.end() || whole->depth != 0) return std::nullopt;
  if (!has_any(std::string_view(text).substr(0, whole->begin), {"共", "总计", "合计", "总数"})) return std::nullopt;
  std::vector<std::int64_t> parts;
  const Number* before = &*whole;
  for (auto next = whole + 1; next != numbers.end(); ++next) {
    if (next->depth != 0) continue;
    const std::string_view words = between(text, *before, *next);
    if (parts.empty() && !words.starts_with(",其中") && !words.starts_with("(其中") && !words.starts_with(":")) return std::nullopt;
    if (next->unit != whole->unit || has_any(words, {"共", "总", "含", "包括", "另"}) || (!parts.empty() && has_any(words, {"其中"})))
      return std::nullopt;
    parts.push_back(next->value);
    before = &*next;
  }
  if (parts.size() < 2 || is_nested(parts)) return std::nullopt;
  std::int64_t sum = 0;
  for (const std::int64_t part : parts) sum += part;
  return sum <= whole->value;
}

std::optional<bool> does_share_fit(const Sentence& sentence) {
  const std::string& text = sentence.text;
  const std::vector<Number>& numbers = sentence.numbers;
  if (numbers.size() != 3 || numbers[2].unit != "%" || numbers[0].unit != numbers[1].unit || numbers[0].unit == "%") return std::nullopt;
  const Number& share = numbers[2];
  const std::string_view words = between(text, numbers[1], share);
  const bool is_rate = has_any(words, {"占", "办结率", "答复率", "回复率"}) && !has_any(words, {"约", "近", "超", "余", "按时", "满意"});
  if (!is_rate || has_any(text, {"同比", "增长", "下降", "减少", "增加", "较", "比上", "去年", "上年"})) return std::nullopt;
  const std::int64_t a = numbers[0].value;
  const std::int64_t b = numbers[1].value;
  // A rate of 100 % beside fewer completed ones is about those that were due.
  std::int64_t full = 100;
  for (std::int32_t i = 0; i < share.decimals; ++i) full *= 10;
  if (share.value == 0 || share.value >= full || a == 0 || b == 0) return std::nullopt;
  return is_share(b, a, share) || is_share(a, b, share) || is_share(b, a + b, share) || is_share(a, a + b, share) ||
         is_share(std::max(a, b) - std::min(a, b), std::max(a, b), share);
}

std::optional<bool> tested(std::string_view sentence, Test test) {
  return sentence.size() > kSentenceBytesMax ? std::nullopt : test(Sentence(sentence));
}

}  // namespace

std::optional<bool> parts_fit_whole(std::string_view sentence) { return tested(sentence, do_parts_fit); }

std::optional<bool> share_fits(std::string_view sentence) { return tested(sentence, does_share_fit); }

std::vector<Said> prose_sum_results(const Reading& reading) {
  std::list<Sentence> sentences;
  for (const Section& section : reading.sections)
    for (const std::string_view sentence : sentences_of(section.text))
      if (sentence.size() <= kSentenceBytesMax) sentences.emplace_back(sentence);
  std::vector<Said> results;
  results.reserve(2);
  results.push_back(check("N.SHARE", sentences, does_share_fit));
  results.push_back(check("N.SUM", sentences, do_parts_fit));
  return results;
}

}  // namespace gouji::validator
