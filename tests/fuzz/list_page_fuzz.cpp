// Any bytes as a list or a bootstrap page of every family: the answer stays within its bounds, and
// every address in it is one that the portal allows.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "common/core/check.h"
#include "common/events/page_codec.h"
#include "services/crawler/core/families.h"
#include "services/crawler/core/portal_file.h"

namespace {

using namespace gouji;
using namespace gouji::crawler;

std::vector<Portal> portals() {
  std::vector<Portal> all;
  for (const Family& family : families()) {
    const auto portal = parse_portal(R"({"schema":1,"id":"p","family":")" + family.name + R"(","hosts":["a.cn"],
      "vars":{"from":"http://a.cn/i","fixed":{"infotype":"1","jdid":"2","divid":"3","site_code":"4","code":"5","data_type":"6","dept":"7","category":"8","column":"9"}},
      "lists":[{"id":"l"}]})", "p");
    const auto plain = parse_portal(R"({"schema":1,"id":"p","family":")" + family.name + R"(","hosts":["a.cn"],"lists":[{"id":"l","request":{"url":"http://a.cn/"}}]})", "p");
    if (portal) all.push_back(*portal);
    if (plain) all.push_back(*plain);
  }
  GOUJI_CHECK(all.size() >= families().size());
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Portal> kPortals = portals();
  if (size == 0) return 0;
  const Portal& portal = kPortals[data[0] % kPortals.size()];
  PageRequest request;
  request.purpose = (data[0] & 0x80U) != 0 ? PagePurpose::kVars : PagePurpose::kList;
  request.cursor.list = "l";
  request.url = request.final_url = "http://a.cn/i";
  request.body.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  const PageAnswer answer = read_page(portal, request);
  GOUJI_CHECK(events::decode_page_answer(events::encode(answer)).has_value());
  for (const PageRow& row : answer.list.rows) {
    const auto url = parse_url(row.url);
    GOUJI_CHECK(url.has_value() && is_host_allowed(portal, url->host) && is_wanted(portal, portal.lists.front(), row.url, row.title));
  }
  (void)next_page(portal, request.cursor, answer, {});
  for (const ListCursor& cursor : first_pages(portal, 2025)) (void)make_request(portal, cursor, answer.vars);
  return 0;
}
