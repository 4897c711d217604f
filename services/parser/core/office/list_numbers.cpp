#include "services/parser/core/office/list_numbers.h"

#include <algorithm>
#include <iterator>

#include "common/text/utf8.h"

namespace gouji::parser {
namespace {

using Digits = std::array<std::string_view, 10>;
constexpr Digits kPlain = {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
constexpr Digits kLegal = {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"};
constexpr std::array<std::string_view, 4> kPlainUnits = {"", "十", "百", "千"};
constexpr std::array<std::string_view, 4> kLegalUnits = {"", "拾", "佰", "仟"};
constexpr std::string_view kStems[] = {"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"};
constexpr std::string_view kBranches[] = {"子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"};
constexpr std::int64_t kCountedMax = 9'999;

std::string one_by_one(std::int64_t number, const Digits& digits) {
  std::string text;
  for (const char c : std::to_string(number)) text += digits[static_cast<std::size_t>(c - '0')];
  return text;
}

// 十二, 一百零五, 二十: up to four places.
std::string with_units(std::int64_t number, const Digits& digits,
                       const std::array<std::string_view, 4>& units, bool is_ten_bare) {
  if (number <= 0 || number > kCountedMax) return one_by_one(std::max<std::int64_t>(number, 0), digits);
  const std::string places = std::to_string(number);
  std::string text;
  bool is_gap = false;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto digit = static_cast<std::size_t>(places[i] - '0');
    if (digit == 0) {
      is_gap = true;
      continue;
    }
    if (is_gap && !text.empty()) text += "零";
    is_gap = false;
    const std::size_t unit = places.size() - 1 - i;
    const bool is_bare = is_ten_bare && digit == 1 && unit == 1 && i == 0;
    if (!is_bare) text += digits[digit];
    text += units[unit];
  }
  return text;
}

std::string letters(std::int64_t number, char first) {
  if (number <= 0) return {};
  const auto at = static_cast<std::size_t>(number - 1);
  return std::string(std::min<std::size_t>(at / 26 + 1, 16), static_cast<char>(first + at % 26));
}

std::string roman(std::int64_t number, bool is_upper) {
  struct Step {
    std::int64_t value;
    std::string_view text;
  };
  constexpr Step kSteps[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"},
                             {90, "xc"},  {50, "l"},   {40, "xl"}, {10, "x"},   {9, "ix"},
                             {5, "v"},    {4, "iv"},   {1, "i"}};
  if (number <= 0 || number > kCountedMax) return std::to_string(number);
  std::string text;
  for (const Step& step : kSteps) {
    for (; number >= step.value; number -= step.value) text += step.text;
  }
  if (is_upper) std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
  return text;
}

std::string shifted(std::int64_t number, std::int64_t most, char32_t first) {
  if (number < 1 || number > most) return std::to_string(number);
  std::string text;
  append_utf8(text, first + static_cast<char32_t>(number - 1));
  return text;
}

std::string full_width(std::int64_t number) {
  std::string text;
  for (const char c : std::to_string(number)) append_utf8(text, c == '-' ? U'-' : U'０' + static_cast<char32_t>(c - '0'));
  return text;
}

template <typename Names>
std::string one_of(std::int64_t number, const Names& names) {
  const auto count = static_cast<std::int64_t>(std::size(names));
  return number >= 1 && number <= count ? std::string(names[number - 1]) : std::to_string(number);
}

}  // namespace

std::string format_list_number(std::int64_t number, std::string_view format) {
  if (format == "bullet" || format == "none") return {};
  if (format == "chineseCounting" || format == "chineseCountingThousand" ||
      format == "japaneseCounting" || format == "taiwaneseCountingThousand" ||
      format == "taiwaneseCounting" || format == "koreanCounting")
    return with_units(number, kPlain, kPlainUnits, true);
  if (format == "ideographDigital" || format == "taiwaneseDigital" || format == "japaneseDigitalTenThousand")
    return one_by_one(number, kPlain);
  if (format == "chineseLegalSimplified" || format == "ideographLegalTraditional")
    return with_units(number, kLegal, kLegalUnits, false);
  if (format == "ideographTraditional") return one_of(number, kStems);
  if (format == "ideographZodiac") return one_of(number, kBranches);
  if (format == "decimalEnclosedCircle" || format == "decimalEnclosedCircleChinese")
    return shifted(number, 20, U'①');
  if (format == "decimalEnclosedParen") return shifted(number, 20, U'⑴');
  if (format == "decimalEnclosedFullstop") return shifted(number, 20, U'⒈');
  if (format == "ideographEnclosedCircle") return shifted(number, 10, U'㈠');
  if (format == "decimalFullWidth" || format == "decimalFullWidth2") return full_width(number);
  if (format == "decimalZero" && number >= 0 && number < 10) return "0" + std::to_string(number);
  if (format == "lowerLetter") return letters(number, 'a');
  if (format == "upperLetter") return letters(number, 'A');
  if (format == "lowerRoman") return roman(number, false);
  if (format == "upperRoman") return roman(number, true);
  return std::to_string(number);
}

void ListCounter::restart_at(std::size_t level, std::int64_t number) {
  counts_[level] = number - 1;
  is_started_[level] = true;
}

std::string ListCounter::next(const List& list, std::size_t level) {
  for (std::size_t i = 0; i <= level; ++i) {
    if (!is_started_[i]) counts_[i] = list.levels[i].start - (i == level ? 1 : 0);
    is_started_[i] = true;
  }
  ++counts_[level];
  for (std::size_t i = level + 1; i < kListLevels; ++i) {
    if (list.levels[i].restarts) is_started_[i] = false;
  }
  const ListLevel& own = list.levels[level];
  if (own.format == "bullet" || own.format == "none") return {};
  std::string text;
  for (std::size_t at = 0; at < own.text.size(); ++at) {
    const bool is_place = own.text[at] == '%' && at + 1 < own.text.size() && own.text[at + 1] >= '1' && own.text[at + 1] <= '9';
    if (!is_place) {
      text += own.text[at];
      continue;
    }
    const auto named = static_cast<std::size_t>(own.text[++at] - '1');
    text += format_list_number(counts_[named], own.is_legal ? "decimal" : std::string_view(list.levels[named].format));
  }
  const char last = text.empty() ? '\0' : text.back();
  const bool runs_on = (last >= '0' && last <= '9') || (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
  return runs_on ? text + " " : text;
}

}  // namespace gouji::parser
