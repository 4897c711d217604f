#include "services/crawler/core/page_content.h"

#include <algorithm>
#include <utility>

#include "common/markup/entities.h"
#include "common/text/ascii.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kFieldBytesMax = 64 * 1024;
constexpr std::size_t kAroundBytesMax = 400;
constexpr std::size_t kAroundMax = 3;
constexpr std::size_t kShapeBytesMax = 2'000;

class HtmlRow : public RowView {
 public:
  HtmlRow(const HtmlTree& tree, std::uint32_t element) : tree_(tree), element_(element) {}

  std::optional<std::string> get(const FieldRule& rule) const override {
    if (!rule.pointer.empty() || rule.group >= 0) return std::nullopt;
    std::uint32_t at = element_;
    if (rule.select) {
      const auto found = rule.select->find(tree_, element_, 1);
      if (found.empty()) return std::nullopt;
      at = found.front();
    }
    if (at == kNoElement) return rule.attribute.empty() ? std::optional(tree_.text(kFieldBytesMax)) : std::nullopt;
    if (rule.attribute.empty()) return tree_.text(at, kFieldBytesMax);
    return tree_.attribute(at, rule.attribute);
  }
  std::string text(std::size_t bytes_max) const override { return element_ == kNoElement ? tree_.text(bytes_max) : tree_.text(element_, bytes_max); }

  std::vector<std::string> around() const override {
    std::vector<std::string> texts;
    if (element_ == kNoElement) return texts;
    for (std::uint32_t up = tree_.elements()[element_].parent; up != kNoElement && texts.size() < kAroundMax; up = tree_.elements()[up].parent) {
      std::string text = tree_.text(up, kAroundBytesMax + 1);
      if (text.size() > kAroundBytesMax) break;
      texts.push_back(std::move(text));
    }
    return texts;
  }

  std::vector<std::unique_ptr<RowView>> inner(const std::string&, const std::vector<FieldRule>& rules) const override {
    std::vector<std::unique_ptr<RowView>> rows;
    for (const FieldRule& rule : rules) {
      if (!rule.select) continue;
      for (const std::uint32_t at : rule.select->find(tree_, element_, kPageAttachmentsMax)) rows.push_back(std::make_unique<HtmlRow>(tree_, at));
    }
    return rows;
  }

  // The elements that hold the row, by name and class; the names of those within it.
  std::string shape() const override {
    std::string shape;
    if (element_ == kNoElement) return shape;
    const auto& elements = tree_.elements();
    for (std::uint32_t up = elements[element_].parent; up != kNoElement && shape.size() < kShapeBytesMax; up = elements[up].parent) {
      shape += '/' + lower_without_digits(elements[up].name);
      if (!elements[up].classes.empty()) shape += '.' + lower_without_digits(elements[up].classes);
    }
    shape += "//" + lower_without_digits(elements[element_].name);
    std::vector<std::string> names;
    for (std::uint32_t at = element_ + 1; at <= elements[element_].last && names.size() < 50; ++at) names.push_back(lower_without_digits(elements[at].name));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    for (const std::string& name : names) shape += ' ' + name;
    return shape;
  }

 private:
  static std::string lower_without_digits(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, 100)) {
      if (c < '0' || c > '9') out.push_back(ascii_lower(c));
    }
    return out;
  }

  const HtmlTree& tree_;
  const std::uint32_t element_;
};

class JsonRow : public RowView {
 public:
  explicit JsonRow(const JsonValue& value) : value_(value) {}

  std::optional<std::string> get(const FieldRule& rule) const override {
    if (rule.select || rule.group >= 0) return std::nullopt;
    const JsonValue* found = value_.at(rule.pointer);
    return found == nullptr ? std::nullopt : found->scalar();
  }
  std::string text(std::size_t bytes_max) const override { return tidied(to_text(value_), bytes_max); }

  std::vector<std::unique_ptr<RowView>> inner(const std::string& pointer, const std::vector<FieldRule>&) const override {
    std::vector<std::unique_ptr<RowView>> rows;
    const JsonValue* array = pointer.empty() ? nullptr : value_.at(pointer);
    if (array == nullptr || !array->is_array()) return rows;
    for (const JsonValue& item : array->items) rows.push_back(std::make_unique<JsonRow>(item));
    return rows;
  }

  std::string shape() const override {
    std::vector<std::string> names;
    for (const auto& [name, value] : value_.members) names.push_back(name.substr(0, 50));
    std::sort(names.begin(), names.end());
    std::string shape = "{}";
    for (std::size_t i = 0; i < names.size() && i < 100; ++i) shape += ' ' + names[i];
    return shape;
  }

 private:
  const JsonValue& value_;
};

class MatchRow : public RowView {
 public:
  explicit MatchRow(std::vector<std::string> groups) : groups_(std::move(groups)) {}

  std::optional<std::string> get(const FieldRule& rule) const override {
    const auto at = static_cast<std::size_t>(std::max(rule.group, 1) - 1);
    if (rule.group < 0 || at >= groups_.size()) return std::nullopt;
    return groups_[at];
  }
  std::string text(std::size_t bytes_max) const override {
    std::string text;
    for (const std::string& group : groups_) text += group + ' ';
    return tidied(text, bytes_max);
  }
  std::vector<std::unique_ptr<RowView>> inner(const std::string&, const std::vector<FieldRule>&) const override { return {}; }
  std::string shape() const override { return "regex"; }

 private:
  const std::vector<std::string> groups_;
};

// JSONP: the argument of the only call.
std::string_view without_call(std::string_view text) {
  const auto first = text.find_first_of("{[(\"");
  if (first == std::string_view::npos || text[first] != '(') return text;
  const auto last = text.rfind(')');
  return last == std::string_view::npos || last < first ? text : text.substr(first + 1, last - first - 1);
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  std::string out;
  std::size_t at = 0;
  for (auto found = text.find(what); found != std::string::npos; found = text.find(what, at)) {
    out.append(text, at, found - at).append(with);
    at = found + what.size();
  }
  return out.append(text, at);
}

std::string unwrapped(std::string text, const std::vector<UnwrapStep>& steps) {
  for (const UnwrapStep step : steps) {
    switch (step) {
      case UnwrapStep::kCdataHtml: text = replaced(replaced(std::move(text), "<![CDATA[", ""), "]]>", ""); break;
      case UnwrapStep::kEntities: text = decode_entities(text); break;
      case UnwrapStep::kHtmlInString: text = unescaped(text); break;
    }
  }
  return text;
}

// An array of HTML texts as one page; each is a <record>.
Result<std::string> joined_html(const JsonValue& json, const std::vector<std::string>& pointers) {
  for (const std::string& pointer : pointers.empty() ? std::vector<std::string>{""} : pointers) {
    const JsonValue* array = json.at(pointer);
    if (array == nullptr || !array->is_array()) continue;
    std::string page;
    for (const JsonValue& item : array->items) {
      if (item.is_string()) page += "<record>" + item.text + "</record>\n";
    }
    return page;
  }
  return invalid_input(ErrorCode::kMalformed, "the answer has no array of HTML where response.html_at looks");
}

Result<std::string> html_within(const JsonValue& json, const std::vector<std::string>& pointers) {
  for (const std::string& pointer : pointers) {
    const JsonValue* html = json.at(pointer);
    if (html != nullptr && html->is_string()) return html->text;
  }
  return invalid_input(ErrorCode::kMalformed, "the answer has no text where response.html_at looks");
}

}  // namespace

PageContent::PageContent(std::string text, std::optional<JsonValue> json)
    : text_(std::move(text)), json_(std::move(json)), tree_(json_ ? std::string_view() : std::string_view(text_)) {}

Result<std::unique_ptr<PageContent>> PageContent::open(std::string text, const ResponseRule& rule) {
  const auto made = [](std::string page, std::optional<JsonValue> json) {
    return std::unique_ptr<PageContent>(new PageContent(std::move(page), std::move(json)));
  };
  if (rule.format == ListFormat::kHtml || rule.format == ListFormat::kXml) return made(unwrapped(std::move(text), rule.unwrap), std::nullopt);
  std::string_view bare = text;
  if (rule.format == ListFormat::kJsonp) bare = without_call(bare);
  if (rule.format == ListFormat::kJsVar) bare = json_behind(bare, rule.marker);
  if (rule.format == ListFormat::kJsVar && bare.empty()) return invalid_input(ErrorCode::kMalformed, "the page has no value behind \"" + rule.marker + "\"");
  GOUJI_ASSIGN(JsonValue json, parse_json(bare));
  if (rule.format == ListFormat::kJsonArrayOfHtml) {
    GOUJI_ASSIGN(std::string page, joined_html(json, rule.html_at));
    return made(unwrapped(std::move(page), rule.unwrap), std::nullopt);
  }
  if (!rule.html_at.empty()) {
    GOUJI_ASSIGN(std::string page, html_within(json, rule.html_at));
    return made(unwrapped(std::move(page), rule.unwrap), std::nullopt);
  }
  return made(std::move(text), std::move(json));
}

std::unique_ptr<RowView> PageContent::whole() const {
  if (json_) return std::make_unique<JsonRow>(*json_);
  return std::make_unique<HtmlRow>(tree_, kNoElement);
}

PageContent::Rows PageContent::rows(const RowRule& rule, std::size_t limit) const {
  Rows found;
  if (!rule.pointers.empty() && json_) {
    const JsonValue* array = nullptr;
    for (const std::string& pointer : rule.pointers) {
      const JsonValue* one = json_->at(pointer);
      if (array == nullptr && one != nullptr && one->is_array()) array = one;
    }
    if (array == nullptr) return found;
    found.is_cut = array->items.size() > limit;
    for (std::size_t i = 0; i < array->items.size() && i < limit; ++i) found.rows.push_back(std::make_unique<JsonRow>(array->items[i]));
  } else if (rule.select && !json_) {
    const auto elements = rule.select->find(tree_, kNoElement, limit + 1);
    found.is_cut = elements.size() > limit || tree_.is_cut();
    for (std::size_t i = 0; i < elements.size() && i < limit; ++i) found.rows.push_back(std::make_unique<HtmlRow>(tree_, elements[i]));
  } else if (rule.regex) {
    std::size_t at = 0;
    while (auto match = rule.regex->find(text_, at)) {
      found.is_cut = found.rows.size() >= limit;
      if (found.is_cut) break;
      at = std::max(match->end, at + 1);
      found.rows.push_back(std::make_unique<MatchRow>(std::move(match->groups)));
    }
  }
  return found;
}

namespace {

// The groups of the match that took part, joined with "-".
std::optional<std::string> matched(const Pattern& regex, std::string_view text) {
  const auto match = regex.find(text);
  if (!match) return std::nullopt;
  std::string joined;
  for (const std::string& group : match->groups) {
    if (!group.empty()) joined += (joined.empty() ? "" : "-") + group;
  }
  return joined;
}

std::optional<std::string> typed(const FieldRule& rule, std::string text) {
  text = decoded(std::move(text), rule.decode);
  if (rule.regex) {
    auto found = matched(*rule.regex, text);
    if (!found) return std::nullopt;
    text = std::move(*found);
  }
  if (rule.type == FieldType::kEpoch) return day_of_epoch(tidied(text, 32));
  if (rule.type == FieldType::kDate) {
    auto day = day_in(text);
    return day ? day : compact_day_in(text);
  }
  text = tidied(text, kFieldBytesMax);
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::vector<std::string> looked_at(const FieldRule& rule, const FieldScope& scope) {
  switch (rule.from) {
    case FieldFrom::kUrl: return {std::string(scope.url)};
    case FieldFrom::kTitle: return {std::string(scope.title)};
    case FieldFrom::kPage: return {std::string(scope.page)};
    case FieldFrom::kAround: {
      std::vector<std::string> texts{scope.row.text(kAroundBytesMax)};
      for (std::string& text : scope.row.around()) texts.push_back(std::move(text));
      return texts;
    }
    case FieldFrom::kRow: break;
  }
  auto found = scope.row.get(rule);
  return found ? std::vector<std::string>{std::move(*found)} : std::vector<std::string>{};
}

}  // namespace

std::optional<std::string> field_value(const FieldRule& rule, const FieldScope& scope) {
  for (std::string& text : looked_at(rule, scope)) {
    if (auto value = typed(rule, std::move(text))) return value;
  }
  return std::nullopt;
}

std::optional<std::string> field_value(const std::vector<FieldRule>& rules, const FieldScope& scope) {
  for (const FieldRule& rule : rules) {
    if (auto value = field_value(rule, scope)) return value;
  }
  return std::nullopt;
}

}  // namespace gouji::crawler
