// A page's text after the wrappings that portals put around it (JSONP, HTML within JSON, CDATA,
// variables of scripts), and its rows, whatever they are made of.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/result.h"
#include "common/markup/html_tree.h"
#include "common/report/portal_page.h"
#include "services/crawler/core/json_value.h"
#include "services/crawler/core/portal_rules.h"

namespace gouji::crawler {

// One row, or a whole page. Lives as long as its PageContent.
class RowView {
 public:
  virtual ~RowView() = default;
  // What the rule's select, pointer or group finds; nullopt where there is none, or no text.
  virtual std::optional<std::string> get(const FieldRule& rule) const = 0;
  virtual std::string text(std::size_t bytes_max) const = 0;
  // Text of the elements around the row, the nearest first.
  virtual std::vector<std::string> around() const { return {}; }
  // The rows of an array or of elements within it.
  virtual std::vector<std::unique_ptr<RowView>> inner(const std::string& pointer, const std::vector<FieldRule>& rules) const = 0;
  // What its template looks like, without what differs from row to row.
  virtual std::string shape() const = 0;
};

class PageContent {
 public:
  // kInvalidInput MALFORMED when the page is not what the rule says it is.
  static Result<std::unique_ptr<PageContent>> open(std::string text, const ResponseRule& rule);

  const std::string& text() const { return text_; }
  const HtmlTree& tree() const { return tree_; }  // of JSON: nothing in it
  const JsonValue* json() const { return json_ ? &*json_ : nullptr; }
  std::unique_ptr<RowView> whole() const;
  // At most `limit`; `is_cut` of the result when there were more.
  struct Rows {
    std::vector<std::unique_ptr<RowView>> rows;
    bool is_cut = false;
  };
  Rows rows(const RowRule& rule, std::size_t limit) const;

 private:
  PageContent(std::string text, std::optional<JsonValue> json);
  std::string text_;
  std::optional<JsonValue> json_;
  HtmlTree tree_;
};

// What a field gives: the first of the rules that finds something. `url` and `title` of the row are
// there for rules that look into them; `page` is the whole page.
struct FieldScope {
  const RowView& row;
  std::string_view url, title, page;
};
std::optional<std::string> field_value(const std::vector<FieldRule>& rules, const FieldScope& scope);
std::optional<std::string> field_value(const FieldRule& rule, const FieldScope& scope);

}  // namespace gouji::crawler
