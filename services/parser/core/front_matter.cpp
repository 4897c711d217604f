#include "services/parser/core/front_matter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/link_text.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kTitleBytesMax = 200;
constexpr std::size_t kTitleFoldedMax = 150;
constexpr std::size_t kFieldBytesMax = 300;
constexpr std::size_t kLineBytesMax = 400;

struct Line {
  TextRange range;
  std::string folded;
  bool is_linked = false;  // tells of other pages: fields only
  bool is_heading = false; // of the whole page
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string collapse_spaces(std::string_view text) {
  std::string collapsed;
  bool is_gap = false;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (is_space(point.value)) {
      is_gap = !collapsed.empty();
    } else if (point.value != U'#' && point.value != U'*') {
      if (is_gap && static_cast<unsigned char>(collapsed.back()) < 0x80 && point.value < 0x80) collapsed.push_back(' ');
      is_gap = false;
      collapsed.append(text.substr(at, point.length));
    }
    at += point.length;
  }
  return collapsed;
}

// Digits at `at`, at most `count` of them; 0 length when there is none.
struct Number {
  int value = 0;
  std::size_t length = 0;
};
Number number_at(std::string_view text, std::size_t at, std::size_t count) {
  Number number;
  while (number.length < count && at + number.length < text.size() && is_digit(text[at + number.length])) {
    number.value = number.value * 10 + (text[at + number.length] - '0');
    ++number.length;
  }
  return number;
}

// What stands at `at` between year and month, or month and day.
std::string_view separator_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return {};
  if (text[at] == '-' || text[at] == '/' || text[at] == '.') return text.substr(at, 1);
  for (const std::string_view word : {"年", "月"}) {
    if (text.substr(at).starts_with(word)) return word;
  }
  return {};
}

std::string date_at(std::string_view text, std::size_t at) {
  const Number year = number_at(text, at, 4);
  if (year.length != 4 || year.value < 2000 || year.value > 2099) return {};
  std::size_t next = at + 4;
  const std::string_view first = separator_at(text, next);
  const Number month = number_at(text, next + first.size(), 2);
  if (first.empty() || month.length == 0 || month.value < 1 || month.value > 12) return {};
  next += first.size() + month.length;
  const std::string_view second = separator_at(text, next);
  const Number day = number_at(text, next + second.size(), 2);
  if (second.empty() || day.length == 0 || day.value < 1 || day.value > 31) return {};
  if ((first == "年") != (second == "月")) return {};  // "2024年1-12月" is a year
  return fmt::format("{:04}-{:02}-{:02}", year.value, month.value, day.value);
}

constexpr std::string_view kPublisherFields[] = {"发布机构", "发布单位", "公开机构", "发文机关", "信息来源",
                                                 "文章来源", "来源",     "发文单位", "责任单位", "制发机关"};
constexpr std::string_view kDateFields[] = {"发布时间", "发布日期", "公开日期", "发表日期", "发文日期", "更新时间",
                                            "更新日期", "公开时间", "印发日期", "成文日期", "生成日期", "时间", "日期"};
constexpr std::string_view kTitleFields[] = {"标题", "名称"};

// The value behind a field's name: up to the next field, mark or bracket.
std::string field_value(std::string_view folded, std::size_t at) {
  while (at < folded.size() && (folded[at] == ':' || folded[at] == '|' || folded[at] == '.')) ++at;
  std::size_t end = folded.find_first_of("|:()[]<>,\"", at);
  end = std::min(end, folded.size());
  for (const std::string_view word : {"发布时间", "发布日期", "时间", "字体", "字号", "作者", "浏览", "点击", "发文日期", "日期",
                                      "文号", "主题", "来源", "录入", "分享", "打印", "责任编辑", "成文"}) {
    end = std::min(end, folded.find(word, at));
  }
  while (end > at && is_digit(folded[end - 1])) --end;
  return std::string(folded.substr(at, end - at));
}

class FrontReader {
 public:
  FrontReader(const Document& document, const SectionMap& sections)
      : document_(document), sections_(sections), links_(document) {}

  FrontMatter run() {
    collect_lines();
    for (const Line& line : lines_) {
      if (front_.first_lines.size() < 20 && !line.folded.empty() && !line.is_linked) front_.first_lines.push_back(line.folded);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) look_at(i);
    look_at_meta();
    look_for_bare_date();
    look_for_bylines();
    look_for_signature();
    leave_other_titles();
    std::stable_sort(front_.titles.begin(), front_.titles.end(),
                     [](const Title& a, const Title& b) { return worth(a) > worth(b); });
    return std::move(front_);
  }

 private:
  static int worth(const Title& title) {
    int worth = title.parts.year ? 2 : 0;
    const NameKind kind = name_kind(title.parts.organ);
    worth += kind == NameKind::kFull ? 3 : kind == NameKind::kGeneric ? 1 : 0;
    if (title.folded.ends_with("报告") || title.folded.ends_with("年报")) ++worth;
    if (title.folded.find("通知") != std::string::npos) worth -= 2;
    return worth;
  }

  // The lines in front of the tables; a title may also stand below the first heading.
  void collect_lines() {
    const SectionMark* second = sections_.find(2);
    const std::uint32_t end =
        second != nullptr ? second->heading.begin : static_cast<std::uint32_t>(document_.text.size());
    for (const Block& block : document_.blocks) {
      if (block.text.begin >= end || lines_.size() >= kFrontLinesMax) break;
      if (block.kind == BlockKind::kGrid) {
        for (const GridCell& cell : document_.grids[block.grid].cells) add_line(cell.text);
      } else {
        add_line(block.text, block.kind == BlockKind::kHeading && block.level == 1);
      }
    }
  }

  void add_line(TextRange range, bool is_own_heading = false) {
    if (range.empty() || lines_.size() >= kFrontLinesMax) return;
    // Long lines are prose; only titles in quotes are looked for in them.
    const std::string_view raw = document_.view(range);
    std::string folded = raw.size() <= kLineBytesMax ? fold_label(raw) : std::string();
    const bool is_linked = !is_own_heading && links_.covers(range);
    // Menus of hundreds of links must not use up the lines; "来源:" with its link is a field.
    if (is_linked && folded.find(':') == std::string::npos) return;
    if (!folded.empty() || raw.size() > kLineBytesMax) lines_.push_back({range, std::move(folded), is_linked, is_own_heading});
  }

  void look_at(std::size_t i) {
    const Line& line = lines_[i];
    if (!line.folded.empty() && line.folded.size() <= kFieldBytesMax) look_for_fields(i);
    if (line.is_linked) return;
    if (line.range.end - line.range.begin > kTitleBytesMax) {
      look_for_quoted_title(line);
      return;
    }
    const bool has_one = add_title(line.range, document_.view(line.range), kPrintedTitle);
    if (has_one) front_.titles.back().is_heading = line.is_heading;
    // A title over two lines.
    if (i + 1 < lines_.size() && !lines_[i + 1].is_linked && lines_[i + 1].folded.size() <= 90 && line.folded.size() <= 90 && !line.folded.empty() &&
        !lines_[i + 1].folded.empty() &&
        document_.view(line.range).find("。") == std::string_view::npos && !is_path(line.folded) && !is_sub_heading(line.folded) && !is_sub_heading(lines_[i + 1].folded)) {
      const TextRange both{line.range.begin, lines_[i + 1].range.end};
      const bool has_next = parse_title(lines_[i + 1].folded).is_report;
      if ((!has_one || !has_next) && both.end - both.begin <= kTitleBytesMax + 40) {
        add_title(both, document_.view(both), kPrintedTitle);
      }
    }
  }

  static bool is_sub_heading(const std::string& folded) {
    return folded.starts_with("(") || folded.find("总体情况") != std::string::npos ||
           folded.find("概述") != std::string::npos || folded.find(':') != std::string::npos ||
           folded.find("标题") != std::string::npos || folded.find("索引号") != std::string::npos ||
           folded.find("发布机构") != std::string::npos || folded.find("文号") != std::string::npos;
  }

  bool add_title(TextRange range, std::string_view raw, std::string_view source) {
    std::string folded = fold_label(raw);
    for (const std::string_view word : kTitleFields) {
      if (folded.starts_with(word)) folded.erase(0, word.size());
    }
    folded.erase(0, folded.find_first_not_of(":|#*") == std::string::npos ? 0 : folded.find_first_not_of(":|#*"));
    while (!folded.empty() && folded.back() == '|') folded.pop_back();
    if (folded.size() > kTitleFoldedMax || raw.find("。") != raw.npos) return false;
    if (folded.find(',') != std::string::npos && folded.find("年度") > folded.find(',')) return false;
    TitleParts parts = parse_title(folded);
    if (!parts.is_report || front_.titles.size() >= 16) return false;
    if (!parts.year && is_path(folded)) return false;
    if (folded.starts_with("(") || is_sentence(folded)) return false;
    std::string text = collapse_spaces(raw);
    for (const std::string_view word : {"标题:", "标题：", "名称:", "名称："}) {
      if (text.starts_with(word)) text.erase(0, word.size());
    }
    front_.titles.push_back({std::move(text), std::move(folded), std::string(source), std::move(parts), range, false});
    return true;
  }

  // Where the page stands in its portal: "首页>政务公开>政府信息公开年报" ends in the name of a column.
  static bool is_path(const std::string& folded) {
    return folded.find("首页") != std::string::npos || std::count(folded.begin(), folded.end(), '>') >= 2;
  }

  // Prose that happens to hold the words of a title.
  static bool is_sentence(const std::string& folded) {
    for (const std::string_view word : {"根据", "本报告", "按照", "现将", "特此", "编制", "要求", "条;", "统计期限"}) {
      if (folded.find(word) != std::string::npos) return true;
    }
    return false;
  }

  void look_for_quoted_title(const Line& line) {
    const std::string_view text = document_.view(line.range);
    for (std::size_t at = text.find("《"); at != text.npos; at = text.find("《", at + 3)) {
      const std::size_t length = text.substr(at, kTitleBytesMax).find("》");
      if (length == text.npos) continue;
      const std::size_t end = at + length;
      const auto begin = line.range.begin + static_cast<std::uint32_t>(at + 3);
      const TextRange range{begin, line.range.begin + static_cast<std::uint32_t>(end)};
      const std::string folded = fold_label(document_.view(range));
      if (folded.ends_with("通知") || folded.ends_with("意见")) continue;  // about reports
      const TitleParts parts = parse_title(folded);
      if (parts.year && !parts.organ.empty()) add_title(range, document_.view(range), kQuotedTitle);
    }
  }

  // A field has a mark behind its name, or its name in front of the line.
  static bool may_hold_field(const std::string& folded) {
    if (folded.find_first_of(":|") != std::string::npos) return true;
    for (const std::string_view word : {"发布", "来源", "公开", "更新", "时间", "日期", "信息来源", "文章", "成文", "生成", "发文", "责任", "制发"}) {
      if (folded.starts_with(word)) return true;
    }
    return false;
  }

  void look_for_fields(std::size_t i) {
    const std::string& folded = lines_[i].folded;
    if (!may_hold_field(folded)) return;
    for (const std::string_view word : kPublisherFields) {
      const std::size_t at = folded.find(word);
      if (at == std::string::npos || front_.publishers.size() >= 8) continue;
      const std::size_t behind = at + word.size();
      const bool is_marked = behind < folded.size() && (folded[behind] == ':' || folded[behind] == '|');
      if (!is_marked && at != 0) continue;
      std::string value = field_value(folded, behind);
      if (value.empty() && i + 1 < lines_.size()) value = field_value(lines_[i + 1].folded, 0);
      if (value.size() >= 6 && value.size() <= 90) {
        front_.publishers.push_back({std::move(value), "field." + std::string(word), lines_[i].range});
      }
      break;
    }
    if (!front_.published_on.empty()) return;
    for (const std::string_view word : kDateFields) {
      const std::size_t at = folded.find(word);
      if (at == std::string::npos || at > 150) continue;
      front_.published_on = find_date(folded.substr(at, word.size() + 24));
      if (front_.published_on.empty() && i + 1 < lines_.size() && folded.size() < 24) {
        front_.published_on = find_date(lines_[i + 1].folded.substr(0, 20));
      }
      if (!front_.published_on.empty()) return;
    }
  }

  // "2025-02-05 17:21 武汉市民政局": a date in front of a line, with the publisher behind it.
  void look_for_bare_date() {
    for (std::size_t i = 0; i < lines_.size() && i < 20; ++i) {
      const std::string& folded = lines_[i].folded;
      if (folded.size() > 80 || folded.size() < 8) continue;
      const std::string date = date_at(folded, 0);
      if (date.empty()) continue;
      if (front_.published_on.empty()) front_.published_on = date;
      std::size_t behind = folded.find_first_not_of("0123456789-/:.");
      if (behind == std::string::npos || behind < 8) continue;
      std::string name = field_value(folded, behind);
      if (name_kind(name) == NameKind::kFull) front_.publishers.push_back({std::move(name), "field.date_line", lines_[i].range});
    }
  }

  void add_publisher(std::string name, std::string_view source, TextRange range) {
    if (front_.publishers.size() >= 8 || name.size() > 90 || name_kind(name) != NameKind::kFull || is_bare_division(name)) return;
    front_.publishers.push_back({std::move(name), std::string(source), range});
  }

  // An organ's name as a line of its own in front of the report, or as a column on the way to it.
  void look_for_bylines() {
    constexpr std::size_t kLinesMax = 30;
    const std::uint32_t end = first_heading();
    for (std::size_t i = 0; i < std::min(lines_.size(), kLinesMax) && lines_[i].range.begin < end; ++i) {
      const Line& line = lines_[i];
      if (is_path(line.folded)) {
        look_along_path(line);
      } else if (!line.is_linked) {
        add_publisher(line.folded, "field.byline", line.range);
      }
    }
  }

  // "首页>云陵市统计局>政府信息公开年报". A government there is the portal's.
  void look_along_path(const Line& line) {
    std::string_view rest = line.folded;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('>'), rest.size());
      const std::string_view column = rest.substr(0, end);
      if (!is_government(column)) add_publisher(std::string(column), kPathField, line.range);
      rest.remove_prefix(std::min(rest.size(), end + 1));
    }
  }

  std::uint32_t first_heading() const {
    return sections_.marks().empty() ? static_cast<std::uint32_t>(document_.text.size()) : sections_.marks().front().heading.begin;
  }

  // "云陵市统计局" and below it "2024年1月20日", at the end of the text.
  void look_for_signature() {
    constexpr std::size_t kBlocksMax = 60, kDateBytesMax = 48;
    bool is_dated = false;
    std::size_t seen = 0;
    for (auto block = document_.blocks.rbegin(); block != document_.blocks.rend() && seen < kBlocksMax; ++block, ++seen) {
      if (block->kind == BlockKind::kGrid) return;
      const std::string_view line = trim_spaces(document_.view(block->text));
      if (line.empty()) continue;
      const std::string folded = line.size() <= 2 * kDateBytesMax ? fold_label(line) : std::string();
      if (is_dated) return add_publisher(folded, "field.signature", block->text);
      is_dated = folded.size() <= kDateBytesMax && folded.ends_with("日") && find_year(folded) && find_year(folded)->begin == 0;
    }
  }

  // Lists of other organs' reports stand beside a report as well: the title that is the page's own
  // heading counts, or the last one in front of the text.
  void leave_other_titles() {
    if (sections_.marks().empty()) return;
    const Title* own = nullptr;
    const std::uint32_t end = first_heading();
    for (const Title& title : front_.titles) {
      if (title.source != kPrintedTitle || title.range.begin >= end || name_kind(title.parts.organ) != NameKind::kFull) continue;
      if (own == nullptr || title.is_heading >= own->is_heading) own = &title;
    }
    if (own == nullptr) return;
    const std::string organ = own->parts.organ;
    std::erase_if(front_.titles, [&](const Title& title) {
      const std::string& other = title.parts.organ;
      return title.source == kPrintedTitle && name_kind(other) == NameKind::kFull && other.find(organ) == std::string::npos &&
             organ.find(other) == std::string::npos;
    });
  }

  void look_at_meta() {
    if (!document_.title.empty()) add_title({}, std::string_view(document_.title).substr(0, document_.title.find_first_of("_|")), "meta.title");
    for (const MetaItem& item : document_.meta) {
      const std::string name = fold_label(item.name);
      if (name == "articletitle" || name == "title") add_title({}, item.content, "meta.title");
      if ((name == "contentsource" || name == "author" || name == "source") && front_.publishers.size() < 8) {
        front_.publishers.push_back({fold_label(item.content), "meta." + item.name, {}});
      }
      if ((name == "pubdate" || name == "publishdate") && front_.published_on.empty()) {
        front_.published_on = find_date(item.content);
      }
    }
  }

  const Document& document_;
  const SectionMap& sections_;
  LinkText links_;
  std::vector<Line> lines_;
  FrontMatter front_;
};

}  // namespace

std::string find_date(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at]) || (at > 0 && is_digit(text[at - 1]))) continue;
    if (std::string date = date_at(text, at); !date.empty()) return date;
  }
  return {};
}

FrontMatter read_front_matter(const Document& document, const SectionMap& sections) {
  return FrontReader(document, sections).run();
}

}  // namespace gouji::parser
