#include "services/parser/core/office/ole.h"

#include <algorithm>

namespace gouji::parser {
namespace {

constexpr std::size_t kHeaderBytes = 512;
constexpr std::size_t kEntryBytes = 128;
constexpr std::size_t kMiniSectorBytes = 64;
constexpr std::size_t kMiniStreamBytes = 4'096;  // shorter streams are in mini sectors
constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;
constexpr std::uint32_t kSectorMax = 0xFFFFFFFA;
constexpr std::size_t kListedInHeader = 109;

tl::unexpected<Reason> malformed(std::string_view zh, std::string_view en) {
  return refused("MALFORMED_OLE",
                 "复合文档损坏：" + std::string(zh) + " / the compound file is damaged: " + std::string(en));
}

void append_numbers(std::string_view bytes, std::vector<std::uint32_t>& numbers) {
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) numbers.push_back(u32_at(bytes, at));
}

// ASCII letters of a name in UTF-16; other characters read as '?'.
std::string entry_name(std::string_view entry) {
  const std::size_t bytes = std::min<std::size_t>(u16_at(entry, 64), 64);
  std::string name;
  for (std::size_t at = 0; at + 2 < bytes; at += 2) {
    const std::uint32_t unit = u16_at(entry, at);
    name.push_back(unit < 0x80 ? static_cast<char>(unit) : '?');
  }
  return name;
}

}  // namespace

PartOutcome<OleFile> OleFile::open(std::string_view bytes) {
  OleFile file(bytes);
  if (auto read = file.read(); !read) return tl::unexpected(std::move(read.error()));
  return file;
}

PartOutcome<void> OleFile::read() {
  if (bytes_.size() < kHeaderBytes) return malformed("文件头不完整", "header cut off");
  const std::uint32_t shift = u16_at(bytes_, 30);
  if (shift != 9 && shift != 12) return malformed("扇区大小", "sector size");
  sector_bytes_ = std::size_t{1} << shift;
  if (!read_allocation()) return malformed("扇区分配表", "allocation table");
  if (!read_directory(u32_at(bytes_, 48))) return malformed("目录", "directory");
  return {};
}

std::string_view OleFile::sector(std::uint32_t index) const {
  const std::size_t at = (std::size_t{index} + 1) * sector_bytes_;
  return at < bytes_.size() ? bytes_.substr(at, sector_bytes_) : std::string_view{};
}

// The sectors of the table are listed in the header, then in a chain of their own.
bool OleFile::read_allocation() {
  const std::size_t sectors = bytes_.size() / sector_bytes_ + 1;
  std::vector<std::uint32_t> listed;
  append_numbers(bytes_.substr(76, kListedInHeader * 4), listed);
  std::uint32_t more = u32_at(bytes_, 68);
  for (std::size_t i = 0; more < kSectorMax; ++i) {
    const std::string_view list = sector(more);
    if (list.size() < sector_bytes_ || i > sectors) return false;
    append_numbers(list.substr(0, sector_bytes_ - 4), listed);
    more = u32_at(list, sector_bytes_ - 4);
  }
  for (const std::uint32_t index : listed) {
    if (index >= kSectorMax) continue;
    const std::string_view table = sector(index);
    if (table.empty() || next_.size() > sectors) break;
    append_numbers(table, next_);
  }
  return !next_.empty();
}

bool OleFile::append_chain(std::uint32_t first, std::size_t bytes_wanted, std::string& out) const {
  if (bytes_wanted > bytes_.size()) return false;
  out.reserve(bytes_wanted);
  std::vector<bool> is_seen(next_.size());
  std::uint32_t index = first;
  while (out.size() < bytes_wanted) {
    const std::string_view part = sector(index);
    if (index >= next_.size() || part.empty() || is_seen[index]) return false;
    is_seen[index] = true;
    out.append(part.substr(0, bytes_wanted - out.size()));
    if (part.size() < sector_bytes_) break;
    index = next_[index];
  }
  return out.size() == bytes_wanted;
}

bool OleFile::append_mini_chain(std::uint32_t first, std::size_t bytes_wanted, std::string& out) const {
  std::vector<bool> is_seen(mini_next_.size());
  std::uint32_t index = first;
  while (out.size() < bytes_wanted) {
    const std::size_t at = std::size_t{index} * kMiniSectorBytes;
    if (index >= mini_next_.size() || at >= mini_stream_.size() || is_seen[index]) return false;
    is_seen[index] = true;
    const std::string_view part = std::string_view(mini_stream_).substr(at, kMiniSectorBytes);
    out.append(part.substr(0, bytes_wanted - out.size()));
    if (part.size() < kMiniSectorBytes) break;
    index = mini_next_[index];
  }
  return out.size() == bytes_wanted;
}

// Chains of a length that is not stated go on to their end mark; one that goes round is refused.
bool OleFile::read_directory(std::uint32_t first) {
  std::string directory;
  std::size_t steps = 0;
  for (std::uint32_t index = first; index < kSectorMax; index = next_[index]) {
    const std::string_view part = sector(index);
    if (index >= next_.size() || part.size() < sector_bytes_ || ++steps > next_.size()) return false;
    directory += part;
  }
  if (directory.size() < kEntryBytes) return false;
  collect_root(directory);
  steps = 0;
  for (std::uint32_t index = u32_at(bytes_, 60); index < kSectorMax; index = next_[index]) {
    if (index >= next_.size() || ++steps > next_.size()) return false;
    append_numbers(sector(index), mini_next_);
  }
  const std::size_t mini_bytes = u32_at(directory, 120);
  return mini_bytes == 0 || append_chain(u32_at(directory, 116), mini_bytes, mini_stream_);
}

// The entries of the root are a tree of siblings; each is looked at once.
void OleFile::collect_root(std::string_view directory) {
  const std::size_t count = directory.size() / kEntryBytes;
  std::vector<bool> is_seen(count);
  std::vector<std::uint32_t> waiting = {u32_at(directory, 76)};
  while (!waiting.empty()) {
    const std::uint32_t index = waiting.back();
    waiting.pop_back();
    if (index == kNoEntry || index >= count || is_seen[index]) continue;
    is_seen[index] = true;
    const std::string_view entry = directory.substr(index * kEntryBytes, kEntryBytes);
    waiting.push_back(u32_at(entry, 68));
    waiting.push_back(u32_at(entry, 72));
    constexpr std::uint32_t kStream = 2;
    if (u8_at(entry, 66) != kStream) continue;
    entries_.push_back({entry_name(entry), u32_at(entry, 116), u32_at(entry, 120)});
  }
}

const OleFile::Entry* OleFile::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

PartOutcome<std::string> OleFile::stream(std::string_view name) const {
  const Entry* const entry = find(name);
  if (entry == nullptr) return malformed("缺少数据流", "a stream is missing");
  std::string bytes;
  const bool is_whole = entry->size < kMiniStreamBytes ? append_mini_chain(entry->first_sector, entry->size, bytes)
                                                   : append_chain(entry->first_sector, entry->size, bytes);
  if (!is_whole) return malformed("数据流不完整", "a stream is cut off");
  return bytes;
}

}  // namespace gouji::parser
