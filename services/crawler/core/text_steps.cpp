#include "services/crawler/core/text_steps.h"

#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "common/markup/entities.h"
#include "common/markup/html_tree.h"
#include "common/text/ascii.h"
#include "common/text/percent.h"
#include "common/text/utf8.h"

namespace gouji::crawler {

namespace {

constexpr std::int64_t kDayMillis = 86'400'000;
constexpr std::int64_t kChinaMillis = 8 * 3'600'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_white(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }

std::optional<std::string> day_from(int year, int month, int day) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (year < 2000 || year > 2100 || month < 1 || month > 12 || day < 1) return std::nullopt;
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  const int days = kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap ? 1 : 0);
  return day <= days ? std::optional(fmt::format("{:04}-{:02}-{:02}", year, month, day)) : std::nullopt;
}

// A number of at most `digits` digits at `at`, which moves behind it.
std::optional<int> take_number(std::string_view text, std::size_t& at, std::size_t digits) {
  const std::size_t begin = at;
  int value = 0;
  while (at < text.size() && is_digit(text[at]) && at - begin < digits) value = value * 10 + (text[at++] - '0');
  return at == begin ? std::nullopt : std::optional(value);
}

// - / . or the sign for year or month, with white space around it.
bool take_separator(std::string_view text, std::size_t& at, std::string_view sign) {
  const auto skip_white = [&] {
    while (at < text.size() && is_white(text[at])) ++at;
  };
  skip_white();
  if (text.substr(at).starts_with(sign)) {
    at += sign.size();
  } else if (at < text.size() && (text[at] == '-' || text[at] == '/' || text[at] == '.')) {
    ++at;
  } else {
    return false;
  }
  skip_white();
  return true;
}

std::optional<std::string> day_at(std::string_view text, std::size_t at) {
  const auto year = take_number(text, at, 4);
  if (!year || *year < 1000 || !take_separator(text, at, "年")) return std::nullopt;
  const auto month = take_number(text, at, 2);
  if (!month || !take_separator(text, at, "月")) return std::nullopt;
  const auto day = take_number(text, at, 2);
  return day ? day_from(*year, *month, *day) : std::nullopt;
}

}  // namespace

std::optional<std::string> day_in(std::string_view text) {
  for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    if (auto day = day_at(text, at)) return day;
  }
  return std::nullopt;
}

std::optional<std::string> compact_day_in(std::string_view text) {
  for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end - at != 8) continue;
    std::size_t read = at;
    const int year = *take_number(text, read, 4), month = *take_number(text, read, 2), day = *take_number(text, read, 2);
    if (auto found = day_from(year, month, day)) return found;
  }
  return std::nullopt;
}

std::optional<std::string> day_of_epoch(std::string_view digits) {
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec != std::errc() || value < 946'684'800) return std::nullopt;  // 2000-01-01 in seconds
  const std::int64_t millis = value >= 100'000'000'000 ? value : value * 1'000;
  if (millis > 4'133'980'800'000) return std::nullopt;  // 2101
  // Days to a date, after Howard Hinnant's civil_from_days.
  const std::int64_t days = (millis + kChinaMillis) / kDayMillis + 719'468;
  const std::int64_t era = days / 146'097, of_era = days % 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const auto day = static_cast<int>(of_year - (153 * shifted + 2) / 5 + 1);
  const auto month = static_cast<int>(shifted < 10 ? shifted + 3 : shifted - 9);
  return day_from(static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), month, day);
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && !is_digit(text[at])) ++at;
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; at < text.size() && digits < 15; ++at) {
    const bool is_comma = text[at] == ',' && at + 1 < text.size() && is_digit(text[at + 1]) && digits > 0;
    if (is_comma) continue;
    if (!is_digit(text[at])) break;
    value = value * 10 + (text[at] - '0');
    digits += 1;
  }
  return digits > 0 ? std::optional(value) : std::nullopt;
}

std::string tidied(std::string_view text, std::size_t bytes_max) {
  std::string out;
  bool wants_space = false;
  for (const char c : text) {
    if (is_white(c)) {
      wants_space = true;
      continue;
    }
    if (wants_space && !out.empty()) out.push_back(' ');
    wants_space = false;
    out.push_back(c);
  }
  return std::string(utf8_prefix(out, bytes_max));
}

std::string without_tags(std::string_view text) {
  if (text.find('<') == std::string_view::npos && text.find('&') == std::string_view::npos) return std::string(text);
  return HtmlTree(text).text();
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 >= text.size()) {
      out.push_back(text[at]);
      continue;
    }
    const char c = text[++at];
    if (c == 'u' && at + 4 < text.size()) {
      char32_t value = 0;
      for (std::size_t i = 1; i <= 4; ++i) value = value * 16 + static_cast<char32_t>(std::max(hex_digit(text[at + i]), 0));
      append_utf8(out, value);
      at += 4;
    } else {
      out.push_back(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
    }
  }
  return out;
}

std::string decoded(std::string text, const std::vector<DecodeStep>& steps) {
  for (const DecodeStep step : steps) {
    switch (step) {
      case DecodeStep::kHtml: text = decode_entities(text); break;
      case DecodeStep::kUrl: text = repair_utf8(percent_decoded(text)); break;
      case DecodeStep::kSingleToDoubleQuotes:
        for (char& c : text) c = c == '\'' ? '"' : c;
        break;
      case DecodeStep::kJson: break;  // of variables: their members become values of their own
      case DecodeStep::kStripTags: text = without_tags(text); break;
      case DecodeStep::kUnescape: text = unescaped(text); break;
    }
  }
  return text;
}

}  // namespace gouji::crawler
