#include "common/core/decimal.h"

#include <algorithm>

#include <fmt/format.h>

namespace gouji {
namespace {

constexpr std::int32_t kMaxScale = 6;

std::optional<std::int64_t> times_power_of_ten(std::int64_t value, std::int32_t power) {
  for (; power > 0; --power)
    if (__builtin_mul_overflow(value, std::int64_t{10}, &value)) return std::nullopt;
  return value;
}

Error malformed(std::string_view text) {
  return invalid_input(ErrorCode::kMalformed, fmt::format("not a decimal figure: \"{}\"", text));
}

}  // namespace

Result<Decimal> parse_decimal(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const std::size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  std::string_view fraction = point == std::string_view::npos ? std::string_view{} : rest.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && fraction.empty())) return malformed(text);
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  if (fraction.size() > static_cast<std::size_t>(kMaxScale)) return malformed(text);
  Decimal value;
  for (const std::string_view part : {whole, fraction})
    for (const char c : part) {
      if (c < '0' || c > '9') return malformed(text);
      if (__builtin_mul_overflow(value.unscaled, std::int64_t{10}, &value.unscaled) ||
          __builtin_add_overflow(value.unscaled, std::int64_t{c - '0'}, &value.unscaled))
        return invalid_input(ErrorCode::kTooLarge, fmt::format("figure out of range: \"{}\"", text));
    }
  if (negative) value.unscaled = -value.unscaled;
  value.scale = static_cast<std::int32_t>(fraction.size());
  return value;
}

std::string to_string(const Decimal& value) {
  std::string digits = fmt::format("{}", value.unscaled < 0 ? 0 - static_cast<std::uint64_t>(value.unscaled)
                                                            : static_cast<std::uint64_t>(value.unscaled));
  if (value.scale > 0) {
    const auto scale = static_cast<std::size_t>(value.scale);
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    digits.insert(digits.size() - scale, 1, '.');
    while (digits.back() == '0') digits.pop_back();
    if (digits.back() == '.') digits.pop_back();
  }
  return value.unscaled < 0 ? "-" + digits : digits;
}

std::optional<std::int64_t> fen_from_wan_yuan(const Decimal& value) {
  return times_power_of_ten(value.unscaled, kMaxScale - value.scale);
}

std::optional<std::int64_t> fen_from_yuan(const Decimal& value) {
  std::int64_t unscaled = value.unscaled;
  std::int32_t scale = value.scale;
  for (; scale > 2; --scale) {
    if (unscaled % 10 != 0) return std::nullopt;
    unscaled /= 10;
  }
  return times_power_of_ten(unscaled, 2 - scale);
}

std::string wan_yuan_from_fen(std::int64_t fen) { return to_string(Decimal{fen, kMaxScale}); }

}  // namespace gouji
