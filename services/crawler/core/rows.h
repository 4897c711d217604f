// A list page to its rows: read by the list's rules, resolved, spelled canonically, held against what
// is wanted. What is left out is told with its reason.
#pragma once

#include <string>

#include "common/report/portal_page.h"
#include "services/crawler/core/page_content.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

ListReading read_rows(const Portal& portal, const ListRule& list, const PageContent& content, const Url& base);

}  // namespace gouji::crawler
