#include "services/crawler/core/article.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/core/digest.h"
#include "common/markup/entities.h"
#include "common/markup/html.h"
#include "common/text/ascii.h"
#include "common/text/percent.h"
#include "common/text/utf8.h"
#include "services/crawler/core/attachment_list.h"
#include "services/crawler/core/fingerprint.h"
#include "services/crawler/core/page_content.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kTitleBytesMax = 1'024;
constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kContentBytesMin = 24;
constexpr std::size_t kPlainPageBytesMax = 3'000;
constexpr std::size_t kHeadBytes = 6'000;

// Where the systems of portals put the text of an article.
constexpr std::string_view kUsualContent[] = {
    "#UCAP-CONTENT", "#zoom", "#Zoom", "#zoomcon", ".TRS_Editor", ".TRS_UEDITOR", ".trs_editor_view", ".Custom_UnionStyle", "#ivs_content",
    ".Article_content", ".article-content", "#webeditorview", ".xxgk_content", ".main-txt", ".wzzw-article", "#vsb_content", ".v_news_content",
    ".pages_content", ".bt-article-02", "#div_zhengwen", ".j-fontContent", ".zwnr", "#articleContent", ".article_content", ".news_content", ".wz_article"};

constexpr std::string_view kMetaTitle[] = {"ArticleTitle"};
constexpr std::string_view kMetaDate[] = {"PubDate", "publishdate", "publishtime", "firstpublishedtime", "article:published_time", "createdate", "date"};
constexpr std::string_view kMetaSource[] = {"ContentSource", "source"};

// Furniture that stands among the text, a line each.
constexpr std::string_view kUsualChrome[] = {
    "(?m)^(浏览|阅读|点击|访问)(次数|量|数|率)[:：]?\\n?[0-9]*次?$",
    "(?m)^[【\\[(（]?\\n?(字体|字号|文字大小)[:：]?\\n?([【\\[(（]?\\n?(特大|大|中|小|默认)\\n?[】\\])）]?\\n?){1,5}[】\\])）]?$",
    "(?m)^[【\\[(（]?(打印(本页|此页|文章)?|关闭(窗口|本页|页面)?|我要纠错|收藏(本页)?|分享到?[:：]?|返回顶部|微信|微博|QQ空间)[】\\])）]?$",
    "(?m)^(扫一扫|用微信扫)[^\\n]{0,90}$",
};

const std::vector<Selector>& usual_content() {
  static const std::vector<Selector> kAll = [] {
    std::vector<Selector> all;
    for (const std::string_view css : kUsualContent) all.push_back(*Selector::parse(css));
    return all;
  }();
  return kAll;
}

const std::vector<Pattern>& usual_chrome() {
  static const std::vector<Pattern> kAll = [] {
    std::vector<Pattern> all;
    for (const std::string_view expression : kUsualChrome) all.push_back(Pattern::known(expression));
    return all;
  }();
  return kAll;
}

class Article {
 public:
  Article(const Portal& portal, std::string_view text, const HtmlTree& tree, const Url& base)
      : rule_(portal.article), text_(text), tree_(tree), base_(base) {}

  ArticlePage run() {
    read_meta();
    find_content();
    PageContentView view(tree_);
    const FieldScope scope{view, {}, {}, text_};
    out_.title = tidied(first({field_value(rule_.title, scope), meta(rule_.meta_title, kMetaTitle), text_of("h1"), short_title()}), kTitleBytesMax);
    out_.source = tidied(first({field_value(rule_.source, scope), meta(rule_.meta_source, kMetaSource)}), kNameBytesMax);
    out_.site_id = tidied(first({meta({}, {"SiteIDCode"})}), 32);
    out_.date = day(first({field_value(rule_.date, scope)}));
    if (out_.date.empty()) out_.date = day(first({meta(rule_.meta_date, kMetaDate)}));
    if (out_.date.empty()) out_.date = labelled_day();
    if (out_.date.empty()) out_.date = day_of_address(to_string(base_));
    add_digests();
    add_attachments();
    return {std::move(out_), is_expected_};
  }

 private:
  // The whole page as a row.
  class PageContentView : public RowView {
   public:
    explicit PageContentView(const HtmlTree& tree) : tree_(tree) {}
    std::optional<std::string> get(const FieldRule& rule) const override {
      if (!rule.select) return std::nullopt;
      const auto found = rule.select->find(tree_, kNoElement, 1);
      if (found.empty()) return std::nullopt;
      return rule.attribute.empty() ? std::optional(tree_.text(found.front())) : tree_.attribute(found.front(), rule.attribute);
    }
    std::string text(std::size_t bytes_max) const override { return tree_.text(bytes_max); }
    std::vector<std::unique_ptr<RowView>> inner(const std::string&, const std::vector<FieldRule>&) const override { return {}; }
    std::string shape() const override { return {}; }

   private:
    const HtmlTree& tree_;
  };

  static std::string first(std::initializer_list<std::optional<std::string>> texts) {
    for (const auto& text : texts) {
      if (text && !tidied(*text, 8).empty()) return *text;
    }
    return {};
  }

  static std::string day(std::string_view text) {
    auto found = day_in(text);
    if (!found) found = compact_day_in(text);
    return found.value_or("");
  }

  void read_meta() {
    static const Selector kMeta = *Selector::parse("meta[content]");
    for (const std::uint32_t at : kMeta.find(tree_, kNoElement, 200)) {
      std::string name = tree_.attribute(at, "name").value_or(tree_.attribute(at, "property").value_or(""));
      if (!name.empty()) meta_.emplace_back(std::move(name), tree_.attribute(at, "content").value_or(""));
    }
  }

  template <typename Usual>
  std::optional<std::string> meta(const std::vector<std::string>& own, const Usual& usual) const {
    std::vector<std::string_view> names(own.begin(), own.end());
    names.insert(names.end(), std::begin(usual), std::end(usual));
    for (const std::string_view name : names) {
      for (const auto& [known, content] : meta_) {
        if (equals_ignoring_case(known, name) && !tidied(content, 8).empty()) return content;
      }
    }
    return std::nullopt;
  }
  std::optional<std::string> meta(const std::vector<std::string>& own, std::initializer_list<std::string_view> usual) const {
    return meta(own, std::vector<std::string_view>(usual));
  }

  std::optional<std::string> text_of(std::string_view css) const {
    const auto found = Selector::parse(css)->find(tree_, kNoElement, 2);
    return found.size() == 1 ? std::optional(tree_.text(found.front(), kTitleBytesMax)) : std::nullopt;
  }

  // <title> without the name of the site behind it.
  std::optional<std::string> short_title() const {
    std::string title = text_of("title").value_or("");
    for (const std::string_view mark : {"_", "|", " - ", "-", "—", "–"}) {
      const auto at = title.find(mark);
      if (at != std::string::npos && at >= 24) title.resize(at);
    }
    return title.empty() ? std::nullopt : std::optional(title);
  }

  bool is_filled(std::uint32_t element) const {
    static const Selector kShown = *Selector::parse("img, iframe, embed, object, a[href]");
    return tree_.text_bytes(element) >= kContentBytesMin || !kShown.find(tree_, element, 1).empty();
  }

  void find_content() {
    for (const auto* selectors : {&rule_.content, &usual_content()}) {
      for (const Selector& selector : *selectors) {
        for (const std::uint32_t element : selector.find(tree_, kNoElement, 4)) {
          if (!is_filled(element)) continue;
          content_ = element;
          out_.content = selector.text();
          return;
        }
      }
    }
    descend();
  }

  // Without a known container: into the element that holds most of the text, as long as one does.
  void descend() {
    const auto& elements = tree_.elements();
    for (std::uint32_t at = 0; at < elements.size();) {
      const bool is_page = content_ == kNoElement;
      if (!is_page && at > elements[content_].last) return;
      const std::size_t whole = is_page ? 0 : tree_.text_bytes(content_);
      if (tree_.text_bytes(at) * 10 >= whole * 6 && tree_.text_bytes(at) > 0 && (!is_page || equals_ignoring_case(elements[at].name, "body"))) {
        content_ = at++;
        out_.content = "(largest)";
      } else {
        at = is_page ? at + 1 : elements[at].last + 1;
      }
    }
  }

  // "发布日期：2024-01-25" in the head of the text.
  std::string labelled_day() const {
    const std::string text = tree_.text(kHeadBytes);
    for (const std::string_view label : {"发布日期", "发布时间", "发文日期", "公开日期", "公开时间", "日期：", "时间：", "日期:", "时间:"}) {
      const auto at = text.find(label);
      if (at == std::string::npos) continue;
      std::string found = day(std::string_view(text).substr(at, label.size() + 48));
      if (!found.empty()) return found;
    }
    return {};
  }

  void add_digests() {
    std::string text = tree_.comparable_text(content_);
    for (const auto* patterns : {&usual_chrome(), &rule_.chrome}) {
      for (const Pattern& pattern : *patterns) text = pattern.replace(std::move(text), "");
    }
    std::string folded;  // lines that became empty are no lines
    for (const char c : text) {
      if (c != '\n' || (!folded.empty() && folded.back() != '\n')) folded.push_back(c);
    }
    while (!folded.empty() && folded.back() == '\n') folded.pop_back();
    out_.text_bytes = static_cast<std::int64_t>(folded.size());
    out_.simhash = simhash(folded);
    is_expected_ = !rule_.must_match || rule_.must_match->is_in(out_.title) || rule_.must_match->is_in(folded);
    // A picture of a table is content too: another picture is another text.
    static const Selector kPictures = *Selector::parse("img[src], iframe[src], embed[src]");
    for (const std::uint32_t picture : kPictures.find(tree_, content_, 200)) {
      const std::string source = tree_.attribute(picture, "src").value_or("");
      folded += "\n[" + source.substr(0, std::min(source.find_first_of("?#"), kPageTextMax)) + "]";
    }
    out_.text_digest = to_hex(sha256(folded));
  }

  void add_attachments() {
    const Document document = scan_html(text_);
    if (has_all_tables(document)) return;
    const auto max = static_cast<std::size_t>(rule_.attachments_max);
    std::set<std::string> known;
    out_.attachments = attachments_of_page(document, base_, max);
    for (const PageAttachment& found : out_.attachments) known.insert(found.url);
    std::set<std::string> links;  // judged above, whether taken or not
    for (const Link& link : document.links) links.emplace(document.address(link));
    const bool has_content = content_ != kNoElement && out_.content != "(largest)";
    if (!has_content && tree_.text(kPlainPageBytesMax + 1).size() > kPlainPageBytesMax) return;
    add_quoted(decode_entities(has_content ? tree_.inner_html(content_) : text_), links, known);
  }

  // Addresses in onclick, data-… and scripts: 'x.pdf', window.open("x.doc").
  void add_quoted(const std::string& html, const std::set<std::string>& links, std::set<std::string>& known) {
    static const Pattern kQuoted = Pattern::known("['\"]([^'\"<>\\s\\\\]{1,900}\\.(?i:pdf|docx?|xlsx?|wps|et|ofd|rtf|zip|rar))['\"]");
    std::size_t at = 0;
    for (int tries = 0; tries < 200 && out_.attachments.size() < static_cast<std::size_t>(rule_.attachments_max); ++tries) {
      const auto match = kQuoted.find(html, at);
      if (!match) return;
      at = match->end;
      const std::string& reference = match->groups[0];
      if (links.contains(reference) || reference.find_first_of("/.") == std::string::npos) continue;
      const auto viewer = reference.find("file=");
      const auto url = resolve(base_, viewer == std::string::npos ? reference : repair_utf8(percent_decoded(reference.substr(viewer + 5))));
      if (url && *url != base_ && known.insert(to_string(*url)).second) out_.attachments.push_back({to_string(*url), {}});
    }
  }

  const ArticleRule& rule_;
  const std::string_view text_;
  const HtmlTree& tree_;
  const Url& base_;
  std::vector<std::pair<std::string, std::string>> meta_;
  std::uint32_t content_ = kNoElement;
  ArticleReading out_;
  bool is_expected_ = true;
};

}  // namespace

std::string day_of_address(std::string_view address) {
  if (const auto day = day_in(address)) return *day;
  if (const auto day = compact_day_in(address)) return *day;
  for (std::size_t at = 0; at < address.size();) {
    std::size_t end = at;
    while (end < address.size() && address[end] >= '0' && address[end] <= '9') ++end;
    if (end - at >= 14) {
      if (const auto day = compact_day_in(address.substr(at, 8))) return *day;
    }
    at = std::max(end, at + 1);
  }
  return {};
}

ArticlePage read_article(const Portal& portal, std::string_view text, const HtmlTree& tree, const Url& base) {
  return Article(portal, text, tree, base).run();
}

}  // namespace gouji::crawler
