// The organs that Gouji knows by name, from deploy/organs.json (format: docs/organs.md). A name
// decides only when it is full: "市教育局" alone names a thousand organs and so none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/core/result.h"
#include "common/report/divisions.h"

namespace gouji {

struct Organ {
  std::string id;                    // "411000-gov"
  std::string name;                  // "许昌市人民政府"
  std::vector<std::string> aliases;  // other full names
  std::string division;              // GB/T 2260 code of six digits, "411000"
  std::string successor;             // id of the organ that took over after a reform; may be empty
};

class OrganDirectory {
 public:
  // Reports every mistake of the file at once, each with its line and place.
  static Result<OrganDirectory> parse(std::string_view json);
  static OrganDirectory empty() { return OrganDirectory(); }

  const Organ* by_id(std::string_view id) const;
  // Exact full name or alias after folding (common/text/fold.h); successors are not followed.
  const Organ* by_name(std::string_view name) const;
  const std::vector<Organ>& organs() const { return organs_; }
  const DivisionTable& divisions() const { return divisions_; }
  // SHA-256 of the file, hex: part of the extractor version.
  const std::string& digest() const { return digest_; }

 private:
  OrganDirectory() = default;
  std::vector<Organ> organs_;
  DivisionTable divisions_;
  std::unordered_map<std::string, std::size_t> by_id_;
  std::unordered_map<std::string, std::size_t> by_folded_name_;
  std::string digest_;
};

}  // namespace gouji
