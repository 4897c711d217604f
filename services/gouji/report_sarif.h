// `gouji check --format sarif`: SARIF 2.1.0 (OASIS), one run over all documents. An anomaly is a
// result; its id is the fingerprint, so that a viewer can tell old findings from new ones. Where
// exactly one correction exists and the place of the figure is known, it is given as a fix.
#pragma once

#include <string>

#include "services/gouji/json_writer.h"
#include "services/gouji/language.h"
#include "services/gouji/report_json.h"

namespace gouji::command {

class SarifLog {
 public:
  explicit SarifLog(Language language);
  void add(const CheckedDocument& document);
  // The whole log; once.
  std::string json();

 private:
  void add_result(const CheckedDocument& document, const Anomaly& anomaly);

  Language language_;
  JsonWriter results_;
  JsonWriter artifacts_;
  JsonWriter notifications_;
};

// A path as a URI: percent-encoded, with file:// in front when it is absolute.
std::string uri_of(const std::string& path);

}  // namespace gouji::command
