// Decimal amounts as integers. The official form states money in 万元 with up to six decimals,
// which is exactly one 分 (0.01 元); no floating point is used anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/result.h"

namespace gouji {

// A decimal figure as printed: unscaled * 10^-scale, 0 <= scale <= 6.
struct Decimal {
  std::int64_t unscaled = 0;
  std::int32_t scale = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// Plain ASCII "-?digits[.digits]"; no separators, no exponent. Fails on more than six decimals
// that are not zero, and on overflow.
Result<Decimal> parse_decimal(std::string_view text);
// The shortest form, without trailing zeros: "2601.953875", "-0.5", "3".
std::string to_string(const Decimal& value);
// `value` times 10^6, the 分 of an amount in 万元; nullopt on overflow.
std::optional<std::int64_t> fen_from_wan_yuan(const Decimal& value);
// Amount in 分 from an amount in 元; fails (nullopt) when it is finer than a 分 or overflows.
std::optional<std::int64_t> fen_from_yuan(const Decimal& value);
// 分 as 万元 in the shortest decimal form: 26019538750 -> "26019.53875".
std::string wan_yuan_from_fen(std::int64_t fen);

}  // namespace gouji
