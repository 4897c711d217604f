#include "common/events/provenance_wire.h"

#include <algorithm>
#include <cstdint>

#include "common/events/enums.h"
#include "common/report/form.h"

namespace gouji::events {
namespace {

constexpr std::uint64_t kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;  // wire types

// Walks protobuf's encoding (https://protobuf.dev/programming-guides/encoding).
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool is_at_end() const { return at_ == end_; }
  const char* at() const { return at_; }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 127U} << shift;
      if (byte < 128) return true;
    }
    return false;
  }
  bool bytes(std::string_view& value) {
    std::uint64_t size = 0;
    if (!varint(size) || size > static_cast<std::uint64_t>(end_ - at_)) return false;
    value = {at_, static_cast<std::size_t>(size)};
    at_ += size;
    return true;
  }
  // Of numbers nothing is kept.
  bool field(int& number, std::uint64_t& type, std::string_view& value) {
    std::uint64_t tag = 0;
    if (!varint(tag) || tag >> 3U == 0 || tag >> 3U > 536'870'911) return false;
    number = static_cast<int>(tag >> 3U);
    type = tag & 7U;
    std::uint64_t ignored = 0;
    if (type == kBytes) return bytes(value);
    if (type == kVarint) return varint(ignored);
    const std::size_t size = type == kFixed64 ? 8 : type == kFixed32 ? 4 : 0;
    if (size == 0 || size > static_cast<std::size_t>(end_ - at_)) return false;
    at_ += size;
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

void add_varint(std::uint64_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7U) to.push_back(static_cast<char>(value | 0x80U));
  to.push_back(static_cast<char>(value));
}

bool split_table(std::string_view table, std::string& rest, std::string_view& provenance, std::string_view& cells) {
  WireReader reader(table);
  while (!reader.is_at_end()) {
    const char* const begin = reader.at();
    int number = 0;
    std::uint64_t type = 0;
    std::string_view value;
    if (!reader.field(number, type, value)) return false;
    const bool is_cells = number == pb::ParsedTable::kTableFieldNumber;
    if (!is_cells && number != pb::ParsedTable::kProvenanceFieldNumber) {
      rest.append(begin, reader.at());
      continue;
    }
    std::string_view& part = is_cells ? cells : provenance;
    if (type != kBytes || value.empty() || !part.empty()) return false;
    part = value;
  }
  return true;
}

// `each` entries of a cell, by take(cell, entry, value).
template <typename Take>
bool read_column(std::string_view column, std::size_t cells, std::size_t each, Take take) {
  WireReader reader(column);
  std::uint64_t raw = 0;
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t entry = 0; entry < each; ++entry) {
      if (!reader.varint(raw)) return false;
      take(cell, entry, static_cast<std::int64_t>((raw >> 1U) ^ (~(raw & 1U) + 1U)));
    }
  return reader.is_at_end();
}

std::int32_t small(std::int64_t value) { return static_cast<std::int32_t>(value); }

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// One of the columns that are packed numbers.
bool read_numbers(int number, std::string_view column, TableReading& table) {
  using Columns = pb::CellProvenance;
  std::vector<Where>& where = table.where;
  const std::size_t n = table.cells.size();
  switch (number) {
    case Columns::kPartsFieldNumber:
      return read_column(column, n, 1, [&](std::size_t i, std::size_t, std::int64_t value) { where[i].part = small(value); });
    case Columns::kPagesFieldNumber:
      return read_column(column, n, 1, [&](std::size_t i, std::size_t, std::int64_t value) { where[i].page = small(value); });
    case Columns::kBeginsFieldNumber:
      return read_column(column, n, 1, [&](std::size_t i, std::size_t, std::int64_t value) { where[i].begin = value; });
    case Columns::kLengthsFieldNumber:
      return read_column(column, n, 1, [&](std::size_t i, std::size_t, std::int64_t value) { where[i].end = small(value); });
    case Columns::kBoxesFieldNumber:
      return read_column(column, n, 4, [&](std::size_t i, std::size_t side, std::int64_t value) {
        constexpr std::int32_t Where::*kSides[] = {&Where::left, &Where::top, &Where::right, &Where::bottom};
        where[i].*kSides[side] = small(value);
      });
    case Columns::kConfidenceFieldNumber:
      return read_column(column, n, 1, [&](std::size_t i, std::size_t, std::int64_t value) {
        table.confidence[i] = static_cast<std::uint16_t>(std::clamp<std::int64_t>(value, 0, 1000));
      });
    case Columns::kWitnessesFieldNumber:
      return read_column(column, n, 1, [&](std::size_t i, std::size_t, std::int64_t value) {
        table.witnesses[i] = static_cast<std::uint8_t>(std::clamp<std::int64_t>(value, 0, 255));
      });
    default: return false;
  }
}

}  // namespace

std::optional<SplitReport> split_provenance(std::string_view report) {
  SplitReport split;
  split.rest.reserve(report.size());
  WireReader reader(report);
  std::string table;
  while (!reader.is_at_end()) {
    const char* const begin = reader.at();
    int number = 0;
    std::uint64_t type = 0;
    std::string_view value;
    if (!reader.field(number, type, value)) return std::nullopt;
    if (number != pb::ReportParsed::kTablesFieldNumber) {
      split.rest.append(begin, reader.at());
      continue;
    }
    table.clear();
    if (type != kBytes || !split_table(value, table, split.provenance.emplace_back(), split.cells.emplace_back())) return std::nullopt;
    add_varint(static_cast<std::uint64_t>(number) << 3U | kBytes, split.rest);
    add_varint(table.size(), split.rest);
    split.rest += table;
  }
  return split;
}

std::optional<LedgerTable> read_table(std::string_view bytes) {
  constexpr std::uint64_t kEnumMost = 65'535;  // what is above is none of ours
  std::uint64_t heads[5] = {};  // by field number
  std::string_view states;
  std::string_view values;
  WireReader reader(bytes);
  while (!reader.is_at_end()) {
    std::uint64_t tag = 0;
    if (!reader.varint(tag)) return std::nullopt;
    const std::uint64_t number = tag >> 3U;
    const bool is_head = number >= 1 && number <= 4 && (tag & 7U) == kVarint;
    const bool is_column = (tag & 7U) == kBytes && (number == pb::Table::kStatesFieldNumber || number == pb::Table::kValuesFieldNumber);
    if (is_head && reader.varint(heads[number]) && heads[number] <= kEnumMost) continue;
    std::string_view& column = number == pb::Table::kStatesFieldNumber ? states : values;
    if (is_head || !is_column || !column.empty() || !reader.bytes(column)) return std::nullopt;
  }
  const auto id = from_proto(kTableIds, static_cast<int>(heads[pb::Table::kTableFieldNumber]));
  const auto status = from_proto(kTableStatuses, static_cast<int>(heads[pb::Table::kStatusFieldNumber]));
  const auto edition = from_proto(kEditions, static_cast<int>(heads[pb::Table::kEditionFieldNumber]));
  const auto unit = from_proto(kMoneyUnits, static_cast<int>(heads[pb::Table::kMoneyUnitFieldNumber]));
  if (!id || !status || !edition || !unit || (*status != TableStatus::kRead && *status != TableStatus::kPartial)) return std::nullopt;
  LedgerTable table{*id, *status, *edition, *unit, {}};
  const std::size_t size = form(*id, *edition).size();
  if (states.size() != size) return std::nullopt;
  table.cells.resize(size);
  bool is_usual = true;
  const auto take = [&](std::size_t i, std::size_t, std::int64_t value) {
    const auto state = static_cast<unsigned char>(states[i]);
    is_usual = is_usual && (state == pb::CELL_STATE_NUMBER || (value == 0 && state < 128));
    table.cells[i] = Cell::number(value);
    if (state == pb::CELL_STATE_NUMBER || !is_usual) return;
    const auto known = from_proto(kCellStates, state);
    is_usual = known.has_value();
    if (is_usual) table.cells[i] = {*known, 0};
  };
  if (!read_column(values, size, 1, take) || !is_usual) return std::nullopt;
  return table;
}

bool read_provenance(std::string_view bytes, TableReading& table) {
  const std::size_t n = table.cells.size();
  table.where.resize(n);
  table.raw.resize(n);
  table.confidence.resize(n);
  table.witnesses.resize(n);
  WireReader reader(bytes);
  std::size_t texts = 0;
  std::uint32_t seen = 0;
  while (!reader.is_at_end()) {
    int number = 0;
    std::uint64_t type = 0;
    std::string_view value;
    if (!reader.field(number, type, value) || type != kBytes || number >= 32) return false;
    if (number == pb::CellProvenance::kRawFieldNumber) {
      if (texts == n || !is_ascii(value)) return false;
      table.raw[texts++] = value;
      continue;
    }
    if ((seen >> number & 1U) != 0 || !read_numbers(number, value, table)) return false;
    seen |= 1U << number;
  }
  for (Where& where : table.where)
    if (__builtin_add_overflow(where.begin, where.end, &where.end)) return false;
  return texts == 0 || texts == n;
}

}  // namespace gouji::events
