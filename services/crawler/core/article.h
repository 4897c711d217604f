// An article's page to what the crawler needs of it: metadata, a digest of the text that leaves the
// page's furniture out, and what is attached. It reads no report: that is the parser's.
#pragma once

#include <string_view>

#include "common/markup/html_tree.h"
#include "common/report/portal_page.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

struct ArticlePage {
  ArticleReading reading;
  bool is_expected = true;  // article.must_match is in its title or its content, or there is no such rule
};

// `tree` is of `text`; `base` is the page's own address.
ArticlePage read_article(const Portal& portal, std::string_view text, const HtmlTree& tree, const Url& base);
// The day that an address names: /t20240125_1.html, /2024/1/25/, /20240125/, ids that begin with one.
std::string day_of_address(std::string_view address);

}  // namespace gouji::crawler
