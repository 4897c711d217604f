#include "services/validator/core/rules.h"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <utility>

#include "common/core/check.h"
#include "common/core/digest.h"
#include "common/report/form.h"
#include "common/report/json_lines.h"
#include "common/text/fold.h"
#include "embedded/rules.h"
#include "services/validator/core/judge.h"

namespace gouji::validator {
namespace {

using simdjson::dom::element;

constexpr std::pair<Basis, std::string_view> kBases[] = {
    {Basis::kPrinted, "PRINTED"}, {Basis::kDerived, "DERIVED"}, {Basis::kInferred, "INFERRED"}};
constexpr Category kCategories[] = {Category::kArithmetic, Category::kStructure, Category::kCrossYear,
                                    Category::kNarrative, Category::kTimeliness};
constexpr std::string_view kNames[] = {"instance", "difference", "distance", "more_or_less", "cells", "text", "year",
                                       "limit",    "organ",      "0",        "1",            "2",     "3"};

// Reads one rule and collects what is wrong with it.
class RuleReader {
 public:
  RuleReader(std::size_t line, element data) : line_(line), data_(data) {}

  Rule read() {
    rule_.id = text("id");
    rule_.version = static_cast<std::int32_t>(number("version"));
    if (const auto severity = severity_from(text("severity"))) rule_.severity = *severity;
    else complain("severity must be error, warning or info");
    read_category();
    read_basis();
    const std::pair<const char*, std::string*> texts[] = {
        {"notice", &rule_.notice},         {"wording", &rule_.wording},       {"applies_zh", &rule_.applies_zh},
        {"applies_en", &rule_.applies_en}, {"name_zh", &rule_.name_zh},       {"name_en", &rule_.name_en},
        {"message_zh", &rule_.message_zh}, {"message_en", &rule_.message_en}, {"example_zh", &rule_.example_zh},
        {"example_en", &rule_.example_en}};
    for (const auto& [key, target] : texts) {
      *target = text(key);
      check_names(key, *target);
    }
    if (rule_.basis == Basis::kInferred && rule_.severity == Severity::kError)
      complain("an inferred rule is at most a warning");
    return std::move(rule_);
  }

  const std::vector<std::string>& mistakes() const { return mistakes_; }

  void complain(const std::string& what) {
    mistakes_.push_back("line " + std::to_string(line_) + ", rule " + rule_.id + ": " + what);
  }

 private:
  std::string text(const char* key) {
    std::string_view value;
    if (data_[key].get(value) == simdjson::SUCCESS && !value.empty()) return std::string(value);
    complain(std::string(key) + " is missing or no text");
    return {};
  }

  std::int64_t number(const char* key) {
    std::int64_t value = 0;
    if (data_[key].get(value) != simdjson::SUCCESS || value < 1) complain(std::string(key) + " must be 1 or more");
    return value;
  }

  void read_category() {
    const std::string name = text("category");
    for (const Category category : kCategories)
      if (to_string(category) == name) {
        rule_.category = category;
        return;
      }
    complain("category \"" + name + "\" is not known");
  }

  void read_basis() {
    const std::string name = text("basis");
    for (const auto& [basis, known] : kBases)
      if (known == name) {
        rule_.basis = basis;
        return;
      }
    complain("basis \"" + name + "\" is not known");
  }

  void check_names(const char* key, std::string_view sentence) {
    for (std::size_t open = sentence.find('{'); open != std::string_view::npos; open = sentence.find('{', open + 1)) {
      const std::size_t close = sentence.find('}', open);
      const std::string_view name =
          close == std::string_view::npos ? std::string_view() : sentence.substr(open + 1, close - open - 1);
      if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames))
        complain(std::string(key) + ": {" + std::string(name) + "} is not known");
    }
  }

  std::size_t line_;
  element data_;
  Rule rule_;
  std::vector<std::string> mistakes_;
};

std::size_t hash_of(std::string_view id) {
  std::size_t hash = id.size();
  for (const char c : id) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash;
}

Error mistaken(const std::vector<std::string>& mistakes) {
  std::string message = "rules:";
  for (const std::string& mistake : mistakes) message += "\n  " + mistake;
  return invalid_input(ErrorCode::kBadSettings, std::move(message));
}

std::string no_json(std::string_view text, std::string_view why) {
  const auto line = json_mistake_line(text);
  return (line ? "line " + std::to_string(*line) + ": " : std::string()) + "no JSON: " + std::string(why);
}

// Written once at start, read by every thread afterwards.
SeverityOverrides& overrides() {
  static SeverityOverrides in_force;
  return in_force;
}

}  // namespace

std::string_view to_string(Basis basis) {
  for (const auto& [known, name] : kBases)
    if (known == basis) return name;
  return "";
}

Result<RuleSet> RuleSet::parse(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (const auto failure = parser.parse(json.data(), json.size()).get(root))
    return mistaken({no_json(json, simdjson::error_message(failure))});
  const std::map<std::string, std::size_t> lines = json_lines(json);
  const auto line_of = [&](const std::string& place) {
    const auto found = lines.find(place);
    return found == lines.end() ? std::size_t{1} : found->second;
  };
  RuleSet set;
  std::vector<std::string> mistakes;
  std::int64_t version = 0;
  if (root["version"].get(version) != simdjson::SUCCESS || version < 1) mistakes.push_back("line " + std::to_string(line_of("version")) + ": version must be 1 or more");
  set.version_ = static_cast<std::int32_t>(version);
  simdjson::dom::array rules;
  if (root["rules"].get(rules) != simdjson::SUCCESS) {
    mistakes.push_back("line " + std::to_string(line_of("rules")) + ": \"rules\" is missing or no list");
    return mistaken(mistakes);
  }
  std::map<std::string, std::size_t> first_lines;
  for (element each : rules) {
    const std::size_t line = line_of("rules[" + std::to_string(set.rules_.size()) + "]");
    RuleReader reader(line, each);
    set.rules_.push_back(reader.read());
    mistakes.insert(mistakes.end(), reader.mistakes().begin(), reader.mistakes().end());
    const std::string& id = set.rules_.back().id;
    if (const auto [first, is_new] = first_lines.emplace(id, line); !is_new && !id.empty())
      mistakes.push_back("line " + std::to_string(line) + ", rule " + id + ": stands on line " + std::to_string(first->second) + " already");
  }
  std::sort(set.rules_.begin(), set.rules_.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  if (!mistakes.empty()) return mistaken(mistakes);
  set.places_.resize(8 * std::bit_ceil(set.rules_.size() + 1));
  for (std::size_t i = 0; i < set.rules_.size(); ++i) {
    std::size_t at = hash_of(set.rules_[i].id);
    while (set.places_[at & (set.places_.size() - 1)] != 0) ++at;
    set.places_[at & (set.places_.size() - 1)] = static_cast<std::uint16_t>(i + 1);
  }
  return set;
}

const Rule* RuleSet::find(std::string_view id) const {
  for (std::size_t at = hash_of(id);; ++at) {
    const std::uint16_t place = places_[at & (places_.size() - 1)];  // a power of two
    if (place == 0) return nullptr;
    if (rules_[place - 1U].id == id) return &rules_[place - 1U];
  }
}

const RuleSet& rule_set() {
  static const RuleSet set = [] {
    Result<RuleSet> parsed = RuleSet::parse(embedded::rules());
    GOUJI_CHECK(parsed.has_value());
    return std::move(*parsed);
  }();
  return set;
}

const Rule& rule(std::string_view id) {
  const Rule* const found = rule_set().find(id);
  GOUJI_CHECK(found != nullptr);
  return *found;
}

std::int32_t rule_set_number(std::string_view rule_set_version) {
  std::int32_t number = 0;
  std::from_chars(rule_set_version.data(), rule_set_version.data() + rule_set_version.size(), number);
  return number;
}

const std::string& rule_set_version() {
  static const std::string version = [] {
    Sha256Stream stream;
    stream.add(embedded::rules());
    stream.add(forms_digest());
    for (const auto& [id, severity] : overrides()) stream.add(id + "=" + std::string(to_string(severity)) + "\n");
    return std::to_string(rule_set().version()) + "+" + to_hex(stream.finish()).substr(0, 12);
  }();
  return version;
}

Result<SeverityOverrides> parse_severities(std::string_view text) {
  SeverityOverrides found;
  std::vector<std::string> mistakes;
  std::size_t line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = trim_spaces(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const auto complain = [&](const std::string& what) { mistakes.push_back("line " + std::to_string(line_number) + ": " + what); };
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      complain("\"" + std::string(line) + "\" is not RULE = SEVERITY");
      continue;
    }
    const std::string id(trim_spaces(line.substr(0, equals)));
    const std::string name(trim_spaces(line.substr(equals + 1)));
    const auto severity = severity_from(name);
    const Rule* const known = rule_set().find(id);
    if (known == nullptr) complain("there is no rule " + id);
    if (known != nullptr && known->basis == Basis::kInferred && severity && *severity == Severity::kError)
      complain("rule " + id + " is inferred, so at most a warning");
    if (!severity) complain("\"" + name + "\" must be error, warning or info");
    if (severity && !found.emplace(id, *severity).second) complain("rule " + id + " stands there twice");
  }
  if (!mistakes.empty()) return mistaken(mistakes);
  return found;
}

void set_severities(SeverityOverrides wanted) { overrides() = std::move(wanted); }

Severity severity_of(std::string_view rule_id, Severity otherwise) {
  const auto found = overrides().find(rule_id);
  return found == overrides().end() ? otherwise : found->second;
}

bool has_overrides() { return !overrides().empty(); }

void set_severity(RuleResult& result) {
  if (has_overrides()) result.severity = severity_of(result.rule, result.severity);
}

}  // namespace gouji::validator
