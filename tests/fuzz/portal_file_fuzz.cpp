// Any bytes as a portal file: refused with what is wrong, or a portal whose definition reads the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/core/check.h"
#include "services/crawler/core/portal_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gouji::crawler;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto portal = parse_portal(bytes, "fuzz");
  if (!portal) {
    GOUJI_CHECK(!portal.error().message.empty());
    return 0;
  }
  const auto again = portal_from_definition(portal->definition);
  GOUJI_CHECK(again.has_value() && again->rev == portal->rev && again->lists.size() == portal->lists.size());
  for (const gouji::ListCursor& cursor : first_pages(*portal, 2025)) (void)make_request(*portal, cursor, {});
  return 0;
}
