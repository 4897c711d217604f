// The values that a portal's bootstrap page gives for later requests.
#pragma once

#include <string>
#include <string_view>

#include "common/report/portal_page.h"
#include "services/crawler/core/page_content.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

// Of the rules whose page this is (`url`, as asked for). Values that are not found are not there; the
// members of an object become "name.member".
PageVars read_variables(const Portal& portal, const PageContent& content, std::string_view url);

}  // namespace gouji::crawler
