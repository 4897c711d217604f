// Recorded pages that a portal file brings along: what the file makes of them, against what it promises.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/report/portal_page.h"
#include "services/crawler/core/json_value.h"
#include "services/crawler/core/portal.h"

namespace gouji::crawler {

struct SampleResult {
  PageAnswer answer;
  std::vector<std::string> mismatches;  // "/rows: expected 2, found 3"; empty: as promised
};

PageRequest sample_request(const Portal& portal, const PortalSample& sample, std::string body);
SampleResult check_sample(const Portal& portal, const PortalSample& sample, std::string body);
// The answer as JSON, for people and for the pointers of `expect`: /class, /why, /rows, /vars, /list/…, /article/….
JsonValue json_of(const PageAnswer& answer);

}  // namespace gouji::crawler
