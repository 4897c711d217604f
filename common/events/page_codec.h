// The frames between the crawler and its worker about pages of portals, as plain structs. Internal
// to a build. The answer comes from a process that read hostile bytes: decoding checks bounds.
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.h"
#include "common/report/portal_page.h"

namespace gouji::events {

std::string encode(const PageRequest& request);
Result<PageRequest> decode_page_request(std::string_view bytes);
std::string encode(const PageAnswer& answer);
// kInvalidInput MALFORMED when a bound of portal_page.h does not hold or a value is unknown.
Result<PageAnswer> decode_page_answer(std::string_view bytes);

}  // namespace gouji::events
