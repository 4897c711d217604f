#include "common/runtime/setting_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "common/core/check.h"

namespace gouji::runtime {

namespace {

struct Unit {
  std::string_view suffix;
  std::int64_t factor;
};
// Longest first: "ms" before "m" and "s".
constexpr std::array<Unit, 5> kDurations{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> kBytes{{{"KiB", 1LL << 10}, {"MiB", 1LL << 20}, {"GiB", 1LL << 30}, {"B", 1}}};

constexpr std::size_t kNameMax = 100;  // longer names get no hint

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <std::size_t n>
std::optional<std::int64_t> parse_with_unit(std::string_view text, const std::array<Unit, n>& units) {
  for (const Unit& unit : units) {
    if (!text.ends_with(unit.suffix)) continue;
    const auto count = parse_integer(text.substr(0, text.size() - unit.suffix.size()));
    std::int64_t value = 0;
    if (!count || __builtin_mul_overflow(*count, unit.factor, &value)) return std::nullopt;
    return value;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_bool(std::string_view text) {
  if (text == "true") return 1;
  if (text == "false") return 0;
  return std::nullopt;
}

std::optional<std::int64_t> parse_by_kind(SettingKind kind, std::string_view text) {
  switch (kind) {
    case SettingKind::kInteger: return parse_integer(text);
    case SettingKind::kBool: return parse_bool(text);
    case SettingKind::kDuration:
      if (text == "0") return 0;
      return parse_with_unit(text, kDurations);
    case SettingKind::kBytes:
      if (const auto plain = parse_integer(text)) return plain;
      return parse_with_unit(text, kBytes);
    case SettingKind::kText:
    case SettingKind::kTextList:
    case SettingKind::kTextMap: break;
  }
  GOUJI_CHECK(false);
}

template <std::size_t n>
std::string spell(std::int64_t value, const std::array<Unit, n>& units, std::string_view plain) {
  const Unit* best = nullptr;
  for (const Unit& unit : units)
    if (value != 0 && value % unit.factor == 0 && (best == nullptr || unit.factor > best->factor)) best = &unit;
  return best == nullptr ? fmt::format("{}{}", value, plain) : fmt::format("{}{}", value / best->factor, best->suffix);
}

std::string spell(const SettingSpec& spec, std::int64_t value) {
  if (spec.kind == SettingKind::kDuration) return spell(value, kDurations, "");
  if (spec.kind == SettingKind::kBytes) return spell(value, kBytes, "");
  return fmt::format("{}", value);
}

std::string limits(const SettingSpec& spec) {
  if (spec.max == INT64_MAX) return fmt::format(", {} or more", spell(spec, spec.min));
  return fmt::format(", from {} to {}", spell(spec, spec.min), spell(spec, spec.max));
}

// Levenshtein, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::int64_t> parse_number(const SettingSpec& spec, std::string_view text) {
  const auto value = parse_by_kind(spec.kind, text);
  if (!value || (spec.kind != SettingKind::kBool && (*value < spec.min || *value > spec.max)))
    return std::nullopt;
  return value;
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    const auto part = trimmed(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::map<std::string, std::string>> parse_map(std::string_view text) {
  std::map<std::string, std::string> map;
  for (const auto& part : parse_list(text)) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const auto name = trimmed(std::string_view(part).substr(0, equals));
    if (name.empty()) return std::nullopt;
    map.insert_or_assign(std::string(name), std::string(trimmed(std::string_view(part).substr(equals + 1))));
  }
  return map;
}

std::string expected_value(const SettingSpec& spec) {
  switch (spec.kind) {
    case SettingKind::kText: return spec.choices.empty() ? "a text" : fmt::format("one of {}", fmt::join(spec.choices, ", "));
    case SettingKind::kInteger: return "a whole number" + limits(spec);
    case SettingKind::kBool: return "true or false";
    case SettingKind::kDuration: return "a duration such as 250ms, 5s, 10m, 24h or 400d" + limits(spec);
    case SettingKind::kBytes: return "a size such as 1000, 512KiB, 32MiB or 1GiB" + limits(spec);
    case SettingKind::kTextList: return "a list of texts";
    case SettingKind::kTextMap: return "names with values, such as a=1,b=2";
  }
  GOUJI_CHECK(false);
}

std::optional<std::string> nearest_name(std::string_view wrong, const std::vector<std::string>& names) {
  if (wrong.size() > kNameMax) return std::nullopt;
  std::optional<std::string> nearest;
  std::size_t best = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const auto& name : names) {
    const std::size_t distance = edit_distance(wrong, name);
    if (distance < best) {
      best = distance;
      nearest = name;
    }
  }
  return nearest;
}

}  // namespace gouji::runtime
