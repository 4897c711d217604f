// A portal file: one source on the web as data, in JSON. First form: a list page or a single
// address, what to accept, what is known of the organ. All mistakes are found at once, each with the
// place (JSON pointer) and what is expected there.
//
//   { "schema": 1,
//     "id": "cn-33-zj-jyt",                   a-z 0-9 - . , at most 64
//     "kind": "list",                         "list": a page that names documents; "url": one document
//     "url": "https://jyt.zj.gov.cn/col/",    of the page, or of the document
//     "hosts": ["*.zj.gov.cn"],               where documents may lie; without it the host of "url"
//     "organ": "浙江省教育厅",                 hints for every document, all optional
//     "year": 2024,
//     "scope": "OWN",                         OWN AGGREGATE SYSTEM
//     "interval": "1h",                       between two readings: 10s … 400d (s m h d)
//     "format": "json",                       of a list: "html" (default), "json"
//     "accept": { "title": ["信息公开*报告"], "title_not": ["解读"], "url": ["/art/"] },
//     "rows": { "pointer": "/data/list", "url": "/link", "title": "/name", "date": "/day" } }
//
// Patterns are parts of a text, or globs over the whole of it when they hold `*` or `?`. "rows" is
// for JSON: the pointer to the array, and within one of its elements the pointers to its fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/crawler/core/source.h"

namespace gouji::crawler {

// The file's bytes are a JSON object with the member "schema": a portal file and no document.
bool is_portal_file(std::string_view bytes);
// `name` is used in messages. kFatal BAD_SETTINGS with one line for each mistake.
Result<Source> parse_portal_file(std::string_view bytes, std::string_view name);

// Whether the source's documents may lie on this host.
bool is_host_accepted(const Source& source, std::string_view host);

}  // namespace gouji::crawler
