#include "services/parser/core/sections.h"

#include <algorithm>
#include <utility>

#include "common/text/byte_scan.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/letters.h"
#include "services/parser/core/prose.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kHeadingBytesMax = 240;
constexpr std::size_t kInlineHeadingBytes = 120;
constexpr std::size_t kSectionTextMax = 64 * 1024;
constexpr std::size_t kCandidatesMax = 400;

struct Candidate {
  std::int32_t number = 0;
  int quality = 0;
  TextRange heading;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool contains(std::u32string_view text, std::u32string_view word) {
  return text.find(word) != text.npos;
}

// A numeral of a section with its mark: "二、", "二.", "第二部分"; length in bytes, 0 for none.
struct Numeral {
  std::int32_t number = 0;
  std::size_t length = 0;
};

Numeral leading_numeral(std::string_view text) {
  std::size_t at = 0;
  bool is_ordinal = false;
  Numeral numeral;
  for (int i = 0; i < 12 && at < text.size(); ++i) {
    const CodePoint point = code_point_at(text, at);
    const char32_t c = point.value < 0x10000 ? fold_character(point.value) : U'\0';
    at += point.length;
    if (c == 0 || c == U'#' || c == U'*' || c == U'>') continue;
    if (c == U'第' && numeral.number == 0) {
      is_ordinal = true;
    } else if (numeral.number == 0) {
      numeral.number = numeral_digit(c);
      if (numeral.number == 0 || numeral.number > kSectionCount) return {};
    } else if (is_ordinal ? (c == U'分') : (c == U',' || c == U'.' || c == U':')) {
      numeral.length = at;
      return numeral;
    } else if (!is_ordinal || c != U'部') {
      return {};
    }
  }
  return {};
}

// A line of a table of contents: dots, or spaces, and a page number behind the words.
bool is_contents_line(std::string_view line) {
  if (line.find("....") != line.npos || line.find("……") != line.npos ||
      line.find("····") != line.npos) {
    return true;
  }
  const std::size_t last = line.find_last_not_of(" \t\r");
  return last != line.npos && line[last] >= '0' && line[last] <= '9';
}

// Characters up to the end of a heading inside running text: the first space or full stop.
std::size_t inline_end(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && at < kInlineHeadingBytes) {
    const CodePoint point = code_point_at(text, at);
    if (is_space(point.value) || point.value == U'。' || point.value == U'；') break;
    at += point.length;
  }
  return at;
}

std::u32string_view official_wording(std::int32_t number) {
  switch (number) {
    case 1: return U"总体情况";
    case 2: return U"主动公开政府信息情况";
    case 3: return U"收到和处理政府信息公开申请情况";
    case 4: return U"政府信息公开行政复议行政诉讼情况";
    case 5: return U"存在的主要问题及改进情况";
    default: return U"其他需要报告的事项";
  }
}

// A bracket that is closed; where it was not opened, what stands before it is no letter (letters.h).
bool has_closing_bracket(std::string_view line) {
  constexpr auto next = find_any<')', ']', '}', '\xE2', '\xE3', '\xEF'>;
  for (std::size_t at = next(line, 0, line.size()); at < line.size(); at = next(line, at + 1, line.size())) {
    if ((line[at] & 0x80) == 0) return true;
    const std::string_view three = line.substr(at, 3);
    const bool is_common = three == "，" || three == "：" || three == "、" || three == "。" || three == "（";
    if (!is_common && fold_character(code_point_at(line, at).value) == U')') return true;
  }
  return false;
}

// Whether a line without a numeral may have the letters of an official heading: most cells of a table
// are told by their first character.
bool may_be_official(std::string_view line, char32_t first) {
  constexpr std::size_t kShortest = 12;
  if (line.size() < kShortest) return false;
  constexpr std::u32string_view kFirstLetters = U"总主收政存其";
  return !is_cjk(first) || numeral_digit(first) != 0 || kFirstLetters.find(first) != kFirstLetters.npos || has_closing_bracket(line);
}

char32_t folded_first(std::string_view line) {
  const char32_t first = code_point_at(line, 0).value;
  return first < kFoldsEnd ? fold_characters()[first] : first;
}

int wording_quality(std::u32string_view letters, std::int32_t number) {
  if (letters == official_wording(number)) return 4;
  if (contains(letters, official_wording(number))) return 3;
  return edit_distance(letters, official_wording(number), 3) <= 3 ? 3 : 1;
}

// "一、工作开展情况", "一、2023年政府信息公开工作情况": the first section in the organ's own words.
bool is_account_of_work(std::u32string_view letters) {
  constexpr std::size_t kLettersMax = 18;
  return letters.size() <= kLettersMax && contains(letters, U"工作") && contains(letters, U"情况");
}

class Finder {
 public:
  explicit Finder(const Document& document) : document_(document) {}

  std::vector<SectionMark> run() {
    for (const Block& block : document_.blocks) {
      if (candidates_.size() >= kCandidatesMax) break;
      if (block.kind == BlockKind::kGrid) {
        look_at_cells(document_.grids[block.grid]);
      } else {
        look_at(block.text, block.kind == BlockKind::kHeading);
      }
    }
    if (candidates_.size() < 2) look_inside_lines();
    return choose();
  }

 private:
  void look_at_cells(const Grid& grid) {
    for (const GridCell& cell : grid.cells) {
      if (cell.text.end - cell.text.begin <= kHeadingBytesMax) look_at(cell.text, false);
    }
  }

  void look_at(TextRange range, bool is_heading) {
    constexpr std::size_t kShortest = 6;  // two letters
    if (range.end - range.begin < kShortest) return;
    const std::string_view text = document_.view(range);
    if (is_digit(text[0])) return;  // a figure, or one point among others
    const std::string_view line = trim_spaces(text);
    if (line.empty()) return;
    const char32_t first = folded_first(line);
    const bool is_word = is_cjk(first) && first != U'第' && numeral_digit(first) == 0;
    const Numeral numeral = is_word ? Numeral{} : leading_numeral(line);
    if (numeral.length == 0) {
      if (line.size() > kInlineHeadingBytes) return;
      // One point among others, or no heading of its own.
      if (line.starts_with("(") || line.starts_with("（") || is_digit(line[0])) return;
      if (!is_heading && !may_be_official(line, first)) return;
    }
    if (has_cell_separator(line) || (line.size() <= kHeadingBytesMax && is_contents_line(line))) return;
    add(range, line, numeral, is_heading);
  }

  // Reports in one line, and text that follows its heading without a line end.
  void look_inside_lines() {
    for (const Block& block : document_.blocks) {
      if (block.kind == BlockKind::kGrid) continue;
      const std::string_view line = document_.view(block.text);
      if (line.size() <= kInlineHeadingBytes) continue;
      for (std::size_t at = line.find("、"); at != line.npos; at = line.find("、", at + 1)) {
        if (at < 3 || candidates_.size() >= kCandidatesMax) continue;
        const std::string_view rest = line.substr(at - 3);
        const Numeral numeral = leading_numeral(rest);
        if (numeral.length != 6) continue;
        const std::string_view heading = rest.substr(0, inline_end(rest));
        const auto begin = block.text.begin + static_cast<std::uint32_t>(at - 3);
        add_inline({begin, begin + static_cast<std::uint32_t>(heading.size())}, heading, numeral);
      }
    }
  }

  void add_inline(TextRange range, std::string_view heading, Numeral numeral) {
    const std::u32string letters = letters_of(heading);
    const std::u32string_view official = official_wording(numeral.number);
    if (!std::u32string_view(letters).starts_with(official)) return;
    // Text may run on: the heading ends with the official words.
    range.end = range.begin + bytes_of_letters(heading, numeral.length, official.size());
    candidates_.push_back({numeral.number, 2, range});
  }

  static std::uint32_t bytes_of_letters(std::string_view text, std::size_t from, std::size_t count) {
    std::size_t at = from;
    for (std::size_t seen = 0; at < text.size() && seen < count;) {
      const CodePoint point = code_point_at(text, at);
      at += point.length;
      seen += is_cjk(point.value) ? 1 : 0;
    }
    return static_cast<std::uint32_t>(at);
  }

  void add(TextRange range, std::string_view line, Numeral numeral, bool is_heading) {
    const std::string_view words =
        numeral.length > 0 && line.size() > kInlineHeadingBytes
            ? line.substr(0, inline_end(line))
            : line;
    if (words.size() > kInlineHeadingBytes) return;
    const std::u32string letters = letters_of(words);
    std::int32_t number = section_of_wording(letters);
    const bool is_first = number == 0 && numeral.number == 1 && is_account_of_work(letters);
    if (is_first) number = 1;
    if (number == 0) return;
    int quality = wording_quality(letters, number);
    if (numeral.length == 0) {
      if (quality < (is_heading ? 3 : 4)) return;
      quality -= 2;
    } else if (numeral.number == number) {
      ++quality;
    }
    const auto skipped = static_cast<std::uint32_t>(line.data() - document_.view(range).data());
    const std::uint32_t begin = range.begin + skipped;
    candidates_.push_back(
        {number, quality, {begin, begin + static_cast<std::uint32_t>(words.size())}});
  }

  // The chain of headings in ascending order with the greatest quality in all; of equals the later.
  std::vector<SectionMark> choose() const {
    const std::size_t count = candidates_.size();
    std::vector<int> best(count);
    std::vector<std::size_t> before(count, count);
    std::size_t top = count;
    for (std::size_t i = 0; i < count; ++i) {
      best[i] = candidates_[i].quality;
      for (std::size_t j = 0; j < i; ++j) {
        if (candidates_[j].number >= candidates_[i].number) continue;
        if (best[j] + candidates_[i].quality >= best[i]) {
          best[i] = best[j] + candidates_[i].quality;
          before[i] = j;
        }
      }
      if (top == count || best[i] >= best[top]) top = i;
    }
    std::vector<SectionMark> marks;
    for (std::size_t at = top; at < count; at = before[at]) {
      marks.push_back({candidates_[at].number, candidates_[at].heading});
    }
    std::reverse(marks.begin(), marks.end());
    return marks;
  }

  const Document& document_;
  std::vector<Candidate> candidates_;
};

}  // namespace

SectionMap::SectionMap(const Document& document, std::vector<SectionMark> marks)
    : marks_(std::move(marks)), text_size_(static_cast<std::uint32_t>(document.text.size())) {}

const SectionMark* SectionMap::find(std::int32_t number) const {
  for (const SectionMark& mark : marks_) {
    if (mark.number == number) return &mark;
  }
  return nullptr;
}

std::optional<TextRange> SectionMap::body(std::int32_t number) const {
  for (std::size_t i = 0; i < marks_.size(); ++i) {
    if (marks_[i].number != number) continue;
    const std::uint32_t end = i + 1 < marks_.size() ? marks_[i + 1].heading.begin : text_size_;
    return TextRange{marks_[i].heading.end, end};
  }
  return std::nullopt;
}

TextRange SectionMap::neighbourhood(std::int32_t number) const {
  TextRange range{0, text_size_};
  for (const SectionMark& mark : marks_) {
    if (mark.number <= number) range.begin = mark.heading.end;
    if (mark.number > number) {
      range.end = mark.heading.begin;
      break;
    }
  }
  return range;
}

bool SectionMap::is_last(std::int32_t number) const {
  return marks_.empty() || marks_.back().number <= number;
}

SectionMap find_sections(const Document& document) {
  return SectionMap(document, Finder(document).run());
}

namespace {

// Which letters a text has, some of them taken together: tells most texts from those that hold a word.
constexpr std::uint64_t letters_in(std::u32string_view text) {
  std::uint64_t bits = 0;
  for (const char32_t letter : text) bits |= std::uint64_t{1} << ((letter ^ letter >> 6) % 64);
  return bits;
}

struct Wording {
  template <std::size_t kSize>
  consteval Wording(const char32_t (&word)[kSize]) : letters(word, kSize - 1), bits(letters_in(letters)) {}
  std::u32string_view letters;
  std::uint64_t bits;
};

class Letters {
 public:
  explicit Letters(std::u32string_view letters) : letters_(letters), bits_(letters_in(letters)) {}
  bool has(const Wording& word) const { return (bits_ & word.bits) == word.bits && contains(letters_, word.letters); }

 private:
  std::u32string_view letters_;
  std::uint64_t bits_;
};

}  // namespace

std::int32_t section_of_wording(std::u32string_view text) {
  if (text.size() < 2 || text.size() > 40) return 0;
  const Letters letters(text);
  if (letters.has(U"其他") && (letters.has(U"报告") || letters.has(U"事项"))) return 6;
  if (letters.has(U"问题") || letters.has(U"改进") || letters.has(U"不足")) return 5;
  if (letters.has(U"复议") || letters.has(U"诉讼")) return 4;
  if (letters.has(U"收到和处理") || letters.has(U"依申请公开") || (letters.has(U"处理") && letters.has(U"申请"))) return 3;
  if (letters.has(U"主动公开")) return 2;
  if (letters.has(U"总体") || letters.has(U"概述") || letters.has(U"基本情况") || letters.has(U"概况")) return 1;
  return 0;
}

bool is_old_heading(std::u32string_view letters) {
  return letters == U"概述" || contains(letters, U"收费及减免") || contains(letters, U"收费和减免") ||
         contains(letters, U"收费以及减免") || contains(letters, U"收费情况");
}

namespace {

// Collects prose line by line into the sections.
class TextCollector {
 public:
  TextCollector(const Document& document, const SectionMap& sections)
      : document_(document), marks_(sections.marks()) {
    texts_.emplace_back();
  }

  std::vector<Section> run() {
    for (const Block& block : document_.blocks) {
      TextRange rest = block.text;
      while (next_ < marks_.size() && marks_[next_].heading.begin < rest.end) {
        add({rest.begin, std::max(rest.begin, marks_[next_].heading.begin)}, block.kind);
        rest.begin = std::min(std::max(rest.begin, marks_[next_].heading.end), rest.end);
        open_section(marks_[next_++]);
      }
      add(rest, block.kind);
    }
    if (texts_.front().text.empty()) texts_.erase(texts_.begin());
    return std::move(texts_);
  }

 private:
  void open_section(const SectionMark& mark) {
    Section& section = texts_.emplace_back();
    section.number = mark.number;
    section.heading = std::string(document_.view(mark.heading));
    section.where = document_.where(mark.heading);
  }

  void add(TextRange range, BlockKind kind) {
    if (kind == BlockKind::kGrid || range.empty()) return;
    const std::string_view line = trim_spaces(document_.view(range));
    if (line.empty() || is_table_line(line)) return;
    const std::string_view kept = utf8_prefix(line, kSectionTextMax - total_);
    total_ += kept.size();
    std::string& text = texts_.back().text;
    if (!text.empty() && !kept.empty()) text.push_back('\n');
    text.append(kept);
  }

  const Document& document_;
  const std::vector<SectionMark>& marks_;
  std::vector<Section> texts_;
  std::size_t next_ = 0;
  std::size_t total_ = 0;
};

}  // namespace

std::vector<Section> section_texts(const Document& document, const SectionMap& sections) {
  return TextCollector(document, sections).run();
}

}  // namespace gouji::parser
