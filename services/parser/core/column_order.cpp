#include "services/parser/core/column_order.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace gouji::parser {
namespace {

constexpr std::size_t kColumns = 7, kTotal = 6;
constexpr std::u32string_view kNames[kColumns] = {U"自然人", U"商业企业", U"科研机构", U"社会公益组织", U"法律服务机构", U"其他", U"总计"};

struct Header {
  std::array<std::optional<std::size_t>, kColumns> tokens;  // the first with the column's name

  bool has_all() const {
    return std::all_of(tokens.begin(), tokens.end(), [](const auto& token) { return token.has_value(); });
  }
};

Header header_of(const TokenList& list) {
  Header header;
  for (std::size_t i = 0; i < list.tokens.size(); ++i) {
    if (list.tokens[i].kind != TokenKind::kText) continue;
    const std::u32string_view letters = list.letters_of(list.tokens[i]);
    if (letters.starts_with(U"本年新收") || letters.starts_with(U"上年结转")) break;
    const auto name = std::find(std::begin(kNames), std::end(kNames), letters);
    if (name == std::end(kNames)) continue;
    auto& token = header.tokens[static_cast<std::size_t>(name - std::begin(kNames))];
    if (!token) token = i;
  }
  return header;
}

// The values of a full row of counts; empty for any other.
std::vector<std::int64_t> counts(std::span<const DraftCell> cells) {
  std::vector<std::int64_t> values;
  for (const DraftCell& cell : cells) {
    if (cell.state != CellState::kNumber || cell.figure.value.scale != 0) return {};
    values.push_back(cell.figure.value.unscaled);
  }
  return values;
}

// More rows add up to their first value than to their last.
bool sums_stand_first(const TableDraft& draft) {
  std::size_t first = 0, last = 0;
  for (std::size_t row = 0; row < draft.rows.size(); ++row) {
    if (draft.rows[row] != RowState::kRead || draft.width != kColumns) continue;
    const std::vector<std::int64_t> values = counts(draft.row_cells(row));
    std::int64_t sum = 0;
    for (const std::int64_t value : values) {
      if (__builtin_add_overflow(sum, value, &sum)) return false;
    }
    if (sum == 0) continue;
    first += sum - values.front() == values.front() ? 1 : 0;
    last += sum - values.back() == values.back() ? 1 : 0;
  }
  return first > last;
}

}  // namespace

std::optional<ColumnOrder> header_order(const TokenList& list, const TableDraft& draft) {
  const Header header = header_of(list);
  if (!header.has_all()) return std::nullopt;
  ColumnOrder order = {0, 1, 2, 3, 4, 5, kTotal};
  // 自然人 stands in a line above the five kinds of 法人或其他组织, and in front of them.
  std::sort(order.begin() + 1, order.begin() + kTotal, [&](std::size_t a, std::size_t b) { return *header.tokens[a] < *header.tokens[b]; });
  const std::size_t total = *header.tokens[kTotal], person = *header.tokens[0];
  // A header of three lines may have its last column in the first one: the sums decide.
  if (total < person && sums_stand_first(draft)) std::rotate(order.begin(), order.begin() + kTotal, order.end());
  if (std::is_sorted(order.begin(), order.end())) return std::nullopt;
  return order;
}

void put_in_form_order(TableDraft& draft, const ColumnOrder& order) {
  if (draft.width != kColumns) return;
  for (std::size_t row = 0; row < draft.rows.size(); ++row) {
    if (draft.rows[row] != RowState::kRead) continue;
    const std::span<DraftCell> cells = draft.row_cells(row);
    const std::vector<DraftCell> printed(cells.begin(), cells.end());
    for (std::size_t place = 0; place < kColumns; ++place) cells[order[place]] = printed[place];
  }
}

}  // namespace gouji::parser
