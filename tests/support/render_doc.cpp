#include "tests/support/render_doc.h"

#include <algorithm>

#include "common/markup/html.h"
#include "common/text/utf8.h"

namespace gouji::testing {
namespace {

constexpr std::size_t kSectorBytes = 512;
constexpr std::size_t kTextAt = 0x800;
constexpr std::size_t kPartsAt = 0x9A;
constexpr std::size_t kParts = 93;

void pad(std::string& bytes, std::size_t multiple, std::size_t least = 0) {
  const std::size_t size = std::max((bytes.size() + multiple - 1) / multiple * multiple, least);
  bytes.resize(size, '\0');
}

void put(std::string& bytes, std::size_t at, std::string_view what) { bytes.replace(at, what.size(), what); }

std::u16string utf16_of(std::string_view text) {
  std::u16string units;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    at += point.length;
    if (point.value < 0x10000) {
      units.push_back(static_cast<char16_t>(point.value));
    } else {
      units.push_back(static_cast<char16_t>(0xD800 + ((point.value - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xDC00 + ((point.value - 0x10000) & 0x3FF)));
    }
  }
  return units;
}

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string formatting;
};

// Pages of 512 bytes for stretches that follow one another, and the table that lists them. `gap` is
// the size of an entry beside its offset byte.
struct Pages {
  std::string bytes;
  std::string bin_table;
};

Pages pages_of(const std::vector<Stretch>& stretches, std::size_t gap, std::size_t first_page) {
  Pages pages;
  std::string edges, numbers;
  for (std::size_t next = 0; next < stretches.size();) {
    std::size_t count = 0, used = 5;
    while (next + count < stretches.size()) {
      const std::size_t more = 4 + 1 + gap + stretches[next + count].formatting.size() + 1;
      if (used + more > kSectorBytes) break;
      used += more;
      ++count;
    }
    std::string page(kSectorBytes, '\0');
    std::size_t tail = kSectorBytes - 1;
    for (std::size_t i = 0; i < count; ++i) {
      const Stretch& stretch = stretches[next + i];
      put(page, i * 4, le(static_cast<std::uint32_t>(stretch.begin), 4));
      put(page, i * 4 + 4, le(static_cast<std::uint32_t>(stretch.end), 4));
      if (stretch.formatting.empty()) continue;
      tail = (tail - stretch.formatting.size()) / 2 * 2;
      put(page, tail, stretch.formatting);
      page[(count + 1) * 4 + i * (1 + gap)] = static_cast<char>(tail / 2);
    }
    page[kSectorBytes - 1] = static_cast<char>(count);
    edges += le(static_cast<std::uint32_t>(stretches[next].begin), 4);
    numbers += le(static_cast<std::uint32_t>(first_page + pages.bytes.size() / kSectorBytes), 4);
    pages.bytes += page;
    next += count;
  }
  pages.bin_table = edges + le(static_cast<std::uint32_t>(stretches.back().end), 4) + numbers;
  return pages;
}

// A paragraph's entry: its length in words, the style, the modifiers.
std::string paragraph_entry(const DocPart& part) {
  std::string entry = le(part.style, 2) + part.formatting;
  if (entry.size() % 2 == 0) return std::string(1, '\0') + static_cast<char>(entry.size() / 2) + entry;
  return static_cast<char>((entry.size() + 1) / 2) + entry;
}

// The text between the runs that have formatting is plain.
std::vector<Stretch> character_stretches(const DocOptions& options, std::size_t characters, std::size_t width) {
  std::vector<Stretch> stretches;
  std::size_t at = 0;
  const auto add = [&](std::size_t end, const std::string& formatting) {
    if (end > at) stretches.push_back({kTextAt + at * width, kTextAt + end * width, formatting});
    at = end;
  };
  for (const DocRun& run : options.runs) {
    add(run.begin, "");
    add(run.end, static_cast<char>(run.formatting.size()) + run.formatting);
  }
  add(characters, "");
  return stretches;
}

std::string piece_table(std::size_t characters, std::size_t width, std::size_t pieces) {
  std::string edges, places;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t first = characters * i / pieces, at = kTextAt + first * width;
    edges += le(static_cast<std::uint32_t>(first), 4);
    places += le(0, 2) + le(static_cast<std::uint32_t>(width == 2 ? at : (at * 2) | 0x40000000), 4) + le(0, 2);
  }
  const std::string table = edges + le(static_cast<std::uint32_t>(characters), 4) + places;
  return "\x02" + le(static_cast<std::uint32_t>(table.size()), 4) + table;
}

std::string directory_entry(std::string_view name, std::uint32_t type, std::uint32_t sibling, std::uint32_t child,
                            std::uint32_t sector, std::size_t size) {
  std::string entry(128, '\0');
  for (std::size_t i = 0; i < name.size(); ++i) entry[i * 2] = name[i];
  put(entry, 64, le(static_cast<std::uint32_t>(name.size() * 2 + 2), 2) + le(type, 1) + le(1, 1));
  put(entry, 68, le(0xFFFFFFFF, 4) + le(sibling, 4) + le(child, 4));
  put(entry, 116, le(sector, 4) + le(static_cast<std::uint32_t>(size), 4));
  return entry;
}

}  // namespace

std::string le(std::uint32_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(i < 4 ? static_cast<char>(value >> (8 * i)) : '\0');
  return text;
}

std::string sprm(std::uint32_t code, std::string_view operand) { return le(code, 2) + std::string(operand); }

std::string ole_of(const std::vector<std::pair<std::string, std::string>>& streams) {
  std::vector<std::string> padded;
  std::size_t sectors = 1;
  for (const auto& [name, bytes] : streams) {
    pad(padded.emplace_back(bytes), kSectorBytes, 4'096);
    sectors += padded.back().size() / kSectorBytes;
  }
  const std::size_t tables = (sectors + sectors / 128 + 2) / 128 + 1;
  std::string next, directory, contents, header("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  for (std::size_t i = 0; i < tables; ++i) next += le(0xFFFFFFFD, 4);
  const auto directory_sector = static_cast<std::uint32_t>(tables);
  next += le(0xFFFFFFFE, 4);
  directory = directory_entry("Root Entry", 5, 0xFFFFFFFF, 1, 0xFFFFFFFE, 0);
  auto sector = directory_sector + 1;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const auto count = static_cast<std::uint32_t>(padded[i].size() / kSectorBytes);
    const std::uint32_t sibling = i + 1 < streams.size() ? static_cast<std::uint32_t>(i + 2) : 0xFFFFFFFF;
    directory += directory_entry(streams[i].first, 2, sibling, 0xFFFFFFFF, sector, padded[i].size());
    for (std::uint32_t k = 1; k < count; ++k) next += le(sector + k, 4);
    next += le(0xFFFFFFFE, 4);
    sector += count;
    contents += padded[i];
  }
  next.resize(tables * kSectorBytes, '\xFF');
  directory.resize(kSectorBytes, '\0');
  header += std::string(16, '\0') + le(0x3E, 2) + le(3, 2) + le(0xFFFE, 2) + le(9, 2) + le(6, 2) + std::string(10, '\0') +
            le(static_cast<std::uint32_t>(tables), 4) + le(directory_sector, 4) + le(0, 4) + le(4096, 4) + le(0xFFFFFFFE, 4) +
            le(0, 4) + le(0xFFFFFFFE, 4) + le(0, 4);
  for (std::uint32_t i = 0; i < 109; ++i) header += le(i < tables ? i : 0xFFFFFFFF, 4);
  return header + next + directory + contents;
}

std::string doc_of(const std::vector<DocPart>& parts, const DocOptions& options) {
  const std::size_t width = options.is_narrow ? 1 : 2;
  std::string text;
  std::vector<Stretch> paragraphs;
  for (const DocPart& part : parts) {
    const std::size_t begin = kTextAt + text.size();
    for (const char16_t unit : utf16_of(part.text + part.mark)) text += le(unit, static_cast<int>(width));
    paragraphs.push_back({begin, kTextAt + text.size(), paragraph_entry(part)});
  }
  const std::size_t characters = text.size() / width;
  std::string main(kTextAt, '\0');
  main += text;
  pad(main, kSectorBytes);
  const Pages paragraph_pages = pages_of(paragraphs, 12, main.size() / kSectorBytes);
  main += paragraph_pages.bytes;
  const Pages run_pages = pages_of(character_stretches(options, characters, width), 0, main.size() / kSectorBytes);
  main += run_pages.bytes;
  put(main, 0, le(0xA5EC, 2) + le(options.version, 2));
  put(main, 10, le(options.flags, 2));
  put(main, 32, le(14, 2));
  put(main, 62, le(22, 2));
  put(main, 76, le(static_cast<std::uint32_t>(characters), 4));
  put(main, 152, le(kParts, 2));
  std::string table;
  std::vector<DocOptions::TablePart> all = options.parts;
  all.push_back({33, piece_table(characters, width, options.pieces), ""});
  all.push_back({13, paragraph_pages.bin_table, ""});
  all.push_back({12, run_pages.bin_table, ""});
  for (const DocOptions::TablePart& part : all) {
    put(main, kPartsAt + part.number * 8,
        le(static_cast<std::uint32_t>(table.size()), 4) + le(static_cast<std::uint32_t>(part.bytes.size()), 4));
    table += part.bytes + part.behind;
  }
  std::vector<std::pair<std::string, std::string>> streams = {{"WordDocument", main}, {(options.flags & 0x0200) != 0 ? "1Table" : "0Table", table}};
  if (!options.extra.empty()) streams.emplace_back("Data", options.extra);
  return ole_of(streams);
}

std::string doc_cell_formatting() { return sprm(0x2416, "\x01"); }

std::string doc_row_formatting(const std::vector<std::int32_t>& edges, const std::vector<std::uint32_t>& flags) {
  std::string definition(1, static_cast<char>(edges.size() - 1));
  for (const std::int32_t edge : edges) definition += le(static_cast<std::uint32_t>(edge), 2);
  for (const std::uint32_t flag : flags) definition += le(flag, 20);
  return sprm(0x2416, "\x01") + sprm(0x2417, "\x01") +
         sprm(0xD608, le(static_cast<std::uint32_t>(definition.size() + 1), 2) + definition);
}

std::string render_doc(const ReportFigures& figures, const DocOptions& options) {
  const Document page = scan_html(render_clean_html(figures));
  std::vector<DocPart> parts;
  for (const Block& block : page.blocks) {
    if (block.kind != BlockKind::kGrid) {
      parts.push_back({std::string(page.view(block.text)), '\r', "", block.level});
      continue;
    }
    const Grid& grid = page.grids[block.grid];
    for (std::uint32_t row = 0; row < grid.rows; ++row) {
      std::vector<std::int32_t> edges = {-100};
      std::vector<std::uint32_t> flags;
      for (std::uint32_t column = 0; column < grid.columns;) {
        const auto cell = std::find_if(grid.cells.begin(), grid.cells.end(), [&](const GridCell& one) {
          return one.column == column && row >= one.row && row < one.row + one.row_span;
        });
        if (cell == grid.cells.end()) break;
        const bool is_first = cell->row == row;
        parts.push_back({is_first ? std::string(page.view(cell->text)) : "", '\a', doc_cell_formatting(), 0});
        flags.push_back(cell->row_span == 1 ? 0 : is_first ? 0x60 : 0x20);
        column += cell->column_span;
        edges.push_back(static_cast<std::int32_t>(column * 700) - 100);
      }
      parts.push_back({"", '\a', doc_row_formatting(edges, flags), 0});
    }
  }
  return doc_of(parts, options);
}

}  // namespace gouji::testing
