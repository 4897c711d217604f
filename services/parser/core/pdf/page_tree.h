// The pages of a file in order, with what they inherit (ISO 32000-1, 7.7.3). Own walk and not
// qpdf's: that one mends the tree, and has no bound.
#pragma once

#include <vector>

#include <qpdf/QPDFObjectHandle.hh>

#include "services/parser/core/pdf/pdf_matrix.h"

namespace gouji::parser {

struct PdfPageNode {
  QPDFObjectHandle page;
  QPDFObjectHandle resources;
  double width = 0;  // as it is looked at
  double height = 0;
  PdfMatrix base;  // from the page's own space to top left origin, turned as it is shown
};

struct PdfPageTree {
  std::vector<PdfPageNode> pages;
  bool is_too_long = false;  // more pages than kPdfPagesMax, or nodes than kPdfPageTreeNodesMax
};

// May throw what qpdf throws.
PdfPageTree read_page_tree(const QPDFObjectHandle& catalog);

}  // namespace gouji::parser
