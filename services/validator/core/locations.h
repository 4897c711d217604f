// The addresses of one report, as the ledger remembers them. The oldest live one is the primary; a
// limited number is remembered, live and gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/report/ledger.h"

namespace gouji::validator {

inline constexpr std::size_t kLocationsMax = 16;
inline constexpr std::size_t kDepartedMax = 8;
inline constexpr std::size_t kDifferingMax = 2;

// What arrives from an address.
struct Sighting {
  std::string location_id;
  std::string payload_digest;
  std::string content_digest;
  std::int64_t fetch_sequence = 0;
  std::int64_t parsed_offset = -1;
};

// Something newer has come from this address, were it that it is gone: a dead letter that is sent
// again must not undo it.
bool is_outdated(const LedgerEntry& entry, const std::string& location_id, std::int64_t fetch_sequence);

// Notes what was seen; true when it is what is known already, or when no more addresses are remembered.
bool note_location(LedgerEntry& entry, const Sighting& seen);

// Notes that nothing is there any more; false when nothing was.
bool note_departure(LedgerEntry& entry, const std::string& location_id, std::int64_t fetch_sequence);

const LedgerLocation* find_location(const LedgerEntry& entry, const std::string& location_id);
// The entry has a location.
const LedgerLocation& primary(const LedgerEntry& entry);

// The first cells in which a copy differs from the primary, with the copy's values. A table that one
// of the two lacks says nothing.
std::vector<Operand> differing_cells(const std::vector<LedgerTable>& primary, const std::vector<LedgerTable>& copy);

}  // namespace gouji::validator
