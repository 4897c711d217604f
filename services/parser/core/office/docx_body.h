// The body of a DOCX, from its XML to a FlowBuilder.
#pragma once

#include <string_view>

#include "services/parser/core/office/docx_package.h"
#include "services/parser/core/office/flow_builder.h"

namespace gouji::parser {

// False where the XML is cut off or closes more than it opens. Views `xml` during the call.
bool read_docx_body(std::string_view xml, DocxPackage& package, FlowBuilder& builder);

}  // namespace gouji::parser
