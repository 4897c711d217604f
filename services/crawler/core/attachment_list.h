// What is attached to the page of a report: the files that it links, the images and the documents in
// frames that stand where its tables belong. Runs in the worker: the bytes are hostile.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/markup/document.h"
#include "common/report/portal_page.h"
#include "services/crawler/core/url.h"

namespace gouji::crawler {

inline constexpr std::size_t kAttachmentsMax = 8;  // of a page without a portal file

// In the order of the page, each address once, at most `max`; the name is the link's text. For
// a page that does not hold the report itself. `base` is the page's own address.
std::vector<PageAttachment> attachments_of_page(const Document& document, const Url& base, std::size_t max);
// The page holds the report itself: all its tables.
bool has_all_tables(const Document& document);
// Ends in the name of a kind of document, in the path or in a value of the query.
bool is_document_address(std::string_view address);

}  // namespace gouji::crawler
