// Any bytes as an article: a class, or a reading within its bounds whose digest is that of the text.
#include <cstddef>
#include <cstdint>

#include "common/core/check.h"
#include "common/events/page_codec.h"
#include "common/markup/html_tree.h"
#include "common/markup/selector.h"
#include "common/text/utf8.h"
#include "services/crawler/core/portal_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gouji;
  using namespace gouji::crawler;
  PageRequest request;
  request.purpose = PagePurpose::kArticle;
  request.url = request.final_url = "http://a.cn/x/t20240101_1.html";
  request.body.assign(reinterpret_cast<const char*>(data), size);
  const PageAnswer answer = read_page(Portal{}, request);
  GOUJI_CHECK(events::decode_page_answer(events::encode(answer)).has_value());
  GOUJI_CHECK((answer.page_class == PageClass::kHop) == !answer.hop.empty());
  for (const PageAttachment& attachment : answer.article.attachments) GOUJI_CHECK(parse_url(attachment.url).has_value());
  const std::string text = repair_utf8(request.body);
  const HtmlTree tree(text);
  for (std::uint32_t i = 0; i < tree.elements().size(); ++i) {
    const HtmlElement& element = tree.elements()[i];
    GOUJI_CHECK(element.last >= i && element.last < tree.elements().size() && element.content <= element.end && element.end <= text.size());
  }
  static const Selector kSelector = *Selector::parse("div:has(a[href]) > :not(.x) + a, li ~ li, p:nth-child(2):contains('a'), td:last-child");
  for (const std::uint32_t found : kSelector.find(tree)) GOUJI_CHECK(is_utf8(tree.text(found)));
  return 0;
}
