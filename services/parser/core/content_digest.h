// One digest for what a report says, whatever page it stands on.
#pragma once

#include <string>
#include <vector>

#include "common/markup/document.h"
#include "services/parser/core/front_matter.h"
#include "services/parser/core/sections.h"

namespace gouji::parser {

// SHA-256, hex, over the text without layout from the title or first heading to the end of the last section
// and over the attachments' digests in their order. Layout is spaces, line ends, widths and
// markup. Left out is what portals put around and between: everything in front of the title (menus,
// breadcrumbs), the fields above the text (来源, 发布时间, 字体), and everything from the first line that
// belongs to the foot of a page (上一篇, 打印, 主办单位, ICP备 …) behind the last heading. A document
// without title and headings counts as a whole, but for the lines that are fields.
std::string content_digest(const Document& document, const FrontMatter& front, const SectionMap& sections,
                           const std::vector<std::string>& attachment_digests);

// The end of the report inside the document: where the foot of the page begins.
std::uint32_t end_of_report(const Document& document, const SectionMap& sections);

}  // namespace gouji::parser
