// A portal file: one portal as data, in JSON. docs/portals.md describes every member, and
// deploy/portals/portal.schema.json is the same for editors. All mistakes are found at once, each with
// the place (JSON pointer) and what is expected there.
//
// A file names a family and says what differs:
//   { "schema": 1, "id": "cn-22-cc-swj", "family": "trs-static",
//     "organ": { "id": "220100-swj", "name": "长春市商务局" },
//     "hosts": ["swj.changchun.gov.cn"],
//     "lists": [ { "id": "nb", "request": { "url": "http://swj.changchun.gov.cn/zwgk/ndbg/" } } ] }
//
// The first form has no family and one page, with "kind" "list" or "url":
//   { "schema": 1, "id": "cn-33-zj-jyt", "kind": "list", "url": "https://jyt.zj.gov.cn/col/",
//     "hosts": ["*.zj.gov.cn"], "organ": "浙江省教育厅", "year": 2024, "scope": "OWN", "interval": "1h",
//     "format": "json", "accept": { "title": ["信息公开*报告"], "title_not": ["解读"], "url": ["/art/"] },
//     "rows": { "pointer": "/data/list", "url": "/link", "title": "/name", "date": "/day" } }
// Its patterns are parts of a text, or globs over the whole of it when they hold `*` or `?`.
#pragma once

#include <string>
#include <string_view>

#include "common/core/result.h"
#include "services/crawler/core/json_value.h"
#include "services/crawler/core/object_reader.h"
#include "services/crawler/core/portal.h"
#include "services/crawler/core/source.h"

namespace gouji::crawler {

inline constexpr std::size_t kPortalFileBytesMax = 1024 * 1024;

// The file's bytes are a JSON object with the member "schema": a portal file and no document.
bool is_portal_file(std::string_view bytes);
// `name` is used in messages. kFatal BAD_SETTINGS with one line for each mistake.
Result<Portal> parse_portal(std::string_view bytes, std::string_view name);
// Portal::definition back to the portal, in another process of the same build.
Result<Portal> portal_from_definition(std::string_view definition);
Source source_of(Portal portal);
// Both at once.
Result<Source> parse_portal_file(std::string_view bytes, std::string_view name);

// Whether the source's documents may lie on this host.
bool is_host_accepted(const Source& source, std::string_view host);

// The first form (portal_first_form.cpp).
Portal read_first_form(const JsonValue& root, Mistakes& mistakes);
// What both forms have.
bool is_portal_id(std::string_view text);
std::optional<std::string> read_scope(ObjectReader& reader);

}  // namespace gouji::crawler
