// The administrative divisions of GB/T 2260, from province to county: which one a name begins with.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gouji {

struct Division {
  std::string code;    // six digits: 410000 province, 411000 prefecture, 411003 county
  std::string name;    // its own, without those above it: "许昌市"
  std::string parent;  // code; empty for a province
};

// What a name begins with: "河南省许昌市", "许昌市", "朝阳区".
struct LeadingDivision {
  const Division* division = nullptr;  // the last one of the chain
  std::size_t length = 0;              // bytes of the name that the chain takes
  bool is_unique = false;              // false: several divisions of that name fit, and this is one of them
};

class DivisionTable {
 public:
  DivisionTable() = default;
  // Codes and names, each code once. The parent is the listed prefecture of the code, else its province.
  explicit DivisionTable(std::vector<std::pair<std::string, std::string>> entries);
  DivisionTable(const DivisionTable&) = delete;
  DivisionTable& operator=(const DivisionTable&) = delete;
  DivisionTable(DivisionTable&&) = default;
  DivisionTable& operator=(DivisionTable&&) = default;

  const std::vector<Division>& all() const { return divisions_; }  // by code
  const Division* by_code(std::string_view code) const;
  // Every division of exactly this name; of a province also the name without its kind ("河南", "内蒙古").
  std::vector<const Division*> named(std::string_view name) const;
  // The longest chain of divisions, each inside the one before, with any of the upper ones left out,
  // that `name` begins with. `name` is folded (fold_label). nullopt where it begins with none.
  std::optional<LeadingDivision> leading(std::string_view name) const;
  // `division` is `above` or lies inside it.
  bool lies_in(const Division& division, const Division& above) const;
  // "河南省许昌市建安区"
  std::string full_name(const Division& division) const;

 private:
  using Index = std::uint32_t;
  struct Step {
    std::vector<Index> candidates;
    std::size_t length = 0;
  };
  Step longest_at(std::string_view name, const Step& before) const;

  std::vector<Division> divisions_;
  std::unordered_multimap<std::string_view, Index> by_name_;  // views into divisions_ and short_names_
  std::vector<std::string> short_names_;
};

}  // namespace gouji
