#include "services/crawler/core/portal_sample.h"

#include <utility>

#include <fmt/format.h>

namespace gouji::crawler {

namespace {

JsonValue object() {
  JsonValue value;
  value.kind = JsonValue::Kind::kObject;
  return value;
}

JsonValue array() {
  JsonValue value;
  value.kind = JsonValue::Kind::kArray;
  return value;
}

template <typename Number>
JsonValue number(Number of) {
  JsonValue value;
  value.kind = JsonValue::Kind::kNumber;
  value.text = fmt::format("{}", of);
  return value;
}

void set(JsonValue& in, std::string name, JsonValue value) { in.members.push_back({std::move(name), std::move(value)}); }
void set(JsonValue& in, std::string name, std::string_view text) { set(in, std::move(name), json_string(std::string(text))); }

JsonValue json_of(const std::vector<PageAttachment>& attachments) {
  JsonValue list = array();
  for (const PageAttachment& attachment : attachments) {
    JsonValue item = object();
    set(item, "url", attachment.url);
    set(item, "name", attachment.name);
    list.items.push_back(std::move(item));
  }
  return list;
}

JsonValue json_of(const ListReading& list) {
  JsonValue out = object(), rows = array(), dropped = array(), follow = array();
  for (const PageRow& row : list.rows) {
    JsonValue item = object();
    set(item, "url", row.url);
    set(item, "title", row.title);
    set(item, "date", row.date);
    set(item, "organ", row.organ);
    set(item, "attachments", json_of(row.attachments));
    rows.items.push_back(std::move(item));
  }
  for (const DroppedRow& row : list.dropped) {
    JsonValue item = object();
    set(item, "why", to_string(row.why));
    set(item, "url", row.url);
    set(item, "title", row.title);
    dropped.items.push_back(std::move(item));
  }
  for (const std::string& address : list.follow) follow.items.push_back(json_string(address));
  set(out, "rows", std::move(rows));
  set(out, "dropped", std::move(dropped));
  set(out, "rows_seen", number(list.rows_seen));
  set(out, "dates_unread", number(list.dates_unread));
  if (list.total) set(out, "total", number(*list.total));
  if (list.page_rows) set(out, "page_rows", number(*list.page_rows));
  set(out, "next", list.next);
  set(out, "follow", std::move(follow));
  set(out, "fingerprint", list.fingerprint);
  return out;
}

JsonValue json_of(const ArticleReading& article) {
  JsonValue out = object();
  set(out, "title", article.title);
  set(out, "date", article.date);
  set(out, "source", article.source);
  set(out, "site_id", article.site_id);
  set(out, "content", article.content);
  set(out, "text_bytes", number(article.text_bytes));
  set(out, "text_digest", article.text_digest);
  set(out, "simhash", fmt::format("{:016x}", article.simhash));
  set(out, "attachments", json_of(article.attachments));
  return out;
}

}  // namespace

JsonValue json_of(const PageAnswer& answer) {
  JsonValue out = object(), vars = object();
  for (const auto& [name, value] : answer.vars) set(vars, name, value);
  set(out, "class", to_string(answer.page_class));
  set(out, "why", answer.why);
  set(out, "hop", answer.hop);
  set(out, "rows", number(answer.list.rows.size()));
  set(out, "vars", std::move(vars));
  set(out, "list", json_of(answer.list));
  set(out, "article", json_of(answer.article));
  return out;
}

PageRequest sample_request(const Portal& portal, const PortalSample& sample, std::string body) {
  PageRequest request;
  request.purpose = sample.purpose == "vars" ? PagePurpose::kVars : sample.purpose == "article" ? PagePurpose::kArticle : PagePurpose::kList;
  request.portal = portal.definition;
  request.cursor.list = sample.list;
  for (const auto& [name, value] : sample.vars) request.vars[name] = value;
  const auto url = parse_url(sample.url);
  request.url = request.final_url = url ? to_string(*url) : sample.url;
  request.status = sample.status;
  request.media_type = sample.media_type;
  request.body = std::move(body);
  return request;
}

SampleResult check_sample(const Portal& portal, const PortalSample& sample, std::string body) {
  SampleResult result;
  result.answer = read_page(portal, sample_request(portal, sample, std::move(body)));
  const JsonValue found = json_of(result.answer);
  for (const auto& [pointer, expected] : sample.expect) {
    const JsonValue* value = found.at(pointer);
    const std::string text = value == nullptr ? "nothing" : value->scalar().value_or(to_text(*value));
    if (value == nullptr || text != expected) result.mismatches.push_back(fmt::format("{}: expected {}, found {}", pointer, expected, text));
  }
  return result;
}

}  // namespace gouji::crawler
