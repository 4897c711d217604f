// Layers that are switched off when the file is opened (ISO 32000-1, 8.11): what they hold is not
// on the page.
#pragma once

#include <set>

#include <qpdf/QPDFObjectHandle.hh>

namespace gouji::parser {

class OptionalContent {
 public:
  OptionalContent() = default;
  explicit OptionalContent(const QPDFObjectHandle& catalog);

  // Of a group, or of a membership of which every group is off.
  bool is_off(const QPDFObjectHandle& group) const;

 private:
  bool is_group_off(const QPDFObjectHandle& group) const;
  std::set<QPDFObjGen> off_;
};

}  // namespace gouji::parser
