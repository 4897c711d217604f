#include "services/crawler/core/request_template.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/percent.h"
#include "services/crawler/core/text_steps.h"

namespace gouji::crawler {

namespace {

constexpr std::size_t kBodyBytesMax = 64 * 1024;
constexpr std::int32_t kPageSizeUsual = 20;

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; }

// The name in the braces that open at `at`; empty when they are no variable.
std::string_view name_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_name(text[end])) ++end;
  const bool is_variable = end > at + 1 && end < text.size() && text[end] == '}' && (text[at + 1] < '0' || text[at + 1] > '9');
  return is_variable ? text.substr(at + 1, end - at - 1) : std::string_view();
}

const ListRule& list_of(const Portal& portal, const std::string& id) {
  static const ListRule kNone;
  const ListRule* list = find_list(portal, id);
  return list == nullptr ? kNone : *list;
}

std::string folder_of(std::string_view address) {
  const auto query = address.find_first_of("?#");
  address = address.substr(0, query);
  const auto scheme = address.find("://");
  const auto slash = address.rfind('/');
  const bool has_path = slash != std::string_view::npos && (scheme == std::string_view::npos || slash > scheme + 2);
  return has_path ? std::string(address.substr(0, slash + 1)) : std::string(address) + "/";
}

// Values of one page of one list.
class Values {
 public:
  Values(const Portal& portal, const ListRule& list, const ListCursor& cursor, const PageVars& vars)
      : portal_(portal), list_(list), cursor_(cursor), vars_(vars) {}

  std::optional<std::string> operator()(const std::string& name) const {
    if (auto number = number_of(name)) return std::to_string(*number);
    if (name == "origin" || name == "list" || name == "vars.from") return address_value(name);
    return var(name.starts_with("vars.") ? name.substr(5) : name);
  }
  std::int64_t limit() const {
    if (list_.paging.page_sizes.empty()) return kPageSizeUsual;
    const auto last = list_.paging.page_sizes.size() - 1;
    return list_.paging.page_sizes[std::min<std::size_t>(static_cast<std::size_t>(std::max(cursor_.page_size, 0)), last)];
  }
  const PageVars& vars() const { return vars_; }

 private:
  std::optional<std::int64_t> number_of(std::string_view name) const {
    const PagingRule& paging = list_.paging;
    if (name == "page") return paging.start + static_cast<std::int64_t>(paging.step) * cursor_.page;
    if (name == "n") return paging.start + static_cast<std::int64_t>(paging.step) * (cursor_.page - 1);
    if (name == "limit") return limit();
    if (name == "offset") return cursor_.offset;
    if (name == "start_record") return cursor_.offset + 1;
    if (name == "end_record") return cursor_.offset + limit();
    if (name == "report_year" && cursor_.report_year != 0) return cursor_.report_year;
    if (name == "year" && cursor_.report_year != 0) return cursor_.report_year + 1;
    return std::nullopt;
  }

  // Of the bootstrap page, or else of the list's own address, as far as that has no variables.
  std::optional<std::string> address_value(std::string_view name) const {
    const std::string& address = portal_.vars.from.empty() ? list_.request.url : portal_.vars.from;
    if (name != "origin") return address;
    const auto url = parse_url(address);
    return url ? std::optional(origin_of(*url)) : std::nullopt;
  }

  std::optional<std::string> var(const std::string& name) const {
    if (const auto found = vars_.find(name); found != vars_.end()) return found->second;
    for (const auto& [fixed, value] : portal_.vars.fixed) {
      if (fixed == name) return value;
    }
    return std::nullopt;
  }

  const Portal& portal_;
  const ListRule& list_;
  const ListCursor& cursor_;
  const PageVars& vars_;
};

// name=value&name=value; "..." gives every member of an object variable ("{vars.q}": "q.webId", …).
Result<std::string> encoded_pairs(const std::vector<std::pair<std::string, std::string>>& pairs, const Values& values) {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view value) {
    out += (out.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
  };
  for (const auto& [name, text] : pairs) {
    if (name == "...") {
      std::string prefix = text;
      for (const std::string_view mark : {"{", "}", "vars."}) {
        if (const auto at = prefix.find(mark); at != std::string::npos) prefix.erase(at, mark.size());
      }
      prefix += '.';
      std::size_t found = 0;
      for (auto it = values.vars().lower_bound(prefix); it != values.vars().end() && it->first.starts_with(prefix); ++it, ++found) {
        add(it->first.substr(prefix.size()), it->second);
      }
      if (found == 0) return invalid_input(ErrorCode::kMalformed, "the variable " + text + " has no members yet");
      continue;
    }
    GOUJI_ASSIGN(const std::string value, filled(text, values));
    add(name, value);
  }
  return out;
}

Result<std::string> address_of(const ListRule& list, const ListCursor& cursor, const Values& values) {
  const PagingRule& paging = list.paging;
  const bool is_path = paging.kind == PagingKind::kPath;
  if (!cursor.address.empty() && (!is_path || cursor.page == 0)) return cursor.address;
  GOUJI_ASSIGN(std::string address, cursor.address.empty() ? filled(list.request.url, values) : Result<std::string>(cursor.address));
  if (is_path) {
    const std::string& name = cursor.page == 0 ? paging.first : paging.next;
    GOUJI_ASSIGN(const std::string file, filled(name, values));
    if (!file.empty()) address = folder_of(address) + file;
  }
  if (list.request.query.empty()) return address;
  GOUJI_ASSIGN(const std::string query, encoded_pairs(list.request.query, values));
  return address + (address.find('?') == std::string::npos ? "?" : "&") + query;
}

Result<void> add_headers(const std::vector<std::pair<std::string, std::string>>& headers, const Values& values, HttpRequest& request) {
  for (const auto& [name, text] : headers) {
    GOUJI_ASSIGN(std::string value, filled(text, values));
    value.erase(std::remove_if(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }), value.end());
    request.headers.push_back({name, std::move(value)});
  }
  return ok();
}

bool uses_year(std::string_view text) {
  const auto names = variables_of(text);
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return name == "report_year" || name == "year"; });
}

}  // namespace

std::vector<std::string> variables_of(std::string_view text) {
  std::vector<std::string> names;
  for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const std::string name(name_at(text, at));
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

Result<std::string> filled(std::string_view text, const std::function<std::optional<std::string>(const std::string&)>& value_of) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string name(text[at] == '{' ? name_at(text, at) : std::string_view());
    if (name.empty()) {
      out.push_back(text[at++]);
      continue;
    }
    const auto value = value_of(name);
    if (!value) return invalid_input(ErrorCode::kMalformed, "the variable {" + name + "} has no value yet");
    out += *value;
    at += name.size() + 2;
    if (out.size() > kBodyBytesMax) return invalid_input(ErrorCode::kTooLarge, "a request of more than 64 KiB");
  }
  return out;
}

bool is_page_variable(std::string_view name) {
  constexpr std::array<std::string_view, 11> kNames = {"page", "n", "limit", "offset", "start_record", "end_record",
                                                       "report_year", "year", "origin", "list", "vars.from"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool is_by_year(const ListRule& list) {
  const auto any = [](const auto& pairs) { return std::any_of(pairs.begin(), pairs.end(), [](const auto& pair) { return uses_year(pair.second); }); };
  return uses_year(list.request.url) || uses_year(list.request.json) || any(list.request.query) || any(list.request.form);
}

std::vector<ListCursor> first_pages(const Portal& portal, std::int32_t this_year, Reach reach) {
  std::vector<ListCursor> cursors;
  for (const ListRule& list : portal.lists) {
    const std::int32_t years = !is_by_year(list) ? 1 : reach == Reach::kBackfill ? std::max(list.backfill_years, 2) : 2;
    for (std::int32_t i = 0; i < years; ++i) {
      ListCursor cursor;
      cursor.list = list.id;
      cursor.report_year = is_by_year(list) ? this_year - 1 - i : 0;
      cursors.push_back(std::move(cursor));
    }
  }
  return cursors;
}

Result<HttpRequest> make_request(const Portal& portal, const ListCursor& cursor, const PageVars& vars) {
  const ListRule& list = list_of(portal, cursor.list);
  const Values values(portal, list, cursor, vars);
  HttpRequest request;
  GOUJI_ASSIGN(const std::string address, address_of(list, cursor, values));
  GOUJI_ASSIGN(request.url, parse_url(address));
  GOUJI_TRY(add_headers(portal.http.headers, values, request));
  GOUJI_TRY(add_headers(list.request.headers, values, request));
  if (list.request.method != "POST" || !cursor.address.empty()) return request;
  request.method = "POST";
  if (!list.request.json.empty()) {
    GOUJI_ASSIGN(request.body, filled(list.request.json, values));
    request.headers.push_back({"Content-Type", "application/json;charset=UTF-8"});
  } else {
    GOUJI_ASSIGN(request.body, encoded_pairs(list.request.form, values));
    request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"});
  }
  return request;
}

std::vector<Url> vars_pages(const Portal& portal) {
  std::vector<Url> pages;
  const auto add = [&pages](const std::string& address) {
    const auto url = address.empty() ? Result<Url>(invalid_input(ErrorCode::kNotFound, "")) : parse_url(address);
    if (url && std::find(pages.begin(), pages.end(), *url) == pages.end()) pages.push_back(*url);
  };
  for (const VarRule& rule : portal.vars.vars) add(rule.from.empty() ? portal.vars.from : rule.from);
  return pages;
}

HttpRequest document_request(const Portal& portal, const Url& url) {
  const ListCursor cursor{portal.lists.empty() ? "" : portal.lists.front().id, 0, 0, 0, 0, 0, {}};
  const PageVars none;
  const ListRule& list = list_of(portal, cursor.list);
  HttpRequest request;
  request.url = url;
  for (const auto& header : portal.http.headers) {
    HttpRequest one;  // a header whose variables have no value for a document is left out
    if (add_headers({header}, Values(portal, list, cursor, none), one)) request.headers.push_back(std::move(one.headers.front()));
  }
  return request;
}

}  // namespace gouji::crawler
