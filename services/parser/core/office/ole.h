// Streams of a compound file, the container of Word and WPS files before 2007 ([MS-CFB]). Every
// chain of sectors is walked at most once around the file; a stream whose size is not true is
// refused. Views the bytes, which must outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/parser/core/office/part.h"

namespace gouji::parser {

class OleFile {
 public:
  // Reason: MALFORMED_OLE.
  static PartOutcome<OleFile> open(std::string_view bytes);

  // Of a stream in the root, by its name in ASCII.
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // MALFORMED_OLE where it is not there, or its sectors are not.
  PartOutcome<std::string> stream(std::string_view name) const;

 private:
  struct Entry {
    std::string name;
    std::uint32_t first_sector = 0;
    std::size_t size = 0;
  };
  explicit OleFile(std::string_view bytes) : bytes_(bytes) {}

  PartOutcome<void> read();
  bool read_allocation();
  bool read_directory(std::uint32_t first);
  void collect_root(std::string_view directory);
  const Entry* find(std::string_view name) const;
  // False where the chain leaves the file, or goes round.
  bool append_chain(std::uint32_t first, std::size_t bytes_wanted, std::string& out) const;
  bool append_mini_chain(std::uint32_t first, std::size_t bytes_wanted, std::string& out) const;
  // The bytes of a sector, fewer at the end of the file; empty outside.
  std::string_view sector(std::uint32_t index) const;

  std::string_view bytes_;
  std::size_t sector_bytes_ = 512;
  std::vector<std::uint32_t> next_;       // by sector
  std::vector<std::uint32_t> mini_next_;  // by mini sector
  std::string mini_stream_;
  std::vector<Entry> entries_;  // of the root
};

}  // namespace gouji::parser
