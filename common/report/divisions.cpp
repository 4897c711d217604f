#include "common/report/divisions.h"

#include <algorithm>

namespace gouji {
namespace {

constexpr std::size_t kCharacterBytes = 3;   // of an ideograph in UTF-8
constexpr std::size_t kNameCharactersMin = 2;
constexpr std::size_t kNameCharactersMax = 15;

bool is_province(std::string_view code) { return code.ends_with("0000"); }

// "河南" of 河南省, "广西" of 广西壮族自治区: how provinces are also called.
std::string short_name_of(std::string_view province) {
  for (const std::string_view kind : {"壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "省", "市"}) {
    if (province.ends_with(kind)) return std::string(province.substr(0, province.size() - kind.size()));
  }
  return {};
}

}  // namespace

DivisionTable::DivisionTable(std::vector<std::pair<std::string, std::string>> entries) {
  std::sort(entries.begin(), entries.end());
  divisions_.reserve(entries.size());
  for (auto& [code, name] : entries) divisions_.push_back({std::move(code), std::move(name), {}});
  for (Division& division : divisions_) {
    for (const std::size_t digits : {std::size_t{4}, std::size_t{2}}) {
      const std::string above = division.code.substr(0, digits) + std::string(6 - digits, '0');
      if (above == division.code || by_code(above) == nullptr) continue;
      division.parent = above;
      break;
    }
  }
  by_name_.reserve(divisions_.size() + 64);
  short_names_.reserve(64);
  for (Index i = 0; i < divisions_.size(); ++i) {
    by_name_.emplace(divisions_[i].name, i);
    if (!is_province(divisions_[i].code) || short_names_.size() == short_names_.capacity()) continue;
    if (std::string name = short_name_of(divisions_[i].name); !name.empty()) {
      short_names_.push_back(std::move(name));
      by_name_.emplace(short_names_.back(), i);
    }
  }
}

const Division* DivisionTable::by_code(std::string_view code) const {
  const auto found = std::lower_bound(divisions_.begin(), divisions_.end(), code, [](const Division& division, std::string_view wanted) { return division.code < wanted; });
  return found == divisions_.end() || found->code != code ? nullptr : &*found;
}

std::vector<const Division*> DivisionTable::named(std::string_view name) const {
  std::vector<const Division*> found;
  const auto [begin, end] = by_name_.equal_range(name);
  for (auto at = begin; at != end; ++at) found.push_back(&divisions_[at->second]);
  std::sort(found.begin(), found.end());
  return found;
}

bool DivisionTable::lies_in(const Division& division, const Division& above) const {
  for (const Division* at = &division; at != nullptr; at = by_code(at->parent)) {
    if (at == &above) return true;
  }
  return false;
}

std::string DivisionTable::full_name(const Division& division) const {
  const Division* above = by_code(division.parent);
  return (above == nullptr ? "" : full_name(*above)) + division.name;
}

// The longest name behind `before` whose division lies inside one of its candidates.
DivisionTable::Step DivisionTable::longest_at(std::string_view name, const Step& before) const {
  const std::string_view rest = name.substr(before.length);
  for (std::size_t characters = kNameCharactersMax; characters >= kNameCharactersMin; --characters) {
    if (characters * kCharacterBytes > rest.size()) continue;
    Step step;
    step.length = before.length + characters * kCharacterBytes;
    const auto [begin, end] = by_name_.equal_range(rest.substr(0, characters * kCharacterBytes));
    for (auto at = begin; at != end; ++at) {
      const bool is_inside = before.candidates.empty() || std::any_of(before.candidates.begin(), before.candidates.end(), [&](Index above) {
        return above != at->second && lies_in(divisions_[at->second], divisions_[above]);
      });
      if (is_inside) step.candidates.push_back(at->second);
    }
    if (!step.candidates.empty()) return step;
  }
  return {};
}

std::optional<LeadingDivision> DivisionTable::leading(std::string_view name) const {
  constexpr int kLevels = 3;
  Step step;
  for (int level = 0; level < kLevels; ++level) {
    Step next = longest_at(name, step);
    if (next.candidates.empty()) break;
    step = std::move(next);
  }
  if (step.candidates.empty()) return std::nullopt;
  const Index first = *std::min_element(step.candidates.begin(), step.candidates.end());
  return LeadingDivision{&divisions_[first], step.length, step.candidates.size() == 1};
}

}  // namespace gouji
