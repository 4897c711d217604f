#include <algorithm>

#include "common/text/fold.h"
#include "services/parser/core/report_identity.h"
#include "services/parser/core/words.h"

namespace gouji::parser {
namespace {

struct ScopeWord {
  std::string_view word;
  Scope scope;
  std::int32_t weight;
};

constexpr ScopeWord kTitleWords[] = {
    {"(本级)", Scope::kOwn, kTitleWeight},      {"本机关", Scope::kOwn, kTitleWeight},
    {"(汇总)", Scope::kAggregate, kTitleWeight}, {"关区", Scope::kSystem, kTitleWeight},
    {"系统", Scope::kSystem, kTitleWeight}};

constexpr ScopeWord kProseWords[] = {
    {"本机关", Scope::kOwn, 6},          {"本单位", Scope::kOwn, 4},           {"本级政府信息", Scope::kOwn, 4},
    {"我局", Scope::kOwn, 6},            {"我委", Scope::kOwn, 6},             {"我厅", Scope::kOwn, 6},
    {"我镇", Scope::kOwn, 6},            {"我乡", Scope::kOwn, 6},             {"我街道", Scope::kOwn, 6},
    {"我馆", Scope::kOwn, 6},            {"我办", Scope::kOwn, 6},             {"我处", Scope::kOwn, 6},
    {"关区", Scope::kSystem, 6},         {"全系统各级", Scope::kSystem, 6}};

// Words of a government that reports for all below it.
constexpr ScopeWord kAggregateWords[] = {
    {"汇总全", Scope::kAggregate, 20},     {"汇总编制", Scope::kAggregate, 12}, {"全市各级", Scope::kAggregate, 8},
    {"全县各级", Scope::kAggregate, 8},    {"全区各级", Scope::kAggregate, 8},  {"全省各级", Scope::kAggregate, 8},
    {"全市共", Scope::kAggregate, 6},      {"全县共", Scope::kAggregate, 6},    {"全省共", Scope::kAggregate, 6},
    {"全区共", Scope::kAggregate, 6},      {"全市各县", Scope::kAggregate, 6},  {"全市主动公开", Scope::kAggregate, 6},
    {"各县区", Scope::kAggregate, 4},      {"各县(市、区)", Scope::kAggregate, 4}, {"各县(市,区)", Scope::kAggregate, 4},
    {"市级各部门", Scope::kAggregate, 4}};

template <std::size_t N>
void count(std::string_view text, const ScopeWord (&words)[N], std::int32_t (&weights)[4]) {
  for (const ScopeWord& word : words) {
    if (!has_word(text, word.word)) continue;
    std::int32_t& weight = weights[static_cast<std::size_t>(word.scope)];
    weight = std::min(weight + word.weight, kProseWeightMax + kTitleWeight);
  }
}

// "综合各乡镇人民政府、县政府各部门年度报告编制": the report is made of those of others.
bool says_it_is_compiled(std::string_view text) {
  return has_any(text, {"汇总", "综合"}) && has_word(text, "编制") && has_word(text, "报告") &&
         has_any(text, {"各乡", "各镇", "各县", "各区", "各市", "各部门", "各单位", "所属"});
}

}  // namespace

std::vector<Vote> scope_votes(const IdentityEvidence& evidence, std::string_view organ) {
  std::vector<Vote> votes;
  const auto add = [&](Scope scope, const std::string& source, std::int32_t weight) {
    votes.push_back({"scope", std::string(to_string(scope)), source, weight, {}});
  };
  if (!evidence.front.titles.empty()) {
    std::int32_t weights[4] = {};
    count(evidence.front.titles.front().folded, kTitleWords, weights);
    for (const Scope scope : {Scope::kOwn, Scope::kAggregate, Scope::kSystem}) {
      if (const auto weight = weights[static_cast<std::size_t>(scope)]; weight > 0) add(scope, "title", weight);
    }
  }
  std::int32_t weights[4] = {};
  const bool may_aggregate = organ.empty() || is_government(organ);
  for (const Sentence& sentence : evidence.prose) {
    if (sentence.section >= 2) break;  // 本机关 is also a word of table 3
    // One look for the characters that the words begin with spares most sentences the rest.
    if (has_any(sentence.folded, {"我", "本", "全系统", "关区"})) count(sentence.folded, kProseWords, weights);
    if (may_aggregate && says_it_is_compiled(sentence.folded)) weights[static_cast<std::size_t>(Scope::kAggregate)] += 20;
    if (may_aggregate && has_any(sentence.folded, {"全", "各", "汇总", "市级"})) count(sentence.folded, kAggregateWords, weights);
  }
  for (const Scope scope : {Scope::kOwn, Scope::kAggregate, Scope::kSystem}) {
    const std::int32_t weight = std::min(weights[static_cast<std::size_t>(scope)], kProseWeightMax);
    if (weight > 0) add(scope, "prose", weight);
  }
  for (const Hint& hint : evidence.hints) {
    if (hint.field != "scope") continue;
    const Result<Scope> scope = scope_from(hint.value);
    if (scope && *scope != Scope::kUnknown) {
      add(*scope, "hint.scope." + hint.origin, hint.origin == "user" ? kUserWeight : kHintWeight);
    }
  }
  return votes;
}

}  // namespace gouji::parser
