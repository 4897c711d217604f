// The families of portals: systems that many portals run on, as data (deploy/portals/families, in the
// program itself).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/crawler/core/json_value.h"
#include "services/crawler/core/pattern.h"

namespace gouji::crawler {

struct Family {
  std::string name;
  std::string about;           // one line, for people
  std::vector<Pattern> page;   // found in pages of such portals; each one that is adds to the evidence
  std::vector<Pattern> url;    // found in their addresses
  JsonValue file;              // members of a portal file; `list` is merged under each of its lists
  JsonValue draft;             // what a draft has besides; {url}, {origin} and {host} in its texts
};

// In the order of their names; `generic` is last.
const std::vector<Family>& families();
const Family* find_family(std::string_view name);

}  // namespace gouji::crawler
