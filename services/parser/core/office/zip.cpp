#include "services/parser/core/office/zip.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "common/text/ascii.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kCommentBytesMax = 65'535;
constexpr std::size_t kCentralBytes = 46;
constexpr std::size_t kLocalBytes = 30;
constexpr std::uint32_t kStored = 0;
constexpr std::uint32_t kDeflated = 8;
constexpr std::uint32_t kEncryptedFlag = 1;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;

tl::unexpected<Reason> malformed(std::string_view zh, std::string_view en) {
  return refused("MALFORMED_ZIP",
                 "压缩包损坏：" + std::string(zh) + " / the ZIP is damaged: " + std::string(en));
}

tl::unexpected<Reason> too_large(std::string_view zh, std::string_view en) {
  return refused("ZIP_TOO_LARGE", "压缩包超出限制：" + std::string(zh) +
                                      " / the ZIP is above a limit: " + std::string(en));
}

// The end record, found from the back: its comment reaches to the end of the file, or files that
// were padded have something behind it.
std::size_t find_end_record(std::string_view bytes) {
  if (bytes.size() < kEndBytes) return bytes.npos;
  const std::size_t window = std::min(bytes.size(), kEndBytes + kCommentBytesMax);
  const std::string_view tail = bytes.substr(bytes.size() - window);
  const std::size_t at = tail.rfind("PK\x05\x06");
  if (at == tail.npos || tail.size() - at < kEndBytes) return bytes.npos;
  return bytes.size() - window + at;
}

char folded(char c) { return c == '\\' ? '/' : ascii_lower(c); }

bool is_same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return folded(x) == folded(y); });
}

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

// False where the bytes are not exactly `wanted` bytes packed in exactly this space.
bool inflate_exactly(std::string_view packed, std::string& unpacked) {
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (!decompressor) return false;
  std::size_t read = 0, written = 0;
  const libdeflate_result result =
      libdeflate_deflate_decompress_ex(decompressor.get(), packed.data(), packed.size(),
                                       unpacked.data(), unpacked.size(), &read, &written);
  return result == LIBDEFLATE_SUCCESS && read == packed.size() && written == unpacked.size();
}

}  // namespace

PartOutcome<ZipArchive> ZipArchive::open(std::string_view bytes, const ZipLimits& limits) {
  ZipArchive archive(bytes, limits);
  if (auto read = archive.read_directory(); !read) return tl::unexpected(std::move(read.error()));
  return archive;
}

PartOutcome<void> ZipArchive::read_directory() {
  const std::size_t end = find_end_record(bytes_);
  if (end == bytes_.npos) return malformed("没有目录，文件可能不完整", "no directory; cut off?");
  const std::size_t count = u16_at(bytes_, end + 10);
  const std::size_t size = u32_at(bytes_, end + 12), offset = u32_at(bytes_, end + 16);
  if (u16_at(bytes_, end + 4) != 0 || u16_at(bytes_, end + 8) != count)
    return malformed("分卷", "several volumes");
  if (count == 0xFFFF || size == kIn64 || offset == kIn64) return malformed("ZIP64", "ZIP64");
  if (count > limits_.entries) return too_large("条目过多", "too many entries");
  if (offset > end || size > end - offset) return malformed("目录越界", "directory out of bounds");
  std::size_t at = offset;
  entries_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto entry = read_entry(at, offset + size);
    if (!entry) return tl::unexpected(std::move(entry.error()));
    entries_.push_back(*entry);
  }
  return check_overlaps();
}

// `at` moves behind the entry's record.
PartOutcome<ZipEntry> ZipArchive::read_entry(std::size_t& at, std::size_t directory_end) {
  if (directory_end - at < kCentralBytes || u32_at(bytes_, at) != 0x02014B50)
    return malformed("目录项错误", "bad directory entry");
  const std::size_t name_bytes = u16_at(bytes_, at + 28);
  const std::size_t more_bytes = u16_at(bytes_, at + 30) + u16_at(bytes_, at + 32);
  if (directory_end - at - kCentralBytes < name_bytes + more_bytes)
    return malformed("目录项不完整", "directory entry cut off");
  ZipEntry entry;
  entry.flags = u16_at(bytes_, at + 8);
  entry.method = u16_at(bytes_, at + 10);
  entry.checksum = u32_at(bytes_, at + 16);
  entry.packed_bytes = u32_at(bytes_, at + 20);
  entry.unpacked_bytes = u32_at(bytes_, at + 24);
  entry.name = bytes_.substr(at + kCentralBytes, name_bytes);
  const std::size_t header = u32_at(bytes_, at + 42);
  if (entry.packed_bytes == kIn64 || entry.unpacked_bytes == kIn64 || header == kIn64)
    return malformed("ZIP64", "ZIP64");
  at += kCentralBytes + name_bytes + more_bytes;
  if (auto placed = place(entry, header, directory_end); !placed)
    return tl::unexpected(std::move(placed.error()));
  return entry;
}

PartOutcome<void> ZipArchive::place(ZipEntry& entry, std::size_t header, std::size_t directory) {
  if (header > directory || directory - header < kLocalBytes ||
      u32_at(bytes_, header) != 0x04034B50)
    return malformed("条目越界", "entry out of bounds");
  entry.data = header + kLocalBytes + u16_at(bytes_, header + 26) + u16_at(bytes_, header + 28);
  if (entry.data > directory || entry.packed_bytes > directory - entry.data)
    return malformed("条目越界", "entry out of bounds");
  return {};
}

// Entries that share packed bytes are how a small file unpacks to very much.
PartOutcome<void> ZipArchive::check_overlaps() const {
  std::vector<const ZipEntry*> in_order;
  for (const ZipEntry& entry : entries_) in_order.push_back(&entry);
  std::sort(in_order.begin(), in_order.end(),
            [](const ZipEntry* a, const ZipEntry* b) { return a->data < b->data; });
  for (std::size_t i = 1; i < in_order.size(); ++i) {
    const ZipEntry& before = *in_order[i - 1];
    if (before.data + before.packed_bytes + kLocalBytes > in_order[i]->data)
      return malformed("条目重叠", "entries overlap");
  }
  return {};
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const ZipEntry& entry) {
    return is_same_name(entry.name, name);
  });
  return found == entries_.end() ? nullptr : &*found;
}

PartOutcome<void> ZipArchive::check_limits(const ZipEntry& entry) const {
  const std::size_t size = entry.unpacked_bytes;
  if (size > limits_.part_bytes) return too_large("部件过大", "a part is too large");
  if (size > limits_.total_bytes - unpacked_) return too_large("总量过大", "too large in all");
  if (size > limits_.ratio_from && size / limits_.ratio > entry.packed_bytes)
    return too_large("压缩比过高", "packed too densely");
  return {};
}

PartOutcome<std::string> ZipArchive::unpack(const ZipEntry& entry) {
  if ((entry.flags & kEncryptedFlag) != 0) return refused("ENCRYPTED", "文件有密码，请去掉密码后另存，再核对 / the file has a password: save it without its password and check that one");
  if (auto within = check_limits(entry); !within) return tl::unexpected(std::move(within.error()));
  unpacked_ += entry.unpacked_bytes;
  const std::string_view packed = bytes_.substr(entry.data, entry.packed_bytes);
  std::string unpacked;
  if (entry.method == kStored) {
    if (packed.size() != entry.unpacked_bytes) return malformed("长度不符", "a size is not true");
    unpacked = packed;
  } else if (entry.method == kDeflated) {
    unpacked.resize(entry.unpacked_bytes);
    if (!inflate_exactly(packed, unpacked)) return malformed("数据错误", "packed data is broken");
  } else {
    return malformed("压缩方法未知", "unknown method");
  }
  if (libdeflate_crc32(0, unpacked.data(), unpacked.size()) != entry.checksum)
    return malformed("校验和不符", "a check sum is wrong");
  return unpacked;
}

}  // namespace gouji::parser
