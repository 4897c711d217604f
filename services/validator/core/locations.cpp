#include "services/validator/core/locations.h"

#include <algorithm>

#include "services/validator/core/evaluation.h"

namespace gouji::validator {
namespace {

template <typename Locations>
auto find_in(Locations& locations, const std::string& location_id) {
  return std::find_if(locations.begin(), locations.end(), [&](const auto& each) { return each.location_id == location_id; });
}

bool has_cells(const std::vector<LedgerTable>& tables, TableId id) {
  return std::any_of(tables.begin(), tables.end(), [&](const LedgerTable& table) { return table.table == id && !table.cells.empty(); });
}

}  // namespace

bool is_outdated(const LedgerEntry& entry, const std::string& location_id, std::int64_t fetch_sequence) {
  const auto live = find_in(entry.locations, location_id);
  if (live != entry.locations.end()) return fetch_sequence < live->fetch_sequence;
  const auto gone = find_in(entry.departed, location_id);
  return gone != entry.departed.end() && fetch_sequence < gone->fetch_sequence;
}

bool note_location(LedgerEntry& entry, const Sighting& seen) {
  const auto found = find_in(entry.locations, seen.location_id);
  if (found != entry.locations.end()) {
    const bool is_same = found->payload_digest == seen.payload_digest && found->content_digest == seen.content_digest &&
                         found->fetch_sequence == seen.fetch_sequence;
    found->fetch_sequence = seen.fetch_sequence;
    found->payload_digest = seen.payload_digest;
    found->content_digest = seen.content_digest;
    found->parsed_offset = seen.parsed_offset;
    return is_same;
  }
  if (entry.locations.size() >= kLocationsMax) return true;
  std::erase_if(entry.departed, [&](const DepartedLocation& each) { return each.location_id == seen.location_id; });
  std::int64_t order = 0;
  for (const LedgerLocation& each : entry.locations) order = std::max(order, each.order + 1);
  entry.locations.push_back(
      {seen.location_id, seen.payload_digest, seen.content_digest, order, seen.fetch_sequence, seen.parsed_offset, {}});
  return false;
}

bool note_departure(LedgerEntry& entry, const std::string& location_id, std::int64_t fetch_sequence) {
  const bool was_there =
      std::erase_if(entry.locations, [&](const LedgerLocation& each) { return each.location_id == location_id; }) > 0;
  std::erase_if(entry.departed, [&](const DepartedLocation& each) { return each.location_id == location_id; });
  if (entry.departed.size() >= kDepartedMax) entry.departed.erase(entry.departed.begin());
  entry.departed.push_back({location_id, fetch_sequence});
  return was_there;
}

const LedgerLocation* find_location(const LedgerEntry& entry, const std::string& location_id) {
  const auto found = find_in(entry.locations, location_id);
  return found == entry.locations.end() ? nullptr : &*found;
}

const LedgerLocation& primary(const LedgerEntry& entry) {
  return *std::min_element(entry.locations.begin(), entry.locations.end(),
                           [](const LedgerLocation& a, const LedgerLocation& b) { return a.order < b.order; });
}

std::vector<Operand> differing_cells(const std::vector<LedgerTable>& primary, const std::vector<LedgerTable>& copy) {
  std::vector<Operand> differing;
  for (const CellChange& change : changed_cells(primary, copy)) {
    const TableId table = change.cell.starts_with("t2") ? TableId::kT2 : change.cell.starts_with("t3") ? TableId::kT3 : TableId::kT4;
    if (!has_cells(primary, table) || !has_cells(copy, table)) continue;
    // What one of the two could not read is no difference of the copies.
    const bool are_figures = change.before.is_number() && change.after.is_number();
    if (are_figures && differing.size() < kDifferingMax) differing.push_back({change.cell, change.after});
  }
  return differing;
}

}  // namespace gouji::validator
