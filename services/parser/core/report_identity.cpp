#include "services/parser/core/report_identity.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/text/fold.h"

namespace gouji::parser {
namespace {

constexpr std::int32_t kYearWeightMin = 4;
constexpr std::int32_t kScopeWeightMin = 4;

struct Winner {
  std::string value;
  std::int32_t weight = 0;
  std::int32_t second = 0;
};

// Votes for one value add up; two values of equal weight leave the field open.
Winner count_votes(const std::vector<Vote>& votes) {
  std::map<std::string, std::int32_t> weights;
  for (const Vote& vote : votes) weights[vote.value] += vote.weight;
  Winner winner;
  for (const auto& [value, weight] : weights) {
    if (weight > winner.weight) {
      winner.second = winner.weight;
      winner.weight = weight;
      winner.value = value;
    } else {
      winner.second = std::max(winner.second, weight);
    }
  }
  return winner;
}

// A town's name without what its government is called: 望疃镇 of 望疃镇人民政府.
std::string_view town_of(std::string_view name) {
  for (const std::string_view ending : {"人民政府", "街道办事处", "办事处"}) {
    if (!name.ends_with(ending)) continue;
    const std::string_view town = name.substr(0, name.size() - ending.size() + (ending == "街道办事处" ? std::string_view("街道").size() : 0));
    if (town.ends_with("镇") || town.ends_with("乡") || town.ends_with("街道")) return town;
  }
  return name;
}

// One organ under a shorter and a longer name (望疃镇, 望疃镇人民政府; 民政局, 武汉市民政局) is one value.
void join_names(std::vector<Vote>& votes) {
  for (Vote& vote : votes) {
    for (const Vote& other : votes) {
      if (other.value.size() <= vote.value.size()) continue;
      const std::string_view shorter = town_of(vote.value), longer = town_of(other.value);
      if (!longer.ends_with(shorter)) continue;
      const std::string_view front = longer.substr(0, longer.size() - shorter.size());
      if (front.empty() || is_bare_division(front) || front.starts_with("国家")) vote.value = other.value;
    }
  }
}

// A town's government is named in full somewhere in the text.
std::string full_town_name(std::string name, std::span<const IdentityEvidence> documents) {
  const bool is_street = name.ends_with("街道");
  if (!is_street && !name.ends_with("镇") && !name.ends_with("乡")) return name;
  const std::string full = name + (is_street ? "办事处" : "人民政府");
  const auto names_it = [&](const std::string& text) { return text.find(full) != std::string::npos; };
  const bool is_named = std::any_of(documents.begin(), documents.end(), [&](const IdentityEvidence& evidence) {
    const auto& prose = evidence.prose;
    const auto& lines = evidence.front.first_lines;
    return std::any_of(prose.begin(), prose.end(), [&](const Sentence& sentence) { return names_it(sentence.folded); }) ||
           std::any_of(lines.begin(), lines.end(), names_it);
  });
  return is_named ? full : name;
}

// Many cities have a district of the same name; without its city a district's name decides nothing.
bool begins_with_district(const std::string& name) {
  const std::size_t district = name.find("区");
  if (district == std::string::npos) return false;
  for (const std::string_view word : {"省", "市", "州", "盟", "县", "旗"}) {
    if (name.find(word) < district) return false;
  }
  return !name.starts_with("内蒙古") && !name.starts_with("广西") && !name.starts_with("西藏") &&
         !name.starts_with("宁夏") && !name.starts_with("新疆");
}

std::string name_key(std::string_view division, std::string folded) {
  std::replace(folded.begin(), folded.end(), '/', '-');
  return "name:" + std::string(division) + ":" + folded;
}

// The votes of all documents; each says which one it comes from.
template <class VotesOf>
std::vector<Vote> votes_of(std::span<const IdentityEvidence> evidence, VotesOf votes_of_document) {
  std::vector<Vote> all;
  for (const IdentityEvidence& document : evidence) {
    for (Vote& vote : votes_of_document(document)) {
      vote.where.part = document.part;
      all.push_back(std::move(vote));
    }
  }
  return all;
}

}  // namespace

std::optional<std::string> organ_id(const std::string& name, const OrganDirectory& organs) {
  if (const Organ* organ = organs.by_name(name)) return organ->id;
  const std::string folded = fold_label(name);
  if (const auto leading = organs.divisions().leading(folded)) {
    if (!leading->is_unique) return std::nullopt;
    return name_key(leading->division->code, leading->division->name + folded.substr(leading->length));
  }
  const bool is_national = name.starts_with("国家") || name.starts_with("国务院");
  if (!is_national && (!has_division(name) || begins_with_district(name))) return std::nullopt;
  return name_key("", folded);
}

bool are_different_reports(const ReportIdentity& a, const ReportIdentity& b) {
  if (a.year && b.year && a.year != b.year) return true;
  if (!a.organ_name || !b.organ_name) return false;
  // One name may lack what the other begins with (教育局, 武汉市教育局) or ends with (望疃镇, 望疃镇人民政府).
  const std::string& shorter = a.organ_name->size() < b.organ_name->size() ? *a.organ_name : *b.organ_name;
  const std::string& longer = a.organ_name->size() < b.organ_name->size() ? *b.organ_name : *a.organ_name;
  return longer.find(shorter) == std::string::npos;
}

ReportIdentity decide_identity(std::span<const IdentityEvidence> evidence, const OrganDirectory& organs) {
  ReportIdentity identity;
  std::vector<Vote> years = votes_of(evidence, year_votes);
  const Winner year = count_votes(years);
  if (year.weight >= kYearWeightMin && year.weight > year.second) identity.year = std::stoi(year.value);
  if (year.second >= kDamagedPeriodWeight) {
    identity.warnings.push_back({"YEAR_CONFLICT", "", "年份不一致 / the document names several years of report", {}});
  }

  std::vector<Vote> names = votes_of(evidence, [&](const IdentityEvidence& document) { return organ_votes(document, organs); });
  join_names(names);
  const Winner organ = count_votes(names);
  if (organ.weight > 0 && organ.weight > organ.second) {
    identity.organ_name = full_town_name(organ.value, evidence);
    if (const Organ* listed = organs.by_name(*identity.organ_name)) identity.organ_name = listed->name;
  }

  std::vector<Vote> scopes = votes_of(
      evidence, [&](const IdentityEvidence& document) { return scope_votes(document, identity.organ_name.value_or("")); });
  const Winner scope = count_votes(scopes);
  Scope decided = Scope::kUnknown;
  if (scope.weight >= kScopeWeightMin && scope.weight >= 2 * scope.second) {
    decided = scope_from(scope.value).value_or(Scope::kUnknown);
  }

  identity.key = unidentified_key(evidence.front().location_id, decided);
  if (identity.organ_name) {
    const std::optional<std::string> id = organ_id(*identity.organ_name, organs);
    if (id && identity.year) identity.key = {*id, *identity.year, decided};
    if (!id) {
      identity.warnings.push_back({"ORGAN_NOT_UNIQUE", "",
                                   "机关名称缺少所属行政区划，不能唯一确定 / the name does not tell the organ from its namesakes: " + *identity.organ_name, {}});
    }
  }
  for (std::vector<Vote>* votes : {&years, &names, &scopes}) {
    identity.votes.insert(identity.votes.end(), votes->begin(), votes->end());
  }
  return identity;
}

}  // namespace gouji::parser
