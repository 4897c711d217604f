// Numbers written in Chinese characters, as the prose of reports uses them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gouji {

// The whole of `text` as a non-negative number: 十五, 一百二十, 二千零二十四, 两万三千, 壹佰, 廿三,
// position by position (二〇二四), digits of both widths, and digits with 万 or 亿 (3万, １２亿).
// nullopt when it is anything else, or above 10^15.
std::optional<std::int64_t> parse_numeral(std::string_view text);

// Length in bytes of the numeral of Chinese characters at the start of `text`; 0 where none begins.
std::size_t numeral_prefix(std::string_view text);

// Full-width digits ０-９ as ASCII; everything else as it is.
std::string half_width_digits(std::string_view text);

}  // namespace gouji
