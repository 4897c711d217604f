#include "services/parser/core/content_digest.h"

#include <algorithm>
#include <string_view>

#include "common/core/digest.h"
#include "common/text/fold.h"
#include "common/text/utf8.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

constexpr std::size_t kChromeLineBytes = 160;

constexpr std::string_view kFieldWords[] = {"来源:", "来源 ", "发布时间", "发布日期", "字体", "字号", "浏览次数", "浏览量", "点击数", "点击:", "打印",
                                            "分享", "关闭窗口", "索引号", "责任编辑", "阅读次数", "访问量", "您的位置", "当前位置", "所在位置",
                                            "保护视力", "背景色", "更新时间", "发布机构", "信息来源"};
constexpr std::string_view kFootWords[] = {"上一篇", "下一篇", "主办单位", "主办:", "承办单位", "承办:", "icp备", "icp证", "网站标识码", "公网安备", "版权所有",
                                           "网站地图", "联系我们", "扫一扫", "关闭窗口", "打印本页", "相关链接", "友情链接", "技术支持", "相关附件",
                                           "附件下载", "打印", "分享到", "责任编辑", "关闭"};

// Spaces out, widths folded, ideographs as they are: what stays the same when a page is laid out anew.
std::string without_layout(std::string_view raw) {
  std::string text;
  text.reserve(raw.size());
  for (std::size_t at = 0; at < raw.size();) {
    const auto lead = static_cast<unsigned char>(raw[at]);
    if (lead >= 0xE4 && lead <= 0xE9 && at + 3 <= raw.size()) {
      text.append(raw, at, 3);
      at += 3;
      continue;
    }
    const CodePoint point = code_point_at(raw, at);
    at += point.length;
    const char32_t c = point.value < 0x10000 ? fold_character(point.value) : point.value;
    if (c != 0) append_utf8(text, c);
  }
  return text;
}

bool is_sentence(std::string_view raw) { return has_word(raw, "。"); }

std::uint32_t begin_of_report(const FrontMatter& front, const SectionMap& sections) {
  std::uint32_t begin = sections.marks().empty() ? 0 : sections.marks().front().heading.begin;
  bool is_found = !sections.marks().empty();
  for (const Title& title : front.titles) {
    if (title.range.empty() || title.source != "title") continue;
    begin = is_found ? std::min(begin, title.range.begin) : title.range.begin;
    is_found = true;
    break;
  }
  return begin;
}

}  // namespace

std::uint32_t end_of_report(const Document& document, const SectionMap& sections) {
  const auto size = static_cast<std::uint32_t>(document.text.size());
  if (sections.marks().empty()) return size;
  const std::uint32_t last = sections.marks().back().heading.end;
  for (const Block& block : document.blocks) {
    if (block.text.begin < last || block.kind == BlockKind::kGrid) continue;
    if (block.text.end - block.text.begin > kChromeLineBytes) continue;
    const std::string_view raw = document.view(block.text);
    const std::string folded = fold_label(raw);
    if (!is_sentence(raw) && has_any(folded, kFootWords)) return block.text.begin;
  }
  return size;
}

std::string content_digest(const Document& document, const FrontMatter& front, const SectionMap& sections,
                           const std::vector<std::string>& attachment_digests) {
  const std::uint32_t begin = begin_of_report(front, sections);
  const std::uint32_t end = end_of_report(document, sections);
  Sha256Stream stream;
  for (const Block& block : document.blocks) {
    if (block.text.end <= begin || block.text.begin >= end) continue;
    const TextRange range{std::max(block.text.begin, begin), std::min(block.text.end, end)};
    const std::string_view raw = document.view(range);
    const bool may_be_field = block.kind != BlockKind::kGrid && raw.size() <= kChromeLineBytes && !is_sentence(raw);
    if (may_be_field && has_any(fold_label(raw), kFieldWords)) continue;
    stream.add(without_layout(raw));
  }
  for (const std::string& digest : attachment_digests) {
    stream.add("\n");
    stream.add(digest);
  }
  const Sha256 digest = stream.finish();
  return to_hex(digest);
}

}  // namespace gouji::parser
