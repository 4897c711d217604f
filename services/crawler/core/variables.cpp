#include "services/crawler/core/variables.h"

#include <algorithm>
#include <optional>

#include "services/crawler/core/json_value.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {

namespace {

constexpr int kFindDepthMax = 32;

// The first object, however deep, with a text at `key` that the pattern is in.
const JsonValue* find_object(const JsonValue& value, const std::string& key, const Pattern& pattern, int depth = 0) {
  if (depth > kFindDepthMax) return nullptr;
  if (value.is_object()) {
    const JsonValue* name = value.member(key);
    if (name != nullptr && name->is_string() && pattern.is_in(name->text)) return &value;
    for (const auto& [member, inner] : value.members) {
      if (const JsonValue* found = find_object(inner, key, pattern, depth + 1)) return found;
    }
  }
  for (const JsonValue& item : value.items) {
    if (const JsonValue* found = find_object(item, key, pattern, depth + 1)) return found;
  }
  return nullptr;
}

class Variables {
 public:
  explicit Variables(const PageContent& content) : content_(content), whole_(content.whole()) {}

  void add(const VarRule& rule) {
    if (!rule.json_after.empty()) return add_behind_marker(rule);
    const bool is_json = std::find(rule.value.decode.begin(), rule.value.decode.end(), DecodeStep::kJson) != rule.value.decode.end();
    auto value = text_of(rule.value);
    if (!value) return;
    if (!is_json) return set(rule.name, *value);
    const auto json = parse_json(*value);
    if (json) set_json(rule.name, *json);
  }
  PageVars take() { return std::move(vars_); }

 private:
  // The regular expression comes first here, then the decoding: what is decoded is the value.
  std::optional<std::string> text_of(const FieldRule& rule) const {
    FieldRule search = rule;
    search.decode.clear();
    const auto found = field_value(search, {*whole_, {}, {}, content_.text()});
    return found ? std::optional(decoded(*found, rule.decode)) : std::nullopt;
  }

  void add_behind_marker(const VarRule& rule) {
    const auto json = parse_json(decoded(std::string(json_behind(content_.text(), rule.json_after)), rule.value.decode));
    if (!json) return;
    const JsonValue* found = rule.find_name ? find_object(*json, rule.find_key, *rule.find_name) : &*json;
    if (found != nullptr && !rule.take.empty()) found = found->at(rule.take.front() == '/' ? rule.take : "/" + rule.take);
    if (found != nullptr) set_json(rule.name, *found);
  }

  void set_json(const std::string& name, const JsonValue& value) {
    if (const auto text = value.scalar()) set(name, *text);
    for (const auto& [member, inner] : value.members) {
      const auto text = inner.scalar();
      set(name + "." + member, text ? *text : inner.kind == JsonValue::Kind::kNull ? "" : to_text(inner));
    }
  }

  void set(const std::string& name, const std::string& value) {
    if (vars_.size() < kPageVarsMax && name.size() <= kPageTextMax && value.size() <= kPageTextMax) vars_[name] = value;
  }

  const PageContent& content_;
  const std::unique_ptr<RowView> whole_;
  PageVars vars_;
};

}  // namespace

PageVars read_variables(const Portal& portal, const PageContent& content, std::string_view url) {
  Variables variables(content);
  for (const VarRule& rule : portal.vars.vars) {
    const auto from = parse_url(rule.from.empty() ? portal.vars.from : rule.from);
    if (from && to_string(*from) == url) variables.add(rule);
  }
  return variables.take();
}

}  // namespace gouji::crawler
