// One page of a portal to the whole answer: what it is, and what it says.
#include <utility>

#include "common/markup/html.h"
#include "common/markup/html_tree.h"
#include "common/text/utf8.h"
#include "services/crawler/core/article.h"
#include "services/crawler/core/attachment_list.h"
#include "services/crawler/core/page_content.h"
#include "services/crawler/core/page_gate.h"
#include "services/crawler/core/page_text.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/core/rows.h"
#include "services/crawler/core/variables.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kWhyBytesMax = 400;

PageAnswer refused(PageClass page_class, std::string why) {
  PageAnswer answer;
  answer.page_class = page_class;
  answer.why = std::move(why);
  if (answer.why.size() > kWhyBytesMax) answer.why.resize(utf8_prefix(answer.why, kWhyBytesMax).size());
  return answer;
}

PageAnswer refused(GateVerdict verdict, const Url& base) {
  PageAnswer answer = refused(verdict.page_class, std::move(verdict.why));
  if (answer.page_class != PageClass::kHop) return answer;
  const auto url = resolve(base, verdict.hop);
  if (url && *url != base) {
    answer.hop = to_string(*url);
  } else {
    answer.page_class = PageClass::kChallenge;
    answer.why = "it leads to itself, or to no address: " + verdict.hop.substr(0, 100);
  }
  return answer;
}

PageAnswer read_list_page(const Portal& portal, const PageRequest& request, const std::string& text, const Url& base) {
  const ListRule* list = find_list(portal, request.cursor.list);
  if (list == nullptr) return refused(PageClass::kUnreadable, "the portal has no list \"" + request.cursor.list + "\"");
  PageAnswer answer;
  const auto content = PageContent::open(text, list->response);
  if (content) answer.list = read_rows(portal, *list, **content, base);
  const bool has_rows = answer.list.rows_seen >= list->min_rows && answer.list.rows_seen > 0;
  if (has_rows && !answer.list.rows.empty()) return answer;
  // No rows, or none that is wanted: then it matters what the page is.
  const HtmlTree tree(text);
  GateVerdict verdict = gate(portal, PagePurpose::kList, text, tree);
  if (verdict.page_class != PageClass::kOk && !(verdict.page_class == PageClass::kHop && !answer.list.follow.empty())) return refused(std::move(verdict), base);
  if (!content) return refused(text.starts_with("<") ? PageClass::kWrongType : PageClass::kUnreadable, content.error().message);
  if (!answer.list.follow.empty() || has_rows) return answer;
  if (request.cursor.page > 0 && answer.list.rows_seen > 0) return answer;  // the last page is short
  answer.page_class = PageClass::kEmptyShell;
  answer.why = std::to_string(answer.list.rows_seen) + " rows, fewer than min_rows " + std::to_string(list->min_rows);
  return answer;
}

PageAnswer read_vars_page(const Portal& portal, const PageRequest& request, const std::string& text, const Url& base) {
  ResponseRule rule;
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && (text[first] == '{' || text[first] == '[')) rule.format = ListFormat::kJson;
  auto content = PageContent::open(text, rule);
  if (!content) content = PageContent::open(text, {});
  PageAnswer answer;
  answer.vars = read_variables(portal, **content, request.url);
  if (!answer.vars.empty()) return answer;
  GateVerdict verdict = gate(portal, PagePurpose::kList, text, (*content)->tree());
  if (verdict.page_class != PageClass::kOk) return refused(std::move(verdict), base);
  return refused(PageClass::kEmptyShell, "none of the values of vars is in the page");
}

PageAnswer read_article_page(const Portal& portal, const PageRequest& request, const std::string& text, const Url& base) {
  if (is_front_page(request.url, request.final_url)) return refused(PageClass::kHomePage, "it was sent on to the front page " + request.final_url);
  const HtmlTree tree(text);
  GateVerdict verdict = gate(portal, PagePurpose::kArticle, text, tree);
  if (verdict.page_class != PageClass::kOk) return refused(std::move(verdict), base);
  ArticlePage page = read_article(portal, text, tree, base);
  if (!page.is_expected) {
    return refused(PageClass::kUnexpected, "article.must_match \"" + portal.article.must_match->text() + "\" is neither in its title nor in its content");
  }
  PageAnswer answer;
  answer.article = std::move(page.reading);
  return answer;
}

}  // namespace

PageAnswer read_page(const Portal& portal, const PageRequest& request) {
  const PageClass by_status = class_of_answer(portal, request.status, request.headers);
  if (by_status != PageClass::kOk) return refused(by_status, "status " + std::to_string(request.status));
  const auto base = parse_url(request.final_url.empty() ? request.url : request.final_url);
  if (!base) return refused(PageClass::kUnreadable, base.error().message);
  const BodyKind kind = body_kind(request.body);
  if (kind == BodyKind::kEmpty) return refused(PageClass::kEmptyShell, "an empty body");
  if (kind == BodyKind::kDocument && (request.purpose == PagePurpose::kArticle || request.purpose == PagePurpose::kAttachments)) return {};  // the article is the document
  if (kind != BodyKind::kText) return refused(PageClass::kWrongType, "not a page of text");
  const auto text = page_text(request.body, request.media_type);
  if (!text) return refused(PageClass::kUnreadable, text.error().message);
  switch (request.purpose) {
    case PagePurpose::kVars: return read_vars_page(portal, request, *text, *base);
    case PagePurpose::kList: return read_list_page(portal, request, *text, *base);
    case PagePurpose::kArticle: return read_article_page(portal, request, *text, *base);
    case PagePurpose::kAttachments: break;
  }
  PageAnswer answer;
  // One more than are taken tells that some are left out.
  const Document document = scan_html(*text);
  if (!has_all_tables(document)) answer.article.attachments = attachments_of_page(document, *base, kAttachmentsMax + 1);
  return answer;
}

}  // namespace gouji::crawler
