#include "services/parser/core/office/doc_file.h"

#include <algorithm>
#include <utility>

namespace gouji::parser {
namespace {

constexpr std::size_t kBaseBytes = 34;
constexpr std::uint32_t kWord97 = 0xA5EC;
constexpr std::uint32_t kOldestVersion = 0xC1;
constexpr std::uint32_t kEncryptedFlag = 0x0100;
constexpr std::uint32_t kSecondTableFlag = 0x0200;
constexpr std::uint32_t kNarrowFlag = 0x40000000;

tl::unexpected<Reason> malformed(std::string_view zh, std::string_view en) {
  return refused("MALFORMED_DOC", "DOC 损坏：" + std::string(zh) + " / the DOC is damaged: " + std::string(en));
}

// Of the file information block: how many characters the main text has.
struct Block {
  std::size_t characters = 0;
  std::size_t parts_at = 0;
  std::size_t parts = 0;
};

PartOutcome<Block> read_block(std::string_view main) {
  Block block;
  std::size_t at = kBaseBytes - 2;
  if (main.size() < kBaseBytes) return malformed("文件信息块", "file information block");
  at += 2 + std::size_t{u16_at(main, at)} * 2;
  if (main.size() < at + 2 + 16) return malformed("文件信息块", "file information block");
  block.characters = u32_at(main, at + 2 + 12);
  at += 2 + std::size_t{u16_at(main, at)} * 4;
  if (main.size() < at + 2) return malformed("文件信息块", "file information block");
  block.parts = u16_at(main, at);
  block.parts_at = at + 2;
  if (main.size() - block.parts_at < block.parts * 8) return malformed("文件信息块", "file information block");
  return block;
}

// The piece table stands behind modifiers, which are passed over.
std::string_view piece_table(std::string_view clx) {
  constexpr std::uint32_t kModifiers = 1, kPieces = 2;
  while (clx.size() >= 5) {
    if (u8_at(clx, 0) == kPieces) return clx.substr(5, u32_at(clx, 1));
    if (u8_at(clx, 0) != kModifiers || clx.size() < 3 + u16_at(clx, 1)) return {};
    clx.remove_prefix(3 + u16_at(clx, 1));
  }
  return {};
}

// Text that overlaps in the file would let it be longer than the file; no program writes that.
PartOutcome<std::vector<DocPiece>> read_pieces(std::string_view table, std::string_view main,
                                               std::size_t characters) {
  if (table.size() < 16) return malformed("没有文本表", "no piece table");
  const std::size_t count = (table.size() - 4) / 12;
  std::vector<DocPiece> pieces;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) {
    DocPiece piece;
    piece.first = u32_at(table, i * 4);
    const std::size_t end = std::min<std::size_t>(u32_at(table, i * 4 + 4), characters);
    if (piece.first >= end) continue;
    piece.count = end - piece.first;
    const std::uint32_t place = u32_at(table, (count + 1) * 4 + i * 8 + 2);
    piece.is_wide = (place & kNarrowFlag) == 0;
    piece.offset = (place & (kNarrowFlag - 1)) / (piece.is_wide ? 1 : 2);
    const std::size_t size = piece.count * piece.width();
    bytes += size;
    const bool is_in_order = pieces.empty() ? piece.first == 0 : pieces.back().first + pieces.back().count == piece.first;
    if (!is_in_order || piece.offset > main.size() || size > main.size() - piece.offset || bytes > main.size())
      return malformed("文本越界", "text out of bounds");
    pieces.push_back(piece);
  }
  if (pieces.empty() && characters > 0) return malformed("没有文本", "no text");
  return pieces;
}

}  // namespace

std::string_view DocFile::part(std::size_t number) const {
  if (number >= parts) return {};
  const std::size_t at = u32_at(main, parts_at + number * 8), size = u32_at(main, parts_at + number * 8 + 4);
  if (at > table.size() || size > table.size() - at) return {};
  return std::string_view(table).substr(at, size);
}

PartOutcome<DocFile> open_doc(const OleFile& ole) {
  DocFile file;
  auto main = ole.stream("WordDocument");
  if (!main) return tl::unexpected(std::move(main.error()));
  file.main = std::move(*main);
  if (file.main.size() < kBaseBytes) return malformed("文件信息块", "file information block");
  if (u16_at(file.main, 0) != kWord97 || u16_at(file.main, 2) < kOldestVersion)
    return refused("DOC_VERSION_NOT_READ", "Word 95 或更早的格式 / a format of Word 95 or before");
  const std::uint32_t flags = u16_at(file.main, 10);
  if ((flags & kEncryptedFlag) != 0) return refused("ENCRYPTED", "文件有密码，请去掉密码后另存，再核对 / the file has a password: save it without its password and check that one");
  const auto block = read_block(file.main);
  if (!block) return tl::unexpected(block.error());
  file.parts_at = block->parts_at;
  file.parts = block->parts;
  auto table = ole.stream((flags & kSecondTableFlag) != 0 ? "1Table" : "0Table");
  if (!table) return tl::unexpected(std::move(table.error()));
  file.table = std::move(*table);
  if (ole.has("Data")) file.extra = ole.stream("Data").value_or(std::string{});
  auto pieces = read_pieces(piece_table(file.part(kDocPieces)), file.main, block->characters);
  if (!pieces) return tl::unexpected(std::move(pieces.error()));
  file.pieces = std::move(*pieces);
  if (file.parts > kDocLists)
    file.lists_end = std::size_t{u32_at(file.main, file.parts_at + kDocLists * 8)} + u32_at(file.main, file.parts_at + kDocLists * 8 + 4);
  return file;
}

}  // namespace gouji::parser
