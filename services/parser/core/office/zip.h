// Reads a ZIP as office files are: from its central directory, every entry bounded before a byte of
// it is unpacked (APPNOTE 6.3.10). Views the bytes, which must outlive it.
//
// Reasons:
//   ENCRYPTED         an entry that is asked for has a password
//   MALFORMED_ZIP     directory missing or outside of the file, entries that overlap, sizes or check
//                     sums that are not true, an unknown method, ZIP64, several volumes
//   ZIP_TOO_LARGE     above a limit below: what a bomb is
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/parser/core/office/part.h"

namespace gouji::parser {

struct ZipLimits {
  std::size_t entries = 2'000;
  std::size_t part_bytes = 64U << 20;    // of one entry, unpacked
  std::size_t total_bytes = 256U << 20;  // of all that are unpacked
  std::size_t ratio = 200;               // of unpacked to packed, above ratio_from bytes
  std::size_t ratio_from = 1U << 20;
};

struct ZipEntry {
  std::string_view name;  // as written
  std::uint32_t method = 0;
  std::uint32_t flags = 0;
  std::uint32_t checksum = 0;
  std::size_t packed_bytes = 0;
  std::size_t unpacked_bytes = 0;
  std::size_t data = 0;  // where the packed bytes begin
};

class ZipArchive {
 public:
  static PartOutcome<ZipArchive> open(std::string_view bytes, const ZipLimits& limits = {});

  const std::vector<ZipEntry>& entries() const { return entries_; }
  // By name without case, \ as /, as office programs look parts up; null where there is none.
  const ZipEntry* find(std::string_view name) const;
  PartOutcome<std::string> unpack(const ZipEntry& entry);

 private:
  ZipArchive(std::string_view bytes, const ZipLimits& limits) : bytes_(bytes), limits_(limits) {}
  PartOutcome<void> read_directory();
  PartOutcome<ZipEntry> read_entry(std::size_t& at, std::size_t directory_end);
  PartOutcome<void> place(ZipEntry& entry, std::size_t header, std::size_t directory);
  PartOutcome<void> check_overlaps() const;
  PartOutcome<void> check_limits(const ZipEntry& entry) const;

  std::string_view bytes_;
  ZipLimits limits_;
  std::vector<ZipEntry> entries_;
  std::size_t unpacked_ = 0;
};

}  // namespace gouji::parser
