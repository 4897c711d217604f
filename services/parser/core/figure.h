// One figure as a table prints it: "690", "增1423", "－8", "2601.953875万", "-".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/decimal.h"
#include "common/report/cell.h"
#include "common/report/form.h"

namespace gouji::parser {

// The unit that stands with a figure.
enum class FigureUnit : std::uint8_t { kNone, kItems, kYuan, kWanYuan, kYiYuan };

struct Figure {
  CellState state = CellState::kNumber;  // kNumber, kNil, or kUnreadable: some of its digits are U+FFFD
  Decimal value;
  FigureUnit unit = FigureUnit::kNone;
  bool has_sign = false;  // a sign or 增/减 is printed
  bool is_dirty = false;  // readable, with something that does not belong: "--253", "12。"
};

// Longer texts are no figures.
inline constexpr std::size_t kFigureBytesMax = 64;

// "690", what nearly every cell holds: at most fifteen digits and nothing else.
inline std::optional<std::int64_t> plain_count(std::string_view text) {
  constexpr std::size_t kDigitsMax = 15;
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  std::int64_t count = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    count = count * 10 + (c - '0');
  }
  return count;
}

// True for nearly all words: an ideograph stands in front that no figure begins with.
bool begins_like_words(std::string_view text);

// The whole of `text` as a figure or a mark for none; nullopt when it is neither. Spaces around it
// are ignored, inside it they make it no figure. An enumerator ("1.", "（2）") is no figure.
std::optional<Figure> parse_figure(std::string_view text);

// A figure as a cell's value: counts have no fraction, money is times 10^6 (cell.h). `header` is
// the unit that the column's header states. A figure that does not fit its column is kText.
Cell cell_from(const Figure& figure, CellType type, FigureUnit header);

}  // namespace gouji::parser
