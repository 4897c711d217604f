// What `gouji check` writes to standard output, in each of its formats. A page or a SARIF log is
// one whole over all documents; text, JSON lines and slips stand alone, document by document.
#pragma once

#include <memory>
#include <string>

#include "services/gouji/commands.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

class CheckOutput {
 public:
  virtual ~CheckOutput() = default;
  // Each returns what to write now; begin() first, end() last.
  virtual std::string begin() { return {}; }
  virtual std::string document(const CheckedDocument& document) = 0;
  virtual std::string end() { return {}; }
};

// With colour: escape sequences of a terminal, in text.
std::unique_ptr<CheckOutput> check_output(CheckFormat format, Language language, bool colour);

}  // namespace gouji::command
