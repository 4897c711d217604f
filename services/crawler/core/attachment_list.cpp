#include "services/crawler/core/attachment_list.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>

#include "common/markup/html.h"
#include "common/text/ascii.h"
#include "common/text/utf8.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kTitleBytesMax = 1'024;
constexpr std::size_t kLineBytesMax = 240;

constexpr std::string_view kDocumentEndings[] = {"pdf", "doc", "docx", "wps", "xls", "xlsx", "et", "ofd", "rtf", "zip", "rar"};
constexpr std::string_view kImageEndings[] = {"jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff"};

bool holds_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

// The letters behind the last dot, where they can be the ending of a file's name.
std::string ending_of(std::string_view name) {
  while (!name.empty() && (name.back() == ' ' || name.back() == '\n' || name.back() == '\t')) name.remove_suffix(1);
  const auto dot = name.rfind('.');
  if (dot == name.npos || name.size() - dot > 5) return {};
  return ascii_lower(name.substr(dot + 1));
}

template <std::size_t N>
bool is_among(const std::string& ending, const std::string_view (&endings)[N]) {
  return !ending.empty() && std::find(std::begin(endings), std::end(endings), ending) != std::end(endings);
}

struct Region {
  std::size_t begin = 0;  // blocks
  std::size_t end = 0;
  bool has_title = false;
};

bool is_title(std::string_view line) {
  return line.size() <= kLineBytesMax && line.find("公开") != line.npos && holds_any(line, {"年度报告", "年报", "工作报告"}) &&
         holds_any(line, {"20", "二〇", "二○", "二零"});
}

// From the report's title to the foot of its page.
Region region_of(const Document& document) {
  Region region{0, document.blocks.size(), false};
  for (std::size_t i = 0; i < document.blocks.size(); ++i) {
    const std::string_view line = document.view(document.blocks[i].text);
    if (!region.has_title && is_title(line)) {
      region.begin = i;
      region.has_title = true;
    }
    const bool is_foot = line.size() <= kLineBytesMax && holds_any(line, {"上一篇", "下一篇", "上一条", "下一条", "主办单位", "网站标识码",
                                                                          "版权所有", "相关链接", "相关阅读", "友情链接", "ICP备"});
    if (i > region.begin && is_foot) {
      region.end = i;
      if (region.has_title) break;
    }
  }
  if (!region.has_title) region.end = document.blocks.size();
  return region;
}

class AttachmentList {
 public:
  AttachmentList(const Document& document, const Url& page, std::size_t max) : document_(document), page_(page), max_(max), region_(region_of(document)) {}

  std::vector<PageAttachment> run() {
    for (const Link& link : document_.links) {
      if (link.block < region_.end && is_in_region(link.block) && is_attached(link)) add(document_.address(link), document_.view(link.text));
    }
    bool was_taken = false;
    std::size_t last_block = 0;
    for (const Image& image : document_.images) {
      if (!is_in_region(image.block)) continue;
      const bool goes_on = was_taken && image.block <= last_block + 1;
      const bool is_taken = image.is_frame ? is_document_frame(image) : is_picture(image) && (goes_on || stands_for_a_table(image));
      if (is_taken) add(image.src, image.alt);
      was_taken = was_taken && goes_on ? true : is_taken;
      if (is_taken) last_block = image.block;
    }
    return std::move(found_);
  }

 private:
  bool is_in_region(std::size_t block) const { return block >= region_.begin && block <= region_.end; }

  bool is_attached(const Link& link) const {
    const std::string_view text = document_.view(link.text);
    // What hangs on every page of such portals, and is no report.
    if (holds_any(text, {"申请表", "指南", "流程", "手册", "说明书"})) return false;
    const std::string_view address = document_.address(link);
    const std::string by_address = ending_of(address.substr(0, address.find_first_of("?#")));
    if (is_document_address(address) || is_among(ending_of(text), kDocumentEndings)) return true;
    // "附件：" may stand in front of its links.
    const std::string_view before = line_before(link);
    const bool is_listed = before.starts_with("附件") && holds_any(before, {"：", ":"});
    const bool is_named = text.find("附件") != text.npos || is_listed;
    if (is_among(by_address, kImageEndings)) return is_named || holds_any(text, {"年报", "年度报告", "表"});
    return is_named && text.size() <= kLineBytesMax;
  }

  // The text of the link's block up to the link.
  std::string_view line_before(const Link& link) const {
    if (link.block >= document_.blocks.size() || document_.blocks[link.block].kind == BlockKind::kGrid) return {};
    const TextRange block = document_.blocks[link.block].text;
    return document_.view({block.begin, std::clamp(link.text.begin, block.begin, block.end)});
  }

  // A viewer's own address holds that of the file.
  static bool is_document_frame(const Image& frame) {
    const std::string address = ascii_lower(frame.src);
    return is_among(ending_of(address.substr(0, address.find_first_of("?#"))), kDocumentEndings) || is_among(ending_of(address), kDocumentEndings) ||
           holds_any(address, {".htm", ".shtml", ".txt"});
  }

  static bool is_picture(const Image& image) {
    const std::string address = ascii_lower(image.src);
    if (holds_any(address, {"icon", "filetype", "logo", "qrcode", "ewm", "banner"})) return false;
    return is_among(ending_of(address.substr(0, address.find_first_of("?#"))), kImageEndings);
  }

  // Behind a table's heading; or on a page that has a title and hardly anything but pictures.
  bool stands_for_a_table(const Image& image) const {
    std::size_t looked_at = 0;
    for (std::size_t i = std::min<std::size_t>(image.block, document_.blocks.size()); i > region_.begin && looked_at < 3; --i) {
      const Block& block = document_.blocks[i - 1];
      if (block.kind == BlockKind::kGrid) return false;
      looked_at += 1;
      if (holds_any(document_.view(block.text), {"主动公开政府信息", "公开申请情况", "处理政府信息公开申请", "行政复议", "行政诉讼", "统计表", "情况表"})) return true;
    }
    constexpr std::size_t kScantBytes = 900;
    std::size_t bytes = 0;
    for (std::size_t i = region_.begin; i < region_.end; ++i) bytes += document_.view(document_.blocks[i].text).size();
    return region_.has_title && bytes <= kScantBytes;
  }

  // A viewer names the file in its query: "viewer.html?file=/upload/a.pdf".
  static std::string_view file_of_viewer(std::string_view address) {
    for (const std::string_view name : {"?file=", "&file=", "?url=", "&url=", "?src=", "&src="}) {
      const auto at = address.find(name);
      if (at == address.npos) continue;
      const std::string_view file = address.substr(at + name.size(), address.find_first_of("&#", at + 1) - at - name.size());
      if (is_among(ending_of(file), kDocumentEndings)) return file;
    }
    return address;
  }

  // Names of files that people gave; browsers encode them.
  static std::string without_spaces(std::string_view reference) {
    std::string out;
    for (const char c : reference) out += c == ' ' ? std::string("%20") : std::string(1, c);
    return out;
  }

  void add(std::string_view reference, std::string_view title) {
    const auto url = resolve(page_, without_spaces(file_of_viewer(reference)));
    if (!url || *url == page_ || found_.size() >= max_ || !known_.insert(to_string(*url)).second) return;
    found_.push_back({to_string(*url), std::string(utf8_prefix(title, kTitleBytesMax))});
  }

  const Document& document_;
  const Url& page_;
  const std::size_t max_;
  const Region region_;
  std::set<std::string> known_;
  std::vector<PageAttachment> found_;
};

}  // namespace

// Only the tables themselves have these words, all of them.
bool has_all_tables(const Document& document) {
  const std::string_view text = document.text;
  return holds_any(text, {"新收政府信息公开申请"}) && holds_any(text, {"结果维持"}) &&
         holds_any(text, {"制发件", "制作数量", "处理决定数量", "废止件"});
}

bool is_document_address(std::string_view address) {
  const auto query = address.find_first_of("?#");
  if (is_among(ending_of(address.substr(0, query)), kDocumentEndings)) return true;
  if (query == address.npos) return false;
  for (std::string_view rest = address.substr(query + 1); !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find_first_of("&#"));
    if (is_among(ending_of(part), kDocumentEndings)) return true;
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  }
  return false;
}

std::vector<PageAttachment> attachments_of_page(const Document& document, const Url& base, std::size_t max) {
  return AttachmentList(document, base, max).run();
}

}  // namespace gouji::crawler
