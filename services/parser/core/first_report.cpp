#include "services/parser/core/first_report.h"

#include <optional>
#include <string_view>

#include "common/text/byte_scan.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/letters.h"
#include "services/parser/core/names.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kLineBytesMax = 200;
constexpr std::string_view kTableSign = "本年新收政府信息公开申请";

bool is_title(std::string_view line) {
  const std::string folded = fold_label(line);
  if (!folded.ends_with("报告") && !folded.ends_with("年报") && !folded.ends_with("报告)") && !folded.ends_with("年)")) return false;
  const TitleParts parts = parse_title(folded);
  return parts.is_report && (parts.year || !parts.organ.empty()) && folded.find_first_of(",;:.") == folded.npos;
}

// A heading of the first two sections in official words.
bool is_first_heading(std::string_view line) {
  const std::u32string letters = letters_of(line);
  return letters == U"总体情况" || letters == U"主动公开政府信息情况";
}

std::optional<std::uint32_t> begin_of_second(const Document& document, std::size_t first_table, std::size_t second_table) {
  std::optional<std::uint32_t> title, heading;
  for (const Block& block : document.blocks) {
    if (block.text.begin <= first_table || block.kind == BlockKind::kGrid) continue;
    if (block.text.begin >= second_table) break;
    const std::string_view line = document.view(block.text);
    if (line.size() > kLineBytesMax) continue;
    if (!title && is_title(line)) title = block.text.begin;
    if (!heading && is_first_heading(line)) heading = block.text.begin;
  }
  if (!heading) return std::nullopt;
  return title ? std::min(*title, *heading) : heading;
}

}  // namespace

std::string keep_first_report(Document& document) {
  const std::string_view text = document.text;
  const std::size_t first_table = find_word(text, kTableSign);
  if (first_table == text.npos) return {};
  const std::size_t second_table = find_word(text, kTableSign, first_table + kTableSign.size());
  if (second_table == text.npos) return {};
  const auto begin = begin_of_second(document, first_table, second_table);
  if (!begin) return {};
  const auto is_behind = [&](TextRange range) { return range.begin >= *begin; };
  std::erase_if(document.links, [&](const Link& link) { return is_behind(link.text); });
  std::string line;
  for (const Block& block : document.blocks) {
    if (block.text.begin == *begin && line.empty()) line = std::string(utf8_prefix(document.view(block.text), kLineBytesMax));
  }
  std::erase_if(document.blocks, [&](const Block& block) { return is_behind(block.text); });
  document.text.resize(*begin);
  return line;
}

}  // namespace gouji::parser
