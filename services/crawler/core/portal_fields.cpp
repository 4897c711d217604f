#include "services/crawler/core/portal_fields.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/text/ascii.h"
#include "services/crawler/core/request_template.h"

namespace gouji::crawler {

namespace {

const std::vector<std::string_view> kFroms = {"row", "around", "url", "title", "page"};
const std::vector<std::string_view> kTypes = {"text", "date", "epoch"};
const std::vector<std::string_view> kDecodes = {"html", "url", "single_to_double_quotes", "json", "strip_tags", "unescape"};
const std::vector<std::string_view> kFormats = {"html", "xml", "json", "jsonp", "json_array_of_html", "js_var"};
const std::vector<std::string_view> kUnwraps = {"cdata_html", "entities", "html_in_string"};
const std::vector<std::string_view> kPagings = {"none", "path", "param", "record_range", "form", "next_link"};

// Each of a list of names as its place in `names`.
template <typename Step>
std::vector<Step> steps(ObjectReader& reader, std::string_view key, const std::vector<std::string_view>& names) {
  std::vector<Step> found;
  for (const std::string& name : reader.texts(key)) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
      reader.mistake(key, "\"" + name.substr(0, 60) + "\" is unknown; " + name_hint(name, names));
    } else {
      found.push_back(static_cast<Step>(at - names.begin()));
    }
  }
  return found;
}

bool is_attribute_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':';
  });
}

// "/pointer", "$1", ".", "css", "css@attribute", "@attribute".
FieldRule short_field(const std::string& text, const std::string& place, Mistakes& mistakes) {
  FieldRule rule;
  if (text.starts_with("/")) {
    rule.pointer = text;
    return rule;
  }
  if (text.size() == 2 && text[0] == '$' && text[1] >= '1' && text[1] <= '9') {
    rule.group = text[1] - '0';
    return rule;
  }
  std::string css = text;
  if (const auto at = text.rfind('@'); at != std::string::npos && is_attribute_name(text.substr(at + 1))) {
    rule.attribute = text.substr(at + 1);
    css = text.substr(0, at);
  }
  if (css.empty() || css == ".") return rule;
  auto selector = Selector::parse(css);
  if (selector) {
    rule.select = std::move(*selector);
  } else {
    mistakes.add(place, selector.error().message);
  }
  return rule;
}

FieldRule long_field(ObjectReader reader) {
  FieldRule rule;
  rule.select = reader.selector("select");
  rule.attribute = reader.text("attr").value_or("");
  rule.pointer = reader.text("at").value_or("");
  if (!rule.pointer.empty() && rule.pointer.front() != '/') reader.mistake("at", "expected a JSON pointer, which begins with /");
  if (const auto group = reader.number("group", 1, 9)) rule.group = static_cast<int>(*group);
  rule.from = static_cast<FieldFrom>(reader.choice("from", kFroms).value_or(0));
  rule.regex = reader.pattern("regex");
  rule.decode = steps<DecodeStep>(reader, "decode", kDecodes);
  rule.type = static_cast<FieldType>(reader.choice("type", kTypes).value_or(0));
  reader.finish();
  return rule;
}

FieldRule one_field(const JsonValue& value, const std::string& place, Mistakes& mistakes) {
  if (value.is_string() && !value.text.empty() && value.text.size() <= kSelectorBytesMax) return short_field(value.text, place, mistakes);
  if (value.is_object()) return long_field(ObjectReader(&value, place, mistakes));
  mistakes.add(place, "expected \"css@attribute\", \"/json/pointer\", \"$1\", or an object with select, at or regex");
  return {};
}

// One way, or a list of ways in their order.
std::vector<FieldRule> fields(ObjectReader& reader, std::string_view key) {
  const JsonValue* value = reader.member(key);
  if (value == nullptr) return {};
  if (!value->is_array()) return {one_field(*value, reader.place(key), reader.mistakes())};
  std::vector<FieldRule> rules;
  for (std::size_t i = 0; i < value->items.size() && i < kSettingItemsMax; ++i) {
    rules.push_back(one_field(value->items[i], reader.place(key) + "/" + std::to_string(i), reader.mistakes()));
  }
  return rules;
}

// Fields of rows do not read the whole page once for every row.
std::vector<FieldRule> row_fields(ObjectReader& reader, std::string_view key) {
  auto rules = fields(reader, key);
  const bool reads_page = std::any_of(rules.begin(), rules.end(), [](const FieldRule& rule) { return rule.from == FieldFrom::kPage; });
  if (reads_page) reader.mistake(key, "\"from\": \"page\" is not for fields of rows");
  return rules;
}

// A field of the page; one with only a regular expression reads the page as it is.
std::optional<FieldRule> page_field(ObjectReader& reader, std::string_view key) {
  const JsonValue* value = reader.member(key);
  if (value == nullptr) return std::nullopt;
  FieldRule rule = one_field(*value, reader.place(key), reader.mistakes());
  if (rule.regex && !rule.select && rule.pointer.empty()) rule.from = FieldFrom::kPage;
  return rule;
}

void check_variables(ObjectReader& reader, std::string_view key, std::string_view text, const std::vector<std::string>& known) {
  for (const std::string& name : variables_of(text)) {
    const std::string bare = name.starts_with("vars.") ? name.substr(5) : name;
    const std::string first = bare.substr(0, bare.find('.'));
    if (is_page_variable(name) || std::find(known.begin(), known.end(), first) != known.end()) continue;
    std::vector<std::string_view> names(known.begin(), known.end());
    for (const std::string_view page : {"page", "n", "limit", "offset", "start_record", "end_record", "report_year", "year", "origin", "list"}) names.push_back(page);
    reader.mistake(key, "the variable {" + name + "} is unknown; " + name_hint(bare, names));
  }
}

RequestTemplate read_request(ObjectReader reader, const std::vector<std::string>& known) {
  RequestTemplate request;
  if (reader.choice("method", {"GET", "POST"}).value_or(0) == 1) request.method = "POST";
  request.url = reader.text("url").value_or("");
  request.query = reader.pairs("query");
  request.form = reader.pairs("form");
  request.json = reader.text("json", 8'000).value_or("");
  request.headers = reader.pairs("headers");
  check_headers(reader, request.headers);
  if (request.url.empty()) reader.mistake("url", "missing: the address of the list");
  check_variables(reader, "url", request.url, known);
  check_variables(reader, "json", request.json, known);
  for (const auto& [key, pairs] : {std::pair("query", &request.query), std::pair("form", &request.form), std::pair("headers", &request.headers)}) {
    for (const auto& [name, text] : *pairs) check_variables(reader, key, text, known);
  }
  if (request.method == "GET" && (!request.form.empty() || !request.json.empty())) reader.mistake("method", "a request with form or json needs \"POST\"");
  if (!request.form.empty() && !request.json.empty()) reader.mistake("json", "form and json exclude each other");
  reader.finish();
  return request;
}

ResponseRule read_response(ObjectReader reader) {
  ResponseRule response;
  response.format = static_cast<ListFormat>(reader.choice("format", kFormats).value_or(0));
  response.marker = reader.text("marker").value_or("");
  response.html_at = reader.texts("html_at");
  response.unwrap = steps<UnwrapStep>(reader, "unwrap", kUnwraps);
  if (response.format == ListFormat::kJsVar && response.marker.empty()) reader.mistake("marker", "missing: what stands before the value of a js_var");
  for (const std::string& pointer : response.html_at) {
    if (pointer.front() != '/') reader.mistake("html_at", "expected JSON pointers, which begin with /");
  }
  reader.finish();
  return response;
}

RowRule read_rows_rule(ObjectReader reader) {
  RowRule rows;
  rows.select = reader.selector("select");
  if (const JsonValue* at = reader.member("at")) {
    for (const JsonValue& pointer : at->is_array() ? at->items : std::vector<JsonValue>{*at}) {
      const bool is_pointer = pointer.is_string() && (pointer.text.empty() || pointer.text.front() == '/');
      if (!is_pointer) reader.mistake("at", "expected a JSON pointer, which begins with /, or \"\" for the whole answer");
      rows.pointers.push_back(pointer.text);
    }
  }
  rows.regex = reader.pattern("regex");
  rows.url_template = reader.text("url_template").value_or("");
  rows.attachments_at = reader.text("attachments_at").value_or("");
  ObjectReader inner = reader.object("fields");
  rows.url = row_fields(inner, "url");
  rows.title = row_fields(inner, "title");
  rows.date = row_fields(inner, "date");
  rows.organ = row_fields(inner, "organ");
  rows.attachments = row_fields(inner, "attachments");
  rows.attachment_name = row_fields(inner, "attachment_name");
  int ways = 0;  // also one that is wrong in itself, which is told of it alone
  for (const char* way : {"select", "at", "regex"}) ways += reader.member(way) != nullptr ? 1 : 0;
  if (ways != 1) reader.mistake("", "expected one of select, at and regex");
  if (rows.url.empty() == rows.url_template.empty()) inner.mistake("url", "expected one of fields/url and url_template");
  if (rows.title.empty()) inner.mistake("title", "missing");
  inner.finish();
  reader.finish();
  return rows;
}

PagingRule read_paging(ObjectReader reader) {
  PagingRule paging;
  paging.kind = static_cast<PagingKind>(reader.choice("kind", kPagings).value_or(0));
  paging.first = reader.text("first").value_or("");
  paging.next = reader.text("next").value_or("");
  if (const auto start = reader.number("start", 0, 1'000)) paging.start = static_cast<std::int32_t>(*start);
  if (const auto step = reader.number("step", 1, 1'000)) paging.step = static_cast<std::int32_t>(*step);
  paging.total = page_field(reader, "total");
  paging.total_is_pages = reader.flag("total_is_pages", false);
  paging.page_rows = page_field(reader, "page_rows");
  paging.next_link = page_field(reader, "next_link");
  if (const JsonValue* sizes = reader.member("page_sizes")) {
    for (const JsonValue& size : sizes->items) {
      const bool is_size = size.kind == JsonValue::Kind::kNumber && !size.text.empty() && size.text.size() <= 4 && size.text[0] >= '1' && size.text[0] <= '9';
      if (is_size) paging.page_sizes.push_back(std::stoi(size.text));
      else reader.mistake("page_sizes", "expected a list of whole numbers 1…9999");
    }
    if (!sizes->is_array() || sizes->items.size() > 10) reader.mistake("page_sizes", "expected a list of at most 10 whole numbers");
  }
  if (reader.member("stop") != nullptr) {
    const std::vector<std::string_view> kStops = {"empty", "repeat", "no_new", "older_than", "404"};
    const auto stops = steps<std::size_t>(reader, "stop", kStops);
    paging.stop_no_new = std::find(stops.begin(), stops.end(), std::size_t{2}) != stops.end();
  }
  if (paging.kind == PagingKind::kPath && paging.next.empty()) reader.mistake("next", "missing: the file of the later pages, such as \"index_{n}.html\"");
  if (paging.kind == PagingKind::kNextLink && !paging.next_link) reader.mistake("next_link", "missing: the field with the address of the next page, such as \"a.next@href\"" + std::string(paging.next.empty() ? "" : "; \"next\" is of the kind path"));
  const bool has_number = paging.next.find("{n}") != std::string::npos || paging.next.find("{page}") != std::string::npos;
  if (paging.kind == PagingKind::kPath && !paging.next.empty() && !has_number) reader.mistake("next", "expected {n} in it, the number of the page: \"index_{n}.html\"");
  reader.finish();
  return paging;
}

VarRule read_var(const std::string& name, ObjectReader reader) {
  VarRule rule;
  rule.name = name;
  rule.from = reader.text("from").value_or("");
  rule.json_after = reader.text("json_after").value_or("");
  rule.take = reader.text("take").value_or("");
  rule.value.select = reader.selector("select");
  rule.value.attribute = reader.text("attr").value_or("");
  rule.value.pointer = reader.text("at").value_or("");
  rule.value.regex = reader.pattern("regex");
  rule.value.decode = steps<DecodeStep>(reader, "decode", kDecodes);
  const bool has_place = rule.value.select || !rule.value.pointer.empty();
  if (rule.value.regex && !has_place) rule.value.from = FieldFrom::kPage;
  ObjectReader find = reader.object("find");
  if (find.is_there()) {
    rule.find_key = find.text("key").value_or("name");
    rule.find_name = find.pattern("regex");
    if (!rule.find_name) find.mistake("regex", "missing");
    find.finish();
  }
  if (!rule.value.regex && !has_place && rule.json_after.empty()) reader.mistake("", "expected one of regex, select, at and json_after");
  if (rule.json_after.empty() && (find.is_there() || !rule.take.empty())) reader.mistake("json_after", "missing: find and take look into the value behind it");
  reader.finish();
  return rule;
}

}  // namespace

void check_headers(ObjectReader& reader, const std::vector<std::pair<std::string, std::string>>& headers) {
  constexpr std::array<std::string_view, 9> kOurs = {"host", "cookie", "user-agent", "content-length", "transfer-encoding", "connection", "accept-encoding", "if-none-match", "if-modified-since"};
  for (const auto& [name, value] : headers) {
    const bool is_ours = std::any_of(kOurs.begin(), kOurs.end(), [&](std::string_view ours) { return equals_ignoring_case(ours, name); });
    if (is_ours || !is_attribute_name(name)) reader.mistake("headers", "the header \"" + name.substr(0, 60) + "\" is not for a portal file to set");
  }
}

std::optional<std::chrono::milliseconds> interval_from(std::string_view text) {
  if (text.size() < 2 || text.size() > 7) return std::nullopt;
  constexpr std::string_view kUnits = "smhd";
  constexpr std::array<std::int64_t, 4> kSeconds = {1, 60, 3'600, 86'400};
  const auto unit = kUnits.find(text.back());
  std::int64_t value = 0;
  for (const char c : text.substr(0, text.size() - 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  if (unit == std::string_view::npos) return std::nullopt;
  const std::int64_t seconds = value * kSeconds[unit];
  return seconds >= 10 && seconds <= 400 * 86'400 ? std::optional(std::chrono::milliseconds{seconds * 1'000}) : std::nullopt;
}

std::optional<std::chrono::milliseconds> read_interval(ObjectReader& reader, std::string_view key) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  const auto interval = interval_from(*text);
  if (!interval) reader.mistake(key, "expected a time of 10s…400d, such as \"1h\" or \"7d\"");
  return interval;
}

ListRule read_list_rule(ObjectReader reader, const std::vector<std::string>& known) {
  ListRule list;
  list.id = reader.text("id", 64).value_or("");
  if (list.id.empty()) reader.mistake("id", "missing: a short name of the list");
  list.request = read_request(reader.object("request"), known);
  list.response = read_response(reader.object("response"));
  list.rows = read_rows_rule(reader.object("rows"));
  list.paging = read_paging(reader.object("paging"));
  ObjectReader accept = reader.object("accept");
  if (accept.is_there()) list.accept = read_accept_rule(std::move(accept));
  list.follow_iframe = reader.flag("follow_iframe", false);
  list.follow = reader.selector("follow");
  if (const auto rows = reader.number("min_rows", 0, 1'000)) list.min_rows = static_cast<std::int32_t>(*rows);
  if (const auto pages = reader.number("max_pages", 1, 1'000)) list.max_pages = static_cast<std::int32_t>(*pages);
  if (const auto years = reader.number("backfill_years", 0, 30)) list.backfill_years = static_cast<std::int32_t>(*years);
  const bool is_html = list.response.format == ListFormat::kHtml || list.response.format == ListFormat::kXml || list.response.format == ListFormat::kJsonArrayOfHtml || !list.response.html_at.empty();
  if (list.rows.select && !is_html) reader.mistake("rows/select", "a JSON answer has no elements; use \"at\", or response/html_at");
  if (!list.rows.pointers.empty() && is_html) reader.mistake("rows/at", "an HTML answer has no JSON; use \"select\", or set response/format");
  reader.finish();
  return list;
}

VarsRule read_vars_rule(ObjectReader reader) {
  VarsRule vars;
  vars.from = reader.text("from").value_or("");
  vars.fixed = reader.pairs("fixed");
  if (const auto refresh = read_interval(reader, "refresh")) vars.refresh = *refresh;
  const JsonValue* values = reader.member("values");
  if (values != nullptr && (!values->is_object() || values->members.size() > 32)) {
    reader.mistake("values", "expected an object of at most 32 values {\"name\": {…}}");
  } else if (values != nullptr) {
    for (const auto& [name, value] : values->members) {
      vars.vars.push_back(read_var(name, ObjectReader(&value, reader.place("values") + "/" + name, reader.mistakes())));
      if (is_page_variable(name) || !is_attribute_name(name)) reader.mistake("values", "\"" + name.substr(0, 60) + "\" cannot be the name of a value");
    }
  }
  for (const std::string& address : {vars.from}) {
    if (!address.empty() && !parse_url(address)) reader.mistake("from", parse_url(address).error().message);
  }
  if (!vars.vars.empty() && vars.from.empty()) reader.mistake("from", "missing: the address of the page that holds the values");
  reader.finish();
  return vars;
}

AcceptRule read_accept_rule(ObjectReader reader) {
  AcceptRule accept;
  accept.title = reader.patterns("title");
  accept.title_not = reader.patterns("title_not");
  accept.url = reader.patterns("url");
  reader.finish();
  return accept;
}

ArticleRule read_article_rule(ObjectReader reader) {
  ArticleRule article;
  const auto selectors = reader.texts("content");
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    auto selector = Selector::parse(selectors[i]);
    if (selector) article.content.push_back(std::move(*selector));
    else reader.mistakes().add(reader.place("content") + "/" + std::to_string(i), selector.error().message);
  }
  article.title = fields(reader, "title");
  article.date = fields(reader, "date");
  article.source = fields(reader, "source");
  ObjectReader meta = reader.object("meta");
  article.meta_title = meta.texts("title");
  article.meta_date = meta.texts("date");
  article.meta_source = meta.texts("source");
  meta.finish();
  article.must_match = reader.pattern("must_match");
  article.chrome = reader.patterns("chrome");
  if (const auto max = reader.number("attachments_max", 0, static_cast<std::int64_t>(kPageAttachmentsMax))) article.attachments_max = static_cast<std::int32_t>(*max);
  reader.finish();
  return article;
}

GateRule read_gate_rule(ObjectReader challenge, ObjectReader gate) {
  GateRule rule;
  if (const JsonValue* statuses = challenge.member("status")) {
    for (const JsonValue& status : statuses->items) {
      const bool is_status = status.kind == JsonValue::Kind::kNumber && status.text.size() == 3 && status.text[0] >= '2' && status.text[0] <= '5';
      if (is_status) rule.challenge_status.push_back(std::stoi(status.text));
      else challenge.mistake("status", "expected a list of HTTP statuses 200…599");
    }
    if (!statuses->is_array()) challenge.mistake("status", "expected a list of HTTP statuses 200…599");
  }
  rule.challenge = challenge.patterns("regex");
  if (const auto size = challenge.number("max_size", 1, 1'000'000)) rule.challenge_bytes_max = *size;
  rule.login = gate.patterns("login");
  rule.soft404 = gate.patterns("soft404");
  rule.throttled = gate.patterns("throttled");
  rule.home_title = gate.text("home_title").value_or("");
  challenge.finish();
  gate.finish();
  return rule;
}

CanonicalRule read_canonical_rule(ObjectReader reader) {
  CanonicalRule rule;
  if (const auto scheme = reader.choice("scheme", {"http", "https"})) rule.scheme = *scheme == 0 ? "http" : "https";
  rule.drop_query = reader.texts("drop_query");
  if (const JsonValue* rewrites = reader.member("rewrite")) {
    for (const JsonValue& pair : rewrites->items) {
      const bool is_pair = pair.items.size() == 2 && pair.items[0].is_string() && pair.items[1].is_string();
      const auto pattern = is_pair ? Pattern::regex(pair.items[0].text) : Result<Pattern>(invalid_input(ErrorCode::kMalformed, "expected a list of pairs [\"expression\", \"replacement\"]"));
      if (!pattern) {
        reader.mistake("rewrite", pattern.error().message);
      } else if (const auto checked = pattern->check_replacement(pair.items[1].text); !checked) {
        reader.mistake("rewrite", checked.error().message);
      } else {
        rule.rewrite.emplace_back(*pattern, pair.items[1].text);
      }
    }
    if (!rewrites->is_array() || rewrites->items.size() > 20) reader.mistake("rewrite", "expected a list of at most 20 pairs [\"expression\", \"replacement\"]");
  }
  reader.finish();
  return rule;
}

}  // namespace gouji::crawler
