#include "services/parser/core/prose.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "common/text/byte_scan.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/figure.h"
#include "services/parser/core/link_text.h"

namespace gouji::parser {
namespace {

// A shorter line ends its paragraph: wrapped text fills its lines.
constexpr std::size_t kWrappedLineBytes = 120;

bool ends_sentence(char32_t c) { return c == U'。' || c == U'；' || c == U'！' || c == U'？' || c == U';'; }

class ProseReader {
 public:
  ProseReader(const Document& document, const SectionMap& sections)
      : document_(document), marks_(sections.marks()), links_(document) {}

  std::vector<Sentence> run() {
    for (const Block& block : document_.blocks) {
      TextRange rest = block.text;
      while (next_ < marks_.size() && marks_[next_].heading.begin < rest.end) {
        add({rest.begin, std::max(rest.begin, marks_[next_].heading.begin)}, block.kind);
        close();
        rest.begin = std::min(std::max(rest.begin, marks_[next_].heading.end), rest.end);
        section_ = marks_[next_++].number;
      }
      add(rest, block.kind);
    }
    close();
    return std::move(sentences_);
  }

 private:
  void add(TextRange range, BlockKind kind) {
    const std::string_view line = document_.view(range);
    const std::string_view core = trim_spaces(line);
    if (kind == BlockKind::kGrid || core.empty() || is_table_line(core) || links_.covers(range)) {
      if (kind == BlockKind::kGrid || !core.empty()) close();
      return;
    }
    if (kind != BlockKind::kLine) close();
    split(range);
    if (core.size() < kWrappedLineBytes || kind != BlockKind::kLine) close();
  }

  // Cuts the line at its sentence ends; what is left stays open for the next line.
  void split(TextRange range) {
    const std::string_view line = document_.view(range);
    if (open_.empty()) open_ = {range.begin, range.begin};
    for (std::size_t at = 0; at < line.size();) {
      const CodePoint point = code_point_at(line, at);
      at += point.length;
      open_.end = range.begin + static_cast<std::uint32_t>(at);
      if (ends_sentence(point.value) || open_.end - open_.begin >= kSentenceBytesMax) {
        close();
        open_ = {range.begin + static_cast<std::uint32_t>(at), range.begin + static_cast<std::uint32_t>(at)};
      }
    }
  }

  void close() {
    if (!open_.empty() && sentences_.size() < kSentencesMax && bytes_ < kProseBytesMax) {
      std::string folded = fold_label(utf8_prefix(document_.view(open_), kProseBytesMax - bytes_));
      bytes_ += folded.size();
      if (!folded.empty()) sentences_.push_back({open_, std::move(folded), section_});
    }
    open_ = {};
  }

  const Document& document_;
  const std::vector<SectionMark>& marks_;
  LinkText links_;
  std::vector<Sentence> sentences_;
  TextRange open_;
  std::size_t next_ = 0;
  std::size_t bytes_ = 0;
  std::int32_t section_ = 0;
};

}  // namespace

bool has_cell_separator(std::string_view line) {
  constexpr auto next = find_any<'|', '\t', '\xE2', '\xEF'>;
  for (std::size_t at = next(line, 0, line.size()); at < line.size(); at = next(line, at + 1, line.size())) {
    if (line[at] == '|' || line[at] == '\t') return true;
    for (const std::string_view pipe : {"│", "┃", "║", "｜"}) {
      if (line.substr(at).starts_with(pipe)) return true;
    }
  }
  return false;
}

bool is_table_line(std::string_view line) {
  if (has_cell_separator(line)) return true;
  if (line.size() > kFigureBytesMax || line.starts_with("无")) return false;  // "无。" is a whole section
  return parse_figure(line).has_value();
}

std::vector<Sentence> read_prose(const Document& document, const SectionMap& sections) {
  return ProseReader(document, sections).run();
}

}  // namespace gouji::parser
