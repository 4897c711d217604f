// A list page, as HTML or JSON, to the documents that it names. Runs in the worker: the bytes are
// hostile, and so is everything that comes out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "services/crawler/core/source.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

struct ListedDocument {
  std::string url;    // resolved, canonical
  std::string title;  // at most 1 KiB
  std::string date;   // as written, at most 64 bytes
  friend bool operator==(const ListedDocument&, const ListedDocument&) = default;
};

struct ListPage {
  std::vector<ListedDocument> documents;  // in the order of the page, each address once
  bool cut = false;                       // more than the limit were there
};

inline constexpr std::size_t kListedMax = 2'000;

// kInvalidInput MALFORMED when the page is not what the rules say it is.
Result<ListPage> read_list(std::string_view bytes, std::string_view media_type, const Url& base, const ListRules& rules);

// A page in UTF-8, by its bytes, its labels and the declared type.
Result<std::string> page_text(std::string_view bytes, std::string_view media_type);

// Whether the rules want a row. A pattern with `*` or `?` is a glob over the whole text, any other
// is a part of it; letters are compared as they are.
bool is_wanted(const ListRules& rules, std::string_view url, std::string_view title);
bool matches(std::string_view pattern, std::string_view text);

}  // namespace gouji::crawler
